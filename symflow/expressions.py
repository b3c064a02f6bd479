r"""Expressions: functions of the declared symbols, read from text without running it.

Takes text or a SymPy object and the symbols that somebody declared, gives a real SymPy
expression in those symbols and no others, or an error that names the piece to mend.

.. math:: f \in \mathbb{Q}(q, p, \text{parameters})[\sqrt{\cdot}, \exp, \log, \dots]

Text never becomes code: every name and number is replaced by a placeholder before
Python's grammar sees it, the tree is walked over a list of what is allowed, and length,
depth, digits and exponents are bounded before anything is computed.
"""

from __future__ import annotations

import ast
import difflib
import keyword
import math
import numbers
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sympy
from sympy import Add, Expr, Float, Integer, Mul, Pow, Rational, Symbol
from sympy.core.function import AppliedUndef

from symflow.errors import ExpressionError

__all__ = ["check_expression", "inexact", "parse_expression", "valid_name"]

MAXIMUM_LENGTH = 10_000
MAXIMUM_PIECES = 2_000
MAXIMUM_DEPTH = 100
MAXIMUM_LEVELS = 50  # of the expression's tree: SymPy prints and expands by recursion
MAXIMUM_DIGITS = 100
MAXIMUM_EXPONENT = 64
MAXIMUM_BITS = 1023  # every number must fit a double, for it is compiled to one

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

FUNCTIONS: Mapping[str, tuple[Callable[..., Expr], int, int]] = {
    "Abs": (sympy.Abs, 1, 1),
    "Max": (sympy.Max, 2, 8),
    "Min": (sympy.Min, 2, 8),
    "abs": (sympy.Abs, 1, 1),
    "acos": (sympy.acos, 1, 1),
    "asin": (sympy.asin, 1, 1),
    "atan": (sympy.atan, 1, 1),
    "atan2": (sympy.atan2, 2, 2),
    "cos": (sympy.cos, 1, 1),
    "cosh": (sympy.cosh, 1, 1),
    "exp": (sympy.exp, 1, 1),
    "log": (sympy.log, 1, 1),
    "sin": (sympy.sin, 1, 1),
    "sinh": (sympy.sinh, 1, 1),
    "sqrt": (sympy.sqrt, 1, 1),
    "tan": (sympy.tan, 1, 1),
    "tanh": (sympy.tanh, 1, 1),
}

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
REAL = "Coordinates, parameters and coefficients are real numbers."
ALLOWED = (
    *(Add, Mul, Pow, Symbol, sympy.Number, sympy.NumberSymbol),
    *(sympy.Function, sympy.Max, sympy.Min),
)
ELSEWHERE = {"pi": "acos(-1)", "E": "exp(1)"}


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


def inexact(expression: Expr) -> tuple[Float, ...]:
    """The decimal numbers in an expression, which keep what follows from being proved.

    Arguments:
        expression: A SymPy expression.

    Returns:
        The different floats it holds, in ascending order; empty if it is exact.

    Example:
        >>> x = Symbol("x")
        >>> inexact(x / 2 + Float(0.25) * x**2)
        (0.250000000000000,)
        >>> inexact(x / 2)
        ()
    """
    return tuple(sorted(expression.atoms(Float)))


def parse_expression(
    text: str, symbols: Mapping[str, Symbol], name: str = "text"
) -> Expr:
    r"""An expression from text, in which a name means only what was declared.

    Understood are the declared names, whole numbers, decimals (inexact),
    ``+ - * / **``, brackets, and the functions sqrt, exp, log, sin, cos, tan, asin,
    acos, atan, atan2, sinh, cosh, tanh, Abs, Min and Max. A declared name always wins:
    a coordinate called ``E``, ``pi`` or ``lambda`` is that coordinate.

    Arguments:
        text: The text, 10,000 characters at most.
        symbols: The declared symbols under their names.
        name: What to call the text in an error message.

    Returns:
        The expression.

    Raises:
        ExpressionError: If the text is not an expression of that kind, holds an
            undeclared name, is not real, or passes one of the bounds: 100 nested
            brackets, 100 digits, exponents of 64, numbers of 1e308, 2,000 pieces.

    Example:
        >>> q, p = Symbol("E", real=True), Symbol("p", real=True)
        >>> parse_expression("E**2/2 - 3*p", {"E": q, "p": p})
        E**2/2 - 3*p
    """
    if not isinstance(text, str):
        raise ExpressionError(
            f"Argument `{name}` must be text, but it is of type {type(text).__name__}."
        )
    source = _Source(text, name)
    pieces = _split(source, symbols)
    _check_order(source, pieces)
    _check_names(source, pieces, symbols)
    try:
        expression = _Builder(source, pieces, symbols).build(_tree(pieces))
        return check_expression(expression, symbols.values(), name)
    except ExpressionError:
        raise
    except (RecursionError, MemoryError):
        raise source.error(
            "be simple enough to read", "it is nested too deeply", "Split it in parts."
        ) from None
    except Exception as problem:  # SymPy's rules fail with whatever they run into
        raise source.error(
            "have a value", f"SymPy finds none ({problem})", "Rewrite it."
        ) from problem


