r"""Damage: valid inputs made wrong, one random change after the other.

Takes text, bytes or JSON data and a source of random numbers, gives the same with a few
changes of the kinds that break readers: parts lost, doubled, exchanged, repeated beyond
measure, numbers out of range, names that are code.

.. math:: x \to d_k(\dots d_1(x))
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

__all__ = ["damaged_bytes", "damaged_json", "damaged_text", "places"]

PIECE = re.compile(r"\w+|\s+|.", re.DOTALL)
# What a reader may take for code, for a number without end, or for another file.
WORDS = (
    *("0", "-1", "65", "10**9", "9" * 400, "1e999", "nan", "inf", "-inf", "1/0", "0.1"),
    *("x", "p_x", "undeclared", "lambda", "import", "__class__", "__import__('os')"),
    *("open('written', 'w')", "exec", "eval", "print(1)", "x.y", "x[0]", "x=1", "x:=1"),
    *(
        "sqrt(",
        "sin(",
        "**",
        "**64",
        "**(1/64)",
        "(",
        ")",
        ",",
        "-",
        "//",
        "^",
        "²",
        "·",
    ),
    *("(x+y+p_x)**64", "sqrt(2+sqrt(3))", "exp(exp(exp(9)))", "acos(2)", "log(-1)"),
    *("../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "a\\b", "%00", "~"),
    *(
        '"',
        "'",
        "[",
        "]",
        "{",
        "}",
        "=",
        "#",
        "\n",
        "\x00",
        "\u202e",
        "\ud7ff",
        "𝐱",
        "٣",
    ),
    *("true", "null", "[[x]]", "{a=1}", "1979-05-27", "'''", '"""', "\\u0000"),
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**63, 10**400, 0.5, -1e308, 1e-320, float("nan")),
    *("", "x", "p_x*(", "9" * 500, "proved", "not known", "../x", "x\x00", "sqrt(-1)"),
    *([], {}, [[]], [None], {"a": None}, ["x"] * 50, [["0"]], {"tensor": "a"}),
)
LONGEST = 20_000


def damaged_text(text: str, random: Random, others: list[str]) -> str:
    """Text with one to four changes of its words and signs.

    Arguments:
        text: Text that can be read.
        random: The source of random numbers.
        others: More of it, from which pieces are taken.

    Returns:
        The changed text, of bounded length.

    Example:
        >>> damaged_text("x + y", Random(1), ["p_x"]) != "x + y"
        True
    """
    pieces = PIECE.findall(text)
    for _ in range(random.choice((1, 1, 2, 4))):
        place = random.randrange(len(pieces) + 1)
        end = min(len(pieces), place + random.choice((1, 1, 2, 8)))
        match random.randrange(7):
            case 0:
                del pieces[place:end]
            case 1:
                pieces[place:end] = pieces[place:end] * random.choice((2, 3, 900))
            case 2:
                pieces[place:end] = [random.choice(WORDS)]
            case 3:
                pieces.insert(place, random.choice(WORDS))
            case 4:
                pieces[place:end] = PIECE.findall(random.choice(others))
            case 5:
                pieces[place:end] = ["(", *pieces[place:end], ")"]
            case _:
                word = random.choice(WORDS)
                pieces.insert(place, word * random.choice((2, 40, 3000)))
    return "".join(pieces)[:LONGEST]


def damaged_bytes(payload: bytes, random: Random) -> bytes:
    """Bytes with one to four changes: bits, parts, lengths, numbers.

    Arguments:
        payload: The content of a valid file.
        random: The source of random numbers.

    Returns:
        The changed bytes.

    Example:
        >>> damaged_bytes(b"valid", Random(1)) != b"valid"
        True
    """
    raw = bytearray(payload)
    for _ in range(random.choice((1, 1, 2, 4))):
        place = random.randrange(len(raw) + 1)
        end = min(len(raw), place + random.choice((1, 2, 8, 64)))
        match random.randrange(7):
            case 0 if place < len(raw):
                raw[place] ^= 1 << random.randrange(8)
            case 1:
                del raw[place:end]
            case 2:
                del raw[place:]
            case 3:
                raw[place:end] = raw[place:end] * random.choice((2, 5, 200))
            case 4:
                raw[place:end] = random.randbytes(end - place)
            case 5:
                raw[place:place] = random.choice(WORDS).encode("utf-8", "replace")
            case _:
                raw[place:end] = bytes([random.choice((0, 9, 34, 44, 57, 255))]) * 8
    return bytes(raw)


def damaged_json(value: Any, random: Random) -> Any:  # noqa: ANN401
    """JSON data with one entry changed, lost, doubled, or put in another's place.

    Arguments:
        value: The data, which are changed in place.
        random: The source of random numbers.

    Returns:
        The data.

    Example:
        >>> damaged_json({"a": 1}, Random(2)) != {"a": 1}
        True
    """
    spots = list(places(value))
    *path, last = random.choice(spots)
    target = value
    for key in path:
        target = target[key]
    match random.randrange(5):
        case 0:
            del target[last]
        case 1 if isinstance(target, list):
            target.insert(last, target[last])
        case 2:
            *path, key = random.choice(spots)
            source = value
            for step in path:
                source = source.get(step) if isinstance(source, dict) else source[step]
            target[last] = deepcopy(source[key])
        case 3 if isinstance(target[last], str):
            target[last] = damaged_text(target[last], random, ["x", "1"])
        case _:
            target[last] = deepcopy(random.choice(VALUES))
    return value


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401
    """The path of every entry of JSON data.

    Arguments:
        value: The data.
        at: The path that leads to them.

    Yields:
        Keys and places, the outermost first.

    Example:
        >>> list(places({"a": [1, 2]}))
        [('a',), ('a', 0), ('a', 1)]
    """
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in pairs:
        yield (*at, key)
        if isinstance(inner, dict | list):
            yield from places(inner, (*at, key))
