r"""Series: that a few invariants of a reductive algebra are as many as there must be.

Takes the vectors that an algebra moves, and what is listed, gives nothing but the verdict.
The dimensions of the spaces of invariants follow from the weights by Weyl's integral,

.. math:: \sum_d t^d \dim K[V]_d^{\mathfrak g} = [e^0]
    \frac{\prod_{\alpha > 0} (1 - e^\alpha)}{\prod_i (1 - t e^{\lambda_i})}
    = \frac{1}{\prod_i (1 - t^{d_i})} \quad\text{or}\quad \frac{1 - t^e}{\prod_i (1 - t^{d_i})}

The poles are roots of unity whose orders divide the degrees of the shortest monomials of
weight zero, none is higher than there are independent invariants, and the degree of the
series is not positive (Kempf). So two series agree if they do up to a degree that is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import comb, gcd, lcm, prod
from random import Random

from sympy import QQ, divisors, totient
from sympy.polys.matrices import DomainMatrix
from sympy.polys.rings import PolyElement

from .facts import Facts
from .verdicts import Block, Evidence, Row, follow, need
from .weights import Label, weights_and_roots

__all__ = ["as_many_as_weights_say", "as_many_up_to_a_degree", "orbit_rank"]

MOST_BITS, MOST_CHOICES, MOST_PRODUCTS = 2**30, 20_000, 5_000


def as_many_as_weights_say(
    facts: Facts, factor: Evidence, block: Block, span: list[Row]
) -> list[PolyElement]:
    """See that what is listed has the series of all invariants; so no more is wanted."""
    weights, roots, listed = _weighed(facts, factor, block, span)
    most = len(weights) - orbit_rank(facts, block, span)
    degrees = [max(map(sum, f)) for f in listed]
    rank = facts.generic_rank(list(map(facts.slope, listed))) if listed else 0
    rays = _ray_orders(facts, sorted(set(weights)))
    orders = rays.union(*map(divisors, degrees))
    upto = sum(
        int(totient(k)) * max(most * (k in rays), sum(d % k == 0 for d in degrees))
        for k in orders
    )
    numerator = _dimensions(facts, weights, roots, upto)
    for d in degrees:
        for k in range(upto, d - 1, -1):
            numerator[k] -= numerator[k - d]
    places = [k for k, c in enumerate(numerator) if c]
    if places == [0]:
        need(rank == len(listed), "those listed depend on each other")
        return []
    one = len(places) == 2 and numerator[places[1]] == -1
    need(one and places[1] <= sum(degrees), "those listed are not as many as must be")
    need(rank == len(listed) - 1 == most, "those listed have not one relation")
    made = _products(listed, places[1] - 1)
    numbers = list(map(len, made))
    free = _ranks(facts, listed, made, numbers) == numbers
    need(free, "those listed have a relation of lower degree")
    return []


def as_many_up_to_a_degree(
    facts: Facts, factor: Evidence, block: Block, span: list[Row]
) -> list[PolyElement]:
    """See that products of what is listed are as many as the weights say, in each degree."""
    follow("element" in factor, "a search without weights is not followed")
    weights, roots, listed = _weighed(facts, factor, block, span)
    wanted = _dimensions(facts, weights, roots, factor["degree"])
    made = _products(listed, factor["degree"])
    ranks = _ranks(facts, listed, made, wanted)
    need(ranks == wanted, "those listed are not as many as must be")
    return []


def _weighed(
    facts: Facts, factor: Evidence, block: Block, span: list[Row]
) -> tuple[list[Label], list[Label], list[PolyElement]]:
    """The weights, the roots, and the highest parts of what is listed."""
    forms = [y for v in block for y in v]
    starts = [sum(map(len, block[:k])) for k in range(len(block))]
    rows = [
        {(starts[k] + i, starts[k] + j): c for (k, i, j), c in row.items()}
        for row in span
    ]
    weights, roots = weights_and_roots(facts, factor, len(forms), rows)
    return weights, roots, _highest_parts(facts, forms)


def orbit_rank(facts: Facts, block: Block, span: list[Row]) -> int:
    """The dimension of the orbit of a point at random, which no orbit exceeds mostly."""
    random, zero = Random(0), facts.domain.zero  # noqa: S311
    y = [[facts.domain(random.randrange(1, 999)) for _ in v] for v in block]
    rows: list[Row] = [{} for _ in span]
    for row, matrix in zip(rows, span, strict=True):
        for (k, i, j), c in matrix.items():
            row[k, i] = row.get((k, i), zero) + c * y[k][j]
    return facts.rank(rows)


def _highest_parts(facts: Facts, forms: Sequence[PolyElement]) -> list[PolyElement]:
    """The parts of highest degree of what is listed and made of some forms alone.

    If these generate all that is homogeneous, what is listed does.
    """
    need(not any(y.is_ground for y in forms), "a form is a number")
    table = facts.table([[y.coeff(x) for x in facts.z] for y in forms])
    directions = table.nullspace().to_dense().to_list()
    found = []
    for f, slope in zip(facts.invariants, facts.slopes, strict=True):
        moved = (facts.along(slope, list(map(facts.ring, v))) for v in directions)
        if not f.is_ground and not any(moved):
            top = max(map(sum, f))
            high = {m: c for m, c in f.terms() if sum(m) == top}
            found.append(facts.ring.from_dict(high))
    return found


def _ray_orders(facts: Facts, weights: Sequence[Label]) -> set[int]:
    """The orders of roots of unity that may be poles.

    They divide the degrees of the monomials of weight zero in as few variables as can be.
    """
    width, orders = len(weights[0]), set()
    few = sum(comb(len(weights), k) for k in range(1, width + 2))
    follow(few <= MOST_CHOICES, "the weights have too many combinations")
    for number in range(1, width + 2):
        for chosen in combinations(weights, number):
            facts.tick()
            lines = [[QQ(w[i]) for w in chosen] for i in range(width)]
            kernel = DomainMatrix(lines, (width, number), QQ).nullspace().to_list()
            if len(kernel) == 1 and (min(kernel[0]) > 0 or max(kernel[0]) < 0):
                scale = lcm(*(int(x.denominator) for x in kernel[0]))
                ray = [abs(int(x * scale)) for x in kernel[0]]
                orders |= {*divisors(sum(ray) // gcd(*ray))}
    return orders


def _dimensions(
    facts: Facts, weights: Sequence[Label], roots: Sequence[Label], upto: int
) -> list[int]:
    """The dimensions of the spaces of invariants of each degree, up to one.

    A character is one long integer whose digits are the multiplicities. The digit of a
    weight of degree d stands at its values, with d times the largest added to each.
    """
    width = len(weights[0])
    largest = [max(abs(w[k]) for w in weights) for k in range(width)]
    steps = [comb(len(weights) + upto, upto).bit_length() + 1]
    for m in largest:
        steps.append(steps[-1] * (2 * m * upto + 1))
    follow(steps[-1] * (upto + 1) <= MOST_BITS, "the characters are too long")
    characters = [1] + [0] * upto
    for w in weights:
        facts.tick()
        values = zip(steps, w, largest, strict=False)
        shift = sum(step * (x + m) for step, x, m in values)
        for d in range(1, upto + 1):
            characters[d] += characters[d - 1] << shift
    signs = {(0,) * width: 1}
    for root in roots:
        grown = dict(signs)
        for at, sign in signs.items():
            moved = tuple(map(int.__add__, at, root))
            grown[moved] = grown.get(moved, 0) - sign
        signs = grown
    digit = (1 << steps[0]) - 1
    found = [0] * (upto + 1)
    for at, sign in signs.items():
        for d in range(upto + 1):
            if sign and all(abs(x) <= m * d for x, m in zip(at, largest, strict=True)):
                values = zip(steps, at, largest, strict=False)
                place = sum(step * (m * d - x) for step, x, m in values)
                found[d] += sign * (characters[d] >> place & digit)
    return found


def _products(listed: Sequence[PolyElement], upto: int) -> list[list[tuple[int, ...]]]:
    """The products of those listed, by their numbers, in each degree up to one."""
    degrees = [max(map(sum, f)) for f in listed]
    found: list[list[tuple[int, ...]]] = [[()]]
    for d in range(1, upto + 1):
        found.append(
            [
                (k, *rest)
                for k, degree in enumerate(degrees)
                for rest in (found[d - degree] if degree <= d else ())
                if not rest or k <= rest[0]
            ]
        )
        follow(len(found[d]) <= MOST_PRODUCTS, "there are too many products")
    return found


def _ranks(
    facts: Facts,
    listed: Sequence[PolyElement],
    made: Sequence[Sequence[tuple[int, ...]]],
    most: Sequence[int],
) -> list[int]:
    """How many products are independent in each degree, if they cannot be more than most.

    They are seen at points, of which a few more are taken than there can be.
    """
    random, one = Random(2), facts.small(facts.domain.one)  # noqa: S311
    points = [facts.point(random) for _ in range(max(most) + 4)]
    values = [[facts.value(f, point) for f in listed] for point in points]
    found = []
    for number, products in zip(most, made, strict=True):
        rows: list[Row] = [{} for _ in products]
        for place, at in enumerate(values[: number + 4]):
            facts.tick()
            for row, factors in zip(rows, products, strict=True):
                row[place] = prod([at[k] for k in factors], start=one)
        found.append(facts.rank(rows))
    return found
