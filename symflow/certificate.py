r"""Certificate: every claim about a model, with its standing and what re-checks it.

Takes invariants, pieces, a linear action and measured numbers, gives one JSON document.
`verify` checks it again and shares no code with this file.

.. math:: \{g_i, g_j\} = c_{ij}^k g_k, \quad \{g_k, I_a\} = 0
    \;\Rightarrow\; \{g_k, \log p\} = 0

Proved claims are identities in exact arithmetic. Claims by construction follow from them
for any weights, and name the kinds of claims that they rest on.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from os import PathLike
from pathlib import Path
from typing import Any

from sympy import Expr

from symflow.algebra import LieAlgebra
from symflow.claims import Claim, Standing
from symflow.errors import (
    ArgumentError,
    CertificateError,
    OutputExistsError,
    UnsupportedError,
)
from symflow.files import read_plain_file, write_file_atomically
from symflow.invariants import Invariants
from symflow.notebook_views import NotebookView, Rows
from symflow.phase_space import AbstractSpace, PhaseSpace
from symflow.representation import LinearAction, acts_on_positions
from symflow.splitting import Piece
from symflow.splitting import claims as piece_claims

__all__ = ["Certificate", "algebra_claims", "certificate", "claims_certificate"]

SCHEMA = "symflow-certificate/1"
_KEYS = (
    *("schema", "symflow", "phase_space", "exact", "generators", "added"),
    *("structure_constants", "invariants", "claims", "summary"),
)
_CLAIM_KEYS = {"kind", "statement", "standing", "why", "evidence"}
_LARGEST_FILE = 5_000_000


@dataclass(frozen=True)
class Certificate(NotebookView):
    """What is known about a model, claim by claim, as plain data.

    Arguments:
        document: The certificate as JSON holds it.

    Example:
        >>> from symflow.invariants import invariants
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> certified = certificate(invariants(so2))
        >>> certified.document["summary"]["standings"]
        {'proved': 11}
        >>> certified.claims[0].statement
        'the bracket of any two of (L) is the listed combination of them'
    """

    document: Mapping[str, Any]

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims, in their order."""
        return tuple(
            Claim(**{**claim, "standing": Standing(claim["standing"])})
            for claim in self.document["claims"]
        )

    def write(self, path: str | PathLike[str], overwrite: bool = False) -> None:
        """Write the certificate as JSON, whole or not at all.

        Arguments:
            path: The file.
            overwrite: Whether a file of that name may be replaced.

        Raises:
            OutputExistsError: If the file exists and may not be replaced.
            CertificateError: If it would be larger than `read` accepts.
            OSError: If the disk refuses.
        """
        if Path(path).exists() and not overwrite:
            raise OutputExistsError(
                f"Argument `path` must name a new file, but {str(path)!r} exists. Choose "
                "another name, or write it with overwrite=True."
            )
        payload = _text(self.document).encode()
        if len(payload) > _LARGEST_FILE:
            raise CertificateError(
                f"A certificate must have at most {_LARGEST_FILE} bytes, but this one has "
                f"{len(payload)}. Certify fewer pieces, or invariants of lower degree."
            )
        write_file_atomically(path, payload)

    @classmethod
    def read(cls, path: str | PathLike[str]) -> Certificate:
        """Read a certificate; its claims are not checked again, which is `verify`'s part.

        Arguments:
            path: The file.

        Returns:
            The certificate.

        Raises:
            CertificateError: If the file is missing, too large, no strict JSON, or of
                another schema.
        """
        try:
            raw = read_plain_file(path, largest=_LARGEST_FILE)
            document = json.loads(
                raw, object_pairs_hook=_distinct, parse_constant=_refuse
            )
        except (OSError, ValueError, RecursionError) as error:
            raise CertificateError(
                f"Argument `path` must be a certificate, but {str(path)!r} cannot be "
                f"read: {error}."
            ) from None
        _check_schema(document)
        return cls(document)

    def _notebook_rows(self) -> Rows:
        for claim in self.claims:
            yield claim.standing.value, claim.statement

    def __str__(self) -> str:
        rows = [("claim", "standing", "why")]
        rows += [
            (_printable(c.statement), c.standing.value, _printable(c.why))
            for c in self.claims
        ]
        widths = [min(max(len(row[k]) for row in rows), 72) for k in (0, 1)]
        rows.insert(1, ("-" * widths[0], "-" * widths[1], "-" * 3))
        return "\n".join(
            f"{_clipped(a, widths[0]):<{widths[0]}}  {b:<{widths[1]}}  {c}".rstrip()
            for a, b, c in rows
        )


