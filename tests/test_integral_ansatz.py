"""The linear equations of integrals: counts known from theory, blocks, short results."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import QQ, Symbol, sqrt
from sympy.polys.rings import ring as polynomial_ring

import symflow as sf
from symflow.integral_ansatz import IntegralAnsatz, primitive_multiple
from symflow.linear_algebra import rank
from symflow.polynomials import PhasePolynomials, total_degree


def ansatz(H, space, known=True):
    function = space.read(H)
    ring = PhasePolynomials(space, [function])
    energy = ring.polynomial(function)
    motion = ring.velocity(ring.slopes(energy))
    return IntegralAnsatz(ring, [motion], [energy] if known else [])


PLANE = sf.PhaseSpace("x y")
ROOM = sf.PhaseSpace("x y z")
OSCILLATOR = "(p_x**2 + p_y**2 + x**2 + y**2)/2"


@pytest.mark.parametrize("degree", [2, 4, 6])
def test_the_oscillator_has_as_many_integrals_as_balanced_monomials(degree):
    """a^i b^j abar^k bbar^l is conserved if i + j = k + l: (d/2 + 1)^2 in degree d."""
    search = ansatz(OSCILLATOR, PLANE)
    search.up_to(degree)
    assert search.dimension == sum((d // 2 + 1) ** 2 for d in range(2, degree + 1, 2))
    assert len(search.found) == 3, "and the quadratic ones generate the others"


@pytest.mark.parametrize(("space", "n"), [(PLANE, 2), (ROOM, 3)])
def test_free_motion_has_the_momenta_and_the_angular_momenta(space, n):
    search = ansatz(sum(p**2 for p in space.p), space)
    search.up_to(2)
    assert len(search.found) == n + n * (n - 1) // 2


def test_the_known_are_not_found_again_and_only_they():
    with_energy, without = ansatz(OSCILLATOR, PLANE), ansatz(OSCILLATOR, PLANE, False)
    with_energy.up_to(2)
    without.up_to(2)
    assert len(with_energy.found) == len(without.found) - 1
    assert with_energy.dimension == without.dimension


def test_every_one_found_is_constant_and_what_is_left_out_is_not():
    search = ansatz("(p_x**2 + p_y**2)/2 + x**2*y + 16*y**3/3", PLANE)
    search.up_to(6)
    ring = search.ring
    (found,) = search.found
    assert total_degree(found) == 6
    assert ring.derivative_along(ring.slopes(found), search.velocities[0]) == {}
    for monomial, value in found.items():
        broken = found - ring.ring.from_dict({monomial: value})
        assert ring.derivative_along(ring.slopes(broken), search.velocities[0]) != {}


def test_blocks_hold_the_equations_and_share_no_unknown():
    search = ansatz("(p_x**2 + p_y**2)/2 + x**2*y + y**3", PLANE)
    blocks, size = search.blocks(4), len(search.unknowns(4))
    assert len(blocks) > 1
    assert sorted(k for part, _ in blocks for k in part) == list(range(size))
    whole = rank(search.equations(4), size)
    assert whole == sum(rank(rows, len(part)) for part, rows in blocks)


def test_integrals_are_led_by_the_momenta_and_are_short():
    """The energy could be added to it any number of times."""
    search = ansatz("(p_x**2 + p_y**2)/2 + x**4 + 6*x**2*y**2 + 8*y**4", PLANE)
    search.up_to(8)
    (found,) = search.found
    assert len(found) == 8
    first = min(found, key=search.unknowns(8).index)
    assert first == (0, 0, 4, 0)
    assert found[first] > 0


def test_nothing_moves_and_everything_is_constant():
    search = IntegralAnsatz(PhasePolynomials(PLANE, []), [{}])
    search.up_to(1)
    assert search.dimension == 4


@settings(max_examples=40, deadline=None)
@given(st.lists(st.fractions(max_denominator=50).filter(bool), min_size=1, max_size=4))
def test_a_primitive_multiple_has_coprime_integers(values):
    R, _ = polynomial_ring("x", QQ)
    f = R.from_dict(
        {(k,): QQ(v.numerator, v.denominator) for k, v in enumerate(values)}
    )
    found = primitive_multiple(f)
    coefficients = [
        Fraction(int(c.numerator), int(c.denominator)) for c in found.values()
    ]
    assert all(c.denominator == 1 for c in coefficients)
    assert found == primitive_multiple(found)
    assert found == f * (found[(0,)] / f[(0,)])
    assert found[(0,)] * f[(0,)] > 0


def test_a_primitive_multiple_clears_parameters():
    m, k = Symbol("m"), Symbol("k")
    field = QQ.frac_field(m, k)
    R, x, p = polynomial_ring("x p", field)
    mass, spring = field.gens
    assert primitive_multiple(p**2 / (2 * mass) + spring * x**2 / 2) == (
        p**2 + mass * spring * x**2
    )
    assert primitive_multiple(spring * p + spring * mass * x) == p + mass * x
    assert primitive_multiple(R.zero) == R.zero


def test_over_other_numbers_the_first_coefficient_is_one():
    search = ansatz("p_x**2 + sqrt(2)*p_x*p_y + x**2", PLANE)
    domain, R = search.ring.domain, search.ring.ring
    root = domain.from_sympy(sqrt(2))
    f = R.from_dict({(1, 0, 0, 0): root, (0, 1, 0, 0): domain(2)})
    assert primitive_multiple(f) == R.gens[0] + root * R.gens[1]
