"""Elementary functions in one canonical form: equal functions, equal terms."""

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import symflow as sf
from symflow.errors import UnsupportedError
from symflow.function_tower import FunctionTower
from symflow.polynomials import PhasePolynomials
from tests import case_book

SPACE = sf.PhaseSpace("x y", "a b", parameters="m k")
x, y, a, b = SPACE.z
m, k = SPACE.parameters
r = sp.sqrt(x**2 + y**2)
ATOMS = (r, 1 / r, sp.sin(x), sp.cos(x + y), sp.exp(y), sp.log(1 + x**2), sp.atan(y), a)

IDENTITIES = [
    sp.sin(x) ** 2 + sp.cos(x) ** 2 - 1,
    sp.sin(2 * x) - 2 * sp.sin(x) * sp.cos(x),
    sp.cos(x + y) - sp.cos(x) * sp.cos(y) + sp.sin(x) * sp.sin(y),
    sp.cos(x / 3) ** 3 * 4 - 3 * sp.cos(x / 3) - sp.cos(x),
    sp.tan(x) * sp.cos(x) - sp.sin(x),
    sp.sec(x) ** 2 - 1 - sp.tan(x) ** 2,
    sp.cosh(x) ** 2 - sp.sinh(x) ** 2 - 1,
    sp.tanh(2 * x) * (1 + sp.tanh(x) ** 2) - 2 * sp.tanh(x),
    sp.exp(x / 2) ** 2 * sp.exp(y) - sp.exp(x + y),
    r**2 - x**2 - y**2,
    1 / (r - x) - (r + x) / y**2,
    1 / (x - y) / (y - a) - 1 / (x - a) / (y - a) - 1 / (x - a) / (x - y),
    sp.sqrt(4 * x**2 + 4 * y**2) - 2 * r,
    sp.cbrt(x**2 + 1) ** 4 / (x**2 + 1) - sp.cbrt(x**2 + 1),
    sp.sqrt(x**4 + 2 * x**2 + 1) - x**2 - 1,
    sp.sin(1) ** 2 + sp.cos(1) ** 2 - 1 + 0 * x,
    sp.sin(k) ** 2 + sp.cos(k) ** 2 - 1,
    sp.exp(sp.Rational(1, 2)) * sp.exp(sp.Rational(1, 2)) - sp.E,
    sp.Mul(x**k, x, evaluate=False) - x ** (k + 1),
    sp.Mul(x ** (k / 2), x ** (k / 2 + 1), evaluate=False) - x * x**k,
    sp.Mul(x**k, sp.sqrt(x), evaluate=False) - x ** (k + sp.Rational(1, 2)),
    sp.Mul(x ** sp.sqrt(2), x ** (1 - sp.sqrt(2)), evaluate=False) - x,
    sp.Mul(x ** (1 / (k + 1)), x ** (k / (k + 1)), evaluate=False) - x,
    sp.Mul(r**m, r**m, evaluate=False) - (x**2 + y**2) ** m,
    sp.sin((2 * k + 1) * x / 2) * 2 * sp.cos((2 * k + 1) * x / 2)
    - sp.sin((2 * k + 1) * x),
    sp.sin((2 * k + 1) * x / 2)
    - sp.sin(k * x) * sp.cos(x / 2)
    - sp.cos(k * x) * sp.sin(x / 2),
]


@pytest.mark.parametrize("identity", IDENTITIES, ids=str)
def test_what_vanishes_is_seen_to_vanish(identity):
    ring = PhasePolynomials(SPACE, [identity])
    assert ring.terms(identity) == {}


POWERS = [x**k, x**k * y**m, (x**2 + y**2) ** (k / 2), x ** sp.sqrt(3) * sp.log(x)]


@pytest.mark.parametrize("f", POWERS, ids=str)
def test_general_powers_have_the_derivatives_that_sympy_gives(f):
    ring = PhasePolynomials(SPACE, [f])
    slopes = ring.slopes(ring.terms(f))
    for place, variable in enumerate(SPACE.z):
        difference = ring.expression(slopes.get(place, {})) - f.diff(variable)
        at = {x: sp.Rational(7, 5), y: sp.Rational(3, 7), k: sp.Rational(5, 11), m: 2}
        assert abs(difference.subs(at).evalf(40)) < 1e-30


@pytest.mark.parametrize(
    "f",
    [x**k - x**m, x**k - x ** (k + 1), x**k * y**k - x**k, x**k - sp.log(x)],
    ids=str,
)
def test_powers_that_differ_are_told_apart(f):
    assert PhasePolynomials(SPACE, [f]).terms(f)


@pytest.mark.parametrize("identity", IDENTITIES[:15], ids=str)
def test_what_is_next_to_zero_is_not_zero(identity):
    wrong = identity + x * sp.Rational(1, 10**30)
    assert PhasePolynomials(SPACE, [wrong]).terms(wrong)


