"""Spacetime: Galilei, Schroedinger, Poincare and conformal algebras, in closed form."""

import pytest

import symflow as sf
from symflow.claims import Standing
from symflow.errors import ArgumentError, NotClosedError
from symflow.expressions import valid_name
from symflow.spacetime import bargmann, conformal, galilei, poincare, schrodinger
from tests.catalogue import closed, commute, product, space, squares


def table(algebra, left, right):
    """One bracket of the table, in either order."""
    found = algebra.structure_constants.get((left, right))
    if found is not None:
        return found
    swapped = algebra.structure_constants.get((right, left), {})
    return {name: -value for name, value in swapped.items()}


@pytest.mark.parametrize(
    ("n", "function", "arguments", "dimension", "name"),
    [
        (1, bargmann, (), 4, "filiform nilpotent A4,1"),
        (3, bargmann, (), 11, "Bargmann algebra in 3 dimensions"),
        (4, bargmann, (), 16, "Bargmann algebra in 4 dimensions"),
        (
            *(1, schrodinger, (), 6),
            "Schroedinger algebra in 1 dimension = sl(2,R) ⋉ h(1)",
        ),
        (2, schrodinger, (), 9, "Schroedinger algebra in 2 dimensions"),
        (3, schrodinger, (), 13, "Schroedinger algebra in 3 dimensions"),
        (2, poincare, (), 3, "e(1,1) = A3,4"),
        (3, poincare, (), 6, "iso(2,1) = so(2,1) ⋉ R^3"),
        (4, poincare, (), 10, "Poincare iso(3,1) = so(3,1) ⋉ R^4"),
        (1, conformal, (), 3, "sl(2,R)"),
        (2, conformal, (), 6, "sl(2,C)"),
        (2, conformal, ((1, 1),), 6, "so(2,2) = sl(2,R) ⊕ sl(2,R)"),
        (3, conformal, (), 10, "so(4,1)"),
        (3, conformal, ((2, 1),), 10, "so(3,2)"),
        (4, conformal, (), 15, "so(5,1)"),
        (4, conformal, ((1, 3),), 15, "so(4,2)"),
        (4, conformal, ((3, 1),), 15, "so(4,2)"),
    ],
)
def test_textbook_names(n, function, arguments, dimension, name):
    algebra = closed(n, function, *arguments)
    assert algebra.dimension == dimension
    assert algebra.identify().name == name
    assert algebra.identify().standing is Standing.PROVED


def test_galilei_needs_the_mass():
    """The table is Galilei's but for {K_i, P_j} = m delta_ij, a constant."""
    where = space(3, "m")
    (m,) = where.parameters
    algebra = sf.LieAlgebra(where, galilei(where, "m"))
    assert [(a.name, a.left, a.right) for a in algebra.added] == [("1", "Px", "Kx")]
    for axis in "xyz":
        assert table(algebra, f"K{axis}", "H") == {f"P{axis}": 1}
        assert table(algebra, f"P{axis}", "H") == {}
        for other in "xyz":
            expected = {"1": m} if axis == other else {}
            assert table(algebra, f"K{axis}", f"P{other}") == expected
    assert algebra.identify().name == "Bargmann algebra in 3 dimensions"
    assert algebra.center.basis == ({"1": 1},)


def test_galilei_of_three_particles_has_the_total_mass():
    where = space(9, "m1 m2 m3")
    total = sum(where.parameters)
    algebra = sf.LieAlgebra(where, galilei(where, ["m1", "m2", "m3"], dimension=3))
    one_space = space(3, "m")
    one = sf.LieAlgebra(one_space, galilei(one_space, "m"))
    (m,) = one_space.parameters
    assert algebra.names == one.names
    for pair, entry in one.structure_constants.items():
        found = algebra.structure_constants[pair]
        assert found == {name: value.subs(m, total) for name, value in entry.items()}


@pytest.mark.parametrize("function", [bargmann, schrodinger])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_with_its_mass_many_particles_close_as_one(function, d):
    one = closed(d, function)
    where = space(3 * d, "m")
    generators = function(where, [1, "m", "2/3"], dimension=d)
    many = sf.LieAlgebra(where, generators)
    assert not many.added
    assert many.names == one.names
    assert many.structure_constants == one.structure_constants


@pytest.mark.parametrize("function", [poincare, conformal])
@pytest.mark.parametrize("d", [2, 3, 4])
def test_relativistic_particles_close_as_one(function, d):
    one, many = closed(d, function), closed(2 * d, function, dimension=d)
    assert many.names == one.names
    assert many.structure_constants == one.structure_constants


def test_boosts_without_masses_do_not_close():
    """Two masses, but the boost of equal ones: {K, H} is not the total momentum."""
    where = space(2)
    wrong = galilei(where, [1, 2], dimension=1) | {"K": where.q[0] + where.q[1]}
    with pytest.raises(NotClosedError, match="K"):
        sf.LieAlgebra(where, wrong)


def test_internal_energy_is_galilei_invariant():
    """U = 2 M H - P^2 commutes; on one particle it vanishes."""
    where = space(6, "m1 m2")
    g = bargmann(where, ["m1", "m2"], dimension=3)
    momentum = [g[f"P{axis}"] for axis in "xyz"]
    internal = 2 * g["M"] * g["H"] - squares(momentum)
    assert commute(where, g, internal)
    assert not commute(where, g, g["H"])
    one = space(3, "m")
    g = bargmann(one, "m")
    momentum = [g[f"P{axis}"] for axis in "xyz"]
    assert (2 * g["M"] * g["H"] - squares(momentum)).expand() == 0


