"""What a training run left: all of it but the times, to compare bit for bit."""

import json

import torch

from symflow.checkpoint import latest_checkpoint


def bits(value):
    """Every number of a nested state, without the seconds."""
    if isinstance(value, torch.Tensor):
        return value.numpy().tobytes()
    if isinstance(value, dict):
        return [(key, bits(item)) for key, item in value.items() if key != "seconds"]
    if isinstance(value, list | tuple):
        return [bits(item) for item in value]
    return repr(value)


def end_of(run):
    """All that a run left, but for times: weights, last state, metrics, result."""
    last = latest_checkpoint(run)
    state = {**last.state, "metrics": last.state["metrics"][:, :-1].contiguous()}
    lines = (run / "metrics.csv").read_text().splitlines()
    return (
        (run / "model.safetensors").read_bytes(),
        last.step,
        bits(state),
        [line.rpartition(",")[0] for line in lines],
        json.loads((run / "run.json").read_text())["result"],
        sorted(path.name for path in run.iterdir()),
    )
