"""A kinetic energy of a learned mass is invariant, positive and quadratic."""

import numpy as np
import pytest
import torch

import symflow as sf
from symflow.covariants import momentum_covariants
from symflow.diagnostics import invariance_error
from symflow.encoders import ThermalEncoder
from symflow.kinetic_energies import KineticEnergy, Mass
from symflow.pieces import ShearPiece
from tests.random_models import array, points, scrambled

PLANE = sf.PhaseSpace("x1 y1 x2 y2")
SO2 = sf.LieAlgebra(PLANE, sf.rotations(PLANE, dimension=2))


def invariant_energy(seed=0):
    """The kinetic energy of two particles in the plane, with random weights."""
    covariants = momentum_covariants(sf.invariants(SO2), sf.LinearAction(SO2))
    commutant = np.stack([array(B) for B in covariants.commutant])
    mass = Mass(commutant, array(covariants.metric))
    return scrambled(KineticEnergy(mass), seed).double(), commutant


@pytest.mark.parametrize("seed", range(3))
def test_it_commutes_with_the_generators_for_any_mass(seed):
    K, commutant = invariant_energy(seed)
    assert len(commutant) == 8  # complex two by two matrices
    z = points(8)
    assert invariance_error(K.value, SO2, z) < 1e-12
    assert bool((torch.linalg.eigvalsh(K.mass.inverse()) > 0).all())


def test_a_mass_outside_of_the_commutant_breaks_the_symmetry():
    every = np.eye(16).reshape(16, 4, 4)
    K = scrambled(KineticEnergy(Mass(every, np.eye(4)))).double()
    assert invariance_error(K.value, SO2, points(8)) > 1e-2


def test_velocities_are_momenta_over_the_mass_and_their_pullback_is_its_transpose():
    K, _ = invariant_energy()
    z = points(8).requires_grad_()
    (slope,) = torch.autograd.grad(K.value(z).sum(), z)
    torch.testing.assert_close(K.gradient(z), slope)
    torch.testing.assert_close(slope[:, 4:], z[:, 4:] @ K.mass.inverse())
    piece = ShearPiece(K)
    weights = K.folded(torch.tensor(0.7, dtype=torch.float64))
    rows = z.detach().t()
    _, tape = K.slope(weights, rows[4:])
    covector = points(len(z), 4)
    sums = [torch.zeros_like(w) for w in weights]
    found = K.pull(weights, tape, covector, sums)
    at = rows[4:].clone().requires_grad_()
    free = weights[0].detach().clone().requires_grad_()
    total = (covector * (free @ at)).sum()
    by_x, by_weight = torch.autograd.grad(total, (at, free))
    torch.testing.assert_close(found, by_x)
    torch.testing.assert_close(sums[0], by_weight)
    torch.testing.assert_close(piece(piece(z), -1.0), z)


def test_the_mass_of_a_free_particle_is_learned_from_its_drift():
    """q(1) - q(0) = p / m, with m = 3."""
    piece = ShearPiece(KineticEnergy(Mass(np.eye(2)[None], np.eye(2))).double())
    z = points(4, 32)
    q, p = z.chunk(2, -1)
    optimiser = torch.optim.Adam(piece.parameters(), lr=0.05)
    for _ in range(150):
        optimiser.zero_grad()
        (piece(z)[:, :2] - q - p / 3).square().mean().backward()
        optimiser.step()
    mass = 1 / piece.hamiltonian.mass.inverse().diagonal()
    torch.testing.assert_close(mass, torch.full_like(mass, 3.0), rtol=0.02, atol=0)


@pytest.mark.parametrize(("kinetic", "numbers"), [("scalar", 1), ("matrix", 8)])
def test_a_flow_of_fixed_kinetic_energy_keeps_the_symmetry(kinetic, numbers):
    """Every drift is linear in p, and map, density and bound commute with SO(2)."""
    options = {"encoder": "thermal", "kinetic": kinetic, "dtype": torch.float64}
    model = sf.HamiltonianFlow(sf.invariants(SO2), 2, width=8, **options)
    scrambled(model.pieces, size=0.3)
    z = points(8)
    assert sf.equivariance_error(model.forward, SO2, z) < 1e-11
    assert invariance_error(model.joint_log_prob, SO2, z) < 1e-9
    assert model.equivariance is sf.Standing.BY_CONSTRUCTION
    drifts = [p for p in model.pieces if isinstance(p.hamiltonian, KineticEnergy)]
    assert [len(drift.hamiltonian.mass.theta) for drift in drifts] == [numbers] * 2
    for drift in drifts:
        both = drift(z + drift(2 * z))
        torch.testing.assert_close(both, drift(z) + drift(drift(2 * z)))
    assert model.description()["kinetic"] == kinetic


def test_thermal_momenta_are_those_of_the_boltzmann_density_of_the_kinetic_energy():
    """log h(p|q) + K(p) is the same for all p and q, and invariant with K."""
    K, _ = invariant_energy()
    encoder = ThermalEncoder(K.mass)
    z = points(8, 32)
    q, p = z.chunk(2, -1)
    total = encoder.log_prob(p, q) + K.value(z)
    torch.testing.assert_close(total, total[:1].expand(32))
    volume = torch.logdet(2 * torch.pi * torch.linalg.inv(K.mass.inverse())) / 2
    torch.testing.assert_close(total[0], -volume)
