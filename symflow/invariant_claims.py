r"""Invariant claims: what is proved of invariants, as records that can be checked again.

Takes ranks, degrees and factors, gives the claims that a certificate carries.

.. math:: \{g_k, I_a\} = 0, \qquad \#\{\text{independent } I\} = 2n - \operatorname{rank}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sympy import Expr, Symbol

from symflow.claims import Claim, Standing
from symflow.factors import Factor
from symflow.polynomials import RankCertificate

__all__ = [
    "count_claim",
    "generation_claim",
    "global_claim",
    "independence_claim",
    "invariant_claims",
    "proof_claim",
]


def invariant_claims(
    generators: Iterable[str], invariants: Sequence[Expr | str], standing: Standing
) -> tuple[Claim, ...]:
    """That every invariant commutes with every generator.

    Arguments:
        generators: The names of the generators.
        invariants: The invariants, or what they print as.
        standing: The standing of an identity of their coefficients.

    Returns:
        One claim for each invariant, numbered in order.

    Example:
        >>> from sympy import Symbol
        >>> (claim,) = invariant_claims(["P"], [Symbol("p")], Standing.PROVED)
        >>> claim.statement
        '{g, I1} = 0 for g in (P), I1 = p'
    """
    exact = standing is Standing.PROVED
    origin = "exact identity" if exact else "identity of inexact (float) coefficients"
    names = ", ".join(generators) or "no generator"
    return tuple(
        Claim(
            "invariant",
            f"{{g, I{k}}} = 0 for g in ({names}), I{k} = {text}",
            standing,
            origin,
            {"expression": text},
        )
        for k, text in enumerate(map(str, invariants), start=1)
    )


def independence_claim(
    certificate: RankCertificate, number: int, standing: Standing
) -> Claim:
    """How many of the invariants are functionally independent.

    Arguments:
        certificate: The rank of their gradients.
        number: The number of invariants.
        standing: How well it is known.

    Returns:
        The claim, with the point that shows the rank.
    """
    return Claim(
        "independent",
        f"{certificate.rank} of the {number} invariants are functionally independent",
        standing,
        "rank of their gradients at a rational point, and no more can be",
        _rank_evidence(certificate),
    )


def count_claim(
    certificate: RankCertificate, dimension: int, complete: bool, standing: Standing
) -> Claim:
    """How many independent invariants there are.

    Arguments:
        certificate: The dimension of a generic orbit.
        dimension: The dimension of phase space.
        complete: Whether as many were found.
        standing: How well it is known.

    Returns:
        The claim, with the point that shows the dimension of the orbit.
    """
    return Claim(
        "count",
        f"{dimension - certificate.rank} functionally independent invariants exist: "
        f"{dimension} minus the orbit dimension {certificate.rank}",
        standing,
        "rank of the generators' fields at a rational point, met by independent "
        "invariants or by the largest rank possible",
        {**_rank_evidence(certificate), "complete": complete},
    )


def generation_claim(
    degree: int,
    kernels: Sequence[Expr],
    of: Sequence[Symbol],
    standing: Standing,
    factors: Sequence[Mapping[str, Any]] = (),
) -> Claim:
    """Up to which degree the invariants generate all others.

    Arguments:
        degree: The degree.
        kernels: The functions beside the coordinates in which they are polynomials.
        of: The coordinates of which functions were looked for, if not all.
        standing: How well it is known.
        factors: What each factor's argument rests on, where there are too many monomials
            to count the invariants among them again.

    Returns:
        The claim.
    """
    evidence = {"degree": degree, **_names(of)}
    kind = "polynomial"
    if kernels:
        listed = ", ".join(map(str, kernels))
        kind = f"polynomial (in the coordinates and {listed})"
    return Claim(
        "generating",
        f"every {kind} invariant{_among(of)} of degree at most {degree} is a polynomial "
        "in those listed",
        standing,
        "kernel of exact linear algebra in every degree",
        evidence | ({"factors": list(factors)} if factors else {}),
    )


def proof_claim(
    factors: Sequence[Factor],
    z: Sequence[Symbol],
    of: Sequence[Symbol],
    standing: Standing,
) -> Claim:
    """That the invariants generate all others, and why.

    Arguments:
        factors: The factors of the algebra.
        z: The coordinates.
        of: The coordinates of which functions were looked for, if not all.
        standing: How well it is known.

    Returns:
        The claim, with what each factor's argument rests on.
    """
    return Claim(
        "generating all",
        f"every polynomial invariant{_among(of)} is a polynomial in those listed",
        standing,
        "; ".join(factor.reason for factor in factors),
        {"factors": [factor.evidence(z) for factor in factors], **_names(of)},
    )


def global_claim(count: int, standing: Standing) -> Claim:
    """How many invariants are continuous, where that are fewer than there are locally.

    Arguments:
        count: Their number.
        standing: How well it is known.

    Returns:
        The claim.
    """
    return Claim(
        "global count",
        f"at most {count} functionally independent invariants are continuous "
        "everywhere: orbits are dense in tori of higher dimension",
        standing,
        "frequencies that are independent over the rationals",
        {"count": count},
    )


def _rank_evidence(certificate: RankCertificate) -> dict[str, Any]:
    point = [str(coordinate) for coordinate in certificate.point]
    return {"rank": certificate.rank, "point": point}


def _among(of: Sequence[Symbol]) -> str:
    return f" in ({', '.join(symbol.name for symbol in of)})" if of else ""


def _names(of: Sequence[Symbol]) -> dict[str, list[str]]:
    return {"of": [symbol.name for symbol in of]} if of else {}
