r"""Motion derivations: what a Hamiltonian conserves, and which flows are exact.

Takes a Hamiltonian with an algebra, or pieces, gives the derivations that show which
charges are conserved and why a flow has a closed form.

.. math:: \dot g = \{g, H\}, \qquad \exp(t A) = 1 + s A + k A^2
    \quad \text{where} \quad A^3 = c A
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from sympy import (
    Add,
    Basic,
    Derivative,
    Expr,
    Function,
    ImmutableMatrix,
    MatrixSymbol,
    Symbol,
    ZeroMatrix,
    cos,
    cosh,
    hessian,
    sin,
    sinh,
    sqrt,
)

from symflow.algebra import LieAlgebra
from symflow.algebra_derivations import definition_steps, generator_names
from symflow.bracket_derivations import bracket_steps
from symflow.claims import Claim, Standing
from symflow.derivations import (
    Derivation,
    Level,
    Line,
    Rule,
    Step,
    name_symbol,
    unused_name,
)
from symflow.formal_expressions import PoissonBracket, Slope
from symflow.phase_space import AbstractSpace, PhaseSpace
from symflow.polynomials import PhasePolynomials
from symflow.splitting import LinearFlow, Piece, Shear, claims
from symflow.symmetrization import ConservationLaw, broken_symmetries

__all__ = [
    "hamiltonian_derivations",
    "law_steps",
    "piece_derivations",
    "rate_of_change",
]


def hamiltonian_derivations(
    H: Expr, algebra: LieAlgebra, level: Level
) -> list[Derivation]:
    r"""Which generators a Hamiltonian conserves, what breaks the others, and the motion.

    .. math:: \dot g = \{g, H\}, \qquad \dot z = \{z, H\}

    Arguments:
        H: The Hamiltonian.
        algebra: The algebra of the generators.
        level: How much to show.

    Returns:
        The functions, the law of each generator, and the equations of motion.

    Raises:
        UnsupportedError: If H is not of the functions that the algebra is made of.

    Example:
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> H = so2.space.read("(p_x**2 + p_y**2)/2 + x**2")
        >>> laws = hamiltonian_derivations(H, so2, Level.RESULT)[1]
        >>> for line in laws.lines[:2]:
        ...     print(line)
        {L, H} = 2*x*y
        {L, x**2} = 2*x*y

    Reference:
        Arnold, Mathematical Methods of Classical Mechanics, section 40.
    """
    space, laws = algebra.space, broken_symmetries(H, algebra)
    standing = next((law.standing for law in laws.values()), Standing.PROVED)
    letter = name_symbol(unused_name("H", algebra.names))
    names = {**generator_names(algebra), letter: H}
    lines = [
        line for law in laws.values() for line in law_steps(law, H, algebra, level)
    ]
    motion: list[Line] = [
        step
        for z in space.z
        for step in bracket_steps(
            PoissonBracket.of(z, letter, space), level, names, standing=standing
        )
    ]
    found = [
        Derivation("The functions", definition_steps(names, standing)),
        Derivation("What is conserved", lines),
        Derivation("The motion, dz/dt = {z, H}", motion),
    ]
    return [one for one in found if one.lines]


def law_steps(
    law: ConservationLaw, H: Expr, algebra: LieAlgebra, level: Level
) -> list[Line]:
    r"""Whether a generator is conserved, and which part of H is to blame if not.

    .. math:: \dot g = \{g, H\} + \frac{\partial g}{\partial t}, \qquad
        \{g, H\} = \sum_a \{g, H_a\}

    Arguments:
        law: What was found.
        H: The Hamiltonian.
        algebra: The algebra.
        level: How much to show.

    Returns:
        The bracket, the explicit change where g depends on time, the parts of H that
        break the law, and the conclusion.

    Example:
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> H = so2.space.read("x**2 + y**2")
        >>> law = broken_symmetries(H, so2)["L"]
        >>> law_steps(law, H, so2, Level.RESULT)[-1].statement
        'L is conserved along the motion of H'
    """
    g, space = name_symbol(law.generator), algebra.space
    letter = name_symbol(unused_name("H", algebra.names))
    names: dict[Basic, Basic] = {g: algebra.generators[law.generator], letter: H}
    bracket = PoissonBracket.of(g, letter, space)
    lines: list[Line] = [*bracket_steps(bracket, level, names, standing=law.standing)]
    if space.time in names[g].free_symbols:
        return [*lines, *_change_in_time(law, bracket, names)]
    for broken in law.broken_by:
        part = PoissonBracket.of(g, broken.part, space)
        lines.append(Step(part, broken.bracket, Rule.RESULT, law.standing, names))
    if law.holds:
        words = f"{law.generator} is conserved along the motion of {letter}"
        why = "Noether: its rate of change is its bracket with H, which vanishes"
    else:
        parts = " and by ".join(str(broken.part) for broken in law.broken_by)
        words = f"{law.generator} is not conserved: it is broken by {parts}"
        why = "its rate of change is its bracket with H, which does not vanish"
    return [*lines, Claim("conserved", words, law.standing, why)]


def _change_in_time(
    law: ConservationLaw, bracket: PoissonBracket, names: dict[Basic, Basic]
) -> list[Line]:
    """The rate of change of a generator that depends on time by itself."""
    g, space = bracket.f, bracket.space
    explicit = Slope(g, space.time)
    change, rate = names[g].diff(space.time), rate_of_change(names[g], law, space)
    if rate == 0:
        words = f"{law.generator} is conserved along the motion of {bracket.g}"
        why = "its bracket with H and its explicit change in time cancel"
    else:
        words = f"{law.generator} is not conserved"
        why = "its bracket with H and its explicit change in time do not cancel"
    return [
        Step(explicit, change, Rule.RESULT, law.standing, names),
        Step(bracket + explicit, rate, Rule.MOTION, law.standing, names),
        Claim("conserved", words, law.standing, why),
    ]


def rate_of_change(g: Expr, law: ConservationLaw, space: AbstractSpace) -> Expr:
    r"""How a generator changes along the motion.

    .. math:: \dot g = \{g, H\} + \frac{\partial g}{\partial t}

    Arguments:
        g: The generator.
        law: Its bracket with H.
        space: The phase space, perhaps with a symbol of time.

    Returns:
        The rate in canonical form: the integer 0 if g is conserved.

    Example:
        >>> space = PhaseSpace("x", parameters="m", time="t")
        >>> boost = LieAlgebra(space, {"K": "m*x - t*p_x", "P": "p_x"})
        >>> law = broken_symmetries("p_x**2/(2*m)", boost)["K"]
        >>> law.bracket, rate_of_change(boost.generators["K"], law, space)
        (p_x, 0)
    """
    if space.time is None:
        return law.bracket
    ring = PhasePolynomials(space, [law.bracket, g.diff(space.time)])
    return ring.expression(ring.terms(law.bracket + g.diff(space.time)))


def piece_derivations(
    pieces: Sequence[Piece], space: PhaseSpace, level: Level
) -> list[Derivation]:
    r"""Why the flow of every function of the invariants in a piece is exact.

    .. math:: z \mapsto z + t J \nabla f(I(x_S)), \qquad z \mapsto e^{t A} z

    Arguments:
        pieces: The pieces.
        space: The phase space.
        level: How much to show.

    Returns:
        One derivation for each piece.

    Example:
        >>> from symflow.invariants import invariants
        >>> from symflow.splitting import split
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> kick = split(invariants(so2))[0]
        >>> (one,) = piece_derivations([kick], so2.phase_space, Level.LECTURE)
        >>> for line in one.lines[1:3]:
        ...     print(line)
        {x, f(I1)} = 0
        {y, f(I1)} = 0

    Reference:
        Hairer, Lubich and Wanner, Geometric Numerical Integration, section II.5.
    """
    found = []
    for number, (piece, claim) in enumerate(
        zip(pieces, claims(pieces), strict=True), 1
    ):
        kind = "a shear" if isinstance(piece, Shear) else "a linear flow"
        names: dict[Basic, Basic] = {
            name_symbol(f"I{k}"): f for k, f in enumerate(piece.functions, start=1)
        }
        lines = definition_steps(names, Standing.PROVED)
        if isinstance(piece, LinearFlow):
            lines += _linear_flow(piece, space, names, level)
        elif level is not Level.RESULT:
            lines += _shear(space, names)
        lines.append(claim)
        found.append(Derivation(f"Piece {number}: {kind}", lines))
    return found


def _shear(space: PhaseSpace, names: dict[Basic, Basic]) -> list[Line]:
    """The velocity of every coordinate: zero, or a function of those that stay."""
    f = Function("f")(*names)
    lines: list[Line] = []
    for z in space.z:
        velocity = Add(
            *(
                Slope(f, name) * PoissonBracket.of(z, expression, space).doit()
                for name, expression in names.items()
            )
        )
        bracket = PoissonBracket.of(z, f, space)
        lines.append(Step(bracket, velocity, Rule.CHAIN_RULE, definitions=names))
    return lines


def _linear_flow(
    piece: LinearFlow, space: PhaseSpace, names: dict[Basic, Basic], level: Level
) -> list[Line]:
    """The matrices, their cubes, that they commute, and the exponential."""
    size = 2 * space.n
    symbols = [MatrixSymbol(f"A_{k}", size, size) for k in range(1, 1 + len(names))]
    matrices: dict[Basic, Basic] = {
        A: ImmutableMatrix(space.J * hessian(f, space.z))
        for A, f in zip(symbols, piece.functions, strict=True)
    }
    lines: list[Line] = []
    if level is not Level.RESULT:
        lines += [
            Step(A, matrix, Rule.DEFINITION, definitions=matrices)
            for A, matrix in zip(symbols, piece.matrices, strict=True)
        ]
        for A, c in zip(symbols, piece.cubes, strict=True):
            cube = c * A if c != 0 else ZeroMatrix(size, size)
            lines.append(Step(A**3, cube, Rule.LINEAR_ALGEBRA, definitions=matrices))
    for a, b in combinations(names, 2):
        bracket = PoissonBracket.of(a, b, space)
        lines += bracket_steps(bracket, level, names)
    if level is Level.EVERY_STEP:
        for c in dict.fromkeys(piece.cubes):
            lines += _exponential(c)
    return lines


def _exponential(c: Expr) -> list[Line]:
    """The two functions of time in 1 + s A + k A^2, and the equations they solve."""
    t = Symbol("t", real=True)
    w = sqrt(abs(c))
    if c == 0:
        s, k = t, t**2 / 2
    elif c.is_negative:
        s, k = sin(w * t) / w, (1 - cos(w * t)) / w**2
    else:
        s, k = sinh(w * t) / w, (cosh(w * t) - 1) / w**2
    cube = c * Symbol("A")
    words = f"exp(t A) = 1 + ({s}) A + ({k}) A^2 where A^3 = {cube}"
    why = "it is 1 at t = 0, and its derivative is A times itself by the lines above"
    return [
        Step(Derivative(s, t), 1 + c * k, Rule.EXPONENTIAL),
        Step(Derivative(k, t), s, Rule.EXPONENTIAL),
        Claim("exponential", words, Standing.PROVED, why),
    ]
