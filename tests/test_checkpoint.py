"""Laws of checkpoints: bit for bit what was written, or an error that says why not."""

import hashlib
import json
import math
import pickle
import shutil
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from symflow.checkpoint import (
    fingerprint,
    latest_checkpoint,
    read_checkpoint,
    read_weights,
    write_checkpoint,
    write_weights,
)
from symflow.errors import ArgumentError, CheckpointError
from tests.full_disk import full_disk
from tests.toy_models import NoisyGaussian, samples

MARK = fingerprint(nn.Linear(2, 3), {"kind": "linear"})


def save(run, step=3, state=None, mark=MARK):
    state = {"weight": torch.arange(4.0), "rate": 0.1} if state is None else state
    return write_checkpoint(
        run, step=step, epoch=1, state=state, model_fingerprint=mark
    )


def same(one, other):
    if isinstance(one, torch.Tensor):
        return (
            one.dtype == other.dtype
            and one.shape == other.shape
            and one.numpy().tobytes() == other.numpy().tobytes()
        )
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[k], other[k]) for k in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return repr(one) == repr(other)


def same_types(one, other):
    if isinstance(one, dict):
        return all(same_types(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return type(one) is type(other) and all(map(same_types, one, other))
    return type(one) is type(other)


def damage(folder, file, change):
    path = folder / file
    path.write_bytes(change(path.read_bytes()))


def rewrite(folder, change):
    """Change a manifest as a forger would: with its hash made to agree."""
    content = json.loads((folder / "manifest.json").read_text())
    change(content)
    content.pop("manifest_sha256")
    text = json.dumps(content, sort_keys=True)
    content["manifest_sha256"] = hashlib.sha256(text.encode()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(content))


def error_of(call, *arguments):
    with pytest.raises(CheckpointError) as caught:
        call(*arguments)
    assert "\n" not in str(caught.value)
    return str(caught.value)


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(
        [
            torch.zeros(0),
            torch.tensor(1.5, dtype=torch.float64),
            torch.tensor([1, 255], dtype=torch.uint8),
            torch.tensor([[True, False]]),
            torch.tensor([math.nan, -0.0, math.inf]),
            torch.arange(6.0).reshape(2, 3).T,
            torch.ones(2, dtype=torch.bfloat16).to(torch.float16),
        ]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3)
        | st.dictionaries(st.integers(), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(value=plain)
def test_any_plain_data_come_back_bit_for_bit(tmp_path_factory, value):
    run = tmp_path_factory.getbasetemp() / "plain"
    run.mkdir(exist_ok=True)
    state = {"value": value}
    back = read_checkpoint(save(run, state=state)).state
    assert same(state, back)
    assert same_types(state, back)


def train(model, optimiser, scheduler, noise, steps):
    for _ in range(steps):
        optimiser.zero_grad()
        model.objective(samples(8), noise).mean().neg().backward()
        optimiser.step()
        scheduler.step()


def parts(make_optimiser, make_scheduler):
    model = NoisyGaussian(torch.float32)
    model.objective = lambda batch, noise: NoisyGaussian.objective(
        model, batch.float(), noise
    )
    optimiser = make_optimiser(model.parameters())
    noise = torch.Generator().manual_seed(1)
    return model, optimiser, make_scheduler(optimiser), noise


@pytest.mark.parametrize(
    "make_optimiser",
    [
        lambda p: torch.optim.Adam(p, lr=0.02),
        lambda p: torch.optim.Adam(p, lr=0.02, amsgrad=True, fused=True),
        lambda p: torch.optim.AdamW(p, lr=0.02, weight_decay=0.1, fused=True),
        lambda p: torch.optim.AdamW(p, lr=torch.tensor(0.02)),
        lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9),
    ],
    ids=["Adam", "amsgrad", "AdamW", "tensor rate", "SGD"],
)
@pytest.mark.parametrize(
    "make_scheduler",
    [
        lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 20),
        lambda o: torch.optim.lr_scheduler.LinearLR(o, 0.1, total_iters=9),
    ],
    ids=["cosine", "linear"],
)
def test_optimisers_and_schedulers_go_on_bit_for_bit(
    tmp_path, make_optimiser, make_scheduler
):
    def state(model, optimiser, scheduler, noise):
        return {
            "model": model.state_dict(),
            "optimiser": optimiser.state_dict(),
            "scheduler": scheduler.state_dict(),
            "noise": noise.get_state(),
        }

    through = parts(make_optimiser, make_scheduler)
    train(*through, steps=5)
    before = state(*through)
    folder = save(tmp_path, state=before)
    assert same(before, read_checkpoint(folder).state)

    resumed = parts(make_optimiser, make_scheduler)
    back = read_checkpoint(folder).state
    for part, name in zip(resumed, ("model", "optimiser", "scheduler"), strict=False):
        part.load_state_dict(back[name])
    resumed[3].set_state(back["noise"])
    train(*through, steps=6)
    train(*resumed, steps=6)
    assert same(state(*through), state(*resumed))


def test_tied_weights_are_kept(tmp_path):
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    model[1].weight = model[0].weight
    back = read_checkpoint(save(tmp_path, state=model.state_dict())).state
    assert same(dict(model.state_dict()), back)


def test_checkpoint_says_what_it_is_of(tmp_path):
    folder = save(tmp_path, step=123)
    assert folder == tmp_path / "checkpoints" / "step_000123"
    assert sorted(path.name for path in folder.iterdir()) == [
        "manifest.json",
        "tensors.safetensors",
    ]
    found = read_checkpoint(folder, MARK)
    assert (found.step, found.epoch, found.fingerprint) == (123, 1, MARK)
    assert found.folder == folder


def test_the_last_two_are_kept(tmp_path):
    for step in (0, 5, 10, 1_000_000, 20):
        save(tmp_path, step)
    names = sorted(path.name for path in (tmp_path / "checkpoints").iterdir())
    assert names == ["step_000020", "step_1000000"]
    assert latest_checkpoint(tmp_path).step == 1_000_000


def test_a_run_without_checkpoints_has_none(tmp_path):
    assert latest_checkpoint(tmp_path) is None
    (tmp_path / "checkpoints" / ".unfinished_step_000007").mkdir(parents=True)
    (tmp_path / "checkpoints" / "notes").mkdir()
    assert latest_checkpoint(tmp_path) is None


@settings(max_examples=80, deadline=None)
@given(data=st.data(), file=st.sampled_from(["manifest.json", "tensors.safetensors"]))
def test_one_flipped_bit_anywhere_is_found(tmp_path_factory, data, file):
    run = tmp_path_factory.getbasetemp() / "flip"
    run.mkdir(exist_ok=True)
    folder = save(run)
    size = (folder / file).stat().st_size
    place, bit = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, 7))
    whole = read_checkpoint(folder)

    def flip(payload):
        return (
            payload[:place] + bytes([payload[place] ^ 1 << bit]) + payload[place + 1 :]
        )

    damage(folder, file, flip)
    try:
        read = read_checkpoint(folder)
    except CheckpointError:
        return
    # White space and the case of \u00ff in JSON carry no meaning.
    assert same(read.state, whole.state)
    assert (read.step, read.epoch) == (whole.step, whole.epoch)
    assert file == "manifest.json"