def certificate(
    invariants: Invariants,
    pieces: Sequence[Piece] = (),
    action: LinearAction | None = None,
    measured: Iterable[Claim] = (),
    encoder: bool | None = None,
) -> Certificate:
    r"""Everything that is known about a model that is built from these invariants.

    .. math:: \text{proved} \;\cup\; \text{by construction} \;\cup\; \text{measured}

    Arguments:
        invariants: The invariants, with their algebra.
        pieces: The pieces that the model's map is composed of; empty for no map.
        action: The linear action that the base density is built on, if there is one.
        measured: Claims of kind ``"measured"``, whose evidence holds ``name``,
            ``value``, ``tolerance`` (or None), ``points`` and ``dtype``, and whose words are
            ``"name: value"`` or ``"name: value, to stay below tolerance"``. Where it also
            holds ``stages`` and ``stretch``, the tolerance is 4 epsilon stages stretch.
        encoder: Whether the encoder of latent momenta is equivariant; None for none.

    Returns:
        The certificate. With inexact (float) coefficients nothing in it is proved.

    Raises:
        ArgumentError: If a claim handed in is of another kind than ``"measured"``, or its
            value is not a finite number.
        NonCompactError: If the action allows no invariant base.

    Example:
        >>> from symflow.invariants import invariants
        >>> from symflow.phase_space import PhaseSpace
        >>> from symflow.splitting import split
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> found = invariants(so2)
        >>> made = certificate(found, split(found), LinearAction(so2))
        >>> [c.statement for c in made.claims if c.kind == "invariant density"]
        ['{g, log p} = 0 for every generator g']

    Reference:
        Rezende et al. 2019, arXiv 1909.13739, Lemma 1.
    """
    algebra = invariants.algebra
    claims = [
        *algebra_claims(algebra),
        *invariants.certificate,
        *invariants.proofs,
        *piece_claims(pieces, algebra.exact),
        *(() if action is None else action.claims),
        *_by_construction(pieces, action),
        _kinematics(algebra),
        *_encoder(encoder, action),
        *map(_measured, measured),
    ]
    if not algebra.exact:
        claims = [_lowered(claim) for claim in claims]
    algebra.require_polynomials()
    space = algebra.phase_space
    return Certificate(_document(space, algebra, invariants.generators, claims))


def claims_certificate(
    claims: Iterable[Claim],
    space: AbstractSpace,
    algebra: LieAlgebra | None = None,
    invariants: Sequence[Expr] = (),
) -> Certificate:
    r"""A certificate of the claims of any other result: integrals of motion, say.

    .. math:: \{I, H\} = 0, \qquad \operatorname{rank} \partial_z I_a = r

    Arguments:
        claims: The claims of the result, as its `claims`, `claim` or `certificate` gives.
        space: The phase space.
        algebra: The algebra, for results on one: its own claims come first.
        invariants: The invariants that claims on the algebra number, in order.

    Returns:
        The certificate.

    Raises:
        UnsupportedError: If coordinates are not paired with momenta, or floats were given
            without an algebra.

    Example:
        >>> from symflow.centralizers import integrals_of_motion
        >>> from symflow.phase_space import PhaseSpace
        >>> from symflow.verify import verify
        >>> plane = PhaseSpace("x y", parameters="k")
        >>> H = "(p_x**2 + p_y**2)/2 - k/sqrt(x**2 + y**2)"
        >>> kepler = integrals_of_motion(H, plane, 3)
        >>> made = claims_certificate(kepler.claims, plane)
        >>> {finding.verdict.value for finding in verify(made.document)}
        {'verified'}
    """
    said = [*(() if algebra is None else algebra_claims(algebra)), *claims]
    # Values may be measured at random points while all coefficients are exact.
    others = (
        claim for claim in said if claim.kind not in ("measured", "integrable values")
    )
    measured = any(claim.standing is Standing.MEASURED for claim in others)
    if not isinstance(space, PhaseSpace):
        raise UnsupportedError(
            "Argument `space` must pair coordinates with momenta to be certified, but its "
            f"brackets are {space!r}. Keep the claims themselves."
        )
    if measured and algebra is None:
        raise UnsupportedError(
            "Argument `claims` must be exact to be certified without an algebra, but one "
            "rests on floats. Write fractions: 1/3 in text, Rational(1, 3) in SymPy."
        )
    if algebra is not None and not algebra.exact:
        said = [_lowered(claim) for claim in said]
    hidden = {name for claim in said for name in claim.evidence.get("hidden", ())}
    return Certificate(_document(space, algebra, invariants, said, sorted(hidden)))


