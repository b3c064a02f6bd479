r"""symflow: equivariant Hamiltonian flows from Lie algebra generators written in SymPy.

Write generators, and receive a trained density whose invariance is a theorem.

.. math:: \{g_k, H\} = \{g_k, \pi\} = 0 \;\Rightarrow\; \{g_k, \log p\} = 0

The way of one datum: `PhaseSpace` -> `poisson_bracket` -> `LieAlgebra`, `closure` ->
`invariants` -> `split` into pieces -> `compile` to tensors -> `HamiltonianFlow` -> `fit` ->
`certify`. The symbolic half needs no torch: it is imported when something numeric is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from symflow.algebra import LieAlgebra, closure
from symflow.bracket import hamiltonian_vector_field, poisson_bracket
from symflow.certificate import Certificate
from symflow.claims import Claim, Standing
from symflow.generators import (
    dilation,
    direct_sum,
    euclidean,
    general_linear,
    orthogonal,
    rotations,
    special_linear,
    translations,
)
from symflow.invariants import Invariants, invariants
from symflow.lifts import matrix_on_phase_space, matrix_on_positions, vector_field
from symflow.oscillators import heisenberg, special_unitary, symplectic, unitary
from symflow.phase_space import PhaseSpace
from symflow.representation import LinearAction
from symflow.spacetime import bargmann, conformal, galilei, poincare, schrodinger
from symflow.splitting import LinearFlow, Shear, split

if TYPE_CHECKING:
    from symflow.compilation import CompiledFunctions, compile
    from symflow.densities import AbstractDensity, InvariantGaussianMixture
    from symflow.diagnostics import (
        certify,
        equivariance_error,
        invariance_error,
        inverse_error,
        symplecticity_error,
    )
    from symflow.flow import HamiltonianFlow
    from symflow.history import History
    from symflow.integrators import Blocks, Leapfrog
    from symflow.targets import Rings
    from symflow.training import fit

__version__ = "0.1.0"

# Names that need torch, and the file that each lives in.
_NUMERIC = {
    "AbstractDensity": "densities",
    "Blocks": "integrators",
    "CompiledFunctions": "compilation",
    "HamiltonianFlow": "flow",
    "History": "history",
    "InvariantGaussianMixture": "densities",
    "Leapfrog": "integrators",
    "Rings": "targets",
    "certify": "diagnostics",
    "compile": "compilation",
    "equivariance_error": "diagnostics",
    "fit": "training",
    "invariance_error": "diagnostics",
    "inverse_error": "diagnostics",
    "symplecticity_error": "diagnostics",
}

__all__ = [
    # symbols, without torch
    "Certificate",
    "Claim",
    "Invariants",
    "LieAlgebra",
    "LinearAction",
    "LinearFlow",
    "PhaseSpace",
    "Shear",
    "Standing",
    "closure",
    "hamiltonian_vector_field",
    "invariants",
    "poisson_bracket",
    "split",
    # the catalogue of generators
    "bargmann",
    "conformal",
    "dilation",
    "direct_sum",
    "euclidean",
    "galilei",
    "general_linear",
    "heisenberg",
    "matrix_on_phase_space",
    "matrix_on_positions",
    "orthogonal",
    "poincare",
    "rotations",
    "schrodinger",
    "special_linear",
    "special_unitary",
    "symplectic",
    "translations",
    "unitary",
    "vector_field",
    # numbers, with torch
    "AbstractDensity",
    "Blocks",
    "CompiledFunctions",
    "HamiltonianFlow",
    "History",
    "InvariantGaussianMixture",
    "Leapfrog",
    "Rings",
    "certify",
    "compile",
    "equivariance_error",
    "fit",
    "invariance_error",
    "inverse_error",
    "symplecticity_error",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name in _NUMERIC:
        return getattr(import_module(f"symflow.{_NUMERIC[name]}"), name)
    raise AttributeError(f"module 'symflow' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_NUMERIC])
