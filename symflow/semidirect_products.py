r"""Semidirect products: textbook names of algebras that are neither semisimple nor solvable.

Takes an indecomposable Lie algebra with its Levi factor s and radical r, gives the name of
the affine, Euclidean, Poincare, Galilei, Bargmann, Carroll, Newton-Hooke or Schroedinger
algebra that it is proved to be.

.. math:: \mathfrak{g} = \mathfrak{s} \ltimes \mathfrak{r}, \qquad
          \mathfrak{r} = \mathfrak{r}^{\mathfrak{s}} \oplus W, \quad
          W = [\mathfrak{s}, \mathfrak{r}]

Every name rests on a count: a faithful module W with one invariant form of signature
(p, q) on which dim s = dim so(p, q) makes s the whole of so(p, q), and so on. No root is
ever guessed from a picture of the brackets, so no choice of basis can mislead it.
"""

from __future__ import annotations

from functools import cached_property
from itertools import combinations, product

from sympy.polys.matrices import DomainMatrix

from symflow.ideals import direct_summands, intersection
from symflow.lie_table import Element, LieTable, combination
from symflow.linear_algebra import Echelon, Row, add_multiple, echelon, nullspace
from symflow.symmetric_forms import sign, signature

__all__ = ["semidirect_name"]


def semidirect_name(table: LieTable, levi: Echelon, radical: Echelon) -> str | None:
    """The textbook name of a semidirect product.

    Arguments:
        table: An indecomposable algebra, neither semisimple nor solvable.
        levi: A Levi factor.
        radical: The radical.

    Returns:
        The name, or None where none is proved.

    Raises:
        UnsupportedError: If the name depends on an open sign of a parameter.

    Reference:
        Bacry and Levy-Leblond, J. Math. Phys. 9, 1605 (1968); Niederer, Helv. Phys.
        Acta 45, 802 (1972).
    """
    module = _Module(table, levi, table.product(levi, radical))
    fixed = _fixed(table, levi, radical)
    brackets = table.product(module.space, module.space)
    if not brackets.rank:
        if not fixed.rank:
            return _affine(module)
        if fixed.rank == 1:
            return _with_one(module, fixed.rows[0])
        return None
    if brackets.rank > 1 or any(fixed.reduce(row) for row in brackets.rows):
        return None
    if any(table.bracket(brackets.rows[0], row) for row in table.whole.rows):
        return None
    if fixed.rank == 1:
        return _with_heisenberg(module)
    if fixed.rank == 2:
        outside = next(row for row in map(brackets.reduce, fixed.rows) if row)
        return _with_mass(module, outside)
    return None


