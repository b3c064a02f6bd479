r"""Derksen: how long other programs take for invariants of reductive groups.

Takes a matrix group by its equations and its action, gives the CPU seconds of Macaulay2's
``invariants`` and of Singular's ``NullCone``, both by Derksen's algorithm, with their start;
a program that is not installed is said to be so, and one that takes long is stopped.

.. math:: G = V(I) \subset K^{n \times n}, \qquad g \mapsto M(g) \in K[G]^{m \times m}

Singular's library goes as far as the ideal that the invariants generate: finding invariants
in it is left to the user, so its time is that of a part of the task.
"""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sympy import Expr, Matrix, Poly, diag, eye, symbols

__all__ = [
    "PROGRAMS",
    "Group",
    "binary",
    "orthogonal",
    "seconds",
    "special",
    "symplectic",
]

PROGRAMS = {"Macaulay2": "M2", "Singular": "Singular"}

# Wall-clock seconds that a program is given.
PATIENCE = 20


@dataclass(frozen=True)
class Group:
    """A matrix group and its action.

    Arguments:
        equations: What vanishes on the group, in the symbols s1, s2 and so on.
        action: The matrix of the action, in the same symbols.
        number: How many symbols there are.
    """

    equations: tuple[Expr, ...]
    action: Matrix
    number: int


def _matrix(n: int) -> Matrix:
    return Matrix(n, n, symbols(f"s1:{n * n + 1}"))


def _upper(a: Matrix) -> list[Expr]:
    return [a[i, j] for i in range(a.rows) for j in range(i, a.rows)]


def orthogonal(n: int, vectors: int) -> Group:
    """SO(n) on vectors."""
    g = _matrix(n)
    equations = [*_upper(g.T * g - eye(n)), g.det() - 1]
    return Group(tuple(equations), diag(*[g] * vectors), n * n)


def special(n: int, copies: int) -> Group:
    """SL(n) on vectors and as many covectors."""
    g = _matrix(n)
    dual = g.adjugate().T
    action = diag(*[g, dual] * copies)
    return Group((g.det() - 1,), action, n * n)


def symplectic(n: int, vectors: int) -> Group:
    """Sp(2n) on vectors."""
    g, omega = _matrix(2 * n), Matrix(2 * n, 2 * n, lambda i, j: 0)
    omega[:n, n:], omega[n:, :n] = eye(n), -eye(n)
    equations = [e for e in _upper(g.T * omega * g - omega) if e]
    return Group(tuple(equations), diag(*[g] * vectors), 4 * n * n)


def binary(degree: int, forms: int) -> Group:
    """SL(2) on binary forms, by their coefficients."""
    g = _matrix(2)
    x, y = symbols("x y")
    u, v = g[0, 0] * x + g[1, 0] * y, g[0, 1] * x + g[1, 1] * y
    rows = [
        [
            Poly(u ** (degree - i) * v**i, x, y).coeff_monomial((degree - j, j))
            for j in range(degree + 1)
        ]
        for i in range(degree + 1)
    ]
    return Group((g.det() - 1,), diag(*[Matrix(rows)] * forms), 4)


def _written(expression: Expr) -> str:
    text = str(expression.expand()).replace("**", "^")
    return re.sub(r"s(\d+)", r"s_(\1)", text)


def _macaulay2(group: Group) -> str:
    size = group.action.rows
    rows = (
        "{" + ", ".join(_written(x) for x in group.action.row(i)) + "}"
        for i in range(size)
    )
    return "\n".join(
        (
            'needsPackage "InvariantRing"',
            f"S = QQ[s_1..s_{group.number}]",
            f"I = ideal({', '.join(map(_written, group.equations))})",
            f"M = matrix {{{', '.join(rows)}}}",
            f"R = QQ[t_1..t_{size}]",
            "found = invariants linearlyReductiveAction(I, M, R)",
            'scan(found, f -> print concatenate("degree ", toString first degree f))',
            "exit 0",
        )
    )


def _singular(group: Group) -> str:
    size = group.action.rows
    moved = (
        " + ".join(
            f"({_written(x)})*t({j + 1})"
            for j, x in enumerate(group.action.row(i))
            if x
        )
        for i in range(size)
    )
    text = "\n".join(
        (
            'LIB "rinvar.lib";',
            f"ring B = 0, (s(1..{group.number}), t(1..{size})), dp;",
            f"ideal G = {', '.join(map(_written, group.equations))};",
            f"ideal A = {', '.join(moved)};",
            "ideal N = NullCone(std(G), A);",
            'for (int k = 1; k <= size(N); k++) { "degree " + string(deg(N[k])); }',
            "quit;",
        )
    )
    return text.replace("s_(", "s(")


def seconds(program: str, group: Group, degrees: Counter[int]) -> str:
    """The CPU time that a program takes, or why there is none.

    Arguments:
        program: One of `PROGRAMS`.
        group: The group.
        degrees: The number of generators in each degree, which Macaulay2 must find.

    Returns:
        Seconds in words.
    """
    where = shutil.which(PROGRAMS[program])
    if where is None:
        return "not installed"
    flags: Sequence[str] = ("--stop", "--silent", "-q", "/dev/stdin")
    script = _macaulay2(group)
    if program == "Singular":
        flags, script = ("-q",), _singular(group)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    try:
        done = subprocess.run(  # noqa: S603 (the program and the script are ours)
            [where, *flags],
            input=script,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"> {PATIENCE}"
    taken = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    found = Counter(map(int, re.findall(r"^degree (\d+)", done.stdout, re.MULTILINE)))
    if not found or (program == "Macaulay2" and found != degrees):
        raise SystemExit(f"{program}: degrees {dict(found)}\n{done.stderr[-500:]}")
    return f"{taken:.2f}"
