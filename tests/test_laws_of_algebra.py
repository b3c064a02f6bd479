"""Laws of bracket and algebra on random input: what no basis and no canonical map changes."""

import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Matrix, Rational, eye, zeros

import symflow as sf
from tests import matrix_algebras as ma

SPACE = sf.PhaseSpace("x y", parameters="m")
x, y, p_x, p_y = SPACE.z
(m,) = SPACE.parameters

numbers = st.builds(Rational, st.integers(-5, 5), st.integers(1, 4))
monomials = st.tuples(*[st.integers(0, 2)] * 4).map(
    lambda powers: sympy.Mul(*(z**k for z, k in zip(SPACE.z, powers, strict=True)))
)
functions = st.lists(st.tuples(numbers, monomials), min_size=1, max_size=3).map(
    lambda terms: sympy.Add(*(c * f for c, f in terms))
)
symmetric = st.lists(numbers, min_size=3, max_size=3).map(
    lambda c: Matrix([[c[0], c[1]], [c[1], c[2]]])
)
small_algebras = st.sampled_from(
    [ma.so(3), ma.gl(2), ma.carroll(1), ma.bargmann(1), ma.schroedinger(1), ma.so(2, 1)]
)
fast = settings(max_examples=25, deadline=None)


def bracket(f, g):
    return sf.poisson_bracket(f, g, SPACE)


@fast
@given(functions, functions, functions, numbers, numbers)
def test_the_bracket_is_linear_in_both_places(f, g, h, a, b):
    whole = bracket(a * f + b * m * g, h)
    assert sympy.expand(whole - a * bracket(f, h) - b * m * bracket(g, h)) == 0
    assert sympy.expand(whole + bracket(h, a * f + b * m * g)) == 0


@st.composite
def functions_of_some_space(draw):
    """A phase space of one to four degrees of freedom and three polynomials on it."""
    space = sf.PhaseSpace([f"q{k}" for k in range(draw(st.integers(1, 4)))])
    powers = st.lists(st.sampled_from(space.z), max_size=3)
    terms = st.lists(st.tuples(numbers, powers), min_size=1, max_size=3)
    return space, [
        sympy.Add(*(c * sympy.Mul(*zs) for c, zs in draw(terms))) for _ in range(3)
    ]


@settings(max_examples=15, deadline=None)
@given(functions_of_some_space())
def test_jacobi_and_leibniz_hold_in_every_dimension(case):
    space, (f, g, h) = case

    def double(a, b, c):
        return sf.poisson_bracket(sf.poisson_bracket(a, b, space), c, space)

    assert sympy.expand(double(f, g, h) + double(g, h, f) + double(h, f, g)) == 0
    product = sf.poisson_bracket(sympy.expand(f * g), h, space)
    left, right = (sf.poisson_bracket(a, h, space) for a in (f, g))
    assert sympy.expand(product - f * right - left * g) == 0


@settings(max_examples=6, deadline=None)
@given(functions, functions, symmetric, symmetric)
def test_a_linear_canonical_map_carries_brackets_into_brackets(f, g, S, T):
    """z -> (q, p + S q), then (q + T p, p): products of shears are symplectic."""
    kick = Matrix([[eye(2), zeros(2)], [S, eye(2)]])
    drift = Matrix([[eye(2), T], [zeros(2), eye(2)]])
    moved = dict(zip(SPACE.z, drift * kick * Matrix(SPACE.z), strict=True))

    def carried(h):
        return sympy.expand(h.subs(moved, simultaneous=True))

    assert sympy.expand(bracket(carried(f), carried(g)) - carried(bracket(f, g))) == 0


def test_a_map_that_is_not_canonical_does_not():
    f, g = x, p_x
    assert bracket(2 * f, 2 * g) != bracket(f, g)


@fast
@given(functions, st.integers(1, 4))
def test_a_function_commutes_with_its_powers(f, power):
    assert bracket(f, f**power) == 0


@settings(max_examples=12, deadline=None)
@given(small_algebras, st.integers(0, 10**6))
def test_tensors_of_an_algebra_change_as_tensors_do(algebra, seed):
    moved = ma.in_random_basis(algebra, seed)
    # K' = S K S^T has the rank and the signature of K, and det K' = det(S)^2 det K.
    K, L = Matrix(algebra.killing_form), Matrix(moved.killing_form)
    assert K.rank() == L.rank()
    assert sympy.det(K) == sympy.det(L)  # the change of basis is unimodular
    assert algebra.killing_signature == moved.killing_signature


@settings(max_examples=12, deadline=None)
@given(small_algebras, st.integers(0, 10**6))
def test_the_structure_constants_obey_jacobi_in_every_basis(algebra, seed):
    moved = ma.in_random_basis(algebra, seed, rational=True)
    names = moved.names

    def product(u, v):
        total = dict.fromkeys(names, Rational(0))
        for (a, b), row in moved.structure_constants.items():
            weight = u[a] * v[b] - u[b] * v[a]
            for k, c in row.items():
                total[k] += weight * Rational(str(c))
        return total

    basis = [{k: Rational(int(k == name)) for k in names} for name in names]
    a, b, c = basis[0], basis[1], basis[-1]
    terms = [product(u, product(v, w)) for u, v, w in ((a, b, c), (b, c, a), (c, a, b))]
    assert all(sum(term[k] for term in terms) == 0 for k in names)
