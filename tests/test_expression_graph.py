"""The graph holds each operation once, and its reverse sweep is the gradient."""

from fractions import Fraction
from math import isclose, prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symflow.expression_graph import ExpressionGraph

small = st.integers(-4, 4)
terms = st.lists(st.tuples(small, st.lists(st.integers(0, 2), max_size=4)), max_size=6)


def build(graph, polynomial):
    """The node of a sum of coefficients times products of inputs."""
    monomials = []
    for weight, factors in polynomial:
        product = graph.constant(1.0)
        for factor in factors:
            product = graph.multiply(product, graph.input(factor))
        monomials.append((float(weight), product))
    return graph.linear(monomials)


def evaluate(graph, index, point):
    """The value of a node of sums and products, in whole numbers."""
    operation, operands, numbers = graph.nodes[index]
    if operation == "input":
        return point[int(numbers[0])]
    if operation == "constant":
        return numbers[0]
    values = [evaluate(graph, operand, point) for operand in operands]
    if operation == "multiply":
        return prod(values)
    return sum(c * u for c, u in zip(numbers, values, strict=False)) + numbers[-1]


@settings(deadline=None)
@given(terms, st.tuples(small, small, small))
def test_reverse_sweep_is_the_gradient_of_a_polynomial(polynomial, point):
    graph = ExpressionGraph()
    root = build(graph, polynomial)
    slopes = graph.gradient({root: graph.constant(1.0)})
    for i in range(3):
        right = sum(
            weight * factors.count(i) * prod(point[f] for f in without(factors, i))
            for weight, factors in polynomial
            if i in factors
        )
        zero = graph.constant(0.0)
        assert evaluate(graph, slopes.get(i, zero), point) == right


def without(factors, i):
    rest = list(factors)
    rest.remove(i)
    return rest


@settings(deadline=None)
@given(terms, terms, small, st.tuples(small, small, small))
def test_sweep_is_linear_in_its_weights(first, second, weight, point):
    graph = ExpressionGraph()
    f, g = build(graph, first), build(graph, second)
    zero, one = graph.constant(0.0), graph.constant(1.0)
    df, dg = graph.gradient({f: one}), graph.gradient({g: one})
    if f == g:
        both = graph.gradient({f: graph.constant(1.0 + weight)})
    else:
        both = graph.gradient({f: one, g: graph.constant(float(weight))})
    for i in range(3):
        apart = evaluate(graph, df.get(i, zero), point)
        apart += weight * evaluate(graph, dg.get(i, zero), point)
        assert evaluate(graph, both.get(i, zero), point) == apart


def test_equal_operations_are_one_node():
    graph = ExpressionGraph()
    x, y = graph.input(0), graph.input(1)
    assert graph.multiply(x, y) == graph.multiply(y, x)
    assert graph.linear([(2.0, x), (1.0, y)]) == graph.linear([(1.0, y), (2.0, x)])
    assert graph.linear([(2.0, x), (-2.0, x)], 3.0) == graph.constant(3.0)
    twice = graph.linear([(2.0, x)])
    product = graph.multiply(twice, twice)
    assert graph.nodes[product].numbers == (4.0, 0.0)


@pytest.mark.parametrize("exponent", [0, 1, 2, 3, 7, 16, 30])
def test_whole_powers_are_few_products(exponent):
    graph = ExpressionGraph()
    power = graph.power(graph.input(0), Fraction(exponent))
    assert evaluate(graph, power, (3,)) == 3**exponent
    products = [n for n in graph.nodes if n.operation == "multiply"]
    assert len(products) <= 2 * max(1, exponent).bit_length()


@pytest.mark.parametrize(
    ("exponent", "operations"),
    [
        (Fraction(-3), ["multiply", "multiply", "reciprocal"]),
        (Fraction(1, 2), ["sqrt"]),
        (Fraction(3, 2), ["sqrt", "multiply"]),
        (Fraction(-1, 2), ["rsqrt"]),
        (Fraction(-3, 2), ["rsqrt", "multiply", "multiply"]),
        (Fraction(1, 3), ["power"]),
    ],
)
def test_powers_use_roots_and_products(exponent, operations):
    graph = ExpressionGraph()
    graph.power(graph.input(0), exponent)
    made = [node.operation for node in graph.nodes[1:] if node.operands]
    assert made == operations


def test_flat_operations_have_no_slope():
    graph = ExpressionGraph()
    jump = graph.apply("floor", graph.input(0))
    assert graph.gradient({jump: graph.constant(1.0)}) == {}


def test_choice_divides_the_weight():
    graph = ExpressionGraph()
    x, y, w = graph.input(0), graph.input(1), graph.input(2)
    chosen = graph.where(graph.apply("less", x, y), x, y)
    slopes = graph.gradient({chosen: w})
    zero = graph.constant(0.0)
    test = graph.apply("less", x, y)
    assert slopes[0] == graph.where(test, w, zero)
    assert slopes[1] == graph.where(test, zero, w)


def test_constant_slopes_are_folded():
    graph = ExpressionGraph()
    exponential = graph.apply("exponential", graph.input(0), numbers=(2.0,))
    slope = graph.gradient({exponential: graph.constant(1.0)})[0]
    assert isclose(graph.nodes[slope].numbers[0], 0.6931471805599453)


def test_description_names_inputs_and_ends_with_the_result():
    graph = ExpressionGraph()
    square = graph.multiply(graph.input(0), graph.input(0))
    lines = graph.describe([square, graph.constant(2.0)], ["x"], ()).splitlines()
    assert lines == ["    u1 = multiply(x, x)", "    return (u1, 2.0)"]
