r"""Groups: the claims that a few functions make all that maps of a finite group leave alone.

Takes the facts and the evidence of a claim, gives the words that these show. Where all
monomials of one degree lie in the ideal of what is listed, so do those of higher degrees,

.. math:: f = \sum_k h_k F_k \;\Rightarrow\; f = \sum_k \bar h_k F_k

for the means over the group. Maps for which this holds generate a finite group on the
functions, since each of these is a root of a polynomial with invariant coefficients.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy.polys.rings import PolyElement

from .actions import generating_all, generating_up_to
from .facts import Facts
from .spans import images_of, products, spanned
from .verdicts import PROVED, UNKNOWN, Evidence, Rule, follow, need, texts

__all__: list[str] = []


def _generating(facts: Facts, evidence: Evidence) -> str:
    """The laws are brackets with generators or given functions, or maps of a group."""
    return (_finite if "maps" in evidence else generating_up_to)(facts, evidence)


def _finite(facts: Facts, evidence: Evidence) -> str:
    """Parameters that maps move are coordinates here."""
    moved = [
        name
        for name in facts.document["phase_space"]["parameters"]
        if any(name in images for images in evidence["maps"])
    ]
    inner, degree = _space(facts, evidence, moved), evidence["degree"]
    variables = [x for x in inner.z if not _is_added(inner, x, len(moved))]
    listed = list(map(inner.read, texts(evidence["functions"])))
    maps = [_map(inner, images) for images in evidence["maps"]]
    spanned(inner, degree, variables, listed, inner.moving, maps)
    words = "they generate all invariants"
    if not evidence["all"]:
        return f"{words} of degree at most {degree}"
    linear = all(sum(m) == 1 for images in maps for f in images for m in f)
    need(linear, "a map is not linear")
    monomials, window = variables, range(degree, degree + 1)
    if inner.generators:
        monomials = _of_algebra(inner, evidence, maps)
        start, highest = evidence["from"], max(map(_degree, monomials), default=1)
        need(0 < start <= degree + 1, "degrees are left out")
        window = range(start, start + highest)
    for step in window:
        _need_in_ideal(inner, listed, monomials, step)
    return words


def _space(facts: Facts, evidence: Evidence, moved: Sequence[str]) -> Facts:
    """The facts of the given algebra, parameters that are moved being coordinates."""
    follow(not moved or not evidence["given"], "a map moves parameters of an algebra")
    space = facts.document["phase_space"]
    document = {
        **facts.document,
        "phase_space": {
            "q": [*space["q"], *moved],
            "p": [*space["p"], *(f"momentum_of_{name}" for name in moved)],
            "parameters": [name for name in space["parameters"] if name not in moved],
        },
        "generators": evidence["given"],
        "structure_constants": [],
        "invariants": evidence.get("invariants", []),
    }
    inner = Facts(document)
    inner.end = facts.end
    return inner


def _is_added(facts: Facts, x: PolyElement, number: int) -> bool:
    """Whether a variable is the momentum of a parameter."""
    return facts.z.index(x) >= facts.size - number


def _map(facts: Facts, images: Mapping[str, str]) -> list[PolyElement]:
    """The image of each coordinate under a map."""
    names = [name for name, x in facts.named.items() if x in facts.z]
    need(set(images) <= set(names), "a map moves something else")
    return [facts.read(images.get(name, name)) for name in names]


def _of_algebra(
    facts: Facts, evidence: Evidence, maps: Sequence[Sequence[PolyElement]]
) -> list[PolyElement]:
    """What generates the invariants of the algebra, which the maps carry into themselves."""
    need("of" not in evidence, "only functions of all coordinates are meant")
    generating_all(facts, evidence)
    facts.need_kept(facts.moving, *facts.invariants)
    for changes in images_of(facts, facts.invariants, (), maps):
        facts.need_kept(facts.moving, *changes)
    return facts.invariants


def _degree(f: PolyElement) -> int:
    follow(len(set(map(sum, f))) == 1, "one that is listed is a sum of several degrees")
    return max(map(sum, f))


def _need_in_ideal(
    facts: Facts,
    listed: Sequence[PolyElement],
    factors: Sequence[PolyElement],
    degree: int,
) -> None:
    """See that all products of factors of one degree lie in the ideal of those listed."""
    made = products(facts, [(_degree(f), f) for f in factors], degree)
    ideal = [
        facts.product(f, g)
        for f in listed
        for total, g in made
        if total + _degree(f) == degree
    ]
    whole = [g for total, g in made if total == degree]
    known = facts.rank(map(dict, ideal))
    outside = facts.rank(map(dict, [*ideal, *whole])) - known
    need(not outside, f"a product of degree {degree} lies outside their ideal")


RULES: dict[str, Rule] = {"generating": (_generating, {PROVED, UNKNOWN})}
