r"""Diagnostics: how exactly a trained model keeps what it promises, in numbers.

Takes a map or a density, an algebra and points, gives the largest violation of a law at
those points: equivariance, inverse, symplecticity, conservation.

.. math:: \Phi(e^{\epsilon X_g} z) = e^{\epsilon X_g} \Phi(z), \qquad
    \log p(e^{\epsilon X_g} z) = \log p(z)

What is measured stands beside what is proved and is never reported as proof.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from symflow.algebra import LieAlgebra
from symflow.certificate import Certificate, certificate
from symflow.claims import Claim, Standing
from symflow.errors import ArgumentError
from symflow.flow import HamiltonianFlow
from symflow.representation import LinearAction, acts_on_positions
from symflow.splitting import Piece
from symflow.stages import Whole

__all__ = [
    "certify",
    "equivariance_error",
    "equivariance_errors",
    "finite_actions",
    "invariance_error",
    "inverse_error",
    "measurements",
    "stretch",
    "symplecticity_error",
]

Map = Callable[[Tensor], Tensor]

# Parameters of the finite transformations that errors are measured at.
_ANGLES = (0.7, -1.9, 2.6)

# Units of round-off that one stage may commit: 0.6 is the most seen in correct chains.
_ALLOWED = 4


def finite_actions(
    algebra: LieAlgebra, angles: tuple[float, ...] = _ANGLES
) -> list[tuple[np.ndarray, np.ndarray]]:
    r"""Finite transformations of the group: every generator at every parameter.

    .. math:: z \mapsto M z + c, \qquad
        \begin{pmatrix} M & c \\ 0 & 1 \end{pmatrix}
        = \exp \epsilon \begin{pmatrix} A_k & b_k \\ 0 & 0 \end{pmatrix}, \qquad
        \{z, g_k\} = A_k z + b_k

    Arguments:
        algebra: An algebra whose generators have degree two at most.
        angles: The parameters.

    Returns:
        Pairs of a matrix M of shape (2n, 2n) and a shift c of shape (2n,), in float64.

    Raises:
        UnsupportedError: If the algebra acts nonlinearly, or holds a parameter.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> matrix, _ = finite_actions(so2, (torch.pi,))[0]
        >>> bool(np.allclose(matrix, -np.eye(4)))
        True
    """
    action = LinearAction(algebra)
    size = action.size
    pairs = []
    for name, A in action.matrices.items():
        generator = torch.zeros(size + 1, size + 1, dtype=torch.float64)
        affine = A.row_join(action.shifts[name]).tolist()
        generator[:size] = torch.tensor(np.array(affine, dtype=np.float64))
        for angle in angles:
            finite = torch.linalg.matrix_exp(angle * generator).numpy()
            pairs.append((finite[:size, :size], finite[:size, size]))
    return pairs


def equivariance_error(f: Map, algebra: LieAlgebra, z: Tensor) -> float:
    r"""How far a map is from commuting with the group, at given points.

    .. math:: \max_{z, g, \epsilon}
        \frac{|f(e^{\epsilon X_g} z) - e^{\epsilon X_g} f(z)|}{1 + |f(z)|}

    The transformations are made in float64 and only then rounded to the dtype of z, so
    that a rotation's own round-off does not blame the map.

    Arguments:
        f: A map of phase space, from (..., 2n) to (..., 2n).
        algebra: The algebra whose flows should commute with it.
        z: Phase points, shape (..., 2n).

    Returns:
        The largest error over points, generators and parameters; 0 without generators,
        and not a number if f is that anywhere.

    Raises:
        ArgumentError: If the last dimension of z is not 2n.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> z = torch.randn(8, 4, dtype=torch.float64)
        >>> equivariance_error(lambda z: 2 * z, so2, z) < 1e-14
        True
        >>> equivariance_error(lambda z: z + 1, so2, z) > 0.1
        True

    Reference:
        Rezende et al. 2019, arXiv 1909.13739, Lemma 1; docs/theory.md, equation (10).
    """
    errors = equivariance_errors(f, algebra, z)
    return float(errors.max()) if errors.numel() else 0.0


def equivariance_errors(f: Map, algebra: LieAlgebra, z: Tensor) -> Tensor:
    """The equivariance error of a map at each point, largest over the group's elements.

    Arguments:
        f: A map of phase space, from (..., 2n) to (..., 2n).
        algebra: The algebra whose flows should commute with it.
        z: Phase points, shape (..., 2n).

    Returns:
        The errors as `equivariance_error` defines them, in float64, shape (...).

    Raises:
        ArgumentError: If the last dimension of z is not 2n.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> equivariance_errors(lambda z: z, so2, torch.zeros(3, 4))
        tensor([0., 0., 0.], dtype=torch.float64)
    """
    _check_points(z, algebra)
    worst = torch.zeros(z.shape[:-1], dtype=torch.float64, device=z.device)
    with torch.no_grad():
        image = f(z).double()
        for matrix, shift in finite_actions(algebra):
            moved = f(_transform(z, matrix, shift)).double()
            expected = _transform(image, matrix, shift)
            size = 1 + torch.linalg.vector_norm(expected, dim=-1)
            gap = torch.linalg.vector_norm(moved - expected, dim=-1) / size
            worst = torch.maximum(worst, gap)
    return worst


def invariance_error(log_prob: Map, algebra: LieAlgebra, z: Tensor) -> float:
    r"""How far a log-density is from invariance, at given points.

    .. math:: \max_{z, g, \epsilon}
        \frac{|\log p(e^{\epsilon X_g} z) - \log p(z)|}{1 + |\log p(z)|}

    Arguments:
        log_prob: A log-density on phase space, from (..., 2n) to (...); or on positions,
            from (..., n), if every generator acts on positions.
        algebra: The algebra.
        z: Points, shape (..., 2n) or (..., n).

    Returns:
        The largest error over points, generators and parameters; 0 without generators,
        and not a number if the log-density is that, or infinite, anywhere.

    Raises:
        ArgumentError: If the last dimension of z is not 2n; or n, where the generators
            act on positions.

    Example:
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> z = torch.randn(8, 4, dtype=torch.float64)
        >>> invariance_error(lambda z: -(z**2).sum(-1), so2, z) < 1e-14
        True
    """
    width = z.shape[-1]
    if width != algebra.phase_space.n or not acts_on_positions(algebra):
        _check_points(z, algebra)
    worst = 0.0
    with torch.no_grad():
        here = log_prob(z)
        for matrix, shift in finite_actions(algebra):
            there = log_prob(_transform(z, matrix[:width, :width], shift[:width]))
            gap = (there - here).abs() / (1 + here.abs())
            worst = _larger(worst, float(gap.max()))
    return worst


def inverse_error(model: HamiltonianFlow, z: Tensor) -> float:
    r"""How far the inverse is from undoing the map, relative to the size of a point.

    .. math:: \max_z \frac{|\Phi^{-1}(\Phi(z)) - z|}{1 + |z|}

    Arguments:
        model: The flow.
        z: Phase points, shape (..., 2n).

    Returns:
        The largest error.
    """
    with torch.no_grad():
        back = model.inverse(model.forward(z))
        gap = torch.linalg.vector_norm(back - z, dim=-1)
        return float((gap / (1 + torch.linalg.vector_norm(z, dim=-1))).max())


def symplecticity_error(f: Map, z: Tensor) -> float:
    r"""How far the Jacobian M of a map is from symplectic.

    .. math:: \max_z \frac{\|M^T J M - J\|_\infty}{\max(1, \|M\|_\infty^2)}

    Arguments:
        f: A map of phase space that treats points of a batch one by one.
        z: Phase points, shape (batch, 2n).

    Returns:
        The largest entry of the defect, relative to the square of the largest entry of M.

    Example:
        >>> z = torch.randn(3, 2, dtype=torch.float64)
        >>> symplecticity_error(lambda z: torch.stack([2 * z[:, 0], z[:, 1] / 2], -1), z)
        0.0

    Reference:
        Arnold, Mathematical Methods of Classical Mechanics, section 41.
    """
    n = z.shape[-1] // 2
    J = torch.tensor(np.kron([[0, 1], [-1, 0]], np.eye(n)), dtype=z.dtype)
    J = J.to(z.device)
    M = torch.autograd.functional.jacobian(lambda x: f(x).sum(0), z).permute(1, 0, 2)
    defect = (M.mT @ J @ M - J).abs().amax((-2, -1))
    return float((defect / M.abs().amax((-2, -1)).square().clamp_min(1)).max())


def stretch(model: HamiltonianFlow, z: Tensor) -> float:
    r"""By how much the flow stretches a small error on its way, at most.

    .. math:: s = \max_{z, k} \|M_k(z)\|_2, \qquad
        M_k = D(\Phi_k \circ \dots \circ \Phi_1)

    A symplectic matrix and its inverse have the same norm, so the way back is covered.

    Arguments:
        model: The flow.
        z: Phase points, shape (batch, 2n).

    Returns:
        The largest singular value of the tangent map after any number of stages; one at
        least.

    Example:
        >>> from symflow.invariants import invariants
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> model = HamiltonianFlow(invariants(so2), blocks=1, dtype=torch.float64)
        >>> 1 <= stretch(model, torch.ones(1, 4, dtype=torch.float64)) < 2
        True

    Reference:
        Higham, Accuracy and Stability of Numerical Algorithms, section 3.1;
        docs/theory.md, equation (22).
    """
    width = z.shape[-1]
    tangent = torch.eye(width, dtype=z.dtype, device=z.device).repeat(len(z), 1, 1)
    largest = 1.0
    for stage in model.maps:
        M = torch.autograd.functional.jacobian(lambda x, f=stage: f(x).sum(0), z)
        tangent = M.permute(1, 0, 2) @ tangent
        norms = torch.linalg.matrix_norm(tangent.double(), ord=2)
        largest = _larger(largest, float(norms.max()))
        with torch.no_grad():
            z = stage(z)
    return largest


def measurements(
    model: HamiltonianFlow, z: Tensor, numbers: Mapping[str, float] | None = None
) -> tuple[Claim, ...]:
    r"""What is measured of a model at given points, as claims.

    The laws hold up to round-off, so each figure is held against

    .. math:: 4 \, u \, m \, s

    with the machine epsilon u, the number m of stages and the `stretch` s.

    Arguments:
        model: The flow.
        z: Phase points of the data, shape (N, 2n), in the dtype of the model.
        numbers: Further measured figures by name, such as a held-out bound.

    Returns:
        One claim a figure, each with standing *measured*.

    Raises:
        ArgumentError: If the last dimension of z is not 2n.
    """
    algebra = model.invariants.algebra
    laws = {
        "equivariance error of the map": equivariance_error(model.forward, algebra, z),
        "invariance error of log p(q, p)": invariance_error(
            model.joint_log_prob, algebra, z
        ),
        "error of the inverse": inverse_error(model, z),
    }
    dtype = str(z.dtype).removeprefix("torch.")
    where: dict[str, Any] = {"points": len(z), "dtype": dtype}
    grown = {"stages": len(model.stages), "stretch": stretch(model, z)}
    tolerance = _ALLOWED * torch.finfo(z.dtype).eps * grown["stages"] * grown["stretch"]
    why = f"largest over {len(z)} points in {dtype}"
    claims = []
    for name, value in laws.items():
        # No law keeps log p(q, p) invariant where the base is one of the user's own.
        if model.action is not None or "log p" not in name:
            here = {**where, **grown}
            claims.append(_measured(name, value, tolerance, here, why))
        else:
            claims.append(_measured(name, value, None, where, why))
    own = "measured on points of its own"
    for name, value in (numbers or {}).items():
        claims.append(_measured(name, value, None, where, own))
    return tuple(claims)


def certify(
    model: HamiltonianFlow,
    z: Tensor | None = None,
    numbers: Mapping[str, float] | None = None,
) -> Certificate:
    """Every claim about a model, with its standing.

    Arguments:
        model: The flow.
        z: Phase points to measure at, shape (N, 2n); by default samples of the model.
        numbers: Further measured figures by name, such as a held-out bound.

    Returns:
        The certificate: what is proved about algebra, invariants, pieces and base, what
        holds by construction, and what was measured.

    Raises:
        ArgumentError: If the last dimension of z is not 2n.

    Example:
        >>> from symflow.invariants import invariants
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> model = HamiltonianFlow(invariants(so2), blocks=1)
        >>> {claim.standing.value for claim in certify(model).claims} >= {
        ...     "proved", "by construction", "measured"}
        True
    """
    if z is None:
        z = model.sample_phase_space(256, torch.Generator().manual_seed(0))
    return certificate(
        model.invariants,
        pieces=_exact_pieces(model),
        action=model.action,
        encoder=None if model.encoder is None else model.encoder.equivariant,
        measured=measurements(model, z, numbers),
    )


def _exact_pieces(model: HamiltonianFlow) -> tuple[Piece, ...]:
    """The exact flows that the map is composed of; none if a step of it is not one."""
    used = dict.fromkeys(stage.piece for stage in model.stages)
    exact = tuple(piece for piece in used if not isinstance(piece, Whole))
    return exact if len(exact) == len(used) else ()


def _measured(
    name: str, value: float, tolerance: float | None, where: dict[str, Any], why: str
) -> Claim:
    bound = "" if tolerance is None else f", to stay below {tolerance:g}"
    return Claim(
        "measured",
        f"{name}: {value:.3g}{bound}",
        Standing.MEASURED,
        why,
        {"name": name, "value": value, "tolerance": tolerance, **where},
    )


def _transform(z: Tensor, matrix: np.ndarray, shift: np.ndarray) -> Tensor:
    """The affine map in float64, rounded to the dtype of z at the end."""
    exact = torch.tensor(matrix, device=z.device)
    moved = z.double() @ exact.T + torch.tensor(shift, device=z.device)
    return moved.to(z.dtype)


def _larger(a: float, b: float) -> float:
    """The larger of two numbers; not a number if either is not, unlike Python's max."""
    return float(np.maximum(a, b))


def _check_points(z: Tensor, algebra: LieAlgebra) -> None:
    width = 2 * algebra.phase_space.n
    if z.shape[-1:] != (width,):
        raise ArgumentError(
            f"Argument `z` must have shape (..., {width}), but it has shape "
            f"{tuple(z.shape)}."
        )
