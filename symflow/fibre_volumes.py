r"""Fibre volumes: how much phase space lies over each value of the invariants.

Takes an algebra of rotations that acts on several vectors alike, gives the volume of the
points with given dot products, as a formula in them.

.. math:: \int f(G(z)) \, dz = \int f(G) \, V(G) \, dG, \qquad
    V(G) = \frac{\pi^{k d / 2}}{\Gamma_k(d / 2)} \, (\det G)^{(d - k - 1) / 2}

with k vectors in d dimensions and their k by k matrix G of dot products. For one particle
in space this is :math:`dq \, dp = 2 \pi^2 \, da \, db \, dc` on :math:`ab \ge c^2`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations_with_replacement
from math import isqrt
from typing import final

from sympy import Expr, ImmutableMatrix, Mul, Rational, Symbol, gamma, pi

from symflow.algebra import LieAlgebra
from symflow.errors import UnsupportedError
from symflow.notebook_views import NotebookView, Rows
from symflow.representation import LinearAction

__all__ = ["FibreVolume", "fibre_volume"]


@final
@dataclass(frozen=True)
class FibreVolume(NotebookView):
    """The volume over the dot products of k vectors in d dimensions.

    Arguments:
        vectors: The number k of vectors, positions and momenta alike.
        dimension: The number d of components of each.
    """

    vectors: int
    dimension: int

    @cached_property
    def products(self) -> ImmutableMatrix:
        """The matrix G of dot products, as symbols G11, G12 and so on."""
        k = self.vectors
        names = {
            (i, j): Symbol(f"G{i + 1}{j + 1}", real=True)
            for i, j in combinations_with_replacement(range(k), 2)
        }
        return ImmutableMatrix(k, k, lambda i, j: names[min(i, j), max(i, j)])

    @cached_property
    def expression(self) -> Expr:
        """The volume V(G), where G is positive."""
        k, d = self.vectors, self.dimension
        # The multivariate gamma function, written out.
        below = pi ** Rational(k * (k - 1), 4)
        below *= Mul(*(gamma(Rational(d - j, 2)) for j in range(k)))
        power = Rational(d - k - 1, 2)
        return pi ** Rational(k * d, 2) / below * self.products.det() ** power

    def _notebook_rows(self) -> Rows:
        yield "vectors", f"{self.vectors}, of {self.dimension} components each"
        yield "volume", self.expression

    @property
    def constant(self) -> float:
        """The factor before the power of the determinant."""
        return float(self.expression.subs(self._unit))

    @property
    def _unit(self) -> dict[Symbol, int]:
        G = self.products
        size = range(self.vectors)
        return {G[i, j]: int(i == j) for i in size for j in size if i <= j}


def fibre_volume(algebra: LieAlgebra) -> FibreVolume:
    r"""The volume over the invariants of an algebra of rotations.

    Arguments:
        algebra: All rotations so(d), acting on every position and momentum alike, in
            coordinates where particles stand side by side.

    Returns:
        The volume, with its formula.

    Raises:
        UnsupportedError: If the algebra is no such algebra, or there are more vectors than
            dimensions, so that the dot products are not independent.

    Example:
        >>> from symflow.generators import rotations
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x y z")
        >>> fibre_volume(LieAlgebra(space, rotations(space))).expression
        2*pi**2

    Reference:
        Muirhead, Aspects of Multivariate Statistical Theory, theorem 2.1.14;
        docs/theory.md, equation (17).
    """
    dimension = (1 + isqrt(1 + 8 * algebra.dimension)) // 2
    size = len(algebra.space.z)
    vectors = size // dimension
    matrices = list(LinearAction(algebra).matrices.values())
    shifts = LinearAction(algebra).shifts.values()
    whole = (
        dimension * (dimension - 1) == 2 * algebra.dimension
        and dimension * vectors == size
        and len(matrices) > 0
        and not any(any(shift) for shift in shifts)
        and all(_acts_alike(A, dimension) for A in matrices)
    )
    if not whole:
        raise UnsupportedError(
            f"Argument `algebra` must be so(d) acting on all positions and momenta alike, "
            f"but {', '.join(algebra.generators) or 'no generator'} is not. Use a mixture "
            "of Gaussians as a base."
        )
    if vectors > dimension:
        raise UnsupportedError(
            f"Argument `algebra` must act on at most {dimension} vectors, but there are "
            f"{vectors}, whose dot products are not independent. Use a mixture of "
            "Gaussians as a base."
        )
    return FibreVolume(vectors, dimension)


def _acts_alike(A: ImmutableMatrix, dimension: int) -> bool:
    """Whether a matrix is the same antisymmetric block for every vector."""
    block = A[:dimension, :dimension]
    size = A.shape[0]
    return -block == block.T and all(
        A[i, j]
        == (block[i % dimension, j % dimension] if _same(i, j, dimension) else 0)
        for i in range(size)
        for j in range(size)
    )


def _same(i: int, j: int, dimension: int) -> bool:
    return i // dimension == j // dimension