def test_schrodinger_scales_space_and_time():
    algebra = closed(3, schrodinger)
    assert table(algebra, "D", "H") == {"H": 2}
    assert table(algebra, "D", "C") == {"C": -2}
    assert table(algebra, "H", "C") == {"D": -1}
    for axis in "xyz":
        assert table(algebra, "C", f"P{axis}") == {f"K{axis}": 1}
        assert table(algebra, "C", f"K{axis}") == {}
        assert table(algebra, "D", f"P{axis}") == {f"P{axis}": 1}


def test_an_inverse_square_potential_keeps_the_sl2_of_schrodinger():
    """{D, V} = 2V for V of degree -2; a harmonic potential does not scale so."""
    where = space(1)
    (q,), (p,) = where.q, where.p
    scale = schrodinger(where)["D"]
    assert sf.poisson_bracket(scale, p**2 / 2 + q**-2, where) == p**2 + 2 / q**2
    assert sf.poisson_bracket(scale, q**2, where) == -2 * q**2


def test_poincare_closes_as_textbooks_write_it():
    algebra = closed(4, poincare)
    cyclic = ("x", "y", "z"), ("y", "z", "x"), ("z", "x", "y")
    for a, b, c in cyclic:
        assert table(algebra, f"K{a}", "H") == {f"P{a}": 1}
        assert table(algebra, f"K{a}", f"P{a}") == {"H": 1}
        assert table(algebra, f"K{a}", f"P{b}") == {}
        assert table(algebra, f"K{a}", f"K{b}") == {f"L{c}": -1}
        assert table(algebra, f"L{a}", f"K{b}") == {f"K{c}": 1}
        assert table(algebra, f"L{a}", f"P{b}") == {f"P{c}": 1}
        assert table(algebra, f"L{a}", "H") == {}


def test_mass_and_interval_are_poincare_invariant():
    where = space(8)
    g = poincare(where, dimension=4)
    momentum = [g[name] for name in ("H", "Px", "Py", "Pz")]
    signs = (1, -1, -1, -1)
    assert commute(where, g, squares(momentum, signs))
    assert not commute(where, g, squares(momentum))
    step = [a - b for a, b in zip(where.q[:4], where.q[4:], strict=True)]
    assert commute(where, g, squares(step, signs))


@pytest.mark.parametrize("signature", [(3, 0), (2, 1), (1, 2)])
def test_conformal_maps_bring_in_scale_and_rotations(signature):
    signs = (1,) * signature[0] + (-1,) * signature[1]
    algebra = closed(3, conformal, signature)
    for i, a in enumerate("xyz"):
        assert table(algebra, "D", f"P{a}") == {f"P{a}": 1}
        assert table(algebra, "D", f"K{a}") == {f"K{a}": -1}
        for j, b in enumerate("xyz"):
            assert table(algebra, f"K{a}", f"K{b}") == {}
            if i == j:
                expected = {"D": -2 * signs[i]}
            else:
                low, high = sorted((i, j))
                sign = 2 if i < j else -2
                expected = {f"L{low + 1}{high + 1}": sign}
            assert table(algebra, f"P{a}", f"K{b}") == expected


def test_conformal_maps_keep_the_light_cone_and_nothing_less():
    """The null cone p.eta.p = 0 is kept: every bracket is a multiple of p.eta.p."""
    where = space(4)
    cone = squares(where.p, (1, -1, -1, -1))
    g = conformal(where, (1, 3))
    for name, generator in g.items():
        ratio = sf.poisson_bracket(generator, cone, where) / cone
        assert ratio.cancel().is_polynomial(*where.z), name
    assert not commute(where, g, cone)


def test_conformal_signature():
    """so(r+1, s+1): the maximal compact subalgebra is so(r+1) and so(s+1)."""
    for plus in range(4):
        minus = 3 - plus
        compact = (plus * (plus + 1) + minus * (minus + 1)) // 2
        expected = ((plus + 1) * (minus + 1), compact, 0)
        assert closed(3, conformal, (plus, minus)).killing_signature == expected


def test_translations_and_special_maps_alone_do_not_close():
    where = space(3)
    g = {name: f for name, f in conformal(where).items() if name[0] in "PK"}
    with pytest.raises(NotClosedError):
        sf.LieAlgebra(where, g)
    completed = sf.closure(where, g)
    assert completed.dimension == 10
    assert completed.identify().name == "so(4,1)"


@pytest.mark.parametrize("n", [2, 3, 4, 10])
def test_names_are_identifiers(n):
    for function in (galilei, bargmann, schrodinger, poincare, conformal):
        assert all(map(valid_name, function(space(n))))


def test_spacetime_has_a_space():
    with pytest.raises(ArgumentError, match="a time and at least one coordinate"):
        poincare(space(1))
    with pytest.raises(ArgumentError, match="a time and at least one coordinate"):
        poincare(space(3), dimension=1)


def test_wrong_input_is_refused():
    with pytest.raises(ArgumentError, match="divides"):
        galilei(space(4), dimension=3)
    with pytest.raises(ArgumentError, match="one mass for each"):
        galilei(space(6), [1], dimension=3)
    with pytest.raises(ArgumentError, match="add up to 4"):
        conformal(space(4), (1, 2))


def test_angular_momentum_of_the_pair_commutes_with_its_scalars():
    where = space(6)
    g = galilei(where, dimension=3)
    spin = {name: g[name] for name in ("Lx", "Ly", "Lz")}
    assert commute(where, spin, product(where.q[:3], where.p[3:]))
