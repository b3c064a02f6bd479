r"""Vector quantities: what textbooks have letters for, of particles in space.

Takes particles, gives their lengths, dot products, distances, angular momenta, totals and
determinants, each as a polynomial with its name.

.. math:: r^2 = \mathbf{q} \cdot \mathbf{q}, \quad
    r_{ab}^2 = |\mathbf{q}_a - \mathbf{q}_b|^2, \quad
    L^2 = \mathbf{q}^2 \mathbf{p}^2 - (\mathbf{q} \cdot \mathbf{p})^2, \quad
    \mathbf{J} = \sum_a \mathbf{q}_a \times \mathbf{p}_a
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement

from sympy import Add, Expr, Matrix, Symbol, expand, sqrt

from symflow.notation import name_latex
from symflow.particles import particles
from symflow.phase_space import PhaseSpace

__all__ = ["Quantity", "vector_quantities"]

Vector = tuple[Expr, ...]


@dataclass(frozen=True)
class Quantity:
    """A quantity with a name.

    Arguments:
        symbol: The name; positive if it is a length.
        value: The polynomial of coordinates and momenta that `power` of it is.
        power: Two for a length, whose square is a polynomial, else one.
        latex: The name in LaTeX.
        plain: Whether it is a dot product of two single vectors.

    Example:
        >>> from sympy.abc import x, y
        >>> r = Symbol("r", positive=True)
        >>> Quantity(r, x**2 + y**2, 2, "r", True).definition
        sqrt(x**2 + y**2)
    """

    symbol: Symbol
    value: Expr
    power: int
    latex: str
    plain: bool

    @property
    def form(self) -> Expr:
        """What stands for the polynomial: the name or its square."""
        return self.symbol**self.power

    @property
    def definition(self) -> Expr:
        """What the name stands for."""
        return self.value if self.power == 1 else sqrt(self.value)


def vector_quantities(space: PhaseSpace, dimension: int) -> tuple[Quantity, ...]:
    """The quantities of particles that have names.

    Arguments:
        space: The phase space, one particle after the other.
        dimension: The number of coordinates of a particle.

    Returns:
        The quantities. A name that the space has for something else is written with
        bars, as in ``|q|``.

    Raises:
        ArgumentError: If the dimension does not divide the number of coordinates.

    Example:
        >>> [str(a.form) for a in vector_quantities(PhaseSpace("x y"), 2)]
        ['r**2', '(q.p)', 'p**2', 'L']
    """
    bodies = particles(space, dimension)
    marks = [str(a) if len(bodies) > 1 else "" for a in range(1, len(bodies) + 1)]
    q = [_Named(f"q{m}", "r", m, body.q) for m, body in zip(marks, bodies, strict=True)]
    p = [_Named(f"p{m}", "p", m, body.p) for m, body in zip(marks, bodies, strict=True)]
    found: list[Quantity] = []
    if dimension > 1:
        pairs = combinations_with_replacement([*q, *p], 2)
        found += (_dot(a, b, space.symbols) for a, b in pairs)
        for a, b in zip(q, p, strict=True):
            found += _angular_momentum([(a, b)], _Named("", "L", a.mark), space.symbols)
    if len(bodies) > 1:
        found += (_distance(a, b, space.symbols) for a, b in combinations(q, 2))
        found += _totals(list(zip(q, p, strict=True)), space.symbols)
    if len(bodies) > 1 and dimension in (2, 3):
        chosen = combinations([*q, *p], dimension)
        # In the plane that of q and p of one particle is its angular momentum.
        found += (_determinant(v) for v in chosen if len({a.mark for a in v}) > 1)
    return tuple(found)


@dataclass(frozen=True)
class _Named:
    """A vector, and the letter and the mark of its length."""

    name: str
    letter: str
    mark: str
    components: Vector = ()

    @property
    def bold(self) -> str:
        mark = f"_{{{self.mark}}}" if self.mark else ""
        return rf"\mathbf{{{self.name[:1]}}}{mark}"


def _length(
    value: Expr, letter: str, mark: str, bars: str, taken: Container[str], plain: bool
) -> Quantity:
    name = f"{letter}{mark}"
    symbol = Symbol(bars if name in taken else name, positive=True)
    mark = f"_{{{mark}}}" if mark else ""
    return Quantity(symbol, expand(value), 2, f"{letter}{mark}", plain)


def _scalar(value: Expr, name: str, latex: str, plain: bool = False) -> Quantity:
    return Quantity(Symbol(name, real=True), expand(value), 1, latex, plain)


def _product(a: Sequence[Expr], b: Sequence[Expr]) -> Expr:
    return Add(*(x * y for x, y in zip(a, b, strict=True)))


def _dot(a: _Named, b: _Named, taken: Container[str]) -> Quantity:
    value = _product(a.components, b.components)
    if a is b:
        return _length(value, a.letter, a.mark, f"|{a.name}|", taken, True)
    latex = rf"\left({a.bold} \cdot {b.bold}\right)"
    return _scalar(value, f"({a.name}.{b.name})", latex, True)


def _angular_momentum(
    pairs: Sequence[tuple[_Named, _Named]], total: _Named, taken: Container[str]
) -> Iterator[Quantity]:
    """The angular momentum of some particles: a number in the plane, else its length."""
    dimension = len(pairs[0][0].components)
    parts = [
        Add(
            *(
                a.components[i] * b.components[j] - a.components[j] * b.components[i]
                for a, b in pairs
            )
        )
        for i, j in combinations(range(dimension), 2)
    ]
    letter, mark = total.letter, total.mark
    if dimension == 2:
        name = f"{letter}{mark}"
        index = f"_{{{mark}}}" if mark else ""
        name = f"|{name}|" if name in taken else name
        yield _scalar(parts[0], name, f"{letter}{index}")
        return
    square = Add(*(part**2 for part in parts))
    yield _length(square, letter, mark, f"|{letter}{mark}|", taken, False)
    if dimension == 3 and not mark:
        xy, xz, yz = parts
        for axis, value in zip("xyz", (yz, -xz, xy), strict=True):
            name = f"{letter}{axis}"
            shown = f"({name})" if name in taken else name
            yield _scalar(value, shown, f"{letter}_{{{axis}}}")


def _distance(a: _Named, b: _Named, taken: Container[str]) -> Quantity:
    pairs = zip(a.components, b.components, strict=True)
    between = [x - y for x, y in pairs]
    if len(between) == 1:
        first, second = a.components[0], b.components[0]
        latex = rf"\left({name_latex(str(first))} - {name_latex(str(second))}\right)"
        return _scalar(between[0], f"({first}-{second})", latex)
    mark = f"{a.mark}_{b.mark}" if len(b.mark) > 1 else f"{a.mark}{b.mark}"
    square = _product(between, between)
    return _length(square, "r", mark, f"|{a.name}-{b.name}|", taken, False)


def _totals(
    pairs: Sequence[tuple[_Named, _Named]], taken: Container[str]
) -> Iterator[Quantity]:
    """The total momentum, the total angular momentum, and their product in space."""
    columns = zip(*(b.components for _, b in pairs), strict=True)
    P = [Add(*column) for column in columns]
    if len(P) == 1:
        yield _scalar(P[0], "|P|" if "P" in taken else "P", "P")
        return
    yield _length(_product(P, P), "P", "", "|P|", taken, False)
    J = list(_angular_momentum(pairs, _Named("", "J", ""), taken))
    yield from J
    if len(P) == 3:
        value = _product([component.value for component in J[1:]], P)
        yield _scalar(value, "(J.P)", r"\left(\mathbf{J} \cdot \mathbf{P}\right)")


def _determinant(vectors: Sequence[_Named]) -> Quantity:
    value = Matrix([v.components for v in vectors]).det()
    names = ",".join(v.name for v in vectors)
    listed = ", ".join(v.bold for v in vectors)
    return _scalar(value, f"det({names})", rf"\det\left({listed}\right)")
