r"""Algebra derivations: why generators close, and why invariants are invariant.

Takes a phase space, an algebra or its invariants, gives the derivations that show what is
stated about them.

.. math:: \{g_i, g_j\} = \sum_k c_{ij}^k \, g_k + w_{ij}, \qquad
    \{g, f(I_1, \dots, I_m)\} = \sum_a \frac{\partial f}{\partial I_a} \{g, I_a\} = 0
"""

from __future__ import annotations

from itertools import combinations

from sympy import Add, Basic, Function, Integer, Matrix, MatrixSymbol, Symbol, Trace

from symflow.algebra import LieAlgebra
from symflow.bracket import hamiltonian_vector_field
from symflow.bracket_derivations import bracket_steps
from symflow.claims import Claim, Standing
from symflow.derivations import (
    Definitions,
    Derivation,
    Level,
    Line,
    Rule,
    Step,
    combination,
    name_symbol,
    unused_name,
)
from symflow.formal_expressions import PoissonBracket, Rank, Slope
from symflow.invariants import Invariants
from symflow.phase_space import AbstractSpace

__all__ = [
    "algebra_derivations",
    "definition_steps",
    "generator_names",
    "invariant_derivations",
    "invariant_names",
    "space_derivations",
]

# The number of invariants up to which the chain rule is written out.
_WRITTEN = 6
# And up to which their relations are looked for.
_RELATED = 16


def space_derivations(space: AbstractSpace, level: Level) -> list[Derivation]:
    r"""The brackets of the coordinates, and the motion that follows from them.

    .. math:: \{q_i, p_j\} = \delta_{ij}, \qquad \dot z = \{z, H\}

    Arguments:
        space: The phase space.
        level: How much to show.

    Returns:
        The brackets, for a bracket of its own the Jacobi identity, and the equations of
        motion.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> _, motion = space_derivations(PhaseSpace("x"), Level.LECTURE)
        >>> print(motion.lines[1])
        {p_x, H} = -dH/dx

    Reference:
        Arnold, Mathematical Methods of Classical Mechanics, section 38.
    """
    z, every = space.z, level is Level.EVERY_STEP
    brackets = [
        Step(
            PoissonBracket.of(z[i], z[j], space),
            space.tensor.get((i, j), Integer(0)),
            Rule.CANONICAL,
        )
        for i, j in combinations(range(len(z)), 2)
        if every or (i, j) in space.tensor
    ]
    found = [Derivation("The brackets of the coordinates", brackets)]
    if not space.is_canonical and level is not Level.RESULT:
        found.append(_jacobi(space))
    H = Symbol("H")
    names = {H: Function("H")(*z)}
    motion = []
    for i, coordinate in enumerate(z):
        terms = []
        for (a, b), value in space.tensor.items():
            if i in (a, b):
                sign, other = (1, b) if i == a else (-1, a)
                terms.append(sign * value * Slope(H, z[other]))
        velocity = PoissonBracket.of(coordinate, H, space)
        motion.append(Step(velocity, Add(*terms), Rule.MOTION, definitions=names))
    return [*found, Derivation("The motion, dz/dt = {z, H}", motion)]


def _jacobi(space: AbstractSpace) -> Derivation:
    steps = []
    for i, j, k in combinations(space.z, 3):
        terms = (
            PoissonBracket.of(a, PoissonBracket.of(b, c, space), space)
            for a, b, c in ((i, j, k), (j, k, i), (k, i, j))
        )
        steps.append(Step(Add(*terms), Integer(0), Rule.RESULT))
    return Derivation("The Jacobi identity", steps)


def generator_names(algebra: LieAlgebra) -> dict[Basic, Basic]:
    """What the names of the generators stand for.

    Arguments:
        algebra: The algebra.

    Returns:
        The expressions by symbols.
    """
    return {name_symbol(name): g for name, g in algebra.generators.items()}


