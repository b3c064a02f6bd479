r"""MathML: formulas as a browser sets them by itself, without a script or a network.

Takes SymPy expressions, gives Presentation MathML in which every name is escaped.

.. math:: \texttt{p\_x**2/2} \;\mapsto\; \frac{p_x^2}{2}
"""

from __future__ import annotations

import re
from html import escape
from xml.dom.minidom import Element

from sympy import Basic, Derivative, MatrixBase, MatrixSymbol, Pow, Symbol
from sympy.printing.mathml import MathMLPresentationPrinter, greek_unicode

from symflow.formal_expressions import FormalProduct, PoissonBracket, Rank, Slope

__all__ = ["mathml"]

_TOKEN = re.compile(r"[^\W_]+(?:_[^\W_]+)*|.", re.DOTALL)
# A minus sign by itself, or that of a number.
_HYPHEN = re.compile(r"(<mo>|<mn>)-(?=</mo>|\d)")
# A letter with one index: Lx, I12.
_INDEXED = re.compile(r"([^\W\d_])([xyz]|\d+)")


# Brackets beside a matrix are drawn: to stretch signs a browser needs a font for it.
_HOOK = "linear-gradient(currentColor, currentColor)"
_HOOKS = ("left top", "left bottom", "right top", "right bottom")
_BRACKETS = (
    "border: solid; border-width: 0 1.5px; padding: 0 .3em; background: "
    + ", ".join(f"{_HOOK} {corner} / .35em 1.5px no-repeat" for corner in _HOOKS)
)


class _Printer(MathMLPresentationPrinter):
    """SymPy's printer, with the names and brackets of this package."""

    def _node(self, tag: str, *inside: Element | str) -> Element:
        node = self.dom.createElement(tag)
        for child in inside:
            # SymPy writes text nodes as they are: what is no markup is escaped here.
            if isinstance(child, str):
                child = self.dom.createTextNode(escape(child))
            node.appendChild(child)
        return node

    def _row(self, first: str, *inside: Basic, last: str) -> Element:
        """Entries with commas between brackets."""
        entries: list[Element] = []
        for entry in inside:
            entries += [self._node("mo", ","), self._print(entry)]
        ends = self._node("mo", first), self._node("mo", last)
        return self._node("mrow", ends[0], *entries[1:], ends[1])

    def _print_PoissonBracket(self, bracket: PoissonBracket) -> Element:
        return self._row("{", bracket.f, bracket.g, last="}")

    def _print_FormalProduct(self, product: FormalProduct) -> Element:
        shown: list[Element] = []
        for factor, bare in product.factors:
            inside = self._row("(", factor, last=")") if bare else self._print(factor)
            shown += [self._node("mo", "·"), inside]
        return self._node("mrow", *shown[1:])

    def _print_Rank(self, rank: Rank) -> Element:
        word = self._node("mi", "rank")
        return self._node("mrow", word, self._print(rank.args[0]))

    def _print_Slope(self, slope: Slope) -> Element:
        above = self._node("mrow", self._node("mo", "∂"), self._name(slope.letter))
        below = self._node("mrow", self._node("mo", "∂"), self._print(slope.args[1]))
        return self._node("mfrac", above, below)

    def _print_Derivative(self, e: Derivative) -> Element:
        (symbol,) = e.variables
        below = self._node("mrow", self._node("mi", "d"), self._print(symbol))
        rate = self._node("mfrac", self._node("mi", "d"), below)
        # Of a sum, not of its first term.
        inside = self._row("(", e.expr, last=")") if e.expr.is_Add else None
        return self._node("mrow", rate, inside or self._print(e.expr))

    def _print_MatrixBase(self, m: MatrixBase) -> Element:
        rows = [
            self._node("mtr", *(self._node("mtd", self._print(x)) for x in m.row(k)))
            for k in range(m.rows)
        ]
        table = self._node("mtable", *rows)
        table.setAttribute("style", _BRACKETS)
        return table

    def _print_Pow(self, e: Pow) -> Element:
        base = self._print(e.base) if e.base.is_Symbol else None
        if base is None or base.tagName != "msub" or not e.exp.is_Integer or e.exp < 2:
            return super()._print_Pow(e)
        # The power stands above the index, not after it.
        return self._node("msubsup", *list(base.childNodes), self._print(e.exp))

    def _print_Symbol(self, sym: Symbol, style: str = "plain") -> Element:
        return self._name(sym.name)

    def _print_MatrixSymbol(self, sym: MatrixSymbol) -> Element:
        letter, _, index = sym.name.partition("_")
        if not index:
            return self._name(letter)
        # All is an index that follows, be it {Lx,Ly}.
        return self._node("msub", self._name(letter), self._name(index))

    def _name(self, name: str) -> Element:
        parts = [
            self._word(token) if token[0].isalnum() else self._node("mo", token)
            for token in _TOKEN.findall(name)
        ]
        return parts[0] if len(parts) == 1 else self._node("mrow", *parts)

    def _word(self, word: str) -> Element:
        """A letter with its indices, or a word."""
        base, *indices = word.split("_")
        short = _INDEXED.fullmatch(base)
        if short and not indices:
            base, *indices = short.groups()
        letter = self._letter(base)
        if not indices:
            return letter
        below = self._letter(",".join(indices))
        return self._node("msub", letter, below)

    def _letter(self, word: str) -> Element:
        tag = "mn" if word.isdigit() else "mi"
        return self._node(tag, greek_unicode.get(word, word))


def mathml(expression: Basic) -> str:
    """A formula as Presentation MathML.

    Arguments:
        expression: The expression, brackets and equations among them.

    Returns:
        An element that HTML takes inside ``math``; nothing in a name can break out of it.

    Example:
        >>> from sympy import Symbol
        >>> mathml(Symbol("Lx"))
        '<msub><mi>L</mi><mi>x</mi></msub>'
        >>> mathml(Symbol("a<b"))
        '<mrow><mi>a</mi><mo>&lt;</mo><mi>b</mi></mrow>'
    """
    # A hyphen is set as short as in a word; the minus sign is not.
    return _HYPHEN.sub(r"\1&#8722;", _Printer().doprint(expression))
