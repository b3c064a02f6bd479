r"""Command: read a certificate file, print a line a claim.

Takes the path of a file, gives 0 if every claim is verified, 1 if one is false, 2 if the
file is no certificate, and 3 if none is false but one was not checked again.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

from .checking import BROKEN, verify
from .verdicts import MalformedError, Verdict, need

__all__ = ["load", "main"]

LARGEST_FILE = 5_000_000


def load(path: str) -> Any:  # noqa: ANN401
    """Read a certificate file: strict JSON of bounded size.

    Arguments:
        path: The file.

    Returns:
        What it holds.

    Raises:
        MalformedError: If it cannot be read, or is not strict JSON.
    """

    def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        need(len(dict(pairs)) == len(pairs), "a key appears twice")
        return dict(pairs)

    def refuse(constant: str) -> None:
        raise MalformedError(f"{constant} is not a number")

    try:
        with open(path, "rb") as file:
            raw = file.read(LARGEST_FILE + 1)
        need(len(raw) <= LARGEST_FILE, f"it has more than {LARGEST_FILE} bytes")
        return json.loads(raw, object_pairs_hook=distinct, parse_constant=refuse)
    except (OSError, *BROKEN) as error:
        raise MalformedError(f"{path} is no certificate: {error}.") from None


def _show(text: str) -> None:
    """Print text from a file that is not trusted: no control characters."""
    coding = sys.stdout.encoding or "ascii"
    safe = "".join(c if c.isprintable() else "?" for c in text)
    print(safe.encode(coding, "backslashreplace").decode(coding))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one line a claim, and the count of each verdict.

    Arguments:
        arguments: The command line after the program's name.

    Returns:
        0, 1, 2 or 3, as above.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        need(len(given) == 1, "Name one certificate: python -m verify CERTIFICATE")
        findings = verify(load(given[0]))
    except MalformedError as error:
        _show(str(error))
        return 2
    for finding in findings:
        _show(str(finding))
    counts = Counter(finding.verdict for finding in findings)
    _show(", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict))
    return 1 if counts[Verdict.REJECTED] else 3 if counts[Verdict.NOT_RECHECKED] else 0