def check_expression(
    expression: Expr | float, symbols: Iterable[Symbol], name: str
) -> Expr:
    """An expression that is real and holds declared symbols only.

    Arguments:
        expression: A SymPy expression or a real number; text is refused here.
        symbols: The declared symbols.
        name: What to call the expression in an error message.

    Returns:
        The expression, a number as a SymPy number.

    Raises:
        ExpressionError: If it is no expression or no real one, or if it holds an
            undeclared symbol, an undefined function, or an operation not carried out.

    Example:
        >>> q = Symbol("q", real=True)
        >>> check_expression(q**2, [q], "H")
        q**2
        >>> check_expression(Symbol("q") ** 2, [q], "H")
        Traceback (most recent call last):
        ...
        symflow.errors.ExpressionError: Argument `H` must hold declared symbols only,
        but it contains a symbol q that is not the declared q (same name, other
        assumptions). Use the declared symbol itself.
    """
    checked = _as_expression(expression, name)
    for node in sympy.preorder_traversal(checked):
        _check_node(node, name)
    _check_symbols(checked, tuple(symbols), name)
    if checked.is_real is False:
        raise ExpressionError(
            f"Argument `{name}` must be real, but {_shown(checked)} is not. {REAL}"
        )
    return checked


def _shown(piece: object, length: int = 60) -> str:
    text = str(piece)
    text = text if text.isprintable() else ascii(text)
    return text if len(text) <= length else text[: length - 3] + "..."


def _as_expression(expression: object, name: str) -> Expr:
    if isinstance(expression, Expr) and not getattr(expression, "is_Matrix", False):
        return expression
    if isinstance(expression, bool) or not isinstance(expression, numbers.Real):
        hint = (
            "Read text with `PhaseSpace.read`, which runs no code."
            if isinstance(expression, str)
            else "Give one function of the coordinates and momenta."
        )
        raise ExpressionError(
            f"Argument `{name}` must be a SymPy expression or a real number, but it is "
            f"of type {type(expression).__name__}. {hint}"
        )
    if isinstance(expression, numbers.Rational):
        return Rational(int(expression.numerator), int(expression.denominator))
    if not math.isfinite(expression):
        raise ExpressionError(
            f"Argument `{name}` must be a finite number, but it is {expression}."
        )
    return Float(float(expression))