def invariant_names(invariants: Invariants) -> dict[Basic, Basic]:
    """What I1, I2 and so on stand for.

    Arguments:
        invariants: The invariants.

    Returns:
        The expressions by symbols, in order.
    """
    taken = invariants.algebra.names
    return {
        name_symbol(unused_name(f"I{k}", taken)): f
        for k, f in enumerate(invariants.generators, start=1)
    }


def definition_steps(names: Definitions, standing: Standing) -> list[Line]:
    """One line for each name, with what it stands for.

    Arguments:
        names: What the names stand for.
        standing: How well the coefficients are known.

    Returns:
        The lines.
    """
    return [
        Step(name, value, Rule.DEFINITION, standing, names)
        for name, value in names.items()
    ]


def algebra_derivations(algebra: LieAlgebra, level: Level) -> list[Derivation]:
    r"""Why an algebra closes, and what it is.

    .. math:: \{g_i, g_j\} = \sum_k c_{ij}^k \, g_k

    Arguments:
        algebra: The algebra.
        level: How much to show.

    Returns:
        The generators, each bracket, the Killing form, and the name.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> line = LieAlgebra(PhaseSpace("x"), {"Q": "x", "P": "p_x"})
        >>> [one.heading for one in algebra_derivations(line, Level.RESULT)]
        ['The generators', 'Their brackets', 'What it is']

    Reference:
        Woit, Quantum Theory, Groups and Representations, chapters 5 and 14.
    """
    standing = Standing.PROVED if algebra.exact else Standing.MEASURED
    names = generator_names(algebra)
    generators = definition_steps(names, standing)
    for added in algebra.added:
        generators.append(
            Claim(
                "added",
                f"{added.name} was added, for {{{added.left}, {added.right}}} leaves "
                "the span of those before it",
                standing,
                "rank of their coefficients",
            )
        )
    brackets: list[Line] = []
    for left, right in combinations(algebra.names, 2):
        vector = algebra.structure_constants.get((left, right), {})
        bracket = PoissonBracket.of(
            name_symbol(left), name_symbol(right), algebra.space
        )
        value = combination(vector)
        brackets += bracket_steps(bracket, level, names, value, standing)
    found = [
        Derivation("The generators", generators),
        Derivation("Their brackets", brackets),
    ]
    if algebra.dimension > 1 and level is not Level.RESULT:
        found.append(Derivation("The Killing form", _killing(algebra, standing, level)))
    identity = algebra.identify()
    name = Claim(
        "name",
        f"the algebra is {identity}",
        identity.standing,
        "structure constants: centre, series, radical, Levi factor and Killing form",
    )
    return [one for one in found if one.lines] + [Derivation("What it is", [name])]


def _killing(algebra: LieAlgebra, standing: Standing, level: Level) -> list[Line]:
    """The Killing form from the matrices of the adjoint representation."""
    size, form = algebra.dimension, algebra.killing_form
    symbols = [MatrixSymbol(f"ad_{name}", size, size) for name in algebra.names]
    adjoint = dict(zip(symbols, _adjoint_matrices(algebra), strict=True))
    lines: list[Line] = []
    if level is Level.EVERY_STEP:
        lines += [
            Step(symbol, matrix, Rule.DEFINITION, standing, adjoint)
            for symbol, matrix in adjoint.items()
        ]
    lines += [
        Step(
            Trace(symbols[i] * symbols[j]),
            form[i, j],
            Rule.LINEAR_ALGEBRA,
            standing,
            adjoint,
        )
        for i in range(size)
        for j in range(i, size)
        if form[i, j] != 0 or level is Level.EVERY_STEP
    ]
    if not lines:
        why = "every trace of ad x ad y is zero"
        lines.append(Claim("killing", "the Killing form vanishes", standing, why))
    return lines


def _adjoint_matrices(algebra: LieAlgebra) -> list[Matrix]:
    """The matrices of ad x, from the brackets: column j holds [x, e_j]."""
    place = {name: k for k, name in enumerate(algebra.names)}
    matrices = [Matrix.zeros(len(place), len(place)) for _ in place]
    for (left, right), vector in algebra.structure_constants.items():
        i, j = place[left], place[right]
        for name, value in vector.items():
            matrices[i][place[name], j] += value
            matrices[j][place[name], i] -= value
    return [matrix.as_immutable() for matrix in matrices]


