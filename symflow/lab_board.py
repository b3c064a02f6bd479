r"""Lab board: what an algebra and a Hamiltonian have to say, as a class reads it.

Takes a problem that was typed, gives Markdown with LaTeX, and diagrams. Every line is
worked out exactly and carries its standing.

.. math:: \{g_i, g_j\} = c_{ij}^k g_k, \qquad \{g_k, I\} = 0, \qquad \{g_k, H\} = 0 \;?
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sympy import Expr

from symflow.algebra import LieAlgebra
from symflow.bracket_diagrams import draw_bracket_graph
from symflow.claims import Standing
from symflow.dynkin_diagrams import draw_dynkin_diagram
from symflow.errors import UnsupportedError
from symflow.figures import panels
from symflow.html_documents import SIGNS
from symflow.ideal_diagrams import draw_ideal_lattice
from symflow.invariants import invariants
from symflow.lab_problems import Problem
from symflow.notation import expression_latex, identity_latex, name_latex
from symflow.symmetrization import ConservationLaw, broken_symmetries

__all__ = [
    "brackets_text",
    "diagrams",
    "generators_text",
    "identity_text",
    "invariants_text",
    "laws_text",
    "properties_text",
]

# More invariants than these have relations that take longer than a class waits.
_MOST_RELATED = 8
_MOST_IN_DIAGRAM = 16


def generators_text(problem: Problem) -> str:
    r"""The generators, and what their brackets added to them.

    .. math:: g_k = g_k(q, p)

    Arguments:
        problem: The problem.

    Returns:
        Markdown: a line for each; what was added is called by its bracket.

    Example:
        >>> from symflow.lab_problems import read_problem
        >>> print(generators_text(read_problem("x", "Q = x; P = p_x")))
        $$
        \begin{aligned}
        Q &= x \\
        P &= p_{x} \\
        1 &= 1 && \text{added}\text{ by } \{Q, P\}
        \end{aligned}
        $$
    """
    algebra = problem.algebra
    added = {element.name: element for element in algebra.added}
    lines = []
    for name, g in algebra.generators.items():
        line = f"{name_latex(name)} &= {expression_latex(g)}"
        if name in added:
            left, right = (name_latex(s) for s in (added[name].left, added[name].right))
            bracket = rf"\{{{left}, {right}\}}"
            # Most are called by their bracket already.
            which = "" if name_latex(name) == bracket else rf"\text{{ by }} {bracket}"
            line += rf" && \text{{added}}{which}"
        lines.append(line)
    if not lines:
        return "No generator: every function is allowed, and none is conserved by it."
    return _aligned(lines)


def identity_text(algebra: LieAlgebra) -> str:
    r"""What the algebra is called.

    .. math:: \mathfrak{g} \cong \mathfrak{so}(3), \text{ say}

    Arguments:
        algebra: The algebra.

    Returns:
        Markdown: its name, its kind and type, its dimension, and how well that is known.

    Example:
        >>> from symflow.lab_problems import read_problem
        >>> print(identity_text(read_problem("x y", "L = x*p_y - y*p_x").algebra))
        $\displaystyle \mathfrak{so}(2)$, abelian, of dimension 1 · ✓ proved
    """
    identity = algebra.identify()
    words = [rf"$\displaystyle {identity_latex(identity.name)}$"]
    if identity.kind:
        words.append(identity.kind)
    if identity.cartan_type:
        words.append(f"${identity_latex(identity.cartan_type)}$")
    words.append(f"of dimension {algebra.dimension}")
    return f"{', '.join(words)} · {_mark(identity.standing)}"


def properties_text(algebra: LieAlgebra) -> str:
    """What kind of algebra it is, as a table.

    Arguments:
        algebra: The algebra.

    Returns:
        A Markdown table of two columns.

    Example:
        >>> from symflow.lab_problems import read_problem
        >>> text = properties_text(read_problem("x", "Q = x; P = p_x").algebra)
        >>> "| nilpotent | yes, of class 2 |" in text
        True
    """
    nilpotent = _yes(algebra.is_nilpotent)
    if algebra.is_nilpotent and algebra.nilpotency_class is not None:
        nilpotent += f", of class {algebra.nilpotency_class}"
    signs = zip(algebra.killing_signature, ("plus", "minus", "null"), strict=True)
    rows = {
        "dimension": str(algebra.dimension),
        "rank": str(algebra.rank),
        "centre": f"dim {algebra.center.dimension}",
        "derived algebra": f"dim {_derived(algebra)}",
        "radical": f"dim {algebra.radical.dimension}",
        "abelian": _yes(algebra.is_abelian),
        "nilpotent": nilpotent,
        "solvable": _yes(algebra.is_solvable),
        "semisimple": _yes(algebra.is_semisimple),
        "Killing form": ", ".join(f"{n} {sign}" for n, sign in signs if n) or "none",
    }
    lines = [f"| {key} | {value} |" for key, value in rows.items()]
    return "\n".join(["| property | value |", "|---|---|", *lines])


def brackets_text(algebra: LieAlgebra) -> str:
    r"""The table of all brackets.

    .. math:: \{g_i, g_j\} = \sum_k c_{ij}^k g_k

    Arguments:
        algebra: The algebra.

    Returns:
        Markdown with LaTeX.

    Example:
        >>> from symflow.lab_problems import read_problem
        >>> print(brackets_text(read_problem("x y", "A = x; B = y").algebra))
        All brackets vanish.
    """
    if not algebra.structure_constants:
        return "All brackets vanish."
    return str(algebra.bracket_table()._repr_latex_())


def invariants_text(algebra: LieAlgebra) -> str:
    r"""What the algebra leaves alone, and what these functions have to do with each other.

    .. math:: \{g_k, I_a\} = 0, \qquad R(I_1, \dots, I_m) = 0

    Arguments:
        algebra: The algebra.

    Returns:
        Markdown with LaTeX: the invariants, their relations, how many are independent,
        and why there are no others.

    Example:
        >>> from symflow.lab_problems import read_problem
        >>> text = invariants_text(read_problem("x", "D = x*p_x").algebra)
        >>> r"I_{1} &= p_{x} x" in text, "1 independent, as many as exist" in text
        (True, True)
    """
    found = invariants(algebra)
    if not found.generators:
        # A search without a proof must not be read as one.
        why = found.reason if found.generating else f"none found {found.reason}"
        return f"Only constants are invariant polynomials: {why}."
    lines = [
        f"I_{{{k}}} &= {expression_latex(f)}"
        for k, f in enumerate(found.generators, start=1)
    ]
    if len(found.generators) <= _MOST_RELATED:
        lines += [f"0 &= {expression_latex(r)}" for r in found.relations()]
    exist = "as many as exist" if found.complete else f"{found.count} exist locally"
    scope = "They generate all polynomial invariants:" if found.generating else "Listed"
    return (
        f"{_aligned(lines)}\n\n{found.rank} independent, {exist} · "
        f"{_mark(found.standing)}. {scope} {found.reason}."
    )


def laws_text(problem: Problem, H: Expr, values: Mapping[str, float]) -> str:
    r"""Which generators a Hamiltonian conserves, and what breaks the others.

    .. math:: \dot g = \{g, H\}

    Arguments:
        problem: The problem.
        H: The Hamiltonian, with parameters.
        values: The values of the parameters.

    Returns:
        Markdown with LaTeX: H, and a table of the laws.

    Raises:
        UnsupportedError: If H is not of the functions that the algebra is made of.

    Example:
        >>> from symflow.lab_problems import read_problem
        >>> problem = read_problem("x y", "L = x*p_y - y*p_x", "b = 0")
        >>> H = problem.space.read("p_x**2 + p_y**2 + b*x**2")
        >>> print(laws_text(problem, H, {"b": 0}))
        $H = p_{x}^{2} + p_{y}^{2}$
        <BLANKLINE>
        | $g$ | $\{g, H\}$ | verdict |
        |---|---|---|
        | $L$ | $0$ | ✓ conserved |
        >>> "✗ broken by $\\frac{x^{2}}{2}$" in laws_text(problem, H, {"b": 0.5})
        True
    """
    energy = problem.at(H, values)
    laws = broken_symmetries(energy, problem.algebra_at(values))
    rows = [
        f"| ${name_latex(name)}$ | ${expression_latex(law.bracket)}$ | {_verdict(law)} |"
        for name, law in laws.items()
        if name != "1"
    ]
    head = [f"$H = {expression_latex(energy)}$", ""]
    if not rows:
        return "\n".join([*head, "No generator is declared, so no law is asked for."])
    table = [r"| $g$ | $\{g, H\}$ | verdict |", "|---|---|---|", *rows]
    return "\n".join([*head, *table])


def diagrams(algebra: LieAlgebra) -> dict[str, Figure]:
    """The pictures of an algebra.

    Arguments:
        algebra: The algebra.

    Returns:
        Figures by name: who generates whom, which ideal holds which, and the Dynkin
        diagram of a semisimple algebra; none where a picture could not be read.

    Example:
        >>> from symflow.lab_problems import read_problem
        >>> list(diagrams(read_problem("x", "E = p_x**2; K = x**2").algebra))
        ['brackets', 'ideals', 'Dynkin']
    """
    if not 0 < algebra.dimension <= _MOST_IN_DIAGRAM:
        return {}
    kinds: dict[str, Callable[[LieAlgebra, Axes], Axes]] = {
        "brackets": draw_bracket_graph,
        "ideals": draw_ideal_lattice,
    }
    if algebra.is_semisimple:
        kinds["Dynkin"] = draw_dynkin_diagram
    found: dict[str, Figure] = {}
    for name, draw in kinds.items():
        figure, (ax,) = panels(1, width=3.6, height=3.5)
        # A lattice with lines of ideals, or a type without a name, has no diagram.
        with suppress(UnsupportedError):
            draw(algebra, ax)
            found[name] = figure
    return found


def _aligned(lines: list[str]) -> str:
    body = " \\\\\n".join(lines)
    return f"$$\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n$$"


def _mark(standing: Standing) -> str:
    return f"{SIGNS[standing]} {standing}"


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"


def _derived(algebra: LieAlgebra) -> int:
    """The dimension of what all brackets span."""
    series = algebra.derived_series
    return series[1].dimension if len(series) > 1 else series[0].dimension


def _verdict(law: ConservationLaw) -> str:
    if law.holds:
        return "✓ conserved"
    parts = " and by ".join(f"${expression_latex(b.part)}$" for b in law.broken_by)
    return f"✗ broken by {parts}"
