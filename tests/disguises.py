"""The same algebra in another basis, and after a linear canonical change of coordinates."""

from random import Random

from sympy import Matrix, Rational, eye, zeros

import symflow as sf


def in_another_basis(algebra, seed):
    """Random rational combinations of the generators; the constant joins by itself."""
    random = Random(seed)
    named = {k: g for k, g in algebra.generators.items() if k != "1"}
    size = len(named)
    while True:
        change = Matrix(
            size,
            size,
            lambda i, j: Rational(random.randint(-3, 3), random.randint(1, 2)),
        )
        if not size or change.det():
            break
    mixed = change * Matrix(list(named.values()))
    return sf.closure(algebra.space, [g.expand() for g in mixed])


def symplectic_matrix(n, seed):
    """A random element of Sp(2n, Q): shears of q and of p, and a lift."""
    random = Random(seed)

    def symmetric():
        upper = Matrix(n, n, lambda i, j: random.randint(-1, 1))
        return upper + upper.T

    kick, drift, lift = eye(2 * n), eye(2 * n), zeros(2 * n, 2 * n)
    kick[n:, :n], drift[:n, n:] = symmetric(), symmetric()
    while True:
        A = Matrix(n, n, lambda i, j: random.randint(-1, 1))
        if A.det():
            break
    lift[:n, :n], lift[n:, n:] = A, A.inv().T
    return drift * kick * lift


def substitution(space, seed):
    """What stands for each coordinate after a random linear canonical change."""
    S = symplectic_matrix(space.n, seed)
    return dict(zip(space.z, S * Matrix(space.z), strict=True))


def after_canonical_change(algebra, seed):
    """The algebra in other canonical coordinates."""
    moved = substitution(algebra.space, seed)
    generators = [
        g.subs(moved, simultaneous=True).expand()
        for name, g in algebra.generators.items()
        if name != "1"
    ]
    return sf.closure(algebra.space, generators)
