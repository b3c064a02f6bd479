r"""Invariants in Singular: how many there are in each degree, asked of another program.

Takes direct and semidirect sums of linear symmetries in random canonical coordinates,
gives how often our invariants, multiplied out, span less or more than Singular finds.
Without Singular nothing is tried, and the figure says so.

.. math:: \dim \{f : \deg f = d, \; \{f, g_k\} = 0\}
    = \dim \, \langle I_1^{a_1} \cdots I_r^{a_r} : \textstyle\sum a_i \deg I_i = d \rangle
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from random import Random

import sympy
from sympy import Expr, Matrix, Poly, eye, zeros

import symflow as sf
from reliability.figures import Figure

__all__ = ["figures", "in_singular", "linear_symmetry", "our_invariants"]

COUNT, BATCH, DEGREE = 320, 40, 4
# Seconds for a batch.
PATIENCE = 120
# The nullity of the brackets of all monomials of degree d, and the dimension of the
# products: polynomials of one degree are reduced to a basis of their span.
PROCEDURES = """
proc poisson(poly f, poly g)
{
  int n = nvars(basering) div 2; int i; poly b;
  for (i = 1; i <= n; i++)
  {
    b = b + diff(f, var(i))*diff(g, var(n+i)) - diff(f, var(n+i))*diff(g, var(i));
  }
  return(b);
}
proc nullity(ideal G, int d)
{
  ideal M = maxideal(d); module N; vector v; int j; int k;
  for (j = 1; j <= size(M); j++)
  {
    v = 0;
    for (k = 1; k <= ncols(G); k++) { v = v + poisson(M[j], G[k])*gen(k); }
    N[j] = v;
  }
  return(size(M) - size(interred(N)));
}
proc products(ideal F, int first, int d)
{
  ideal P; int k;
  if (d == 0) { return(ideal(1)); }
  for (k = first; k <= ncols(F); k++)
  {
    if (F[k] != 0 and deg(F[k]) <= d)
    {
      P = P + F[k]*products(F, k, d - deg(F[k]));
    }
  }
  return(P);
}
"""


def linear_symmetry(seed: int) -> tuple[sf.PhaseSpace, dict[str, Expr]]:
    """Quadratic functions that close, in random canonical coordinates.

    Arguments:
        seed: The seed; the same gives the same symmetry.

    Returns:
        The phase space of one to three degrees of freedom, and a direct sum of one or
        two of: turns and squeezes with whole weights, turns of the plane or of space,
        all of Sp(2), and a linear map with the squares of the coordinates that it moves.
    """
    random = Random(f"linear {seed}")  # noqa: S311
    n = random.randint(1, 3)
    space = sf.PhaseSpace(" ".join("xyz"[:n]))
    cut = random.randint(1, n)
    parts = [_part(space, range(cut), random)]
    if cut < n:
        parts.append(_part(space, range(cut, n), random))
    moved = _canonical_map(n, random) * Matrix(space.z)
    images = dict(zip(space.z, moved, strict=True))
    functions = [g for part in parts for g in part]
    return space, {
        f"g{k}": sympy.expand(g.subs(images, simultaneous=True))
        for k, g in enumerate(functions)
    }


def _part(space: sf.PhaseSpace, places: Sequence[int], random: Random) -> list[Expr]:
    """A symmetry of some of the degrees of freedom."""
    q, p = ([half[k] for k in places] for half in (space.q, space.p))
    pairs = list(zip(q, p, strict=True))
    n = len(pairs)
    kinds = ["weights", "squares", "dual"] + ["turns"] * (n > 1)
    match random.choice(kinds):
        case "weights":
            squeeze = random.random() < 0.5
            weights = [random.choice((-2, -1, 1, 2, 3)) for _ in pairs]
            terms = [x * y if squeeze else x**2 + y**2 for x, y in pairs]
            return [sympy.Add(*(w * f for w, f in zip(weights, terms, strict=True)))]
        case "squares":
            rows = [[random.choice((-1, 0, 1, 2)) for _ in q] for _ in p]
            M = sympy.Add(
                *(rows[i][j] * p[i] * q[j] for i in range(n) for j in range(n))
            )
            squares = [q[i] * q[j] for i in range(n) for j in range(i + 1)]
            return [M, *squares] if M != 0 else squares
        case "dual":
            return [
                sympy.Add(*(x**2 for x in q)),
                sympy.Add(*(y**2 for y in p)),
                sympy.Add(*(x * y for x, y in pairs)),
            ]
    return [q[i] * p[j] - q[j] * p[i] for i in range(n) for j in range(i)]


def _canonical_map(n: int, random: Random) -> Matrix:
    """A kick and a drift by whole numbers: a symplectic matrix of determinant one."""
    S, T = (
        Matrix(n, n, lambda i, j, a=entries: a[min(i, j)][max(i, j)])
        for entries in (
            [[random.choice((-1, 0, 0, 1)) for _ in range(n)] for _ in range(n)]
            for _ in range(2)
        )
    )
    kick = Matrix([[eye(n), zeros(n)], [S, eye(n)]])
    return Matrix([[eye(n), T], [zeros(n), eye(n)]]) * kick


def our_invariants(
    space: sf.PhaseSpace, generators: dict[str, Expr]
) -> tuple[Expr, ...]:
    """The invariants that the package lists, up to the degree of the comparison.

    Arguments:
        space: The phase space.
        generators: Functions that close.

    Returns:
        Polynomials.
    """
    return sf.invariants(sf.LieAlgebra(space, generators), DEGREE).generators


def in_singular(
    program: str,
    cases: Sequence[tuple[sf.PhaseSpace, Sequence[Expr], Sequence[Expr]]],
) -> list[tuple[list[int], list[int]]]:
    """What Singular counts: all invariants of each degree, and those that are listed.

    Arguments:
        program: The path of Singular.
        cases: The phase space, generators and listed invariants of each case.

    Returns:
        For each case it gets to in time, both counts from the first degree on.
    """
    lines = [PROCEDURES, "int d;"]
    for k, (space, generators, listed) in enumerate(cases):
        z = space.z
        lines.append(f"ring R{k} = 0,({','.join(f'v{i}' for i in range(len(z)))}),dp;")
        lines.append(f"ideal G = {_polynomials(generators, z)};")
        lines.append(f"ideal F = {_polynomials(listed, z)};")
        each = "print(nullity(G,d)); print(size(interred(products(F,1,d))));"
        lines.append(f"for (d = 1; d <= {DEGREE}; d++) {{ {each} }}")
    try:
        answer = subprocess.run(  # noqa: S603, the program is the one on the PATH
            [program, "-q"],
            input="\n".join([*lines, "quit;"]),
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE,
        ).stdout
    except subprocess.TimeoutExpired as late:
        answer = (late.stdout or b"").decode()
    numbers = [int(word) for word in answer.split()]
    size = 2 * DEGREE
    whole = [numbers[k : k + size] for k in range(0, len(numbers) - size + 1, size)]
    return [(row[::2], row[1::2]) for row in whole]


def _polynomials(functions: Sequence[Expr], z: Sequence[sympy.Symbol]) -> str:
    """Functions in the words of Singular, with whole coefficients."""
    texts = []
    for f in functions:
        terms = Poly(f, *z).clear_denoms()[1].terms()
        texts.append("+".join(_term(powers, c) for powers, c in terms))
    return ",".join(texts) or "0"


def _term(powers: Sequence[int], coefficient: Expr) -> str:
    factors = [f"v{i}^{power}" for i, power in enumerate(powers) if power]
    return "*".join([f"({coefficient})", *factors])


def figures(share: float) -> list[Figure]:
    """How often the two counts differ.

    Arguments:
        share: The part of the full count to try.

    Returns:
        One figure.
    """
    what = "invariants of random algebras, beside Singular"
    program = shutil.which("Singular")
    if program is None:
        return [
            Figure(what, 0, 0, 0, "Singular is not installed, so nothing was tried")
        ]
    tried = lost = 0
    total = max(4, round(COUNT * share))
    for start in range(0, total, BATCH):
        cases = []
        for seed in range(start, min(start + BATCH, total)):
            space, generators = linear_symmetry(seed)
            listed = our_invariants(space, generators)
            cases.append((space, [*generators.values()], listed))
        answers = in_singular(program, cases)
        for seed, (there, here) in enumerate(answers, start):
            lost += there != here
            if there != here:
                print(f"symmetry {seed}: {here} listed, {there} in Singular")
        tried += len(answers)
    late = f", {total - tried} without an answer in time" if tried < total else ""
    remark = f"every degree up to {DEGREE}, up to 3 degrees of freedom{late}"
    return [Figure(what, tried, 0, lost, remark)]
