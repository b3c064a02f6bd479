r"""Recognition: which classical group acts on given vectors, in whatever basis.

Takes vectors that an algebra moves, and its dimension, says whether it is SO, Sp, GL, SL, U
or SU in its standard representation, and which tensors it keeps.

.. math:: \mathfrak{g} \subseteq \{a : a^T S + S a = 0\}, \quad
    \dim \mathfrak{g} = \tfrac{n(n-1)}{2} \;\Rightarrow\; \mathfrak{g} = \mathfrak{so}(S)

The algebra lies in that of the group because it keeps the group's tensors, and is all of it
because it has its dimension: both are checked exactly, so the recognition is a proof.
"""

from __future__ import annotations

from sympy.polys.domains.domain import Domain

from symflow.classical_actions import (
    ClassicalAction,
    GeneralLinearAction,
    OrthogonalAction,
    SymplecticAction,
    Vector,
)
from symflow.errors import UnsupportedError
from symflow.intertwiners import intertwiner
from symflow.invariant_forms import complex_structure, invariant_form
from symflow.kinds import Cluster, Kind
from symflow.sparse_matrices import (
    Matrix,
    combined,
    dual,
    matrix_product,
    matrix_rows,
    trace,
)
from symflow.square_roots import square_root
from symflow.symmetric_forms import sign, signature
from symflow.unitary_actions import UnitaryAction, complex_rows

__all__ = ["classical_action"]

# What unitary groups become where B^2 > 0, so that the vectors fall apart over the reals.
_SPLIT = {"U": "GL", "SU": "SL"}


def classical_action(cluster: Cluster, domain: Domain) -> ClassicalAction | None:
    """The classical action that a factor of an algebra has on its vectors.

    Arguments:
        cluster: The kinds of vectors that it moves, and its dimension.
        domain: The field of the coefficients.

    Returns:
        The action, or None if it is not one of those known.

    Example:
        >>> from sympy import QQ
        >>> one = QQ(1)
        >>> turn = {(0, 1): -one, (1, 0): one}
        >>> kind = Kind(2, (turn,), (({0: one}, {1: one}), ({2: one}, {3: one})))
        >>> action = classical_action(Cluster((kind,), 1), QQ)
        >>> action.group, action.count
        ('SO(2)', 4)
    """
    if len(cluster.kinds) == 2:
        return _with_covectors(*cluster.kinds, cluster.dimension, domain)
    if len(cluster.kinds) != 1 or cluster.kinds[0].size == 1:
        return None
    (kind,) = cluster.kinds
    n, dimension = kind.size, cluster.dimension
    if dimension == n * (n - 1) // 2:
        S = invariant_form(kind.matrices, n, 1, domain)
        if S:
            name = _real_form("SO", n, S, domain)
            return OrthogonalAction(name, n, kind.vectors, domain, S)
    if dimension == n * (n + 1) // 2:
        S = invariant_form(kind.matrices, n, -1, domain)
        if S:
            return SymplecticAction(f"Sp({n},R)", n, kind.vectors, domain, S)
    return _general_linear(kind, dimension, domain) or _unitary(kind, dimension, domain)


def _general_linear(
    kind: Kind,
    dimension: int,
    domain: Domain,
    covectors: tuple[Vector, ...] = (),
) -> GeneralLinearAction | None:
    """GL or SL, which keep no form, by their dimension and their traces."""
    n = kind.size
    special = dimension == n * n - 1
    if dimension != n * n and not special:
        return None
    if special and any(trace(a, domain) for a in kind.matrices):
        return None
    name = f"{'SL' if special else 'GL'}({n},R)"
    return GeneralLinearAction(name, n, kind.vectors, domain, covectors, special)


def _with_covectors(
    kind: Kind, other: Kind, dimension: int, domain: Domain
) -> GeneralLinearAction | None:
    """GL or SL on vectors and covectors."""
    if kind.size != other.size or dimension not in (kind.size**2, kind.size**2 - 1):
        return None
    T = intertwiner(list(map(dual, kind.matrices)), other.matrices, kind.size, domain)
    if T is None:
        return None
    rows = matrix_rows(T, kind.size)
    covectors = tuple(
        tuple(combined(row, vector) for row in rows) for vector in other.vectors
    )
    return _general_linear(kind, dimension, domain, covectors)


def _unitary(kind: Kind, dimension: int, domain: Domain) -> UnitaryAction | None:
    """U(p,q) or SU(p,q) on vectors of as many complex components."""
    n, k = kind.size, kind.size // 2
    special = dimension == k * k - 1
    if n % 2 or not (special or dimension == k * k):
        return None
    found = complex_structure(kind.matrices, n, domain)
    if found is None:
        return None
    B, c = found
    if square_root(-c, domain) is not None:
        # The vector is a sum of two, which are a vector and a covector.
        return None
    S = invariant_form([*kind.matrices, B], n, 1, domain)
    if S is None or len(complex_rows(B, n, domain)) < k:
        return None
    turns = (trace(matrix_product(a, B, domain), domain) for a in kind.matrices)
    if special and any(turns):
        return None
    name = _real_form("SU" if special else "U", n, S, domain, c)
    return UnitaryAction(name, n, kind.vectors, domain, S, B, c, special)


def _real_form(
    family: str,
    size: int,
    S: Matrix,
    domain: Domain,
    square: object = None,
) -> str:
    """The group that keeps a form, by its signature."""
    parts = 1 if square is None else 2
    try:
        if square is not None and sign(square, domain) < 0:
            return f"{_SPLIT[family]}({size // parts},R)"
        plus, minus, _ = signature(matrix_rows(S, size), size, domain)
    except UnsupportedError:
        return f"a real form of {family}({size // parts})"
    if not plus or not minus:
        return f"{family}({size // parts})"
    return f"{family}({plus // parts},{minus // parts})"
