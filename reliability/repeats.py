r"""Repeats: the same seed once more, with one thread and with two, and in half the digits.

Takes a small flow, gives whether its weights after training are the same bits, and how
far float32 is from float64 on the same weights.

.. math:: |\log p_{32} - \log p_{64}| \le 2^{-23} \, N \, (1 + |\log p_{64}|)

where N is the number of steps of the flow.
"""

from __future__ import annotations

import torch

import symflow as sf
from reliability.figures import Figure
from symflow.training import fit

__all__ = ["figures", "precision", "trained"]

BLOCKS, WIDTH, STEPS = 4, 16, 30
SPACE = sf.PhaseSpace("x y")


def flow(dtype: torch.dtype) -> sf.HamiltonianFlow:
    """An untrained flow of the plane with rotations."""
    so2 = sf.LieAlgebra(SPACE, {"L": "x*p_y - y*p_x"})
    return sf.HamiltonianFlow(
        sf.invariants(so2), blocks=BLOCKS, width=WIDTH, dtype=dtype, seed=1
    )


def points(count: int) -> torch.Tensor:
    """Points of the plane, far from round."""
    noise = torch.Generator().manual_seed(3)
    return torch.randn(count, 2, generator=noise, dtype=torch.float64) * 1.5 + 0.5


def trained(threads: int, dtype: torch.dtype) -> bytes:
    """The bits of all weights after a training run.

    Arguments:
        threads: Threads of torch.
        dtype: The number type.

    Returns:
        The weights as bytes.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        model = flow(dtype)
        fit(model, points(600), steps=STEPS, batch_size=128, progress=False)
    finally:
        torch.set_num_threads(before)
    return b"".join(value.numpy().tobytes() for value in model.state_dict().values())


def precision() -> float:
    """The distance of float32 from float64, in units of its bound.

    Returns:
        The largest over 500 points of phase space; one is the bound.
    """
    fine, coarse = flow(torch.float64), flow(torch.float32)
    coarse.load_state_dict(fine.state_dict())
    z = torch.cat([points(500), points(1000)[500:]], dim=1)
    with torch.no_grad():
        exact = fine.joint_log_prob(z)
        rounded = coarse.joint_log_prob(z.float()).double()
    bound = 2.0**-23 * len(fine.pieces) * (1 + exact.abs())
    return float(((rounded - exact).abs() / bound).max())


def figures(share: float) -> list[Figure]:
    """Whether training repeats itself.

    Arguments:
        share: The part of the full count to try.

    Returns:
        The figures.
    """
    found = []
    for dtype in (torch.float32, torch.float64):
        name = str(dtype).removeprefix("torch.")
        first = trained(1, dtype)
        repeats = max(1, round(5 * share))
        lost = sum(trained(1, dtype) != first for _ in range(repeats))
        what = f"the same training again, {name}, one thread"
        found.append(Figure(what, repeats, 0, lost, "the same bits"))
        two = sum(trained(2, dtype) != first for _ in range(repeats))
        words = "the same bits" if not two else "other bits, which is not promised"
        what = f"the same training, {name}, two threads"
        found.append(Figure(what, repeats, 0, 0, words))
    part = precision()
    remark = f"largest distance {part:.2g} of the bound"
    what = "log-densities in float32, beside float64"
    return [*found, Figure(what, 500, 0, int(part > 1), remark)]
