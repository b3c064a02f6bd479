r"""Typesetting: expressions as text, set as mathematics.

Takes what SymPy prints, gives matplotlib's mathtext for pictures and HTML for pages.
Everything that is not understood as mathematics stays as it was, escaped.

.. math:: \texttt{p\_x**2 + sqrt(2)*I1} \;\mapsto\; p_x^2 + \sqrt{2}\, I_1
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from html import escape

__all__ = ["html", "mathtext", "plain"]

_PIECE = re.compile(
    r"\s+|\*\*|\^-?\w+|[^\W\d_]\w*|\d+(?:\.\d+)?(?:e[+-]?\d+)?|.", re.DOTALL
)
# A letter with one index: Lx, I12; or with indices after underscores: p_x, q_1_x.
_INDEXED = re.compile(r"([^\W\d_])([xyz]|\d+)")
# Mathtext knows no characters beyond these.
_RARE = re.compile(r"[^\x09-\U0001ffff]")
_GREEK = {
    **{"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ"},
    **{"epsilon": "ε", "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν"},
    **{"xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ"},
    **{"chi": "χ", "psi": "ψ", "omega": "ω"},
}
_SAFE = frozenset("+-=()[]<>,.;:|/!?'")


def mathtext(text: str) -> str:
    r"""An expression for a label of a picture.

    Arguments:
        text: The expression, as SymPy prints it, or a name.

    Returns:
        Mathtext between dollar signs; nothing in the text can break it.

    Example:
        >>> mathtext("p_x**2 + 2*I1")
        '$p_{x}^{2} + 2\\, I_{1}$'
    """
    inside = _mathtext(_RARE.sub("?", text))
    return f"${inside}$" if inside.strip() else ""


def plain(text: str) -> str:
    r"""A text for a picture in which no part is read as mathematics.

    Arguments:
        text: The text.

    Returns:
        The text with its dollar signs escaped.

    Example:
        >>> plain("5 $")
        '5 \\$'
    """
    return text.replace("$", r"\$")


def html(text: str, names: Collection[str] | None = None) -> str:
    r"""An expression, or prose with names in it, as HTML.

    Arguments:
        text: The expression, as SymPy prints it, or a sentence.
        names: The names that are symbols in a sentence, such as ``{"x", "p_x"}``; by
            default every name is one.

    Returns:
        HTML in which everything from the text is escaped.

    Example:
        >>> html("p_x**2")
        '<i>p</i><sub><i>x</i></sub><sup>2</sup>'
        >>> html("a ring of x", {"x"})
        'a ring of <i>x</i>'
        >>> html("error 2.5e-07", {"x"})
        'error 2.5\u202f×\u202f10<sup>−7</sup>'
    """
    parts = []
    before = ""
    for kind, piece in _pieces(text):
        if kind == "power":
            parts.append(f"<sup>{html(piece, names)}</sup>")
        elif kind == "root":
            parts.append(f'√<span class="root">{html(piece, names)}</span>')
        elif kind == "number":
            digits, power = _scientific(piece)
            parts.append(digits + (f"10<sup>{power}</sup>" if power else ""))
        elif kind == "name" and (names is None or piece in names):
            parts.append(_symbol(piece))
        elif piece == "*":
            parts.append("\u2009")
        elif piece == "-" and not before[-1:].isalnum():  # no hyphen of a word
            parts.append("−")
        else:
            parts.append(escape(piece))
        before = piece
    return "".join(parts)


def _symbol(name: str) -> str:
    """A name as HTML: letters slanted, words upright, the index below."""
    base, index = (
        f"<i>{escape(part)}</i>" if len(part) == 1 and part.isalpha() else escape(part)
        for part in _split(name)
    )
    return base + (f"<sub>{index}</sub>" if index else "")


def _scientific(number: str) -> tuple[str, str]:
    """What stands before the power of ten, and the power if there is one."""
    digits, _, power = number.partition("e")
    if not power:
        return digits, ""
    return (
        "" if digits == "1" else f"{digits}\u202f×\u202f",
        str(int(power)).replace("-", "−"),
    )


def _mathtext(text: str) -> str:
    parts: list[str] = []
    before = ""
    for kind, piece in _pieces(text):
        if kind == "power":
            # Mathtext refuses a power of nothing and two powers in a row.
            base = "" if before in ("name", "number", "root", ")") else "{}"
            parts.append(f"{base}^{{{_mathtext(piece)}}}")
        elif kind == "root":
            parts.append(rf"\sqrt{{{_mathtext(piece)}}}")
        elif kind == "number":
            digits, power = _scientific(piece)
            parts.append(digits + (f"{{10^{{{power}}}}}" if power else ""))
        elif kind == "name":
            base, index = _split(piece)
            shown = base if len(base) == 1 else rf"\mathrm{{{_letters(base)}}}"
            parts.append(shown + (f"_{{{_letters(index)}}}" if index else ""))
        else:
            parts.append(_sign(piece))
        before = piece if kind == "sign" else kind
    return "".join(parts)


def _sign(piece: str) -> str:
    """A sign in mathtext; those that it would read as commands are left out."""
    if piece.isspace():
        return " "
    if piece in "{}":
        return f"\\{piece}"
    return r"\, " if piece == "*" else piece if piece in _SAFE else ""


def _letters(word: str) -> str:
    return re.sub(r"[^\w,]", "", word).replace("_", r"\_")


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Tokens with their kind; a power or a root holds the whole of what is under it."""
    found = _PIECE.findall(text)
    place = 0
    while place < len(found):
        piece = found[place]
        place += 1
        if piece == "**" and place < len(found):
            end = _end(found, place)
            yield "power", _without_brackets(found[place:end])
            place = end
        elif piece == "sqrt" and found[place : place + 1] == ["("]:
            end = _end(found, place)
            yield "root", _without_brackets(found[place:end])
            place = end
        elif piece[0] == "^" and len(piece) > 1:
            yield "power", piece[1:]
        elif piece[0].isdigit():
            yield "number", piece
        else:
            yield ("name" if piece[0].isalpha() else "sign"), piece


def _end(found: list[str], place: int) -> int:
    """Where the piece or bracket that begins here ends."""
    depth = 0
    for k in range(place, len(found)):
        depth += (found[k] == "(") - (found[k] == ")")
        if depth <= 0:
            return k + 1
    return len(found)


def _without_brackets(found: list[str]) -> str:
    whole = len(found) > 1 and found[0] == "(" and found[-1] == ")"
    return "".join(found[1:-1] if whole else found)


def _split(name: str) -> tuple[str, str]:
    """The letter of a name and its index; a word has none."""
    base, _, index = name.partition("_")
    short = _INDEXED.fullmatch(base)
    if short and not index:
        base, index = short.groups()
    return _GREEK.get(base, base), index.replace("_", ",").strip(",")
