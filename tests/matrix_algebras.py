r"""Matrix algebras by their definitions: closed forms to test the structure against."""

from __future__ import annotations

from itertools import combinations, combinations_with_replacement, product
from random import Random

from sympy import QQ, Integer, Poly, symbols
from sympy.polys.matrices import DomainMatrix

from symflow.linear_algebra import nullspace, solve
from symflow.structure import AbstractLieAlgebra


def matrix(size, entries):
    rows = [[QQ(0)] * size for _ in range(size)]
    for (i, j), value in entries.items():
        rows[i][j] += QQ(value)
    return DomainMatrix(rows, (size, size), QQ).to_dense()


def algebra(matrices, names=None):
    """The Lie algebra that independent matrices span; fails if they do not close."""
    flat = stack(matrices)
    gram = flat * flat.transpose()
    pairs = list(combinations(range(len(matrices)), 2))
    names = names or [f"g{i}" for i in range(len(matrices))]
    if not pairs:
        return AbstractLieAlgebra(names, {})
    brackets = stack(
        [matrices[i] * matrices[j] - matrices[j] * matrices[i] for i, j in pairs]
    )
    found = brackets * flat.transpose() * gram.inv()
    assert found * flat == brackets
    rows = found.to_sparse().rep
    constants = {
        (names[i], names[j]): {names[k]: v for k, v in rows.get(n, {}).items()}
        for n, (i, j) in enumerate(pairs)
    }
    return AbstractLieAlgebra(names, constants, check_jacobi=False)


def stack(matrices):
    rows = [[x for row in m.to_list() for x in row] for m in matrices]
    return DomainMatrix(rows, (len(rows), len(rows[0])), QQ).to_dense()


def preserving(size, conditions):
    """A basis of the matrices X with the given linear conditions on flat entries."""
    kernel = nullspace(conditions, size * size, QQ)
    return [
        matrix(size, {divmod(index, size): v for index, v in vector.items()})
        for vector in kernel
    ]


def form_conditions(form):
    """X^T B + B X = 0."""
    n, b = form.shape[0], form.to_list()
    for i, j in product(range(n), repeat=2):
        row = {}
        for k in range(n):
            row[k * n + i] = row.get(k * n + i, QQ(0)) + b[k][j]
            row[k * n + j] = row.get(k * n + j, QQ(0)) + b[i][k]
        yield row


def commuting_conditions(other):
    """X A = A X."""
    n, a = other.shape[0], other.to_list()
    for i, j in product(range(n), repeat=2):
        row = {}
        for k in range(n):
            row[i * n + k] = row.get(i * n + k, QQ(0)) + a[k][j]
            row[k * n + j] = row.get(k * n + j, QQ(0)) - a[i][k]
        yield row


def trace_condition(other):
    """tr(A X) = 0."""
    n, a = other.shape[0], other.to_list()
    return {j * n + i: a[i][j] for i in range(n) for j in range(n)}


def diagonal(*signs):
    return matrix(len(signs), {(i, i): s for i, s in enumerate(signs)})


def block(left, right):
    """The Kronecker product."""
    n, m = left.shape[0], right.shape[0]
    a, b = left.to_list(), right.to_list()
    return matrix(
        n * m,
        {
            (i * m + k, j * m + p): a[i][j] * b[k][p]
            for i in range(n)
            for j in range(n)
            for k in range(m)
            for p in range(m)
        },
    )


IDENTITY_2 = diagonal(1, 1)
TURN = matrix(2, {(0, 1): -1, (1, 0): 1})
# Left multiplications by i and j on the quaternions; right ones commute with them.
QUATERNION_I = block(IDENTITY_2, TURN)
QUATERNION_J = block(TURN, diagonal(1, -1))


def so(p, q=0):
    form = diagonal(*[1] * p, *[-1] * q)
    return algebra(preserving(p + q, form_conditions(form)))


def sl(n):
    return algebra(preserving(n, [trace_condition(diagonal(*[1] * n))]))


