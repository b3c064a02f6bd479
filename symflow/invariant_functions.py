r"""Invariant functions: functions of any kind that commute with an algebra.

Takes an algebra and candidates one after another, keeps those that commute with every
generator and depend on no others, until there are as many as there can be.

.. math:: \{g_k, I_a\} = 0, \qquad
    \operatorname{rank} \frac{\partial (I_1, \dots, I_m)}{\partial z}
    \le 2n - \operatorname{rank}(J \nabla g_1, J \nabla g_2, \dots)

A bracket needs the gradient of a candidate only, so a logarithm or an angle is decided by
the quotients that are its derivatives.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from sympy import Expr

from symflow.algebra import LieAlgebra
from symflow.claims import Claim, Standing
from symflow.errors import UnsupportedError
from symflow.invariant_claims import invariant_claims
from symflow.polynomials import PhasePolynomials, RankCertificate
from symflow.terms import Terms
from symflow.textbook_forms import WithTextbookForms

__all__ = [
    "AbstractInvariants",
    "InvariantFunctions",
    "orbit_rank",
]


def orbit_rank(algebra: LieAlgebra) -> RankCertificate:
    r"""The dimension of a generic orbit.

    .. math:: \operatorname{rank}(J \nabla g_1, J \nabla g_2, \dots)

    Arguments:
        algebra: The algebra.

    Returns:
        The rank of the generators' fields at a point modulo a prime, which the generic
        rank is at least; that it is no more is proved by as many invariants.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> orbit_rank(LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})).rank
        1
    """
    ring = algebra.ring
    fields = [field for field in map(ring.field_of, algebra.polynomials) if any(field)]
    return ring.rank_modulo_prime(fields, min(len(fields), algebra.space.dimension))


class InvariantFunctions:
    r"""A growing list of invariants, each proved, with the rank of their gradients.

    Arguments:
        algebra: The algebra.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x")
        >>> kept = InvariantFunctions(LieAlgebra(space, {"D": "x*p_x"}))
        >>> kept.offer(space.read("x")), kept.offer(space.read("log(x) + log(p_x)"))
        (False, True)
        >>> kept.offer(space.read("x*p_x"))
        False
    """

    def __init__(self, algebra: LieAlgebra) -> None:
        self.algebra = algebra
        self.orbit_rank = orbit_rank(algebra.sparse)
        #: Those that were kept: all are invariant, and each added to the rank.
        self.independent: list[Expr] = []
        #: Why candidates were not decided.
        self.undecided: list[str] = []
        # The same as elements of the algebra's ring, where that is known.
        self._elements: list[Terms | None] = []
        self._rank = RankCertificate(0, (), self.count == 0)

    def restored(self, algebra: LieAlgebra) -> InvariantFunctions:
        r"""Those of an algebra, from those of `algebra.sparse`, where they were found.

        .. math:: \{f \circ S, g \circ S\} = \{f, g\} \circ S

        Arguments:
            algebra: The algebra.

        Returns:
            The same functions in the coordinates of the algebra; `certificate` keeps
            its point in `algebra.coordinates`.
        """
        if algebra.sparse is algebra:
            return self
        other = self.copy()
        other.algebra = algebra
        other.independent = list(map(algebra.coordinates.restored, self.independent))
        return other

    def copy(self) -> InvariantFunctions:
        """A list of the same functions, to which others can be offered.

        Returns:
            The copy.
        """
        other = copy(self)
        other.independent = list(self.independent)
        other.undecided = list(self.undecided)
        other._elements = list(self._elements)
        return other

    @property
    def count(self) -> int:
        """The number of functionally independent invariants that exist locally."""
        return self.algebra.space.dimension - self.orbit_rank.rank

    @property
    def rank(self) -> int:
        """The number of functionally independent invariants that were kept."""
        return len(self.independent)

    @property
    def complete(self) -> bool:
        """Whether every local invariant is a function of those kept."""
        return self.rank == self.count

    @property
    def certificate(self) -> RankCertificate:
        """The rank of the gradients of those kept, with the point that shows it."""
        return self._rank

    def offer(self, candidate: Expr, element: Terms | None = None) -> bool:
        """Keep a function, if it is an invariant that depends on no others.

        Arguments:
            candidate: The function.
            element: Its terms in the ring of `algebra.sparse`, if it lies there and they
                are known: they are faster to compare.

        Returns:
            Whether it was kept.
        """
        if self.complete or candidate.is_number:
            return False
        listed = [*self.independent, candidate]
        elements = [*self._elements, element]
        gradients = self._gradients(listed, elements)
        if gradients is None or not gradients.is_invariant(self.rank):
            return False
        reached = gradients.rank(self.count)
        if reached.rank == len(listed):
            self.independent.append(candidate)
            self._elements.append(element)
            self._rank = reached
            return True
        return False

    def is_invariant(self, candidate: Expr, element: Terms | None = None) -> bool:
        """Whether a function is seen to commute with every generator.

        Arguments:
            candidate: The function.
            element: Its terms in the ring of `algebra.sparse`, if they are known.

        Returns:
            Whether all brackets vanish, decided exactly; False as well if they are not
            functions that can be compared, which `undecided` then lists.
        """
        gradients = self._gradients([candidate], [element])
        return gradients is not None and gradients.is_invariant(0)

    def _gradients(
        self, functions: Sequence[Expr], elements: Sequence[Terms | None]
    ) -> _Gradients | None:
        known = [element for element in elements if element is not None]
        algebra = self.algebra.sparse
        try:
            if len(known) == len(functions):
                return _Gradients.of_elements(algebra, known)
            written = map(self.algebra.coordinates.written, functions)
            return _Gradients.of_functions(algebra, list(written))
        except UnsupportedError as error:
            self.undecided.append(str(error))
            return None


@dataclass(frozen=True)
class _Gradients:
    """The gradients of some functions, in a ring that holds the generators as well.

    Arguments:
        ring: The ring.
        rows: The derivatives of each function, by place of the coordinate.
        velocities: The fields of the generators.
    """

    ring: PhasePolynomials
    rows: Sequence[Mapping[int, Terms]]
    velocities: Sequence[Mapping[int, Terms]]

    @classmethod
    def of_elements(cls, algebra: LieAlgebra, elements: Sequence[Terms]) -> _Gradients:
        """Those of elements of the algebra's own ring."""
        ring = algebra.ring
        rows = [dict(enumerate(map(dict, ring.gradient(f)))) for f in elements]
        return cls(ring, rows, _velocities(ring, map(dict, algebra.polynomials)))

    @classmethod
    def of_functions(cls, algebra: LieAlgebra, functions: Sequence[Expr]) -> _Gradients:
        """Those of functions, in a ring of the generators and all derivatives."""
        z = algebra.space.z
        derivatives = [[f.diff(symbol) for symbol in z] for f in functions]
        generators = list(algebra.generators.values())
        flat = [entry for row in derivatives for entry in row]
        ring = PhasePolynomials(algebra.space, [*generators, *flat])
        rows = [dict(enumerate(map(ring.terms, row))) for row in derivatives]
        return cls(ring, rows, _velocities(ring, map(ring.terms, generators)))

    def is_invariant(self, number: int) -> bool:
        gradient = {k: terms for k, terms in self.rows[number].items() if terms}
        return not any(
            self.ring.derivative_along(gradient, velocity)
            for velocity in self.velocities
        )

    def rank(self, most: int) -> RankCertificate:
        from_dict = self.ring.ring.from_dict
        rows = [list(map(from_dict, row.values())) for row in self.rows]
        return self.ring.rank_modulo_prime(rows, min(most, len(rows)))


