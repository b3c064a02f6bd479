r"""Elementary functions: roots, quotients, circles and exponentials of elements of a ring.

Takes elements of a growing ring, gives functions of them as elements, and adds the kernels
that they need.

.. math:: \sqrt[m]{c f^m} = \sqrt[m]{c} \, f, \qquad
    \cos \sum_k n_k \theta_k, \; e^{\sum_k n_k a_k} \in
    K[z][\cos\theta_k, \sin\theta_k, e^{\pm a_k}]

What is made of old kernels brings none: a root of a square, the inverse of a product, the
sine of a sum. Only so do equal functions have one form.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sympy
from sympy import Expr, Rational, Symbol
from sympy.polys.domains.domain import Domain
from sympy.polys.rings import PolyRing

from symflow.angles import AngleBasis, angle_basis
from symflow.coefficient_field import CoefficientField
from symflow.errors import UnsupportedError
from symflow.kernels import Kernels, Kind
from symflow.terms import Terms, accumulate, multiples, power, product

__all__ = ["ElementaryFunctions", "MissingConstantError", "too_late"]

# The degree of the norm of what is factored: time grows with its cube, and faster over
# fields of roots.
_HIGHEST_DEGREE, _HIGHEST_DEGREE_WITH_ROOTS = 128, 64
# An argument of circular functions or of exponentials, and the place of its first kernel.
_Known = list[tuple[Terms, int]]


class MissingConstantError(Exception):
    """A constant turned up that the field of coefficients does not hold yet.

    Arguments:
        constant: The constant.
    """

    def __init__(self, constant: Expr) -> None:
        super().__init__(str(constant))
        self.constant = constant


class ElementaryFunctions:
    """Functions of elements, in a ring that grows until it is complete.

    Arguments:
        variables: The symbols of the variables z.
        field: The field of the coefficients.

    Example:
        >>> x = Symbol("x", real=True)
        >>> functions = ElementaryFunctions([x], CoefficientField([], []))
        >>> below = functions.inverse(functions.kernels.generator(0))
        >>> functions.kernels.expression(below)
        1/x

    Reference:
        Bronstein, Symbolic Integration I, chapter 3; docs/functions.md.
    """

    def __init__(self, variables: Sequence[Symbol], field: CoefficientField) -> None:
        self.field = field
        self.kernels = Kernels(variables, field)
        #: Whether the ring is finished: then what would add a kernel is refused.
        self.complete = False
        self._circles: _Known = []
        self._exponentials: _Known = []

    @property
    def one(self) -> Terms:
        """The element one."""
        return self.kernels.one

    def element(self, constant: Expr) -> Any:  # noqa: ANN401
        """A constant that turned up on the way, in the field of coefficients.

        Arguments:
            constant: The constant.

        Returns:
            The element of the field.

        Raises:
            MissingConstantError: If the field is to be made again, with the constant.
            UnsupportedError: If the ring is complete and its field lacks the constant.
        """
        try:
            return self.field.element(constant)
        except UnsupportedError:
            if self.complete:
                raise
            raise MissingConstantError(constant) from None

    def constant(self, value: Expr) -> Terms:
        """A constant as an element of the ring.

        Arguments:
            value: The constant.

        Returns:
            Its terms.
        """
        return multiples(self.element(value), self.one)

    def factors(self, element: Terms) -> tuple[Any, list[tuple[Terms, int]]]:
        """The constant and the irreducible factors of an element as a polynomial.

        Arguments:
            element: The element, not zero.

        Returns:
            The constant, and each factor with its multiplicity.

        Raises:
            UnsupportedError: If the degree is too high to be factored in seconds.
        """
        element = self.kernels.padded(element)
        if len(element) == 1:
            ((exponents, content),) = element.items()
            generators = enumerate(exponents)
            return content, [(self.kernels.generator(k), e) for k, e in generators if e]
        self._check_degree(max(map(sum, element)))
        ring = PolyRing(self.kernels.size * ["x"], self.field.domain)
        content, factors = ring.from_dict(element).factor_list()
        return content, [(dict(factor), count) for factor, count in factors]

    def _check_degree(self, degree: int) -> None:
        """Refuse polynomials that nobody waits for to be factored."""
        roots = _degree(self.field.domain)
        most = _HIGHEST_DEGREE if roots == 1 else _HIGHEST_DEGREE_WITH_ROOTS // roots
        if degree > most:
            raise UnsupportedError(
                "Argument `generators` must hold roots, quotients and inverse functions "
                f"of polynomials of degree at most {most} over these constants, but one "
                f"has degree {degree}. Lower its powers."
            )

    def is_plain(self, element: Terms) -> bool:
        """Whether an element is a polynomial in the variables alone.

        Arguments:
            element: Its terms.

        Returns:
            Whether no kernel occurs in it.
        """
        count = len(self.kernels.variables)
        return not any(any(exponents[count:]) for exponents in element)

    def root(self, radicand: Terms, root: int) -> Terms:
        """The element B^(-1/m).

        Arguments:
            radicand: The element B, neither zero nor constant.
            root: The integer m.

        Returns:
            Its terms, for the branch that is positive where B is.

        Raises:
            UnsupportedError: If B is a perfect power of an element whose sign is open.
        """
        for place, kernel in enumerate(self.kernels.items, len(self.kernels.variables)):
            if kernel.base is not None and kernel.root % root == 0:
                ratio = _ratio(radicand, self.kernels.padded(kernel.base))
                if ratio is not None:
                    constant = self.field.expression(ratio) ** Rational(-1, root)
                    unit = self.kernels.generator(place)
                    steps = power(unit, kernel.root // root, self.one)
                    return multiples(self.element(constant), steps)
        if not self.kernels.is_irreducible(radicand, root):
            factors = self._perfect_power(radicand, root)
            if factors is not None:
                return self.inverse(factors)
        return self._new_power(radicand, root)

    def inverse(self, element: Terms) -> Terms:
        """The element 1/f, a product over the factors of f.

        Arguments:
            element: The element f, not zero.

        Returns:
            Its terms.
        """
        content, factors = self.factors(element)
        found = multiples(self.field.domain.one / content, self.one)
        for factor, multiplicity in factors:
            inverse = self._inverse_factor(factor)
            step = power(inverse, multiplicity, self.one)
            found = product(self.kernels.padded(found), step)
        return self.kernels.reduce(found)

    def circles(self, angles: Sequence[Terms], words: str) -> list[tuple[Terms, Terms]]:
        """The cosine and the sine of angles.

        Arguments:
            angles: The angles.
            words: What they are the angles of, for errors.

        Returns:
            Both for each angle.

        Raises:
            UnsupportedError: If a kernel is needed that comes too late.
        """
        add = self.kernels.add_circle
        turns = self._multiples(angles, self._circles, add, words)
        found = []
        for integers, offset in turns:
            constant = self.field.expression(offset)
            cosine = self.constant(sympy.cos(constant))
            sine = self.constant(sympy.sin(constant))
            for k, n in integers.items():
                place = self._circles[k][1]
                c, s = map(self.kernels.generator, (place, place + 1))
                s = s if n > 0 else multiples(-self.field.domain.one, s)
                for _ in range(abs(n)):
                    cosine, sine = self._turned(cosine, sine, c, s)
            found.append((cosine, sine))
        return found

    def exponentials(
        self, arguments: Sequence[Terms], words: str
    ) -> list[tuple[Terms, Terms]]:
        """The exponentials of arguments, and of minus them.

        Arguments:
            arguments: The arguments.
            words: What they are the arguments of, for errors.

        Returns:
            Both for each argument.

        Raises:
            UnsupportedError: If a kernel is needed that comes too late.
        """
        add = self.kernels.add_exponential
        found = []
        rises = self._multiples(arguments, self._exponentials, add, words)
        for integers, offset in rises:
            constant = self.element(sympy.exp(self.field.expression(offset)))
            up = multiples(constant, self.one)
            down = multiples(self.field.domain.one / constant, self.one)
            for k, n in integers.items():
                place = self._exponentials[k][1]
                up = product(up, self.pair_power(place, n))
                down = product(down, self.pair_power(place, -n))
            found.append((up, down))
        return found

    def pair_power(self, place: int, exponent: int) -> Terms:
        """A power of a kernel whose inverse is the kernel behind it.

        Arguments:
            place: The place of the kernel.
            exponent: The integer exponent, of either sign.

        Returns:
            The element.
        """
        generator = self.kernels.generator(place if exponent > 0 else place + 1)
        return power(generator, abs(exponent), self.one)

    def exponent_basis(self, known: Sequence[Any], new: Sequence[Any]) -> AngleBasis:
        """Exponents as integer sums of a fraction and few that are no fractions.

        Arguments:
            known: The exponents that have kernels, elements of the field.
            new: Further exponents.

        Returns:
            The basis, the fraction first; it begins with the known exponents unless one
            of the new is a fraction of them.
        """
        domain = self.field.domain
        return angle_basis([{(1,): e} for e in (domain.one, *known, *new)], domain)

    def quotient(self, function: type[Expr], cosine: Terms, sine: Terms) -> Terms:
        """One of the six trigonometric functions, or of their hyperbolic likes.

        Arguments:
            function: The class of the function.
            cosine: The cosine.
            sine: The sine.

        Returns:
            The element.
        """
        numerators = {
            **dict.fromkeys((sympy.sin, sympy.tan, sympy.sinh, sympy.tanh), sine),
            **dict.fromkeys((sympy.cos, sympy.cot, sympy.cosh), cosine),
        }
        denominators = {
            **dict.fromkeys((sympy.tan, sympy.sec, sympy.tanh), cosine),
            **dict.fromkeys((sympy.cot, sympy.csc), sine),
        }
        found = numerators.get(function, self.one)
        if function in denominators:
            inverse = self.inverse(denominators[function])
            found = product(self.kernels.padded(found), inverse)
        return self.kernels.reduce(found)

    def _perfect_power(self, radicand: Terms, root: int) -> Terms | None:
        """The m-th root of B if it is a polynomial whose sign is known."""
        content, factors = self.factors(radicand)
        if any(multiplicity % root for _, multiplicity in factors):
            return None
        found = self.constant(self.field.expression(content) ** Rational(1, root))
        for factor, multiplicity in factors:
            exponent = multiplicity // root
            sign = 1
            if root % 2 == 0 and exponent % 2:
                expression = self.kernels.expression(factor)
                if expression.is_negative:
                    sign = -1
                elif not expression.is_nonnegative:
                    raise UnsupportedError(
                        "Argument `generators` must not change branch, but the root "
                        f"of {self.kernels.expression(radicand)} is the absolute value "
                        f"of {expression}. Write it with its sign, or declare symbols "
                        "of your own with positive=True."
                    )
            step = power(factor, exponent, self.one)
            found = product(found, multiples(self.field.domain.one * sign, step))
        return self.kernels.reduce(found)

    def _inverse_factor(self, factor: Terms) -> Terms:
        factor = self.kernels.padded(factor)
        first = len(self.kernels.variables)
        for place, kernel in enumerate(self.kernels.items, first):
            generator = self.kernels.generator(place)
            if kernel.base is not None:
                base = self.kernels.padded(kernel.base)
                ratio = _ratio(factor, base)
                if ratio is not None:
                    steps = power(generator, kernel.root, self.one)
                    return multiples(self.field.domain.one / ratio, steps)
                if factor == generator:
                    steps = power(generator, kernel.root - 1, self.one)
                    return self.kernels.reduce(product(base, steps))
            if factor == generator and kernel.kind is Kind.EXPONENTIAL:
                return self.kernels.generator(place + 1)
            if factor == generator and kernel.kind is Kind.INVERSE:
                return self.kernels.generator(place - 1)
        return self._new_power(factor, 1)

    def _new_power(self, base: Terms, root: int) -> Terms:
        if self.complete:
            expression = self.kernels.expression(base)
            raise too_late(f"divides by {expression ** Rational(1, root)}")
        self.kernels.add_power(base, root)
        return self.kernels.generator(self.kernels.size - 1)

    def _turned(
        self, cosine: Terms, sine: Terms, c: Terms, s: Terms
    ) -> tuple[Terms, Terms]:
        """The cosine and the sine of a sum of angles."""
        minus = multiples(-self.field.domain.one, s)
        turned_cosine = accumulate(product(cosine, c), product(sine, minus).items())
        turned_sine = accumulate(product(sine, c), product(cosine, s).items())
        return self.kernels.reduce(turned_cosine), self.kernels.reduce(turned_sine)

    def _multiples(
        self,
        arguments: Sequence[Terms],
        known: _Known,
        add: Callable[[Terms], None],
        words: str,
    ) -> list[tuple[dict[int, int], Any]]:
        """Every argument as an integer sum of few, which become kernels."""
        earlier = [self.kernels.padded(angle) for angle, _ in known]
        basis = angle_basis([*earlier, *arguments], self.field.domain)
        if basis.angles[: len(known)] != tuple(earlier):
            raise UnsupportedError(
                "Argument `generators` must not hold a function of a fraction of an "
                f"argument inside another function than its own, but {words} hold one. "
                "Write all in terms of the smaller argument."
            )
        if self.complete and len(basis.angles) > len(known):
            raise too_late(f"holds {words}")
        for angle in basis.angles[len(known) :]:
            known.append((angle, self.kernels.size))
            add(self.kernels.reduce(self.kernels.padded(angle)))
        count = len(earlier)
        return list(zip(basis.multiples[count:], basis.offsets[count:], strict=True))


def too_late(what: str) -> UnsupportedError:
    """The error where a finished ring lacks a function.

    Arguments:
        what: What the expression does, after "it".

    Returns:
        The error, to be raised.
    """
    return UnsupportedError(
        "Argument `expression` must lie in the ring of functions that was built, but it "
        f"{what}. Build the ring from all the expressions that are to be compared."
    )


def _ratio(f: Terms, g: Terms) -> Any:  # noqa: ANN401
    """The constant c with f = c g; None if there is none."""
    if f.keys() != g.keys():
        return None
    ratios = [f[exponents] / g[exponents] for exponents in f]
    return ratios[0] if all(ratio == ratios[0] for ratio in ratios) else None


def _degree(domain: Domain) -> int:
    """The degree over the rationals of the numbers in a field."""
    while domain.is_FractionField:
        domain = domain.domain
    return domain.mod.degree() if domain.is_AlgebraicField else 1