def invariant_derivations(invariants: Invariants, level: Level) -> list[Derivation]:
    r"""Why invariants commute with every generator, how many there are, and which all.

    .. math:: \{g_k, I_a\} = 0, \qquad \#\{I\} = 2n - \operatorname{rank}

    Arguments:
        invariants: The invariants.
        level: How much to show.

    Returns:
        The invariants, their brackets, the chain rule, the count, the relations, and
        why they generate all others.

    Example:
        >>> from symflow.invariants import invariants
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> for one in invariant_derivations(invariants(so2), Level.RESULT)[-2:]:
        ...     print(one.heading)
        How many there are
        All of them

    Reference:
        Olver, Applications of Lie Groups to Differential Equations, section 2.1.
    """
    algebra = invariants.algebra
    standing = Standing.PROVED if algebra.exact else Standing.MEASURED
    listed, generators = invariant_names(invariants), generator_names(algebra)
    names = {**generators, **listed}
    brackets: list[Line] = [
        step
        for g in generators
        for f in listed
        for step in bracket_steps(
            PoissonBracket.of(g, f, algebra.space), level, names, standing=standing
        )
    ]
    found = [
        Derivation("The invariants", definition_steps(listed, standing)),
        Derivation("They commute with every generator", brackets),
    ]
    if level is not Level.RESULT:
        found.append(_chain_rule(invariants, standing))
        found.append(_relations(invariants, standing))
    found += [_count(invariants, standing), _generation(invariants)]
    return [one for one in found if one.lines]


def _chain_rule(invariants: Invariants, standing: Standing) -> Derivation:
    """Every function of the invariants is invariant: why a network of them may be H."""
    algebra, listed = invariants.algebra, invariant_names(invariants)
    names = {**generator_names(algebra), **listed}
    lines: list[Line] = []
    if listed and len(listed) <= _WRITTEN:
        f = Function("f")(*listed)
        for g in generator_names(algebra):
            whole = PoissonBracket.of(g, f, algebra.space)
            parts = Add(
                *(Slope(f, a) * PoissonBracket.of(g, a, algebra.space) for a in listed)
            )
            lines.append(Step(whole, parts, Rule.CHAIN_RULE, standing, names))
            lines.append(Step(parts, Integer(0), Rule.RESULT, standing, names))
    return Derivation("So does every function of them", lines)


def _relations(invariants: Invariants, standing: Standing) -> Derivation:
    lines: list[Line] = []
    names = invariant_names(invariants)
    if len(names) <= _RELATED:
        # They come in symbols of their own, numbered in order.
        numbered = {Symbol(f"I{k}", real=True): a for k, a in enumerate(names, start=1)}
        lines += [
            Step(
                relation.xreplace(numbered),
                Integer(0),
                Rule.COLLECTING,
                standing,
                names,
            )
            for relation in invariants.relations()
        ]
    return Derivation("The relations between them", lines)


def _count(invariants: Invariants, standing: Standing) -> Derivation:
    """The rank of the generators' fields at a point, and what the certificate says."""
    algebra, space = invariants.algebra, invariants.algebra.space
    lines: list[Line] = []
    if algebra.ring.is_polynomial and algebra.generators:
        point = dict(zip(space.z, invariants.orbit_rank.point, strict=True))
        fields = Matrix(
            [
                [part.xreplace(point) for part in hamiltonian_vector_field(g, space)]
                for g in algebra.generators.values()
            ]
        )
        rank = Integer(invariants.orbit_rank.rank)
        lines.append(Step(Rank(fields), rank, Rule.LINEAR_ALGEBRA, standing))
    counted = [
        claim
        for claim in invariants.certificate
        if claim.kind in ("independent", "count")
    ]
    return Derivation("How many there are", [*lines, *counted])


def _generation(invariants: Invariants) -> Derivation:
    claims = [c for c in invariants.certificate if c.kind == "generating"]
    return Derivation("All of them", [*claims, *invariants.proofs])
