"""The public testers: they pass what holds, fail what does not, and certify both."""

import math
import warnings

import numpy as np
import pytest
import torch

import symflow as sf
from symflow.certificate import Certificate
from symflow.diagnostics import finite_actions, measurements, stretch
from symflow.errors import ArgumentError, UnsupportedError
from tests.random_models import points, scrambled
from tests.systems import COMPACT, E3, NOTHING, SO2, SO2_AXIS, SO3, U2

PLANE = sf.PhaseSpace("x y")


def turn(angle):
    """q and p turned by an angle in the plane, in float64."""
    c, s = math.cos(angle), math.sin(angle)
    return torch.tensor(np.kron(np.eye(2), [[c, -s], [s, c]]))


def test_finite_actions_are_the_rotations_that_they_say():
    angles = (0.7, -1.9)
    for (matrix, shift), angle in zip(
        finite_actions(SO2.algebra, angles), angles, strict=True
    ):
        np.testing.assert_allclose(matrix, turn(angle), rtol=0, atol=1e-15)
        assert not shift.any()


@pytest.mark.parametrize("system", COMPACT, ids=str)
def test_finite_actions_are_symplectic(system):
    n = system.space.n
    J = np.kron([[0, 1], [-1, 0]], np.eye(n))
    for matrix, _ in finite_actions(system.algebra):
        np.testing.assert_allclose(matrix.T @ J @ matrix, J, rtol=0, atol=1e-13)


def test_case_r11_rotations_are_built_in_double_precision():
    """One made in float32 and cast up is not orthogonal, and blames the map."""
    for matrix, _ in finite_actions(SO3.algebra):
        exact = torch.tensor(matrix)
        unit = torch.eye(6, dtype=torch.float64)
        assert float((exact.T @ exact - unit).abs().max()) < 2e-15
        late = exact.float().double()
        assert float((late.T @ late - unit).abs().max()) > 1e-9


@pytest.mark.parametrize("system", COMPACT, ids=str)
def test_what_commutes_has_no_error(system):
    z = points(2 * system.space.n, 64)
    assert sf.equivariance_error(lambda z: z, system.algebra, z) < 1e-15
    assert sf.equivariance_error(lambda z: 3 * z, system.algebra, z) < 3e-15


@pytest.mark.parametrize(
    "f",
    [
        lambda z: z + 0.1,
        lambda z: z * torch.tensor([1, 1.1, 1, 1]),
        lambda z: torch.roll(z, 1, -1),
        lambda z: z.abs(),
    ],
)
def test_what_does_not_commute_has_an_error(f):
    assert sf.equivariance_error(f, SO2.algebra, points(4, 64)) > 0.01


def test_turns_commute_in_the_plane_and_not_in_space():
    z = points(4, 64)
    assert sf.equivariance_error(lambda z: z @ turn(1.0).T, SO2.algebra, z) < 1e-15
    about_z = torch.eye(6, dtype=torch.float64)
    c, s = math.cos(1.0), math.sin(1.0)
    block = torch.tensor([[c, -s], [s, c]])
    about_z[:2, :2] = about_z[3:5, 3:5] = block
    z = points(6, 64)
    assert sf.equivariance_error(lambda z: z @ about_z.T, SO2_AXIS.algebra, z) < 1e-15
    assert sf.equivariance_error(lambda z: z @ about_z.T, SO3.algebra, z) > 0.1


def test_not_a_number_is_an_error():
    """A map or density that breaks must not look exact."""
    z = points(4)
    nan = float("nan")
    assert math.isnan(sf.equivariance_error(lambda z: nan * z, SO2.algebra, z))
    assert math.isnan(sf.invariance_error(lambda z: nan * z[:, 0], SO2.algebra, z))

    def empty(z):
        return torch.full_like(z[:, 0], -math.inf)

    assert math.isnan(sf.invariance_error(empty, SO2.algebra, z))

    def breaks_when_turned(w):
        return w if torch.equal(w, z) else nan * w

    assert math.isnan(sf.equivariance_error(breaks_when_turned, SO2.algebra, z))


def test_without_generators_there_is_nothing_to_violate():
    assert sf.equivariance_error(lambda z: z + 1, NOTHING.algebra, points(4)) == 0.0


def test_rotation_about_another_point():
    algebra = sf.LieAlgebra(PLANE, {"L": "(x - 1)*p_y - y*p_x"})
    centre = torch.tensor([1.0, 0, 0, 0], dtype=torch.float64)
    z = points(4, 64)
    assert (
        sf.equivariance_error(lambda z: 2 * (z - centre) + centre, algebra, z) < 1e-14
    )
    assert sf.equivariance_error(lambda z: 2 * z, algebra, z) > 0.1


def test_invariance_of_densities_on_positions():
    q = points(2, 64)

    def radial(q):
        return -(q**2).sum(-1)

    assert sf.invariance_error(radial, SO2.algebra, q) < 3e-15
    assert sf.invariance_error(lambda q: -(q[..., 0] ** 2), SO2.algebra, q) > 0.1


@pytest.mark.parametrize(("system", "width"), [(SO2, 3), (SO2, 1), (U2, 2), (SO3, 2)])
def test_points_of_a_wrong_width_are_refused(system, width):
    """U2 mixes q and p, so there is no such thing as its action on positions."""
    z = points(width)
    with pytest.raises(ArgumentError, match=r"\(\.\.\., "):
        sf.invariance_error(lambda z: z.sum(-1), system.algebra, z)
    with pytest.raises(ArgumentError, match=r"\(\.\.\., "):
        sf.equivariance_error(lambda z: z, system.algebra, z)


