r"""Symmetric functions: what does not change when equal particles are exchanged.

Takes particles, gives the sums over them of monomials in one particle's coordinates and
momenta, which generate all symmetric polynomials, and the number of these in each degree.

.. math:: P_{\alpha\beta} = \sum_{a=1}^N q_a^\alpha \, p_a^\beta, \qquad
    1 \le |\alpha| + |\beta| \le N

Nothing is enumerated over the N! exchanges, so a thousand particles are no trouble.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from math import comb

from sympy import Add, Expr, Mul

from symflow.arguments import check_positive
from symflow.claims import Claim, Standing
from symflow.errors import ArgumentError
from symflow.notebook_views import NotebookView
from symflow.particles import Particle, particles
from symflow.phase_space import PhaseSpace, check_space
from symflow.terms import Monomial, monomials

__all__ = ["SymmetricFunctions", "symmetric_functions"]


@dataclass(frozen=True)
class SymmetricFunctions(NotebookView):
    r"""Power sums of equal particles in several variables each.

    .. math:: P_m = \sum_{a \in \text{species}} m(q_a, p_a)

    Arguments:
        space: The phase space.
        dimension: The number of coordinates of a particle.
        species: The numbers, from 1, of the particles that are equal to each other.
        degree: The highest degree of a monomial m.

    Reference:
        Weyl, The Classical Groups, section II.3.
    """

    space: PhaseSpace
    dimension: int
    species: tuple[tuple[int, ...], ...]
    degree: int

    @property
    def generating(self) -> bool:
        """Whether the power sums generate all symmetric polynomials."""
        return self.degree >= max(map(len, self.species))

    @property
    def monomials(self) -> tuple[tuple[Monomial, ...], ...]:
        """For each species the exponents of (q, p) of one particle in its power sums.

        As many degrees as there are equal particles are enough.
        """
        return tuple(
            tuple(
                chain.from_iterable(
                    monomials(2 * self.dimension, d)
                    for d in range(1, min(self.degree, len(members)) + 1)
                )
            )
            for members in self.species
        )

    @cached_property
    def generators(self) -> tuple[Expr, ...]:
        """The power sums as expressions, species after species."""
        bodies = particles(self.space, self.dimension)
        return tuple(
            Add(*(_value(bodies[number - 1], monomial) for number in members))
            for members, chosen in zip(self.species, self.monomials, strict=True)
            for monomial in chosen
        )

    def counts(self, degree: int) -> tuple[int, ...]:
        r"""The number of linearly independent symmetric polynomials of each degree.

        .. math:: \sum_{N, d} u^N t^d \dim_{N, d} = \prod_m \frac{1}{1 - u \, t^{|m|}}

        Arguments:
            degree: The highest degree.

        Returns:
            The numbers, from degree zero on: what Molien's series counts.

        Example:
            >>> space = PhaseSpace("x1 x2")
            >>> symmetric_functions(space, 1, 2).counts(2)
            (1, 2, 6)
        """
        total = [1, *[0] * degree]
        for members in self.species:
            own = _multisets(len(members), 2 * self.dimension, degree)
            total = [
                sum(total[k] * own[d - k] for k in range(d + 1))
                for d in range(degree + 1)
            ]
        return tuple(total)

    @property
    def claim(self) -> Claim:
        """The statement that the power sums generate."""
        upto = "" if self.generating else f" of degree at most {self.degree}"
        return Claim(
            "generating",
            f"every polynomial{upto} that exchanges of equal particles leave alone is a "
            f"polynomial in the power sums of degree at most {self.degree}",
            Standing.PROVED,
            "power sums in several variables generate symmetric polynomials (Weyl)",
            {
                "species": [list(members) for members in self.species],
                "degree": self.degree,
            },
        )

    def __repr__(self) -> str:
        sizes = " + ".join(str(len(members)) for members in self.species)
        number = sum(map(len, self.monomials))
        return (
            f"SymmetricFunctions({number} power sums of degree at most {self.degree} of "
            f"{sizes} particles)"
        )


def symmetric_functions(
    space: PhaseSpace,
    dimension: int,
    degree: int,
    species: Sequence[Sequence[int]] | None = None,
) -> SymmetricFunctions:
    r"""The power sums that exchanges of equal particles leave alone.

    .. math:: P_{\alpha\beta} = \sum_a q_a^\alpha \, p_a^\beta

    Arguments:
        space: The phase space, one particle after the other.
        dimension: The number of coordinates of a particle.
        degree: The highest degree of a power sum. As many as there are equal particles
            generate all symmetric polynomials; fewer, all up to this degree.
        species: The numbers, from 1, of particles that are equal to each other; those
            not named are equal to none. By default all are equal.

    Returns:
        The power sums.

    Raises:
        ArgumentError: If the dimension does not divide the number of coordinates, the
            degree is no positive integer, or species are no disjoint lists of particles.

    Example:
        >>> line = PhaseSpace("x1 x2")
        >>> symmetric_functions(line, 1, 2).generators
        (x1 + x2, p_x1 + p_x2, x1**2 + x2**2, p_x1*x1 + p_x2*x2, p_x1**2 + p_x2**2)
        >>> many = PhaseSpace([f"x{k}" for k in range(1000)])
        >>> symmetric_functions(many, 1, 2)
        SymmetricFunctions(5 power sums of degree at most 2 of 1000 particles)

    Reference:
        Weyl, The Classical Groups, section II.3.
    """
    check_space(space)
    number = len(particles(space, dimension))
    check_positive("degree", degree)
    everyone = range(1, number + 1)
    named = [tuple(everyone)] if species is None else [tuple(s) for s in species if s]
    listed = [k for members in named for k in members]
    if len(set(listed)) < len(listed) or not set(listed) <= set(everyone):
        raise ArgumentError(
            f"Argument `species` must hold disjoint lists of numbers from 1 to {number}, "
            f"but it is {species!r}."
        )
    alone = [(k,) for k in everyone if k not in set(listed)]
    return SymmetricFunctions(space, dimension, (*named, *alone), degree)


def _value(particle: Particle, monomial: Monomial) -> Expr:
    variables = (*particle.q, *particle.p)
    return Mul(*(v**k for v, k in zip(variables, monomial, strict=True) if k))


def _multisets(most: int, variables: int, degree: int) -> list[int]:
    """Multisets of at most so many monomials other than one, by their total degree."""
    # How many there are with a number of members and a degree.
    table = [[0] * (degree + 1) for _ in range(min(most, degree) + 1)]
    table[0][0] = 1
    for d in range(1, degree + 1):
        kinds = comb(variables + d - 1, d)
        following = [list(row) for row in table]
        for chosen in range(1, degree // d + 1):
            ways = comb(kinds + chosen - 1, chosen)
            for size in range(len(table) - chosen):
                for reached in range(degree + 1 - chosen * d):
                    following[size + chosen][reached + chosen * d] += (
                        ways * table[size][reached]
                    )
        table = following
    return [sum(row[d] for row in table) for d in range(degree + 1)]