@st.composite
def functions(draw):
    total = sp.Integer(0)
    for _ in range(draw(st.integers(1, 2))):
        term = sp.Integer(draw(st.integers(-3, 3)))
        for _ in range(draw(st.integers(1, 2))):
            term *= draw(st.sampled_from(ATOMS))
        total += term
    return total


def close(f, g):
    """Whether two expressions agree at a point, to thirty digits."""
    point = {x: sp.Rational(7, 5), y: sp.Rational(3, 7), a: 2, b: sp.Rational(1, 3)}
    return abs((f - g).subs(point).evalf(40)) < 1e-30


@settings(deadline=None, max_examples=20)
@given(functions())
def test_derivatives_are_those_of_sympy(f):
    ring = PhasePolynomials(SPACE, [f])
    slopes = ring.slopes(ring.terms(f))
    for place, variable in enumerate(SPACE.z):
        assert close(ring.expression(slopes.get(place, {})), f.diff(variable))


@settings(deadline=None, max_examples=10)
@given(functions(), functions(), functions())
def test_the_laws_of_the_bracket(f, g, h):
    ring = PhasePolynomials(SPACE, [f, g, h])
    f, g, h = map(ring.polynomial, (f, g, h))

    def bracket(left, right):
        return ring.bracket(left, right)

    def product(left, right):
        return ring.polynomial(ring.expression(left) * ring.expression(right))

    assert bracket(f, g) == -bracket(g, f)
    assert bracket(f, product(g, h)) == product(bracket(f, g), h) + product(
        g, bracket(f, h)
    )


def test_the_jacobi_identity_holds_for_roots_and_sines():
    f, g, h = r * a, sp.sin(x) * b, a**2 / r
    ring = PhasePolynomials(SPACE, [f, g, h])
    f, g, h = map(ring.polynomial, (f, g, h))
    bracket = ring.bracket
    assert not (
        bracket(f, bracket(g, h))
        + bracket(g, bracket(h, f))
        + bracket(h, bracket(f, g))
    )


@pytest.mark.parametrize(
    ("function", "word"),
    [
        (sp.sqrt(x**2 + 2 * x * y + y**2), "absolute value of x . y"),
        (sp.sqrt(x * y) + sp.sqrt(x) + sp.sqrt(y), "may be a combination"),
        (sp.exp(sp.sin(x)), "not known to be independent"),
        (sp.log(x) + sp.log(x * (1 + x)), "logarithm of a product"),
        (sp.atan(x) + sp.atan(1 / x), "other inverse functions"),
        (sp.pi * x + sp.E * y, "algebraically independent"),
        (x**a, "is not"),
        ((x * y) ** k * x**k, "product of powers"),
        ((x + r) ** k * y**k, "product of powers"),
        (sp.log(x) ** k, "not known to be independent"),
        (sp.Max(x, y), "kink"),
    ],
)
def test_what_is_not_decided_is_refused(function, word):
    """A doubt is an error, never a guess."""
    with pytest.raises(UnsupportedError, match=word):
        FunctionTower(SPACE.variables, SPACE.parameters, [function])


def test_a_positive_symbol_decides_the_branch():
    """The same root is refused of a symbol whose sign is open."""
    s = sp.Symbol("s", positive=True)
    f = sp.sqrt(s**2 * (1 + s) ** 2 + 0)
    assert FunctionTower([s], [], [f]).terms(f - s - s**2) == {}


def test_a_division_by_zero_in_disguise_is_named():
    with pytest.raises(UnsupportedError, match="which is zero"):
        FunctionTower([x], [], [1 / (sp.sin(x) ** 2 + sp.cos(x) ** 2 - 1)])


@pytest.mark.parametrize(
    ("f", "most"), [(sp.sqrt(2) * sp.atan2(x**64, y), 32), (1 / (x**129 + y), 128)]
)
def test_what_nobody_waits_for_to_be_factored_is_refused(f, most):
    with pytest.raises(UnsupportedError, match=f"degree at most {most} "):
        sf.poisson_bracket(f, a, SPACE)


def test_ranks_see_relations_between_functions():
    """The gradients of r, x/r and y/r span two dimensions, not three."""
    functions = (r, x / r, y / r)
    ring = PhasePolynomials(SPACE, functions)
    rows = [ring.gradient(ring.polynomial(f)) for f in functions]
    assert ring.generic_rank(rows, most=2).rank == 2
    assert ring.generic_rank(rows[1:], most=2).rank == 1


@pytest.mark.parametrize("name", ["A24", "A28"])
def test_what_a_hamiltonian_conserves(name):
    case = case_book.BY_NAME[name]
    space, generators = case_book.declared(case)
    for check in case["answer"].get("H_checks", ()):
        for pair, bracket in check["brackets"].items():
            g = generators[pair[1:].split(",")[0]]
            found = sf.poisson_bracket(g, check["H"], space)
            assert found == space.read(bracket)
    if "casimir_is_a_number" in case["answer"]:
        casimir, number = case["answer"]["casimir_is_a_number"]
        difference = space.read(casimir) - space.read(number)
        assert PhasePolynomials(space, [difference]).terms(difference) == {}
