"""Known numbers on rows: one product, whichever way it is computed."""

import pytest
import torch

from symflow.fixed_matrix import FixedMatrix

DTYPES = [torch.float32, torch.float64]


def entries(shape, count, seed=0):
    generator = torch.Generator().manual_seed(seed)
    rows, columns = (torch.randint(0, n, (count,), generator=generator) for n in shape)
    values = torch.randn(count, dtype=torch.float64, generator=generator)
    return rows, columns, values


def dense(rows, columns, values, shape):
    matrix = torch.zeros(shape, dtype=torch.float64)
    return matrix.index_put((rows, columns), values, accumulate=True)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("shape", [(5, 7), (90, 110)], ids=["small", "sparse"])
def test_it_is_the_matrix_of_its_entries(shape, dtype):
    """With a tape and without one, entries of one place added up, empty rows zero."""
    found = entries(shape, shape[0])
    exact = dense(*found, shape)
    C = FixedMatrix(*found, shape, torch.empty(0, dtype=dtype))
    x = torch.randn(
        shape[1], 6, dtype=dtype, generator=torch.Generator().manual_seed(1)
    )
    right = exact @ x.double()
    assert bool((exact == 0).all(1).any())
    bound = 100 * torch.finfo(dtype).eps
    for taped in (True, False):
        with torch.set_grad_enabled(taped):
            assert float((C(x).double() - right).abs().max()) < bound
            back = C.transposed(C(x)).double()
            assert float((back - exact.T @ right).abs().max()) < 10 * bound


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@torch.no_grad()
def test_no_points_have_no_products(dtype):
    shape = (90, 110)
    C = FixedMatrix(*entries(shape, 90), shape, torch.empty(0, dtype=dtype))
    assert C(torch.empty(110, 0, dtype=dtype)).shape == (90, 0)
