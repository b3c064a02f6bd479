r"""Errors: what went wrong, in the words of the person who has to mend it.

Takes the facts of a failure, gives a sentence of the form
"Argument `x` must ..., but ...", followed by what to do.
"""

from __future__ import annotations

__all__ = [
    "ArgumentError",
    "CertificateError",
    "CheckpointError",
    "DataError",
    "DependentGeneratorsError",
    "ExpressionError",
    "InexactInputWarning",
    "NonCompactError",
    "NotClosedError",
    "OutputExistsError",
    "SpecError",
    "SymflowError",
    "TrainingError",
    "UnboundedClosureError",
    "UnsupportedError",
]


class SymflowError(Exception):
    """Base of every error that the toolkit raises on purpose."""


class ArgumentError(SymflowError, ValueError):
    """An argument has the wrong value, shape or type."""


class ExpressionError(ArgumentError):
    """An expression is not readable, not real, or holds a symbol nobody declared."""


class UnsupportedError(ArgumentError):
    """The input is meaningful mathematics that this release does not treat."""


class DependentGeneratorsError(ArgumentError):
    """Generators are linearly dependent, so they are no basis of an algebra."""


class SpecError(ArgumentError):
    """A spec file is malformed; the message names the key and the line to mend."""


class DataError(ArgumentError):
    """Data have the wrong shape or hold values that are not finite numbers."""


class OutputExistsError(ArgumentError):
    """An output folder exists already; nothing in it was touched."""


class CheckpointError(SymflowError):
    """A checkpoint is missing, truncated, tampered with, or of another model."""


class CertificateError(SymflowError):
    """A certificate is malformed or states something that is not true."""


class TrainingError(SymflowError):
    """Training met a number that is not finite; the last good weights were kept."""


class InexactInputWarning(UserWarning):
    """A float coefficient was given, so nothing that follows from it is proved."""


class NotClosedError(SymflowError):
    r"""The bracket of two generators leaves their span.

    .. math:: \{g_i, g_j\} - \sum_k c_{ij}^k g_k = r \ne 0

    Arguments:
        left: Name of :math:`g_i`.
        right: Name of :math:`g_j`.
        bracket: The bracket, printed.
        remainder: What is left of it outside the span, printed.
        over_functions: How the generators close with coefficients that are functions,
            printed, or nothing if they do not.
    """

    def __init__(
        self,
        left: str,
        right: str,
        bracket: str,
        remainder: str,
        over_functions: str = "",
    ) -> None:
        self.left = left
        self.right = right
        self.bracket = bracket
        self.remainder = remainder
        self.over_functions = over_functions
        way = "Add it to the generators, or let `closure` complete them (in a spec: "
        way += "complete = true)."
        if over_functions:
            way = (
                f"They close with functions as coefficients only: {over_functions}. "
                "That is no Lie algebra, but on each level set of these functions it "
                "is one: divide by roots of them to make the coefficients numbers."
            )
        super().__init__(
            f"Argument `generators` must close under the Poisson bracket, but "
            f"{{{left}, {right}}} = {bracket} leaves their span by {remainder}. {way}"
        )


class UnboundedClosureError(SymflowError):
    """Completing the generators passed the bound on dimension without ending."""


class NonCompactError(SymflowError):
    r"""The group is not compact, so no normalisable density is invariant under it.

    Arguments:
        generator: Name of the generator that runs away, or a combination of names.
        kind: How it runs away: translation, boost, dilation, shear or screw.
        why: The exact reason.
    """

    def __init__(self, generator: str, kind: str, why: str) -> None:
        self.generator = generator
        self.kind = kind
        super().__init__(
            f"Argument `algebra` must generate a compact group to have a normalisable "
            f"invariant density, but `{generator}` is a {kind}: {why}. Reduce it away "
            f"(for translations: use the centre-of-mass frame), drop the generator, or "
            f"keep only the Hamiltonian and bring a base density of your own: "
            f"HamiltonianFlow(invariants, base=...)."
        )
