"""Laws of data: what is given is what comes out, or an error that says where not."""

import math
import os
import pickle

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from symflow.data import folds, load, shuffle, split
from symflow.errors import ArgumentError, DataError

TABLE = [[0.5, -1.25], [2.0, 3.0], [1e-300, 1e300]]
finite = st.floats(allow_nan=False, allow_infinity=False)


def write(folder, text, name="table.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def message(data, **options):
    with pytest.raises(DataError) as caught:
        load(data, **options)
    text = str(caught.value)
    assert text.startswith("Argument `")
    assert "\n" not in text
    return text


@pytest.mark.parametrize(
    "make",
    [
        lambda: TABLE,
        lambda: np.array(TABLE),
        lambda: np.array(TABLE, dtype=">f8"),
        lambda: np.array(TABLE, order="F"),
        lambda: torch.tensor(TABLE, dtype=torch.float64, requires_grad=True),
    ],
    ids=["list", "array", "big endian", "fortran", "tensor"],
)
def test_containers_give_the_same_array(make):
    values = load(make())
    assert values.dtype == np.float64
    assert values.dtype.isnative
    assert values.tolist() == TABLE


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.int64])
def test_tensors_of_other_types_are_converted_exactly(dtype):
    assert load(torch.tensor([[1, 2], [3, 4]], dtype=dtype)).tolist() == [
        [1, 2],
        [3, 4],
    ]


def test_npy_of_float64_stays_mapped_to_disk(tmp_path):
    np.save(tmp_path / "table.npy", np.array(TABLE))
    values = load(tmp_path / "table.npy")
    assert isinstance(values, np.memmap)
    assert values.tolist() == TABLE


def test_npy_of_integers_is_converted(tmp_path):
    np.save(tmp_path / "table.NPY", np.arange(6).reshape(3, 2))
    os.rename(tmp_path / "table.NPY.npy", tmp_path / "table.NPY")
    assert load(str(tmp_path / "table.NPY")).tolist() == [[0, 1], [2, 3], [4, 5]]


def test_csv_columns_by_name_in_the_order_asked_for(tmp_path):
    path = write(tmp_path, "name,x, y\nLyra,1,2\n'Vega,3,4e1\n")
    assert load(path, columns=["y", "x"]).tolist() == [[2, 1], [40, 3]]


@pytest.mark.parametrize(
    "text",
    [
        "x,y\n1,2\n",
        "x,y\n1,2",
        "x,y\r\n1,2\r\n",
        "\ufeffx,y\n1,2\n",
        '"x","y"\n"1", "2"\n',
        "x,y\n 1 , 2 \n\n\n",
    ],
    ids=["plain", "no last end", "crlf", "byte order mark", "quoted", "blank at end"],
)
def test_csv_in_the_shapes_that_programs_write(tmp_path, text):
    assert load(write(tmp_path, text)).tolist() == [[1.0, 2.0]]


@given(rows=st.lists(st.tuples(finite, finite), min_size=1, max_size=5))
def test_csv_gives_back_every_bit(tmp_path_factory, rows):
    lines = ["x,y", *(f"{x!r},{y!r}" for x, y in rows)]
    path = write(tmp_path_factory.mktemp("csv"), "\n".join(lines))
    assert load(path).tobytes() == np.array(rows).tobytes()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("x,y\n1,2\n3,nan\n", ["line 3", "'y'", "'nan'"]),
        ("x,y\n1,2\n-inf,4\n", ["line 3", "'x'", "'-inf'"]),
        ("x,y\n1,2\n3,1e999\n", ["line 3", "'y'", "'1e999'"]),
        ("x,y\n1,two\n", ["line 2", "'y'", "'two'", "leave the column out"]),
        ("x,y\n1,\n", ["line 2", "'y'", "''"]),
        ("x,y\n1,1_000\n", ["line 2", "'y'", "'1_000'"]),
        ("x,y\n1,__import__('os')\n", ["line 2", "'y'", "__import__"]),
        ("x,y\n1,2\n3\n", ["line 3", "has 1", "'y'"]),
        ("x,y\n1,2,3\n", ["line 2", "has 3", "must have 2"]),
        ("x,y\n1,2\n\n3,4\n", ["line 3", "has 0"]),
        ('x,y\n1,"2\n', ["from line 2 on"]),
        ("x,x\n1,2\n", ["'x' more than once"]),
        ("1,2\n3,4\n", ["first row", "Write a header"]),
        ("x,y\n", ["at least one row", "(0, 2)"]),
        ("", ["is empty"]),
        ("x\n" + "1" * 200_000, ["field larger than field limit"]),
    ],
)
def test_csv_errors_say_where(tmp_path, text, parts):
    found = message(write(tmp_path, text))
    for part in parts:
        assert part in found


