"""Laws of batches: a function of the step, and every row as often as any other."""

from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from symflow.batches import batches, derived_seed
from symflow.data import load
from symflow.errors import ArgumentError, DataError

F64 = torch.zeros(1, dtype=torch.float64)
F32 = torch.zeros(1)


def numbered(count):
    return np.arange(2.0 * count).reshape(count, 2)


def rows_of(batch):
    return [int(value) // 2 for value in batch[:, 0]]


def normal(count, generator):
    return torch.randn(count, 3, generator=generator)


@given(count=st.integers(2, 40), size=st.integers(1, 50), seed=st.integers(0, 9))
def test_every_row_is_met_equally_often(count, size, seed):
    data = batches(numbered(count), size, 0.2, seed, F64)
    train = count - len(data.held_out)
    assert data.batch_size == min(size, train)
    # After `train` steps the rows were gone through a whole number of times.
    met = Counter(row for t in range(train) for row in rows_of(data.batch(t)))
    assert set(met.values()) == {data.batch_size}
    assert len(met) == train
    assert not met.keys() & set(rows_of(data.held_out))
    assert data.epoch(train) == data.batch_size


def test_a_batch_is_a_function_of_its_step():
    once, again = (batches(numbered(20), 6, 0.1, 7, F64) for _ in range(2))
    forward = [once.batch(t) for t in range(12)]
    backward = [again.batch(t) for t in reversed(range(12))][::-1]
    assert all(torch.equal(a, b) for a, b in zip(forward, backward, strict=True))
    other = batches(numbered(20), 6, 0.1, 8, F64)
    assert not torch.equal(other.batch(0), forward[0])


def test_epochs_are_shuffled_differently():
    data = batches(numbered(20), 20, 0.0, 0, F64)
    assert rows_of(data.batch(0)) != rows_of(data.batch(1))


def test_mapped_file_gives_the_same_batches(tmp_path):
    np.save(tmp_path / "table.npy", numbered(30))
    mapped = batches(load(tmp_path / "table.npy"), 7, 0.2, 0, F32)
    resident = batches(numbered(30), 7, 0.2, 0, F32)
    assert torch.equal(mapped.held_out, resident.held_out)
    assert all(torch.equal(mapped.batch(t), resident.batch(t)) for t in range(9))
    assert mapped.summary() == resident.summary()


@pytest.mark.parametrize(
    ("held_out", "expected"),
    [(None, 4), (0.0, 0), (0, 0), (0.25, 10), (7, 7), (39, 39)],
)
def test_held_out_is_a_part_or_a_number(held_out, expected):
    assert len(batches(numbered(40), 8, held_out, 0, F64).held_out) == expected


def test_held_out_is_bounded_by_default():
    assert len(batches(np.zeros((200_000, 1)), 8, None, 0, F32).held_out) == 10_000
    assert len(batches(normal, 8, None, 0, F32).held_out) == 4096


@pytest.mark.parametrize("held_out", [40, -1, 1.0, -0.5])
def test_held_out_must_leave_rows(held_out):
    with pytest.raises(ArgumentError, match="must"):
        batches(numbered(40), 8, held_out, 0, F64)


@pytest.mark.parametrize(
    ("count", "held_out", "word"), [(9, 1.5, "held_out"), (1, 0.1, "data")]
)
def test_errors_name_what_the_user_gave(count, held_out, word):
    with pytest.raises(ArgumentError, match=f"Argument `{word}`"):
        batches(numbered(count), 8, held_out, 0, F64)


def test_batches_take_the_type_of_the_model():
    for like in (F32, F64):
        for data in (numbered(10), normal):
            ready = batches(data, 4, 2, 0, like)
            assert ready.batch(0).dtype == ready.held_out.dtype == like.dtype


def test_rounding_to_infinity_is_an_error():
    with pytest.raises(DataError, match=r"fit torch\.float32.*largest is 1e\+300"):
        batches(np.array([[1e300], [0.0]]), 1, 0.0, 0, F32)


def test_blame_names_the_rows_of_the_data():
    data = batches(numbered(20), 6, 0.25, 0, F64)
    rows = rows_of(data.batch(5))
    words = ", ".join(str(row) for row in sorted([rows[1], rows[4]]))
    assert data.blame(5, [1, 4]) == f"rows {words} of the data (from 0)"
    held = rows_of(data.held_out)
    assert data.blame(None, [2]) == f"rows {held[2]} of the data (from 0)"
    many = batches(numbered(100), 50, 0.0, 0, F64).blame(0, range(50))
    assert "and 38 more" in many


def test_sampler_gives_fresh_points_and_the_same_ones_again():
    data = batches(normal, 5, 10, 3, F64)
    assert torch.equal(data.batch(4), data.batch(4))
    assert not torch.equal(data.batch(4), data.batch(5))
    assert data.held_out.shape == (10, 3)
    assert data.epoch(1000) == 0
    assert batches(normal, 5, 0, 3, F64).held_out.shape == (0, 3)
    point = data.batch(2)[1].tolist()
    assert data.blame(2, [1]) == f"the points {point}"


def test_global_random_numbers_are_left_alone():
    before = torch.get_rng_state(), np.random.get_state()[1].tolist()
    for data in (numbered(20), normal):
        batches(data, 4, 2, 0, F64).batch(3)
    assert torch.equal(torch.get_rng_state(), before[0])
    assert np.random.get_state()[1].tolist() == before[1]


@pytest.mark.parametrize(
    ("sampler", "part"),
    [
        (lambda count, generator: np.zeros((count, 2)), "it gave (8, 2)"),
        (lambda count, generator: torch.zeros(count), "it gave torch.Size([8])"),
        (lambda count, generator: torch.zeros(3, 2), "it gave torch.Size([3, 2])"),
        (lambda count, generator: None, "it gave NoneType"),
        (lambda count, generator: torch.full((count, 1), torch.nan), "finite points"),
    ],
)
def test_samplers_that_give_something_else(sampler, part):
    with pytest.raises(DataError) as caught:
        batches(sampler, 4, 8, 0, F64)
    assert part in str(caught.value)


def test_sampler_has_no_part_to_hold_out():
    with pytest.raises(ArgumentError, match="Give an integer"):
        batches(normal, 4, 0.1, 0, F64)


def test_summaries_tell_data_apart():
    values = numbered(20)
    same = batches(values.copy(), 4, 0.1, 0, F64).summary()
    assert batches(values, 4, 0.1, 0, F64).summary() == same
    values[3, 1] += 1e-12
    assert batches(values, 4, 0.1, 0, F64).summary() != same
    assert batches(normal, 4, 9, 0, F64).summary()["kind"] == "sampler"


def test_derived_seeds_are_the_same_for_ever():
    assert derived_seed(0, "noise") == 5127903134280592399
    assert 0 <= derived_seed(12, "order", 5) < 2**63
    assert derived_seed(1, 11) != derived_seed(11, 1)