def gl(n):
    return algebra(preserving(n, []))


def sp(n):
    """sp(n, R) for even n."""
    form = block(TURN, diagonal(*[1] * (n // 2)))
    return algebra(preserving(n, form_conditions(form)))


def u(p, q=0, special=False):
    n = p + q
    form = block(diagonal(*[1] * p, *[-1] * q), IDENTITY_2)
    unit = block(diagonal(*[1] * n), TURN)
    conditions = [*form_conditions(form), *commuting_conditions(unit)]
    if special:
        conditions.append(trace_condition(unit))
    return algebra(preserving(2 * n, conditions))


def su(p, q=0):
    return u(p, q, special=True)


def sl_complex(n):
    unit = block(diagonal(*[1] * n), TURN)
    conditions = [*commuting_conditions(unit), trace_condition(unit)]
    conditions.append(trace_condition(diagonal(*[1] * (2 * n))))
    return algebra(preserving(2 * n, conditions))


def quaternionic(n, *forms, special=False):
    units = [block(diagonal(*[1] * n), x) for x in (QUATERNION_I, QUATERNION_J)]
    conditions = [c for unit in units for c in commuting_conditions(unit)]
    conditions += [c for form in forms for c in form_conditions(form)]
    if special:
        conditions.append(trace_condition(diagonal(*[1] * (4 * n))))
    return algebra(preserving(4 * n, conditions))


def sp_compact(p, q=0):
    form = block(diagonal(*[1] * p, *[-1] * q), diagonal(1, 1, 1, 1))
    return quaternionic(p + q, form)


def so_star(n):
    """so*(2n): quaternionic matrices that keep a skew-Hermitian form."""
    right = block(TURN, IDENTITY_2)
    assert right * QUATERNION_I == QUATERNION_I * right
    return quaternionic(n, block(diagonal(*[1] * n), _right_unit()))


def _right_unit():
    """Right multiplication by a unit: commutes with both left ones."""
    conditions = [
        c for x in (QUATERNION_I, QUATERNION_J) for c in commuting_conditions(x)
    ]
    for candidate in preserving(4, conditions):
        if candidate * candidate == diagonal(-1, -1, -1, -1):
            return candidate
    raise AssertionError


def su_star(n):
    return quaternionic(n, special=True)


def derivations(size, product_table):
    """Derivations of an algebra: D(ab) = (Da)b + a(Db); tables by pairs of indices."""
    conditions = {}
    for i, j in product(range(size), repeat=2):
        for k, value in product_table.get((i, j), {}).items():
            for m in range(size):
                cell = conditions.setdefault((i, j, m), {})
                cell[m * size + k] = cell.get(m * size + k, QQ(0)) + value
        for m in range(size):
            for first, pair in ((i, (m, j)), (j, (i, m))):
                for k, value in product_table.get(pair, {}).items():
                    cell = conditions.setdefault((i, j, k), {})
                    column = m * size + first
                    cell[column] = cell.get(column, QQ(0)) - value
    return algebra(preserving(size, conditions.values()))


def doubled(table, conjugate, sign):
    """The Cayley-Dickson double: (a,b)(c,d) = (ac + sign d* b, da + b c*)."""
    n = len(conjugate)
    out = {}

    def put(i, j, shift, row, factor):
        cell = out.setdefault((i, j), {})
        for k, value in row.items():
            cell[k + shift] = cell.get(k + shift, QQ(0)) + factor * value

    for a, b in product(range(n), repeat=2):
        put(a, b, 0, table[a, b], QQ(1))
        put(a, n + b, n, table[b, a], QQ(1))
        put(n + a, b, n, table[a, b], QQ(conjugate[b]))
        put(n + a, n + b, 0, table[b, a], QQ(sign * conjugate[b]))
    return out, [*conjugate, *[-1] * n]


def octonions(sign):
    """The octonions (sign -1) or the split octonions (sign +1)."""
    table, conjugate = {(0, 0): {0: QQ(1)}}, [1]
    for step in (-1, -1, sign):
        table, conjugate = doubled(table, conjugate, step)
    return table, conjugate


def g2(sign):
    return derivations(8, octonions(sign)[0])


def albert(sign, *signs):
    """Hermitian 3 by 3 octonionic matrices under XY + YX, for a form diag(signs)."""
    table, conjugate = octonions(sign)
    units = range(8)
    basis = [{(i, i): {0: QQ(1)}} for i in range(3)]
    for (i, j), k in product(combinations(range(3), 2), units):
        below = QQ(signs[i] * signs[j] * conjugate[k])
        basis.append({(i, j): {k: QQ(1)}, (j, i): {k: below}})
    place = {(i, i, 0): i for i in range(3)}
    for n, ((i, j), k) in enumerate(product(combinations(range(3), 2), units)):
        place[i, j, k] = 3 + n

    def multiply(left, right):
        total = {}
        for ((i, j), x), ((m, n), y) in product(left.items(), right.items()):
            if j != m:
                continue
            for (a, u), (b, v) in product(x.items(), y.items()):
                for k, value in table[a, b].items():
                    if (i, n, k) in place:
                        index = place[i, n, k]
                        total[index] = total.get(index, QQ(0)) + u * v * value
        return total

    products = {}
    for (a, x), (b, y) in product(enumerate(basis), repeat=2):
        total = multiply(x, y)
        for index, value in multiply(y, x).items():
            total[index] = total.get(index, QQ(0)) + value
        products[a, b] = {k: value for k, value in total.items() if value}
    return products


def f4(sign, *signs):
    """Derivations of an Albert algebra: every real form of F4 is one of them."""
    return derivations(27, albert(sign, *signs))


def semidirect(linear, size):
    """Matrices acting on R^n: the affine algebra with that linear part."""
    blocks = []
    for m in linear:
        entries = {
            (i, j): v
            for i, row in enumerate(m.to_list())
            for j, v in enumerate(row)
            if v
        }
        blocks.append(matrix(size + 1, entries))
    shifts = [matrix(size + 1, {(i, size): 1}) for i in range(size)]
    return algebra([*blocks, *shifts])


def kinematical(n, *entries):
    """so(n), boosts and translations, and one more matrix with the given entries."""
    rotations = preserving(n, form_conditions(diagonal(*[1] * n)))
    blocks = [
        matrix(n + 2, {divmod(k, n): v for k, v in enumerate(flat(m)) if v})
        for m in rotations
    ]
    blocks += [matrix(n + 2, {(i, n + k): 1}) for i in range(n) for k in (0, 1)]
    return algebra([*blocks, matrix(n + 2, dict(entries))])


def flat(m):
    return [value for row in m.to_list() for value in row]


def phase_space_algebra(n, functions):
    """Functions of q1.. and p1.. under the Poisson bracket, by SymPy."""
    q = symbols(f"q1:{n + 1}")
    p = symbols(f"p1:{n + 1}")
    given = [Poly(f(q, p), *q, *p) for f in functions]

    def bracket(f, g):
        terms = (
            f.diff(a) * g.diff(b) - f.diff(b) * g.diff(a)
            for a, b in zip(q, p, strict=True)
        )
        return sum(terms, Poly(0, *q, *p))

    monomials = sorted({m for f in given for m in f.monoms()})
    vectors = [
        {monomials.index(m): QQ.from_sympy(c) for m, c in f.terms()} for f in given
    ]
    constants, names = {}, [f"f{i}" for i in range(len(given))]
    for i, j in combinations(range(len(given)), 2):
        image = bracket(given[i], given[j])
        if image.is_zero:
            continue
        target = {monomials.index(m): QQ.from_sympy(c) for m, c in image.terms()}
        found = solve(vectors, target)
        constants[names[i], names[j]] = dict(zip(names, found, strict=True))
    return AbstractLieAlgebra(names, constants)


def planes(n):
    return list(combinations(range(n), 2))


def angular(i, j):
    return lambda q, p: q[i] * p[j] - q[j] * p[i]


def square(which):
    return lambda q, p: sum(x * x for x in (q, p)[which]) / 2


def coordinate(which, i):
    return lambda q, p: (q, p)[which][i]


def one(q, p):
    return Integer(1)


def dilation(q, p):
    return sum(a * b for a, b in zip(q, p, strict=True))


def bargmann(n, potential=0):
    """Rotations, q, p, 1 and the energy p^2/2 + potential q^2/2."""
    rotations = [angular(i, j) for i, j in planes(n)]
    shifts = [coordinate(which, i) for which in (0, 1) for i in range(n)]

    def energy(q, p):
        return square(1)(q, p) + potential * square(0)(q, p)

    return phase_space_algebra(n, [*rotations, *shifts, energy, one])


def carroll(n):
    rotations = [angular(i, j) for i, j in planes(n)]
    shifts = [coordinate(which, i) for which in (0, 1) for i in range(n)]
    return phase_space_algebra(n, [*rotations, *shifts, one])


def schroedinger(n):
    rotations = [angular(i, j) for i, j in planes(n)]
    shifts = [coordinate(which, i) for which in (0, 1) for i in range(n)]
    quadratic = [square(0), square(1), dilation]
    return phase_space_algebra(n, [*rotations, *shifts, *quadratic, one])


def jacobi(n):
    """All polynomials of degree at most two."""
    shifts = [coordinate(which, i) for which in (0, 1) for i in range(n)]
    pairs = combinations_with_replacement(shifts, 2)
    products = [lambda q, p, a=a, b=b: a(q, p) * b(q, p) for a, b in pairs]
    return phase_space_algebra(n, [*products, *shifts, one])


def direct_sum(*algebras):
    names, constants = [], {}
    for n, item in enumerate(algebras):
        fresh = {name: f"{name}_{n}" for name in item.names}
        names += fresh.values()
        for (a, b), row in item.structure_constants.items():
            constants[fresh[a], fresh[b]] = {fresh[k]: v for k, v in row.items()}
    return AbstractLieAlgebra(names, constants, check_jacobi=False)


def extended(algebra, degree, number):
    """The algebra over the numbers with a root of t^degree = number, read over those
    without it: elements x, t x, t^2 x and so on."""
    names = [f"{name}_{k}" for name in algebra.names for k in range(degree)]
    constants = {}
    for (a, b), row in algebra.structure_constants.items():
        for i, j in product(range(degree), repeat=2):
            power, k = divmod(i + j, degree)
            constants[f"{a}_{i}", f"{b}_{j}"] = {
                f"{name}_{k}": value * number**power for name, value in row.items()
            }
    return AbstractLieAlgebra(names, constants, check_jacobi=False)


def scrambled(algebra, seed):
    """The algebra after a change of basis by random fractions."""
    source, d = Random(seed), algebra.dimension
    while True:
        rows = [
            [QQ(source.randint(-5, 5), source.randint(1, 3)) for _ in range(d)]
            for _ in range(d)
        ]
        matrix = DomainMatrix(rows, (d, d), QQ)
        if matrix.rank() == d:
            return algebra.basis_change(matrix.to_Matrix())


def in_random_basis(algebra, seed, *, rational=False):
    """The algebra in the basis S = D L U; D is one if the change is unimodular."""
    source, d = Random(seed), algebra.dimension
    lower, upper, scale = ([[QQ(0)] * d for _ in range(d)] for _ in range(3))
    for i in range(d):
        lower[i][i] = upper[i][i] = scale[i][i] = QQ(1)
        if rational:
            scale[i][i] = QQ(source.randint(1, 5), source.randint(1, 5))
        for j in range(i):
            lower[i][j] = QQ(source.randint(-1, 1))
            upper[j][i] = QQ(source.randint(-1, 1))
    first, second, third = (
        DomainMatrix(rows, (d, d), QQ) for rows in (scale, lower, upper)
    )
    return algebra.basis_change((first * second * third).to_Matrix())
