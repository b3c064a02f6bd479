r"""Schemes: the numbers of integrators, as formulas or with all their digits.

Gives for each scheme the times of kicks and drifts in one step of length one, or the
tableau of a Runge-Kutta method.

.. math:: \Phi_h = \Phi_U^{b_s h} \circ \Phi_K^{a_s h} \circ \dots \circ
    \Phi_K^{a_1 h} \circ \Phi_U^{b_0 h}, \qquad \sum_i a_i = \sum_i b_i = 1
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import fsum, sqrt

__all__ = [
    "BLANES_MOAN",
    "EULER",
    "GAUSS",
    "KAHAN_LI",
    "LEAPFROG",
    "YOSHIDA",
    "Splitting",
    "Tableau",
]


@dataclass(frozen=True)
class Splitting:
    """Kicks and drifts of one step, in turn, beginning with a kick.

    Arguments:
        kicks: The times b_0, b_1, ... of the kicks; one more than drifts, or as many.
        drifts: The times a_1, a_2, ... of the drifts.
    """

    kicks: tuple[float, ...]
    drifts: tuple[float, ...]


@dataclass(frozen=True)
class Tableau:
    """The coefficients of a Runge-Kutta method.

    Arguments:
        matrix: The numbers a_ij.
        weights: The numbers b_j.
    """

    matrix: tuple[tuple[float, ...], ...]
    weights: tuple[float, ...]


def _composed(half: tuple[float, ...]) -> Splitting:
    """Leapfrog steps of the lengths given, and backwards; the middle one is what is left."""
    steps = (*half, 1 - 2 * fsum(half), *half[::-1])
    inner = [(a + b) / 2 for a, b in pairwise(steps)]
    return Splitting((steps[0] / 2, *inner, steps[-1] / 2), steps)


def _symmetric(kicks: tuple[float, ...], drifts: tuple[float, ...]) -> Splitting:
    """A palindrome from its first half; the kick in the middle is what is left of one.

    If the drifts add up to one half, they are the whole first half; else the last of them
    that is missing is what is left of it.
    """
    drifts = (*drifts, 0.5 - fsum(drifts))
    return Splitting(
        (*kicks, 1 - 2 * fsum(kicks), *kicks[::-1]), (*drifts, *drifts[::-1])
    )


EULER = Splitting((1.0,), (1.0,))
LEAPFROG = Splitting((1 / 2, 1 / 2), (1.0,))

# Yoshida 1990, Phys. Lett. A 150, 262: order 4 in closed form, order 6 solution A. Order 8:
# Suzuki and Umeno 1993, in the digits of Hairer, Lubich and Wanner, equation V.3.11.
YOSHIDA = {
    4: _composed((1 / (2 - 2 ** (1 / 3)),)),
    6: _composed(
        (
            0.78451361047755726381949763,
            0.23557321335935813368479318,
            -1.17767998417887100694641568,
        )
    ),
    8: _composed(
        (
            0.74167036435061295344822780,
            -0.40910082580003159399730010,
            0.19075471029623837995387626,
            -0.57386247111608226665638773,
            0.29906418130365592384446354,
            0.33462491824529818378495798,
            0.31529309239676659663205666,
        )
    ),
}

# Kahan and Li 1997, Math. Comp. 66, 1089, in the digits of Hairer, Lubich and Wanner,
# section V.3.2: compositions of leapfrog with small errors.
KAHAN_LI = {
    6: _composed(
        (
            0.39216144400731413927925056,
            0.33259913678935943859974864,
            -0.70624617255763935980996482,
            0.08221359629355080023149045,
        )
    ),
    8: _composed(
        (
            0.13020248308889008087881763,
            0.56116298177510838456196441,
            -0.38947496264484728640807860,
            0.15884190655515560089621075,
            -0.39590389413323757733623154,
            0.18453964097831570709183254,
            0.25837438768632204729397911,
            0.29501172360931029887096624,
        )
    ),
}

# Blanes and Moan 2002, J. Comput. Appl. Math. 142, 313, table 2: splittings that are no
# compositions of leapfrog, with the smallest errors for their cost; 15 digits are printed.
BLANES_MOAN = {
    4: _symmetric(
        (0.0792036964311957, 0.353172906049774, -0.0420650803577195),
        (0.209515106613362, -0.143851773179818),
    ),
    6: _symmetric(
        (
            0.0502627644003922,
            0.413514300428344,
            0.0450798897943977,
            -0.188054853819569,
            0.541960678450780,
        ),
        (
            0.148816447901042,
            -0.132385865767784,
            0.067307604692185,
            0.432666402578175,
        ),
    ),
}

# Hairer, Lubich and Wanner, table II.1.1: collocation at the roots of Legendre polynomials.
GAUSS = {
    2: Tableau(((1 / 2,),), (1.0,)),
    4: Tableau(
        (
            (1 / 4, 1 / 4 - sqrt(3) / 6),
            (1 / 4 + sqrt(3) / 6, 1 / 4),
        ),
        (1 / 2, 1 / 2),
    ),
    6: Tableau(
        (
            (5 / 36, 2 / 9 - sqrt(15) / 15, 5 / 36 - sqrt(15) / 30),
            (5 / 36 + sqrt(15) / 24, 2 / 9, 5 / 36 - sqrt(15) / 24),
            (5 / 36 + sqrt(15) / 30, 2 / 9 + sqrt(15) / 15, 5 / 36),
        ),
        (5 / 18, 4 / 9, 5 / 18),
    ),
}
