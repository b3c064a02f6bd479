r"""Baselines: the same flow written in other ways, from the naive to the laborious.

Takes a physical system (rotations of three particles; thirteen particles and their
distances), gives models that are the same function of the same weights.

.. math:: H = K(I(p)) + U(I(q)), \qquad \mathrm{ELBO} = \log\pi(\Phi^{-1}(q, p))
    - \log h(p \mid q)

K and U are perceptrons with two hidden layers of tanh on the invariants; the flow is
leapfrog with a step that is learned, and h a Gaussian that is learned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations, combinations_with_replacement
from typing import Any, NamedTuple

import torch
from sympy import Expr, Symbol, lambdify, sqrt, symbols
from torch import Tensor, nn

from symflow.chain import Chain, Factor, MemoryKind
from symflow.compilation import compile as compile_functions
from symflow.hamiltonians import InvariantHamiltonian
from symflow.networks import PotentialNetwork
from symflow.pieces import ShearPiece


class System(NamedTuple):
    """A number of particles in space, and invariants of their places."""

    name: str
    particles: int
    invariants: Callable[[Sequence[Symbol]], list[Expr]]

    @property
    def n(self) -> int:
        """The number of degrees of freedom."""
        return 3 * self.particles


def dot_products(x: Sequence[Symbol]) -> list[Expr]:
    """All scalar products of the particles' places."""
    places = [x[3 * k : 3 * k + 3] for k in range(len(x) // 3)]
    return [
        sum(a * b for a, b in zip(u, v, strict=True))
        for u, v in combinations_with_replacement(places, 2)
    ]


def distances(x: Sequence[Symbol]) -> list[Expr]:
    """All distances between the particles."""
    places = [x[3 * k : 3 * k + 3] for k in range(len(x) // 3)]
    return [
        sqrt(sum((a - b) ** 2 for a, b in zip(u, v, strict=True)))
        for u, v in combinations(places, 2)
    ]


THREE = System("SO(3) on 3 particles", 3, dot_products)
THIRTEEN = System("13 particles", 13, distances)


class Encoder(nn.Module):
    """A Gaussian p given q with a mean that is linear in q."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.mean = nn.Linear(n, n)
        self.log_width = nn.Parameter(torch.zeros(n))

    def forward(self, q: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """A momentum, and the logarithm of its density up to a constant."""
        p = self.mean(q) + self.log_width.exp() * noise
        return p, -(self.log_width + noise * noise / 2).sum(-1)


class Model(nn.Module):
    """What every way shares: two networks, a step size, an encoder and the ELBO."""

    def __init__(self, system: System, width: int, steps: int) -> None:
        super().__init__()
        self.system = system
        self.steps = steps
        count = len(system.invariants(symbols(f"x:{system.n}")))
        self.K, self.U = (
            PotentialNetwork(count, width, 2, compressed=False) for _ in "KU"
        )
        self.step = nn.Parameter(torch.tensor(0.02))
        self.encoder = Encoder(system.n)

    def inverse(self, z: Tensor) -> Tensor:
        """The flow back to the base."""
        raise NotImplementedError

    def loss(self, q: Tensor, noise: Tensor) -> Tensor:
        """Minus the mean ELBO, up to a constant."""
        p, log_h = self.encoder(q, noise)
        z = self.inverse(torch.cat([q, p], -1))
        return (z.square().sum(-1) / 2 + log_h).mean()


class Naive(Model):
    """A0: what one writes first. Two half-kicks a step, forces by autograd."""

    def __init__(self, system: System, width: int, steps: int) -> None:
        super().__init__(system, width, steps)
        x = symbols(f"x:{system.n}")
        self.read = lambdify(x, system.invariants(x), modules="torch", cse=True)

    def invariants(self, x: Tensor) -> Tensor:
        """The invariants as SymPy writes them out."""
        return torch.stack(self.read(*x.unbind(-1)), -1)

    def force(self, energy: nn.Module, x: Tensor) -> Tensor:
        """The gradient of an energy."""
        with torch.enable_grad():
            x = x if x.requires_grad else x.detach().requires_grad_()
            value = energy.value(self.invariants(x)).sum()
            return torch.autograd.grad(value, x, create_graph=True)[0]

    def inverse(self, z: Tensor) -> Tensor:
        """Leapfrog backwards in time."""
        q, p = z.chunk(2, -1)
        h = -self.step
        for _ in range(self.steps):
            p = p - h / 2 * self.force(self.U, q)
            q = q + h * self.force(self.K, p)
            p = p - h / 2 * self.force(self.U, q)
        return torch.cat([q, p], -1)


class Merged(Naive):
    """A: the same with the half-kicks of neighbouring steps done as one."""

    def inverse(self, z: Tensor) -> Tensor:
        """Leapfrog backwards in time."""
        q, p = z.chunk(2, -1)
        h = -self.step
        p = p - h / 2 * self.force(self.U, q)
        for step in range(self.steps):
            q = q + h * self.force(self.K, p)
            last = step + 1 == self.steps
            p = p - (h / 2 if last else h) * self.force(self.U, q)
        return torch.cat([q, p], -1)


class Structured(Merged):
    """A with invariants written by hand for tensors: Gram matrix, incidence matrix."""

    def __init__(self, system: System, width: int, steps: int) -> None:
        super().__init__(system, width, steps)
        count = system.particles
        pairs = list(combinations(range(count), 2))
        incidence = torch.zeros(len(pairs), count)
        for row, (a, b) in enumerate(pairs):
            incidence[row, a], incidence[row, b] = 1.0, -1.0
        self.register_buffer("incidence", incidence)
        upper = torch.triu_indices(count, count)
        self.register_buffer("upper", upper)

    def invariants(self, x: Tensor) -> Tensor:
        """The invariants by matrix products."""
        places = x.unflatten(-1, (self.system.particles, 3))
        if self.system.invariants is distances:
            return (self.incidence @ places).square().sum(-1).sqrt()
        gram = places @ places.mT
        return gram[..., self.upper[0], self.upper[1]]


class ClosedForm(Structured):
    """Forces written out by hand in torch, without autograd inside: for inference."""

    def force(self, energy: nn.Module, x: Tensor) -> Tensor:
        """The gradient of an energy by the chain rule."""
        places = x.unflatten(-1, (self.system.particles, 3))
        first, second = energy.layers
        gram = places @ places.mT
        a = torch.tanh(first(gram[..., self.upper[0], self.upper[1]]))
        b = torch.tanh(second(a))
        sweep = ((1 - b * b) * energy.last) @ second.weight
        c = ((1 - a * a) * sweep) @ first.weight
        C = c.new_zeros(*c.shape[:-1], *gram.shape[-2:])
        C[..., self.upper[0], self.upper[1]] = c
        return ((C + C.mT) @ places).flatten(-2)


class Symflow(Model):
    """The toolkit: a chain of two shears."""

    def __init__(
        self, system: System, width: int, steps: int, memory: MemoryKind = "save"
    ) -> None:
        super().__init__(system, width, steps)
        z = symbols(f"q:{system.n} p:{system.n}")
        halves = z[: system.n], z[system.n :]
        pieces = [
            ShearPiece(
                InvariantHamiltonian(
                    compile_functions(system.invariants(half), z), function=function
                )
            )
            for half, function in zip(halves, (self.U, self.K), strict=True)
        ]
        factors = [Factor(0, 0.5)]
        for step in range(steps):
            last = step + 1 == steps
            factors += [Factor(1, 1.0), Factor(0, 0.5 if last else 1.0)]
        self.chain = Chain(pieces, factors, memory, self.step)

    def inverse(self, z: Tensor) -> Tensor:
        """The chain backwards."""
        return self.chain.inverse(z)


class Adjoint(Naive):
    """The continuous flow by the midpoint rule of torchdiffeq, with its adjoint.

    Arguments:
        solve: torchdiffeq's `odeint_adjoint`.
    """

    def __init__(
        self, system: System, width: int, steps: int, solve: Callable[..., Tensor]
    ) -> None:
        super().__init__(system, width, steps)
        self.solve = solve

    def forward(self, time: Tensor, z: Tensor) -> Tensor:
        """How fast a phase point moves backwards, in units of the step."""
        # The solver takes its steps without a tape, on which the forces depend.
        with torch.enable_grad():
            q, p = z.chunk(2, -1)
        h = -self.step
        return torch.cat([h * self.force(self.K, p), -h * self.force(self.U, q)], -1)

    def inverse(self, z: Tensor) -> Tensor:
        """The flow for as many units of time as there are steps, in as many steps."""
        times = torch.tensor([0.0, self.steps], dtype=z.dtype)
        options = {"step_size": 1.0}
        return self.solve(self, z, times, method="midpoint", options=options)[-1]


def batch(system: System, size: int, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Positions and noise."""
    generator = torch.Generator().manual_seed(1)
    shape = (size, system.n)
    q, noise = (torch.randn(shape, generator=generator) for _ in range(2))
    return q.to(dtype), noise.to(dtype)


def gradient(model: Model, q: Tensor, noise: Tensor) -> list[Tensor]:
    """One training step without the optimiser: forwards and backwards."""
    model.zero_grad()
    model.loss(q, noise).backward()
    return [w.grad for w in shared(model) if w.grad is not None]


def shared(model: Model) -> list[nn.Parameter]:
    """The weights that every way has, in one order."""
    parts = model.K, model.U, model.encoder
    return [model.step, *(w for part in parts for w in part.parameters())]


def make(way: type[Model], dtype: torch.dtype, *arguments: Any) -> Model:
    """A model with the same weights whichever way it is written."""
    torch.manual_seed(0)
    return way(*arguments).to(dtype)
