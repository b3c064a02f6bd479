r"""Moving frames: invariants in numbers, where no formula for them exists.

Takes an algebra and a section, gives a module that carries every point along its orbit onto
the section and reads off the other coordinates there.

.. math:: \iota(z) = \rho(z) \cdot z, \qquad \rho(z) \cdot z \in
    \mathcal{K} = \{z : z_j = c_j \text{ for } j \in S\}

Two points of one orbit reach the same point of the section, so the coordinates there are
invariants. Newton's method finds the group element, whose derivative follows from the
implicit function theorem: it is frozen, and one more Newton step carries the gradient.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

import numpy as np
import torch
from torch import Tensor
from torch.nn import Module

from symflow.algebra import LieAlgebra
from symflow.compilation import CompiledFunctions
from symflow.constants import Constant
from symflow.errors import ArgumentError, UnsupportedError
from symflow.invariant_functions import orbit_rank
from symflow.notebook_views import NotebookView

__all__ = ["MovingFrame"]

# Numbers of strides towards the section that are tried in turn, until their flows are
# exact to round-off, and the most Newton steps that follow.
_STRIDES = (4, 8, 16, 32, 64)
_TURNS = 20

# Newton steps that derivatives pass through: two are exact to third derivatives.
_PASSES = 2

# Numbers of midpoint steps whose results are extrapolated, to order ten.
_SUBSTEPS = (2, 4, 6, 8, 10)

# How near the section is reached, and how much the last extrapolation of a flow may
# change, in units of round-off. The error is much less than that change.
_ALLOWED = 256
_CHANGE = 4096


@final
class MovingFrame(Module, NotebookView):
    r"""The invariants of an algebra by carrying points onto a section.

    .. math:: z(1) = \iota(z), \qquad \dot z = \sum_k a_k(t) \, \{z, g_k\}, \qquad
        z_j(1) = c_j

    The flows of the generators are integrated by extrapolation of order ten, to round-off.
    The invariants are local: an orbit may meet the section more than once, and points near
    each other are carried to meetings near each other. Derivatives up to the third are
    those of the invariants.

    Arguments:
        algebra: The algebra, without parameters.
        section: The coordinates that the section fixes, with their values; as many as
            orbits have dimensions.

    Raises:
        ArgumentError: If the section names no coordinates, or not as many as orbits have
            dimensions, or if the algebra moves nothing.
        UnsupportedError: If the generators hold parameters, or time.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> radial = MovingFrame(so2, {"y": 0.0})
        >>> radial.names
        ('x', 'p_x', 'p_y')
        >>> z = torch.tensor([4.0, 3.0, 0.0, 5.0], dtype=torch.float64)
        >>> radial(z)  # r, p_r, L / r
        tensor([5.0000, 3.0000, 4.0000], dtype=torch.float64)

    Reference:
        Fels and Olver, Moving coframes II, Acta Applicandae Mathematicae 55 (1999) 127.
    """

    def __init__(self, algebra: LieAlgebra, section: Mapping[str, float]) -> None:
        super().__init__()
        space, ring = algebra.space, algebra.ring
        if space.parameters or space.time is not None:
            raise UnsupportedError(
                "Argument `algebra` must have numbers only, but its functions may hold "
                f"{', '.join(map(str, (*space.parameters, space.time)))}. Declare it "
                "with numbers in their place."
            )
        names = [symbol.name for symbol in space.z]
        unknown = [name for name in section if name not in names]
        dimension = orbit_rank(algebra).rank
        if not dimension:
            raise ArgumentError(
                "Argument `algebra` must move points, but its generators move none. The "
                "coordinates themselves are its invariants."
            )
        if unknown or len(section) != dimension:
            raise ArgumentError(
                f"Argument `section` must fix {dimension} of the coordinates "
                f"{', '.join(names)}, as many as orbits have dimensions, but it fixes "
                f"{', '.join(section) or 'none'}."
            )
        moving = [
            field for field in map(ring.field_of, algebra.polynomials) if any(field)
        ]
        components = [ring.expression(f) for field in moving for f in field]
        # Most components are zero or stand in several fields.
        distinct = list(dict.fromkeys(f for f in components if f != 0))
        self._functions = CompiledFunctions(distinct, space.z)
        self._fields = Constant(
            np.array([[f == g for g in components] for f in distinct])
        )
        self._fixed = [names.index(name) for name in section]
        self._values = Constant(np.array([*section.values()], dtype=np.float64))
        self._free = [k for k, name in enumerate(names) if name not in section]
        #: The coordinates that are read off on the section, in order.
        self.names = tuple(names[k] for k in self._free)

    def forward(self, z: Tensor) -> Tensor:
        """The invariants.

        Arguments:
            z: Points, shape (..., 2n).

        Returns:
            The coordinates `names` of the points on the section, shape (..., 2n - r).

        Raises:
            ArgumentError: If a point is not carried onto the section.
        """
        return self.normal_form(z)[..., self._free]

    def normal_form(self, z: Tensor) -> Tensor:
        """The points on the section.

        Arguments:
            z: Points, shape (..., 2n).

        Returns:
            Where their orbits meet the section, shape (..., 2n).

        Raises:
            ArgumentError: If a point is not carried onto the section.
        """
        with torch.no_grad():
            path = self._path(z)
        for a in path:
            z = self._flow(a, z)
        if torch.is_grad_enabled():
            for _ in range(_PASSES):
                z = self._flow(self._towards(z), z)
        return z

    def _path(self, z: Tensor) -> list[Tensor]:
        """The elements of the algebra whose flows, one by one, lead onto the section."""
        for strides in _STRIDES:
            path, lost = self._walk(z, strides)
            if not lost:
                return path
        raise ArgumentError(
            "Argument `z` must hold points whose orbits lead onto the section, but "
            f"{lost} of {z.shape[:-1].numel()} are not carried there by flows that are "
            f"exact to round-off, in {strides} strides. Fix coordinates that the orbits "
            "move, at values that they reach."
        )

    def _walk(self, z: Tensor, strides: int) -> tuple[list[Tensor], int]:
        """A path in a number of strides, and how many points it does not carry."""
        path: list[Tensor] = []
        change = z.new_zeros(z.shape[:-1])
        for turn in range(strides + _TURNS):
            left = strides - turn
            if left < 1 and not self._is_off(z).any():
                break
            path.append(self._towards(z) / max(1, left))
            z, latest = self._flow_and_change(path[-1], z)
            change = torch.maximum(change, latest)
        exact = change <= _CHANGE * torch.finfo(z.dtype).eps
        return path, int((self._is_off(z) | ~exact).sum())

    def _is_off(self, z: Tensor) -> Tensor:
        """Which points are not on the section, or not finite."""
        distance = (self._values.like(z) - z[..., self._fixed]).abs().amax(-1)
        size = 1 + z.abs().amax(-1)
        return ~(distance <= _ALLOWED * torch.finfo(z.dtype).eps * size)

    def _velocities(self, z: Tensor) -> Tensor:
        """The fields of the generators, shape (..., s, 2n)."""
        values = self._functions.value(z)
        return (values @ self._fields.like(values)).unflatten(-1, (-1, z.shape[-1]))

    def _towards(self, z: Tensor) -> Tensor:
        """The smallest element of the algebra that leads onto the section, to first order."""
        X = self._velocities(z)[..., self._fixed]
        gap = self._values.like(z) - z[..., self._fixed]
        weights, _ = torch.linalg.solve_ex(X.mT @ X, gap.unsqueeze(-1))
        return (X @ weights).squeeze(-1)

    def _flow(self, a: Tensor, z: Tensor) -> Tensor:
        r"""The point :math:`\exp(\sum_k a_k X_k) z`."""
        return self._extrapolated(a, z)[-1]

    def _flow_and_change(self, a: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
        """The same, and how much the last extrapolation changed, relative to z."""
        *_, before, last = self._extrapolated(a, z)
        change = (last - before).abs().amax(-1)
        return last, change / (1 + last.abs().amax(-1))

    def _extrapolated(self, a: Tensor, z: Tensor) -> list[Tensor]:
        """Results of order two, four and so on, by Neville's scheme."""
        row: list[Tensor] = []
        for j, substeps in enumerate(_SUBSTEPS):
            above, row = row, [self._midpoints(a, z, substeps)]
            for k in range(j):
                ratio = (substeps / _SUBSTEPS[j - k - 1]) ** 2
                row.append(row[k] + (row[k] - above[k]) / (ratio - 1))
        return row

    def _midpoints(self, a: Tensor, z: Tensor, substeps: int) -> Tensor:
        """Gragg's method: explicit midpoint steps with a smoothed end."""
        h = 1 / substeps
        before, now = z, z + h * self._along(a, z)
        for _ in range(substeps - 1):
            before, now = now, before + 2 * h * self._along(a, now)
        return (before + now + h * self._along(a, now)) / 2

    def _along(self, a: Tensor, z: Tensor) -> Tensor:
        return (a.unsqueeze(-2) @ self._velocities(z)).squeeze(-2)
