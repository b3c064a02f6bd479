r"""Flow: a density carried from an invariant base by invariant Hamiltonians.

Takes invariants, gives a trainable density whose invariance is a theorem.

.. math:: z = \Phi(z_0), \quad z_0 \sim \pi, \qquad
    \log p(z) = \log \pi(\Phi^{-1}(z)), \qquad \{g_k, \log p\} = 0

Lemma 1: a base that commutes with every generator, carried by a map that commutes with
every generator's flow, stays invariant. Every factor of the map is the exact flow of a
function of invariants, so this holds for the discrete map, for any weights, and
log|det| = 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial, wraps
from types import UnionType
from typing import Any, Literal, TypeVar, cast, final

import numpy as np
import torch
from torch import Tensor, nn

from symflow.arguments import check_positive
from symflow.chain import Factor, Memory, MemoryKind, check_memory, reverse, transport
from symflow.claims import Standing
from symflow.compilation import compile as compile_functions
from symflow.covariants import momentum_covariants
from symflow.densities import AbstractDensity, InvariantGaussianMixture
from symflow.encoders import (
    AbstractEncoder,
    EquivariantEncoder,
    PlainEncoder,
    ThermalEncoder,
)
from symflow.errors import ArgumentError, UnsupportedError
from symflow.functions import AbstractFunction, ModuleFunction
from symflow.hamiltonians import InvariantHamiltonian
from symflow.integrators import Blocks
from symflow.invariants import Invariants
from symflow.kinetic_energies import KineticEnergy, Mass
from symflow.networks import invariant_function
from symflow.notebook_views import NotebookView, Rows
from symflow.objectives import elbo, importance_weighted_bound, marginal_log_prob
from symflow.pieces import AbstractPiece, LinearFlowPiece, ShearPiece
from symflow.polynomials import total_degree
from symflow.representation import LinearAction
from symflow.runge_kutta import GaussPiece
from symflow.splitting import LinearFlow, Piece, Shear, split
from symflow.stages import AbstractIntegrator, Equivariance, Whole

__all__ = ["HamiltonianFlow"]

_Kind = type | UnionType
_Method = TypeVar("_Method", bound=Callable[..., Tensor])
# With momenta observed the flow starts near its base. With latent ones that is a saddle of
# the bound: kicks do nothing while the encoder does not look at q, and the encoder need not
# look while kicks do nothing. Of 0.3, 1 and 3, for 2 to 16 blocks, 1 learns best.
_SLOPES = {"observed": 0.1, "latent": 1.0}
_INTEGRATOR, _BASE = AbstractIntegrator | None, AbstractDensity | None


def _in_own_precision(method: _Method) -> _Method:
    """Outside of autocast, which would round base and encoder, and with them symmetry."""

    @wraps(method)
    def run(self: nn.Module, x: Tensor, *args: Any, **options: Any) -> Tensor:  # noqa: ANN401
        with torch.autocast(x.device.type, enabled=False):
            return method(self, x, *args, **options)

    return cast(_Method, run)


@final
class HamiltonianFlow(nn.Module, NotebookView):
    r"""An invariant density on phase space, or on positions with latent momenta.

    .. math:: p(q) = \int \pi\bigl(\Phi^{-1}(q, p)\bigr) \, dp

    Arguments:
        invariants: The invariants of the algebra; pieces, base and encoder follow from
            them.
        blocks: Number of blocks of pieces, if no integrator is given: kicks and drifts
            alone for latent momenta, where they suffice and cost least, and every kind
            of piece for observed ones.
        integrator: How the pieces are arranged, for example ``Leapfrog(steps=16)``.
        momenta: ``"latent"`` for data q, ``"observed"`` for data z = (q, p).
        encoder: ``"equivariant"``, ``"mlp"``, or ``"thermal"`` for one Gaussian at every
            position, for latent momenta.
        kinetic: ``"learned"`` for any function of the invariants of p, or ``"scalar"`` or
            ``"matrix"`` for half the square of p over a mass, which alone is learned.
        components: Number of Gaussians in the base.
        base: A base density of your own, for groups that have no invariant one. The map
            still commutes with the group; of the density nothing is then claimed.
        memory: What is kept for gradients: ``"save"`` all that was computed, ``"states"``
            only the points between steps, ``"reversible"`` nothing but the end, from
            which the rest is found by running backwards, ``"exact"`` likewise, but on
            integers, so that it is found bit for bit.
        equivariance: ``"exact"`` to refuse an integrator that commutes with this group
            only to its order, ``"measured"`` to take it all the same.
        width: Number of units of each hidden layer.
        depth: Number of hidden layers.
        function: What every piece learns, in place of networks of that width and depth:
            from the number m of its invariants, a new function of them such as a
            `CubicSpline` for m = 1, or any smooth ``nn.Module`` from (B, m) to (B,).
        seed: Seed of the initial weights; the global random state is left alone.
        dtype: Precision of the weights.

    Raises:
        ArgumentError: If an option is not one of those listed, a size not positive, or
            a function made for m invariants not one of m.
        NonCompactError: If the group has no normalisable invariant density.
        UnsupportedError: If the algebra acts nonlinearly, if no piece has a closed form,
            if an equivariant encoder is asked for where none exists, or if the
            integrator keeps no volume, or the symmetry only to its order.

    Example:
        >>> from symflow.algebra import LieAlgebra
        >>> from symflow.invariants import invariants
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> model = HamiltonianFlow(invariants(so2), blocks=2, dtype=torch.float64)
        >>> z = torch.randn(5, 4, dtype=torch.float64)
        >>> torch.allclose(model.inverse(model(z)), z)
        True

    Reference:
        Rezende et al. 2019, arXiv 1909.13739, sections 2 and 3; docs/theory.md,
        equations (5), (10) and (15).
    """

    def __init__(
        self,
        invariants: Invariants,
        blocks: int = 16,
        *,
        integrator: AbstractIntegrator | None = None,
        momenta: Literal["latent", "observed"] = "latent",
        encoder: Literal["equivariant", "mlp", "thermal"] = "equivariant",
        kinetic: Literal["learned", "scalar", "matrix"] = "learned",
        components: int = 4,
        base: AbstractDensity | None = None,
        memory: MemoryKind = "save",
        equivariance: Literal["exact", "measured"] = "exact",
        width: int = 32,
        depth: int = 2,
        function: Callable[[int], nn.Module] | None = None,
        seed: int = 0,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        _check_kind("invariants", invariants, Invariants, "invariants(algebra)")
        _check_kind(
            "integrator", integrator, _INTEGRATOR, "Blocks(...) or Leapfrog(...)"
        )
        _check_kind("base", base, _BASE, "an AbstractDensity")
        sizes = {"components": components, "width": width, "depth": depth}
        for name, size in sizes.items():
            check_positive(name, size)
        _check_choice("momenta", momenta, ("latent", "observed"))
        _check_choice("encoder", encoder, ("equivariant", "mlp", "thermal"))
        _check_choice("kinetic", kinetic, ("learned", "scalar", "matrix"))
        _check_choice("equivariance", equivariance, ("exact", "measured"))
        _check_choice("dtype", dtype, (torch.float32, torch.float64))
        self.invariants = invariants
        commutes = base is None or base.commutes_with(invariants.algebra)
        self.action = LinearAction(invariants.algebra) if commutes else None
        self.momenta = momenta
        self.kinetic = kinetic
        self.integrator = integrator or Blocks(blocks, separable=momenta == "latent")
        self.splitting = split(invariants)
        self.stages = self.integrator.stages(self.splitting, invariants.generators)
        self.memory: MemoryKind = memory
        self._factors = [Factor(stage.weights, stage.time) for stage in self.stages]
        if equivariance == "exact":
            self._check_equivariance()
        self._options = {
            "momenta": momenta,
            "encoder": encoder if momenta == "latent" else "none",
            **sizes,
            "integrator": repr(self.integrator),
            "base": "invariant mixture" if base is None else type(base).__name__,
        }
        if not self.stages:
            raise UnsupportedError(
                "Argument `invariants` must hold a function whose flow has a closed "
                f"form, but {invariants} has none. Only the base would be left."
            )
        with torch.random.fork_rng(devices=[]):
            # torch.manual_seed would seed the generators of all accelerators as well.
            torch.default_generator.manual_seed(seed)
            networks = partial(
                invariant_function, width=width, depth=depth, slope=_SLOPES[momenta]
            )
            self.pieces = self._make_pieces(function or networks)
            self.base = self._make_base(components) if base is None else base
            self.encoder = self._make_encoder(encoder, 2 * width)
        if kinetic != "learned":
            self._options["kinetic"] = kinetic
        if function is not None:
            self._options["function"] = ", ".join(self._functions)
        check_memory(memory, self.pieces)
        self.to(dtype)

    def _notebook_rows(self) -> Rows:
        algebra = self.invariants.algebra
        yield "symmetry", str(algebra.identify()) if algebra.dimension else "none"
        yield "invariants", self.invariants.generators
        yield "stages", len(self.stages)
        yield "momenta", self.momenta
        yield "base", self.base
        yield "equivariance", self.equivariance.value
        yield "weights", sum(w.numel() for w in self.parameters())

    @property
    def n(self) -> int:
        """The number of degrees of freedom."""
        return self.invariants.algebra.phase_space.n

    @property
    def data_dimensions(self) -> tuple[int, ...]:
        """The widths of data that training accepts."""
        return (self.n,) if self.momenta == "latent" else (2 * self.n,)

    @property
    def equivariance(self) -> Standing:
        """The standing of the map's commuting with every generator's flow."""
        exact = self.invariants.algebra.exact and self._commutes
        return Standing.BY_CONSTRUCTION if exact else Standing.MEASURED

    def forward(self, z: Tensor) -> Tensor:
        """Carry phase points of the base to those of the data.

        Arguments:
            z: Phase points, shape (..., 2n).

        Returns:
            Their images under the flow, shape (..., 2n).

        Raises:
            ArgumentError: If the last dimension is not 2n, or the type not the model's.
        """
        self._check(z, "z", 2 * self.n)
        return self._carry(z, self._factors)

    def inverse(self, z: Tensor) -> Tensor:
        """Carry phase points of the data back to those of the base.

        Arguments:
            z: Phase points, shape (..., 2n).

        Returns:
            Their preimages under the flow, shape (..., 2n).

        Raises:
            ArgumentError: If the last dimension is not 2n, or the type not the model's.
        """
        self._check(z, "z", 2 * self.n)
        return self._carry(z, reverse(self._factors))

    @property
    def maps(self) -> Iterator[Callable[[Tensor], Tensor]]:
        """The stages of the map in order, each a map from (..., 2n) to (..., 2n)."""
        return (partial(self._carry, factors=[factor]) for factor in self._factors)

    @_in_own_precision
    def joint_log_prob(self, z: Tensor) -> Tensor:
        r"""The log-density on phase space, exact.

        .. math:: \log p(q, p) = \log \pi(\Phi^{-1}(q, p))

        Arguments:
            z: Phase points, shape (..., 2n).

        Returns:
            The log-density in nats, shape (...).
        """
        return self.base.log_prob(self.inverse(z))

    @_in_own_precision
    def log_prob(
        self, x: Tensor, samples: int = 64, generator: torch.Generator | None = None
    ) -> Tensor:
        """The log-density of data.

        With observed momenta it is exact. With latent momenta it is the
        importance-weighted bound, whose mean lies below log p(q) and tends to it.

        Arguments:
            x: Data: z of shape (..., 2n) if momenta are observed, else q of shape
                (..., n).
            samples: Number of momenta drawn for each position, if they are latent.
            generator: Source of randomness, if they are latent.

        Returns:
            The log-density in nats, shape (...).

        Raises:
            ArgumentError: If the last dimension or the type is wrong.
        """
        self._check(x, "x", self.data_dimensions[0])
        if self.encoder is None:
            return self.joint_log_prob(x)
        return importance_weighted_bound(
            self.joint_log_prob, self.encoder, x, samples, generator
        )

    @_in_own_precision
    def elbo(self, q: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """The evidence lower bound on log p(q), from one momentum for each position.

        Arguments:
            q: Positions, shape (..., n).
            generator: Source of randomness.

        Returns:
            An unbiased estimate of the bound in nats, shape (...).

        Raises:
            ArgumentError: If momenta are observed, or the last dimension is not n.
        """
        return elbo(self.joint_log_prob, self._latent(q), q, generator)

    @_in_own_precision
    def marginal_log_prob(self, q: Tensor, nodes: int = 48) -> Tensor:
        """The marginal log p(q) by quadrature over p, for n at most 2.

        Arguments:
            q: Positions, shape (..., n).
            nodes: Number of quadrature nodes in each direction.

        Returns:
            The log-density in nats, shape (...).

        Raises:
            ArgumentError: If momenta are observed, or n is more than 2.
        """
        return marginal_log_prob(self.joint_log_prob, self._latent(q), q, nodes)

    def objective(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """What training maximises: the ELBO, or the exact log-density.

        Arguments:
            batch: Data, shape (B, n) or (B, 2n).
            generator: Source of randomness.

        Returns:
            The objective in nats, shape (B,).
        """
        if self.encoder is None:
            return self.joint_log_prob(batch)
        return self.elbo(batch, generator)

    @torch.no_grad()
    def sample(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """Independent samples of the data.

        Arguments:
            count: How many.
            generator: Source of randomness.

        Returns:
            Positions of shape (count, n) for latent momenta, else phase points of shape
            (count, 2n).

        Raises:
            ArgumentError: If the count is not a positive integer.
        """
        z = self.sample_phase_space(count, generator)
        return z[:, : self.n] if self.momenta == "latent" else z

    @torch.no_grad()
    def sample_phase_space(
        self, count: int, generator: torch.Generator | None = None
    ) -> Tensor:
        """Independent samples of z = (q, p).

        Arguments:
            count: How many.
            generator: Source of randomness.

        Returns:
            Phase points, shape (count, 2n).

        Raises:
            ArgumentError: If the count is not a positive integer.
        """
        check_positive("count", count)
        return self.forward(self.base.sample(count, generator))

    def fit_scale(self, z: Tensor) -> None:
        """Scale the invariants to data, or recombine them to be orthonormal there.

        It changes what the networks see, not the symmetry: combinations of invariants
        are invariants. To be called before training.

        Arguments:
            z: Phase points, shape (N, 2n); for latent momenta, samples of the model with
                positions of the data.

        Raises:
            ArgumentError: If the last dimension is not 2n, or an invariant not finite.
        """
        self._check(z, "z", 2 * self.n)
        for piece in self._typed_pieces:
            if isinstance(piece.hamiltonian, InvariantHamiltonian):
                piece.hamiltonian.fit_scale(z)

    def description(self) -> dict[str, Any]:
        """What the model is, as plain data: two models are alike if this is equal."""
        algebra = self.invariants.algebra
        return {
            "q": [symbol.name for symbol in algebra.phase_space.q],
            "p": [symbol.name for symbol in algebra.phase_space.p],
            "generators": {name: str(g) for name, g in algebra.generators.items()},
            "invariants": [str(f) for f in self.invariants.generators],
            **self._options,
        }

    @property
    def _functions(self) -> list[str]:
        """The kinds of functions that are learned."""
        made = [m for m in self.pieces.modules() if isinstance(m, AbstractFunction)]
        kinds = [m.module if isinstance(m, ModuleFunction) else m for m in made]
        return sorted({type(kind).__name__ for kind in kinds})

    @property
    def _typed_pieces(self) -> list[AbstractPiece]:
        return [piece for piece in self.pieces if isinstance(piece, AbstractPiece)]

    @property
    def _commutes(self) -> bool:
        """Whether the integrator commutes with this action, as a theorem."""
        degrees = map(total_degree, self.invariants.algebra.polynomials)
        affine = max(degrees, default=0) <= 2
        return self.integrator.equivariance is Equivariance.ALL or affine

    def _check_equivariance(self) -> None:
        if not self._commutes:
            raise UnsupportedError(
                "Argument `integrator` must commute with the group exactly, but "
                f"{self.integrator} commutes with {self.integrator.equivariance.value} "
                "alone, and a generator here has a degree above 2. Use Blocks(...), "
                "whose pieces are exact flows, or accept an error of order "
                f"{self.integrator.order} in the step: equivariance='measured'."
            )

    def _carry(self, z: Tensor, factors: Sequence[Factor]) -> Tensor:
        return transport(z, self._typed_pieces, factors, Memory.of(self.memory))

    def _latent(self, q: Tensor) -> AbstractEncoder:
        if self.encoder is None:
            raise ArgumentError(
                "Argument `momenta` must be 'latent' for a bound on log p(q), but this "
                "model observes momenta. Use `log_prob(z)`, which is exact."
            )
        self._check(q, "q", self.n)
        return self.encoder

    def _check(self, x: Tensor, name: str, width: int) -> None:
        if x.shape[-1:] != (width,):
            raise ArgumentError(
                f"Argument `{name}` must have shape (..., {width}), but it has shape "
                f"{tuple(x.shape)}."
            )
        dtype = next(self.pieces.parameters()).dtype
        if x.dtype != dtype:
            raise ArgumentError(
                f"Argument `{name}` must be of the model's type {dtype}, but it is "
                f"{x.dtype}. Write {name}.to({dtype})."
            )

    def _make_pieces(self, function: Callable[[int], nn.Module]) -> nn.ModuleList:
        symbols = self.invariants.algebra.space.z
        made: dict[int, AbstractPiece] = {}
        for stage in self.stages:
            if stage.weights in made:
                continue
            if self.kinetic != "learned" and _is_drift(stage.piece):
                kinetic = KineticEnergy(self._make_mass())
                made[stage.weights] = ShearPiece(kinetic)
            else:
                invariants = compile_functions(stage.piece.functions, symbols)
                learned = _function(function, len(stage.piece.functions))
                hamiltonian = InvariantHamiltonian(invariants, function=learned)
                made[stage.weights] = _piece(stage.piece, hamiltonian)
        return nn.ModuleList(made[k] for k in sorted(made))

    def _make_base(self, components: int) -> AbstractDensity:
        action = self._linear_action()
        vectors = [_array(v).ravel() for v in action.fixed_vectors]
        return InvariantGaussianMixture(
            np.stack([_array(B) for B in action.commutant]),
            _array(action.metric),
            _array(action.fixed_point).ravel(),
            np.array(vectors).reshape(-1, 2 * self.n),
            components,
        )

    def _linear_action(self) -> LinearAction:
        return self.action or LinearAction(self.invariants.algebra)

    def _make_mass(self) -> Mass:
        """A mass that the action on momenta leaves as it is: a number, or a matrix."""
        covariants = momentum_covariants(self.invariants, self._linear_action())
        metric = _array(covariants.metric)
        if self.kinetic == "scalar":
            return Mass(np.eye(len(metric))[None], metric)
        return Mass(np.stack([_array(B) for B in covariants.commutant]), metric)

    def _make_encoder(self, kind: str, width: int) -> AbstractEncoder | None:
        if self.momenta == "observed":
            return None
        if kind == "mlp":
            return PlainEncoder(self.n, width, 2)
        if kind == "thermal":
            return ThermalEncoder(self._make_mass())
        covariants = momentum_covariants(self.invariants, self._linear_action())
        symbols = self.invariants.algebra.space.z
        entries = [entry for covector in covariants.covectors for entry in covector]
        return EquivariantEncoder(
            compile_functions(covariants.scalars, symbols),
            compile_functions(entries, symbols),
            np.stack([_array(B) for B in covariants.commutant]),
            _array(covariants.metric),
            width,
            2,
        )


def _is_drift(piece: Piece | Whole) -> bool:
    """Whether a piece is the flow of a function of p alone."""
    return isinstance(piece, Shear) and min(piece.indices) >= piece.n


def _piece(piece: Piece | Whole, hamiltonian: InvariantHamiltonian) -> AbstractPiece:
    """The flow of a Hamiltonian, as the splitting has it."""
    if isinstance(piece, Whole):
        return GaussPiece(hamiltonian, piece.tableau)
    if isinstance(piece, LinearFlow):
        matrices = np.stack([_array(A) for A in piece.matrices])
        return LinearFlowPiece(hamiltonian, matrices, [float(c) for c in piece.cubes])
    return ShearPiece(hamiltonian)


def _function(make: Callable[[int], nn.Module], count: int) -> AbstractFunction:
    """What the user makes for so many invariants, as a function of them."""
    if isinstance(make, nn.Module) or not callable(make):
        raise ArgumentError(
            "Argument `function` must make a new function for each piece, such as "
            f"lambda m: CubicSpline(), but it is {make!r}."
        )
    made = make(count)
    if not isinstance(made, nn.Module):
        raise ArgumentError(
            "Argument `function` must make an AbstractFunction or an nn.Module, but for "
            f"{count} invariants it made {made!r}."
        )
    return made if isinstance(made, AbstractFunction) else ModuleFunction(made)


def _array(matrix: Any) -> np.ndarray:  # noqa: ANN401
    """A matrix of exact numbers in float64."""
    return np.array(matrix.tolist(), dtype=np.float64)


def _check_kind(name: str, value: object, kind: _Kind, words: str) -> None:
    if not isinstance(value, kind):
        raise ArgumentError(
            f"Argument `{name}` must be {words}, but it is {value!r} of type "
            f"{type(value).__name__}."
        )


def _check_choice(name: str, value: object, choices: tuple[object, ...]) -> None:
    if value not in choices:
        listed = " or ".join(repr(choice) for choice in choices)
        raise ArgumentError(f"Argument `{name}` must be {listed}, but it is {value!r}.")
