"""Weight vectors are multiplied, and generate with their products all that are."""

from symflow.phase_space import PhaseSpace
from symflow.polynomials import PhasePolynomials
from symflow.terms import multiples
from symflow.weight_vectors import WeightVectors


def search_for(space, annihilators, multipliers, extended=False):
    texts = [*annihilators, *multipliers]
    ring = PhasePolynomials(space, [space.read(text) for text in texts])
    read = [ring.terms(space.read(text)) for text in texts]
    split = len(annihilators)
    return WeightVectors(ring, read[:split], read[split:], extended)


def brackets(search, f, texts):
    ring = search.ring
    slopes = ring.slopes(f.terms)
    fields = (ring.velocity(ring.slopes(ring.terms(ring.space.read(g)))) for g in texts)
    return [ring.derivative_along(slopes, field) for field in fields]


def test_every_function_found_is_annihilated_or_multiplied():
    space = PhaseSpace("x y")
    rotation, dilation = "x*p_y - y*p_x", "x*p_x + y*p_y"
    search = search_for(space, [rotation], [dilation])
    search.up_to(3)
    assert len(search.found) == 4
    for f in search.found:
        turned, scaled = brackets(search, f, [rotation, dilation])
        assert not turned
        assert scaled == multiples(f.weight[0], f.terms)


def test_products_of_lower_ones_are_left_out():
    search = search_for(PhaseSpace("x"), [], ["x*p_x"])
    search.up_to(4)
    assert [f.degree for f in search.found] == [1, 1]


def test_translations_leave_differences():
    """Two particles on a line: what total momentum annihilates needs x1 - x2 only."""
    search = search_for(PhaseSpace("x1 x2"), ["p_x1 + p_x2"], [])
    assert len(search.functions(1)) == 1 + 3
    search.up_to(1)
    expressions = {str(search.expression(f.terms)) for f in search.found}
    assert expressions == {"x1 - x2", "p_x1", "p_x2"}


def test_a_field_that_is_not_affine_raises_the_degree():
    """Under x^2 p no linear function is multiplied by a number."""
    search = search_for(PhaseSpace("x"), [], ["x**2*p_x"])
    search.up_to(2)
    assert search.found == []
    search.up_to(3)
    assert [search.expression(f.terms).as_coeff_Mul()[1] for f in search.found] == [
        search.ring.space.read("x**2*p_x")
    ]


def test_complex_weights_come_in_conjugate_pairs():
    search = search_for(PhaseSpace("x y"), [], ["x*p_y - y*p_x"], extended=True)
    search.up_to(1)
    weights = [search.domain.to_sympy(f.weight[0]) for f in search.found]
    assert len(weights) == 4
    assert sum(weights) == 0
    assert {w**2 for w in weights} == {-1}


def test_multipliers_by_any_element_are_linear():
    space = PhaseSpace("x y")
    search = search_for(space, ["x*p_y"], ["x*p_x", "y*p_y"])
    search.up_to(1)
    ring = search.ring
    g = ring.terms(space.read("3*x*p_x - 2*y*p_y + 7*x*p_y"))
    for f in search.found:
        expected = 3 * f.weight[0] - 2 * f.weight[1]
        assert search.multiplier(f.weight, g) == expected