@settings(max_examples=40, deadline=None)
@given(data=st.data(), file=st.sampled_from(["manifest.json", "tensors.safetensors"]))
def test_truncated_anywhere_is_found(tmp_path_factory, data, file):
    run = tmp_path_factory.getbasetemp() / "cut"
    run.mkdir(exist_ok=True)
    folder = save(run)
    size = (folder / file).stat().st_size
    length = data.draw(st.integers(0, size - 1))
    damage(folder, file, lambda payload: payload[:length])
    assert "is damaged" in error_of(read_checkpoint, folder)


@pytest.mark.parametrize("file", ["manifest.json", "tensors.safetensors"])
def test_missing_files_and_links_are_refused(tmp_path, file):
    folder = save(tmp_path)
    outside = tmp_path / "outside"
    (folder / file).rename(outside)
    assert f"{file} cannot be read: No such file" in error_of(read_checkpoint, folder)
    (folder / file).symlink_to(outside)
    assert f"{file} cannot be read: is a link" in error_of(read_checkpoint, folder)


def test_linked_folders_are_refused(tmp_path):
    (tmp_path / "run").mkdir()
    folder = save(tmp_path / "run")
    link = folder.with_name("step_000009")
    link.symlink_to(folder)
    assert "not a folder" in error_of(read_checkpoint, link)
    assert "not a folder" in error_of(latest_checkpoint, tmp_path / "run")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "checkpoints").symlink_to(folder.parent)
    assert "is a link" in error_of(latest_checkpoint, tmp_path / "other")
    assert "is a link" in error_of(save, tmp_path / "other", 50)
    # A link among them is neither followed nor deleted when old ones are forgotten.
    for step in (4, 5, 6):
        save(tmp_path / "run", step)
    assert link.is_symlink()


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda m: m.update(schema=2), "schema version 2"),
        (lambda m: m.update(schema="x" * 99), "schema version 'xxx"),
        (lambda m: m.pop("schema"), "schema version None"),
        (lambda m: m.update(step=4), "is of step 4"),
        (lambda m: m.update(step="3"), "another type"),
        (lambda m: m.update(step=True), "another type"),
        (lambda m: m.update(epoch=None), "another type"),
        (lambda m: m.update(state=[1]), "another type"),
        (lambda m: m.update(fingerprint=[1]), "another type"),
        (lambda m: m.update(fingerprint={}), "another type"),
        (lambda m: m["fingerprint"].update(tensors=[[]]), "another type"),
        (lambda m: m["fingerprint"]["tensors"].update(bias=True), "another type"),
        (lambda m: m["fingerprint"]["tensors"].update(bias=["x"]), "another type"),
        (lambda m: m["fingerprint"]["tensors"].update(bias=[3, "x"]), "another type"),
        (lambda m: m.pop("state"), "lacks state"),
        (lambda m: m.update(tensors_sha256="0" * 64), "changed after"),
        (lambda m: m.update(state={"tensor": "../../secret"}), "no release writes"),
        (lambda m: m.update(state={"tensor": ["weight"]}), "no release writes"),
        (lambda m: m.update(state={"float": "1e3"}), "no release writes"),
        (lambda m: m.update(state={"code": "print()"}), "no release writes"),
        (lambda m: m.update(state={"numbered": [["a", 1]]}), "no release writes"),
        (lambda m: m.update(state={"tuple": "abc"}), "no release writes"),
    ],
)
def test_forged_manifests_are_refused(tmp_path, change, part):
    folder = save(tmp_path)
    rewrite(folder, change)
    assert part in error_of(read_checkpoint, folder)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"null",
        b"[" * 100_000,
        b'{"schema": ' + b"[" * 500 + b"]" * 500 + b"}",
        b'{"a":' * 600 + b"1" + b"}" * 600,
        b"9" * 10_000,
        b"\xff\xfe",
        pickle.dumps({"schema": 1}),
    ],
)
def test_manifests_that_are_none(tmp_path, payload):
    folder = save(tmp_path)
    damage(folder, "manifest.json", lambda _: payload)
    assert "is damaged" in error_of(read_checkpoint, folder)


