r"""Factors: the invariants of one factor of an algebra, and why they are all.

Takes the action of a factor on its vectors, recognised as that of a classical group or of a
torus, gives generators of its invariants, the degree up to which they generate the others, the
reason, and the data by which it is checked again.

.. math:: K[V_1 \oplus V_2]^{\mathfrak g_1 \oplus \mathfrak g_2}
    = K[V_1]^{\mathfrak g_1} \otimes K[V_2]^{\mathfrak g_2}
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from sympy import Symbol
from sympy.polys.domains.domain import Domain

from symflow.classical_actions import ClassicalAction, GeneralLinearAction
from symflow.hilbert_bases import HilbertBasis
from symflow.linear_forms import (
    Form,
    SparsePolynomial,
    expression_of,
    from_form,
    primitive,
)
from symflow.sparse_matrices import Matrix
from symflow.tori import TorusAction

__all__ = [
    "ConstantFactor",
    "Factor",
    "FixedFactor",
    "TheoremFactor",
    "TorusFactor",
    "form_texts",
]

# A theorem may list more invariants, or of a higher degree, than can be written down.
_MOST_LISTED = 2_000
_HIGHEST_MONOMIAL = 16


class Factor(ABC):
    """One factor of an algebra, and the invariants on what it moves.

    Arguments:
        domain: The field of the coefficients.
    """

    def __init__(self, domain: Domain) -> None:
        self.domain = domain

    @property
    @abstractmethod
    def polynomials(self) -> tuple[SparsePolynomial, ...]:
        """Generators of its invariants, in z."""

    @property
    @abstractmethod
    def degree(self) -> int | None:
        """The degree up to which they generate the others; None if they generate all."""

    @property
    @abstractmethod
    def reason(self) -> str:
        """Why they do, in words."""

    @abstractmethod
    def evidence(self, z: Sequence[Symbol]) -> dict[str, Any]:
        """What a verifier needs to check it, as plain data.

        Arguments:
            z: The coordinates.

        Returns:
            A mapping whose key ``by`` names the argument.
        """


class FixedFactor(Factor):
    """Linear forms that nothing moves.

    Arguments:
        forms: The forms.
        domain: The field of the coefficients.
    """

    def __init__(self, forms: Iterable[Form], domain: Domain) -> None:
        super().__init__(domain)
        self.forms = tuple(forms)

    @cached_property
    def polynomials(self) -> tuple[SparsePolynomial, ...]:
        """The forms, with coprime integers where they are rational."""
        return tuple(primitive(from_form(form), self.domain) for form in self.forms)

    @property
    def degree(self) -> None:
        """None, for they generate all."""
        return None

    @property
    def reason(self) -> str:
        """Why they do, in words."""
        return "linear forms that nothing moves"

    def evidence(self, z: Sequence[Symbol]) -> dict[str, Any]:
        """The forms."""
        return {"by": "fixed", "forms": form_texts(self.forms, z, self.domain)}


class ConstantFactor(Factor):
    """An algebra whose generic orbits are open.

    Arguments:
        domain: The field of the coefficients.
        vectors: The vectors that it moves, beside those of other factors.
    """

    def __init__(self, domain: Domain, vectors: Iterable[Sequence[Form]] = ()) -> None:
        super().__init__(domain)
        self.vectors = tuple(vectors)

    @property
    def polynomials(self) -> tuple[SparsePolynomial, ...]:
        """None at all."""
        return ()

    @property
    def degree(self) -> None:
        """None, for the constants are all there is."""
        return None

    @property
    def reason(self) -> str:
        """Why, in words."""
        return "a generic orbit is open, so that only constants are invariant"

    def evidence(self, z: Sequence[Symbol]) -> dict[str, Any]:
        """The vectors; without them all of phase space is one orbit."""
        vectors = [form_texts(v, z, self.domain) for v in self.vectors]
        return (
            {"by": "open orbit", "vectors": vectors}
            if vectors
            else {"by": "open orbit"}
        )


class TheoremFactor(Factor):
    """A classical group, whose invariants a first fundamental theorem lists.

    Entries are written out as far as there are not too many of them.

    Arguments:
        action: The action.
        upto: The highest degree that is asked for; by default every one.
    """

    def __init__(self, action: ClassicalAction, upto: int | None = None) -> None:
        super().__init__(action.domain)
        self.action = action
        self._upto = upto

    @property
    def degree(self) -> int | None:
        """None if all entries are listed."""
        if self._upto is not None and self._upto < self.action.highest:
            return self._upto
        return None if self.action.count <= _MOST_LISTED else self.action.highest - 1

    @cached_property
    def polynomials(self) -> tuple[SparsePolynomial, ...]:
        """The entries of the theorem, written out."""
        return tuple(map(self.action.polynomial, self.action.entries(self.degree)))

    @property
    def reason(self) -> str:
        """The theorem, in words."""
        return self.action.theorem

    def evidence(self, z: Sequence[Symbol]) -> dict[str, Any]:
        """The vectors, and the tensors that the group keeps."""
        action = self.action
        found: dict[str, Any] = {
            "by": "first fundamental theorem",
            "group": action.group,
            "family": action.family,
            "vectors": [form_texts(v, z, self.domain) for v in action.vectors],
        }
        if isinstance(action, GeneralLinearAction):
            covectors = action.covectors
            found["covectors"] = [form_texts(v, z, self.domain) for v in covectors]
        return found | {name: self._table(a) for name, a in action.kept.items()}

    def _table(self, entries: Matrix) -> list[list[str]]:
        places, zero = range(self.action.size), self.domain.zero
        return [
            [str(self.domain.to_sympy(entries.get((i, j), zero))) for j in places]
            for i in places
        ]


class TorusFactor(Factor):
    """A torus, whose invariants are spanned by the monomials of weight zero.

    Arguments:
        action: The action.
        upto: The highest degree that is asked for; by default every one, as far as the
            monomials can be written down.
    """

    def __init__(self, action: TorusAction, upto: int | None = None) -> None:
        super().__init__(action.domain)
        self.action = action
        self._upto = _HIGHEST_MONOMIAL if upto is None else upto

    @cached_property
    def _basis(self) -> HilbertBasis:
        return self.action.basis(self._upto, _MOST_LISTED)

    @property
    def degree(self) -> int | None:
        """None if the Hilbert basis of the weights is whole."""
        return self._basis.degree

    @cached_property
    def polynomials(self) -> tuple[SparsePolynomial, ...]:
        """The invariants that the monomials of the Hilbert basis span."""
        return tuple(self.action.polynomials(self._basis.solutions))

    @property
    def reason(self) -> str:
        """The theory, in words."""
        return (
            "Hilbert basis of the monomials of weight zero of a torus of rank "
            f"{self.action.rank}"
        )

    def evidence(self, z: Sequence[Symbol]) -> dict[str, Any]:
        """The eigenforms u + theta v, each with theta^2, and their weights."""
        rows = []
        for form in self.action.eigenforms:
            parts = form_texts((form.real, form.imaginary), z, self.domain)
            square = self.action.squares[form.root] if form.root >= 0 else None
            root = "0" if square is None else str(self.domain.to_sympy(square))
            rows.append([*parts, root])
        weights = [list(weight) for weight in self.action.weights]
        return {"by": "torus", "eigenforms": rows, "weights": weights}


def form_texts(forms: Iterable[Form], z: Sequence[Symbol], domain: Domain) -> list[str]:
    """Linear forms as text.

    Arguments:
        forms: The forms.
        z: The coordinates.
        domain: The field of the coefficients.

    Returns:
        One expression for each.
    """
    return [str(expression_of(from_form(form), z, domain)) for form in forms]