def algebra_claims(algebra: LieAlgebra) -> tuple[Claim, ...]:
    r"""What is proved of the algebra itself.

    .. math:: \{g_i, g_j\} = \sum_k c_{ij}^k \, g_k

    Arguments:
        algebra: The algebra.

    Returns:
        Its closure, the independence of its generators, and one claim for each element
        that was added; nothing for the algebra of no generators.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> heisenberg = LieAlgebra(PhaseSpace("x"), {"Q": "x", "P": "p_x"})
        >>> [claim.statement for claim in algebra_claims(heisenberg)][-1]
        '1 = 1 was added, for {Q, P} needs it'
    """
    if not algebra.generators:
        return ()
    standing = Standing.PROVED if algebra.exact else Standing.MEASURED
    names = ", ".join(algebra.generators)
    closure = Claim(
        "closure",
        f"the bracket of any two of ({names}) is the listed combination of them",
        standing,
        "equality of polynomials, coefficient by coefficient",
    )
    independence = Claim(
        "independent generators",
        f"({names}) are linearly independent",
        standing,
        "rank of their coefficients",
    )
    additions = (
        Claim(
            "added",
            f"{a.name} = {a.expression} was added, for {{{a.left}, {a.right}}} needs it",
            standing,
            "the bracket is outside the span of the generators before it",
            _added(algebra)[k],
        )
        for k, a in enumerate(algebra.added)
    )
    return closure, independence, *additions


def _by_construction(
    pieces: Sequence[Piece], action: LinearAction | None
) -> tuple[Claim, ...]:
    """What holds for any weights: Lemma 1 and the splitting lemma."""
    kinds = {claim.kind for claim in piece_claims(pieces)}
    if not kinds:
        return ()
    flows = sorted(kinds)
    rows = [
        (
            "equivariant map",
            "the map commutes with the flow of every generator",
            "splitting lemma: it is composed of exact flows of invariant Hamiltonians",
            ["invariant", *flows],
        ),
        (
            "conserved",
            "the map conserves every generator exactly",
            "splitting lemma: {g, h} = 0 for the Hamiltonian h of every piece",
            ["invariant", *flows],
        ),
        (
            "volume",
            "the map keeps volume: log|det| = 0",
            "Liouville: it is composed of exact Hamiltonian flows",
            flows,
        ),
    ]
    if action is not None:
        rows.append(
            (
                "invariant density",
                "{g, log p} = 0 for every generator g",
                "Lemma 1: an invariant base carried along an equivariant map",
                ["equivariant map", "base"],
            )
        )
    return tuple(
        Claim(kind, words, Standing.BY_CONSTRUCTION, why, {"rests on": pillars})
        for kind, words, why, pillars in rows
    )


def _kinematics(algebra: LieAlgebra) -> Claim:
    """Whether the marginal over q inherits the invariance."""
    lifted = acts_on_positions(algebra)
    keeps = lifted and not any(map(bool, _divergences(algebra)))
    if keeps:
        why = "the action is the lift of an action on q that keeps volumes"
    elif lifted:
        why = "the action on q changes volumes, so the density takes up its Jacobian"
    else:
        why = "the action is not the lift of an action on q: it mixes q and p"
    return Claim(
        "kinematics",
        "the marginal over q of an invariant density is invariant",
        Standing.PROVED if keeps else Standing.NOT_KNOWN,
        why,
    )


def _encoder(
    equivariant: bool | None, action: LinearAction | None
) -> tuple[Claim, ...]:
    """Whether the bound that stands for log p(q) is invariant with the density."""
    if equivariant is None:
        return ()
    words = "the bound on log p(q) is invariant"
    if equivariant and action is not None:
        why = "the encoder moves with q as p does, and the joint density is invariant"
        rests = {"rests on": ["base", "kinematics"]}
        return (Claim("encoder", words, Standing.BY_CONSTRUCTION, why, rests),)
    lacking = (
        "encoder is a plain network" if action is not None else "base is a user's own"
    )
    return (Claim("encoder", words, Standing.NOT_KNOWN, f"the {lacking}", {}),)


def _divergences(algebra: LieAlgebra) -> Iterable[Any]:
    """The divergences on q of the fields by which the generators move it."""
    n, variables = algebra.phase_space.n, algebra.ring.variables
    for g in algebra.polynomials:
        field = algebra.ring.field_of(g)
        yield sum(
            (field[i].diff(variables[i]) for i in range(n)), algebra.ring.ring.zero
        )


