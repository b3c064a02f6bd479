r"""Root systems: what the closed forms of the textbooks say, for every type."""

from math import factorial, prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symflow.errors import ArgumentError
from symflow.root_systems import RootSystem

TYPES = [
    *(f"A{n}" for n in range(1, 9)),
    *(f"B{n}" for n in range(2, 9)),
    *(f"C{n}" for n in range(2, 9)),
    *(f"D{n}" for n in range(3, 9)),
    *("E6", "E7", "E8", "F4", "G2"),
]
EXCEPTIONAL = {
    "E6": (72, 51840, 3, (1, 4, 5, 7, 8, 11), (1, 2, 2, 3, 2, 1)),
    "E7": (126, 2903040, 2, (1, 5, 7, 9, 11, 13, 17), (2, 2, 3, 4, 3, 2, 1)),
    "E8": (240, 696729600, 1, (1, 7, 11, 13, 17, 19, 23, 29), (2, 3, 4, 6, 5, 4, 3, 2)),
    "F4": (48, 1152, 1, (1, 5, 7, 11), (2, 3, 4, 2)),
    "G2": (12, 12, 1, (1, 5), (3, 2)),
}


def closed_form(name):
    """Number of roots, order of the Weyl group, determinant, exponents, highest root."""
    if name in EXCEPTIONAL:
        return EXCEPTIONAL[name]
    letter, n = name[0], int(name[1])
    odd = tuple(range(1, 2 * n, 2))
    if letter == "A":
        return n * (n + 1), factorial(n + 1), n + 1, tuple(range(1, n + 1)), (1,) * n
    if letter == "D":
        exponents = tuple(sorted([*odd[:-1], n - 1]))
        highest = (1, *(2,) * (n - 3), 1, 1) if n > 3 else (1, 1, 1)
        return 2 * n * (n - 1), 2 ** (n - 1) * factorial(n), 4, exponents, highest
    highest = (1, *(2,) * (n - 1)) if letter == "B" else (*(2,) * (n - 1), 1)
    return 2 * n * n, 2**n * factorial(n), 2, odd, highest


@pytest.fixture(params=TYPES, scope="module")
def system(request):
    return RootSystem(request.param)


def test_closed_forms(system):
    count, order, determinant, exponents, highest = closed_form(system.cartan_type)
    assert len(system.roots) == count
    assert system.dimension == system.rank + count
    assert system.weyl_order == order
    assert system.cartan_matrix.det() == determinant
    assert system.exponents == exponents
    assert system.highest_roots == (highest,)


def test_simple_reflections_permute_the_roots_and_are_their_own_inverses(system):
    roots = set(system.roots)
    assert len(roots) == len(system.roots)
    for number in range(1, system.rank + 1):
        assert {system.reflect(root, number) for root in roots} == roots
        for root in roots:
            assert system.reflect(system.reflect(root, number), number) == root


def test_lengths_make_the_cartan_matrix_symmetric(system):
    matrix, lengths = system.cartan_matrix, system.squared_lengths
    for i in range(system.rank):
        for j in range(system.rank):
            assert matrix[i, j] * lengths[j] == matrix[j, i] * lengths[i]
    assert max(lengths) == 2
    for long, short, lines in system.bonds:
        assert lengths[long - 1] == lines * lengths[short - 1]


def test_the_highest_root_is_long_and_dominant(system):
    (highest,) = system.highest_roots
    matrix, lengths = system.cartan_matrix, system.squared_lengths
    square = sum(
        highest[i] * highest[j] * matrix[i, j] * lengths[j] / 2
        for i in range(system.rank)
        for j in range(system.rank)
    )
    assert square == 2
    assert all(
        system.pairing(highest, number) >= 0 for number in range(1, system.rank + 1)
    )


def test_the_coxeter_number_is_the_number_of_roots_by_the_rank(system):
    (highest,) = system.highest_roots
    assert len(system.roots) == system.rank * (sum(highest) + 1)
    assert max(system.exponents) == sum(highest)
    assert sum(system.exponents) == len(system.positive_roots)


def test_the_orbit_of_a_regular_weight_has_the_order_of_the_weyl_group():
    for name in ("A3", "B3", "G2", "A1+A2"):
        system = RootSystem(name)
        rho = tuple(map(sum, zip(*system.positive_roots, strict=True)))
        orbit, fresh = {rho}, [rho]
        while fresh:
            numbers = range(1, system.rank + 1)
            images = {system.reflect(root, k) for root in fresh for k in numbers}
            fresh = list(images - orbit)
            orbit |= images
        assert len(orbit) == system.weyl_order


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from([*TYPES[:12], "F4", "G2"]), min_size=1, max_size=3))
def test_a_sum_is_the_union_of_its_components(names):
    parts = [RootSystem(name) for name in names]
    whole = RootSystem("+".join(names))
    assert whole.cartan_type == " + ".join(names)
    assert len(whole.roots) == sum(len(part.roots) for part in parts)
    assert whole.dimension == sum(part.dimension for part in parts)
    assert whole.weyl_order == prod(part.weyl_order for part in parts)
    assert whole.exponents == tuple(sorted(m for p in parts for m in p.exponents))
    place = 0
    for part, highest in zip(parts, whole.highest_roots, strict=True):
        assert highest[place : place + part.rank] == part.highest_roots[0]
        place += part.rank
    assert RootSystem(whole.cartan_type) == whole


@pytest.mark.parametrize(
    "text", ["", "A", "A0", "B1", "C1", "D2", "E5", "E9", "F3", "G3", "H3", "A1+", "a2"]
)
def test_what_is_no_type_is_refused(text):
    with pytest.raises(ArgumentError, match="cartan_type"):
        RootSystem(text)


def test_a_type_is_text():
    with pytest.raises(ArgumentError, match="cartan_type"):
        RootSystem(("A", 1))


def test_roots_and_numbers_are_checked():
    system = RootSystem("A2")
    with pytest.raises(ArgumentError, match="`root`"):
        system.pairing((1,), 1)
    for number in (0, 3):
        with pytest.raises(ArgumentError, match="`number`"):
            system.reflect((1, 0), number)
