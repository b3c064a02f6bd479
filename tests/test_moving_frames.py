"""Moving frames agree with closed forms, and are constant on orbits to round-off."""

import pytest
import torch

import symflow as sf
from symflow.errors import ArgumentError, UnsupportedError
from symflow.moving_frames import MovingFrame

SO2 = ("x y", {"L": "x*p_y - y*p_x"}, {"y": 0.0})
SCREW = ("x y z", {"S": "x*p_y - y*p_x + 2*p_z"}, {"z": 0.0})
SO3 = (
    "x y z",
    {"Lx": "y*p_z - z*p_y", "Ly": "z*p_x - x*p_z", "Lz": "x*p_y - y*p_x"},
    {"y": 0.0, "z": 0.0, "p_z": 0.0},
)
SCALING = ("x y", {"D": "x*p_x + 2*y*p_y"}, {"x": 1.0})
# No formula: the flow of Henon and Heiles, with the plane y = 0 as Poincaré's section.
HENON = (
    "x y",
    {"H": "(p_x**2 + p_y**2 + x**2 + y**2)/2 + x**2*y - y**3/3"},
    {"y": 0.0},
)
ALL = {"so(2)": SO2, "screw": SCREW, "so(3)": SO3, "scaling": SCALING, "Henon": HENON}

# Round-off of a few hundred operations on numbers of size one.
TOLERANCE = 2**12 * torch.finfo(torch.float64).eps


def frame_of(name):
    coordinates, generators, section = ALL[name]
    algebra = sf.LieAlgebra(sf.PhaseSpace(coordinates), generators)
    return MovingFrame(algebra, section)


def points(name, count=6):
    """Points not far from the sections, on the side from which they are reached."""
    generator = torch.Generator().manual_seed(3)
    n = len(ALL[name][0].split())
    noise = torch.rand(count, 2 * n, generator=generator, dtype=torch.float64)
    size = 0.2 if name == "Henon" else 1.0
    return size * (torch.tensor(n * [1.0, 0.5]) + 0.4 * noise)


def flowed(name, z, time):
    """The points after a flow of each generator, by many steps of order four."""
    coordinates, generators, _ = ALL[name]
    space = sf.PhaseSpace(coordinates)
    for g in generators.values():
        field = sf.compile(list(sf.hamiltonian_vector_field(g, space)), space.z)
        h = time / 40
        for _ in range(40):
            a = field.value(z)
            b = field.value(z + h / 2 * a)
            c = field.value(z + h / 2 * b)
            z = z + h / 6 * (a + 2 * b + 2 * c + field.value(z + h * c))
    return z


@pytest.mark.parametrize("name", ALL)
def test_points_of_one_orbit_have_one_normal_form(name):
    frame, z = frame_of(name), points(name)
    with torch.no_grad():
        start, end = frame(z), frame(flowed(name, z, 0.1))
    # The other flow has an error of (0.1 / 40)^4 or so.
    assert (start - end).abs().max() < 1e-10


@pytest.mark.parametrize("name", ALL)
def test_the_section_is_reached_and_kept(name):
    frame, z = frame_of(name), points(name)
    with torch.no_grad():
        normal = frame.normal_form(z)
        again = frame.normal_form(normal)
    names = [*(s.name for s in sf.PhaseSpace(ALL[name][0]).z)]
    for coordinate, value in ALL[name][2].items():
        column = normal[:, names.index(coordinate)]
        assert (column - value).abs().max() < TOLERANCE
    assert (again - normal).abs().max() < TOLERANCE


@pytest.mark.parametrize("name", ["screw", "Henon"])
def test_gradients_annihilate_the_fields(name):
    frame, z = frame_of(name), points(name, 2)
    coordinates, generators, _ = ALL[name]
    space = sf.PhaseSpace(coordinates)
    (g,) = generators.values()
    field = sf.compile(list(sf.hamiltonian_vector_field(g, space)), space.z)
    z.requires_grad_()
    values = frame(z)
    for column in range(values.shape[-1]):
        (slope,) = torch.autograd.grad(values[:, column].sum(), z, retain_graph=True)
        assert (slope * field.value(z)).sum(-1).abs().max() < TOLERANCE


