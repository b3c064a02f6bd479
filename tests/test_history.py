"""Laws of history: what is written comes back, and the best is the best."""

import math
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symflow.errors import DataError
from symflow.history import COLUMNS, History, row_line

number = st.floats(allow_nan=False, allow_infinity=False)
rows_of_numbers = st.lists(
    st.tuples(
        st.integers(1, 2**40).map(float),
        st.integers(0, 2**40).map(float),
        number,
        st.one_of(number, st.just(math.nan)),
        number,
        number,
        number,
    ),
    max_size=5,
)


@given(rows=rows_of_numbers)
def test_csv_gives_back_every_bit(tmp_path_factory, rows):
    path = tmp_path_factory.getbasetemp() / "metrics.csv"
    history = History.from_rows(rows, "done")
    history.to_csv(path)
    back = History.from_csv(path, "done")
    for name in COLUMNS:
        old, new = getattr(history, name), getattr(back, name)
        assert old.dtype == new.dtype
        assert np.array_equal(old, new, equal_nan=old.dtype == np.float64)
    assert path.read_text() == ",".join(COLUMNS) + "\n" + "".join(map(row_line, rows))


def row(step, held_out, training=0.0):
    return (float(step), 0.0, training, held_out, 0.1, 1.0, 2.0)


def test_best_is_the_first_of_the_highest():
    history = History.from_rows([row(1, -3.0), row(2, -1.0), row(3, -1.0)], "")
    assert (history.best_step, history.best_bound) == (2, -1.0)


def test_without_held_out_the_last_is_kept():
    rows = [row(1, math.nan, -1.0), row(2, math.nan, -2.0)]
    history = History.from_rows(rows, "")
    assert (history.best_step, history.best_bound) == (2, -2.0)
    assert History.from_rows([], "").best_step == 0


def test_line_without_its_end_is_passed_over(tmp_path):
    path = tmp_path / "metrics.csv"
    History.from_rows([row(1, -3.0), row(2, -1.0)], "").to_csv(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-4])
    assert History.from_csv(path).step.tolist() == [1]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "does not begin with"),
        ("step\n1\n", "does not begin with"),
        (",".join(COLUMNS) + "\n1,0,1,1,1,1,1\n1,0,x,1,1,1,1\n", "line 3"),
        (",".join(COLUMNS) + "\n1,0\n", "line 2"),
        (",".join(COLUMNS) + "\n,0,1,1,1,1,1\n", "line 2.*step and epoch are whole"),
        (",".join(COLUMNS) + "\n1,0.5,1,1,1,1,1\n", "line 2"),
        (",".join(COLUMNS) + "\n1,inf,1,1,1,1,1\n", "line 2"),
        (",".join(COLUMNS) + "\n1e300,0,1,1,1,1,1\n", "line 2"),
        (",".join(COLUMNS) + "\n-1,0,1,1,1,1,1\n", "line 2"),
    ],
)
def test_tables_that_are_no_metrics(tmp_path, text, part):
    (tmp_path / "metrics.csv").write_text(text)
    with pytest.raises(DataError, match=part):
        History.from_csv(tmp_path / "metrics.csv")


def test_files_that_cannot_be_read_are_told(tmp_path):
    (tmp_path / "metrics.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match="cannot be read: it is not text in UTF-8"):
        History.from_csv(tmp_path / "metrics.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(DataError, match="cannot be read: is not a plain file"):
        History.from_csv(tmp_path / "pipe.csv")
    with pytest.raises(DataError, match="cannot be read: No such file"):
        History.from_csv(tmp_path / "missing.csv")
