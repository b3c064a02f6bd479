r"""Orthonormal basis: invariants recombined linearly to the scale of data.

Takes values of invariants on data, gives an invertible affine map to combinations that are
centred, of unit variance and uncorrelated there.

.. math:: x = R I + r, \qquad \langle x_a \rangle = 0, \qquad
    \langle x_a x_b \rangle = \delta_{ab}

Powers of large numbers span many orders of magnitude, and a network sees the largest alone.
Combinations of invariants are invariants, so the symmetry does not notice.
"""

from __future__ import annotations

from typing import Any, final

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from symflow.errors import ArgumentError
from symflow.notebook_views import NotebookView

__all__ = ["OrthonormalBasis"]


@final
class OrthonormalBasis(nn.Module, NotebookView):
    r"""Combinations of invariants that are orthonormal on data.

    .. math:: x = R I + r, \qquad R \, \mathrm{cov}(I) \, R^T = 1, \qquad
        r = -R \langle I \rangle

    Before it is fitted it is the identity. A single invariant is divided by its root mean
    square and not moved, since functions of one invariant know where it vanishes. What R
    and r are is part of the module's state.

    Arguments:
        count: The number m of invariants.

    Example:
        >>> basis = OrthonormalBasis(2).double()
        >>> s = torch.linspace(0, 1, 50, dtype=torch.float64)
        >>> values = torch.stack([s, 1e6 * s**8], -1)
        >>> basis.fit(values)
        >>> x = basis(values)
        >>> torch.allclose(torch.cov(x.T), torch.eye(2, dtype=torch.float64))
        True
        >>> torch.allclose(basis.inverse(x), values)
        True

    Reference:
        Kessy, Lewin and Strimmer 2018, Am. Stat. 72, 309, on whitening by the correlation.
    """

    mixing: Tensor | None
    offset: Tensor | None

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count
        self.register_buffer("mixing", None)
        self.register_buffer("offset", None)

    @torch.no_grad()
    def fit(self, values: Tensor, like: Tensor | None = None) -> None:
        r"""Choose R and r by data.

        The invariants are first divided by their standard deviations, so that their units
        do not matter. A combination that then varies less than the others by more than the
        root of the machine epsilon is all but a relation: it is divided by that much and
        no further, so that half of the digits remain.

        Arguments:
            values: Values of the invariants on data, shape (N, m).
            like: A tensor of the precision in which the map will be used, if not that of
                the values.

        Raises:
            ArgumentError: If there are fewer than two points, or a value is not finite.
        """
        shape = tuple(values.shape)
        if len(shape) != 2 or shape[0] < 2 or shape[1] != self.count:
            raise ArgumentError(
                f"Argument `values` must have shape (N, {self.count}) with two points or "
                f"more, but it has shape {shape}."
            )
        odd = (~values.isfinite()).any(0).nonzero()[:, 0].tolist()
        if odd:
            raise ArgumentError(
                f"Argument `values` must be finite, but the invariants at places {odd} are "
                "not, at some points. Leave these points out, or scale the data down."
            )
        like = values if like is None else like
        mixing, offset = _whitened(values.double(), torch.finfo(like.dtype).eps)
        self.mixing, self.offset = mixing.to(like), offset.to(like)

    def forward(self, values: Tensor) -> Tensor:
        """The combinations x.

        Arguments:
            values: Values of the invariants, shape (..., m).

        Returns:
            The combinations, shape (..., m).
        """
        if self.mixing is None or self.offset is None:
            return values
        return values @ self.mixing.T + self.offset[:, 0]

    def inverse(self, x: Tensor) -> Tensor:
        """The invariants of given combinations.

        Arguments:
            x: The combinations, shape (..., m).

        Returns:
            Values of the invariants, shape (..., m).
        """
        if self.mixing is None or self.offset is None:
            return x
        return torch.linalg.solve(self.mixing, (x - self.offset[:, 0])[..., None])[
            ..., 0
        ]

    def rows(self, values: Tensor) -> Tensor:
        """The combinations, one row for each.

        Arguments:
            values: Values of the invariants, shape (m, B).

        Returns:
            The combinations, shape (m, B).
        """
        if self.mixing is None or self.offset is None:
            return values
        return torch.addmm(self.offset, self.mixing, values)

    def push(self, along: Tensor) -> Tensor:
        r"""How the combinations change with the invariants, :math:`R \, \delta I`.

        Arguments:
            along: Changes of the invariants, shape (m, B).

        Returns:
            Those of the combinations, shape (m, B).
        """
        return along if self.mixing is None else self.mixing @ along

    def pull(self, slopes: Tensor) -> Tensor:
        r"""Slopes along the invariants from those along x, :math:`R^T \, \partial_x f`.

        Arguments:
            slopes: The slopes of a function of x, shape (m, B).

        Returns:
            Its slopes along the invariants, shape (m, B).
        """
        return slopes if self.mixing is None else self.mixing.t() @ slopes

    def _load_from_state_dict(self, state: Any, prefix: str, *rest: Any) -> None:  # noqa: ANN401
        """What is not there until it is fitted is made when it is read."""
        for name in ("mixing", "offset"):
            kept = state.get(prefix + name)
            known = getattr(self, name)
            if kept is None or known is None:
                setattr(self, name, None if kept is None else torch.empty_like(kept))
        super()._load_from_state_dict(state, prefix, *rest)


def _whitened(values: Tensor, epsilon: float) -> tuple[Tensor, Tensor]:
    """The matrix R and the column r."""
    if values.shape[1] == 1:
        size = values.square().mean().sqrt()
        mixing = torch.where(size > 0, 1 / size, 1.0).reshape(1, 1)
        return mixing, torch.zeros_like(mixing)
    mean, spread = values.mean(0), values.std(0)
    spread = torch.where(spread > 0, spread, 1.0)
    scaled = (values - mean) / spread
    # Singular values of the data keep the digits that their covariance would square away.
    triangle = torch.linalg.qr(scaled / (len(values) - 1) ** 0.5, mode="r").R
    _, sizes, axes = torch.linalg.svd(triangle)
    sizes = pad(sizes, (0, len(axes) - len(sizes)))
    least = float(sizes[0]) * epsilon**0.5
    mixing = axes / sizes.clamp(min=least or 1.0)[:, None] / spread
    return mixing, -(mixing @ mean)[:, None]
