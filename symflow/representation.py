r"""Representation: the linear action of an algebra on phase space.

Takes an algebra whose generators have degree two at most, gives the matrices by which it
moves z, what commutes with them, and a metric that they preserve.

.. math:: \frac{dz}{d\epsilon_k} = \{z, g_k\} = A_k z + b_k, \qquad
    A_k = J \nabla\nabla g_k, \quad b_k = J \nabla g_k(0)

These are what an invariant Gaussian is made of: with a metric S that every A_k preserves
and B in the commutant, the covariance B S^{-1} B^T is invariant for any B.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import combinations_with_replacement, product
from typing import Any

import numpy as np
from sympy import Float, ImmutableMatrix, Rational, Symbol, zeros

from symflow.affine_fields import affine_field, is_bounded, runaway_kind
from symflow.algebra import LieAlgebra
from symflow.claims import Claim, Standing
from symflow.coefficient_field import exact_number
from symflow.errors import NonCompactError, UnsupportedError
from symflow.linear_algebra import Row, nullspace, solve
from symflow.notebook_views import NotebookView, Rows
from symflow.polynomials import total_degree

__all__ = ["LinearAction", "acts_on_positions", "broken_by_scaling"]


def acts_on_positions(algebra: LieAlgebra) -> bool:
    r"""Whether the action on phase space is the lift of an action on the coordinates.

    .. math:: g_k = p \cdot \xi_k(q)

    Only then does the marginal of an invariant density over q inherit the invariance, and
    only then can an encoder of p given q be equivariant.

    Arguments:
        algebra: The algebra.

    Returns:
        True if every generator is linear in p (constants apart).

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x y")
        >>> acts_on_positions(LieAlgebra(space, {"L": "x*p_y - y*p_x"}))
        True
        >>> acts_on_positions(LieAlgebra(space, {"S": "x*y + p_x*p_y"}))
        False
    """
    algebra.require_polynomials()
    n = algebra.phase_space.n
    return all(
        sum(monomial[n:]) == 1 or not any(monomial)
        for g in algebra.polynomials
        for monomial in g.monoms()
    )


def broken_by_scaling(algebra: LieAlgebra, factors: Sequence[float]) -> str | None:
    r"""The first generator that a change of units takes out of the algebra.

    .. math:: z'_i = z_i / s_i, \qquad
        X_k(s z') / s \in \operatorname{span}\{X_1(z'), X_2(z'), \dots\}

    Here X are the fields by which the generators move z. The generators themselves would
    not do: (x, y, p_x, p_y) / (1, 2, 1, 2) doubles L = x p_y - y p_x, but bends its circles
    into ellipses.

    Arguments:
        algebra: The algebra, as it acts on the scaled coordinates.
        factors: The numbers s, one for each canonical variable.

    Returns:
        The name of a generator that the scaling breaks, or None if it keeps them all.

    Raises:
        UnsupportedError: If the units change, and a generator is no polynomial.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> broken_by_scaling(so2, [10, 10, 100, 100]) is None
        True
        >>> broken_by_scaling(so2, [1, 2, 1, 2])
        'L'
    """
    if all(s == 1 for s in factors):
        return None
    algebra.require_polynomials()
    domain = algebra.ring.domain
    exact = [domain.from_sympy(exact_number(Float(s))) for s in factors]
    fields = [
        {
            (i, m): c
            for i, f in enumerate(algebra.ring.field_of(g))
            for m, c in f.terms()
        }
        for g in algebra.polynomials
    ]
    places = {key: k for k, key in enumerate(sorted(set().union(*fields)))}
    vectors = [{places[key]: c for key, c in field.items()} for field in fields]
    for name, field in zip(algebra.generators, fields, strict=True):
        scaled = {}
        for (i, monomial), coefficient in field.items():
            value = coefficient / exact[i]
            for s, power in zip(exact, monomial, strict=True):
                value = value * s**power
            scaled[places[i, monomial]] = value
        if solve(vectors, scaled, domain) is None:
            return name
    return None


class LinearAction(NotebookView):
    r"""The matrices of an algebra on z, about a fixed point.

    .. math:: \frac{dz}{d\epsilon_k} = A_k (z - z_0)

    Arguments:
        algebra: An algebra whose generators have degree two at most.

    Raises:
        UnsupportedError: If a generator has a higher degree, or holds a parameter.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> action = LinearAction(so2)
        >>> len(action.commutant)
        8
        >>> action.metric == ImmutableMatrix.eye(4)
        True

    Reference:
        Goodman and Wallach, Symmetry, Representations and Invariants, section 4.1.
    """

    def __init__(self, algebra: LieAlgebra) -> None:
        self.algebra = algebra
        algebra.require_polynomials()
        self.size = 2 * algebra.phase_space.n
        if algebra.ring.domain.is_FractionField:
            raise UnsupportedError(
                "Argument `algebra` must have numbers for coefficients where a base "
                f"density is asked for, but it holds the parameters "
                f"{algebra.ring.domain.symbols}. Substitute values for them."
            )
        self.matrices: dict[str, ImmutableMatrix] = {}
        self.shifts: dict[str, ImmutableMatrix] = {}
        for name, g in zip(algebra.generators, algebra.polynomials, strict=True):
            if total_degree(g) > 2:
                raise UnsupportedError(
                    "Argument `algebra` must act linearly where a base density is asked "
                    f"for, but `{name}` = {algebra.generators[name]} has degree "
                    f"{total_degree(g)}. Bring a base density of your own."
                )
            matrix, shift = affine_field(algebra.ring, g)
            if any(matrix) or any(shift):
                self.matrices[name] = matrix
                self.shifts[name] = shift

    def _notebook_rows(self) -> Rows:
        yield from self.matrices.items()
        yield "fixed point", self.fixed_point

    @cached_property
    def fixed_point(self) -> ImmutableMatrix:
        """A point that no generator moves, of shape (2n, 1).

        Raises:
            NonCompactError: If there is none; the error names a generator.
        """
        for name in self.matrices:
            if self._solve_fixed([name]) is None:
                raise NonCompactError(name, *self._runaway(name))
        point = self._solve_fixed(self.matrices)
        if point is None:
            raise NonCompactError(
                ", ".join(self.matrices),
                "translation",
                "they have no common fixed point",
            )
        return point

    @cached_property
    def fixed_vectors(self) -> tuple[ImmutableMatrix, ...]:
        """A basis of the vectors v with A_k v = 0: where a mean may lie."""
        rows = [row for A in self.matrices.values() for row in self._rows(A)]
        return self._vectors(nullspace(rows, self.size, self._domain))

    @cached_property
    def commutant(self) -> tuple[ImmutableMatrix, ...]:
        r"""A basis of the matrices B with :math:`B A_k = A_k B` for all k."""
        size = self.size
        rows: dict[tuple[str, int, int], Row] = {}
        for name, A in self.matrices.items():
            entries = list(self._entries(A))
            for (i, j, value), m in product(entries, range(size)):
                left = rows.setdefault((name, m, j), {})
                left[m * size + i] = left.get(m * size + i, self._domain.zero) + value
                right = rows.setdefault((name, i, m), {})
                place = j * size + m
                right[place] = right.get(place, self._domain.zero) - value
        return self._square(nullspace(rows.values(), size * size, self._domain))

    @cached_property
    def invariant_forms(self) -> tuple[ImmutableMatrix, ...]:
        r"""A basis of the symmetric S with :math:`A_k^T S + S A_k = 0` for all k."""
        size = self.size
        place: dict[tuple[int, int], int] = {}
        for k, (i, j) in enumerate(combinations_with_replacement(range(size), 2)):
            place[i, j] = place[j, i] = k
        rows: dict[tuple[str, int, int], Row] = {}
        for name, A in self.matrices.items():
            for (i, j, value), m in product(list(self._entries(A)), range(size)):
                for key in ((name, j, m), (name, m, j)):
                    row = rows.setdefault(key, {})
                    k = place[i, m]
                    row[k] = row.get(k, self._domain.zero) + value
        solutions = nullspace(rows.values(), size * (size + 1) // 2, self._domain)
        return tuple(
            ImmutableMatrix(size, size, lambda i, j, v=v: self._number(v, place[i, j]))
            for v in solutions
        )

    @cached_property
    def metric(self) -> ImmutableMatrix:
        r"""A positive-definite S with :math:`A_k^T S + S A_k = 0` for all k.

        It exists exactly when the closure of the group is compact.

        Raises:
            NonCompactError: If there is none; the error names a generator that runs away
                and how.
            UnsupportedError: If neither a metric nor a proof that there is none is found.
        """
        point = self.fixed_point
        for name, A in self.matrices.items():
            if not is_bounded(A):
                raise NonCompactError(name, *self._runaway(name))
        metric = _positive_member(self.invariant_forms, self.size)
        if metric is not None:
            return metric
        self._name_hidden_runaway()
        raise UnsupportedError(
            "Argument `algebra` must preserve a positive-definite quadratic form to have "
            f"a Gaussian base about {tuple(point)}, but none was found, nor a proof that "
            "there is none. Bring a base density of your own."
        )

    @property
    def claims(self) -> tuple[Claim, ...]:
        r"""What is proved of the bases that these matrices allow.

        .. math:: \{g, f\} = 0, \qquad f = F\bigl((z - m)^T S B_1 (z - m), \dots\bigr),
            \qquad A^T S B + S B A = (A^T S + S A) B = 0

        The mean m is the fixed point plus fixed vectors. Balls in the metric are functions
        of one form (B = 1), and densities of dot products of several.
        """
        evidence = {
            "metric": _text(self.metric),
            "fixed_point": [str(c) for c in self.fixed_point],
            "fixed_vectors": [[str(c) for c in v] for v in self.fixed_vectors],
            "commutant": [_text(B) for B in self.commutant],
            "forms": "(z - m)^T S B (z - m)",
        }
        proved = Standing.PROVED if self.algebra.exact else Standing.MEASURED
        return (
            Claim(
                "base",
                "{g, pi} = 0 for every Gaussian of covariance B S^-1 B^T with B in the "
                "commutant and mean in the fixed vectors, and for their mixtures, and for "
                f"every function of the forms {evidence['forms']}",
                proved,
                "A^T S + S A = 0, A B = B A and S is positive definite, exactly",
                evidence,
            ),
        )

    def __deepcopy__(self, memo: dict[int, Any]) -> LinearAction:
        # Immutable, so a copy of a model shares its symbols.
        return self

    @property
    def _domain(self) -> Any:  # noqa: ANN401
        return self.algebra.ring.domain

    def _number(self, vector: Row, k: int) -> Any:  # noqa: ANN401
        return self._domain.to_sympy(vector[k]) if k in vector else Rational(0)

    def _vectors(self, solutions: Iterable[Row]) -> tuple[ImmutableMatrix, ...]:
        return tuple(
            ImmutableMatrix([self._number(v, k) for k in range(self.size)])
            for v in solutions
        )

    def _square(self, solutions: Iterable[Row]) -> tuple[ImmutableMatrix, ...]:
        size = self.size
        return tuple(
            ImmutableMatrix(
                size, size, [self._number(v, k) for k in range(size * size)]
            )
            for v in solutions
        )

    def _entries(self, A: ImmutableMatrix) -> Iterable[tuple[int, int, Any]]:
        for (i, j), value in A.todok().items():
            yield i, j, self._domain.from_sympy(value)

    def _rows(self, A: ImmutableMatrix) -> list[Row]:
        rows: list[Row] = [{} for _ in range(self.size)]
        for i, j, value in self._entries(A):
            rows[i][j] = value
        return rows

    def _solve_fixed(self, names: Iterable[str]) -> ImmutableMatrix | None:
        columns: list[Row] = [{} for _ in range(self.size)]
        target: Row = {}
        for block, name in enumerate(names):
            for i, j, value in self._entries(self.matrices[name]):
                columns[j][block * self.size + i] = value
            for i, value in enumerate(self.shifts[name]):
                if value:
                    target[block * self.size + i] = -self._domain.from_sympy(value)
        solution = solve(columns, target, self._domain)
        if solution is None:
            return None
        return ImmutableMatrix([self._domain.to_sympy(value) for value in solution])

    def _runaway(self, name: str) -> tuple[str, str]:
        """The kind of a generator that leaves every bounded set, and why."""
        return runaway_kind(
            self.matrices[name], self.shifts[name], self.algebra.generators[name]
        )

    def _name_hidden_runaway(self) -> None:
        """Raise if a combination of generators runs away though none of them does.

        A bounded C has imaginary eigenvalues, so tr C^2 < 0 unless C = 0. Made orthogonal
        in this trace one after another, generators that are all negative span a compact
        algebra; the first that is not runs away.
        """
        orthogonal: list[tuple[ImmutableMatrix, dict[str, Any], Any]] = []
        for name, A in self.matrices.items():
            C, weights = A, {name: Rational(1)}
            for B, others, square in orthogonal:
                factor = self._simple((A * B).trace() / square)
                C = (C - factor * B).applyfunc(self._simple)
                for other, weight in others.items():
                    weights[other] = weights.get(other, 0) - factor * weight
            square = self._simple((C * C).trace())
            if square < 0:
                orthogonal.append((C, weights, square))
            elif any(C):
                kept = {k: self._simple(w) for k, w in weights.items()}
                kept = {k: w for k, w in kept.items() if w}
                g = sum(w * self.algebra.generators[k] for k, w in kept.items())
                words = sum(w * Symbol(k) for k, w in kept.items())
                reason = runaway_kind(C, zeros(self.size, 1), g.expand())
                raise NonCompactError(str(words), *reason)

    def _simple(self, number: Any) -> Any:  # noqa: ANN401
        """A number in the canonical form of the field."""
        return self._domain.to_sympy(self._domain.from_sympy(number))


def _positive_member(
    forms: Sequence[ImmutableMatrix], size: int
) -> ImmutableMatrix | None:
    """A positive-definite rational combination of symmetric forms, checked exactly."""
    if not forms:
        return None
    flat = np.array([np.array(S.tolist(), dtype=float).ravel() for S in forms])
    start = np.linalg.lstsq(flat.T, np.eye(size).ravel(), rcond=None)[0]
    weights = start
    for step in range(400):
        S = (weights @ flat).reshape(size, size)
        values, vectors = np.linalg.eigh(S)
        if values[0] > 1e-3 * values[-1] > 0:
            for fineness in (1, 4, 16, 256):
                rounded = [Rational(round(fineness * w / values[-1])) for w in weights]
                candidate = sum(
                    (c * S for c, S in zip(rounded, forms, strict=True)), zeros(size)
                )
                if _positive(candidate):
                    return ImmutableMatrix(candidate / fineness)
        # The slope of the least eigenvalue: ascend it until every one is positive.
        slope = flat @ np.outer(vectors[:, 0], vectors[:, 0]).ravel()
        weights = weights + slope / (np.linalg.norm(slope) + 1e-12) / (1 + step) ** 0.5
        weights = weights / np.linalg.norm(weights)
    return None


def _positive(S: Any) -> bool:  # noqa: ANN401
    """Sylvester's criterion, in exact arithmetic."""
    return all(S[:k, :k].det() > 0 for k in range(1, S.shape[0] + 1))


def _text(matrix: ImmutableMatrix) -> list[list[str]]:
    return [[str(value) for value in row] for row in matrix.tolist()]
