r"""Centralizers: the functions that commute with given ones, integrals of a motion say.

Takes a Hamiltonian, or several functions, gives all functions up to a degree whose bracket
with each of them vanishes, how many are independent, and what this says of the motion.

.. math:: \dot I = \{I, H\} + \partial_t I = 0, \qquad
    \#\{\text{independent } I\} \le 2n - 1

The functions are polynomials in the coordinates and in whatever roots, quotients and other
functions H holds. The linear algebra is exact, so up to its degree the list is complete.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from sympy import Expr, Float
from sympy.polys.rings import PolyElement

from symflow.arguments import check_positive
from symflow.bracket import poisson_bracket, total_derivative
from symflow.claims import Claim, Standing
from symflow.commuting_families import (
    CommutingFamily,
    integrable_number,
    largest_commuting_family,
)
from symflow.errors import CertificateError, InexactInputWarning
from symflow.function_lists import read_functions
from symflow.generated_spans import Generators, read_generators
from symflow.integral_ansatz import IntegralAnsatz
from symflow.notation import invariants_latex
from symflow.orbits import orbits
from symflow.phase_space import AbstractSpace, check_space
from symflow.polynomials import PhasePolynomials, RankCertificate

__all__ = [
    "Centralizer",
    "Integrals",
    "centralizer",
    "integrals_of_motion",
    "motion_ansatz",
    "time_momentum",
]


@dataclass(frozen=True)
class Centralizer:
    r"""The functions up to a degree that commute with given ones.

    .. math:: \{f_k, I_a\} = 0 \quad \text{for all } k, a

    Arguments:
        space: The phase space.
        functions: The given functions by name.
        central: Those of them that commute with all of them.
        generators: Further functions that do, none a polynomial in the others.
        degree: The degree, in coordinates and kernels, up to which these are all.
        dimension: How many linearly independent ones there are up to this degree.
        kernels: What the functions may hold beside coordinates.
        ranks: How many of `central` and `generators` are functionally independent.
        most: How many there can be.
        exact: Whether no float was given.
    """

    space: AbstractSpace
    functions: Mapping[str, Expr]
    central: Mapping[str, Expr]
    generators: tuple[Expr, ...]
    degree: int
    dimension: int
    kernels: tuple[Expr, ...]
    ranks: RankCertificate
    most: int
    exact: bool

    @property
    def rank(self) -> int:
        """How many functionally independent ones were found."""
        return self.ranks.rank

    @property
    def complete(self) -> bool:
        """Whether every function that commutes is a function of those found, locally."""
        return self.rank == self.most

    @property
    def standing(self) -> Standing:
        """Proved, unless a float was given."""
        return Standing.PROVED if self.exact else Standing.MEASURED

    @property
    def everything(self) -> tuple[Expr, ...]:
        """The central functions and the generators."""
        return (*self.central.values(), *self.generators)

    @cached_property
    def commuting_family(self) -> CommutingFamily:
        """The largest family of those found, and of products of two, that commute."""
        return largest_commuting_family(self.everything, self.space)

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """What is proved, each bracket taken again from the printed function.

        Raises:
            CertificateError: If one of them does not vanish.
        """
        claims = []
        for number, I in enumerate(self.generators, start=1):  # noqa: E741
            for name in self.functions:
                rate = self._rate(name, I)
                if rate != 0:
                    raise CertificateError(
                        f"Function {I} must commute with {name}, but the bracket is "
                        f"{rate}. This is a fault of the search; please report it."
                    )
            listed = ", ".join(self.functions)
            claims.append(
                Claim(
                    "commuting",
                    f"I{number} = {I} commutes with {listed}",
                    self.standing,
                    "exact identity",
                    {"number": number, "expression": str(I), "given": self._given},
                )
            )
        return (*claims, self._independence, self._generation)

    def _rate(self, name: str, I: Expr) -> Expr:  # noqa: E741
        return poisson_bracket(I, self.functions[name], self.space)

    @property
    def _given(self) -> dict[str, str]:
        """The given functions, as evidence."""
        return {name: str(f) for name, f in self.functions.items()}

    @property
    def _evidence(self) -> dict[str, Any]:
        """What a statement on all of them is checked from, beside the degree or rank."""
        listed = [str(f) for f in self.everything]
        return {"functions": listed, "given": self._given, "hidden": []}

    @property
    def _independence(self) -> Claim:
        return Claim(
            "independent",
            f"{self.rank} of at most {self.most} independent functions were found",
            self.standing,
            "rank of their gradients at a point, and of the fields they are constant on",
            {"rank": self.rank, "most": self.most, **self._evidence},
        )

    @property
    def _generation(self) -> Claim:
        beside = ", ".join(map(str, self.kernels))
        kernels = f" (in coordinates and {beside})" if beside else ""
        held = set().union(*(f.free_symbols for f in self.functions.values()))
        generic = [s.name for s in self.space.parameters if s in held]
        values = f", for generic values of {', '.join(generic)}" if generic else ""
        return Claim(
            "generating",
            f"every polynomial{kernels} of degree at most {self.degree} that commutes "
            f"with the given functions is a polynomial in those listed{values}",
            self.standing,
            "kernel of exact linear algebra in every degree",
            {
                "degree": self.degree,
                "kernels": [str(f) for f in self.kernels],
                "generic": generic,
                **self._evidence,
            },
        )

    def __str__(self) -> str:
        listed = ", ".join(map(str, self.generators)) or "none"
        return (
            f"commuting with {', '.join(self.functions)} up to degree {self.degree}: "
            f"{listed}; {self.rank} of at most {self.most} independent"
        )

    def _repr_latex_(self) -> str:
        return invariants_latex(self.generators)


@dataclass(frozen=True)
class Integrals(Centralizer):
    r"""The integrals of a motion up to a degree.

    .. math:: \{I, H\} + \partial_t I = 0
    """

    @property
    def H(self) -> Expr:
        """The Hamiltonian."""
        return self.functions["H"]

    @property
    def is_integrable(self) -> bool:
        """Whether n independent ones commute; if not, it is not known."""
        return self.space.time is None and self.commuting_family.is_integrable

    @property
    def verdict(self) -> str:
        """What the integrals found say of the motion, and no more."""
        if self.space.time is not None:
            return (
                f"{self.rank} integrals, time put in, of {self.most} that fix a motion"
            )
        if not self.is_integrable:
            return f"not shown integrable by integrals up to degree {self.degree}"
        free = self.rank - integrable_number(self.space)
        if not free:
            return "integrable"
        return "maximally superintegrable" if self.complete else "superintegrable"

    def _rate(self, name: str, I: Expr) -> Expr:  # noqa: E741
        if self.space.time is None:
            return super()._rate(name, I)
        return total_derivative(I, self.functions[name], self.space)

    @property
    def _given(self) -> dict[str, str]:
        # Time is a coordinate whose rate is one, if its momentum is added to H.
        if self.space.time is None:
            return super()._given
        return {"H": f"{self.H} + {time_momentum(self.space)}"}

    @property
    def _evidence(self) -> dict[str, Any]:
        timeless = self.space.time is None
        hidden = [] if timeless else [time_momentum(self.space)]
        return {**super()._evidence, "hidden": hidden}

    def __str__(self) -> str:
        listed = ", ".join(map(str, self.generators)) or "none"
        return (
            f"integrals beside H up to degree {self.degree}: {listed}; {self.rank} of "
            f"at most {self.most} independent, {self.verdict}"
        )


def integrals_of_motion(
    H: Expr | str,
    space: AbstractSpace,
    degree: int,
    among: Sequence[Expr | str] = (),
) -> Integrals:
    r"""The integrals of the motion of a Hamiltonian, up to a degree.

    .. math:: \{I, H\} + \partial_t I = 0

    The ansatz is every polynomial in the coordinates and in the functions that H holds,
    such as 1/r, and in time where the space declares it. With parameters the answer holds
    for generic values; `integrable_values` finds the others.

    Arguments:
        H: The Hamiltonian, as an expression or as text.
        space: The phase space.
        degree: The highest degree in coordinates and such functions.
        among: More functions that integrals may hold, ``["1/sqrt(x**2 + y**2)"]`` say.

    Returns:
        The integrals beside H and its powers: no polynomial in H and in the others is
        among them.

    Raises:
        ArgumentError: If the degree is no positive integer.
        ExpressionError: If H holds a symbol that the space does not declare.
        UnsupportedError: If H is none of the functions that can be compared exactly.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> plane = PhaseSpace("x y", parameters="k")
        >>> H = "(p_x**2 + p_y**2)/2 - k/sqrt(x**2 + y**2)"
        >>> kepler = integrals_of_motion(H, plane, 3)
        >>> for integral in kepler.generators:
        ...     print(integral)
        -p_x*y + p_y*x
        k*y/sqrt(x**2 + y**2) - p_x**2*y + p_x*p_y*x
        -k*x/sqrt(x**2 + y**2) - p_x*p_y*y + p_y**2*x
        >>> kepler.verdict
        'maximally superintegrable'

    Reference:
        Hietarinta, Direct methods for the search of the second invariant, Physics
        Reports 147 (1987) 87.
    """
    check_space(space)
    check_positive("degree", degree)
    energy = space.read(H, "H")
    beside = read_functions(among, space, "among")
    ansatz = motion_ansatz(energy, space, beside)
    ansatz.up_to(degree)
    ring, functions = ansatz.ring, MappingProxyType({"H": energy})
    at_rest = not any(ring.field_of(ring.polynomial(energy)))
    most = space.dimension - (space.time is None and not at_rest)
    return Integrals(
        space,
        functions,
        functions if ansatz.known else MappingProxyType({}),
        tuple(map(ring.expression, ansatz.found)),
        degree,
        ansatz.dimension,
        ring.generators[len(space.variables) :],
        _independent(ring, [*ansatz.known, *ansatz.found], most),
        most,
        _is_exact(functions),
    )


def centralizer(
    functions: Generators, space: AbstractSpace, degree: int
) -> Centralizer:
    r"""The functions that commute with each of given ones, up to a degree.

    .. math:: \{f_k, I\} = 0 \quad \text{for all } k

    Arguments:
        functions: Names and functions, or functions alone; they need not close.
        space: The phase space.
        degree: The highest degree in coordinates and in the functions that these hold.

    Returns:
        The functions that commute, beside the given ones that do.

    Raises:
        ArgumentError: If the degree is no positive integer, or a name is none.
        ExpressionError: If a function holds a symbol that the space does not declare.
        UnsupportedError: If a function is none that can be compared exactly.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> central = {"H": "p_x**2 + p_y**2 + x**2 + y**2", "L": "x*p_y - y*p_x"}
        >>> found = centralizer(central, PhaseSpace("x y"), 4)
        >>> found.generators, found.rank, found.most
        ((), 2, 2)

    Reference:
        Dixmier, Enveloping Algebras, section 1.8, for the centralizer.
    """
    declared = MappingProxyType(read_generators(space, functions))
    check_positive("degree", degree)
    ring = PhasePolynomials(space, declared.values())
    elements = {name: ring.polynomial(f) for name, f in declared.items()}
    central = {
        name: f
        for name, f in elements.items()
        if not any(ring.bracket(f, g) for g in elements.values())
    }
    # Time commutes with everything and says nothing.
    clock = () if space.time is None else (ring.variables[space.dimension],)
    velocities = [ring.velocity(ring.slopes(f)) for f in elements.values()]
    ansatz = IntegralAnsatz(ring, velocities, (*central.values(), *clock))
    ansatz.up_to(degree)
    most = orbits(space, declared).count
    return Centralizer(
        space,
        declared,
        MappingProxyType({name: declared[name] for name in central}),
        tuple(map(ring.expression, ansatz.found)),
        degree,
        ansatz.dimension,
        ring.generators[len(space.variables) :],
        _independent(ring, [*central.values(), *ansatz.found], most),
        most,
        _is_exact(declared),
    )


def motion_ansatz(
    H: Expr, space: AbstractSpace, among: Sequence[Expr] = ()
) -> IntegralAnsatz:
    """The search for integrals of a motion, before any degree was searched.

    Arguments:
        H: The Hamiltonian.
        space: The phase space.
        among: More functions that integrals may hold.

    Returns:
        The ansatz, with H as a known integral if it is conserved.

    Raises:
        UnsupportedError: If H is none of the functions that can be compared exactly.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> line = PhaseSpace("x")
        >>> motion_ansatz(line.read("p_x**2"), line).equations(1)
        [{1: 2}]
    """
    ring = PhasePolynomials(space, [H, *among])
    energy = ring.polynomial(H)
    velocity = ring.velocity(ring.slopes(energy))
    if space.time is not None:
        velocity = {**velocity, space.dimension: dict(ring.ring.one)}
    conserved = not ring.derivative_along(ring.slopes(energy), velocity)
    return IntegralAnsatz(ring, [velocity], [energy] if conserved else [])


def time_momentum(space: AbstractSpace) -> str:
    r"""A name for the momentum E of time, which makes {I, H + E} the rate of I.

    .. math:: \{I, H + E\} = \{I, H\} + \partial_t I

    Arguments:
        space: A phase space with time.

    Returns:
        A name that no symbol of the space has.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> time_momentum(PhaseSpace("x", time="t"))
        'p_t'
    """
    name = f"p_{space.time}"
    while name in space.symbols:
        name += "_"
    return name


def _independent(
    ring: PhasePolynomials, functions: Sequence[PolyElement], most: int
) -> RankCertificate:
    gradients = [ring.gradient(f) for f in functions]
    return ring.rank_modulo_prime(gradients, min(most, len(gradients)))


def _is_exact(functions: Mapping[str, Expr]) -> bool:
    floats = sorted(set().union(*(f.atoms(Float) for f in functions.values())))
    if floats:
        warnings.warn(
            f"Float coefficients are inexact, so nothing that follows from them is "
            f"proved ({', '.join(map(str, floats))}). Write fractions for exact ones: "
            f"1/3 in text, Rational(1, 3) in SymPy.",
            InexactInputWarning,
            stacklevel=3,
        )
    return not floats
