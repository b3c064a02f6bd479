"""The reader keeps what SymPy says, and notes where it is not smooth."""

import pytest
import sympy as sp

from symflow.expression_reader import ExpressionReader, Singularity

x, y = sp.symbols("x y", real=True)


def operations(expression):
    reader = ExpressionReader([expression], [x, y])
    needed = reader.graph.ancestors(reader.outputs)
    return [reader.graph.nodes[i].operation for i in sorted(needed)]


@pytest.mark.parametrize(
    ("expression", "operation", "order"),
    [
        (1 / x, 0, 0),
        (sp.sqrt(x), 0, 1),
        (x ** sp.Rational(5, 3), 0, 2),
        (sp.Abs(x), 0, 1),
        (sp.sign(x), 0, 0),
        (sp.Heaviside(x), 0, 0),
        (sp.log(x), 0, 0),
        (sp.Max(x, 0), 0, 1),
        (sp.acosh(1 + x), 0, 1),
    ],
)
def test_singular_places_and_orders(expression, operation, order):
    (found,) = ExpressionReader([expression], [x, y]).singular
    assert found.expression == expression
    assert found.where.subs(x, operation) == 0
    assert found.order == order


@pytest.mark.parametrize(
    "expression", [x**3 * y, sp.sin(x), sp.exp(-(x**2)), sp.atan(x), 2**x]
)
def test_smooth_expressions_have_no_singular_places(expression):
    assert ExpressionReader([expression], [x, y]).singular == ()


def test_singular_places_are_told_in_the_users_symbols():
    plain = sp.Symbol("x")
    (found,) = ExpressionReader([sp.sqrt(plain + 1)], [plain]).singular
    assert found == Singularity(sp.sqrt(plain + 1), plain + 1, 1)


def test_symbols_without_assumptions_are_read_as_real():
    plain = sp.Symbol("x")
    reader = ExpressionReader([sp.sqrt(plain**2), sp.Abs(plain) ** 2], [plain])
    kinds = [reader.graph.nodes[i].operation for i in reader.outputs]
    assert kinds == ["abs", "multiply"]


def test_guards_stand_only_in_branches():
    assert "where" not in operations(sp.sqrt(x))
    inside = operations(sp.Piecewise((sp.sqrt(x), x > 0), (x, True)))
    assert inside.count("where") == 2
    plain = operations(sp.Piecewise((x**2, x > 0), (x, True)))
    assert plain.count("where") == 1


def test_numbers_are_rounded_once():
    reader = ExpressionReader([x * (sp.sqrt(2) + sp.sin(1)) + sp.pi], [x])
    (root,) = (reader.graph.nodes[i] for i in reader.outputs)
    right = (float((sp.sqrt(2) + sp.sin(1)).evalf(40)), float(sp.pi.evalf(40)))
    assert root.numbers == right
