r"""Notation: the objects of the algebra as LaTeX.

Takes names, vectors, brackets and the names of algebras, gives LaTeX that a notebook or a
paper sets. Nothing in a name can break out of it.

.. math:: \verb|so(3) ⋉ R^3| \;\mapsto\; \mathfrak{so}(3) \ltimes \mathbb{R}^{3}

Functions whose name ends in ``_latex`` give LaTeX without dollar signs; `inline` adds
them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, repeat

from sympy import Add, Expr, MatrixSymbol, Symbol, latex

__all__ = [
    "Signs",
    "Vector",
    "algebra_latex",
    "bracket_latex",
    "expression_latex",
    "identity_latex",
    "inline",
    "invariants_latex",
    "name_latex",
    "span_latex",
    "vector_latex",
    "vector_text",
]

# Coefficients by name of the basis element.
Vector = Mapping[str, Expr]

# What stands before and after the two entries of a bracket.
Signs = tuple[str, str]

# The name of the constant function, which is no symbol beside its coefficient.
_CONSTANT = "1"

_TOKEN = re.compile(r"[^\W_]+(?:_[^\W_]+)*|\s+|.", re.DOTALL)
_INDEXED = re.compile(r"([^\W\d_])([xyz]|\d+)")
_GREEK = {
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa"),
    *("lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "phi", "chi", "psi"),
    *("omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Phi", "Psi"),
    "Omega",
}
_ESCAPED = {
    **{sign: f"\\{sign}" for sign in "{}&%$#_"},
    "\\": r"\backslash ",
    "^": r"\hat{\ }",
    "~": r"\sim ",
    ",": ", ",
    "*": r"\ast ",
    '"': r"{''}",
    "`": r"{`}",
}

# Brackets in one line of an algebra, and lines before the rest is only counted.
_IN_A_LINE = 4
_LINES = 12


def inline(latex_: str) -> str:
    r"""LaTeX between dollar signs, as a notebook reads it.

    Arguments:
        latex_: LaTeX of a formula.

    Returns:
        The formula in display style within a line.

    Example:
        >>> print(inline("L_{x}"))
        $\displaystyle L_{x}$
    """
    return rf"$\displaystyle {latex_}$"


def invariants_latex(functions: Iterable[Expr], forms: Iterable[str] = ()) -> str:
    r"""Invariants in the order in which they are numbered.

    Arguments:
        functions: The invariants.
        forms: Shorter forms of the first of them, in LaTeX, empty where there is none.

    Returns:
        LaTeX as a notebook reads it; without any, that only constants are invariant.

    Example:
        >>> print(invariants_latex([]))
        $\displaystyle I = \mathrm{const}$
    """
    written = zip(
        map(expression_latex, functions), chain(forms, repeat("")), strict=False
    )
    listed = (
        " = ".join([f"I_{{{k}}}", *([form] if form not in ("", f) else []), f])
        for k, (f, form) in enumerate(written, start=1)
    )
    return inline(r", \quad ".join(listed) or r"I = \mathrm{const}")


def name_latex(name: str) -> str:
    r"""The name of a symbol or of an element of the basis.

    Arguments:
        name: The name, of any characters.

    Returns:
        Its LaTeX: a letter and its indices, a Greek letter, or an upright word; braces
        and other signs escaped.

    Example:
        >>> for name in ("Lx", "p_x", "omega_0", "{Lx,Ly}", "kinetic", "1"):
        ...     print(name_latex(name))
        L_{x}
        p_{x}
        \omega_{0}
        \{L_{x}, L_{y}\}
        \mathrm{kinetic}
        1
    """
    parts = []
    for token in _TOKEN.findall(name):
        if token.isspace():
            parts.append(r"\ ")
        elif token[0].isalnum():
            parts.append(_symbol_latex(token))
        else:
            parts.append(_ESCAPED.get(token, token if token.isprintable() else "?"))
    return "".join(parts)


def _symbol_latex(name: str) -> str:
    base, *indices = name.split("_")
    short = _INDEXED.fullmatch(base)
    if short and not indices:
        base, index = short.groups()
        indices = [index]
    letter = _letter_latex(base)
    if not indices:
        return letter
    return f"{letter}_{{{','.join(map(_letter_latex, indices))}}}"


def _letter_latex(word: str) -> str:
    if word in _GREEK:
        return f"\\{word}"
    plain = len(word) == 1 or word.isdigit()
    return word if plain else rf"\mathrm{{{word}}}"


def expression_latex(expression: Expr) -> str:
    r"""A SymPy expression, with symbols set as `name_latex` sets them.

    Arguments:
        expression: The expression.

    Returns:
        Its LaTeX.

    Example:
        >>> from sympy import symbols
        >>> px, omega = symbols("p_x omega")
        >>> print(expression_latex(px**2 / 2 + omega))
        \omega + \frac{p_{x}^{2}}{2}
    """
    names = {s: _written(s) for s in expression.free_symbols}
    return latex(expression, symbol_names=names)


def _written(symbol: Symbol | MatrixSymbol) -> str:
    """A symbol by its name; of a matrix all is an index that follows the underscore."""
    letter, _, index = symbol.name.partition("_")
    if not (index and isinstance(symbol, MatrixSymbol)):
        return name_latex(symbol.name)
    return f"{name_latex(letter)}_{{{name_latex(index)}}}"


def vector_latex(vector: Vector) -> str:
    r"""A combination of elements of the basis.

    Arguments:
        vector: The coefficients by name; the element ``"1"`` is the constant function,
            so its coefficient stands alone.

    Returns:
        The sum, in the order given.

    Example:
        >>> from sympy import Integer, Rational, Symbol
        >>> print(vector_latex({"Lx": Rational(1, 2), "H": Integer(-1), "1": Symbol("m")}))
        \frac{1}{2} L_{x} - H + m
        >>> print(vector_latex({}))
        0
    """
    return _sum(vector, expression_latex, name_latex, " ")


def vector_text(vector: Vector) -> str:
    """A combination of elements of the basis, as plain text.

    Arguments:
        vector: The coefficients by name; the element ``"1"`` is the constant function,
            so its coefficient stands alone.

    Returns:
        The sum, in the order given.

    Example:
        >>> from sympy import Integer, Rational, Symbol
        >>> vector_text({"Lx": Rational(1, 2), "H": Integer(-1), "1": Symbol("m")})
        '1/2*Lx - H + m'
    """
    return _sum(vector, str, str, "*")


def _sum(
    vector: Vector,
    shown: Callable[[Expr], str],
    named: Callable[[str], str],
    times: str,
) -> str:
    terms = []
    for name, coefficient in vector.items():
        whole = isinstance(coefficient, Add)
        negative = not whole and coefficient.could_extract_minus_sign()
        size = -coefficient if negative else coefficient
        factor = f"({shown(size)})" if whole else shown(size)
        if name == _CONSTANT:
            term = factor
        else:
            term = named(name) if size == 1 else f"{factor}{times}{named(name)}"
        terms.append(("-" if negative else "+", term))
    text = " ".join(f"{sign} {term}" for sign, term in terms)
    return text.removeprefix("+ ").replace("- ", "-", text[:2] == "- ") or "0"


def span_latex(basis: Iterable[Vector]) -> str:
    r"""The subspace that vectors span.

    Arguments:
        basis: The vectors.

    Returns:
        The vectors between angles, or the zero space.

    Example:
        >>> from sympy import Integer
        >>> print(span_latex([{"Lx": Integer(1)}, {"Ly": Integer(1), "Lz": Integer(-1)}]))
        \left\langle L_{x},\; L_{y} - L_{z} \right\rangle
        >>> print(span_latex([]))
        \{0\}
    """
    inside = r",\; ".join(map(vector_latex, basis))
    return rf"\left\langle {inside} \right\rangle" if inside else r"\{0\}"


def bracket_latex(left: str, right: str, value: Vector, signs: Signs) -> str:
    r"""One bracket and its value.

    Arguments:
        left: The name of the first element.
        right: The name of the second.
        value: The bracket, coefficients by name.
        signs: What stands before and after the two: brackets or braces.

    Returns:
        The equation.

    Example:
        >>> from sympy import Integer
        >>> print(bracket_latex("Lx", "Ly", {"Lz": Integer(1)}, ("{", "}")))
        \left\{ L_{x}, L_{y} \right\} = L_{z}
    """
    first, last = (_ESCAPED.get(sign, sign) for sign in signs)
    entries = f"{name_latex(left)}, {name_latex(right)}"
    return rf"\left{first} {entries} \right{last} = {vector_latex(value)}"


def algebra_latex(
    names: Sequence[str],
    structure_constants: Mapping[tuple[str, str], Vector],
    signs: Signs,
) -> str:
    r"""An algebra: its basis, and the brackets that are not zero.

    Arguments:
        names: The names of the basis.
        structure_constants: The brackets by pairs of names.
        signs: What stands before and after the entries of a bracket.

    Returns:
        An array of lines; of a long algebra the first brackets, and how many more
        there are.

    Example:
        >>> from sympy import Integer
        >>> print(algebra_latex("QPZ", {("Q", "P"): {"Z": Integer(1)}}, ("[", "]")))
        \begin{array}{l}
        \mathfrak{g} = \left\langle Q,\; P,\; Z \right\rangle \\
        \left[ Q, P \right] = Z
        \end{array}
    """
    inside = r",\; ".join(map(name_latex, names))
    span = rf"\left\langle {inside} \right\rangle" if names else r"\{0\}"
    pairs = list(structure_constants.items())
    equations = [
        bracket_latex(left, right, value, signs)
        for (left, right), value in pairs[: _LINES * _IN_A_LINE]
    ]
    starts = range(0, len(equations), _IN_A_LINE)
    lines = [r",\quad ".join(equations[k : k + _IN_A_LINE]) for k in starts]
    if len(pairs) > len(equations):
        lines.append(rf"\text{{and {len(pairs) - len(equations)} more}}")
    body = " \\\\\n".join([rf"\mathfrak{{g}} = {span}", *lines])
    return f"\\begin{{array}}{{l}}\n{body}\n\\end{{array}}"


# Names of algebras, from the most special piece to the least.
_IDENTITY = re.compile(
    r"(?P<family>so\*|su\*|saff|aff|iso|sim|so|su|sl|gl|sp|e|h|u)\((?P<of>[^()]*)\)"
    r"|R\^(?P<power>\d+)"
    r"|(?P<line>\bR\b)"
    r"|A(?P<size>\d+),(?P<place>\d+)(?:\^(?P<parameter>\w+|\([a-z,]+\)))?"
    r"|(?P<letter>[A-G])(?P<rank>\d+)(?:\((?P<form>C|-?\d+)\))?"
    r"|sqrt\((?P<root>[^()]*)\)"
    r"|(?P<sign> *(?:⊕|⋉|=|\+|\*\*|\*|:) *)"
    r"|(?P<variable>\b[a-z]\b)"
    r"|(?P<text>(?:\d+-)?[^\W\d_][\w-]+)"
    r"|(?P<number>-?\d+(?:/\d+)?)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_SIGNS = {
    **{"⊕": r" \oplus ", "⋉": r" \ltimes ", "=": " = ", ":": " : ", "+": " + "},
    **{"**": "^", "*": r"\, "},
}
_IN_TEXT = {**{sign: f"\\{sign}" for sign in "{}&%$#_"}, "\\": "", "^": "", "~": ""}


def identity_latex(name: str) -> str:
    r"""The name of an algebra, as `classification` gives it.

    Arguments:
        name: The name, such as ``"u(2) = su(2) ⊕ R"``, or a description in words.

    Returns:
        Fraktur for families, :math:`\mathbb{R}` for lines, indices for the names of
        Patera and Winternitz and for Cartan types; words stay words.

    Example:
        >>> print(identity_latex("e(3) = so(3) ⋉ R^3"))
        \mathfrak{e}(3) = \mathfrak{so}(3) \ltimes \mathbb{R}^{3}
        >>> print(identity_latex("A3,5^a, a = 3/5"))
        A_{3,5}^{a},\ a = \frac{3}{5}
        >>> print(identity_latex("Bargmann algebra in 3 dimensions"))
        \text{Bargmann algebra in 3 dimensions}
    """
    parts, words = [], ""
    for match in _IDENTITY.finditer(name):
        # A number after a word is part of the sentence: "in 3 dimensions".
        in_words = match["number"] and words.rstrip()[-1:].isalpha()
        if match["text"] or match["other"] or in_words:
            words += match[0]
        else:
            parts += [_words_latex(words), _piece_latex(match)]
            words = ""
    return "".join([*parts, _words_latex(words)])


def _piece_latex(match: re.Match[str]) -> str:
    """A piece of the name of an algebra that is mathematics."""
    if match["family"]:
        letters = match["family"].rstrip("*")
        star = "^{*}" if match["family"].endswith("*") else ""
        fields = re.sub(r"\b([RC])\b", r"\\mathbb{\1}", match["of"])
        return rf"\mathfrak{{{letters}}}{star}({fields})"
    if match["line"] or match["power"]:
        return r"\mathbb{R}" + (f"^{{{match['power']}}}" if match["power"] else "")
    if match["size"]:
        power = f"^{{{match['parameter']}}}" if match["parameter"] else ""
        return f"A_{{{match['size']},{match['place']}}}{power}"
    if match["letter"]:
        form = match["form"] or ""
        over, index = (r"(\mathbb{C})", "") if form == "C" else ("", form)
        return f"{match['letter']}_{{{match['rank']}{index and f'({index})'}}}{over}"
    if match["root"]:
        return rf"\sqrt{{{match['root']}}}"
    if match["number"]:
        above, _, below = match["number"].partition("/")
        sign, above = ("-", above[1:]) if above[0] == "-" else ("", above)
        return rf"{sign}\frac{{{above}}}{{{below}}}" if below else sign + above
    if match["sign"]:
        return _SIGNS[match["sign"].strip()]
    return match[0]


def _words_latex(words: str) -> str:
    """Prose between mathematics; spaces and signs alone stay mathematics."""
    if not words.strip(" ,()/[]"):
        return words.replace(" ", r"\ ")
    return rf"\text{{{''.join(_IN_TEXT.get(sign, sign) for sign in words)}}}"
