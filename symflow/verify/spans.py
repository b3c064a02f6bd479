r"""Spans: the claims that say that products of a few functions are all, up to a degree.

Takes the facts and the evidence of a claim, gives the words that these show. What obeys the
laws is bounded from above modulo a prime, and the products are from below,

.. math:: \dim \langle I^\alpha \rangle \le \dim \{f : \{g_k, f\} = 0\}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import comb

from sympy.polys.rings import PolyElement

from .counts import hidden_places
from .facts import Facts
from .verdicts import (
    PROVED,
    Evidence,
    Field,
    Row,
    Rule,
    TooLargeError,
    follow,
    need,
    texts,
)

__all__ = ["chosen_among", "generating", "images_of", "products", "spanned"]

LARGEST_ANSATZ = 8_000


def _symmetric_family(facts: Facts, evidence: Evidence) -> str:
    """See that as many coefficients are free as linear equations for them leave."""
    text, given = evidence["ansatz"], facts.functions(evidence["generators"])
    names, one = [*texts(evidence["free"]), *evidence["relations"]], facts.ring.one
    fields = list(map(facts.field, given.values()))
    without = dict.fromkeys(names, facts.ring.zero)
    fixed = facts.function(text, without)
    parts = [facts.function(text, without | {c: one}) - fixed for c in names]
    whole = fixed
    for c, f in zip(names, parts, strict=True):
        whole = whole + facts.product(facts.named[c], f)
    H = facts.function(evidence["expression"])
    same = facts.function(text, facts.functions(evidence["relations"]))
    linear = (
        all(facts.named[c].is_ground for c in names)
        and facts.is_zero(whole - facts.function(text))
        and facts.is_zero(same - H)
    )
    need(linear, "it is no member of an ansatz that is linear in its coefficients")
    facts.need_kept(fields, H)
    found = facts.rank(_joined(facts, images_of(facts, parts, fields)))
    need(found == len(evidence["relations"]), "another number of coefficients is free")
    return f"H commutes with {', '.join(given)} exactly if H = {evidence['expression']}"


def images_of(
    facts: Facts,
    functions: Sequence[PolyElement],
    fields: Sequence[Field],
    maps: Sequence[Sequence[PolyElement]] = (),
) -> Iterator[list[PolyElement]]:
    """The brackets of functions with each field, and their changes under each map."""
    slopes = list(map(facts.slope, functions))
    for field in fields:
        yield [facts.along(slope, field) for slope in slopes]
    for to in maps:
        moved = [-f for f in functions]
        for k, f in enumerate(functions):
            for m, c in f.terms():
                powers = zip(to, m[facts.spare :], strict=True)
                moved[k] += facts.product(*(x**e for x, e in powers if e)) * c
        yield moved


def _joined(facts: Facts, images: Iterable[Sequence[PolyElement]]) -> list[Row]:
    """All that was made of each function, as one row, modulo a prime."""
    rows: list[Row] = []
    for k, functions in enumerate(images):
        facts.without_relations(*functions)
        for place, f in enumerate(facts.settled(*functions)):
            rows += [{}] if not k else []
            rows[place] |= {(k, *m): c for m, c in facts.modular(f).items()}
    return rows


def products(
    facts: Facts, factors: Sequence[tuple[int, PolyElement]], degree: int
) -> list[tuple[int, PolyElement]]:
    """Every product of factors up to a degree, with its degree, each once."""
    found = [(0, 0, facts.ring.one)]
    for first, total, f in found:  # the list grows on the way
        for k, (more, factor) in enumerate(factors[first:], start=first):
            if total + more <= degree:
                found.append((k, total + more, facts.product(f, factor)))
        follow(len(found) <= 4 * LARGEST_ANSATZ, "there are too many products")
    return [(total, f) for _, total, f in found]


def spanned(
    facts: Facts,
    degree: int,
    variables: Sequence[PolyElement],
    listed: Sequence[PolyElement],
    fields: Sequence[Field],
    maps: Sequence[Sequence[PolyElement]] = (),
) -> None:
    """See that products of those listed are all up to a degree that obeys the laws.

    What obeys them is bounded from above, and the products from below.
    """
    need(type(degree) is int and degree > 0, "the degree must be a positive integer")
    few = comb(len(variables) + degree, degree) <= LARGEST_ANSATZ
    follow(few, f"there are over {LARGEST_ANSATZ} monomials")
    images = images_of(facts, listed, fields, maps)
    obeyed = all(facts.is_zero(f) for row in images for f in row)
    need(obeyed, "one that is listed is no invariant")
    ansatz = products(facts, [(1, x) for x in variables], degree)
    size = len(ansatz)
    if facts.is_plain(*variables):
        factors = [(max(map(sum, f), default=0), f) for f in listed]
    else:
        # The degree of a function is that of the first ansatz that holds it.
        spans = [[f for k, f in ansatz if k <= d] for d in range(degree + 1)]
        sizes = list(map(facts.span, spans))
        size = sizes[-1]
        factors = []
        for f in listed:
            inside = (
                n == facts.span([*s, f]) for s, n in zip(spans, sizes, strict=True)
            )
            factors.append(([*inside, True].index(True), f))
    factors = [(k, f) for k, f in factors if k]
    made = [f for _, f in products(facts, factors, degree)]
    changes = images_of(facts, [f for _, f in ansatz], fields, maps)
    most = size - facts.rank(_joined(facts, changes))
    facts.without_relations(*made)
    least = facts.rank(map(facts.modular, facts.settled(*made)))
    need(least == most, f"they make {least} of {most} independent invariants")


def chosen_among(facts: Facts, evidence: Evidence) -> tuple[str, list[PolyElement]]:
    """The coordinates of which functions are meant, if not all, in words as well."""
    names = texts(evidence.get("of", []))
    chosen = [facts.named[name] for name in names]
    need(all(x in facts.z for x in chosen), "only coordinates can be chosen")
    return (f" in ({', '.join(names)})", chosen) if names else ("", list(facts.z))


def generating(facts: Facts, evidence: Evidence) -> str:
    """The laws are brackets with generators or given functions, or exchanges."""
    if "species" in evidence:
        return _power_sums(facts, evidence)
    degree, kernels = evidence["degree"], texts(evidence.get("kernels", []))
    among, z = chosen_among(facts, evidence)
    listed, fields = facts.invariants, facts.moving
    if "given" in evidence:
        listed = list(map(facts.function, texts(evidence["functions"])))
        given = facts.functions(evidence["given"]).values()
        fields = list(map(facts.field, given))
        hidden = hidden_places(facts, evidence, given)
        z = [x for k, x in enumerate(z) if k not in hidden]
    try:
        spanned(facts, degree, [*z, *map(facts.function, kernels)], listed, fields)
    except TooLargeError:
        # What makes all invariants makes those of low degree, whatever is too large here.
        if "given" in evidence or kernels or not facts.generated & {among, ""}:
            raise
    beside = f"coordinates and {', '.join(kernels)})" if kernels else ""
    if "given" not in evidence:
        kind = f"polynomial{beside and ' (in the ' + beside} invariant{among} of degree"
        return f"every {kind} at most {degree} is a polynomial in those listed"
    generic = ", ".join(texts(evidence["generic"]))
    return (
        f"every polynomial{beside and ' (in ' + beside} of degree at most {degree} that "
        "commutes with the given functions is a polynomial in those listed"
        + (f", for generic values of {generic}" if generic else "")
    )


def _power_sums(facts: Facts, evidence: Evidence) -> str:
    """Weyl's theorem on symmetric polynomials in vectors asks for a degree only."""
    species, degree = evidence["species"], evidence["degree"]
    members = sorted(k for some in species for k in some)
    need(members == list(range(1, len(members) + 1)), "particles are numbered from 1")
    need(facts.n % len(members) == 0 and degree > 0, "particles differ in dimension")
    upto = "" if degree >= max(map(len, species)) else f" of degree at most {degree}"
    return (
        f"every polynomial{upto} that exchanges of equal particles leave alone is a "
        f"polynomial in the power sums of degree at most {degree}"
    )


RULES: dict[str, Rule] = {
    "symmetric family": (_symmetric_family, {PROVED}),
}
