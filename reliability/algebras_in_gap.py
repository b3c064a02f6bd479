r"""Algebras in GAP: the structure of random Lie algebras, asked of another program.

Takes random direct and semidirect sums in random bases, gives how many of them GAP
answers differently. Without GAP nothing is tried, and the figure says so.

.. math:: [g_i, g_j] = c_{ij}^k g_k, \quad [g_i, e_a] = (M_i)_a^b \, e_b
"""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

from reliability.figures import Figure, listed
from symflow.structure import AbstractLieAlgebra
from tests import matrix_algebras as ma

__all__ = ["figures", "in_gap", "our_answer", "random_algebra", "semidirect_sum"]

COUNT, BATCH, LARGEST = 320, 20, 9
# Seconds for a batch; GAP does not end on some random bases.
PATIENCE = 40

BLOCKS: tuple[Callable[[], AbstractLieAlgebra], ...] = (
    *(lambda: ma.so(3), lambda: ma.so(2, 1), lambda: ma.so(3, 1), lambda: ma.so(4)),
    *(lambda: ma.su(3), lambda: ma.sl(3), lambda: ma.gl(2), lambda: ma.u(2)),
    *(lambda: ma.carroll(2), lambda: ma.bargmann(2), lambda: ma.schroedinger(1)),
    *(lambda: ma.jacobi(1), lambda: ma.carroll(1), lambda: ma.bargmann(1)),
)
ASKED = (
    "Dimension(LieCentre(L))",
    "Set(List(LieDerivedSeries(L), Dimension))",
    "Set(List(LieLowerCentralSeries(L), Dimension))",
    "Set(List(LieUpperCentralSeries(L), Dimension))",
    "Dimension(LieSolvableRadical(L))",
    "Dimension(LieNilRadical(L))",
    "RankMat(KillingMatrix(Basis(L)))",
    "Dimension(LeviMalcevDecomposition(L)[1])",
)
TYPE = """S := LeviMalcevDecomposition(L)[1];;
if Dimension(S) = 0 then Print("none"); else Print(SemiSimpleType(S)); fi;
Print("\\n");
"""


def semidirect_sum(matrices: Sequence[Sequence[Sequence[int]]]) -> AbstractLieAlgebra:
    """Commuting matrices and the vectors that they act on.

    Arguments:
        matrices: Square matrices that commute.

    Returns:
        The algebra of their span and of their vectors.

    Example:
        >>> semidirect_sum([[[1, 0], [0, -1]]]).derived_series[1].dimension
        2
    """
    size = len(matrices[0])
    names = [f"g{i}" for i in range(len(matrices))]
    vectors = [f"e{a}" for a in range(size)]
    constants = {
        (name, vectors[a]): {vectors[b]: M[b][a] for b in range(size) if M[b][a]}
        for name, M in zip(names, matrices, strict=True)
        for a in range(size)
    }
    return AbstractLieAlgebra([*names, *vectors], constants)


def random_algebra(seed: int) -> AbstractLieAlgebra:
    """A random algebra of at most nine dimensions in a random basis.

    Arguments:
        seed: The seed; the same gives the same algebra.

    Returns:
        A direct sum of a textbook algebra, or none, and a semidirect sum, or another
        textbook algebra, in the basis of a random unimodular matrix.
    """
    random = Random(f"algebra {seed}")  # noqa: S311
    parts = []
    while not parts or (random.random() < 0.6 and sum(p.dimension for p in parts) < 7):
        if random.random() < 0.5:
            parts.append(random.choice(BLOCKS)())
        else:
            parts.append(_random_semidirect_sum(random))
    while sum(part.dimension for part in parts) > LARGEST:
        parts.pop(0)
    whole = ma.direct_sum(*parts) if len(parts) > 1 else parts[0]
    return ma.in_random_basis(whole, seed)


def _random_semidirect_sum(random: Random) -> AbstractLieAlgebra:
    """One matrix, or one and its square, on two to four vectors."""
    places = range(random.randint(2, 4))
    M = [[random.choice((-1, 0, 0, 1, 2)) for _ in places] for _ in places]
    square = [[sum(M[i][k] * M[k][j] for k in places) for j in places] for i in places]
    return semidirect_sum([M, square][: random.randint(1, 2)])


