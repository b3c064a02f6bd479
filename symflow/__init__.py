"""symflow: equivariant Hamiltonian flows from Lie algebra generators."""
