r"""Noether: a symmetry, its charge, and what becomes of both when something is changed.

Takes an algebra, one of its generators and a Hamiltonian, gives the theorem for them line
by line; takes a change of a generator or of H, gives what breaks and why.

.. math:: \frac{dz}{d\epsilon} = \{z, g\}, \quad \{H, g\} = 0
    \;\Longleftrightarrow\; \frac{dg}{dt} = \{g, H\} = 0
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, expand

from symflow.algebra import LieAlgebra
from symflow.algebra_derivations import definition_steps
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
    read_level,
    unused_name,
)
from symflow.errors import ArgumentError, NotClosedError
from symflow.explanations import Explanation
from symflow.formal_expressions import PoissonBracket
from symflow.motion_derivations import law_steps, rate_of_change
from symflow.symmetrization import broken_symmetries

__all__ = ["noether", "what_if"]


def noether(
    algebra: LieAlgebra, generator: str, H: Expr | str, level: str = "lecture"
) -> Explanation:
    r"""Noether's theorem for one generator: the symmetry, the charge, its conservation.

    .. math:: \{H, g\} = 0 \;\Longleftrightarrow\; \dot g = 0

    Arguments:
        algebra: The algebra.
        generator: The name of the generator g.
        H: The Hamiltonian, as an expression or as text.
        level: ``"result"``, ``"lecture"`` or ``"every step"``.

    Returns:
        How g moves the coordinates, how H changes on the way, and how g does in time.

    Raises:
        ArgumentError: If the generator is none of the algebra's, or the level is none.
        ExpressionError: If H holds a symbol that the space does not declare.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> print(noether(so2, "L", "p_x**2 + p_y**2", "result"))
        Noether's theorem for L
        =======================
        <BLANKLINE>
        The functions
          L = -p_x*y + p_y*x   definition  proved
          H = p_x**2 + p_y**2  definition  proved
        <BLANKLINE>
        The symmetry: L moves the coordinates
          {x, L} = -y      worked out  proved
          {y, L} = x       worked out  proved
          {p_x, L} = -p_y  worked out  proved
          {p_y, L} = p_x   worked out  proved
        <BLANKLINE>
        What it does to H
          {H, L} = 0  worked out  proved
        <BLANKLINE>
        The charge: what the motion does to L
          {L, H} = 0  worked out  proved
          L is conserved along the motion of H
            proved: Noether: its rate of change is its bracket with H, which vanishes

    Reference:
        Arnold, Mathematical Methods of Classical Mechanics, sections 20 and 40;
        docs/theory.md, equation (3).
    """
    if generator not in algebra.generators:
        raise ArgumentError(
            "Argument `generator` must name a generator, but it is "
            f"{generator!r}, none of {', '.join(algebra.names) or 'them: there are none'}."
        )
    chosen, space = read_level(level), algebra.space
    energy = space.read(H, "H")
    one = LieAlgebra(space, {generator: algebra.generators[generator]})
    law = broken_symmetries(energy, one)[generator]
    g, letter = name_symbol(generator), name_symbol(unused_name("H", one.names))
    names: Definitions = {g: algebra.generators[generator], letter: energy}
    moves: list[Line] = [
        step
        for z in space.z
        for step in bracket_steps(
            PoissonBracket.of(z, g, space), chosen, names, standing=law.standing
        )
    ]
    change = bracket_steps(
        PoissonBracket.of(letter, g, space), chosen, names, standing=law.standing
    )
    return Explanation(
        f"Noether's theorem for {generator}",
        (
            Derivation("The functions", definition_steps(names, law.standing)),
            Derivation(f"The symmetry: {generator} moves the coordinates", moves),
            Derivation(f"What it does to {letter}", change),
            Derivation(
                f"The charge: what the motion does to {generator}",
                law_steps(law, energy, one, chosen),
            ),
        ),
    )


def what_if(
    algebra: LieAlgebra,
    change: Mapping[str, Expr | str],
    H: Expr | str | None = None,
    level: str = "result",
) -> Explanation:
    r"""What breaks, and why, if generators or the Hamiltonian were others.

    .. math:: g \to g', \; H \to H': \qquad \{g'_i, g'_j\} \in \mathrm{span}\{g'\} \;?
        \qquad \{g', H'\} = 0 \;?

    Arguments:
        algebra: The algebra as it is.
        change: The new functions by the names of generators; that of H by ``"H"``,
            unless a generator has this name.
        H: The Hamiltonian as it is, if there is one.
        level: ``"result"``, ``"lecture"`` or ``"every step"``.

    Returns:
        What is changed, whether the generators still close and what they are then, and
        which laws hold before and after.

    Raises:
        ArgumentError: If a name is neither that of a generator nor ``"H"``, or if H is
            changed that is not given.
        ExpressionError: If a function holds a symbol that the space does not declare.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> turned = what_if(so2, {"L": "x*p_y + y*p_x"}, "x**2 + y**2")
        >>> for claim in turned.claims:
        ...     print(claim.statement)
        the algebra was so(2) and is R
        L was conserved and is not conserved: it is broken by x**2 + y**2

    Reference:
        docs/theory.md, equations (3) and (4).
    """
    chosen, space = read_level(level), algebra.space
    before = dict(algebra.generators)
    new = {name: space.read(f, name) for name, f in change.items()}
    energy = None if H is None else space.read(H, "H")
    changed = energy
    if "H" in new and "H" not in before:
        if energy is None:
            raise ArgumentError(
                "Argument `H` must be given for H to be changed, but it is missing. "
                "Write what_if(algebra, change, H)."
            )
        changed = new.pop("H")
    unknown = [name for name in new if name not in before]
    if unknown:
        raise ArgumentError(
            f"Argument `change` must name generators or H, but {unknown[0]!r} is none of "
            f"{', '.join(before)}."
        )
    after = {name: new.get(name, g) for name, g in before.items() if name != "1"}
    pairs = [(name, before[name], after[name]) for name in new]
    if energy is not None and changed is not None and energy != changed:
        pairs.append((unused_name("H", algebra.names), energy, changed))
    found = [Derivation("What is changed", _differences(pairs))]
    if new:
        found.append(
            Derivation("Do they still close?", _closes(algebra, after, chosen))
        )
    if energy is not None and changed is not None:
        laws = _laws(algebra, after, (energy, changed), chosen)
        found.append(Derivation("What is conserved now", laws))
    return Explanation(f"What if {', '.join(change)} were changed?", tuple(found))


def _differences(pairs: list[tuple[str, Expr, Expr]]) -> list[Line]:
    """Each changed function as it was, with index 0, as it is, and the difference."""
    lines: list[Line] = []
    for name, old, new in pairs:
        was, now = name_symbol(f"{name}_0"), name_symbol(name)
        names: Definitions = {was: old, now: new}
        lines += definition_steps(names, Standing.PROVED)
        lines.append(
            Step(now - was, expand(new - old), Rule.COLLECTING, definitions=names)
        )
    return lines


def _closes(algebra: LieAlgebra, after: Mapping[str, Expr], level: Level) -> list[Line]:
    """The brackets that are others now, or the one that leaves the span."""
    names: Definitions = {name_symbol(name): g for name, g in after.items()}
    space = algebra.space
    try:
        changed = LieAlgebra(space, after)
    except NotClosedError as error:
        pair = PoissonBracket.of(
            name_symbol(error.left), name_symbol(error.right), space
        )
        words = f"they close no more: {{{error.left}, {error.right}}} leaves their span"
        why = f"by {error.remainder}, which is no combination of them"
        return [
            *bracket_steps(pair, level, names),
            Claim("not closed", words, Standing.PROVED, why),
        ]
    lines: list[Line] = []
    pairs = {**algebra.structure_constants, **changed.structure_constants}
    for left, right in pairs:
        old, new = (
            one.structure_constants.get((left, right), {}) for one in (algebra, changed)
        )
        if old != new:
            pair = PoissonBracket.of(name_symbol(left), name_symbol(right), space)
            lines += bracket_steps(pair, level, names, combination(new))
    first, second = algebra.identify(), changed.identify()
    kept = first.name == second.name
    words = f"the algebra {'is still' if kept else f'was {first.name} and is'}"
    why = "structure constants: centre, series, radical, Levi factor and Killing form"
    return [*lines, Claim("name", f"{words} {second.name}", second.standing, why)]


def _laws(
    algebra: LieAlgebra,
    after: Mapping[str, Expr],
    energies: tuple[Expr, Expr],
    level: Level,
) -> list[Line]:
    """The law of every generator now, and whether it held before."""
    lines: list[Line] = []
    for name, g in after.items():
        old, new = (
            LieAlgebra(algebra.space, {name: function})
            for function in (algebra.generators[name], g)
        )
        was = broken_symmetries(energies[0], old)[name]
        now = broken_symmetries(energies[1], new)[name]
        *steps, verdict = law_steps(now, energies[1], new, level)
        held = rate_of_change(algebra.generators[name], was, algebra.space) == 0
        lines += [*steps, _compared(name, held, verdict)]
    return lines


def _compared(name: str, held: bool, verdict: Line) -> Claim:
    """The verdict on a law, with how it was before."""
    if not isinstance(verdict, Claim):
        raise TypeError("a law ends with a claim")
    before = "was conserved" if held else "was not conserved"
    _, _, after = verdict.statement.partition(f"{name} ")
    words = f"{name} {before} and {after}"
    return Claim(verdict.kind, words, verdict.standing, verdict.why)
