r"""Explanations: why what the toolkit states is so, line by line.

Takes an object of the symbolic half, or a model, gives the derivation of what is stated
about it, to be read on a terminal, in a notebook, in Markdown or as a page.

.. math:: x \;\mapsto\; (a \overset{\text{rule}}{=} b \overset{\text{rule}}{=} \dots)

Every equation is one that SymPy checks again by itself: `Explanation.holds` asks it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from sympy import Expr

from symflow.algebra import LieAlgebra, closure
from symflow.algebra_derivations import (
    algebra_derivations,
    invariant_derivations,
    space_derivations,
)
from symflow.bracket_derivations import bracket_steps
from symflow.certificate import Certificate, certificate
from symflow.claims import Claim, Standing
from symflow.derivations import Derivation, Level, Step, read_level
from symflow.errors import ArgumentError
from symflow.explanation_pages import (
    html_body,
    html_page,
    latex_text,
    markdown_text,
    plain_text,
)
from symflow.formal_expressions import PoissonBracket
from symflow.invariants import Invariants
from symflow.motion_derivations import hamiltonian_derivations, piece_derivations
from symflow.phase_space import AbstractSpace, PhaseSpace
from symflow.representation import LinearAction
from symflow.splitting import LinearFlow, Piece, Shear

__all__ = ["Explanation", "SymmetricModel", "explain"]


@runtime_checkable
class SymmetricModel(Protocol):
    """A model that is built on invariants, such as a `HamiltonianFlow`."""

    @property
    def invariants(self) -> Invariants:
        """The invariants that it is made of."""

    @property
    def stages(self) -> Sequence[Any]:
        """The factors of its map, each with its ``piece``."""

    @property
    def action(self) -> LinearAction | None:
        """The action that its base is built on."""

    @property
    def equivariance(self) -> Standing:
        """How well it is known that its map commutes with the group."""


@dataclass(frozen=True)
class Explanation:
    """Derivations of what is stated about one object.

    Arguments:
        title: What is explained.
        derivations: The derivations, each under its heading.

    Example:
        >>> text = explain(PhaseSpace("x"), "result")
        >>> print(text)
        Phase space of 1 degree of freedom
        ==================================
        <BLANKLINE>
        The brackets of the coordinates
          {x, p_x} = 1  brackets of coordinates  proved
        <BLANKLINE>
        The motion, dz/dt = {z, H}
          {x, H} = dH/dp_x  equation of motion  proved
          {p_x, H} = -dH/dx  equation of motion  proved
        >>> text.holds
        True
    """

    title: str
    derivations: tuple[Derivation, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every line that is an equation, in order."""
        lines = (line for one in self.derivations for line in one.lines)
        return tuple(line for line in lines if isinstance(line, Step))

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Every line that is a statement in words, in order."""
        lines = (line for one in self.derivations for line in one.lines)
        return tuple(line for line in lines if isinstance(line, Claim))

    @property
    def holds(self) -> bool:
        """Whether SymPy finds both sides of every equation equal."""
        return all(step.holds for step in self.steps)

    def markdown(self) -> str:
        """The explanation as Markdown with LaTeX.

        Returns:
            The text.
        """
        return markdown_text(self.title, self.derivations)

    def html(self) -> str:
        """The explanation as one HTML file, with its formulas as MathML.

        Returns:
            The page, which loads nothing.
        """
        return html_page(self.title, self.derivations)

    def __str__(self) -> str:
        return plain_text(self.title, self.derivations)

    def _repr_latex_(self) -> str:
        return latex_text(self.derivations)

    def _repr_html_(self) -> str:
        return html_body(self.derivations)


def explain(
    x: object, level: str = "lecture", algebra: LieAlgebra | None = None
) -> Explanation:
    r"""Why what is stated about an object is so, line by line.

    .. math:: x \;\mapsto\; (a \overset{\text{rule}}{=} b \overset{\text{rule}}{=} \dots)

    Arguments:
        x: A phase space, a `PoissonBracket`, an algebra, invariants, pieces, a
            certificate, a `HamiltonianFlow`, or a Hamiltonian as an expression or text.
        level: ``"result"``, ``"lecture"`` or ``"every step"``.
        algebra: The algebra of a Hamiltonian or of pieces.

    Returns:
        The explanation.

    Raises:
        ArgumentError: If x is nothing that can be explained, if the level is none, or if
            an algebra is missing.
        ExpressionError: If a Hamiltonian holds an undeclared symbol.

    Example:
        >>> plane = PhaseSpace("x y")
        >>> so2 = LieAlgebra(plane, {"L": "x*p_y - y*p_x"})
        >>> print(explain("x**2/2", "result", so2))
        H = x**2/2 under L
        ==================
        <BLANKLINE>
        The functions
          L = -p_x*y + p_y*x  definition  proved
          H = x**2/2          definition  proved
        <BLANKLINE>
        What is conserved
          {L, H} = x*y       worked out  proved
          {L, x**2/2} = x*y  worked out  proved
          L is not conserved: it is broken by x**2/2
            proved: its rate of change is its bracket with H, which does not vanish
        <BLANKLINE>
        The motion, dz/dt = {z, H}
          {x, H} = 0     worked out  proved
          {y, H} = 0     worked out  proved
          {p_x, H} = -x  worked out  proved
          {p_y, H} = 0   worked out  proved

    Reference:
        docs/theory.md, equations (1) to (16).
    """
    chosen = read_level(level)
    if isinstance(x, str | Expr) and not isinstance(x, PoissonBracket):
        return _hamiltonian(x, chosen, algebra)
    if isinstance(x, PoissonBracket):
        return _bracket(x, chosen)
    if isinstance(x, Shear | LinearFlow):
        return _pieces([x], chosen, algebra)
    if isinstance(x, list | tuple) and all(isinstance(p, Piece) for p in x):
        return _pieces(x, chosen, algebra)
    for kind, explained in _KINDS:
        if isinstance(x, kind):
            return explained(x, chosen)
    raise ArgumentError(
        "Argument `x` must be a phase space, a PoissonBracket, a LieAlgebra, Invariants, "
        "pieces, a Certificate, a HamiltonianFlow or a Hamiltonian, but it is of type "
        f"{type(x).__name__}."
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _space(space: AbstractSpace, level: Level) -> Explanation:
    if isinstance(space, PhaseSpace):
        freedom = _count(space.n, "degree of freedom", "degrees of freedom")
        title = f"Phase space of {freedom}"
    else:
        title = f"Poisson space of {space.dimension} dimensions"
    return Explanation(title, tuple(space_derivations(space, level)))


def _bracket(bracket: PoissonBracket, level: Level) -> Explanation:
    steps = bracket_steps(bracket, level)
    return Explanation(f"The bracket {bracket}", (Derivation("Its value", steps),))


def _algebra(algebra: LieAlgebra, level: Level) -> Explanation:
    names = ", ".join(algebra.names) or "no generators"
    title = f"The algebra of {names}"
    return Explanation(title, tuple(algebra_derivations(algebra, level)))


def _invariants(found: Invariants, level: Level) -> Explanation:
    names = ", ".join(found.algebra.names) or "no generators"
    derivations = invariant_derivations(found, level)
    return Explanation(f"The invariants of {names}", tuple(derivations))


def _hamiltonian(
    H: Expr | str, level: Level, algebra: LieAlgebra | None
) -> Explanation:
    if algebra is None:
        raise _missing("a Hamiltonian", "explain(H, algebra=algebra)")
    energy = algebra.space.read(H, "x")
    names = ", ".join(algebra.names) or "no generators"
    derivations = hamiltonian_derivations(energy, algebra, level)
    return Explanation(f"H = {energy} under {names}", tuple(derivations))


def _pieces(
    pieces: Sequence[Piece], level: Level, algebra: LieAlgebra | None
) -> Explanation:
    if algebra is None:
        raise _missing("pieces", "explain(pieces, algebra=algebra)")
    derivations = piece_derivations(pieces, algebra.phase_space, level)
    title = f"{_count(len(pieces), 'exact flow', 'exact flows')} of invariants"
    if not derivations:
        words = "no Hamiltonian of these invariants is known to have an exact flow"
        why = (
            "none depends on commuting coordinates only, and none is a quadratic form "
            "whose matrix has A^3 = c A; an implicit integrator needs neither"
        )
        claim = Claim("pieces", words, Standing.NOT_KNOWN, why)
        derivations = [Derivation("Exact flows", [claim])]
    return Explanation(title, tuple(derivations))


def _missing(what: str, call: str) -> ArgumentError:
    return ArgumentError(
        f"Argument `algebra` must be given to explain {what}, but it is missing. Write "
        f"{call}."
    )


def _model(model: SymmetricModel, level: Level) -> Explanation:
    """From the algebra to the density; what is below is told in results alone."""
    found = model.invariants
    below = Level.RESULT if level is Level.LECTURE else level
    pieces = _exact_pieces(model)
    document = certificate(found, pieces, model.action)
    follows = [c for c in document.claims if c.standing is Standing.BY_CONSTRUCTION]
    if not pieces:
        words = "the map commutes with the group as its integrator does"
        why = "it is not composed of exact flows of invariant Hamiltonians"
        follows.append(Claim("equivariant map", words, model.equivariance, why))
    rest = [c for c in document.claims if c.kind in ("base", "kinematics")]
    derivations = [
        *algebra_derivations(found.algebra, below),
        *invariant_derivations(found, below),
        *piece_derivations(pieces, found.algebra.phase_space, level),
        Derivation("The base density and the marginal", rest),
        Derivation("What follows for any weights", follows),
    ]
    title = "A density that is invariant under "
    title += ", ".join(found.algebra.names) or "no symmetry"
    return Explanation(title, tuple(one for one in derivations if one.lines))


def _exact_pieces(model: SymmetricModel) -> tuple[Piece, ...]:
    """The exact flows that the map is composed of; none if a factor of it is not one."""
    used = tuple(dict.fromkeys(stage.piece for stage in model.stages))
    return used if all(isinstance(piece, Piece) for piece in used) else ()


def _certificate(document: Certificate, level: Level) -> Explanation:
    """The algebra and invariants derived anew, and the claims by their standing."""
    names = document.document["phase_space"]
    space = PhaseSpace(names["q"], names["p"], names["parameters"])
    added = {element["name"] for element in document.document["added"]}
    listed = document.document["generators"]
    declared = {name: g for name, g in listed.items() if name not in added}
    algebra = closure(space, declared, max_dimension=max(1, len(listed)))
    by_standing = [
        Derivation(
            f"What is {standing}",
            [claim for claim in document.claims if claim.standing is standing],
        )
        for standing in Standing
    ]
    derivations = [*algebra_derivations(algebra, level), *by_standing]
    title = f"The certificate of {', '.join(algebra.names) or 'no symmetry'}"
    return Explanation(title, tuple(one for one in derivations if one.lines))


_KINDS: tuple[tuple[type, Callable[[Any, Level], Explanation]], ...] = (
    (AbstractSpace, _space),
    (LieAlgebra, _algebra),
    (Invariants, _invariants),
    (Certificate, _certificate),
    (SymmetricModel, _model),
)
