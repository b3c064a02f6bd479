r"""Classical actions: what first fundamental theorems list, on vectors in any basis.

Takes vectors that move under SO, Sp, GL or SL, and the tensors that the group keeps, gives
the invariants that generate all others, one after another.

.. math:: K[v_1, \dots, v_m]^{SO(n)} = K[\, v_a^T S v_b, \; \det(v_{a_1}, \dots,
    v_{a_n}) \,]

The invariants are structured: an entry names its vectors, and only those that are asked for
are written out.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement, product
from math import comb

from sympy.polys.domains.domain import Domain

from symflow.linear_algebra import add_multiple
from symflow.linear_forms import (
    Form,
    SparsePolynomial,
    bilinear,
    determinant,
    from_form,
    primitive,
)
from symflow.sparse_matrices import Matrix

__all__ = [
    "ClassicalAction",
    "Entry",
    "GeneralLinearAction",
    "OrthogonalAction",
    "SymplecticAction",
    "Vector",
]

Vector = tuple[Form, ...]


@dataclass(frozen=True)
class Entry:
    """One invariant of a classical action, by the vectors that it is made of.

    Arguments:
        kind: One of ``product``, ``twisted product``, ``distance``, ``determinant``,
            ``determinant of covectors``, ``real part`` and ``imaginary part`` (of a
            complex determinant).
        places: The numbers of its vectors; a product of a vector with a covector names
            the covector second.
    """

    kind: str
    places: tuple[int, ...]


@dataclass(frozen=True)
class ClassicalAction(ABC):
    r"""A classical group on vectors.

    .. math:: \{v_a, g_k\} = \alpha_k v_a, \qquad
        \operatorname{span}(\alpha_k) = \operatorname{Lie}(G)

    Arguments:
        group: The group, such as ``SO(3)`` or ``SO(1,3)``.
        size: The number of components of a vector.
        vectors: The vectors, each n linear forms in z.
        domain: The field of the coefficients.

    Reference:
        Weyl, The Classical Groups, chapter II, theorems 2.6.A, 2.9.A and 6.1.A.
    """

    group: str
    size: int
    vectors: tuple[Vector, ...]
    domain: Domain

    @property
    @abstractmethod
    def family(self) -> str:
        """One of SO, Sp, GL, SL, U and SU."""

    @property
    @abstractmethod
    def tensors(self) -> str:
        """What the entries are, in words."""

    @property
    @abstractmethod
    def count(self) -> int:
        """The number of entries."""

    @abstractmethod
    def products(self) -> Iterator[Entry]:
        """The entries of degree two."""

    def volumes(self) -> Iterator[Entry]:
        """The entries of a degree that grows with the size: determinants."""
        yield from ()

    @property
    def kept(self) -> dict[str, Matrix]:
        """The matrices that the group keeps, by name."""
        return {}

    @property
    def volume_degree(self) -> int:
        """The degree of `volumes`."""
        return self.size

    @abstractmethod
    def value(self, entry: Entry) -> SparsePolynomial:
        """An entry as a polynomial in z, up to a factor.

        Arguments:
            entry: One of `entries`.

        Returns:
            Its terms.
        """

    @property
    def highest(self) -> int:
        """The highest degree of an entry, or two."""
        return self.volume_degree if any(True for _ in self.volumes()) else 2

    @property
    def theorem(self) -> str:
        """The theorem by which the entries generate all invariants, in words."""
        return (
            f"first fundamental theorem of {self.group} on "
            f"{_counted(len(self.vectors), 'vector')}: {self.tensors}"
        )

    def entries(self, degree: int | None = None) -> Iterator[Entry]:
        """The invariants that generate all, one after another.

        Arguments:
            degree: The highest degree; by default every one.

        Yields:
            Products before determinants.
        """
        if degree is None or degree >= 2:
            yield from self.products()
        if degree is None or degree >= self.volume_degree:
            yield from self.volumes()

    def polynomial(self, entry: Entry) -> SparsePolynomial:
        """An invariant as a polynomial in z.

        Arguments:
            entry: One of `entries`.

        Returns:
            Its terms, with coprime integers where the coefficients are rational.
        """
        return primitive(self.value(entry), self.domain)

    def _determinant(self, vectors: Sequence[Vector]) -> SparsePolynomial:
        return determinant([[from_form(form) for form in v] for v in vectors])


@dataclass(frozen=True)
class OrthogonalAction(ClassicalAction):
    r"""SO(n) or SO(p,q): products and determinants.

    .. math:: v_a^T S v_b, \qquad \det(v_{a_1}, \dots, v_{a_n})

    Arguments:
        form: The symmetric matrix S that is kept.

    Example:
        >>> from sympy import QQ
        >>> one = QQ(1)
        >>> q, p = ({0: one}, {1: one}), ({2: one}, {3: one})
        >>> plane = OrthogonalAction("SO(2)", 2, (q, p), QQ, {(0, 0): one, (1, 1): one})
        >>> [plane.polynomial(entry) for entry in plane.entries()][1]
        {(0, 2): 1, (1, 3): 1}
        >>> plane.theorem
        'first fundamental theorem of SO(2) on 2 vectors: scalar products, determinants'
    """

    form: Matrix

    @property
    def kept(self) -> dict[str, Matrix]:
        """The form."""
        return {"form": self.form}

    @property
    def family(self) -> str:
        """The family SO."""
        return "SO"

    @property
    def tensors(self) -> str:
        """What the entries are, in words."""
        return "scalar products, determinants"

    @property
    def count(self) -> int:
        """The number of entries."""
        m = len(self.vectors)
        return comb(m + 1, 2) + comb(m, self.size)

    def products(self) -> Iterator[Entry]:
        """The products; of displacements from one point the distances."""
        for pair in combinations_with_replacement(range(len(self.vectors)), 2):
            apart = pair[0] < pair[1] and self._displaced(*pair)
            yield Entry("distance" if apart else "product", pair)

    def volumes(self) -> Iterator[Entry]:
        """The determinants."""
        for places in combinations(range(len(self.vectors)), self.size):
            yield Entry("determinant", places)

    def value(self, entry: Entry) -> SparsePolynomial:
        """An entry as a polynomial in z, up to a factor."""
        vectors = [self.vectors[a] for a in entry.places]
        if entry.kind == "determinant":
            return self._determinant(vectors)
        left, right = vectors
        if entry.kind == "distance":
            left = right = tuple(map(_difference, left, right))
        return bilinear(left, self.form, right)

    def _displaced(self, a: int, b: int) -> bool:
        """Whether two vectors are displacements from one reference point."""
        points = [
            [
                next((j for j, x in form.items() if x == -1), None)
                for form in self.vectors[k]
            ]
            for k in (a, b)
        ]
        pairs = all(len(form) == 2 for k in (a, b) for form in self.vectors[k])
        return pairs and points[0] == points[1] and None not in points[0]


@dataclass(frozen=True)
class SymplecticAction(ClassicalAction):
    r"""Sp(2n): symplectic products.

    .. math:: v_a^T S v_b, \qquad a < b

    Arguments:
        form: The antisymmetric matrix S that is kept.
    """

    form: Matrix

    @property
    def kept(self) -> dict[str, Matrix]:
        """The form."""
        return {"form": self.form}

    @property
    def family(self) -> str:
        """The family Sp."""
        return "Sp"

    @property
    def tensors(self) -> str:
        """What the entries are, in words."""
        return "symplectic products"

    @property
    def count(self) -> int:
        """The number of entries."""
        return comb(len(self.vectors), 2)

    def products(self) -> Iterator[Entry]:
        """The products of two different vectors."""
        for pair in combinations(range(len(self.vectors)), 2):
            yield Entry("product", pair)

    def value(self, entry: Entry) -> SparsePolynomial:
        """An entry as a polynomial in z, up to a factor."""
        left, right = (self.vectors[a] for a in entry.places)
        return bilinear(left, self.form, right)


@dataclass(frozen=True)
class GeneralLinearAction(ClassicalAction):
    r"""GL(n) or SL(n): pairings, and for SL determinants.

    .. math:: v_a^T w_b, \qquad \det(v_{a_1}, \dots, v_{a_n}), \qquad
        \det(w_{b_1}, \dots, w_{b_n})

    Arguments:
        covectors: The vectors w that move by minus the transposed matrices.
        special: Whether the group is SL(n).
    """

    covectors: tuple[Vector, ...] = ()
    special: bool = False

    @property
    def family(self) -> str:
        """The family GL or SL."""
        return "SL" if self.special else "GL"

    @property
    def tensors(self) -> str:
        """What the entries are, in words."""
        on = f"with {_counted(len(self.covectors), 'covector')}"
        return f"pairings {on}, determinants" if self.special else f"pairings {on}"

    @property
    def count(self) -> int:
        """The number of entries."""
        m, k = len(self.vectors), len(self.covectors)
        return m * k + self.special * (comb(m, self.size) + comb(k, self.size))

    def products(self) -> Iterator[Entry]:
        """The pairings of a vector and a covector."""
        for pair in product(range(len(self.vectors)), range(len(self.covectors))):
            yield Entry("product", pair)

    def volumes(self) -> Iterator[Entry]:
        """The determinants of vectors, and those of covectors."""
        if not self.special:
            return
        for places in combinations(range(len(self.vectors)), self.size):
            yield Entry("determinant", places)
        for places in combinations(range(len(self.covectors)), self.size):
            yield Entry("determinant of covectors", places)

    def value(self, entry: Entry) -> SparsePolynomial:
        """An entry as a polynomial in z, up to a factor."""
        if entry.kind == "determinant":
            return self._determinant([self.vectors[a] for a in entry.places])
        if entry.kind == "determinant of covectors":
            return self._determinant([self.covectors[b] for b in entry.places])
        a, b = entry.places
        one = {(i, i): self.domain.one for i in range(self.size)}
        return bilinear(self.vectors[a], one, self.covectors[b])


def _difference(u: Form, v: Form) -> Form:
    total = dict(u)
    add_multiple(total, -1, v)
    return total


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