def test_rotations_give_the_radius_with_two_derivatives():
    frame, z = frame_of("so(2)"), points("so(2)", 3).requires_grad_()
    radius, radial, angular = frame(z).unbind(-1)
    x, y, p, r = z.unbind(-1)
    exact = torch.sqrt(x**2 + y**2)
    for found, known in (
        (radius, exact),
        (radial, (x * p + y * r) / exact),
        (angular, (x * r - y * p) / exact),
    ):
        assert (found - known).abs().max() < TOLERANCE
        (slope,) = torch.autograd.grad(found.sum(), z, create_graph=True)
        (expected,) = torch.autograd.grad(known.sum(), z, create_graph=True)
        assert (slope - expected).abs().max() < TOLERANCE
        (curved,) = torch.autograd.grad(slope.square().sum(), z, retain_graph=True)
        (exactly,) = torch.autograd.grad(expected.square().sum(), z, retain_graph=True)
        assert (curved - exactly).abs().max() < 16 * TOLERANCE


def test_a_screw_gives_its_turning_coordinate():
    frame, z = frame_of("screw"), points("screw")
    first = frame(z)[:, frame.names.index("x")]
    angle = z[:, 2] / 2
    known = z[:, 0] * torch.cos(angle) + z[:, 1] * torch.sin(angle)
    assert (first - known).abs().max() < TOLERANCE


def test_energy_is_the_same_on_the_section():
    space = sf.PhaseSpace("x y")
    H = sf.compile([space.read(HENON[1]["H"])], space.z)
    z = points("Henon")
    change = H.value(frame_of("Henon").normal_form(z)) - H.value(z)
    assert change.abs().max() < TOLERANCE


def test_a_frame_of_fewer_generators_is_not_invariant():
    """That of Lz alone moves under Lx."""
    space = sf.PhaseSpace(SO3[0])
    about_z = sf.LieAlgebra(space, {"Lz": SO3[1]["Lz"]})
    frame, z = MovingFrame(about_z, {"y": 0.0}), points("so(3)")
    turned = flowed("so(3)", z, 0.1)
    assert (frame(z) - frame(turned)).abs().max() > 0.01


def test_batches_and_single_precision():
    frame, z = frame_of("so(2)"), points("so(2)")
    whole = frame(z.reshape(2, 3, 4))
    assert whole.shape == (2, 3, 3)
    assert torch.equal(whole.flatten(0, 1), frame(z))
    single = frame(z.float())
    assert single.dtype == torch.float32
    assert (single - frame(z)).abs().max() < 2**12 * torch.finfo(torch.float32).eps


def test_a_section_out_of_reach_is_an_error():
    algebra = sf.LieAlgebra(sf.PhaseSpace("x y"), SO2[1])
    with pytest.raises(ArgumentError, match="6 of 6 are not carried there"):
        MovingFrame(algebra, {"y": 9.0})(points("so(2)"))


def test_bad_arguments():
    algebra = sf.LieAlgebra(sf.PhaseSpace("x y"), SO2[1])
    for section in ({}, {"x": 0.0, "y": 0.0}, {"z": 0.0}):
        with pytest.raises(ArgumentError, match="must fix 1 of the coordinates"):
            MovingFrame(algebra, section)
    with pytest.raises(ArgumentError, match="must move points"):
        MovingFrame(sf.LieAlgebra(sf.PhaseSpace("x"), {}), {})
    space = sf.PhaseSpace("x", parameters="w")
    with pytest.raises(UnsupportedError, match="w"):
        MovingFrame(sf.LieAlgebra(space, {"H": "p_x**2 + w*x"}), {"x": 0.0})
