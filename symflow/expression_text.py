r"""Expression text: numbers, names and operators, in an order that means something.

Takes text, gives its pieces, of which every one is understood and stands where it may;
or an error that names the column. Length, number, digits and nesting are bounded here,
before anything reads the pieces.

.. math:: \text{sum} = \text{term} \, (\pm \, \text{term})^*, \qquad
    \text{term} = \text{power} \, (* \, \text{power} \mid / \, \text{power})^*
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from symflow.errors import ExpressionError

__all__ = ["Piece", "Source", "shown", "split_text", "valid_name"]

MAXIMUM_LENGTH = 10_000
MAXIMUM_PIECES = 2_000
MAXIMUM_DEPTH = 100
MAXIMUM_DIGITS = 100
MAXIMUM_POWER_OF_TEN = 300

LETTERS = "A-Za-zΑ-ΡΣ-Ωα-ωϑϕϖϰϱϵ"
NAME = re.compile(f"[{LETTERS}][{LETTERS}0-9_]{{0,63}}")
PIECE = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    f"|(?P<name>[{LETTERS}_][{LETTERS}0-9_]*)"
    r"|(?P<operator>\*\*|[-+*/](?!/)|[(),])"
    r"|(?P<foreign>:=|[=!<>]=|//|<<|>>|.)",
    re.DOTALL,
)

HINTS: Mapping[str, str] = {
    "^": "Write ** for a power.",
    "//": "Write / for a quotient; 1/2 is exact.",
    "%": "There is no remainder here.",
    "=": "Write an expression, not an equation; functions take no named arguments.",
    "==": "Write an expression, not a comparison.",
    "!=": "Write an expression, not a comparison.",
    "<": "Write an expression, not a comparison.",
    ">": "Write an expression, not a comparison.",
    "<=": "Write an expression, not a comparison.",
    ">=": "Write an expression, not a comparison.",
    ":=": "Declare names beforehand; an expression assigns nothing.",
    ".": "There are no attributes here.",
    "[": "There are no subscripts and no lists here; name each coordinate, as in x_1.",
    "'": "There are no strings here.",
    '"': "There are no strings here.",
    "·": "Write * for a product.",
    "×": "Write * for a product.",
    "−": "Write the minus sign of the keyboard, -.",
    "²": "Write **2 for a square.",
    "³": "Write **3 for a cube.",
}


def valid_name(name: str) -> bool:
    """Whether a name may stand for a symbol or a generator.

    Names begin with a Latin or Greek letter and go on with letters, digits and
    underscores, 64 at most. The name ``"1"`` is kept for the constant function.

    Arguments:
        name: The name.

    Returns:
        True if it is a name.

    Example:
        >>> [valid_name(name) for name in ("p_x", "λ", "lambda", "1", "x;y")]
        [True, True, True, False, False]
    """
    return NAME.fullmatch(name) is not None


def shown(piece: object, length: int = 60) -> str:
    r"""A piece of somebody's text in a message: short and printable, whatever it holds.

    Arguments:
        piece: Text, or anything that prints as text.
        length: Characters at most.

    Returns:
        One line of text.

    Example:
        >>> print(shown("x\n"), shown("x" * 100, 9))
        'x\n' xxxxxx...
    """
    text = str(piece)
    text = text if text.isprintable() else ascii(text)
    return text if len(text) <= length else text[: length - 3] + "..."


@dataclass(frozen=True)
class Piece:
    """One number, name or operator of a text.

    Arguments:
        kind: ``"number"``, ``"name"``, ``"function"``, ``"operator"``, or ``"call"`` for
            the bracket that opens the arguments of a function.
        text: As it is written.
        start: Where it begins, counted from 0.

    Example:
        >>> split_text(Source("sin(x)", "f"), ["x"], ["sin"])[0]
        Piece(kind='function', text='sin', start=0)
    """

    kind: str
    text: str
    start: int


@dataclass(frozen=True)
class Source:
    """Text with its name, for messages that say where.

    Arguments:
        text: The text.
        name: What messages call it.

    Example:
        >>> print(Source("x^2", "H").error("be an expression", "it is none", ""))
        Argument `H` must be an expression, but it is none.
    """

    text: str
    name: str

    def error(self, must: str, fact: str, advice: str) -> ExpressionError:
        """An error about the text as a whole.

        Arguments:
            must: What the text must do, in a few words.
            fact: What it does instead.
            advice: What to do about it.

        Returns:
            The error, to be raised.
        """
        return ExpressionError(
            f"Argument `{self.name}` must {must}, but {fact}. {advice}".rstrip()
        )

    def at(self, piece: Piece) -> str:
        """The column of a piece, counted from 1, and its line where there are several.

        Arguments:
            piece: The piece.

        Returns:
            Words such as "column 3".
        """
        line = self.text.count("\n", 0, piece.start) + 1
        column = piece.start - self.text.rfind("\n", 0, piece.start)
        return f"column {column}" + (f" of line {line}" if "\n" in self.text else "")

    def refuse(self, piece: Piece, advice: str) -> ExpressionError:
        """An error about a piece that stands where it may not.

        Arguments:
            piece: The piece.
            advice: What to do about it.

        Returns:
            The error, to be raised.
        """
        return self.error(
            "be an expression",
            f"`{shown(piece.text)}` at {self.at(piece)} does not belong there",
            advice,
        )


def split_text(
    source: Source, names: Collection[str], functions: Collection[str]
) -> list[Piece]:
    """The pieces of an expression, each understood, in an order that can be read.

    Arguments:
        source: The text, 10,000 characters at most.
        names: The declared names, of which any may be a word of Python.
        functions: Names of functions; a declared name hides the function.

    Returns:
        The pieces, without the space between them.

    Raises:
        ExpressionError: If a piece is not understood, stands where it may not, or
            passes a bound: 100 nested brackets, 100 digits, 2,000 pieces.

    Example:
        >>> [piece.text for piece in split_text(Source("2*x**3", "f"), ["x"], [])]
        ['2', '*', 'x', '**', '3']
    """
    if len(source.text) > MAXIMUM_LENGTH:
        raise source.error(
            f"have at most {MAXIMUM_LENGTH} characters",
            f"it has {len(source.text)}",
            "Split it in parts.",
        )
    pieces: list[Piece] = []
    for match in PIECE.finditer(source.text):
        kind, text = str(match.lastgroup), match.group()
        if kind == "name" and text in functions and text not in names:
            kind = "function"
        if text == "(" and pieces and pieces[-1].kind == "function":
            kind = "call"
        if kind != "space":
            pieces.append(Piece(kind, text, match.start()))
            _check_piece(source, pieces[-1], names)
    _check_count(source, len(pieces))
    _check_turns(source, pieces, functions)
    _check_brackets(source, pieces)
    return pieces


def _check_piece(source: Source, piece: Piece, names: Collection[str]) -> None:
    if piece.kind == "foreign":
        understood = "Only names, numbers, + - * / **, ( ) and commas are understood."
        raise source.refuse(piece, HINTS.get(piece.text, understood))
    if keyword.iskeyword(piece.text) and piece.text not in names:
        raise source.refuse(piece, "It is a word of Python, and no code is run here.")
    if piece.kind == "number":
        _check_number(source, piece)


def _check_number(source: Source, piece: Piece) -> None:
    mantissa, _, exponent = piece.text.lower().partition("e")
    digits = sum(character.isdigit() for character in mantissa)
    if digits > MAXIMUM_DIGITS:
        raise source.error(
            f"hold numbers of at most {MAXIMUM_DIGITS} digits",
            f"the number at {source.at(piece)} has {digits}",
            "Declare a parameter instead.",
        )
    size = exponent.lstrip("+-").lstrip("0")
    if len(size) > 3 or int(size or 0) > MAXIMUM_POWER_OF_TEN:
        raise source.error(
            f"hold powers of ten up to {MAXIMUM_POWER_OF_TEN}",
            f"{shown(piece.text)} stands at {source.at(piece)}",
            "Choose other units.",
        )


def _check_count(source: Source, count: int) -> None:
    if count == 0:
        raise source.error("be an expression", "it is empty", "Write 0 for zero.")
    if count > MAXIMUM_PIECES:
        raise source.error(
            f"have at most {MAXIMUM_PIECES} numbers, names and operators",
            f"it has {count}",
            "Split it in parts.",
        )


def _check_turns(
    source: Source, pieces: Sequence[Piece], functions: Collection[str]
) -> None:
    """Operands and operators take turns; a sign may stand before an operand."""
    previous: Piece | None = None
    operand_next = True
    for piece in pieces:
        is_operand = piece.kind != "operator" or piece.text == "("
        is_sign = operand_next and piece.text in ("+", "-")
        if previous and previous.kind == "function" and piece.kind != "call":
            raise source.refuse(piece, f"Write the function as {previous.text}(...).")
        if operand_next and not (is_operand or is_sign):
            raise source.refuse(piece, "A number or a name is missing before it.")
        if is_operand and not operand_next:
            advice = "Write * for a product, as in 2*x and x*(y + 1)."
            if piece.text == "(" and previous and previous.kind == "name":
                advice += f" The functions are {', '.join(functions)}."
            raise source.refuse(piece, advice)
        operand_next = piece.kind not in ("number", "name") and piece.text != ")"
        previous = piece
    if operand_next:
        raise source.error(
            "be an expression", f"it breaks off after `{pieces[-1].text}`", "Finish it."
        )


def _check_brackets(source: Source, pieces: Sequence[Piece]) -> None:
    """Brackets match, commas part arguments, and nesting is bounded, signs included."""
    opened: list[Piece] = []
    signs = 0
    for piece in pieces:
        if piece.text == "(":
            opened.append(piece)
        elif piece.text == ")":
            if not opened:
                raise source.refuse(piece, "There is no bracket to close.")
            opened.pop()
        elif piece.text == "," and not (opened and opened[-1].kind == "call"):
            raise source.refuse(piece, "A comma stands between arguments only.")
        signs = signs + 1 if piece.text in ("+", "-") else 0
        if len(opened) + signs > MAXIMUM_DEPTH:
            raise source.error(
                f"be nested at most {MAXIMUM_DEPTH} deep",
                f"it is deeper at {source.at(piece)}",
                "Split it in parts.",
            )
    if opened:
        raise source.refuse(opened[-1], "It is never closed.")
