"""Small models whose best bound is known in closed form."""

import math

import torch
from torch import nn


class NoisyGaussian(nn.Module):
    """x = m + a h + s e with h and e of unit normal, and a Gaussian encoder of h.

    The posterior of h is Gaussian, so the best ELBO is the exact log-density of a
    normal of variance a^2 + s^2; until then the encoder's noise makes it random.
    """

    data_dimensions = (1,)

    def __init__(self, dtype=torch.float64, first=0.0):
        super().__init__()
        start = torch.tensor([first, 0.5, 0.0, 0.0, 0.0, 0.0], dtype=dtype)
        self.mean, self.pull, self.log_width = map(nn.Parameter, start[:3].split(1))
        self.slope, self.shift, self.log_spread = map(nn.Parameter, start[3:].split(1))

    def objective(self, batch, generator):
        x = batch[:, 0]
        noise = torch.randn(
            x.shape, generator=generator, dtype=x.dtype, device=x.device
        )
        h = self.slope * x + self.shift + self.log_spread.exp() * noise
        return (
            normal(x, self.mean + self.pull * h, self.log_width)
            + normal(h, torch.zeros_like(h), torch.zeros_like(h))
            - normal(noise, torch.zeros_like(h), torch.zeros_like(h))
            + self.log_spread
        )

    def description(self):
        return {"kind": "noisy gaussian", "dtype": str(self.mean.dtype)}


class Fragile(NoisyGaussian):
    """A noisy Gaussian whose objective, or gradient, breaks on large samples."""

    def __init__(self, breaks, limit=10.0):
        super().__init__()
        self.breaks = breaks
        self.limit = limit

    def objective(self, batch, generator):
        values = super().objective(batch, generator)
        large = batch[:, 0] > self.limit
        if self.breaks == "objective":
            return torch.where(large, torch.full_like(values, math.nan), values)
        # The value of sqrt(0) is finite and its derivative is not.
        return values + (self.pull * 0).abs().sqrt() if bool(large.any()) else values


def normal(x, mean, log_width):
    scaled = (x - mean) * (-log_width).exp()
    return -(scaled**2) / 2 - log_width - math.log(2 * math.pi) / 2


def best_bound(x):
    """The largest mean log-density that any normal gives to the samples."""
    return -math.log(2 * math.pi * math.e * float(x.var(correction=0))) / 2


def samples(count=200, seed=0):
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(count, 1, generator=generator, dtype=torch.float64)
    return 1.5 + 0.7 * noise
