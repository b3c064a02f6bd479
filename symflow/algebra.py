r"""Algebra: generators on phase space that close under the Poisson bracket.

Takes functions of (q, p), gives their structure constants, exactly, or the pair of
generators whose bracket leaves their span.

.. math:: \{g_i, g_j\} = \sum_k c_{ij}^k \, g_k + w_{ij}

The constants w are the central part: the function 1 joins the algebra under the name "1"
when a bracket needs it, as the mass does in the Bargmann algebra.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from sympy import QQ, Expr
from sympy.polys.rings import PolyElement

from symflow.affine_fields import affine_field, is_periodic
from symflow.canonical_bases import CanonicalBasis
from symflow.classification import Identity
from symflow.errors import ArgumentError, UnsupportedError
from symflow.generated_spans import Added, GeneratedSpan, Generators
from symflow.linear_coordinates import LinearCoordinates
from symflow.phase_space import AbstractSpace, PhaseSpace
from symflow.polynomials import PhasePolynomials, total_degree
from symflow.structure import AbstractLieAlgebra

__all__ = ["LieAlgebra", "check_algebra", "closure"]

# The dimension at which closure looks for a proof that it will not end.
_FIRST_LOOK = 20

# Names with a one-dimensional centre: when its flow is a line, and when it is a circle.
_CIRCLES = {
    "one-dimensional abelian": ("R", "so(2)"),
    "u(2) = so(3) ⊕ R": ("u(2) = so(3) ⊕ R", "u(2) = su(2) ⊕ u(1)"),
    **{
        f"u({n}) = su({n}) ⊕ R": (f"u({n}) = su({n}) ⊕ R", f"u({n}) = su({n}) ⊕ u(1)")
        for n in range(3, 9)
    },
}


class LieAlgebra(AbstractLieAlgebra):
    r"""A Lie algebra of functions on phase space.

    .. math:: \{g_i, g_j\} = \sum_k c_{ij}^k \, g_k

    Arguments:
        space: The phase space.
        generators: Names and functions, or functions alone, which are then called
            g1, g2 and so on. Functions are SymPy expressions or text. No generators at
            all is the algebra of no symmetry.

    Raises:
        NotClosedError: If a bracket leaves the span of the generators and constants.
        DependentGeneratorsError: If a generator is a combination of others.
        ExpressionError: If a function holds an undeclared symbol or a complex number.
        UnsupportedError: If a function is none that can be compared exactly.

    Example:
        >>> space = PhaseSpace("x y z")
        >>> so3 = LieAlgebra(space, {
        ...     "Lx": "y*p_z - z*p_y", "Ly": "z*p_x - x*p_z", "Lz": "x*p_y - y*p_x"})
        >>> so3.structure_constants["Lx", "Ly"]
        {'Lz': 1}
        >>> so3.is_simple
        True

    Reference:
        Rezende et al. 2019, arXiv 1909.13739, section 2; Woit, Quantum Theory, Groups
        and Representations, chapter 14; docs/theory.md, equation (4).
    """

    bracket_signs = ("{", "}")

    def __init__(self, space: AbstractSpace, generators: Generators) -> None:
        basis = GeneratedSpan(space, generators)
        pending = basis.first_outside(constants_only=True)
        if pending is not None:
            raise basis.not_closed(pending)
        self._fill(basis)

    @classmethod
    def _completed(cls, basis: GeneratedSpan) -> LieAlgebra:
        algebra = cls.__new__(cls)
        algebra._fill(basis)
        return algebra

    def _fill(self, basis: GeneratedSpan) -> None:
        self._basis = basis
        # Named apart already, and functions satisfy the Jacobi identity.
        self._names = tuple(basis.names)
        self._table = basis.table()

    @cached_property
    def _canonical(self) -> CanonicalBasis | None:
        if self.domain is QQ:
            return None
        canonical = self._basis.canonical()
        smaller = self.domain.unify(canonical.table.domain) == self.domain
        return canonical.over(self.domain) if smaller else None

    @property
    def space(self) -> AbstractSpace:
        """The phase space."""
        return self._basis.space

    @property
    def phase_space(self) -> PhaseSpace:
        """The phase space, where its coordinates are pairs (q, p).

        Raises:
            ArgumentError: If the bracket is not the canonical one.
        """
        if not isinstance(self.space, PhaseSpace):
            raise ArgumentError(
                "Argument `algebra` must live on a PhaseSpace for this, but its space "
                f"is a {type(self.space).__name__}, whose bracket is not canonical."
            )
        return self.space

    def require_polynomials(self) -> None:
        """Refuse generators that are no polynomials in q and p.

        Raises:
            ArgumentError: If the bracket is not the canonical one.
            UnsupportedError: If a generator holds another function, or time.
        """
        if not self.ring.is_polynomial or self.phase_space.time is not None:
            listed = ", ".join(map(str, self.ring.generators[2 * self.phase_space.n :]))
            raise UnsupportedError(
                "Argument `algebra` must be made of polynomials in q and p for this, "
                f"but its generators hold {listed} as well. Choose coordinates in "
                "which they are, or stay with the algebra and its invariants."
            )

    @property
    def generators(self) -> Mapping[str, Expr]:
        """The elements of the basis by name, with what closure added.

        They are expanded, or as declared where `coordinates` are others.
        """
        return MappingProxyType(self._basis.expressions)

    @property
    def added(self) -> tuple[Added, ...]:
        """What was added to the declared generators, and from which bracket."""
        return tuple(self._basis.added)

    @property
    def exact(self) -> bool:
        """Whether every coefficient was exact; False if a float was given."""
        return not self._basis.floats

    @cached_property
    def polynomials(self) -> tuple[PolyElement, ...]:
        """The generators in canonical form, in the order of their names."""
        if self.coordinates.changed:
            return tuple(map(self.ring.polynomial, self.generators.values()))
        return tuple(map(self.ring.ring.from_dict, self._basis.functions))

    @cached_property
    def ring(self) -> PhasePolynomials:
        """The ring of functions in which the generators are written."""
        if self.coordinates.changed:
            return PhasePolynomials(self.space, self.generators.values())
        return self._basis.ring

    @property
    def coordinates(self) -> LinearCoordinates:
        """Linear canonical coordinates in which the generators have few terms."""
        return self._basis.coordinates

    @cached_property
    def sparse(self) -> LieAlgebra:
        """The same algebra in `coordinates`, which go by the names of those declared."""
        if not self.coordinates.changed:
            return self
        return LieAlgebra._completed(self._basis.in_own_coordinates())

    def bracket(self, left: str, right: str) -> Expr:
        """The Poisson bracket of two generators.

        Arguments:
            left: Name of the first generator.
            right: Name of the second.

        Returns:
            The bracket, expanded in `coordinates`.

        Raises:
            ArgumentError: If a name is not that of a generator.

        Example:
            >>> LieAlgebra(PhaseSpace("x"), {"Q": "x", "P": "p_x"}).bracket("Q", "P")
            1
        """
        for name in (left, right):
            if name not in self.generators:
                raise ArgumentError(
                    f"Argument `left`, `right` must name generators, but {name!r} is "
                    f"none of {', '.join(self.generators)}."
                )
        basis = self._basis
        pair = basis.names.index(left), basis.names.index(right)
        return basis.expression(basis.bracket(*pair))

    def refine_identity(self, identity: Identity) -> Identity:
        """What the action on phase space adds to the name of the abstract algebra.

        The table cannot tell a circle from a line. Here the flow of a central generator
        is seen to be periodic or not, decided exactly.

        Arguments:
            identity: The identity of the abstract algebra.

        Returns:
            The identity with so(2), su(n) and u(1) in place of the line where the flow
            is periodic; the same one where that is not decided.
        """
        if self.center.dimension != 1 or identity.name not in _CIRCLES:
            return identity
        if not (self.ring.is_polynomial and self.space.is_canonical):
            return identity
        (vector,) = self.center.basis
        polynomials = dict(zip(self.generators, self.polynomials, strict=True))
        domain = self.ring.domain
        terms = (domain.from_sympy(c) * polynomials[k] for k, c in vector.items())
        central = sum(terms, self.ring.ring.zero)
        if total_degree(central) > 2:
            return identity
        A, b = affine_field(self.ring, central)
        closed = not any(b) and is_periodic(A)
        line, circle = _CIRCLES[identity.name]
        return replace(identity, name=circle if closed else line)

    def __deepcopy__(self, memo: dict[int, Any]) -> LieAlgebra:
        # Immutable, so a copy of a model shares its symbols.
        return self

    def __repr__(self) -> str:
        return f"LieAlgebra({self.space!r}, {dict(self.generators)})"


def closure(
    space: AbstractSpace,
    generators: Generators,
    max_dimension: int = 100,
    max_terms: int | None = None,
) -> LieAlgebra:
    r"""The smallest Lie algebra that contains the generators.

    .. math:: \mathfrak{g} = \mathrm{span}\{g_i, \{g_i, g_j\}, \{g_i, \{g_j, g_k\}\}, \dots\}

    Completion is never silent: `LieAlgebra.added` lists what was added and from which
    bracket.

    Arguments:
        space: The phase space.
        generators: Names and functions, or functions alone.
        max_dimension: The dimension beyond which completion stops.
        max_terms: The number of terms of a new element at which completion stops, if
            brackets that grow are to be given up early.

    Returns:
        The completed algebra; new elements are named after their bracket.

    Raises:
        UnboundedClosureError: If the dimension passes `max_dimension`, or is proved to
            pass any, or a new element has more than `max_terms` terms.
        DependentGeneratorsError: If a generator is a combination of others.
        ExpressionError: If a function holds an undeclared symbol or a complex number.
        UnsupportedError: If a function is none that can be compared exactly.

    Example:
        >>> space = PhaseSpace("x y z")
        >>> so3 = closure(space, {"Lx": "y*p_z - z*p_y", "Ly": "z*p_x - x*p_z"})
        >>> print(so3.added[0])
        {Lx,Ly} = -p_x*y + p_y*x, from {Lx,Ly}

    Reference:
        de Graaf, Lie Algebras: Theory and Algorithms, section 1.5.
    """
    basis = GeneratedSpan(space, generators)
    while (pending := basis.first_outside(constants_only=False)) is not None:
        size = len(basis.names)
        if size >= max_dimension or size == _FIRST_LOOK:
            found = basis.function_closure()
            why = "" if found is None else basis.unboundedness(found)
            if size >= max_dimension or why:
                raise basis.unbounded(pending, max_dimension, found, why)
        basis.append(pending)
        if max_terms is not None and len(basis.functions[-1]) > max_terms:
            raise basis.overgrown(max_terms)
    return LieAlgebra._completed(basis)


def check_algebra(algebra: object) -> None:
    """Refuse what is no algebra of functions.

    Arguments:
        algebra: What was given as one.

    Raises:
        ArgumentError: If it is not a `LieAlgebra`.
    """
    if not isinstance(algebra, LieAlgebra):
        raise ArgumentError(
            "Argument `algebra` must be a LieAlgebra, but it is of type "
            f"{type(algebra).__name__}. Make one with `LieAlgebra` or `closure`."
        )
