r"""Canonical maps: linear maps of phase space that preserve the bracket.

Takes what becomes of the coordinates, or a matrix, gives the map of z and of parameters,
or says which bracket it breaks.

.. math:: z \mapsto M z, \qquad \{(Mz)_i, (Mz)_j\} = \{z_i, z_j\} \circ M

In canonical coordinates this is :math:`M J M^T = J`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeAlias

from sympy import Add, Expr, Float, ImmutableMatrix, Matrix, MatrixBase, Symbol, expand
from sympy.polys.constructor import construct_domain
from sympy.polys.domains.domain import Domain
from sympy.polys.matrices import DomainMatrix
from sympy.polys.matrices.exceptions import DMNonInvertibleMatrixError

from symflow.bracket import poisson_bracket
from symflow.coefficient_field import check_roots
from symflow.errors import ArgumentError
from symflow.particles import particles
from symflow.phase_space import PhaseSpace
from symflow.polynomials import PhasePolynomials

__all__ = [
    "CanonicalMap",
    "Entries",
    "Images",
    "exact_numbers",
    "particle_permutation",
    "read_canonical_map",
]

Images: TypeAlias = Mapping[str | Symbol, Expr | str | Symbol]
Entries: TypeAlias = MatrixBase | Sequence[Sequence[Any]]


def particle_permutation(
    space: PhaseSpace, order: Sequence[int], dimension: int
) -> dict[str, str]:
    r"""The map that gives each particle the place of another.

    .. math:: q_a \mapsto q_{\sigma(a)}, \qquad p_a \mapsto p_{\sigma(a)}

    Arguments:
        space: The phase space, one particle after the other.
        order: The number of the particle that each one becomes, counted from 1.
        dimension: The number of coordinates of a particle.

    Returns:
        The image of each coordinate by name; momenta move along.

    Raises:
        ArgumentError: If `order` is no permutation of the particles, or `dimension` does
            not divide the number of coordinates.

    Example:
        >>> particle_permutation(PhaseSpace("x1 y1 x2 y2"), [2, 1], 2)
        {'x1': 'x2', 'y1': 'y2', 'x2': 'x1', 'y2': 'y1'}
    """
    bodies = particles(space, dimension)
    if sorted(order) != list(range(1, len(bodies) + 1)):
        raise ArgumentError(
            f"Argument `order` must hold each number from 1 to {len(bodies)} once, one "
            f"for each particle, but it is {order!r}."
        )
    return {
        q.name: image.name
        for body, k in zip(bodies, order, strict=True)
        for q, image in zip(body.q, bodies[k - 1].q, strict=True)
    }


@dataclass(frozen=True)
class CanonicalMap:
    r"""A linear map of phase space that preserves the bracket, and of the parameters.

    .. math:: z \mapsto M z, \qquad \theta \mapsto S \theta

    Arguments:
        space: The phase space.
        word: The names of the generators whose product it is; none for the identity.
        images: The variables and parameters that change, and what each becomes.

    Example:
        >>> flip = read_canonical_map(PhaseSpace("x"), {"x": "-x"}, "flip")
        >>> print(flip, flip.matrix)
        flip Matrix([[-1, 0], [0, -1]])
    """

    space: PhaseSpace
    word: tuple[str, ...]
    images: Mapping[Symbol, Expr]

    @property
    def matrix(self) -> ImmutableMatrix:
        """The matrix M on z."""
        z = self.space.z
        return ImmutableMatrix([[self.image(a).coeff(b) for b in z] for a in z])

    def image(self, symbol: Symbol) -> Expr:
        """What becomes of a variable or of a parameter.

        Arguments:
            symbol: One of those of the space.

        Returns:
            A linear combination of variables, or a parameter or its negative.
        """
        return self.images.get(symbol, symbol)

    def act(self, f: Expr | str) -> Expr:
        r"""The function pulled back, :math:`f \circ M`, with parameters moved along.

        Arguments:
            f: A function on phase space.

        Returns:
            The function of z with M z put in, in canonical form.

        Raises:
            ExpressionError: If f holds a symbol that the space does not declare.
            UnsupportedError: If f is not of the functions that have a canonical form.
        """
        image = self.space.read(f, "f").xreplace(dict(self.images))
        ring = PhasePolynomials(self.space, [image])
        return ring.expression(ring.terms(image))

    def __str__(self) -> str:
        return "*".join(self.word) or "1"


def read_canonical_map(
    space: PhaseSpace, images: Images | Entries, name: str
) -> CanonicalMap:
    """A canonical map from what a user writes for it.

    Arguments:
        space: The phase space.
        images: What becomes of each coordinate by name, where it changes; momenta follow
            by the inverse transpose, unless one of them is named. Parameters may be
            mapped to parameters and their negatives. Or a matrix on q, with momenta
            following, or one on z.
        name: The name of the map.

    Returns:
        The map, its word the name alone.

    Raises:
        ArgumentError: If the map is not linear with exact numbers, not invertible or not
            canonical.
        ExpressionError: If it holds a symbol that the space does not declare.

    Example:
        >>> plane = PhaseSpace("x y")
        >>> shear = read_canonical_map(plane, [[1, 2], [0, 1]], "shear")
        >>> for symbol, image in shear.images.items():
        ...     print(symbol, "becomes", image)
        x becomes x + 2*y
        p_y becomes -2*p_x + p_y

    Reference:
        Arnold, Mathematical Methods of Classical Mechanics, section 41.
    """
    read = _read(space, images, f"generators[{name!r}]")
    _check_canonical(space, read, name)
    moved = {symbol: image for symbol, image in read.items() if image != symbol}
    return CanonicalMap(space, (name,), moved)


def _read(
    space: PhaseSpace, images: Images | Entries, argument: str
) -> dict[Symbol, Expr]:
    """What becomes of every variable and of the parameters that change."""
    if not isinstance(images, Mapping):
        return _of_matrix(space, _square(space, images, argument), argument)
    found: dict[Symbol, Expr] = {}
    for key, value in images.items():
        name = key.name if isinstance(key, Symbol) else key
        if name not in space.symbols:
            raise ArgumentError(
                f"Argument `{argument}` must map declared names, but {name!r} is none "
                f"of {', '.join(space.symbols)}."
            )
        found[space.symbols[name]] = space.read(value, argument)
    fixed = {s: image for s, image in found.items() if s in space.parameters}
    for symbol, image in fixed.items():
        _check_parameter(space, symbol, image, argument)
    reached = {fixed.get(s, s).free_symbols.pop() for s in space.parameters}
    if len(reached) < len(space.parameters):
        raise ArgumentError(
            f"Argument `{argument}` must be invertible, but two parameters become the "
            f"same. Name every parameter that the map exchanges."
        )
    moved = {s: image for s, image in found.items() if s not in fixed}
    positions = _positions(space)
    variables = space.z if set(moved) - set(positions) else positions
    rows = [
        _linear(moved.get(symbol, symbol), variables, symbol, argument)
        for symbol in variables
    ]
    return _of_matrix(space, Matrix(rows), argument) | fixed


def _of_matrix(space: PhaseSpace, matrix: Matrix, argument: str) -> dict[Symbol, Expr]:
    """What becomes of z under a matrix on z, or under one on q and its lift."""
    size = matrix.rows
    domain, elements = exact_numbers(matrix.flat(), argument)
    rows = [elements[k : k + size] for k in range(0, size**2, size)]
    try:
        inverse = DomainMatrix(rows, (size, size), domain).inv()
    except DMNonInvertibleMatrixError:
        raise ArgumentError(
            f"Argument `{argument}` must be invertible, but it is {matrix.tolist()} on "
            f"{space.z[:size]}. See whether two variables become the same."
        ) from None
    blocks = [(space.z, matrix)]
    if size < len(space.z):
        lifted = inverse.to_Matrix().T
        blocks = [(space.q, matrix), (space.p, lifted)]
    return {
        symbol: Add(*(block[i, j] * other for j, other in enumerate(variables)))
        for variables, block in blocks
        for i, symbol in enumerate(variables)
    }


def _positions(space: PhaseSpace) -> tuple[Symbol, ...]:
    """The coordinates whose momenta follow; all of z where the bracket pairs none."""
    return space.q if isinstance(space, PhaseSpace) else space.z


def _square(space: PhaseSpace, entries: Entries, argument: str) -> Matrix:
    """A matrix on q or on z with every entry read."""
    rows = entries.tolist() if isinstance(entries, MatrixBase) else entries
    sizes = sorted({len(_positions(space)), len(space.z)})
    if (
        isinstance(rows, str)
        or not isinstance(rows, Sequence)
        or len(rows) not in sizes
    ):
        raise ArgumentError(
            f"Argument `{argument}` must be a mapping of names, or a matrix with "
            f"{' rows for q or '.join(map(str, sizes))} for z, but it is {entries!r}."
        )
    if {len(row) for row in rows} != {len(rows)}:
        raise ArgumentError(
            f"Argument `{argument}` must be a square matrix, but its rows have the "
            f"lengths {[len(row) for row in rows]}."
        )
    return Matrix([[space.read(entry, argument) for entry in row] for row in rows])


def _linear(
    image: Expr, variables: Sequence[Symbol], symbol: Symbol, argument: str
) -> list[Expr]:
    """The coefficients of a linear combination of variables."""
    row = [expand(image).diff(variable) for variable in variables]
    combination = Add(*(c * v for c, v in zip(row, variables, strict=True)))
    if any(c.free_symbols for c in row) or expand(image - combination) != 0:
        raise ArgumentError(
            f"Argument `{argument}` must map each variable to a linear combination of "
            f"{', '.join(v.name for v in variables)} with numbers before them, but "
            f"{symbol} becomes {image}. Put the origin at a fixed point of the map; to "
            f"mix coordinates with momenta name both."
        )
    return row


def _check_parameter(
    space: PhaseSpace, symbol: Symbol, image: Expr, argument: str
) -> None:
    if image not in space.parameters and -image not in space.parameters:
        raise ArgumentError(
            f"Argument `{argument}` must map parameters to parameters or their "
            f"negatives, but {symbol} becomes {image}."
        )
    for word in ("positive", "negative", "nonnegative", "nonpositive", "zero"):
        if getattr(symbol, f"is_{word}") != getattr(image, f"is_{word}"):
            raise ArgumentError(
                f"Argument `{argument}` must respect what is assumed of parameters, but "
                f"{symbol} becomes {image}, and only one of them is known to be {word} "
                f"or not. Declare both alike."
            )


def exact_numbers(values: Sequence[Expr], argument: str) -> tuple[Domain, list[Any]]:
    """Numbers as elements of the smallest field that holds them.

    Arguments:
        values: Fractions and roots.
        argument: The name of the argument that they stand in, for the message.

    Returns:
        The field, rational or algebraic, and the elements.

    Raises:
        ArgumentError: If a value is a float or no such number.
        UnsupportedError: If their field may be of a degree that nobody waits for.

    Example:
        >>> exact_numbers([Add(1)], "M")
        (QQ, [1])
    """
    for value in values:
        if value.has(Float) or value.free_symbols:
            raise ArgumentError(
                f"Argument `{argument}` must have exact numbers as entries, but one is "
                f"{value}. Write fractions, 3/5 in text, and roots, sqrt(3)/2."
            )
    check_roots(values, argument)
    domain, elements = construct_domain(values, field=True, extension=True)
    if not (domain.is_QQ or domain.is_Algebraic):
        raise ArgumentError(
            f"Argument `{argument}` must have fractions and roots as entries, but they "
            f"are {', '.join(map(str, sorted(set(values), key=str)))}."
        )
    return domain, elements


def _check_canonical(
    space: PhaseSpace, images: Mapping[Symbol, Expr], name: str
) -> None:
    """Refuse a map that does not preserve the bracket of two variables."""
    reversing, broken = True, None
    for a, b in combinations(space.z, 2):
        found = poisson_bracket(images[a], images[b], space)
        wanted = poisson_bracket(a, b, space).xreplace(dict(images))
        if broken is None and not _vanishes(space, found - wanted):
            broken = a, b, found, wanted
        reversing = reversing and _vanishes(space, found + wanted)
    if broken is None:
        return
    if reversing:
        raise ArgumentError(
            f"Argument `generators` must hold canonical maps, but {name!r} turns the "
            f"sign of every bracket, as time reversal does: it is anti-canonical. It "
            f"maps motions to motions run backwards, and no flow commutes with it. Leave "
            f"it out; two such maps in a row are canonical."
        )
    a, b, found, wanted = broken
    follow = _positions(space) != space.z
    raise ArgumentError(
        f"Argument `generators` must hold canonical maps, but {name!r} takes {a} to "
        f"{images[a]} and {b} to {images[b]}, whose bracket is {found} and not {wanted}."
        + (" Name coordinates alone, and momenta follow." if follow else "")
    )


def _vanishes(space: PhaseSpace, difference: Expr) -> bool:
    return not PhasePolynomials(space, [difference]).terms(difference)