def _measured(claim: Claim) -> Claim:
    if claim.kind != "measured" or claim.standing is not Standing.MEASURED:
        raise ArgumentError(
            "Argument `measured` must hold claims of kind 'measured' and of that standing, "
            f"but one has the kind {claim.kind!r} and the standing {claim.standing.value!r}."
        )
    absent = {"name", "value", "tolerance", "points", "dtype"} - set(claim.evidence)
    if absent:
        raise ArgumentError(
            "Argument `measured` must hold claims with a name, value, tolerance, points and "
            f"dtype as evidence, but one lacks {', '.join(sorted(absent))}."
        )
    return claim


def _lowered(claim: Claim) -> Claim:
    """The claim as inexact coefficients leave it: nothing that follows is proved."""
    if claim.standing is Standing.NOT_KNOWN:
        return claim
    return replace(claim, standing=Standing.MEASURED)


def _document(
    space: PhaseSpace,
    algebra: LieAlgebra | None,
    listed: Sequence[Expr],
    claims: Sequence[Claim],
    hidden: Sequence[str] = (),
) -> Mapping[str, Any]:
    """The claims with what they speak of; hidden is the momentum that time may need."""
    generators = {} if algebra is None else algebra.generators
    table = {} if algebra is None else algebra.structure_constants
    time = [] if space.time is None else [space.time.name]
    document = {
        "schema": SCHEMA,
        "symflow": version("symflow"),
        "phase_space": {
            "q": [symbol.name for symbol in space.q] + (time if hidden else []),
            "p": [*(symbol.name for symbol in space.p), *hidden],
            "parameters": [symbol.name for symbol in space.parameters]
            + ([] if hidden else time),
        },
        "exact": algebra is None or algebra.exact,
        "generators": {name: str(g) for name, g in generators.items()},
        "added": [] if algebra is None else _added(algebra),
        "structure_constants": [
            [left, right, {name: str(c) for name, c in row.items()}]
            for (left, right), row in table.items()
        ],
        "invariants": [str(f) for f in listed],
        "claims": [claim.as_dict() for claim in claims],
        "summary": {
            "degrees of freedom": space.n + len(hidden),
            "dimension": len(generators),
            "invariants": len(listed),
            "standings": dict(Counter(claim.standing.value for claim in claims)),
        },
    }
    try:
        return json.loads(json.dumps(document, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise ArgumentError(
            "Argument `measured` must hold finite numbers and plain data as evidence, but "
            f"it does not: {error}."
        ) from None


def _added(algebra: LieAlgebra) -> list[dict[str, Any]]:
    return [
        {"name": a.name, "expression": str(a.expression), "from": [a.left, a.right]}
        for a in algebra.added
    ]


def _text(document: Mapping[str, Any]) -> str:
    """JSON with one entry of a list a line, so that a person can read and compare it."""
    lines = []
    for key, value in document.items():
        text = json.dumps(value, ensure_ascii=False)
        if isinstance(value, list) and value:
            items = (json.dumps(item, ensure_ascii=False) for item in value)
            text = "[\n  " + ",\n  ".join(items) + "\n ]"
        lines.append(f" {json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key appears twice")
    return found


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number")


def _check_schema(document: object) -> None:
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise CertificateError(
            f"A certificate must have the schema {SCHEMA!r}, but this file has another. "
            "Read it with the release that wrote it."
        )
    if set(document) != set(_KEYS):
        raise CertificateError(
            f"A certificate must have the keys {', '.join(_KEYS)}, but this file has "
            f"{', '.join(map(str, document))}."
        )
    claims = document["claims"]
    standings = [standing.value for standing in Standing]
    if not isinstance(claims, list) or not all(_whole(c, standings) for c in claims):
        raise CertificateError(
            f"Every claim must have {', '.join(sorted(_CLAIM_KEYS))}, words in all but "
            f"the evidence, and a standing among {', '.join(standings)}, but one has not."
        )


def _whole(claim: object, standings: Sequence[str]) -> bool:
    return (
        isinstance(claim, dict)
        and set(claim) == _CLAIM_KEYS
        and claim["standing"] in standings
        and all(isinstance(claim[key], str) for key in ("kind", "statement", "why"))
        and isinstance(claim["evidence"], dict)
    )


def _printable(text: str) -> str:
    """Text of a file that is not trusted: no control characters."""
    return "".join(c if c.isprintable() else "?" for c in text)


def _clipped(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 3]}..."
