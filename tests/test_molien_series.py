"""Molien's series: against counts by hand, and its laws."""

import pytest
import sympy as sp

import symflow as sf
from symflow.canonical_maps import particle_permutation
from symflow.molien_series import MolienSeries, moved_variables

LINE = sf.PhaseSpace("x")
PLANE = sf.PhaseSpace("x y")
THREE = sf.PhaseSpace("q1 q2 q3")
S3 = sf.FiniteGroup(
    THREE,
    {
        "s": particle_permutation(THREE, [2, 1, 3], 1),
        "t": particle_permutation(THREE, [1, 3, 2], 1),
    },
)
TURN = sf.FiniteGroup(PLANE, {"turn": [["-1/2", "-sqrt(3)/2"], ["sqrt(3)/2", "-1/2"]]})
SQUARE = sf.FiniteGroup(PLANE, {"r": {"x": "-y", "y": "x"}, "s": {"x": "-x"}})


@pytest.mark.parametrize("group", [S3, TURN, SQUARE], ids=["S3", "C3", "D4"])
def test_the_function_and_the_counts_agree(group):
    series = MolienSeries.of(group)
    t = sp.Symbol("t")
    above, below = (sp.Poly(f, t) for f in sp.fraction(series.expression))
    polynomial = sp.Poly(series.counts(6)[::-1], t)
    assert (below * polynomial - above).rem(sp.Poly(t**7)).is_zero


def test_orbits_of_monomials_under_exchanges():
    """Multisets of three pairs of exponents, by their sum."""
    pairs = [(a, b) for a in range(7) for b in range(7) if a + b <= 6]
    for degree, counted in enumerate(MolienSeries.of(S3).counts(6)):
        orbits = {
            tuple(sorted((u, v, w)))
            for u in pairs
            for v in pairs
            for w in pairs
            if sum(u) + sum(v) + sum(w) == degree
        }
        assert counted == len(orbits)


def test_parity_keeps_the_even_degrees_whole():
    series = MolienSeries.of(sf.FiniteGroup(PLANE, {"P": {"x": "-x", "y": "-y"}}))
    whole = [sp.binomial(d + 3, 3) for d in range(9)]
    assert series.counts(8) == tuple(0 if d % 2 else n for d, n in enumerate(whole))


def test_the_pole_at_one_counts_the_elements():
    """The identity alone has the whole pole, and its part is one over the order."""
    t = sp.Symbol("t")
    for group, size in [(S3, 6), (TURN, 4), (SQUARE, 4)]:
        series = MolienSeries.of(group).expression
        assert sp.limit(series * (1 - t) ** size, t, 1) == sp.Rational(1, group.order)


def test_parameters_that_are_exchanged_are_variables():
    space = sf.PhaseSpace("q1 q2", parameters="m1 m2 k")
    images = {"q1": "q2", "q2": "q1", "m1": "m2", "m2": "m1"}
    swap = sf.FiniteGroup(space, {"swap": images})
    assert moved_variables(swap)[4:] == space.parameters[:2]
    assert MolienSeries.of(swap).counts(1) == (1, 3)
