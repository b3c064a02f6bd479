"""Named quantities: what their values are, and that no name is taken twice."""

from itertools import combinations

import pytest
import sympy as sp

import symflow as sf
from symflow.errors import ArgumentError
from symflow.vector_quantities import vector_quantities

SPACES = [
    (sf.PhaseSpace("x y"), 2),
    (sf.PhaseSpace("x y z"), 3),
    (sf.PhaseSpace("a b c d"), 4),
    (sf.PhaseSpace("x1 y1 x2 y2"), 2),
    (sf.PhaseSpace("x1 y1 z1 x2 y2 z2"), 3),
    (sf.PhaseSpace("q1 q2 q3", "p1 p2 p3"), 1),
    (sf.PhaseSpace("r L", "p Lz"), 2),
]


def by_name(space, dimension):
    return {str(a.symbol): a for a in vector_quantities(space, dimension)}


@pytest.mark.parametrize(("space", "dimension"), SPACES)
def test_names_are_different_and_not_those_of_the_space(space, dimension):
    found = vector_quantities(space, dimension)
    names = [a.symbol.name for a in found]
    assert len(set(names)) == len(names)
    assert not set(names) & set(space.symbols)
    assert len({a.latex for a in found}) == len(found)


@pytest.mark.parametrize(("space", "dimension"), SPACES)
def test_scalars_commute_with_rotations_and_forms_stand_for_values(space, dimension):
    rotations = sf.rotations(space, dimension=dimension) if dimension > 1 else {}
    for a in vector_quantities(space, dimension):
        assert sp.expand(a.form.subs(a.symbol, a.definition) - a.value) == 0
        if str(a.symbol) in ("Lx", "Ly", "Lz", "Jx", "Jy", "Jz"):
            continue
        for g in rotations.values():
            assert sf.poisson_bracket(g, a.value, space) == 0


def test_lagrange_and_the_components_agree_on_the_angular_momentum():
    found = by_name(sf.PhaseSpace("x y z"), 3)
    squares = sum(found[name].value ** 2 for name in ("Lx", "Ly", "Lz"))
    assert sp.expand(squares - found["L"].value) == 0
    r2, p2, qp = (found[name].value for name in ("r", "p", "(q.p)"))
    assert sp.expand(r2 * p2 - qp**2 - found["L"].value) == 0


def test_two_particles_share_their_totals():
    space = sf.PhaseSpace("x1 y1 z1 x2 y2 z2")
    found = by_name(space, 3)
    J = [found[name].value for name in ("Jx", "Jy", "Jz")]
    for (i, a), (j, b) in combinations(enumerate(J), 2):
        k = 3 - i - j
        sign = 1 if (i, j) != (0, 2) else -1
        assert sf.poisson_bracket(a, b, space) == sp.expand(sign * J[k])
    total = found["P"].value
    assert all(sf.poisson_bracket(a, total, space) == 0 for a in J)
    for translation in sf.translations(space, dimension=3).values():
        for name in ("r12", "P", "(J.P)"):
            assert sf.poisson_bracket(translation, found[name].value, space) == 0


def test_particles_on_a_line_have_differences():
    found = by_name(sf.PhaseSpace("q1 q2", "p1 p2"), 1)
    assert list(found) == ["(q1-q2)", "P"]
    assert found["(q1-q2)"].latex == r"\left(q_{1} - q_{2}\right)"


def test_the_dimension_must_divide():
    with pytest.raises(ArgumentError, match="`dimension`"):
        vector_quantities(sf.PhaseSpace("x y z"), 2)