def test_csv_that_is_not_utf8(tmp_path):
    assert "UTF-8" in message(write(tmp_path, "x,Größe\n1,2\n", encoding="latin-1"))


def test_csv_column_errors_list_the_columns_there_are(tmp_path):
    path = write(tmp_path, "x,y\n1,2\n")
    assert "'z' is none of them. There are: 'x', 'y'" in message(path, columns=["z"])
    assert "There are: 'x', 'y'" in message(path, columns=["x", "x"])
    assert "There are: 'x', 'y'" in message(path, columns=[])


@pytest.mark.parametrize(
    ("data", "part"),
    [
        ([[0.0, 1.0], [math.nan, 2.0]], "row 1, column 0 (counted from 0) holds nan"),
        (np.array([[0.0, -np.inf]]), "row 0, column 1 (counted from 0) holds -inf"),
        (np.ma.array([[0.0, 1.0]], mask=[[0, 1]]), "row 0 (counted from 0)"),
        ([[0.0, 1.0], [2.0]], "different lengths"),
        ([["a", "b"]], "text"),
        (np.array([[None, 1.0]]), "Python objects"),
        (np.array([[1j]]), "complex"),
        (torch.tensor([[1j]]), "real numbers"),
        (np.array([[True]]), "truth values"),
        (np.zeros(3, dtype=[("x", float)]), "named fields"),
        (np.zeros(3), "reshape(-1, 1)"),
        (np.zeros((2, 2, 2)), "shape (2, 2, 2)"),
        (np.zeros((0, 2)), "at least one row"),
        (np.zeros((2, 0)), "at least one row and one column"),
        (3.0, "shape ()"),
        ({1: 2}, "Python objects"),
    ],
)
def test_array_errors_say_where(data, part):
    assert part in message(data)


def test_first_bad_number_is_found_deep_in_a_long_array():
    values = np.zeros((200_000, 2))
    values[150_001, 1] = np.nan
    assert "row 150001, column 1" in message(values)


def test_numbers_too_large_for_float64_are_not_finite():
    if np.finfo(np.longdouble).max > np.finfo(np.float64).max:
        with np.errstate(over="ignore"):
            found = message(np.array([[np.longdouble("1e4000")]]))
        assert "row 0, column 0" in found


def test_width_is_expected_and_found(tmp_path):
    assert "must have 3 columns, but has 2" in message(TABLE, dimension=3)
    assert "must have 1 or 3 columns" in message(TABLE, dimension=(1, 3))
    path = write(tmp_path, "x,y\n1,2\n")
    assert "has 2 ('x', 'y'). Choose them with `columns`" in message(path, dimension=1)
    assert load(TABLE, dimension=(1, 2)).shape == (3, 2)


def test_columns_are_refused_where_there_are_no_names(tmp_path):
    np.save(tmp_path / "table.npy", np.array(TABLE))
    assert "`columns`" in message(TABLE, columns=["x"])
    assert "`columns`" in message(tmp_path / "table.npy", columns=["x"])


def test_name_of_the_argument_is_in_the_message():
    assert message([[math.nan]], name="points").startswith("Argument `points` must")


def test_paths_that_are_no_data_files(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "folder.npy").mkdir()
    for name, part in [
        ("missing.npy", "No such file"),
        ("pipe.csv", "something else"),
        ("folder.npy", "something else"),
        ("table.txt", ".npy or .csv"),
        ("nul\0.csv", "cannot be opened"),
    ]:
        assert part in message(tmp_path / name)


