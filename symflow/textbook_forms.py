r"""Textbook forms: invariants as a textbook prints them.

Takes a function of phase space, gives it in lengths, dot products, distances, angular
momenta and determinants, with a legend, and proves that the two are equal.

.. math:: x^2 + y^2 + z^2 = r^2, \qquad
    \mathbf{q}^2 \mathbf{p}^2 - (\mathbf{q} \cdot \mathbf{p})^2 = L^2

Each part of one degree in q and in p is a combination of products of such quantities, by
exact linear algebra; of those found the one with fewest terms is chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from types import MappingProxyType
from typing import Any, TypeAlias

from sympy import Add, Dummy, Expr, Float, Mul, Poly, Pow, Symbol, count_ops, latex
from sympy.core.function import Function

from symflow.claims import Claim, Standing
from symflow.errors import CertificateError
from symflow.function_lists import read_functions
from symflow.linear_algebra import solve
from symflow.notation import inline, invariants_latex, name_latex
from symflow.phase_space import PhaseSpace
from symflow.polynomials import PhasePolynomials
from symflow.terms import Terms, product
from symflow.vector_quantities import Quantity, vector_quantities

__all__ = ["TextbookForm", "WithTextbookForms", "textbook_form", "textbook_forms"]

# A part with more products to try than this is left in coordinates.
_MOST_PRODUCTS = 600

Degree: TypeAlias = tuple[int, int]
Factor: TypeAlias = tuple[Quantity, Degree, Terms]
Product: TypeAlias = tuple[tuple[Quantity, ...], Terms]


@dataclass(frozen=True)
class TextbookForm:
    """A function as a textbook prints it.

    Arguments:
        space: The phase space.
        function: The function in coordinates.
        expression: The function in named quantities, and in coordinates where no
            quantity was found.
        quantities: The quantities that it holds.
    """

    space: PhaseSpace
    function: Expr
    expression: Expr
    quantities: tuple[Quantity, ...]

    @property
    def legend(self) -> Mapping[Symbol, Expr]:
        """What each name stands for, in coordinates."""
        return MappingProxyType({a.symbol: a.definition for a in self.quantities})

    @property
    def is_free_of_coordinates(self) -> bool:
        """Whether quantities say it all, which for a scalar they do."""
        return self.expression.free_symbols.isdisjoint(self.space.z)

    @cached_property
    def claim(self) -> Claim:
        """The statement that form and function are equal, checked with the legend put in.

        Raises:
            CertificateError: If they are not.
        """
        expanded = self.expression.xreplace(dict(self.legend))
        ring = PhasePolynomials(self.space, [expanded, self.function])
        difference = ring.terms(expanded - self.function)
        if difference:
            raise CertificateError(
                f"Form {self.expression} must equal {self.function}, but the difference "
                f"is {ring.expression(difference)}. This is a fault of the search; please "
                "report it."
            )
        return Claim(
            "textbook form",
            f"{self.function} = {self.expression}",
            Standing.MEASURED if self.function.has(Float) else Standing.PROVED,
            "identity in exact arithmetic with the legend put in",
            self._evidence,
        )

    @property
    def _evidence(self) -> dict[str, Any]:
        """Function, form and legend, with names such as w1 for what no text can be read."""
        form, shown, legend = str(self.expression), {}, {}
        free = (f"w{k}" for k in count(1))
        longest = sorted(self.legend.items(), key=lambda item: -len(item[0].name))
        for symbol, definition in longest:
            name = next(name for name in free if name not in self.space.symbols)
            form = re.sub(rf"(?<!\w){re.escape(symbol.name)}(?!\w)", name, form)
            shown[name], legend[name] = symbol.name, str(definition)
        return {
            "function": str(self.function),
            "form": form,
            "legend": legend,
            "names": shown,
        }

    @property
    def latex(self) -> str:
        """The form in LaTeX."""
        names = {s: name_latex(s.name) for s in self.expression.free_symbols}
        names |= {a.symbol: a.latex for a in self.quantities}
        return latex(self.expression, symbol_names=names)

    def __str__(self) -> str:
        return str(self.expression)

    def _repr_latex_(self) -> str:
        return inline(self.latex)


def textbook_form(
    f: Expr | str, space: PhaseSpace, dimension: int | None = None
) -> TextbookForm:
    r"""A function in lengths, dot products, distances, angular momenta, determinants.

    Arguments:
        f: The function, as an expression or as text.
        space: The phase space, one particle after the other.
        dimension: The number of coordinates of a particle; by default whichever of n, 3
            and 2 leaves fewest functions in coordinates.

    Returns:
        The form; it is proved equal to the function.

    Raises:
        ArgumentError: If the dimension does not divide the number of coordinates.
        CertificateError: If form and function were not equal.
        ExpressionError: If f holds a symbol that the space does not declare.
        UnsupportedError: If f is none of the functions that can be compared exactly.

    Example:
        >>> room = PhaseSpace("x y z", parameters="m k")
        >>> H = "(p_x**2 + p_y**2 + p_z**2)/(2*m) - k/sqrt(x**2 + y**2 + z**2)"
        >>> form = textbook_form(H, room)
        >>> print(form)
        -k/r + p**2/(2*m)
        >>> form.legend[Symbol("r", positive=True)]
        sqrt(x**2 + y**2 + z**2)

    Reference:
        Goldstein, Poole and Safko, Classical Mechanics, chapter 3.
    """
    return textbook_forms([f], space, dimension)[0]


def textbook_forms(
    functions: Sequence[Expr | str], space: PhaseSpace, dimension: int | None = None
) -> tuple[TextbookForm, ...]:
    """Functions, invariants say, in textbook form one by one.

    Arguments:
        functions: The functions, as expressions or as text.
        space: The phase space, one particle after the other.
        dimension: The number of coordinates of a particle; by default whichever of n, 3
            and 2 leaves fewest functions in coordinates.

    Returns:
        The forms; each is proved equal to its function.

    Raises:
        ArgumentError: If the dimension does not divide the number of coordinates.
        CertificateError: If a form and its function were not equal.
        ExpressionError: If a function holds a symbol that the space does not declare.
        UnsupportedError: If one is none of the functions that can be compared exactly.

    Example:
        >>> plane = PhaseSpace("x y")
        >>> listed = ["x**2 + y**2", "x*p_x + y*p_y", "x*p_y - y*p_x"]
        >>> print(*textbook_forms(listed, plane), sep=", ")
        r**2, (q.p), L
    """
    given = read_functions(functions, space)
    if dimension is not None:
        return _written(given, space, dimension)
    found: list[tuple[TextbookForm, ...]] = []
    for size in (space.n, *(d for d in (3, 2) if d < space.n and not space.n % d)):
        found.append(_written(given, space, size))
        if all(form.is_free_of_coordinates for form in found[-1]):
            break
    return max(found, key=lambda forms: sum(f.is_free_of_coordinates for f in forms))


def _written(
    functions: Sequence[Expr], space: PhaseSpace, dimension: int
) -> tuple[TextbookForm, ...]:
    """Functions in the quantities of particles of that many coordinates."""
    known = vector_quantities(space, dimension)
    forms = []
    for function in functions:
        expression = _Writer(space, known).form(function)
        held = expression.free_symbols
        used = tuple(a for a in known if a.symbol in held)
        form = TextbookForm(space, function, expression, used)
        _ = form.claim
        forms.append(form)
    return tuple(forms)


class WithTextbookForms:
    """Invariants that are shown as a textbook prints them.

    .. math:: I_1 = r^2 = x^2 + y^2 + z^2

    Example:
        >>> from types import SimpleNamespace
        >>> class Length(WithTextbookForms):
        ...     algebra = SimpleNamespace(phase_space=PhaseSpace("x y"))
        ...     generators = (algebra.phase_space.read("x**2 + y**2"),)
        >>> print(*Length().textbook())
        r**2
    """

    algebra: Any
    generators: Any

    def textbook(self, dimension: int | None = None) -> tuple[TextbookForm, ...]:
        """Those listed in lengths, dot products, angular momenta and determinants.

        Arguments:
            dimension: The number of coordinates of a particle; by default whichever of
                n, 3 and 2 leaves fewest functions in coordinates.

        Returns:
            One form for each of `generators`, proved equal to it, with its LaTeX.
        """
        return textbook_forms(self.generators, self.algebra.phase_space, dimension)

    def _repr_latex_(self) -> str:
        forms = self.textbook()
        named = [form.latex if form.is_free_of_coordinates else "" for form in forms]
        return invariants_latex(self.generators, named)


class _Writer:
    """Writes functions in known quantities."""

    def __init__(self, space: PhaseSpace, known: Sequence[Quantity]) -> None:
        self.space = space
        self._known = tuple(known)
        self._coordinates = tuple(Quantity(z, z, 1, "", False) for z in space.z)

    def form(self, f: Expr) -> Expr:
        """The form of a function: polynomials in it are written from inside outwards."""
        inner: dict[Expr, Symbol] = {}
        polynomial = self._masked(f, inner)
        outer = {letter: self._outer(node) for node, letter in inner.items()}
        if self.space.time is not None:
            outer[self.space.time] = self.space.time
        if not outer:
            return self._polynomial(polynomial)
        parts = Poly(polynomial, *outer).terms()
        return Add(
            *(
                self._polynomial(coefficient)
                * Mul(*(g**k for g, k in zip(outer.values(), powers, strict=True)))
                for powers, coefficient in parts
            )
        )

    def _masked(self, f: Expr, inner: dict[Expr, Symbol]) -> Expr:
        """The function with a letter for every part that is no polynomial."""
        if f.free_symbols.isdisjoint(self.space.z) or not f.args:
            return f
        natural = isinstance(f, Pow) and f.exp.is_Integer and f.exp > 0
        if isinstance(f, Function) or (isinstance(f, Pow) and not natural):
            return inner.setdefault(f, Dummy())
        return f.func(*(self._masked(part, inner) for part in f.args))

    def _outer(self, node: Expr) -> Expr:
        return node.func(*(self.form(part) for part in node.args))

    def _polynomial(self, f: Expr) -> Expr:
        """Each part of one degree in q and in p by itself."""
        ring = PhasePolynomials(self.space, [f])
        n = self.space.n
        parts: dict[Degree, Terms] = {}
        for monomial, value in ring.terms(f).items():
            degree = sum(monomial[:n]), sum(monomial[n : 2 * n])
            parts.setdefault(degree, {})[monomial] = value
        return Add(*(self._part(ring, terms, d) for d, terms in parts.items()))

    def _part(self, ring: PhasePolynomials, part: Terms, degree: Degree) -> Expr:
        left = ring.expression(part)
        held = left.free_symbols
        usable = [a for a in self._known if a.value.free_symbols <= held]
        coordinates = [a for a in self._coordinates if a.symbol in held]
        for chosen in (usable, [*usable, *coordinates]):
            factors = [(a, self._degree(a), ring.terms(a.value)) for a in chosen]
            products = _products(factors, degree, ring.one)
            found = list(_combinations(ring, part, products))
            if found:
                return min([*found, left], key=_length)
        return left

    def _degree(self, quantity: Quantity) -> Degree:
        powers = Poly(quantity.value, *self.space.z).monoms()[0]
        return sum(powers[: self.space.n]), sum(powers[self.space.n :])


def _products(factors: Sequence[Factor], degree: Degree, one: Terms) -> list[Product]:
    """The products of one degree in q and in p; none if there are too many."""
    found: list[Product] = []
    levels: list[tuple[int, Degree, tuple[Quantity, ...], Terms]] = [
        (0, degree, (), one)
    ]
    while levels:
        first, (a, b), chosen, value = levels.pop()
        if a == b == 0:
            found.append((chosen, value))
            if len(found) > _MOST_PRODUCTS:
                return []
            continue
        for k in range(first, len(factors)):
            quantity, (i, j), terms = factors[k]
            if i <= a and j <= b:
                rest = a - i, b - j
                levels.append((k, rest, (*chosen, quantity), product(value, terms)))
    return found


def _combinations(
    ring: PhasePolynomials, part: Terms, products: Sequence[Product]
) -> Iterator[Expr]:
    """A polynomial as combinations of products, each preferring others of them."""
    read = ring.domain.to_sympy
    held = set(part).union(*(terms for _, terms in products))
    place = {monomial: k for k, monomial in enumerate(sorted(held))}
    target = {place[m]: value for m, value in part.items()}
    orders = (
        sorted(products, key=lambda p: _preference(p, plain=plain))
        for plain in (True, False)
    )
    for ordered in orders:
        vectors = [{place[m]: v for m, v in terms.items()} for _, terms in ordered]
        solved = solve(vectors, target, ring.domain)
        if solved is not None:
            yield Add(
                *(
                    read(value) * Mul(*(a.form for a in chosen))
                    for value, (chosen, _) in zip(solved, ordered, strict=True)
                )
            )
    for chosen, terms in products:
        monomial = next(iter(terms))
        if terms.keys() == part.keys():
            ratio = part[monomial] / terms[monomial]
            if all(part[m] == ratio * value for m, value in terms.items()):
                yield read(ratio) * Mul(*(a.form for a in chosen))


def _preference(found: Product, plain: bool) -> tuple[int, int, int]:
    """Few coordinates, then dot products or the others, then few factors."""
    chosen, _ = found
    bare = sum(not a.latex for a in chosen)
    unwanted = sum(a.plain is not plain for a in chosen)
    return bare, unwanted, len(chosen)


def _length(form: Expr) -> tuple[int, int, str]:
    return len(Add.make_args(form)), count_ops(form), str(form)
