r"""Finite symmetries: reflections, exchanges and other linear maps of phase space.

Takes canonical linear maps by name, gives the finite group that they generate, what it
does to functions and to an algebra, and the mean of a function over it.

.. math:: (f \circ M)(z) = f(M z), \qquad
    \{f \circ M, \, g \circ M\} = \{f, g\} \circ M

A Lie algebra sees only motions that begin at the identity: it cannot tell SO(3) from O(3),
nor two equal particles from two different ones. These maps can.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from sympy import Add, Expr, Float, ImmutableMatrix, Rational
from sympy.polys.domains.domain import Domain

from symflow.algebra import LieAlgebra
from symflow.canonical_maps import (
    CanonicalMap,
    Entries,
    Images,
    exact_numbers,
    read_canonical_map,
)
from symflow.claims import Standing
from symflow.errors import ArgumentError
from symflow.finite_groups import GroupName, MatrixGroup, SparseMatrix
from symflow.linear_algebra import Span
from symflow.notebook_views import NotebookView, Rows
from symflow.phase_space import PhaseSpace, check_space
from symflow.polynomials import PhasePolynomials

__all__ = ["AlgebraAction", "FiniteGroup", "FiniteSymmetry"]


@dataclass(frozen=True)
class FiniteSymmetry:
    r"""Whether a group leaves a function alone, and which of its elements do not.

    .. math:: H \circ M = H

    Arguments:
        holds: Whether every element does.
        broken_by: For each element that does not, by its word, H(Mz) - H(z).
        standing: Proved, unless H holds a float.
    """

    holds: bool
    broken_by: Mapping[str, Expr]
    standing: Standing

    def __bool__(self) -> bool:
        return self.holds

    def __str__(self) -> str:
        if self.holds:
            return "symmetric"
        return "broken by " + ", ".join(self.broken_by)


@dataclass(frozen=True)
class AlgebraAction:
    r"""What the generators of a group do to a Lie algebra.

    .. math:: g_k \circ M = \sum_l A_{kl} \, g_l + r_k

    Arguments:
        matrices: The matrix A of each generator that maps the algebra to itself; it is
            an automorphism, if parameters that M moves are moved in the structure
            constants too.
        outside: For each of the others, by name of g, what lies outside the algebra.
    """

    matrices: Mapping[str, ImmutableMatrix]
    outside: Mapping[str, Mapping[str, Expr]]

    @property
    def holds(self) -> bool:
        """Whether the group maps the algebra to itself."""
        return not self.outside


class FiniteGroup(NotebookView):
    r"""A finite group of canonical linear maps.

    .. math:: M^T J M = J

    A generator is written as what becomes of each coordinate, ``{"x": "-x"}`` or
    ``{"x1": "x2", "x2": "x1"}``; what is not named stays. Momenta follow by the inverse
    transpose, unless the mapping names them. A mapping may exchange parameters too, as
    ``{"m1": "m2", "m2": "m1"}``, or change their signs. A generator can also be a matrix
    on q, with momenta following, or on z.

    Arguments:
        space: The phase space.
        generators: The maps by name.
        max_order: The number of elements beyond which the enumeration stops.

    Raises:
        ArgumentError: If a map is not linear with exact numbers, not invertible or not
            canonical, or if the group is infinite or larger than `max_order`.
        ExpressionError: If a map holds a symbol that the space does not declare.

    Example:
        >>> plane = PhaseSpace("x y")
        >>> square = FiniteGroup(
        ...     plane, {"r": {"x": "-y", "y": "x"}, "s": {"x": "-x"}})
        >>> square.order, str(square.identify())
        (8, 'D4')
        >>> square.average("x**2 + x*y")
        x**2/2 + y**2/2

    Reference:
        Sturmfels, Algorithms in Invariant Theory, section 2.1.
    """

    def __init__(
        self,
        space: PhaseSpace,
        generators: Mapping[str, Images | Entries],
        max_order: int = 5000,
    ) -> None:
        check_space(space)
        if not generators:
            raise ArgumentError(
                "Argument `generators` must hold at least one map, but it is empty."
            )
        self._space = space
        self._symbols = (*space.z, *space.parameters)
        self._generators = {
            name: read_canonical_map(space, images, name)
            for name, images in generators.items()
        }
        self._group = MatrixGroup(*self._matrices(), max_order)

    def _matrices(self) -> tuple[dict[str, SparseMatrix], Domain]:
        """The generators on z and the parameters together, over one field."""
        place = {symbol: k for k, symbol in enumerate(self._symbols)}
        cells = [
            (name, i, place[b], image.coeff(b))
            for name, generator in self._generators.items()
            for i, a in enumerate(self._symbols)
            for image in [generator.image(a)]
            for b in sorted(image.free_symbols, key=place.__getitem__)
        ]
        domain, elements = exact_numbers([cell[-1] for cell in cells], "generators")
        rows: dict[str, list[tuple[tuple[int, Any], ...]]] = {
            name: [()] * len(self._symbols) for name in self._generators
        }
        for (name, i, j, _), element in zip(cells, elements, strict=True):
            rows[name][i] += ((j, element),)
        return {name: tuple(found) for name, found in rows.items()}, domain

    @property
    def space(self) -> PhaseSpace:
        """The phase space."""
        return self._space

    @property
    def order(self) -> int:
        """The number of elements."""
        return self._group.order

    @cached_property
    def elements(self) -> tuple[CanonicalMap, ...]:
        """The elements, shortest words first; the first is the identity."""
        return tuple(map(self._map, self._group.elements))

    @property
    def generators(self) -> Mapping[str, CanonicalMap]:
        """The generators by name."""
        return MappingProxyType(self._generators)

    def _map(self, matrix: SparseMatrix) -> CanonicalMap:
        read = self._group.domain.to_sympy
        images = {
            symbol: Add(*(read(value) * self._symbols[j] for j, value in row))
            for symbol, row in zip(self._symbols, matrix, strict=True)
        }
        moved = {symbol: image for symbol, image in images.items() if image != symbol}
        return CanonicalMap(self._space, self._group.word(matrix), moved)

    @property
    def is_abelian(self) -> bool:
        """Whether all elements commute."""
        return self._group.is_abelian

    @cached_property
    def conjugacy_classes(self) -> tuple[tuple[CanonicalMap, ...], ...]:
        r"""The classes :math:`\{x a x^{-1}\}`, that of the identity first."""
        return tuple(tuple(map(self._map, orbit)) for orbit in self._group.classes)

    def identify(self) -> GroupName:
        """The name of the group: abelian, dihedral and symmetric ones are known."""
        return self._group.identify()

    def is_symmetry(self, H: Expr | str) -> FiniteSymmetry:
        r"""Whether a function is the same at z and at M z for every element M.

        Arguments:
            H: A function on phase space.

        Returns:
            The answer, true or false as a whole, with the elements that break it.

        Raises:
            ExpressionError: If H holds a symbol that the space does not declare.
            UnsupportedError: If H is not of the functions that have a canonical form.

        Example:
            >>> line = PhaseSpace("q1 q2", parameters="m1 m2")
            >>> H = "p_q1**2/(2*m1) + p_q2**2/(2*m2) + (q1 - q2)**4"
            >>> swap = {"q1": "q2", "q2": "q1"}
            >>> print(FiniteGroup(line, {"swap": swap}).is_symmetry(H))
            broken by swap
            >>> along = swap | {"m1": "m2", "m2": "m1"}
            >>> print(FiniteGroup(line, {"swap": along}).is_symmetry(H))
            symmetric
        """
        function = self._space.read(H, "H")
        images = self._images(function)
        ring = PhasePolynomials(self._space, images)
        broken = {}
        for element, image in zip(self.elements, images, strict=True):
            difference = ring.terms(image - function)
            if difference:
                broken[str(element)] = ring.expression(difference)
        standing = Standing.MEASURED if function.has(Float) else Standing.PROVED
        return FiniteSymmetry(not broken, MappingProxyType(broken), standing)

    def average(self, H: Expr | str) -> Expr:
        r"""The mean of a function over the group, which every element leaves alone.

        .. math:: \bar H = \frac{1}{|G|} \sum_{M \in G} H \circ M

        Arguments:
            H: A function on phase space.

        Returns:
            The mean in canonical form; H itself if the group is a symmetry of it.

        Raises:
            ExpressionError: If H holds a symbol that the space does not declare.
            UnsupportedError: If H is not of the functions that have a canonical form.
        """
        images = self._images(self._space.read(H, "H"))
        ring = PhasePolynomials(self._space, images)
        return ring.expression(ring.terms(Rational(1, self.order) * Add(*images)))

    def _images(self, function: Expr) -> list[Expr]:
        return [function.xreplace(dict(element.images)) for element in self.elements]

    def action_on(self, algebra: LieAlgebra) -> AlgebraAction:
        r"""Whether the group maps a Lie algebra to itself, and by which matrices.

        Arguments:
            algebra: The algebra, on the same phase space.

        Returns:
            The matrix of each generator of the group, in the basis of the algebra, or
            what lies outside.

        Raises:
            ArgumentError: If the algebra lives on another phase space.

        Example:
            >>> room = PhaseSpace("x y z")
            >>> so3 = LieAlgebra(room, {
            ...     "Lx": "y*p_z - z*p_y", "Ly": "z*p_x - x*p_z", "Lz": "x*p_y - y*p_x"})
            >>> mirror = FiniteGroup(room, {"mirror": {"z": "-z"}})
            >>> mirror.action_on(so3).matrices["mirror"].diagonal()
            Matrix([[-1, -1, 1]])
        """
        if algebra.space != self._space:
            raise ArgumentError(
                "Argument `algebra` must live on the phase space of the group, but it "
                f"lives on {algebra.space!r} and the group on {self._space!r}."
            )
        matrices, outside = {}, {}
        for name, element in self.generators.items():
            images = [
                g.xreplace(dict(element.images)) for g in algebra.generators.values()
            ]
            matrix, rest = _coordinates(algebra, images)
            if rest:
                outside[name] = MappingProxyType(rest)
            else:
                matrices[name] = matrix
        return AlgebraAction(MappingProxyType(matrices), MappingProxyType(outside))

    def _notebook_rows(self) -> Rows:
        yield "order", self.order
        yield "group", str(self.identify())
        for name, element in self.generators.items():
            yield name, element.images

    def __repr__(self) -> str:
        names = ", ".join(self._group.generators)
        return f"FiniteGroup({self._space!r}, order {self.order}: {names})"


def _coordinates(
    algebra: LieAlgebra, images: Sequence[Expr]
) -> tuple[ImmutableMatrix, dict[str, Expr]]:
    """The images in the basis of an algebra, and what is left of each outside."""
    basis = list(algebra.generators.values())
    ring = PhasePolynomials(algebra.space, [*basis, *images])
    span = Span(ring.domain)
    for g in basis:
        span.insert(ring.terms(g))
    zero, read = ring.domain.zero, ring.domain.to_sympy
    entries: list[Expr] = []
    outside = {}
    for name, image in zip(algebra.generators, images, strict=True):
        row, rest = span.split(ring.terms(image))
        entries += [read(row.get(k, zero)) for k in range(len(basis))]
        if rest:
            outside[name] = ring.expression(rest)
    return ImmutableMatrix(len(basis), len(basis), entries), outside
