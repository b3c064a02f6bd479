"""The catalogue that the tests share: spaces, tables and sums over particles."""

import symflow as sf


def space(n, parameters=""):
    """A phase space with coordinates q1 to qn."""
    names = [f"q{i + 1}" for i in range(n)]
    momenta = [f"p{i + 1}" for i in range(n)]
    return sf.PhaseSpace(names, momenta, parameters)


def closed(n, function, *arguments, **options):
    """The algebra of a catalogue function, to which nothing had to be added."""
    where = space(n)
    algebra = sf.LieAlgebra(where, function(where, *arguments, **options))
    assert not algebra.added
    return algebra


def commute(where, generators, invariant):
    """Whether an expression commutes with every generator."""
    return all(
        sf.poisson_bracket(g, invariant, where) == 0 for g in generators.values()
    )


def squares(symbols, signs=None):
    """The sum of squares, with signs."""
    signs = signs or (1,) * len(symbols)
    return sum(sign * x**2 for sign, x in zip(signs, symbols, strict=True))


def product(left, right):
    """The dot product."""
    return sum(a * b for a, b in zip(left, right, strict=True))
