r"""Objectives: bounds on log p(q) when the momentum is latent, and on a known energy.

Takes a joint log-density and an encoder, gives lower bounds and, for few dimensions, the
marginal itself by quadrature; with an energy, the divergence from its Boltzmann density.

.. math::
    \log p(q) = \log \int p(q, p)\, dp
    \;\ge\; E_{h(p|q)}\bigl[\log p(q, p) - \log h(p \mid q)\bigr]
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from symflow.arguments import check_positive
from symflow.encoders import AbstractEncoder
from symflow.errors import ArgumentError

__all__ = [
    "effective_sample_size",
    "elbo",
    "importance_weighted_bound",
    "marginal_log_prob",
    "reverse_divergence",
]

LogJoint = Callable[[Tensor], Tensor]


def elbo(
    log_joint: LogJoint,
    encoder: AbstractEncoder,
    q: Tensor,
    generator: torch.Generator | None = None,
) -> Tensor:
    r"""The evidence lower bound, from one sample of p for each q.

    .. math:: \log p(q, p) - \log h(p \mid q), \qquad p \sim h(\cdot \mid q)

    Arguments:
        log_joint: The joint log-density of z = (q, p), from (..., 2n) to (...).
        encoder: The density h.
        q: Positions, shape (..., n).
        generator: Source of randomness.

    Returns:
        An unbiased estimate of the bound in nats, shape (...).

    Reference:
        Rezende et al. 2019, arXiv 1909.13739, section 3.
    """
    p, log_h = encoder.sample_with_log_prob(q, generator)
    return log_joint(torch.cat([q, p], dim=-1)) - log_h


def importance_weighted_bound(
    log_joint: LogJoint,
    encoder: AbstractEncoder,
    q: Tensor,
    samples: int = 64,
    generator: torch.Generator | None = None,
) -> Tensor:
    r"""The importance-weighted bound, tighter than the ELBO.

    .. math:: \log \frac1K \sum_{k=1}^K \frac{p(q, p_k)}{h(p_k \mid q)}

    Arguments:
        log_joint: The joint log-density of z = (q, p), from (..., 2n) to (...).
        encoder: The density h.
        q: Positions, shape (..., n).
        samples: The number K of momenta for each position.
        generator: Source of randomness.

    Returns:
        An estimate whose mean is below log p(q), in nats, shape (...).

    Raises:
        ArgumentError: If there is not one sample at least.

    Reference:
        Burda, Grosse and Salakhutdinov 2016, arXiv 1509.00519, equation 8.
    """
    check_positive("samples", samples)
    repeated = q.expand(samples, *q.shape)
    weights = elbo(log_joint, encoder, repeated, generator)
    return torch.logsumexp(weights, dim=0) - math.log(samples)


def marginal_log_prob(
    log_joint: LogJoint, encoder: AbstractEncoder, q: Tensor, nodes: int = 48
) -> Tensor:
    r"""The marginal log p(q) by quadrature over p, for at most two degrees of freedom.

    .. math:: p(q) = \int p(q, p)\, dp, \qquad p = \mu(q) + L(q)\, u,
        \quad |u_i| \le 8

    The grid is Gauss-Legendre in each direction of the encoder's own frame, so it moves,
    stretches and, for an equivariant encoder, turns with q. It is as good as that frame:
    what lies outside is lost, and what is narrower than the nodes are apart (a third of
    the encoder's width by default) is not resolved.

    Arguments:
        log_joint: The joint log-density of z = (q, p), from (..., 2n) to (...).
        encoder: The density h, which only places the grid.
        q: Positions, shape (..., n) with n at most 2.
        nodes: Number of nodes in each direction.

    Returns:
        The log-density in nats, shape (...).

    Raises:
        ArgumentError: If q has more than two components.
    """
    n = q.shape[-1]
    if n > 2:
        raise ArgumentError(
            "Argument `q` must have at most 2 components for quadrature over p, but it "
            f"has {n}. Use `importance_weighted_bound`."
        )
    points, weights = np.polynomial.legendre.leggauss(nodes)
    grid = np.stack(np.meshgrid(*[8 * points] * n, indexing="ij"), -1).reshape(-1, n)
    log_weights = np.log(8 * weights)
    total = np.stack(np.meshgrid(*[log_weights] * n, indexing="ij"), -1).sum(-1).ravel()
    mean, root = encoder.frame_at(q)
    u = q.new_tensor(grid).view(-1, *[1] * (q.dim() - 1), n)
    p = mean + (root @ u.unsqueeze(-1)).squeeze(-1)
    z = torch.cat([q.expand_as(p), p], dim=-1)
    volume = torch.linalg.slogdet(root).logabsdet
    measure = q.new_tensor(total).view(-1, *[1] * (q.dim() - 1))
    return torch.logsumexp(log_joint(z) + measure, dim=0) + volume


def reverse_divergence(
    log_joint: LogJoint,
    encoder: AbstractEncoder | None,
    energy: LogJoint,
    z: Tensor,
) -> Tensor:
    r"""The reverse divergence from a Boltzmann density, up to the logarithm of its norm.

    .. math:: \mathrm{KL}(p \,\|\, e^{-U} / Z) - \log Z
        \;\le\; E_{z \sim p}\bigl[\log p(q, p) - \log h(p \mid q) + U(q)\bigr]

    The encoder stands for the momentum that the energy does not know; the bound is tight
    where it is the posterior. The negative of each value is the logarithm of an importance
    weight, whose mean over samples is Z whatever the encoder.

    Arguments:
        log_joint: The joint log-density of z = (q, p), from (..., 2n) to (...).
        encoder: The density h, or None if the energy is one of z.
        energy: The energy U in units of temperature, from (..., n), or (..., 2n), to (...).
        z: Samples of the joint density, shape (..., 2n).

    Returns:
        One value for each sample, in nats, shape (...).

    Reference:
        Noé, Olsson, Köhler and Wu 2019, arXiv 1812.01729, equation 8.
    """
    if encoder is None:
        return log_joint(z) + energy(z)
    q, p = z.chunk(2, dim=-1)
    return log_joint(z) - encoder.log_prob(p, q) + energy(q)


def effective_sample_size(log_weights: Tensor) -> float:
    r"""How many independent samples of the target weighted ones are worth, as a part.

    .. math:: \frac{(\sum_i w_i)^2}{N \sum_i w_i^2}

    Arguments:
        log_weights: The logarithms of the importance weights, shape (N,).

    Returns:
        A part in (0, 1]: 1 for equal weights.

    Raises:
        ArgumentError: If there is no weight, or one is not a number.

    Example:
        >>> effective_sample_size(torch.tensor([0.0, 0.0, float("-inf"), float("-inf")]))
        0.5

    Reference:
        Kish 1965, Survey Sampling, section 11.7.
    """
    if not log_weights.numel() or bool(log_weights.isnan().any()):
        raise ArgumentError(
            "Argument `log_weights` must hold one number or more, but it has shape "
            f"{tuple(log_weights.shape)} or holds one that is not a number."
        )
    weights = log_weights.double()
    both = 2 * torch.logsumexp(weights, 0) - torch.logsumexp(2 * weights, 0)
    return float(both.exp()) / len(log_weights)
