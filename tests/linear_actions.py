"""Matrices of well-known representations, for the modules that work on linear actions."""

from itertools import combinations

from sympy import QQ

from symflow.kinds import Kind
from symflow.linear_algebra import nullspace


def rational(matrices):
    return tuple({k: QQ(x) for k, x in a.items() if x} for a in matrices)


def rotations(n):
    """so(n) on a vector."""
    pairs = combinations(range(n), 2)
    return rational({(i, j): 1, (j, i): -1} for i, j in pairs)


def binary_forms(degree):
    """sl(2) on binary forms of a degree."""
    n = degree
    return rational(
        [
            {(i, i - 1): i for i in range(1, n + 1)},
            {(i, i + 1): n - i for i in range(n)},
            {(i, i): n - 2 * i for i in range(n + 1)},
        ]
    )


def symplectic(n):
    """sp(2n) on a vector: J S with S symmetric."""
    found = []
    for i in range(2 * n):
        for j in range(i, 2 * n):
            a = {}
            for k, m in {(i, j), (j, i)}:
                row, sign = (k - n, 1) if k >= n else (k + n, -1)
                a[row, m] = a.get((row, m), 0) + sign
            found.append(a)
    return rational(found)


def traceless(n):
    """sl(n) on a vector."""
    off = [{(i, j): 1} for i in range(n) for j in range(n) if i != j]
    return rational([*off, *({(i, i): 1, (i + 1, i + 1): -1} for i in range(n - 1))])


def dual(matrices):
    """The same algebra on covectors."""
    return tuple({(j, i): -x for (i, j), x in a.items()} for a in matrices)


def unitary(n, special=False):
    """u(n) or su(n) on n complex components, real parts first."""
    found = []
    for i, j in combinations(range(n), 2):
        found.append({(i, j): 1, (j, i): -1, (n + i, n + j): 1, (n + j, n + i): -1})
        found.append({(i, n + j): -1, (j, n + i): -1, (n + i, j): 1, (n + j, i): 1})
    phases = [{(i, n + i): -1, (n + i, i): 1} for i in range(n)]
    if special:
        phases = [
            {**phases[i], **{k: -x for k, x in phases[i + 1].items()}}
            for i in range(n - 1)
        ]
    return rational([*found, *phases])


def exceptional():
    """g2 on seven dimensions: what keeps the product of imaginary octonions."""
    lines = [
        (0, 1, 2),
        (0, 3, 4),
        (0, 6, 5),
        (1, 3, 5),
        (1, 4, 6),
        (2, 3, 6),
        (2, 5, 4),
    ]
    phi = {}
    for a, b, c in lines:
        for i, j, k in ((a, b, c), (b, c, a), (c, a, b)):
            phi[i, j, k], phi[j, i, k] = 1, -1
    rows = []
    for i in range(7):
        for j in range(7):
            for k in range(7):
                row = {}
                for m in range(7):
                    kept = ((m, j, k), (i, m)), ((i, m, k), (j, m)), ((i, j, m), (k, m))
                    for triple, (a, b) in kept:
                        place = 7 * a + b
                        row[place] = row.get(place, 0) + phi.get(triple, 0)
                rows.append({place: QQ(x) for place, x in row.items() if x})
    found = nullspace(rows, 49)
    return tuple({(k // 7, k % 7): x for k, x in v.items()} for v in found)


def kind(matrices, size, copies=1, start=0):
    """Vectors that move by the matrices, their components the variables in order."""
    vectors = tuple(
        tuple({start + a * size + i: QQ(1)} for i in range(size)) for a in range(copies)
    )
    return Kind(size, tuple(matrices), vectors)


def derivative(field, f):
    """The derivative of a polynomial in exponents along a linear field."""
    total = {}
    for monomial, x in f.items():
        for (i, j), a in field.items():
            if monomial[i]:
                moved = list(monomial)
                moved[i] -= 1
                moved[j] += 1
                key = tuple(moved)
                total[key] = total.get(key, 0) + x * a * monomial[i]
    return {m: x for m, x in total.items() if x}


def spread(kinds, k):
    """The matrix of field k on the components of all vectors."""
    whole, start = {}, 0
    for each in kinds:
        for _ in range(each.copies):
            for (i, j), x in each.matrices[k].items():
                whole[start + i, start + j] = x
            start += each.size
    return whole