class _Module:
    """The module W of the Levi factor, in the echelon basis of W."""

    def __init__(self, table: LieTable, levi: Echelon, space: Echelon) -> None:
        self.table = table
        self.levi = levi
        self.space = space
        self.dimension = space.rank
        self._place = {pivot: a for a, pivot in enumerate(space.pivots)}
        self._actions = [self._rows(x) for x in levi.rows]

    def _rows(self, x: Row) -> list[Row]:
        images = (self.table.bracket(x, row) for row in self.space.rows)
        return [
            {self._place[k]: v for k, v in image.items() if k in self._place}
            for image in images
        ]

    def _kernel(self, equations: dict[tuple[int, int, int], Row]) -> list[Row]:
        n, domain = self.dimension, self.table.domain
        return nullspace(equations.values(), n * n, domain)

    @cached_property
    def forms(self) -> tuple[Echelon, Echelon]:
        """The invariant bilinear forms, symmetric and antisymmetric, as flat rows."""
        n, domain = self.dimension, self.table.domain
        equations: dict[tuple[int, int, int], Row] = {}
        for number, rows in enumerate(self._actions):
            for i, j in product(range(n), repeat=2):
                equation = equations.setdefault((number, i, j), {})
                flat = {k * n + j: value for k, value in rows[i].items()}
                add_multiple(equation, domain.one, flat)
                flat = {i * n + k: value for k, value in rows[j].items()}
                add_multiple(equation, domain.one, flat)
        even: list[Row] = []
        odd: list[Row] = []
        for form in self._kernel(equations):
            turned = {k % n * n + k // n: value for k, value in form.items()}
            for parts, factor in ((even, domain.one), (odd, -domain.one)):
                part = dict(form)
                add_multiple(part, factor, turned)
                parts.append(part)
        return echelon(even, n * n, domain), echelon(odd, n * n, domain)

    @cached_property
    def commutant(self) -> list[DomainMatrix]:
        """A basis of the linear maps of W that commute with the Levi factor."""
        n, domain = self.dimension, self.table.domain
        equations: dict[tuple[int, int, int], Row] = {}
        for number, rows in enumerate(self._actions):
            for i, k in product(range(n), repeat=2):
                for j, value in rows[k].items():
                    cell = equations.setdefault((number, i, j), {})
                    add_multiple(cell, domain.one, {i * n + k: value})
            for i, row in enumerate(rows):
                for k, value in row.items():
                    for j in range(n):
                        cell = equations.setdefault((number, i, j), {})
                        add_multiple(cell, -value, {k * n + j: domain.one})
        return [self._square(vector) for vector in self._kernel(equations)]

    def _square(self, flat: Row) -> DomainMatrix:
        n = self.dimension
        rows: list[Row] = [{} for _ in range(n)]
        for index, value in flat.items():
            rows[index // n][index % n] = value
        return self.table.matrix(rows, n).to_dense()

    @property
    def is_pair_of_vectors(self) -> bool:
        """Whether so(n) is compact and W is two copies of its vector module.

        Then the commutant is the real 2 by 2 matrices: of dimension four, not
        commutative, with three symmetric invariant forms and one antisymmetric one
        (the quaternions have one and three). The module is faithful and carries a
        definite form, so a Levi factor of dimension n(n-1)/2 is all of so(n).
        """
        n = self.dimension // 2
        if self.dimension != 2 * n or self.levi.rank != n * (n - 1) // 2:
            return False
        if tuple(forms.rank for forms in self.forms) != (3, 1):
            return False
        if not self._has_quaternion_commutant():
            return False
        levi = self.table.restrict(self.levi)
        negative = signature(levi.killing, levi.dimension, levi.domain)[1]
        return negative == levi.dimension

    def _has_quaternion_commutant(self) -> bool:
        """Whether the commutant is seen to be the real 2 by 2 matrices or quaternions.

        It has dimension four and is not commutative. The form that is alone in being
        symmetric, or not, turns the three others into maps that commute with the action.
        """
        even, odd = self.forms
        if sorted((even.rank, odd.rank)) != [1, 3]:
            return False
        alone, others = (even, odd) if even.rank == 1 else (odd, even)
        form = self._square(alone.rows[0])
        if not form.det():
            return False
        maps = [form.inv() * self._square(row) for row in others.rows]
        return any(a * b != b * a for a, b in combinations(maps, 2))

    @property
    def form_signature(self) -> tuple[int, int] | None:
        """The signature (p, q), p >= q, of the only invariant form, if it is symmetric."""
        even, odd = self.forms
        if (even.rank, odd.rank) != (1, 0):
            return None
        n = self.dimension
        rows: list[Row] = [{} for _ in range(n)]
        for index, value in even.rows[0].items():
            rows[index // n][index % n] = value
        positive, negative, zero = signature(rows, n, self.table.domain)
        if zero:
            return None
        return max(positive, negative), min(positive, negative)

    @property
    def is_pair_of_spinors(self) -> bool:
        """Whether W is two copies of the plane on which sl(2,R) acts."""
        levi = self.table.restrict(self.levi)
        positive = signature(levi.killing, levi.dimension, levi.domain)[0]
        return (
            self.dimension == 4 and positive == 2 and self._has_quaternion_commutant()
        )

    def levi_name(self) -> str | None:
        """The classical algebra that the Levi factor is shown to be by acting on W."""
        n, size = self.dimension, self.levi.rank
        if size == n * n - 1:
            return f"sl({n},R)"
        shape = self.form_signature
        if shape and size == n * (n - 1) // 2:
            p, q = shape
            return f"so({p},{q})" if q else f"so({p})"
        even, odd = self.forms
        symplectic = (even.rank, odd.rank) == (0, 1) and size == n * (n + 1) // 2
        return f"sp({n},R)" if symplectic else None

    def scalar(self, x: Row) -> bool:
        """Whether ad x is a multiple of the identity on W."""
        rows = self._rows(x)
        first = rows[0].get(0)
        return bool(first) and all(row == {i: first} for i, row in enumerate(rows))

    def squared(self, x: Row) -> Element | None:
        """The number c with (ad x)^2 = c on W, or None if there is none."""
        rows = self._rows(x)
        square = [combination(row, rows) for row in rows]
        first = square[0].get(0, self.table.domain.zero)
        wanted = [{i: first} if first else {} for i in range(self.dimension)]
        return first if square == wanted else None


def _fixed(table: LieTable, levi: Echelon, radical: Echelon) -> Echelon:
    """What commutes with the Levi factor inside the radical."""
    commuting = table.centralizer(levi.rows)
    return table.span(intersection(commuting, radical, table.domain))


def _affine(module: _Module) -> str | None:
    """Names where the radical is W alone and abelian."""
    n, levi = module.dimension, module.levi_name()
    if levi is not None:
        name = f"{levi} ⋉ R^{n}"
        if levi.startswith("sl("):
            return f"saff({n},R) = {name}"
        if levi.startswith("sp("):
            return name
        arguments = levi[2:]
        if "," not in arguments:
            return f"e({n}) = {name}"
        title = "Poincare iso" if arguments == "(3,1)" else "iso"
        return f"{title}{arguments} = {name}"
    if module.is_pair_of_vectors:
        half = n // 2
        return f"so({half}) ⋉ (R^{half} ⊕ R^{half})"
    return _small_irreducible(module)


def _small_irreducible(module: _Module) -> str | None:
    """Absolutely irreducible modules of A1: there is one in each dimension."""
    if module.levi.rank != 3 or len(module.commutant) != 1:
        return None
    levi = module.table.restrict(module.levi)
    compact = signature(levi.killing, 3, levi.domain)[1] == 3
    name = "so(3)" if compact else "sl(2,R)"
    n = module.dimension
    spin = f"{(n - 1) // 2}" if n % 2 else f"{n - 1}/2"
    return f"{name} ⋉ R^{n} (spin {spin})"


def _with_one(module: _Module, x: Row) -> str | None:
    """Names where the radical is W, abelian, and one invariant element x."""
    n = module.dimension
    if module.scalar(x):
        levi = module.levi_name()
        if levi is None:
            return None
        if levi.startswith("sl("):
            return f"aff({n},R) = gl({n},R) ⋉ R^{n}"
        title = f"sim({n}) = " if levi == f"so({n})" else ""
        return f"{title}({levi} ⊕ R) ⋉ R^{n}"
    if not module.is_pair_of_vectors:
        return None
    half, kind = n // 2, _boost_kind(module, x)
    titles = {0: "Galilei", 1: "expanding Newton-Hooke", -1: "oscillating Newton-Hooke"}
    if kind is None:
        return None
    return f"{titles[kind]} algebra in {half} dimensions, no mass"


def _boost_kind(module: _Module, x: Row) -> int | None:
    """The sign of the square of ad x on W; None if it is not a number."""
    square = module.squared(x)
    return None if square is None else sign(square, module.table.domain)


def _with_heisenberg(module: _Module) -> str | None:
    """Names where the radical is the Heisenberg algebra on W."""
    n = module.dimension
    half = n // 2
    if module.levi.rank == half * (n + 1) and len(module.commutant) == 1:
        also = "Schroedinger algebra in 1 dimension = " if half == 1 else ""
        levi = "sl(2,R)" if half == 1 else f"sp({n},R)"
        return f"{also}{levi} ⋉ h({half})"
    if module.is_pair_of_vectors:
        return f"Carroll algebra in {half} dimensions = so({half}) ⋉ h({half})"
    if _is_schroedinger(module):
        return f"Schroedinger algebra in {half} dimensions"
    return None


def _is_schroedinger(module: _Module) -> bool:
    r"""Whether the Levi factor is sl(2,R) and so(n) on R^2 and R^n.

    One ideal of dimension three and one of dimension n(n-1)/2 commute with each other,
    and W is two copies of the vector module of the second.
    """
    table, n = module.table, module.dimension // 2
    if n < 3 or module.levi.rank != 3 + n * (n - 1) // 2:
        return False
    levi = table.restrict(module.levi)
    spaces = [
        table.span(combination(row, module.levi.rows) for row in summand.space.rows)
        for summand in direct_summands(levi)[0]
    ]
    for small in spaces:
        if small.rank != 3:
            continue
        vectors = [row for space in spaces if space is not small for row in space.rows]
        rest = _Module(table, table.span(vectors), module.space)
        noncompact = table.restrict(small)
        positive = signature(noncompact.killing, 3, table.domain)[0]
        if positive == 2 and rest.is_pair_of_vectors:
            return True
    return False


def _with_mass(module: _Module, x: Row) -> str | None:
    """Names where the radical is the Heisenberg algebra on W and one more element."""
    half, kind = module.dimension // 2, _boost_kind(module, x)
    if kind is None:
        return None
    if module.is_pair_of_vectors:
        titles = {
            0: "Bargmann",
            1: "expanding Newton-Hooke",
            -1: "oscillating Newton-Hooke",
        }
        mass = "" if kind == 0 else ", with mass"
        return f"{titles[kind]} algebra in {half} dimensions{mass}"
    planar = module.levi.rank == 3 and half == 2 and module.is_pair_of_spinors
    return "Schroedinger algebra in 2 dimensions" if planar and kind < 0 else None
