r"""Lab exports: what a class saw, to be taken home.

Takes a problem that was typed and its Hamiltonian, gives a notebook that works it out anew,
a LaTeX document, and pictures as SVG.

.. math:: (g, H, z_0) \to \text{.ipynb}, \; \text{.tex}, \; \text{.svg}

What was typed stands in a notebook as quoted text, so that opening and running it runs
nothing that was typed.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from io import BytesIO

from matplotlib import rc_context
from matplotlib.figure import Figure
from sympy import Expr

from symflow.invariants import invariants
from symflow.lab_board import generators_text
from symflow.lab_problems import Problem
from symflow.notation import expression_latex, identity_latex, name_latex
from symflow.symmetrization import broken_symmetries

__all__ = ["image", "latex_document", "notebook", "svg"]

# Text as paths: a picture looks the same where the fonts are missing.
_SETTINGS = {"svg.fonttype": "path", "svg.hashsalt": "symflow"}
# Of densities, which are images within a picture.
_DPI = 120


def svg(figure: Figure) -> bytes:
    """A figure as SVG, the same bytes for the same figure.

    Arguments:
        figure: The figure.

    Returns:
        The file's content.

    Example:
        >>> from symflow.figures import panels
        >>> svg(panels(1)[0]) == svg(panels(1)[0])
        True
    """
    content = BytesIO()
    with rc_context(_SETTINGS):
        figure.savefig(content, format="svg", dpi=_DPI, metadata={"Date": None})
    return content.getvalue()


def image(figure: Figure, words: str) -> str:
    """A figure as an element of HTML that loads nothing.

    Arguments:
        figure: The figure.
        words: What it shows, for those who cannot see it.

    Returns:
        The element.

    Example:
        >>> from symflow.figures import panels
        >>> image(panels(1)[0], "<axes>")[:24]
        '<img alt="&lt;axes&gt;" '
    """
    code = b64encode(svg(figure)).decode()
    return f'<img alt="{escape(words)}" src="data:image/svg+xml;base64,{code}">'


def notebook(
    problem: Problem, H: str, values: Mapping[str, float], start: Sequence[float]
) -> str:
    """A notebook that works out what the lab showed.

    Arguments:
        problem: The problem.
        H: The Hamiltonian, as text.
        values: The values of the parameters.
        start: The phase point that the motion starts from.

    Returns:
        The content of an .ipynb file.

    Example:
        >>> from symflow.lab_problems import read_problem
        >>> problem = read_problem("x", "D = x*p_x")
        >>> cells = json.loads(notebook(problem, "x*p_x", {}, [1, 1]))["cells"]
        >>> [cell["cell_type"] for cell in cells[:2]]
        ['markdown', 'code']
    """
    space = problem.space
    names = " ".join(symbol.name for symbol in space.q)
    declared = ", ".join(space.symbols[name].name for name in problem.values)
    option = f', parameters="{declared}"' if declared else ""
    lines = [f"    {name!r}: {text!r}," for name, text in problem.declared.items()]
    numbers = {**problem.values, **values}
    fixed = {name: str(value) for name, value in numbers.items()}
    cells = [
        _markdown(f"# From the lab\n\n{generators_text(problem)}"),
        _code(
            "import torch",
            "import symflow as sf",
            "from symflow.motions import charge_drift, trajectory",
            "",
            f"space = sf.PhaseSpace({names!r}{option})",
            "algebra = sf.closure(space, {",
            *lines,
            "})",
            "algebra.bracket_table()",
        ),
        _code("algebra.identify()"),
        _code("sf.draw_bracket_graph(algebra).figure")
        if problem.algebra.dimension
        else _markdown("There is no generator, so there is no graph."),
        _code("sf.invariants(algebra)"),
        _code("sf.explain(algebra)"),
        _markdown("What does the Hamiltonian conserve, and what breaks the rest?"),
        _code(f"H = space.read({H!r})", "sf.broken_symmetries(H, algebra)"),
        _markdown("The motion, with numbers for the parameters:"),
        _code(
            f"values = {fixed!r}",
            "numbers = {space.symbols[k]: space.read(v) for k, v in values.items()}",
            f"z = torch.tensor({[float(x) for x in start]!r}, dtype=torch.float64)",
            "points = trajectory(H.subs(numbers), space, z, steps=80, step_size=0.2)",
            "for name, g in algebra.generators.items():",
            "    drift = charge_drift(g.subs(numbers), space, points).max()",
            '    print(f"{name} moved by at most {drift:.2g}")',
        ),
    ]
    document = {
        "cells": [{"id": f"cell-{k}", **cell} for k, cell in enumerate(cells)],
        "metadata": {
            "kernelspec": {
                "display_name": "Python 3",
                "language": "python",
                "name": "python3",
            }
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, indent=1, ensure_ascii=False)


def latex_document(problem: Problem, H: Expr, values: Mapping[str, float]) -> str:
    r"""What the board shows, as a LaTeX document of its own.

    Arguments:
        problem: The problem.
        H: The Hamiltonian, with parameters.
        values: The values of the parameters.

    Returns:
        The document.

    Raises:
        UnsupportedError: If H is not of the functions that the algebra is made of.

    Example:
        >>> from symflow.lab_problems import read_problem
        >>> problem = read_problem("x", "D = x*p_x")
        >>> text = latex_document(problem, problem.space.read("x*p_x"), {})
        >>> r"\{D, H\} &= 0 && \text{conserved}" in text
        True
    """
    algebra = problem.algebra
    identity = algebra.identify()
    found = invariants(algebra)
    energy = problem.at(H, values)
    laws = broken_symmetries(energy, problem.algebra_at(values))
    kind = f", {identity.kind}" if identity.kind else ""
    sections = {
        "Generators": _align(
            f"{name_latex(name)} &= {expression_latex(g)}"
            for name, g in algebra.generators.items()
        ),
        "Brackets": _display(algebra.bracket_table()._repr_latex_().strip("$")),
        "Name": rf"\({identity_latex(identity.name)}\){kind} ({identity.standing}).",
        "Invariants": _align(
            f"I_{{{k}}} &= {expression_latex(f)}"
            for k, f in enumerate(found.generators, start=1)
        ),
        "Conservation": _align(
            [
                f"H &= {expression_latex(energy)}",
                *(
                    rf"\{{{name_latex(name)}, H\}} &= {expression_latex(law.bracket)}"
                    rf" && \text{{{'conserved' if law.holds else 'not conserved'}}}"
                    for name, law in laws.items()
                ),
            ]
        ),
    }
    body = "\n".join(
        f"\\section*{{{title}}}\n{text or 'None.'}" for title, text in sections.items()
    )
    return (
        "\\documentclass{article}\n\\usepackage{amsmath,amssymb}\n"
        f"\\begin{{document}}\n{body}\n\\end{{document}}\n"
    )


def _align(lines: Iterable[str]) -> str:
    body = " \\\\\n".join(lines)
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}" if body else ""


def _display(formula: str) -> str:
    return f"\\[\n{formula}\n\\]"


def _markdown(text: str) -> dict[str, object]:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def _code(*lines: str) -> dict[str, object]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": "\n".join(lines),
    }
