r"""Event files: the course of a run as TensorBoard reads it.

Takes rows of numbers by step, gives a file of records in TensorBoard's own format, written
without TensorBoard.

.. math:: \text{record} = \ell \; c(\ell) \; m \; c(m), \qquad
    c(x) = \bigl(\operatorname{rot}_{15}(\operatorname{crc}(x)) + \texttt{a282ead8}\bigr)
    \bmod 2^{32}

with the message m, its length in eight bytes, and the check sum of Castagnoli. A message is
a step and numbers by name, in the wire format of protocol buffers.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence

from symflow.history import COLUMNS, Row

__all__ = ["castagnoli", "event_record", "events_of"]

_POLYNOMIAL = 0x82F63B78
_VERSION = b"brain.Event:2"


def _table() -> tuple[int, ...]:
    entries = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (_POLYNOMIAL if value & 1 else 0)
        entries.append(value)
    return tuple(entries)


_TABLE = _table()


def castagnoli(data: bytes) -> int:
    """The check sum CRC-32C.

    Arguments:
        data: Any bytes.

    Returns:
        The check sum, an integer below 2^32.

    Example:
        >>> hex(castagnoli(b"123456789"))
        '0xe3069283'

    Reference:
        RFC 3720, appendix B.4.
    """
    value = 0xFFFFFFFF
    for byte in data:
        value = (value >> 8) ^ _TABLE[(value ^ byte) & 0xFF]
    return value ^ 0xFFFFFFFF


def event_record(step: int, seconds: float, numbers: Mapping[str, float]) -> bytes:
    """One record: numbers by name at a step.

    Arguments:
        step: The training step.
        seconds: The time of the record, in seconds.
        numbers: The numbers by name; those that are none are left out.

    Returns:
        The bytes of the record.
    """
    values = b""
    for name, number in numbers.items():
        if not math.isnan(number):
            pair = _text(1, name.encode()) + b"\x15" + struct.pack("<f", number)
            values += _text(1, pair)
    return _framed(_head(step, seconds) + _text(5, values))


def events_of(rows: Sequence[Row]) -> bytes:
    """The whole file of a run.

    Arguments:
        rows: The evaluations, each in the order of `COLUMNS`.

    Returns:
        The bytes of the file; its name must hold the word ``tfevents``.

    Example:
        >>> events_of([])[25:38]
        b'brain.Event:2'

    Reference:
        TensorFlow, core/util/event.proto and core/lib/io/record_writer.h.
    """
    records = [_framed(_head(0, 0.0) + _text(3, _VERSION))]
    for row in rows:
        numbers = dict(zip(COLUMNS, row, strict=True))
        step, seconds = int(numbers.pop("step")), numbers["seconds"]
        records.append(event_record(step, seconds, numbers))
    return b"".join(records)


def _head(step: int, seconds: float) -> bytes:
    """Time as a double in field 1 and the step as an integer in field 2."""
    return b"\x09" + struct.pack("<d", seconds) + b"\x10" + _varint(step)


def _text(field: int, content: bytes) -> bytes:
    """A field of bytes with its length."""
    return bytes([field << 3 | 2]) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    """A whole number in groups of seven bits, the lowest first."""
    groups = []
    while number > 0x7F:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*groups, number])


def _framed(message: bytes) -> bytes:
    length = struct.pack("<Q", len(message))
    return length + _masked(length) + message + _masked(message)


def _masked(data: bytes) -> bytes:
    value = castagnoli(data)
    turned = (value >> 15 | value << 17) & 0xFFFFFFFF
    return struct.pack("<I", (turned + 0xA282EAD8) & 0xFFFFFFFF)
