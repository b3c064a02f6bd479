r"""Classification: the name of a Lie algebra, with its standing.

Takes a Lie table and its direct summands, gives a textbook name wherever an isomorphism
with the algebra of that name is proved, and says so where none is.

.. math:: \mathfrak{g} \cong \bigoplus_a \mathfrak{g}_a \oplus \mathbb{R}^k

Reading ``⋉``: the Levi factor stands to the left, the radical on which it acts to the
right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from symflow.cartan_subalgebras import cartan_subalgebra
from symflow.claims import Standing
from symflow.errors import UnsupportedError
from symflow.ideals import (
    Summand,
    direct_summands,
    levi_factor,
    nilradical,
    radical,
)
from symflow.lie_table import LieTable
from symflow.linear_algebra import Echelon
from symflow.notation import identity_latex, inline
from symflow.planar_algebras import planar_name
from symflow.semidirect_products import semidirect_name
from symflow.simple_algebras import SimpleAlgebra, simple_algebras
from symflow.solvable_algebras import solvable_name
from symflow.symmetric_forms import is_real_field

__all__ = ["Identity", "classify"]

# Those of the planar kinematical algebras, without mass and with it.
_PLANAR_DIMENSIONS = 6, 7


@dataclass(frozen=True)
class Identity:
    """What a Lie algebra is called.

    Arguments:
        name: The textbook name, or an honest description where there is none.
        cartan_type: The type of the complexified Levi factor, such as ``"A1 + B2"``;
            empty for solvable algebras.
        real_form: For each simple factor ``"compact"``, ``"split"``, ``"complex"``, or
            the name of the form; empty for solvable algebras.
        standing: Proved, where an isomorphism with the named algebra is proved.
        also: Other names of the same algebra.
        kind: The class it belongs to, such as ``"compact simple"`` or ``"solvable"``.

    Example:
        >>> print(Identity("so(3)", "A1", "compact", kind="compact simple"))
        so(3), compact simple, A1
    """

    name: str
    cartan_type: str
    real_form: str
    standing: Standing = Standing.PROVED
    also: tuple[str, ...] = ()
    kind: str = ""

    def _repr_latex_(self) -> str:
        return inline(identity_latex(self.name))

    def __str__(self) -> str:
        if self.kind.endswith("simple"):
            return f"{self.name}, {self.kind}, {self.cartan_type}"
        return self.name

    @property
    def is_simple(self) -> bool:
        """Whether the algebra is simple as a real Lie algebra."""
        return self.kind.split(" ")[-1] == "simple"


@dataclass(frozen=True)
class _Part:
    name: str
    dimension: int
    known: bool = True
    factors: tuple[SimpleAlgebra, ...] = ()
    simple: bool = False


def classify(
    table: LieTable, summands: Sequence[Summand], abelian: Echelon
) -> Identity:
    """The identity of a Lie algebra.

    Arguments:
        table: The algebra.
        summands: Its indecomposable summands that are not abelian.
        abelian: Its abelian summand.

    Returns:
        The identity.
    """
    if not is_real_field(table.domain):
        return _complex_identity(table)
    parts: list[_Part] = []
    for summand in summands:
        parts.extend(_parts(table.restrict(summand.space), summand))
    parts.sort(key=lambda part: (-part.dimension, part.name))
    factors = [factor for part in parts for factor in part.factors]
    kind = _kind(table, parts, abelian.rank)
    alone = factors[0] if kind.split(" ")[-1] == "simple" and factors else None
    return Identity(
        name=_name(parts, abelian.rank),
        cartan_type=" + ".join(sorted(factor.cartan_type for factor in factors)),
        real_form=" + ".join(map(_form, factors)),
        standing=(
            Standing.PROVED if all(part.known for part in parts) else Standing.NOT_KNOWN
        ),
        also=alone.names[1:] if alone else _also(parts, abelian.rank),
        kind=kind,
    )


def _complex_identity(table: LieTable) -> Identity:
    return Identity(
        f"{table.dimension}-dimensional complex algebra: take real and imaginary parts "
        f"of the generators to have a real form",
        "",
        "",
        Standing.NOT_KNOWN,
        kind="complex",
    )


def _kind(table: LieTable, parts: Sequence[_Part], abelian: int) -> str:
    if not parts:
        return "abelian"
    factors = [factor for part in parts for factor in part.factors]
    if not factors and radical(table).rank == table.dimension:
        nilpotent = not table.series(table.whole, lower=True)[-1].rank
        return "nilpotent" if nilpotent else "solvable"
    if abelian or not _all_simple(parts):
        return "reductive" if _all_simple(parts) else "mixed"
    compact = "compact " if all(factor.is_compact for factor in factors) else ""
    if len(factors) > 1:
        return f"{compact}semisimple"
    split = "split " if factors[0].is_split else ""
    return f"{compact or split}simple"


def _all_simple(parts: Sequence[_Part]) -> bool:
    return all(part.simple for part in parts)


def _form(factor: SimpleAlgebra) -> str:
    if factor.is_compact:
        return "compact"
    if factor.is_split:
        return "split"
    if factor.complex:
        return "complex"
    return factor.names[0] if factor.names else "not known"


def _name(parts: Sequence[_Part], abelian: int) -> str:
    if not parts:
        return _abelian_name(abelian)
    counted = Counter(part.name for part in parts)
    terms = [name for name in counted for _ in range(counted[name])]
    if abelian:
        terms.append("R" if abelian == 1 else f"R^{abelian}")
    if len(terms) == 1 and terms[0] not in _TEXTBOOK_SUMS:
        return terms[0]
    plain = " ⊕ ".join(term.split(" = ")[0] for term in terms)
    also = _also(parts, abelian)
    textbook = _TEXTBOOK_SUMS.get(plain, also[0] if also else "")
    return f"{textbook} = {plain}" if textbook else plain


def _abelian_name(dimension: int) -> str:
    if dimension == 0:
        return "zero algebra"
    if dimension == 1:
        return "one-dimensional abelian"
    return f"abelian R^{dimension}"


def _also(parts: Sequence[_Part], abelian: int) -> tuple[str, ...]:
    """Reductive algebras that bear a name of their own."""
    if abelian != 1 or len(parts) != 1 or not parts[0].simple:
        return ()
    factor = parts[0].factors[0]
    return tuple(
        letter + name[2:]
        for name in factor.names
        for prefix, letter in (("su(", "u"), ("sl(", "gl"))
        if name.startswith(prefix)
    )


_TEXTBOOK_SUMS = {
    "so(3) ⊕ so(3)": "so(4)",
    "sl(2,R) ⊕ sl(2,R)": "so(2,2)",
    "sl(2,R) ⊕ so(3)": "so*(4)",
    "e(2) ⊕ e(2)": "oscillating Newton-Hooke algebra in 2 dimensions, no mass",
}


def _parts(table: LieTable, summand: Summand) -> list[_Part]:
    """The named parts of an indecomposable summand; several if it splits over R."""
    root = radical(table)
    if not root.rank:
        return _simple_parts(table, summand)
    small = nilradical(table, root)
    degree = summand.polynomial.degree()
    if root.rank == table.dimension:
        return [_solvable_part(table, small, degree)]
    return [_mixed_part(table, root, small)]


def _simple_parts(table: LieTable, summand: Summand) -> list[_Part]:
    try:
        factors = simple_algebras(table, summand)
    except UnsupportedError:
        factors = None
    if factors is None:
        text = f"{table.dimension}-dimensional simple, real form not known"
        return [_Part(text, table.dimension, known=False)]
    parts = []
    for factor in factors:
        text = f"simple of type {factor.cartan_type}, real form not known"
        name = factor.names[0] if factor.names else text
        parts.append(
            _Part(name, factor.dimension, bool(factor.names), (factor,), simple=True)
        )
    return parts


def _solvable_part(table: LieTable, small: Echelon, degree: int) -> _Part:
    try:
        name = solvable_name(table, small, degree)
        if name is None and table.dimension in _PLANAR_DIMENSIONS:
            name = planar_name(table, cartan_subalgebra(table))
    except UnsupportedError:
        name = None
    if name is not None:
        return _Part(name, table.dimension)
    kind = "nilpotent" if small.rank == table.dimension else "solvable"
    text = f"{table.dimension}-dimensional {kind}, not named"
    return _Part(text, table.dimension, known=False)


def _mixed_part(table: LieTable, root: Echelon, small: Echelon) -> _Part:
    levi = levi_factor(table, root)
    inner = table.restrict(levi)
    parts = [
        part
        for summand in direct_summands(inner)[0]
        for part in _simple_parts(inner.restrict(summand.space), summand)
    ]
    factors = tuple(factor for part in parts for factor in part.factors)
    try:
        name = semidirect_name(table, levi, root)
    except UnsupportedError:
        name = None
    if name is not None:
        return _Part(name, table.dimension, True, factors)
    levi_name = _name(parts, 0).split(" = ")[0]
    kind = "nilpotent" if small.rank == root.rank else "solvable"
    text = (
        f"{table.dimension}-dimensional, {levi_name} ⋉ ({root.rank}-dimensional {kind})"
    )
    return _Part(f"{text}, not named", table.dimension, False, factors)
