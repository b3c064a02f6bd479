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

from symflow.affine_algebras import AffineAlgebra
from symflow.algebra import LieAlgebra, closure
from symflow.bracket import (
    hamiltonian_vector_field,
    poisson_bracket,
    total_derivative,
)
from symflow.centralizers import (
    Centralizer,
    Integrals,
    centralizer,
    integrals_of_motion,
)
from symflow.certificate import Certificate, claims_certificate
from symflow.claims import Claim, Standing
from symflow.commuting_families import (
    CommutingFamily,
    commuting_families,
    largest_commuting_family,
)
from symflow.darboux_polynomials import (
    DarbouxPolynomials,
    darboux_polynomials,
)
from symflow.explanations import Explanation, explain
from symflow.fibre_volumes import FibreVolume, fibre_volume
from symflow.finite_invariants import (
    FiniteInvariants,
    finite_invariants,
    joint_invariants,
)
from symflow.finite_symmetries import FiniteGroup
from symflow.formal_expressions import PoissonBracket
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
from symflow.graphs import bracket_graph, dynkin_diagram, ideal_lattice
from symflow.haar_quadratures import haar_quadrature
from symflow.integrable_values import (
    IntegrableValues,
    integrable_values,
)
from symflow.invariants import Invariants, invariants
from symflow.lifts import matrix_on_phase_space, matrix_on_positions, vector_field
from symflow.local_invariants import (
    LocalInvariants,
    local_invariants,
)
from symflow.molien_series import MolienSeries
from symflow.noether import noether, what_if
from symflow.orbits import Orbits, orbits
from symflow.oscillators import heisenberg, special_unitary, symplectic, unitary
from symflow.phase_space import PhaseSpace
from symflow.poisson_spaces import PoissonSpace
from symflow.rational_invariants import (
    RationalInvariants,
    rational_invariants,
)
from symflow.representation import LinearAction
from symflow.root_systems import RootSystem
from symflow.spacetime import bargmann, conformal, galilei, poincare, schrodinger
from symflow.special_values import algebra_at, special_values
from symflow.splitting import LinearFlow, Shear, split
from symflow.structured_invariants import StructuredInvariants, structured_invariants
from symflow.symmetric_functions import (
    SymmetricFunctions,
    symmetric_functions,
)
from symflow.symmetrization import SymmetricFamily, broken_symmetries, symmetrize
from symflow.syzygies import relations
from symflow.textbook_forms import (
    TextbookForm,
    textbook_form,
    textbook_forms,
)

if TYPE_CHECKING:
    from symflow.bracket_diagrams import draw_bracket_graph
    from symflow.compilation import CompiledFunctions, compile
    from symflow.constraints import ConstrainedFlow
    from symflow.densities import AbstractDensity, InvariantGaussianMixture
    from symflow.diagnostics import (
        certify,
        equivariance_error,
        invariance_error,
        inverse_error,
        symplecticity_error,
    )
    from symflow.drifts import draw_drifts
    from symflow.dynkin_diagrams import draw_dynkin_diagram
    from symflow.encoders import ThermalEncoder
    from symflow.energy_flows import EnergyFlow
    from symflow.flow import HamiltonianFlow
    from symflow.functions import ModuleFunction
    from symflow.group_averages import AugmentedFlow, GroupAverage
    from symflow.history import History
    from symflow.ideal_diagrams import draw_ideal_lattice
    from symflow.implicit_integrators import Gauss, ImplicitMidpoint, Tao
    from symflow.integrators import (
        BlanesMoan,
        Blocks,
        KahanLi,
        Leapfrog,
        SymplecticEuler,
        Yoshida,
    )
    from symflow.interactions import PairPotential
    from symflow.kinetic_energies import KineticEnergy, Mass
    from symflow.mean_free import MeanFree, RelativeCoordinates
    from symflow.message_passing import MessagePassingEnergy
    from symflow.motions import charge_drift, trajectory
    from symflow.moving_frames import MovingFrame
    from symflow.multipliers import AugmentedLagrangian, DualAscent, Geco
    from symflow.orthonormal_basis import OrthonormalBasis
    from symflow.particle_flows import ParticleFlow
    from symflow.quotient_densities import QuotientDensity
    from symflow.readouts import readout
    from symflow.soft_uniform import RadialSoftUniform, SoftUniform
    from symflow.splines import CubicSpline
    from symflow.symmetry_comparisons import compare_symmetries
    from symflow.targets import Cloud, Rings, Spirals
    from symflow.training import fit
    from symflow.trajectories import (
        LearnedDynamics,
        LearnedMotion,
        read_hamiltonian,
        roll_out,
        runge_kutta_step,
    )


__version__ = "0.1.0"

