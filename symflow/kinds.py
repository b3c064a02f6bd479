r"""Kinds: vectors of linear forms that an algebra moves by the same matrices.

Takes matrices and the vectors that move by them, gives what the search for invariants of a
linear action works on.

.. math:: \{y^{(a)}, g_k\} = \alpha_k \, y^{(a)}, \qquad a = 1, \dots, m
"""

from __future__ import annotations

from dataclasses import dataclass

from symflow.linear_forms import Form
from symflow.sparse_matrices import Matrix

__all__ = ["Cluster", "Kind"]


@dataclass(frozen=True)
class Kind:
    r"""Vectors that move by the same matrices.

    .. math:: \{y^{(a)}, g_k\} = \alpha_k \, y^{(a)}

    Arguments:
        size: The number of components n of each vector.
        matrices: The matrices :math:`\alpha_k`, one for each field.
        vectors: The vectors, each n linear forms.
    """

    size: int
    matrices: tuple[Matrix, ...]
    vectors: tuple[tuple[Form, ...], ...]

    @property
    def copies(self) -> int:
        """The number of vectors m."""
        return len(self.vectors)

    @property
    def forms(self) -> tuple[Form, ...]:
        """The components of all vectors, one vector after the other."""
        return tuple(form for vector in self.vectors for form in vector)


@dataclass(frozen=True)
class Cluster:
    """Kinds on which one factor of the algebra acts, and no other factor does.

    Arguments:
        kinds: The kinds.
        dimension: The dimension of the factor.
    """

    kinds: tuple[Kind, ...]
    dimension: int