def test_names_of_folders_are_checked(tmp_path):
    folder = save(tmp_path)
    for name in ("step_3", "step_000003x", "other", "step_000004"):
        moved = folder.with_name(name)
        shutil.copytree(folder, moved)
        assert "is damaged" in error_of(read_checkpoint, moved)
    assert "is damaged" in error_of(read_checkpoint, tmp_path / "step_000003")


def test_damaged_newest_is_never_skipped_in_silence(tmp_path):
    older, newest = save(tmp_path, 10), save(tmp_path, 20)
    damage(newest, "tensors.safetensors", lambda payload: payload[:-1])
    found = error_of(latest_checkpoint, tmp_path)
    assert str(newest) in found
    assert str(older) in found
    assert "resume from step 10, move step_000020 out of the folder" in found
    newest.rename(tmp_path / "aside")
    assert latest_checkpoint(tmp_path).step == 10
    damage(older, "manifest.json", lambda payload: b"")
    assert "must begin anew" in error_of(latest_checkpoint, tmp_path)


@pytest.mark.parametrize(
    ("model", "description", "part"),
    [
        (
            nn.Linear(2, 4),
            {"kind": "linear"},
            "'weight' it has float32 of shape [3, 2]",
        ),
        (nn.Linear(2, 3).double(), {"kind": "linear"}, "float64 of shape [3, 2]"),
        (nn.Linear(2, 3, bias=False), {"kind": "linear"}, "'bias' it has float32"),
        (nn.Bilinear(1, 2, 3), {"kind": "linear"}, "'weight'"),
        (nn.Linear(2, 3), {"kind": "other"}, "description"),
    ],
)
def test_other_models_are_refused(tmp_path, model, description, part):
    folder = save(tmp_path)
    mark = fingerprint(model, description)
    assert part in error_of(read_checkpoint, folder, mark)
    assert part in error_of(latest_checkpoint, tmp_path, mark)


def test_full_disk_leaves_the_checkpoints_before(tmp_path):
    save(tmp_path, 1)
    save(tmp_path, 2)
    big = {"weight": torch.zeros(1000)}
    with full_disk(2000):
        found = error_of(save, tmp_path, 3, big)
    assert "step_000003 cannot be written" in found
    assert "untouched" in found
    names = sorted(path.name for path in (tmp_path / "checkpoints").iterdir())
    assert names == ["step_000001", "step_000002"]
    assert latest_checkpoint(tmp_path).step == 2