def test_translations_have_no_fixed_point_and_are_measured_all_the_same():
    """A drift by K(p.p) commutes with e(3); a map that stretches space does not."""

    def drift(z):
        p = z[:, 3:]
        return torch.cat([z[:, :3] + p * (p * p).sum(-1, keepdim=True), p], -1)

    assert sf.equivariance_error(drift, E3.algebra, points(6)) < 1e-14
    assert sf.equivariance_error(lambda z: 2 * z, E3.algebra, points(6)) > 0.1


def test_nonlinear_actions_are_refused():
    cubic = sf.LieAlgebra(PLANE, {"g": "x**3"})
    with pytest.raises(UnsupportedError):
        sf.equivariance_error(lambda z: z, cubic, points(4))


def test_symplecticity():
    z = points(4)
    J = torch.tensor(np.kron([[0.0, 1], [-1, 0]], np.eye(2)))
    for matrix, size in ((turn(0.4), 0.0), (J, 0.0), (1.1 * torch.eye(4), 0.1735537)):
        error = sf.symplecticity_error(lambda z, m=matrix: z @ m.to(z).T, z)
        assert error == pytest.approx(size, abs=1e-7 if size else 1e-15)


def test_inverse_error_sees_a_broken_inverse():
    model = flow()
    z = points(4)
    assert sf.inverse_error(model, z) < 1e-13
    with torch.no_grad():
        plain = model.inverse
        model.inverse = lambda z: plain(z) + 1e-3
        assert sf.inverse_error(model, z) > 1e-4


# Certificates.


def flow(system=SO2, **options):
    options = {"momenta": "observed", "width": 8, "dtype": torch.float64, **options}
    model = sf.HamiltonianFlow(sf.invariants(system.algebra), 2, **options)
    scrambled(model.pieces, size=0.3)
    return model


def standings(certificate):
    return {claim.standing for claim in certificate.claims}


def test_the_certificate_of_rotations_knows_all_and_measures_the_rest():
    certificate = sf.certify(flow(), numbers={"held out bound": -3.5})
    assert isinstance(certificate, Certificate)
    assert standings(certificate) == {
        sf.Standing.PROVED,
        sf.Standing.BY_CONSTRUCTION,
        sf.Standing.MEASURED,
    }
    measured = {
        claim.evidence["name"]: claim.evidence["value"]
        for claim in certificate.claims
        if claim.standing is sf.Standing.MEASURED
    }
    assert measured.pop("held out bound") == -3.5
    assert set(measured) == {
        "equivariance error of the map",
        "invariance error of log p(q, p)",
        "error of the inverse",
    }
    assert max(measured.values()) < 1e-12
    built = [c.kind for c in certificate.claims if c.standing == "by construction"]
    assert built == ["equivariant map", "conserved", "volume", "invariant density"]


def test_what_mixes_positions_and_momenta_leaves_the_marginal_unknown():
    certificate = sf.certify(flow(U2))
    assert standings(certificate) == set(sf.Standing)
    unknown = [c.kind for c in certificate.claims if c.standing == "not known"]
    assert unknown == ["kinematics"]


def test_floats_prove_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        inexact = sf.LieAlgebra(PLANE, {"L": "1.0*x*p_y - 1.0*y*p_x"})
    model = sf.HamiltonianFlow(sf.invariants(inexact), 1, momenta="observed")
    assert model.equivariance is sf.Standing.MEASURED
    assert standings(sf.certify(model)) == {sf.Standing.MEASURED}


def test_measurements_state_where_they_were_made():
    claims = measurements(flow(dtype=torch.float32), points(4, 9, torch.float32))
    assert len(claims) == 3
    for claim in claims:
        assert claim.standing is sf.Standing.MEASURED
        assert (claim.evidence["points"], claim.evidence["dtype"]) == (9, "float32")
        assert claim.evidence["value"] < claim.evidence["tolerance"]
        grown = claim.evidence["stages"] * claim.evidence["stretch"]
        assert claim.evidence["tolerance"] == 4 * 2**-23 * grown


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("stiffness", [1, 4, 8])
def test_round_off_grows_no_faster_than_the_stretch_allows(stiffness, dtype):
    model = flow(dtype=dtype)
    with torch.no_grad():
        for weights in model.pieces.parameters():
            weights.mul_(stiffness)
    for claim in measurements(model, points(4, 200, dtype)):
        assert claim.evidence["value"] < claim.evidence["tolerance"] / 4, claim
    assert stiffness < 8 or claim.evidence["stretch"] > 10


def test_what_is_not_round_off_is_above_the_bound():
    """Half a step too much on the way back, of one part in a million, is seen."""
    model = flow()
    z = points(4, 200)
    allowed = measurements(model, z)[-1].evidence["tolerance"]
    with torch.no_grad():
        for weights in model.pieces.parameters():
            weights.mul_(1 + 1e-6)
        moved = model.forward(z)
        for weights in model.pieces.parameters():
            weights.div_(1 + 1e-6)
        assert float((model.inverse(moved) - z).abs().max()) > 100 * allowed


def test_the_stretch_is_that_of_the_whole_map_or_more():
    model = flow()
    z = points(4, 20)
    M = torch.autograd.functional.jacobian(lambda x: model(x).sum(0), z).permute(
        1, 0, 2
    )
    whole = float(torch.linalg.matrix_norm(M, ord=2).max())
    assert stretch(model, z) >= whole * (1 - 1e-12)
    assert whole >= 1


def test_certificates_refuse_points_of_another_width_and_bad_numbers():
    with pytest.raises(ArgumentError, match=r"\(\.\.\., 4\)"):
        sf.certify(flow(), points(6))
    with pytest.raises(ArgumentError, match="finite"):
        sf.certify(flow(), numbers={"bound": math.nan})
