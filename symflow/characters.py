r"""Characters: the answers about an algebra by which two of them are told apart.

Takes a Lie algebra of phase-space functions, gives its name and the dimensions that an
isomorphism cannot change.

.. math:: \mathfrak{g} \cong \mathfrak{h} \;\Rightarrow\; \dim Z, \, \dim D^k, \,
    \dim C^k, \, \operatorname{sign} K, \, \dim \operatorname{Der}
    \text{ agree}
"""

from __future__ import annotations

from dataclasses import dataclass

from symflow.algebra import LieAlgebra
from symflow.claims import Standing
from symflow.errors import UnsupportedError
from symflow.lie_table import LieTable
from symflow.linear_algebra import Row, add_multiple, nullspace
from symflow.structure_constants import read_table

__all__ = ["Character"]

# Derivations are a kernel in dimension^2 unknowns; beyond this they are not counted.
_LARGEST_DERIVATIONS = 8


@dataclass(frozen=True)
class Character:
    """The answers about an algebra by which two of them are told apart.

    Arguments:
        name: The name of the algebra.
        named: Whether an isomorphism with the algebra of that name is proved.
        dimension: The dimension.
        constant: Whether the constant 1 had to be added.
        center: The dimension of the centre.
        derived_series: The dimensions of the derived series.
        lower_central_series: The dimensions of the lower central series.
        killing_rank: The rank of the Killing form.
        killing_signature: Its signature; None where the signs of parameters are open.
        derivations: The dimension of the algebra of derivations; None in dimensions
            beyond eight, where it is not counted.
    """

    name: str
    named: bool
    dimension: int
    constant: bool
    center: int
    derived_series: tuple[int, ...]
    lower_central_series: tuple[int, ...]
    killing_rank: int
    killing_signature: tuple[int, int, int] | None
    derivations: int | None

    @classmethod
    def of(cls, algebra: LieAlgebra) -> Character:
        """The character of an algebra.

        Arguments:
            algebra: The algebra.

        Returns:
            Its character, for generic values of the parameters that it holds.
        """
        identity = algebra.identify()
        try:
            signature = algebra.killing_signature
        except UnsupportedError:
            signature = None
        table = read_table(algebra.names, algebra.structure_constants)
        return cls(
            identity.name,
            identity.standing is Standing.PROVED,
            algebra.dimension,
            any(element.name == "1" for element in algebra.added),
            algebra.center.dimension,
            tuple(space.dimension for space in algebra.derived_series),
            tuple(space.dimension for space in algebra.lower_central_series),
            table.span(table.killing).rank,
            signature,
            _derivations(table),
        )

    @property
    def family(self) -> str:
        """The first of its names, without the value of a continuous index."""
        return self.name.partition(", a")[0].partition(" = ")[0]

    def changes_from(self, generic: Character) -> tuple[str, ...]:
        """What is known to differ from another character.

        Arguments:
            generic: The other one.

        Returns:
            One phrase for each answer that differs.

        Example:
            >>> from symflow.algebra import closure
            >>> from symflow.phase_space import PhaseSpace
            >>> line = PhaseSpace("x")
            >>> one = Character.of(closure(line, {"P": "p_x"}))
            >>> two = Character.of(closure(line, {"P": "p_x", "Q": "x"}))
            >>> two.changes_from(one)[:2]
            ('type R -> Heisenberg h(1)', 'dimension 1 -> 3')
        """
        pairs: list[tuple[str, object, object]] = []
        if self.named and generic.named:
            pairs.append(("type", generic.family, self.family))
        for field, word in _WORDS.items():
            pairs.append((word, getattr(generic, field), getattr(self, field)))
        return tuple(
            f"{word} {_text(before)} -> {_text(after)}"
            for word, before, after in pairs
            if None not in (before, after) and before != after
        )


_WORDS = {
    "dimension": "dimension",
    "constant": "needs the constant",
    "center": "centre",
    "derived_series": "derived series",
    "lower_central_series": "lower central series",
    "killing_rank": "Killing rank",
    "killing_signature": "Killing signature",
    "derivations": "derivations",
}


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _derivations(table: LieTable) -> int | None:
    r"""The dimension of :math:`\{D : D[x, y] = [Dx, y] + [x, Dy]\}`."""
    d = table.dimension
    if d > _LARGEST_DERIVATIONS:
        return None
    one = table.domain.one
    basis = table.whole.rows
    equations: list[Row] = []
    for i in range(d):
        for j in range(i):
            # Unknown D[k, l] is the coefficient of e_l in D e_k, in column k d + l.
            rows: list[Row] = [{} for _ in range(d)]
            for k, value in table.bracket(basis[i], basis[j]).items():
                for m in range(d):
                    add_multiple(rows[m], one, {k * d + m: value})
            for k in range(d):
                for m, value in table.bracket(basis[k], basis[j]).items():
                    add_multiple(rows[m], -one, {i * d + k: value})
                for m, value in table.bracket(basis[i], basis[k]).items():
                    add_multiple(rows[m], -one, {j * d + k: value})
            equations += rows
    return len(nullspace(equations, d * d, table.domain))