class Burglar:
    """Unpickling it would make a file."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return open, (self.path, "w")


def test_npy_never_unpickles(tmp_path):
    trace = tmp_path / "trace"
    np.save(tmp_path / "objects.npy", np.array([[Burglar(trace)]]), allow_pickle=True)
    (tmp_path / "bare.npy").write_bytes(pickle.dumps(Burglar(trace)))
    for name in ("objects.npy", "bare.npy"):
        assert "whole .npy file of plain numbers" in message(tmp_path / name)
    assert not trace.exists()


def test_npy_truncated_anywhere(tmp_path):
    np.save(tmp_path / "whole.npy", np.array(TABLE))
    whole = (tmp_path / "whole.npy").read_bytes()
    for length in range(0, len(whole), 7):
        (tmp_path / "part.npy").write_bytes(whole[:length])
        message(tmp_path / "part.npy")


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999, 99999999999)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 2)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': 'x'}",
        "{'descr': __import__('os'), 'fortran_order': False, 'shape': (1, 1)}",
        "-" * 9000 + "1",
        "(" * 9000,
    ],
    ids=["huge", "negative", "no shape", "code", "deep", "brackets"],
)
def test_npy_with_a_hostile_header(tmp_path, header):
    start = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little")
    (tmp_path / "bad.npy").write_bytes(start + header.encode() + b"\0" * 16)
    message(tmp_path / "bad.npy")


@settings(max_examples=200)
@given(
    junk=st.binary(max_size=200),
    start=st.sampled_from([b"", b"\x93NUMPY\x01\x00", b"PK\x03\x04"]),
)
def test_any_bytes_give_an_array_or_a_data_error(tmp_path_factory, junk, start):
    folder = tmp_path_factory.getbasetemp()
    for name in ("any.npy", "any.csv"):
        (folder / name).write_bytes(start + junk)
        try:
            values = load(folder / name)
        except DataError:
            continue
        assert np.isfinite(values).all()
        assert values.ndim == 2


@given(
    count=st.integers(2, 500), fraction=st.floats(0, 0.999), seed=st.integers(0, 2**63)
)
def test_split_parts_the_rows(count, fraction, seed):
    train, held = split(count, fraction, seed)
    assert sorted([*train, *held]) == list(range(count))
    assert list(train) == sorted(train)
    assert list(held) == sorted(held)
    assert len(train) >= 1
    assert bool(len(held)) == (fraction > 0)
    assert abs(len(held) - fraction * count) <= 1


@given(data=st.data(), count=st.integers(2, 200), seed=st.integers(0, 2**63))
def test_folds_hold_every_row_out_once(data, count, seed):
    parts = data.draw(st.integers(2, count))
    pieces = folds(count, parts, seed)
    assert sorted(int(row) for _, held in pieces for row in held) == list(range(count))
    for train, held in pieces:
        assert sorted([*train, *held]) == list(range(count))
    sizes = {len(held) for _, held in pieces}
    assert max(sizes) - min(sizes) <= 1


def test_draws_are_the_same_for_ever():
    # Written down once: a run must resume under a later NumPy too.
    assert shuffle(8, 3).tolist() == FROZEN
    train, held = split(8, 0.25, 3)
    assert held.tolist() == sorted(FROZEN[:2])
    assert folds(8, 4, 3)[0][1].tolist() == sorted(FROZEN[:2])
    assert shuffle(8, 4).tolist() != FROZEN
    assert len(train) == 6


FROZEN = [6, 7, 2, 1, 4, 5, 3, 0]


@pytest.mark.parametrize(
    "call",
    [
        lambda: split(10, 1.0, 0),
        lambda: split(10, -0.1, 0),
        lambda: split(10, math.nan, 0),
        lambda: split(1, 0.5, 0),
        lambda: split(0, 0.0, 0),
        lambda: folds(10, 1, 0),
        lambda: folds(10, 11, 0),
    ],
)
def test_parts_that_cannot_be(call):
    with pytest.raises(ArgumentError, match="must"):
        call()