def _velocities(
    ring: PhasePolynomials, generators: Iterable[Terms]
) -> list[dict[int, Terms]]:
    return [ring.velocity(ring.slopes(g)) for g in generators]


class AbstractInvariants(WithTextbookForms, ABC):
    r"""Invariants that were found and proved, and what is known about them.

    .. math:: \{g_k, I_a\} = 0 \quad \text{for all } k, a

    Arguments:
        functions: Those that are independent.
        generators: Those to show.
        tried: What was searched, in words.
    """

    def __init__(
        self,
        functions: InvariantFunctions,
        generators: Sequence[Expr],
        tried: Sequence[str],
    ) -> None:
        self.algebra = functions.algebra
        self.generators = tuple(generators)
        self.tried = tuple(tried)
        self._functions = functions

    @property
    def independent(self) -> tuple[Expr, ...]:
        """As many of the invariants as are functionally independent."""
        return tuple(self._functions.independent)

    @property
    def count(self) -> int:
        """The number of functionally independent invariants that exist locally."""
        return self._functions.count

    @property
    def rank(self) -> int:
        """The number of functionally independent invariants among those found."""
        return self._functions.rank

    @property
    def complete(self) -> bool:
        """Whether every local invariant is a function of those found (rank)."""
        return self._functions.complete

    @property
    def standing(self) -> Standing:
        """The standing of `count`: proved, or measured at a random point."""
        if self.complete or self._functions.orbit_rank.exact:
            return self._standing(True)
        return Standing.MEASURED

    @property
    def certificate(self) -> tuple[Claim, ...]:
        """What is proved about the invariants, claim by claim."""
        return (*self._identities(), self._independence(), self._count(), self._reach())

    @abstractmethod
    def _reach(self) -> Claim:
        """What is known of the invariants that are not listed."""

    def _standing(self, decided: bool) -> Standing:
        if not self.algebra.exact:
            return Standing.MEASURED
        return Standing.PROVED if decided else Standing.NOT_KNOWN

    def _identities(self) -> tuple[Claim, ...]:
        names, standing = self.algebra.names, self._standing(True)
        return invariant_claims(names, self.generators, standing)

    def _independence(self) -> Claim:
        found = self._functions.certificate
        return Claim(
            "independent",
            f"{self.rank} of the {len(self.generators)} invariants are functionally "
            "independent",
            self._standing(self.complete),
            "rank of their gradients at a point modulo a prime, and no more can be",
            {"rank": self.rank, "independent": list(map(str, self.independent))}
            | {"point": self._point(found)},
        )

    def _count(self) -> Claim:
        orbit, total = self._functions.orbit_rank, self.algebra.space.dimension
        return Claim(
            "count",
            f"{self.count} functionally independent invariants exist: {total} minus the "
            f"orbit dimension {orbit.rank}",
            self.standing,
            "rank of the generators' fields at a point modulo a prime, met by "
            "independent invariants or by the largest rank possible"
            if self.standing is Standing.PROVED
            else "rank of the generators' fields at points modulo a prime; it may be more",
            {"rank": orbit.rank, "point": self._point(orbit)}
            | {"complete": self.complete},
        )

    def _point(self, certificate: RankCertificate) -> list[str]:
        """The point that shows a rank, without the values of kernels there."""
        u = certificate.point[: len(self.algebra.space.variables)]
        return [str(value) for value in self.algebra.coordinates.point(u)] if u else []

    def __deepcopy__(self, memo: dict[int, Any]) -> AbstractInvariants:
        # Immutable, so a copy of a model shares its symbols.
        return self

    def __repr__(self) -> str:
        listed = ", ".join(map(str, self.generators))
        return (
            f"{type(self).__name__}({listed}; {self.rank} of {self.count} independent)"
        )