@pytest.mark.parametrize("value", [object(), {1.5: 2}, {"a": 1, 2: 3}, b"raw", {1, 2}])
def test_state_that_would_need_pickle_is_refused(tmp_path, value):
    assert "at '/value'" in error_of(lambda: save(tmp_path, state={"value": value}))
    assert not (tmp_path / "checkpoints").exists()


def test_names_that_collide_are_refused(tmp_path):
    state = {"a/b": torch.zeros(1), "a": {"b": torch.ones(1)}}
    assert "two at '/a/b'" in error_of(lambda: save(tmp_path, state=state))


def test_descriptions_must_be_plain():
    for description in ({"a": object()}, {"a": math.nan}):
        with pytest.raises(ArgumentError, match="plain data"):
            fingerprint(nn.Linear(1, 1), description)


def test_weights_come_back_or_the_model_stays(tmp_path):
    path = tmp_path / "model.safetensors"
    first, second = nn.Linear(2, 3), nn.Linear(2, 3)
    write_weights(path, first.state_dict(), MARK)
    read_weights(path, second, MARK)
    assert same(dict(first.state_dict()), dict(second.state_dict()))

    before = {name: value.clone() for name, value in second.state_dict().items()}
    other = fingerprint(second, {"kind": "other"})
    assert "description" in error_of(read_weights, path, second, other)
    wide = nn.Linear(2, 4)
    mark = fingerprint(wide, {"kind": "linear"})
    assert "of shape [3, 2]" in error_of(read_weights, path, wide, mark)
    whole = path.read_bytes()
    for length in range(0, len(whole), 5):
        path.write_bytes(whole[:length])
        assert "are damaged" in error_of(read_weights, path, second, MARK)
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert "changed after" in error_of(read_weights, path, second, MARK)
    path.unlink()
    assert "No such file" in error_of(read_weights, path, second, MARK)
    assert same(before, dict(second.state_dict()))


@pytest.mark.parametrize("metadata", [None, {"symflow": "[]"}, {"symflow": ""}, {}])
def test_remarks_of_another_form_are_refused(tmp_path, metadata):
    path = tmp_path / "model.safetensors"
    model = nn.Linear(2, 3)
    write_weights(path, model.state_dict(), MARK)
    raw = path.read_bytes()
    start = 8 + int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8:start]) | {"__metadata__": metadata}
    head = json.dumps(header).encode()
    path.write_bytes(len(head).to_bytes(8, "little") + head + raw[start:])
    assert "are damaged" in error_of(read_weights, path, model, MARK)


def test_what_is_said_of_a_strangers_weights_is_printable(tmp_path):
    path, model = tmp_path / "model.safetensors", nn.Linear(2, 3)
    write_weights(path, model.state_dict(), MARK)
    raw = path.read_bytes()
    start = 8 + int.from_bytes(raw[:8], "little")
    head = raw[8:start].replace(b'"F32"', b'"\\u001b[31m"')
    path.write_bytes(len(head).to_bytes(8, "little") + head + raw[start:])
    assert error_of(read_weights, path, model, MARK).isprintable()


def test_full_disk_leaves_the_weights_before(tmp_path):
    path = tmp_path / "model.safetensors"
    model = nn.Linear(2, 3)
    write_weights(path, model.state_dict(), MARK)
    whole = path.read_bytes()
    with full_disk(10):
        found = error_of(write_weights, path, model.state_dict(), MARK)
    assert "cannot be written" in found
    assert path.read_bytes() == whole


def first_release_state():
    """One of every kind of thing that a state may hold."""
    return {
        "words": ["ä", None, True, -7, 0.1, math.inf, -math.inf, math.nan],
        "pairs": ((1, 2.5), ()),
        "numbered": {0: {"step": torch.tensor(3.0)}, 12: {}},
        "tensors": [
            torch.arange(6, dtype=torch.float64).reshape(2, 3) / 7,
            torch.tensor([0, 255], dtype=torch.uint8),
            torch.tensor([True, False]),
            torch.zeros(0, 4),
        ],
    }


def test_files_of_the_first_release_open_for_ever():
    run = Path(__file__).parent / "data" / "run_1"
    checkpoint = latest_checkpoint(run, MARK)
    assert (checkpoint.step, checkpoint.epoch) == (3, 1)
    assert same(first_release_state(), checkpoint.state)
    assert same_types(first_release_state(), checkpoint.state)
    model = nn.Linear(2, 3)
    read_weights(run / "model.safetensors", model, MARK)
    assert torch.equal(model.weight, torch.arange(6.0).reshape(3, 2) / 3)