def our_answer(algebra: AbstractLieAlgebra) -> list[str]:
    """The answers of the package, in the words of GAP.

    Arguments:
        algebra: The algebra.

    Returns:
        One answer a question, and the Cartan type.
    """
    series = (
        algebra.derived_series,
        algebra.lower_central_series,
        algebra.upper_central_series,
    )
    found: list[object] = [algebra.center.dimension]
    found += [sorted({part.dimension for part in parts}) for parts in series]
    found += [algebra.radical.dimension, algebra.nilradical.dimension]
    found += [algebra.killing_form.rank(), algebra.levi_factor.dimension]
    kind = "none"
    if algebra.levi_factor.dimension:
        levi = algebra.subalgebra(algebra.levi_factor)
        kind = levi.identify().cartan_type.replace(" +", "")
    return [*map(str, found), " ".join(sorted(kind.split()))]


def in_gap(program: str, algebras: Sequence[AbstractLieAlgebra]) -> list[list[str]]:
    """The answers of GAP, for as many of the algebras as it gets to in time.

    Arguments:
        program: The path of GAP.
        algebras: The algebras.

    Returns:
        The answers, algebra by algebra.
    """
    lines = []
    for algebra in algebras:
        place = {name: i + 1 for i, name in enumerate(algebra.names)}
        lines.append(f'T := EmptySCTable({algebra.dimension}, 0, "antisymmetric");;')
        for (left, right), row in algebra.structure_constants.items():
            cells = ", ".join(f"{value}, {place[name]}" for name, value in row.items())
            lines.append(
                f"SetEntrySCTable(T, {place[left]}, {place[right]}, [{cells}]);;"
            )
        lines.append("L := LieAlgebraByStructureConstants(Rationals, T);;")
        lines += [f'Print({question}, "\\n");' for question in ASKED]
        lines.append(TYPE)
    try:
        answer = subprocess.run(  # noqa: S603, the program is the one on the PATH
            [program, "-q"],
            input="\n".join([*lines, "QUIT;"]),
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE,
        ).stdout
    except subprocess.TimeoutExpired as late:
        answer = (late.stdout or b"").decode()
    size, words = len(ASKED) + 1, answer.split("\n")[:-1]
    whole = [words[k : k + size] for k in range(0, len(words), size)]
    return [
        [*map(_without_edges, rows[:-1]), " ".join(sorted(rows[-1].split()))]
        for rows in whole
        if len(rows) == size
    ]


def _without_edges(row: str) -> str:
    """A list as Python writes it."""
    return row.replace("[ ", "[").replace(" ]", "]")


def figures(share: float) -> list[Figure]:
    """How often the two agree.

    Arguments:
        share: The part of the full count to try.

    Returns:
        One figure.
    """
    what = "structure of random algebras, beside GAP"
    program = shutil.which("gap")
    if program is None:
        return [Figure(what, 0, 0, 0, "GAP is not installed, so nothing was tried")]
    counts: Counter[str] = Counter()
    seed, total = 0, max(BATCH, round(COUNT * share))
    while seed < total:
        algebras = [random_algebra(k) for k in range(seed, min(seed + BATCH, total))]
        theirs = in_gap(program, algebras)
        for algebra, answer in zip(algebras, theirs, strict=False):
            ours = our_answer(algebra)
            counts["agree" if ours == answer else "differ"] += 1
            if ours != answer:
                print(f"algebra {seed}: {ours} here, {answer} in GAP")
            seed += 1
        if len(theirs) < len(algebras):
            counts["without an answer of GAP in time"] += 1
            seed += 1
    questions = len(ASKED) + 1
    remark = f"{listed(counts)}; {questions} questions each, up to {LARGEST} dimensions"
    return [
        Figure(what, counts["agree"] + counts["differ"], 0, counts["differ"], remark)
    ]
