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
import math
import numbers
from collections.abc import Callable, Iterable, Mapping, Sequence

import sympy
from sympy import Add, Expr, Float, Integer, Mul, Pow, Rational, Symbol
from sympy.core.function import AppliedUndef

from symflow.errors import ExpressionError
from symflow.expression_size import bits, expanded_terms, levels
from symflow.expression_text import Piece, Source, shown, split_text, valid_name

__all__ = ["check_expression", "parse_expression", "valid_name"]

MAXIMUM_LEVELS = 50  # of the expression's tree: SymPy prints and expands by recursion
MAXIMUM_EXPONENT = 64
MAXIMUM_TERMS = 1_000  # of the expansion: as many as can be written in 2,000 pieces
MAXIMUM_BITS = 1023  # every number must fit a double, for it is compiled to one

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

REAL = "Coordinates, parameters and coefficients are real numbers."
ALLOWED = (
    *(Add, Mul, Pow, Symbol, sympy.Number, sympy.NumberSymbol),
    *(sympy.Function, sympy.Max, sympy.Min),
)
ELSEWHERE = {
    "pi": "The number pi is written acos(-1).",
    "E": "The number E is written exp(1).",
    "I": "All is real here: for a complex generator give its real and its imaginary part.",
}


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
            brackets, 100 digits, exponents of 64, numbers of 1e308, 2,000 pieces, 1,000
            terms when products are written out.

    Example:
        >>> q, p = Symbol("E", real=True), Symbol("p", real=True)
        >>> parse_expression("E**2/2 - 3*p", {"E": q, "p": p})
        E**2/2 - 3*p
    """
    if not isinstance(text, str):
        raise ExpressionError(
            f"Argument `{name}` must be text, but it is of type {type(text).__name__}."
        )
    source = Source(text, name)
    pieces = split_text(source, symbols, FUNCTIONS)
    _check_names(source, pieces, symbols)
    try:
        expression = _Builder(source, pieces, symbols).build(_tree(pieces))
        _check_terms(source, expression)
        return check_expression(expression, symbols.values(), name)
    except ExpressionError:
        raise
    except (RecursionError, MemoryError):
        raise source.error(
            "be simple enough to read", "it is nested too deeply", "Split it in parts."
        ) from None
    except Exception as problem:  # SymPy's rules fail with whatever they run into
        raise source.error(
            "have a value", f"SymPy finds none ({shown(problem, 200)})", "Rewrite it."
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
            f"Argument `{name}` must be real, but {shown(checked)} is not. {REAL}"
        )
    return checked


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
            f"the undefined function {shown(node)}. Write out {node.func}."
        )
    if not isinstance(node, ALLOWED):
        raise ExpressionError(
            f"Argument `{name}` must be made of sums, products, powers and functions, "
            f"but it holds {shown(node)} of type {type(node).__name__}. "
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
    listed = ", ".join(shown(each, 40) for each in unknown[:20])
    more = f" and {len(unknown) - 20} more" if len(unknown) > 20 else ""
    known = ", ".join(declared[:40]) + (", ..." if len(declared) > 40 else "")
    advice = []
    for each in unknown[:20]:
        close = difflib.get_close_matches(each, [*declared, *FUNCTIONS], 1)
        if each in ELSEWHERE:
            advice.append(ELSEWHERE[each])
        elif close:
            advice.append(f"For {shown(each, 40)}, did you mean {close[0]}?")
    return ExpressionError(
        f"Argument `{name}` must hold declared names only, but it holds "
        f"{listed}{more}. Declared: {known or 'none'}. "
        + (" ".join(advice) or "Declare it as a coordinate, a momentum or a parameter.")
    )


def _check_names(
    source: Source, pieces: Sequence[Piece], symbols: Mapping[str, Symbol]
) -> None:
    names = dict.fromkeys(piece.text for piece in pieces if piece.kind == "name")
    unknown = [each for each in names if each not in symbols]
    if unknown:
        raise _unknown(source.name, unknown, list(symbols))


def _check_terms(source: Source, expression: Expr) -> None:
    terms = expanded_terms(expression)
    if terms > MAXIMUM_TERMS:
        raise source.error(
            f"have at most {MAXIMUM_TERMS} terms when its products are written out",
            f"it may have {terms if terms < 10**9 else 'over 10**9'}",
            "Choose a lower degree, or split it in parts.",
        )


def _tree(pieces: Sequence[Piece]) -> ast.expr:
    """Python's syntax tree over placeholders: the k-th piece is called _k."""
    code = (
        piece.text if piece.kind in ("operator", "call") else f"_{place}"
        for place, piece in enumerate(pieces)
    )
    return ast.parse(" ".join(code), mode="eval").body


class _Builder:
    """Walks the syntax tree over a list of allowed nodes, and bounds what it forms."""

    def __init__(
        self, source: Source, pieces: Sequence[Piece], symbols: Mapping[str, Symbol]
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
                    f"one is {shown(exponent)}",
                    "Write 1/2 for 0.5, and exp(a*log(x)) for other powers.",
                )
            self.check_exponent(factor)
        size = max((bits(number) for number in base.atoms(sympy.Number)), default=0)
        if exponent.is_Rational and size * abs(exponent) > 2 * MAXIMUM_BITS:
            raise self.too_large()
        return self.bounded(Pow(base, exponent))

    def check_exponent(self, exponent: Rational) -> None:
        if max(abs(exponent.p), exponent.q) > MAXIMUM_EXPONENT:
            raise self.source.error(
                f"have exponents of at most {MAXIMUM_EXPONENT}",
                f"one is {shown(exponent)}",
                "Choose a lower degree.",
            )

    def call(self, name: str, arguments: Sequence[ast.expr]) -> Expr:
        function, least, most = FUNCTIONS[name]
        if not least <= len(arguments) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            raise self.source.error(
                f"give {name} {wanted} argument(s)", f"it has {len(arguments)}", ""
            )
        values = [self.build(argument) for argument in arguments]
        if function is sympy.exp:  # SymPy forms exp(10**9*log(2)) digit by digit
            for term in Add.make_args(values[0]):
                if term.is_number and abs(term.evalf(15)) > MAXIMUM_BITS:
                    raise self.too_large()
        return self.bounded(function(*values))

    def bounded(self, expression: Expr) -> Expr:
        """The expression, if it is finite, shallow, and its numbers fit a double."""
        if expression.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
            raise self.source.error(
                "have a finite value", "it divides by zero or takes log(0)", "Mend it."
            )
        if levels(expression) > MAXIMUM_LEVELS:
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
            raise self.source.error("be real", f"{shown(expression)} is not", REAL)
        return expression

    def check_size(self, expression: Expr) -> None:
        if any(bits(each) > MAXIMUM_BITS for each in expression.atoms(sympy.Number)):
            raise self.too_large()

    def too_large(self) -> ExpressionError:
        return self.source.error(
            "hold numbers below 1e308 in size", "it forms a larger one", "Rescale it."
        )
