"""Data-parallel training: two processes with half a batch each find the gradient of one."""

import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

import symflow as sf
from symflow.chain import Chain, Factor
from symflow.interactions import PairPotential
from symflow.pieces import ShearPiece
from symflow.splines import CubicSpline
from tests.random_models import points, scrambled
from tests.toy_flows import SO2, flow

BATCH = 8
EPSILON = torch.finfo(torch.float64).eps


class Loss(nn.Module):
    """The mean loss of a batch, as the module whose gradients are averaged."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, z):
        if hasattr(self.model, "joint_log_prob"):
            return -self.model.joint_log_prob(z).mean()
        return self.model(z).square().mean()


def density(memory):
    options = {"integrator": sf.Leapfrog(2), "memory": memory, "width": 4}
    return Loss(flow(SO2, momenta="observed", **options))


def particles():
    kick = ShearPiece(scrambled(PairPotential(3, CubicSpline(6), 2).double()))
    return Loss(Chain([kick], [Factor(0, 0.1)] * 2))


MODELS = {
    "save": lambda: density("save"),
    "reversible": lambda: density("reversible"),
    "exact": lambda: density("exact"),
    "particles": particles,
}


def batch_for(name):
    return points(12 if name == "particles" else 4, BATCH)


def gradients(name, loss, z):
    loss(z).backward()
    found = {
        key.removeprefix("module."): parameter.grad
        for key, parameter in loss.named_parameters()
        if parameter.grad is not None and parameter.numel()
    }
    assert any(float(slope.abs().max()) > 1e-3 for slope in found.values())
    return found


def run_process(rank, folder):
    """What each of the processes does: its half of the batch, on its own copy."""
    store = distributed.FileStore(f"{folder}/meeting", 2)
    distributed.init_process_group("gloo", store=store, rank=rank, world_size=2)
    for name, make in MODELS.items():
        half = batch_for(name).chunk(2)[rank]
        found = gradients(name, DistributedDataParallel(make()), half)
        save_file(found, f"{folder}/{name}_{rank}.safetensors")
    distributed.destroy_process_group()


@pytest.fixture(scope="module")
def by_two(tmp_path_factory):
    folder = tmp_path_factory.mktemp("two")
    command = "import sys; from tests.test_distributed import run_process as run; "
    command += "run(int(sys.argv[1]), sys.argv[2])"
    both = [
        subprocess.Popen(  # noqa: S603
            [sys.executable, "-W", "ignore", "-c", command, str(rank), str(folder)],
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]
    for process in both:
        _, errors = process.communicate(timeout=600)
        assert process.returncode == 0, errors
    return folder


@pytest.mark.parametrize("name", MODELS)
def test_two_processes_find_the_gradient_of_one(name, by_two):
    known = gradients(name, MODELS[name](), batch_for(name))
    for rank in range(2):
        found = load_file(by_two / f"{name}_{rank}.safetensors")
        assert found.keys() == known.keys()
        for key, slope in known.items():
            size = 1 + float(slope.abs().max())
            assert float((found[key] - slope).abs().max()) <= 200 * EPSILON * size


def test_half_a_batch_alone_has_another_gradient(by_two):
    """The hypothesis dropped: without the average each half has its own."""
    half = gradients("save", MODELS["save"](), batch_for("save").chunk(2)[0])
    found = load_file(by_two / "save_0.safetensors")
    gap = max(float((found[key] - slope).abs().max()) for key, slope in half.items())
    assert gap > 1e-3
