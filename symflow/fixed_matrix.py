r"""Fixed matrix: known numbers that act on rows, by the fastest product there is.

Takes entries, gives the map of rows of shape (columns, batch) to rows of shape (rows,
batch).

.. math:: Y_{ab} = \sum_k C_{ak} X_{kb}

Small or well filled matrices are dense products. On the CPU large sparse ones are weighted
sums of rows, which read each row where it lies and write each sum once; in double precision,
where torch has no fast kernel for that, they are sparse matrices. A matrix that only picks
rows moves them without arithmetic.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import embedding_bag, pad

__all__ = ["FixedMatrix", "matrix_product"]

_SMALL = 2**12  # entries, up to which a dense product costs less than it takes to start
_FILLED = 0.3  # share of entries that are not zero, from which a dense product wins
_LARGE = 2**24  # entries that are never stored densely
_SUMMED = (torch.float32, torch.float64)


def matrix_product(matrix: Tensor, rows: Tensor) -> Tensor:
    """A matrix product that autocast leaves in the precision of its operands.

    Arguments:
        matrix: Shape (m, k).
        rows: Shape (k, batch).

    Returns:
        Their product, shape (m, batch).
    """
    kind = rows.device.type
    if not (torch.amp.is_autocast_available(kind) and torch.is_autocast_enabled(kind)):
        return torch.mm(matrix, rows)
    with torch.autocast(kind, enabled=False):
        return torch.mm(matrix, rows)


class FixedMatrix:
    r"""A matrix of known numbers.

    .. math:: (C X)_{ab} = \sum_k C_{ak} X_{kb}

    Arguments:
        rows: The row of each entry.
        columns: The column of each entry; entries of the same place add up.
        values: The number of each entry.
        shape: The number of rows and of columns.
        like: A tensor of the precision and on the device that the numbers shall have.

    Example:
        >>> like = torch.empty(0, dtype=torch.float64)
        >>> gap = FixedMatrix([0, 0], [0, 2], [1.0, -1.0], (1, 3), like)
        >>> points = torch.tensor([[5.0], [7.0], [3.0]], dtype=torch.float64)
        >>> gap(points), gap.transposed(torch.ones(1, 1, dtype=torch.float64)).T
        (tensor([[2.]], dtype=torch.float64), tensor([[ 1.,  0., -1.]], dtype=torch.float64))
    """

    def __init__(
        self,
        rows: Sequence[int] | Tensor,
        columns: Sequence[int] | Tensor,
        values: Sequence[float] | Tensor,
        shape: tuple[int, int],
        like: Tensor,
    ) -> None:
        self.shape = shape
        self._like = like.new_empty(0)
        self._rows = torch.as_tensor(rows, dtype=torch.int64)
        self._columns = torch.as_tensor(columns, dtype=torch.int64)
        self._values = torch.as_tensor(values, dtype=torch.float64)
        self._picked = self._read_picked()
        size, filled = shape[0] * shape[1], len(self._rows)
        self._sums = (
            like.device.type == "cpu"
            and like.dtype in _SUMMED
            and size > _SMALL
            and filled < _FILLED * size
        )
        self._store_sums(like)
        double = like.dtype == torch.float64
        self._sparse = self._read_sparse() if self._sums and double else None
        self._dense = self._read_dense(like) if size <= _LARGE else None

    @property
    def transposed(self) -> FixedMatrix:
        """The matrix with rows and columns exchanged."""
        shape = self.shape[1], self.shape[0]
        return FixedMatrix(self._columns, self._rows, self._values, shape, self._like)

    def __call__(self, rows: Tensor) -> Tensor:
        """The product with rows.

        Sums of rows have no derivative in torch, so they run only without a tape; what
        is to be differentiated, traced or batched by a transform takes another way.

        Arguments:
            rows: Shape (columns, batch).

        Returns:
            The product, shape (rows, batch).
        """
        if self._picked is not None:
            return self._pick(rows, *self._picked)
        traced = torch.is_grad_enabled() or torch.compiler.is_compiling()
        if self._sums and not traced and rows.shape[1] > 0:
            if self._sparse is not None:
                return self._sparse @ rows
            return embedding_bag(
                self._order,
                rows,
                self._starts[:-1],
                mode="sum",
                per_sample_weights=self._weights,
            )
        if self._dense is not None:
            return matrix_product(self._dense, rows)
        terms = rows.index_select(0, self._order) * self._weights[:, None]
        total = terms.new_zeros(self.shape[0], rows.shape[1])
        return total.index_add(0, self._targets, terms)

    def _pick(self, rows: Tensor, index: Tensor, first: int | None) -> Tensor:
        if first is None:
            return rows.index_select(0, index)
        count = self.shape[0]
        return rows if count == len(rows) else rows.narrow(0, first, count)

    def _read_picked(self) -> tuple[Tensor, int | None] | None:
        """The row that each result is, and where the first is if they follow another."""
        each = torch.arange(self.shape[0])
        order = torch.argsort(self._rows, stable=True)
        if not torch.equal(self._rows[order], each) or (self._values != 1.0).any():
            return None
        index = self._columns[order].to(self._like.device)
        first = int(index[0]) if len(index) else 0
        follows = torch.equal(index, each.to(index) + first)
        return index, first if follows else None

    def _store_sums(self, like: Tensor) -> None:
        """The entries by rows: where each row starts, its columns and its numbers."""
        order = torch.argsort(self._rows, stable=True)
        counts = torch.bincount(self._rows, minlength=self.shape[0])
        device = like.device
        self._starts = pad(counts.cumsum(0), (1, 0)).int().to(device)
        self._order = self._columns[order].int().to(device)
        self._targets = self._rows[order].to(device)
        self._weights = self._values[order].to(like)

    def _read_sparse(self) -> Tensor:
        with warnings.catch_warnings():
            # Torch says of every sparse matrix that its kind is in beta state.
            warnings.simplefilter("ignore", UserWarning)
            return torch.sparse_csr_tensor(
                self._starts, self._order, self._weights, self.shape
            )

    def _read_dense(self, like: Tensor) -> Tensor:
        dense = torch.zeros(self.shape, dtype=torch.float64)
        dense.index_put_((self._rows, self._columns), self._values, accumulate=True)
        return dense.to(like)
