r"""Poisson spaces: coordinates whose brackets are not the canonical ones.

Takes coordinates and the brackets of their pairs, gives a space on which algebras of
functions are declared as on any other, once the Jacobi identity is proved.

.. math:: \{f, g\} = \sum_{i,j} \frac{\partial f}{\partial z_i} \, \Pi_{ij}(z) \,
    \frac{\partial g}{\partial z_j}

The dimension may be odd, and the bracket degenerate: functions that commute with
everything, the Casimirs of the structure, generate no motion.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from itertools import combinations
from types import MappingProxyType
from typing import Any

from sympy import Add, Expr, Symbol

from symflow.errors import ArgumentError
from symflow.notation import expression_latex, inline, name_latex
from symflow.phase_space import AbstractSpace, Names, PhaseSpace, read_symbols
from symflow.polynomials import PhasePolynomials, RankCertificate
from symflow.structure import AbstractLieAlgebra
from symflow.terms import Terms, accumulate

__all__ = ["PoissonSpace"]

Brackets = Mapping[tuple[str, str], Expr | str | float]


class PoissonSpace(AbstractSpace):
    r"""A space with a Poisson bracket of its own.

    .. math:: \{z_i, z_j\} = \Pi_{ij}(z), \qquad
        \{z_i, \{z_j, z_k\}\} + \{z_j, \{z_k, z_i\}\} + \{z_k, \{z_i, z_j\}\} = 0

    Arguments:
        coordinates: Names or symbols of the coordinates.
        brackets: The brackets of pairs of coordinates, by their names in any order, as
            expressions or text. Pairs that are missing commute.
        parameters: Names or symbols of real constants.
        time: Name or symbol of time, if functions may depend on it explicitly.

    Raises:
        ArgumentError: If a name is unknown or repeats, if two orders of a pair contradict
            each other, or if a triple violates the Jacobi identity; it is named.
        UnsupportedError: If a bracket is no function that can be compared exactly.

    Example:
        >>> body = PoissonSpace("l1 l2 l3", {
        ...     ("l1", "l2"): "l3", ("l2", "l3"): "l1", ("l3", "l1"): "l2"})
        >>> body.dimension, body.rank
        (3, 2)

    Reference:
        Marsden and Ratiu, Introduction to Mechanics and Symmetry, chapter 10.
    """

    def __init__(
        self,
        coordinates: Names,
        brackets: Brackets,
        parameters: Names = (),
        time: str | Symbol | None = None,
    ) -> None:
        z = read_symbols(coordinates, "coordinates")
        if not z:
            raise ArgumentError(
                "Argument `coordinates` must name at least one coordinate, but it is "
                'empty. Write, for example, PoissonSpace("l1 l2 l3", ...).'
            )
        super().__init__(parameters, time, coordinates=z)
        self._tensor = self._read(brackets)
        self._raise_for_jacobi()

    @classmethod
    def lie_poisson(
        cls, algebra: AbstractLieAlgebra, coordinates: Names | None = None
    ) -> PoissonSpace:
        r"""The dual of a Lie algebra with its linear bracket.

        .. math:: \{x_i, x_j\} = \sum_k c_{ij}^k x_k

        Arguments:
            algebra: The algebra. Parameters in its constants become parameters.
            coordinates: Names of the coordinates; by default those of its basis.

        Returns:
            The space. Some authors write the bracket with the other sign.

        Raises:
            ArgumentError: If the names of the basis are no names of coordinates, or not
                as many as the algebra has dimensions.

        Example:
            >>> so3 = AbstractLieAlgebra("abc", {
            ...     ("a", "b"): {"c": 1}, ("b", "c"): {"a": 1}, ("c", "a"): {"b": 1}})
            >>> PoissonSpace.lie_poisson(so3).rank
            2

        Reference:
            Marsden and Ratiu, Introduction to Mechanics and Symmetry, chapter 13.
        """
        names = algebra.names if coordinates is None else coordinates
        z = read_symbols(names, "coordinates")
        if len(z) != algebra.dimension:
            raise ArgumentError(
                f"Argument `coordinates` must hold {algebra.dimension} names, one for "
                f"each element of the algebra, but it holds {len(z)}."
            )
        symbol = dict(zip(algebra.names, z, strict=True))
        constants = algebra.structure_constants
        brackets: dict[tuple[str, str], Expr] = {
            (symbol[i].name, symbol[j].name): Add(
                *(value * symbol[k] for k, value in row.items())
            )
            for (i, j), row in constants.items()
        }
        found = {s for f in brackets.values() for s in f.free_symbols} - set(z)
        return cls(z, brackets, sorted(found, key=str))

    @classmethod
    def magnetic(cls, space: PhaseSpace, field: Brackets) -> PoissonSpace:
        r"""Positions and kinetic momenta in a magnetic field.

        .. math:: \{q_i, p_j\} = \delta_{ij}, \qquad \{p_i, p_j\} = F_{ij}(q)

        Arguments:
            space: The canonical space whose names are used.
            field: The components :math:`F_{ij}` by pairs of names of momenta. With unit
                charge, :math:`F_{xy} = B_z`.

        Returns:
            The space. The Jacobi identity says that the field has no sources.

        Raises:
            ArgumentError: If the field has sources, or a name is not that of a momentum.

        Example:
            >>> plane = PhaseSpace("x y", parameters="B")
            >>> PoissonSpace.magnetic(plane, {("p_x", "p_y"): "B"}).rank
            4

        Reference:
            Marsden and Ratiu, Introduction to Mechanics and Symmetry, section 6.7.
        """
        momenta = {symbol.name for symbol in space.p}
        for name in (name for pair in field for name in pair):
            if name not in momenta:
                raise ArgumentError(
                    "Argument `field` must hold pairs of momenta, but it holds "
                    f"{name!r}. The momenta are {', '.join(sorted(momenta))}."
                )
        brackets: dict[tuple[str, str], Any] = {
            (q.name, p.name): 1 for q, p in zip(space.q, space.p, strict=True)
        }
        return cls(space.z, {**brackets, **field}, space.parameters, space.time)

    @property
    def tensor(self) -> Mapping[tuple[int, int], Expr]:
        """The brackets of coordinates that are not zero, by places i < j."""
        return MappingProxyType(self._tensor)

    @cached_property
    def rank_certificate(self) -> RankCertificate:
        """The rank of the bracket at a generic point, with the point that shows it."""
        size, ring = self.dimension, self._ring
        rows = [ring.field_of(coordinate) for coordinate in ring.variables[:size]]
        return ring.generic_rank(rows, most=size - size % 2)

    @cached_property
    def _ring(self) -> PhasePolynomials:
        """The functions of which the brackets are made."""
        return PhasePolynomials(self, [])

    @property
    def rank(self) -> int:
        """The dimension of a generic symplectic leaf, an even number."""
        return self.rank_certificate.rank

    @property
    def casimir_count(self) -> int:
        """The number of independent functions that commute with all, locally."""
        return self.dimension - self.rank

    def _read(self, brackets: Brackets) -> dict[tuple[int, int], Expr]:
        place = {symbol.name: index for index, symbol in enumerate(self._z)}
        found: dict[tuple[int, int], Expr] = {}
        for pair, value in brackets.items():
            if not isinstance(pair, tuple) or len(pair) != 2 or not {*pair} <= {*place}:
                raise ArgumentError(
                    "Argument `brackets` must be given by pairs of coordinates, but "
                    f"it has the key {pair!r}. The coordinates are "
                    f"{', '.join(place)}."
                )
            i, j = (place[name] for name in pair)
            expression = self.read(value, f"brackets[{pair}]")
            if i > j:
                i, j, expression = j, i, -expression
            if (i == j and expression != 0) or found.get((i, j), expression) != (
                expression
            ):
                raise ArgumentError(
                    f"Argument `brackets` must be antisymmetric, but {{{', '.join(pair)}}} "
                    "contradicts the other order. Give each pair once."
                )
            if i < j:
                found[i, j] = expression
        return {pair: f for pair, f in sorted(found.items()) if f != 0}

    def _raise_for_jacobi(self) -> None:
        ring, size = self._ring, self.dimension
        terms = {pair: ring.terms(f) for pair, f in self._tensor.items()}
        velocities = [ring.velocity({k: ring.one}) for k in range(size)]
        slopes = {pair: ring.slopes(f) for pair, f in terms.items()}

        def double(i: int, j: int, k: int) -> Terms:
            """The bracket {{z_i, z_j}, z_k}."""
            sign = 1 if i < j else -1
            inner = slopes.get((min(i, j), max(i, j)), {})
            found = ring.derivative_along(inner, velocities[k])
            return {m: sign * value for m, value in found.items()}

        for i, j, k in combinations(range(size), 3):
            total = double(i, j, k)
            accumulate(total, double(j, k, i).items())
            accumulate(total, double(k, i, j).items())
            if total:
                defect = ring.expression({m: -value for m, value in total.items()})
                a, b, c = (self._z[place].name for place in (i, j, k))
                raise ArgumentError(
                    "Argument `brackets` must satisfy the Jacobi identity, but the "
                    f"Jacobi identity is violated on ({a}, {b}, {c}): "
                    f"{{{a}, {{{b}, {c}}}}} + {{{b}, {{{c}, {a}}}}} + "
                    f"{{{c}, {{{a}, {b}}}}} = {defect}. Check the brackets of these "
                    "three."
                )

    def _repr_latex_(self) -> str:
        names = [name_latex(symbol.name) for symbol in self._z]
        listed = r",\quad ".join(
            rf"\{{{names[i]}, {names[j]}\}} = {expression_latex(f)}"
            for (i, j), f in self._tensor.items()
        )
        return inline(listed or rf"z = ({', '.join(names)})")

    def __repr__(self) -> str:
        names = " ".join(symbol.name for symbol in self._z)
        listed = ", ".join(
            f"({self._z[i].name!r}, {self._z[j].name!r}): {str(f)!r}"
            for (i, j), f in self._tensor.items()
        )
        return f'PoissonSpace("{names}", {{{listed}}}{self._options})'