# Names that need torch or matplotlib, and the file that each lives in.
_LAZY = {
    "AbstractDensity": "densities",
    "AugmentedFlow": "group_averages",
    "AugmentedLagrangian": "multipliers",
    "BlanesMoan": "integrators",
    "Blocks": "integrators",
    "Cloud": "targets",
    "CompiledFunctions": "compilation",
    "ConstrainedFlow": "constraints",
    "CubicSpline": "splines",
    "DualAscent": "multipliers",
    "EnergyFlow": "energy_flows",
    "Gauss": "implicit_integrators",
    "Geco": "multipliers",
    "GroupAverage": "group_averages",
    "HamiltonianFlow": "flow",
    "History": "history",
    "ImplicitMidpoint": "implicit_integrators",
    "InvariantGaussianMixture": "densities",
    "KahanLi": "integrators",
    "KineticEnergy": "kinetic_energies",
    "Leapfrog": "integrators",
    "LearnedDynamics": "trajectories",
    "LearnedMotion": "trajectories",
    "Mass": "kinetic_energies",
    "MeanFree": "mean_free",
    "MessagePassingEnergy": "message_passing",
    "ModuleFunction": "functions",
    "MovingFrame": "moving_frames",
    "OrthonormalBasis": "orthonormal_basis",
    "PairPotential": "interactions",
    "ParticleFlow": "particle_flows",
    "QuotientDensity": "quotient_densities",
    "RadialSoftUniform": "soft_uniform",
    "RelativeCoordinates": "mean_free",
    "Rings": "targets",
    "SoftUniform": "soft_uniform",
    "Spirals": "targets",
    "SymplecticEuler": "integrators",
    "Tao": "implicit_integrators",
    "ThermalEncoder": "encoders",
    "Yoshida": "integrators",
    "certify": "diagnostics",
    "charge_drift": "motions",
    "compare_symmetries": "symmetry_comparisons",
    "compile": "compilation",
    "draw_bracket_graph": "bracket_diagrams",
    "draw_drifts": "drifts",
    "draw_dynkin_diagram": "dynkin_diagrams",
    "draw_ideal_lattice": "ideal_diagrams",
    "equivariance_error": "diagnostics",
    "fit": "training",
    "invariance_error": "diagnostics",
    "inverse_error": "diagnostics",
    "read_hamiltonian": "trajectories",
    "readout": "readouts",
    "roll_out": "trajectories",
    "runge_kutta_step": "trajectories",
    "symplecticity_error": "diagnostics",
    "trajectory": "motions",
}

__all__ = [
    # symbols, without torch
    "AffineAlgebra",
    "Centralizer",
    "Certificate",
    "Claim",
    "CommutingFamily",
    "DarbouxPolynomials",
    "Explanation",
    "FibreVolume",
    "FiniteGroup",
    "FiniteInvariants",
    "IntegrableValues",
    "Integrals",
    "Invariants",
    "LieAlgebra",
    "LinearAction",
    "LinearFlow",
    "LocalInvariants",
    "MolienSeries",
    "Orbits",
    "PhaseSpace",
    "PoissonBracket",
    "PoissonSpace",
    "RationalInvariants",
    "RootSystem",
    "Shear",
    "Standing",
    "StructuredInvariants",
    "SymmetricFamily",
    "SymmetricFunctions",
    "TextbookForm",
    "algebra_at",
    "bracket_graph",
    "broken_symmetries",
    "centralizer",
    "claims_certificate",
    "closure",
    "commuting_families",
    "darboux_polynomials",
    "draw_bracket_graph",
    "draw_drifts",
    "draw_dynkin_diagram",
    "draw_ideal_lattice",
    "dynkin_diagram",
    "explain",
    "fibre_volume",
    "finite_invariants",
    "haar_quadrature",
    "hamiltonian_vector_field",
    "ideal_lattice",
    "integrable_values",
    "integrals_of_motion",
    "invariants",
    "joint_invariants",
    "largest_commuting_family",
    "local_invariants",
    "noether",
    "orbits",
    "poisson_bracket",
    "rational_invariants",
    "relations",
    "special_values",
    "split",
    "structured_invariants",
    "symmetric_functions",
    "symmetrize",
    "textbook_form",
    "textbook_forms",
    "total_derivative",
    "what_if",
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
    "AugmentedFlow",
    "AugmentedLagrangian",
    "BlanesMoan",
    "Blocks",
    "Cloud",
    "CompiledFunctions",
    "ConstrainedFlow",
    "CubicSpline",
    "DualAscent",
    "EnergyFlow",
    "Gauss",
    "Geco",
    "GroupAverage",
    "HamiltonianFlow",
    "History",
    "ImplicitMidpoint",
    "InvariantGaussianMixture",
    "KahanLi",
    "KineticEnergy",
    "Leapfrog",
    "LearnedDynamics",
    "LearnedMotion",
    "Mass",
    "MeanFree",
    "MessagePassingEnergy",
    "ModuleFunction",
    "MovingFrame",
    "OrthonormalBasis",
    "PairPotential",
    "ParticleFlow",
    "QuotientDensity",
    "RadialSoftUniform",
    "RelativeCoordinates",
    "Rings",
    "SoftUniform",
    "Spirals",
    "SymplecticEuler",
    "Tao",
    "ThermalEncoder",
    "Yoshida",
    "certify",
    "charge_drift",
    "compare_symmetries",
    "compile",
    "equivariance_error",
    "fit",
    "invariance_error",
    "inverse_error",
    "read_hamiltonian",
    "readout",
    "roll_out",
    "runge_kutta_step",
    "symplecticity_error",
    "trajectory",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name in _LAZY:
        return getattr(import_module(f"symflow.{_LAZY[name]}"), name)
    raise AttributeError(f"module 'symflow' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_LAZY])