def _check_node(node: object, name: str) -> None:
    if node is sympy.I or isinstance(node, sympy.core.numbers.ImaginaryUnit):
        raise ExpressionError(
            f"Argument `{name}` must be real, but it holds the imaginary unit I. "
            "Take the real and the imaginary part as two functions."
        )
    if node in (sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
        raise ExpressionError(
            f"Argument `{name}` must be real, but it holds {node}: a division by zero "
            "or an infinity. Mend the expression it comes from."
        )
    if isinstance(node, AppliedUndef):
        raise ExpressionError(
            f"Argument `{name}` must be a function that is written out, but it holds "
            f"the undefined function {_shown(node)}. Write out {node.func}."
        )
    if not isinstance(node, ALLOWED):
        raise ExpressionError(
            f"Argument `{name}` must be made of sums, products, powers and functions, "
            f"but it holds {_shown(node)} of type {type(node).__name__}. "
            "Carry out the operation, or write the function without it."
        )


def _check_symbols(expression: Expr, symbols: Sequence[Symbol], name: str) -> None:
    foreign = expression.free_symbols - set(symbols)
    if not foreign:
        return
    declared = [symbol.name for symbol in symbols]
    twins = sorted({symbol.name for symbol in foreign} & set(declared))
    if twins:
        raise ExpressionError(
            f"Argument `{name}` must hold declared symbols only, but it contains a "
            f"symbol {twins[0]} that is not the declared {twins[0]} (same name, other "
            "assumptions). Use the declared symbol itself."
        )
    raise _unknown(name, sorted(symbol.name for symbol in foreign), declared)


def _unknown(
    name: str, unknown: Sequence[str], declared: Sequence[str]
) -> ExpressionError:
    listed = ", ".join(_shown(each, 40) for each in unknown[:20])
    more = f" and {len(unknown) - 20} more" if len(unknown) > 20 else ""
    known = ", ".join(declared[:40]) + (", ..." if len(declared) > 40 else "")
    advice = []
    for each in unknown[:20]:
        close = difflib.get_close_matches(each, [*declared, *FUNCTIONS], 1)
        if each in ELSEWHERE:
            advice.append(f"The number {each} is written {ELSEWHERE[each]}.")
        elif close:
            advice.append(f"For {_shown(each, 40)}, did you mean {close[0]}?")
    return ExpressionError(
        f"Argument `{name}` must hold declared names only, but it holds "
        f"{listed}{more}. Declared: {known or 'none'}. "
        + (" ".join(advice) or "Declare it as a coordinate, a momentum or a parameter.")
    )


@dataclass(frozen=True)
class _Source:
    """Text with its name, for messages that say where."""

    text: str
    name: str

    def error(self, must: str, fact: str, advice: str) -> ExpressionError:
        return ExpressionError(
            f"Argument `{self.name}` must {must}, but {fact}. {advice}".rstrip()
        )

    def at(self, start: int) -> str:
        """Column, and line where there are several."""
        line = self.text.count("\n", 0, start) + 1
        column = start - self.text.rfind("\n", 0, start)
        return f"column {column}" + (f" of line {line}" if "\n" in self.text else "")

    def refuse(self, piece: _Piece, advice: str) -> ExpressionError:
        return self.error(
            "be an expression",
            f"`{_shown(piece.text)}` at {self.at(piece.start)} does not belong there",
            advice,
        )


@dataclass(frozen=True)
class _Piece:
    """One number, name or operator of a text, and where it starts."""

    kind: str
    text: str
    start: int


def _split(source: _Source, symbols: Mapping[str, Symbol]) -> list[_Piece]:
    if len(source.text) > MAXIMUM_LENGTH:
        raise source.error(
            f"have at most {MAXIMUM_LENGTH} characters",
            f"it has {len(source.text)}",
            "Split it in parts.",
        )
    pieces: list[_Piece] = []
    for match in PIECE.finditer(source.text):
        kind, text = str(match.lastgroup), match.group()
        if kind == "name" and text in FUNCTIONS and text not in symbols:
            kind = "function"
        if text == "(" and pieces and pieces[-1].kind == "function":
            kind = "call"
        if kind != "space":
            pieces.append(_Piece(kind, text, match.start()))
            _check_piece(source, pieces[-1], symbols)
    if not pieces:
        raise source.error("be an expression", "it is empty", "Write 0 for zero.")
    if len(pieces) > MAXIMUM_PIECES:
        raise source.error(
            f"have at most {MAXIMUM_PIECES} numbers, names and operators",
            f"it has {len(pieces)}",
            "Split it in parts.",
        )
    return pieces


def _check_piece(source: _Source, piece: _Piece, symbols: Mapping[str, Symbol]) -> None:
    if piece.kind == "foreign":
        understood = (
            "Only names, numbers, + - * / **, brackets and commas are understood."
        )
        raise source.refuse(piece, HINTS.get(piece.text, understood))
    if keyword.iskeyword(piece.text) and piece.text not in symbols:
        raise source.refuse(piece, "It is a word of Python, and no code is run here.")
    if piece.kind == "number":
        mantissa, _, exponent = piece.text.lower().partition("e")
        digits = sum(character.isdigit() for character in mantissa)
        if digits > MAXIMUM_DIGITS:
            raise source.error(
                f"hold numbers of at most {MAXIMUM_DIGITS} digits",
                f"the number at {source.at(piece.start)} has {digits}",
                "Declare a parameter instead.",
            )
        # Written as digits, so that no huge number is ever formed.
        if len(exponent.lstrip("+-0")) > 3 or abs(int(exponent or 0)) > 300:
            raise source.error(
                "hold numbers between 1e-300 and 1e300",
                f"{_shown(piece.text)} stands at {source.at(piece.start)}",
                "Choose other units.",
            )


def _check_order(source: _Source, pieces: Sequence[_Piece]) -> None:
    """Operands and operators take turns, brackets match, and nesting is bounded."""
    brackets: list[_Piece] = []
    operand_next, signs = True, 0
    for previous, piece in zip((None, *pieces), pieces, strict=False):
        begins = piece.kind not in ("operator",) or piece.text == "("
        is_sign = operand_next and piece.text in ("+", "-")
        if previous and previous.kind == "function" and piece.kind != "call":
            raise source.refuse(piece, f"Write the function as {previous.text}(...).")
        if begins != operand_next and not is_sign:
            missing = "A number or a name is missing before it."
            product = "Write * for a product, as in 2*x and x*(y + 1)."
            raise source.refuse(piece, missing if operand_next else product)
        if piece.text == "(":
            brackets.append(piece)
        if piece.text == "," and not (brackets and brackets[-1].kind == "call"):
            raise source.refuse(piece, "A comma stands between arguments only.")
        if piece.text == ")" and not brackets:
            raise source.refuse(piece, "There is no bracket to close.")
        if piece.text == ")":
            brackets.pop()
        signs = signs + 1 if is_sign else 0
        if len(brackets) + signs > MAXIMUM_DEPTH:
            raise source.error(
                f"be nested at most {MAXIMUM_DEPTH} deep",
                f"it is deeper at {source.at(piece.start)}",
                "Split it in parts.",
            )
        operand_next = piece.kind not in ("number", "name") and piece.text != ")"
    if operand_next:
        raise source.error(
            "be an expression", f"it breaks off after `{pieces[-1].text}`", "Finish it."
        )
    if brackets:
        raise source.refuse(brackets[-1], "It is never closed.")


def _check_names(
    source: _Source, pieces: Sequence[_Piece], symbols: Mapping[str, Symbol]
) -> None:
    names = dict.fromkeys(piece.text for piece in pieces if piece.kind == "name")
    unknown = [each for each in names if each not in symbols]
    if unknown:
        raise _unknown(source.name, unknown, list(symbols))


def _tree(pieces: Sequence[_Piece]) -> ast.expr:
    """Python's syntax tree over placeholders: the k-th piece is called _k."""
    code = (
        piece.text if piece.kind in ("operator", "call") else f"_{place}"
        for place, piece in enumerate(pieces)
    )
    return ast.parse(" ".join(code), mode="eval").body


class _Builder:
    """Walks the syntax tree over a list of allowed nodes, and bounds what it forms."""

    def __init__(
        self, source: _Source, pieces: Sequence[_Piece], symbols: Mapping[str, Symbol]
    ) -> None:
        self.source = source
        self.pieces = pieces
        self.symbols = symbols

    def build(self, node: ast.expr) -> Expr:
        match node:
            case ast.Name():
                return self.atom(node)
            case ast.UnaryOp(op=ast.USub()):
                return -self.build(node.operand)
            case ast.UnaryOp(op=ast.UAdd()):
                return self.build(node.operand)
            case ast.BinOp(op=ast.Pow()):
                return self.power(self.build(node.left), self.build(node.right))
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                return self.bounded(Add(*self.chain(node, ast.Add, ast.Sub)))
            case ast.BinOp(op=ast.Mult() | ast.Div()):
                return self.bounded(Mul(*self.chain(node, ast.Mult, ast.Div)))
            case ast.Call(func=ast.Name(id=place), keywords=[]):
                return self.call(self.pieces[int(place[1:])].text, node.args)
        raise self.source.error(
            "be an expression", f"it holds a {type(node).__name__}", "Leave it out."
        )

    def atom(self, node: ast.Name) -> Expr:
        piece = self.pieces[int(node.id[1:])]
        if piece.kind == "name":
            return self.symbols[piece.text]
        return Integer(piece.text) if piece.text.isdigit() else Float(piece.text)

    def chain(
        self, node: ast.expr, forward: type[ast.operator], inverse: type[ast.operator]
    ) -> list[Expr]:
        """The terms of a sum, or the factors of a product, from left to right.

        A loop, for a sum of a thousand terms is a tree a thousand deep.
        """
        parts: list[Expr] = []
        while isinstance(node, ast.BinOp) and isinstance(node.op, (forward, inverse)):
            part = self.build(node.right)
            if isinstance(node.op, ast.Sub):
                part = -part
            elif isinstance(node.op, ast.Div):
                part = self.power(part, Integer(-1))
            parts.append(part)
            node = node.left
        return [self.build(node), *reversed(parts)]

    def power(self, base: Expr, exponent: Expr) -> Expr:
        for term in Add.make_args(exponent):
            factor, rest = term.as_coeff_Mul()
            if not (factor.is_Rational and (rest == 1 or isinstance(rest, Symbol))):
                raise self.source.error(
                    "have exact exponents: numbers, declared names or sums of them",
                    f"one is {_shown(exponent)}",
                    "Write 1/2 for 0.5, and exp(a*log(x)) for other powers.",
                )
            self.check_exponent(factor)
        size = max((_bits(number) for number in base.atoms(sympy.Number)), default=0)
        if exponent.is_Rational and size * abs(exponent) > 2 * MAXIMUM_BITS:
            raise self.too_large()
        return self.bounded(Pow(base, exponent))

    def check_exponent(self, exponent: Rational) -> None:
        if max(abs(exponent.p), exponent.q) > MAXIMUM_EXPONENT:
            raise self.source.error(
                f"have exponents of at most {MAXIMUM_EXPONENT}",
                f"one is {_shown(exponent)}",
                "Choose a lower degree.",
            )

    def call(self, name: str, arguments: Sequence[ast.expr]) -> Expr:
        function, least, most = FUNCTIONS[name]
        if not least <= len(arguments) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            raise self.source.error(
                f"give {name} {wanted} argument(s)", f"it has {len(arguments)}", ""
            )
        return self.bounded(function(*map(self.build, arguments)))

    def bounded(self, expression: Expr) -> Expr:
        """The expression, if it is finite, shallow, and its numbers fit a double."""
        if expression.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
            raise self.source.error(
                "have a finite value", "it divides by zero or takes log(0)", "Mend it."
            )
        if _levels(expression) > MAXIMUM_LEVELS:
            raise RecursionError
        for power in expression.atoms(Pow):  # (x**8)**9 is x**72
            if power.exp.is_Rational:
                self.check_exponent(power.exp)
        self.check_size(expression)
        # A tower of exponentials must be stopped while it is still small, and so must
        # a complex number: SymPy takes a minute over atan2(acos(10**6), 0).
        value = expression.evalf(15) if expression.is_number else expression
        self.check_size(value)
        if value.has(sympy.I) or expression.is_real is False:
            raise self.source.error("be real", f"{_shown(expression)} is not", REAL)
        return expression

    def check_size(self, expression: Expr) -> None:
        if any(_bits(each) > MAXIMUM_BITS for each in expression.atoms(sympy.Number)):
            raise self.too_large()

    def too_large(self) -> ExpressionError:
        return self.source.error(
            "hold numbers below 1e308 in size", "it forms a larger one", "Rescale it."
        )


def _bits(number: Expr) -> int:
    """About the logarithm of a number's size, of both parts for a fraction."""
    if isinstance(number, Rational):
        return max(abs(number.p).bit_length(), number.q.bit_length())
    if isinstance(number, Float) and number._mpf_[1]:
        return max(0, number._mpf_[2] + number._mpf_[3])
    return 0


def _levels(expression: Expr) -> int:
    layer, count = [expression], 0
    while layer:
        layer = [child for node in layer for child in node.args]
        count += 1
    return count
