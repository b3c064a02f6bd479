"""Characters: what an isomorphism cannot change."""

import pytest

import symflow as sf
from symflow.characters import Character
from tests.systems import ALL

PLANE = sf.PhaseSpace("x y")
ROOM = sf.PhaseSpace("x y z")


@pytest.mark.parametrize("system", ALL, ids=str)
def test_the_order_of_the_basis_does_not_matter(system):
    turned = sf.LieAlgebra(system.space, dict(reversed(system.generators.items())))
    assert Character.of(turned).changes_from(Character.of(system.algebra)) == ()


@pytest.mark.parametrize(
    ("algebra", "derivations"),
    [
        # Semisimple: all inner. Abelian: all matrices. h(1): 6. aff(1): complete.
        (sf.LieAlgebra(ROOM, sf.rotations(ROOM)), 3),
        (sf.LieAlgebra(PLANE, sf.translations(PLANE)), 4),
        (sf.closure(sf.PhaseSpace("x"), {"Q": "x", "P": "p_x"}), 6),
        (sf.closure(sf.PhaseSpace("x"), {"D": "x*p_x", "P": "p_x"}), 2),
        # e(2) scales besides: one outer derivation.
        (sf.LieAlgebra(PLANE, sf.euclidean(PLANE)), 4),
    ],
)
def test_derivations(algebra, derivations):
    assert Character.of(algebra).derivations == derivations


def test_changes_name_what_differs():
    so3 = Character.of(sf.LieAlgebra(ROOM, sf.rotations(ROOM)))
    e2 = Character.of(sf.LieAlgebra(PLANE, sf.euclidean(PLANE)))
    changes = e2.changes_from(so3)
    assert changes[0] == "type so(3) -> e(2)"
    assert "Killing signature 0, 3, 0 -> 0, 1, 2" in changes
    assert so3.changes_from(so3) == ()
