r"""Haar quadratures: finitely many elements of a compact group that average like all of it.

Takes the linear action of a compact algebra, gives matrices and weights made by
exponentials of its generators, exact on polynomials of z up to a degree.

.. math:: \int_G f(g z) \, dg = \sum_j w_j \, f(M_j z + c_j) \quad \text{for } \deg f \le d

An abelian part is a torus, where equal steps are exact; so(3) and su(2) have Euler angles,
with equal steps in the outer two and Gauss points in the cosine of the middle one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from symflow.errors import ArgumentError, UnsupportedError
from symflow.representation import LinearAction

__all__ = ["Quadrature", "haar_quadrature"]

Array = np.ndarray[Any, np.dtype[Any]]

_MOST_ELEMENTS = 100_000
_ROUND_OFF = 1e-9
# Frequencies whose ratios have denominators up to this are taken for commensurable.
_LARGEST_DENOMINATOR = 64


@dataclass(frozen=True, eq=False)
class Quadrature:
    r"""Elements of a group with weights that sum to one.

    .. math:: z \mapsto M_j z + c_j

    Arguments:
        matrices: The matrices M, shape (m, 2n, 2n).
        shifts: The shifts c, shape (m, 2n).
        weights: The weights, shape (m,).
        degree: The degree up to which averages of polynomials are exact; None for a
            finite group, where every average is.
    """

    matrices: Array
    shifts: Array
    weights: Array
    degree: int | None

    def __len__(self) -> int:
        return len(self.weights)


def haar_quadrature(action: LinearAction, degree: int = 8) -> Quadrature:
    """Elements of the compact group of an algebra that average polynomials exactly.

    Arguments:
        action: The linear action, compact; its ideals must be so(3), su(2) or abelian.
        degree: The highest degree in z of polynomials whose average is exact.

    Returns:
        The quadrature.

    Raises:
        ArgumentError: If the degree is negative or takes too many elements.
        NonCompactError: If the group is not compact.
        UnsupportedError: If a simple ideal has more than three dimensions, or the orbits
            of the centre do not close.

    Example:
        >>> from symflow.algebra import LieAlgebra
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> turns = haar_quadrature(LinearAction(so2), degree=2)  # thirds of a turn
        >>> len(turns), bool(np.allclose((turns.matrices @ [1, 0, 0, 0]).mean(0), 0))
        (3, True)

    Reference:
        Folland, A Course in Abstract Harmonic Analysis, section 2.2; Kostelec and Rockmore
        2008, Journal of Fourier Analysis and Applications 14, 145 (so(3)).
    """
    if degree < 0:
        raise ArgumentError(
            f"Argument `degree` must be at least 0, but it is {degree!r}."
        )
    root, centre = _frame(action)
    algebra = _CompactAlgebra([root @ A @ np.linalg.inv(root) for A in _fields(action)])
    factors = [_circle(*pair, degree) for pair in _circles(algebra.centre)]
    factors += [_euler(ideal, degree) for ideal in algebra.simple]
    matrices, weights = np.eye(len(centre))[None], np.ones(1)
    for more, parts in factors:
        if len(weights) * len(parts) > _MOST_ELEMENTS:
            raise ArgumentError(
                f"Argument `degree` must be so low that {_MOST_ELEMENTS} elements are "
                f"enough, but {degree} takes {len(weights) * len(parts)} or more."
            )
        matrices = (matrices[:, None] @ more).reshape(-1, *matrices.shape[1:])
        weights = np.outer(weights, parts).ravel()
    matrices = np.linalg.inv(root) @ matrices @ root
    shifts = centre - matrices @ centre
    return Quadrature(matrices, shifts, weights, degree)


def _fields(action: LinearAction) -> list[Array]:
    return [np.array(A.tolist(), dtype=np.float64) for A in action.matrices.values()]


def _frame(action: LinearAction) -> tuple[Array, Array]:
    """A frame in which the action is orthogonal, and its fixed point."""
    metric = np.array(action.metric.tolist(), dtype=np.float64)
    centre = np.array(action.fixed_point.tolist(), dtype=np.float64).ravel()
    return np.linalg.cholesky(metric).T, centre


class _CompactAlgebra:
    """Antisymmetric matrices, split into a centre and simple ideals.

    The trace form is invariant, so in an orthonormal basis the structure constants are
    antisymmetric in all places; the maps that commute with all brackets are diagonal on
    the simple ideals, with different values where they are drawn at random.
    """

    def __init__(self, fields: Sequence[Array]) -> None:
        self.basis = _orthonormal(fields)
        c = self._constants()
        killing = np.einsum("iab,jab->ij", c, c)
        values, vectors = np.linalg.eigh(killing)
        free = values <= _ROUND_OFF * max(1.0, float(values.max(initial=0.0)))
        self.centre = self._combined(vectors[:, free].T)
        self.simple = self._ideals(vectors[:, ~free])

    def _constants(self) -> Array:
        E = self.basis
        products = np.einsum("iab,jbc->ijac", E, E)
        brackets = products - products.swapaxes(0, 1)
        constants: Array = np.einsum("ijac,kac->ijk", brackets, E)
        return constants

    def _combined(self, rows: Array) -> Array:
        combined: Array = np.einsum("ri,iab->rab", rows, self.basis)
        return combined

    def _ideals(self, frame: Array) -> list[Array]:
        """The simple ideals, each as a basis of shape (r, 2n, 2n)."""
        size = frame.shape[1]
        if not size:
            return []
        c = np.einsum("ijk,ia,jb,kc->abc", self._constants(), frame, frame, frame)
        eye = np.eye(size)
        # T ad_i = ad_i T, with ad_i the matrix c_i; T as a row of size^2 numbers.
        rows = np.concatenate([np.kron(a, eye) - np.kron(eye, a.T) for a in c])
        _, singular, right = np.linalg.svd(rows, full_matrices=True)
        rank = int((singular > _ROUND_OFF * singular[0]).sum())
        centroid = right[rank:].reshape(-1, size, size)
        mixture = np.random.default_rng(0).normal(size=len(centroid))
        T = np.einsum("r,rab->ab", mixture, centroid)
        values, vectors = np.linalg.eigh((T + T.T) / 2)
        cuts = np.nonzero(np.diff(values) > 1e-6 * np.abs(values).max())[0] + 1
        groups = np.split(np.arange(size), cuts)
        return [self._combined((frame @ vectors[:, group]).T) for group in groups]


def _orthonormal(fields: Sequence[Array]) -> Array:
    """A basis of the span of matrices, orthonormal in the trace form."""
    if not fields:
        return np.zeros((0, 0, 0))
    flat = np.array([A.ravel() for A in fields])
    _, singular, right = np.linalg.svd(flat, full_matrices=False)
    kept = right[singular > _ROUND_OFF * max(1.0, float(singular[0]))]
    return kept.reshape(-1, *fields[0].shape)


def _circles(centre: Array) -> list[tuple[Array, int]]:
    """Generators of period 2 pi whose circles cover the torus, with top frequencies."""
    if not len(centre):
        return []
    # i times a random mixture is Hermitian; its eigenvectors are those of all of them.
    mixture = np.random.default_rng(0).normal(size=len(centre))
    _, vectors = np.linalg.eigh(1j * np.einsum("r,rab->ab", mixture, centre))
    turned = np.einsum("xa,rxy,ya->ar", vectors.conj(), 1j * centre, vectors).real
    weights = turned[np.abs(turned).max(1) > _ROUND_OFF]
    chosen: list[Array] = []
    for weight in weights:
        if np.linalg.matrix_rank([*chosen, weight], tol=1e-6) > len(chosen):
            chosen.append(weight)
    inverse = np.linalg.inv(np.array(chosen))
    ratios = [[_ratio(x) for x in row] for row in weights @ inverse]
    found = []
    for k in range(len(chosen)):
        column = [row[k] for row in ratios]
        scale = lcm(*(x.denominator for x in column))
        generator = scale * np.einsum("r,rab->ab", inverse[:, k], centre)
        found.append((generator, max(abs(int(scale * x)) for x in column)))
    return found


def _ratio(x: float) -> Fraction:
    fraction = Fraction(x).limit_denominator(_LARGEST_DENOMINATOR)
    if abs(float(fraction) - x) > 1e-7:
        raise UnsupportedError(
            "Argument `action` must have a centre whose orbits close, but two of its "
            f"frequencies have the ratio {x:.6g}. Its orbits are dense in a torus: "
            "declare the generators of that torus."
        )
    return fraction


def _circle(generator: Array, frequency: int, degree: int) -> tuple[Array, Array]:
    """Equal steps about a circle, exact for the frequencies of a polynomial."""
    count = degree * frequency + 1
    angles = 2 * np.pi * np.arange(count) / count
    return _exponentials(generator, angles), np.full(count, 1 / count)


def _euler(ideal: Array, degree: int) -> tuple[Array, Array]:
    """Products of three exponentials, exact for the spins of a polynomial."""
    if len(ideal) != 3:
        raise UnsupportedError(
            "Argument `action` must have simple ideals of three dimensions, so(3) or "
            f"su(2), for a Haar quadrature, but one has {len(ideal)}. Use its invariants, "
            "or average over a finite subgroup."
        )
    bracket = ideal[0] @ ideal[1] - ideal[1] @ ideal[0]
    size = np.einsum("ab,ab->", bracket, ideal[2])
    e = ideal / size  # so that [e_0, e_1] = e_2
    twice = 2 * np.abs(np.linalg.eigvals(e[2]).imag).max()
    top = degree * round(twice)  # the highest frequency, in halves
    whole = np.allclose(np.linalg.eigvals(e[2]).imag % 1.0 % (1 - 1e-9), 0, atol=1e-6)
    count = (top // 2 if whole else top) + 1
    angles = (2 if whole else 4) * np.pi * np.arange(count) / count
    cosines, gauss = np.polynomial.legendre.leggauss(top // 4 + 1)
    outer = _exponentials(e[2], angles)
    middle = _exponentials(e[1], np.arccos(cosines))
    product = outer[:, None, None] @ middle[:, None] @ outer
    weights = np.ones(count)[:, None, None] * gauss[:, None] * np.ones(count)
    return product.reshape(-1, *product.shape[3:]), weights.ravel() / weights.sum()


def _exponentials(generator: Array, angles: Array) -> Array:
    """The exponentials of an antisymmetric matrix, by its eigenvectors."""
    values, vectors = np.linalg.eigh(1j * generator)
    phases = np.exp(-1j * np.multiply.outer(angles, values))
    product: Array = ((vectors * phases[:, None]) @ vectors.conj().T).real
    return product
