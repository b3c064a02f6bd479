"""A flow among the rest of torch: exported, compiled, cast, copied, differentiated twice."""

import copy
import json
import shutil
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file, save_file
from sympy import symbols
from torch import nn

import symflow as sf
from symflow.chain import Chain, Factor
from symflow.errors import UnsupportedError
from symflow.functions import ModuleFunction
from symflow.hamiltonians import InvariantHamiltonian
from symflow.interactions import PairPotential
from symflow.message_passing import MessagePassingEnergy
from symflow.pieces import ShearPiece
from symflow.splines import CubicSpline
from tests.random_models import points, scrambled
from tests.toy_flows import NONE, SO2, flow

# What traces warns of its own ways.
pytestmark = [
    pytest.mark.filterwarnings("ignore::UserWarning:torch"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:torch"),
]


class LogDensity(nn.Module):
    """The log-density as a module, which is what torch exports."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, z):
        return self.model.joint_log_prob(z)


def kicks(function_or_energy):
    """One kick by an energy, or by a function of two invariants of the plane."""
    energy = function_or_energy
    if not hasattr(energy, "coordinates"):
        x, y, p_x, p_y = symbols("x y p_x p_y", real=True)
        invariants = sf.compile([x**2 + y**2, x**3 * y], [x, y, p_x, p_y])
        energy = InvariantHamiltonian(invariants, function=energy)
    return Chain([ShearPiece(scrambled(energy.double()))], [Factor(0, 0.1)])


def observed(algebra=SO2, **options):
    return flow(algebra, momenta="observed", **({"blocks": 1, "width": 3} | options))


MODELS = {
    "density": lambda: LogDensity(observed()),
    "no symmetry": lambda: observed(NONE),
    "module": lambda: kicks(
        ModuleFunction(nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1)))
    ),
    "pairs": lambda: kicks(PairPotential(3, CubicSpline(6), dimension=2)),
    "messages": lambda: kicks(MessagePassingEnergy(3, 3, 1, dimension=1, lengths=2)),
}


def width_of(model):
    chain = getattr(model, "model", model)
    return 2 * (chain.n if hasattr(chain, "n") else chain.pieces[0].hamiltonian.n)


def exported(model, z):
    batch = torch.export.Dim("batch")
    return torch.export.export(model, (z,), dynamic_shapes={"z": {0: batch}})


@pytest.mark.parametrize("name", ["density", "no symmetry", "pairs"])
def test_an_exported_program_takes_batches_of_any_size(name):
    model = MODELS[name]()
    width = width_of(model)
    program = exported(model, points(width, 4)).module()
    for count in (3, 11):
        z = points(width, count, seed=count)
        torch.testing.assert_close(program(z), model(z), rtol=1e-13, atol=1e-13)
    # What was traced leaves nothing behind in the model.
    assert torch.equal(model(z), copy.deepcopy(model)(z))


RUN_ALONE = """
import json, sys
# It is not to be found here, whatever is installed.
sys.modules["symflow"] = None
import torch
program = torch.export.load(sys.argv[1]).module()
z = torch.tensor(json.loads(sys.argv[2]), dtype=torch.float64)
print(json.dumps(program(z).tolist()))
"""


def test_a_trained_flow_runs_where_symflow_is_not(tmp_path):
    model = LogDensity(observed())
    torch.export.save(exported(model, points(4, 5)), tmp_path / "flow.pt2")
    z = points(4, 7, seed=3)
    arguments = [str(tmp_path / "flow.pt2"), json.dumps(z.tolist())]
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-W", "ignore", "-c", RUN_ALONE, *arguments],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = torch.tensor(json.loads(done.stdout), dtype=torch.float64)
    torch.testing.assert_close(found, model(z).detach(), rtol=1e-13, atol=1e-13)


def value_and_gradients(call, model, z, cast=False):
    start = z.clone().requires_grad_()
    with torch.autocast("cpu", torch.bfloat16, enabled=cast):
        out = call(start)
    inputs = [start, *(w for w in model.parameters() if w.requires_grad)]
    slopes = torch.autograd.grad(out.sin().sum(), inputs, materialize_grads=True)
    return [out.detach(), *slopes]


def assert_compiles(model, backend):
    torch.compiler.reset()
    z = points(width_of(model), 5)
    found = value_and_gradients(
        torch.compile(model, backend=backend, fullgraph=True), model, z
    )
    for ours, theirs in zip(found, value_and_gradients(model, model, z), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("name", ["density", "module", "pairs"])
def test_compiled_whole_it_has_the_same_values_and_gradients(name):
    assert_compiles(MODELS[name](), "aot_eager")


@pytest.mark.slow
def test_compiled_to_machine_code():
    if shutil.which("g++") is None and shutil.which("clang++") is None:
        pytest.skip("torch compiles to C++, and this machine has no compiler for it")
    x, p = symbols("x p", real=True)
    energy = InvariantHamiltonian(sf.compile([x**2], [x, p]), width=3, depth=1)
    chain = Chain([ShearPiece(scrambled(energy.double()))], [Factor(0, 0.5)])
    assert_compiles(chain, "inductor")


def test_an_implicit_step_says_that_it_cannot_be_traced():
    model = observed(integrator=sf.ImplicitMidpoint(1))
    with pytest.raises(UnsupportedError, match="`integrator` must be explicit"):
        exported(model, points(4, 3))


def test_a_module_of_yours_says_that_it_cannot_be_exported():
    with pytest.raises(UnsupportedError, match=r"Sequential leaves it to torch\.func"):
        exported(MODELS["module"](), points(4, 3))


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")
def test_functional_transforms_of_a_density():
    model, z = observed(), points(4, 3)
    per_sample = torch.func.vmap(torch.func.grad(model.joint_log_prob))(z)
    start = z.clone().requires_grad_()
    (known,) = torch.autograd.grad(model.joint_log_prob(start).sum(), start)
    torch.testing.assert_close(per_sample, known, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("momenta", ["observed", "latent"])
def test_autocast_leaves_densities_their_precision(momenta):
    """Rounded to sixteen bits, base and encoder would be invariant to two digits only."""
    model = flow(SO2, momenta=momenta, blocks=1, dtype=torch.float32)
    x = points(model.data_dimensions[0], 6, torch.float32)

    def run(x):
        return model.objective(x, torch.Generator().manual_seed(0))

    plain = value_and_gradients(run, model, x)
    cast = value_and_gradients(run, model, x, cast=True)
    for ours, theirs in zip(cast, plain, strict=True):
        assert torch.equal(ours, theirs)


def test_the_log_density_can_be_differentiated_twice():
    model = observed(depth=1)
    z = points(4, 2).requires_grad_()
    assert torch.autograd.gradgradcheck(model.joint_log_prob, (z,))
    names, values = zip(*model.named_parameters(), strict=True)

    def of_weights(*weights):
        given = {f"model.{k}": w for k, w in zip(names, weights, strict=True)}
        return torch.func.functional_call(LogDensity(model), given, (z.detach(),))

    weights = tuple(w.detach().clone().requires_grad_() for w in values)
    assert torch.autograd.gradgradcheck(of_weights, weights, fast_mode=True)


@pytest.mark.parametrize("name", ["density", "module", "pairs", "messages"])
def test_copies_and_states(name, tmp_path):
    model = MODELS[name]()
    z = points(width_of(model), 5)
    twin = scrambled(copy.deepcopy(model), seed=9)
    assert not torch.equal(twin(z), model(z))
    save_file(model.state_dict(), tmp_path / "weights.safetensors")
    twin.load_state_dict(load_file(tmp_path / "weights.safetensors"))
    for other in (twin, copy.deepcopy(model)):
        assert torch.equal(other(z), model(z))


@pytest.mark.parametrize("name", ["density", "module", "pairs", "messages"])
def test_single_precision_agrees_with_double_and_comes_back(name):
    model = MODELS[name]()
    single = copy.deepcopy(model).float()
    z = points(width_of(model), 5, torch.float32)
    exact = copy.deepcopy(single).double()(z.double()).detach()
    rounded = single(z).detach()
    assert rounded.dtype == torch.float32
    size = 1 + float(exact.abs().max())
    assert float((rounded - exact).abs().max()) < 200 * 2**-23 * size
