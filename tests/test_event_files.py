"""Records are framed with their check sums, and messages read back as they were."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symflow.event_files import castagnoli, event_record, events_of
from symflow.history import COLUMNS
from symflow.training import fit
from tests.toy_models import NoisyGaussian, samples

# The vectors of RFC 3720, appendix B.4.
VECTORS = {
    bytes(32): 0x8A9136AA,
    b"\xff" * 32: 0x62A8AB43,
    bytes(range(32)): 0x46DD794E,
    bytes(range(31, -1, -1)): 0x113FDB5C,
}


@pytest.mark.parametrize(("data", "expected"), VECTORS.items())
def test_check_sums_are_those_of_the_standard(data, expected):
    assert castagnoli(data) == expected


def unmasked(word):
    turned = (struct.unpack("<I", word)[0] - 0xA282EAD8) & 0xFFFFFFFF
    return (turned << 15 | turned >> 17) & 0xFFFFFFFF


def messages(content):
    """The messages of a file, with every check sum looked at."""
    while content:
        length, check, rest = content[:8], content[8:12], content[12:]
        assert unmasked(check) == castagnoli(length)
        size = struct.unpack("<Q", length)[0]
        assert unmasked(rest[size : size + 4]) == castagnoli(rest[:size])
        yield rest[:size]
        content = rest[size + 4 :]


def varint(content):
    number = shift = 0
    for place, byte in enumerate(content):
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return number, content[place + 1 :]
    raise AssertionError


def fields(message):
    """The fields of a message, by the wire format's own rules."""
    while message:
        key, message = varint(message)
        field, kind = key >> 3, key & 7
        if kind == 0:
            value, message = varint(message)
        elif kind == 2:
            size, message = varint(message)
            value, message = message[:size], message[size:]
        else:
            size, form = {1: (8, "<d"), 5: (4, "<f")}[kind]
            value, message = struct.unpack(form, message[:size])[0], message[size:]
        yield field, value


def numbers_of(message):
    parts = dict(fields(message))
    pairs = [dict(fields(pair)) for _, pair in fields(parts[5])]
    return parts[2], parts[1], {pair[1].decode(): pair[2] for pair in pairs}


@given(
    st.integers(0, 2**62),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dictionaries(st.text(), st.floats(width=32, allow_nan=False)),
)
def test_a_record_reads_back_as_it_was(step, seconds, numbers):
    (message,) = messages(event_record(step, seconds, numbers))
    assert numbers_of(message) == (step, seconds, numbers)


def test_a_run_is_a_version_and_a_record_for_each_evaluation():
    rows = [
        (50, 0, -3.0, -2.5, 0.1, 1.0, 0.2),
        (100, 1, -2.0, float("nan"), 0.05, 2.0, 0.4),
    ]
    first, *rest = messages(events_of(rows))
    assert dict(fields(first))[3] == b"brain.Event:2"
    for row, message in zip(rows, rest, strict=True):
        step, seconds, numbers = numbers_of(message)
        assert (step, seconds) == (row[0], row[-1])
        expected = dict(zip(COLUMNS[1:], row[1:], strict=True))
        assert numbers == {
            name: pytest.approx(value)
            for name, value in expected.items()
            if value == value
        }


def test_training_leaves_the_same_numbers_as_its_table(tmp_path):
    options = {"steps": 6, "evaluate_every": 2, "progress": False}
    history = fit(NoisyGaussian(), samples(), out=tmp_path / "run", **options)
    content = (tmp_path / "run" / "events.out.tfevents.run").read_bytes()
    assert content == events_of(history.rows())
