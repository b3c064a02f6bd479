r"""Function ansatz: invariants among all sums of products of a ring's generators.

Takes elements of a ring of functions, gives the functions up to a degree in coordinates and
kernels that commute with all of them and that no product of lower ones makes.

.. math:: \{g_k, \textstyle\sum_\alpha c_\alpha z^{\alpha'} \kappa^{\alpha''}\} = 0
    \quad \text{for all } k

The monomials are those in normal form, so the functions are independent and the search is
a kernel of exact linear algebra.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy.polys.rings import PolyElement

from symflow.linear_algebra import echelon, nullspace
from symflow.polynomials import PhasePolynomials

__all__ = ["FunctionAnsatz"]


class FunctionAnsatz:
    r"""The search for functions that commute with given ones.

    .. math:: R_{\le d}^{\mathfrak g} / (\text{products of lower degree})

    Arguments:
        ring: The ring of functions.
        generators: The elements to commute with.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> space = PhaseSpace("x y")
        >>> L = space.read("x*p_y - y*p_x")
        >>> ring = PhasePolynomials(space, [L, space.read("1/sqrt(x**2 + y**2)")])
        >>> ansatz = FunctionAnsatz(ring, [ring.polynomial(L)])
        >>> ansatz.up_to(1)
        >>> [ring.expression(f) for f in ansatz.found]
        [1/sqrt(x**2 + y**2)]

    Reference:
        Sturmfels, Algorithms in Invariant Theory, section 4.6.
    """

    def __init__(
        self, ring: PhasePolynomials, generators: Sequence[PolyElement]
    ) -> None:
        self.ring = ring
        velocities = [ring.velocity(ring.slopes(g)) for g in generators]
        self._velocities = [velocity for velocity in velocities if velocity]
        self.found: list[PolyElement] = []
        self.degree = 0

    @property
    def trivial(self) -> bool:
        """Whether nothing moves, so that the coordinates themselves are invariant."""
        return not self._velocities

    def size(self, degree: int) -> int:
        """The number of unknowns of a search.

        Arguments:
            degree: Its highest degree.

        Returns:
            The number of monomials in normal form.
        """
        return len(self.ring.normal_monomials(degree))

    def up_to(self, degree: int) -> None:
        """Search every degree up to this one.

        Arguments:
            degree: The highest total degree in coordinates and kernels.
        """
        for step in range(self.degree + 1, degree + 1):
            self._extend(step)
            self.degree = step

    def _extend(self, degree: int) -> None:
        unknowns = self.ring.normal_monomials(degree)
        kernel = nullspace(
            self.ring.constancy(unknowns, self._velocities),
            len(unknowns),
            self.ring.domain,
        )
        place = {monomial: k for k, monomial in enumerate(unknowns)}
        products = (
            {place[m]: value for m, value in product.items() if m in place}
            for product in self.ring.products(self.found, degree)
        )
        spanned = echelon(products, len(unknowns), self.ring.domain)
        rest = echelon(
            (spanned.reduce(vector) for vector in kernel),
            len(unknowns),
            self.ring.domain,
        )
        self.found += [
            self.ring.ring.from_dict({unknowns[k]: value for k, value in row.items()})
            for row in rest.rows
        ]
