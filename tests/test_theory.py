"""Theory: its equations are numbered, cited by numbers that exist, and true."""

import re
from pathlib import Path

import pytest
from sympy import (
    Matrix,
    cos,
    cosh,
    diff,
    exp,
    expand,
    integrate,
    oo,
    pi,
    simplify,
    sin,
    sinh,
    sqrt,
    symbols,
)

import symflow

PACKAGE = Path(symflow.__file__).parent
THEORY = (PACKAGE.parent / "docs" / "theory.md").read_text(encoding="utf-8")
LABELS = re.findall(r"^\$\$ \((\S+)\)$", THEORY, re.MULTILINE)
CITED = re.compile(r"docs/theory\.md(.{0,40})", re.DOTALL)
h, t, w = symbols("h t w", positive=True)


def test_labels_are_the_numbers_that_sphinx_gives():
    assert [f"theory-{k}" for k in range(1, len(LABELS) + 1)] == LABELS
    assert THEORY.count("\n$$\n") == len(LABELS)  # no equation is without a number
    assert set(re.findall(r"\{eq\}`(\S+?)`", THEORY)) <= set(LABELS)


@pytest.mark.parametrize(
    "module",
    [m for m in sorted(PACKAGE.glob("*.py")) if "docs/theory.md" in m.read_text()],
    ids=lambda module: module.stem,
)
def test_every_citation_names_an_equation_that_exists(module):
    for rest in CITED.findall(module.read_text()):
        place = re.match(r",\s+equations? (\(\d+\).*)", rest, re.DOTALL)
        assert place, f"{module.name}: docs/theory.md{rest}"
        numbers = [int(k) for k in re.findall(r"\((\d+)\)", place[1])]
        assert all(1 <= k <= len(LABELS) for k in numbers)


def test_the_leapfrog_matrix_of_equation_9():
    kick, drift = Matrix([[1, 0], [-h / 2, 1]]), Matrix([[1, h], [0, 1]])
    M = (kick * drift * kick).expand()
    assert (
        Matrix([[1 - h**2 / 2, h], [-h * (1 - h**2 / 4), 1 - h**2 / 2]]).expand() == M
    )
    J = Matrix([[0, 1], [-1, 0]])
    assert (M * J - J * M).expand() == (h**3 / 4 * Matrix([[-1, 0], [0, 1]])).expand()


@pytest.mark.parametrize(
    ("c", "s", "k"),
    [
        (-(w**2), sin(w * t) / w, (1 - cos(w * t)) / w**2),
        (w**2, sinh(w * t) / w, (cosh(w * t) - 1) / w**2),
        (0, t, t**2 / 2),
    ],
)
def test_the_exponential_of_equation_13(c, s, k):
    assert simplify(diff(k, t) - s) == 0
    assert simplify(diff(s, t) - 1 - c * k) == 0
    assert s.subs(t, 0) == k.subs(t, 0) == 0


def test_the_fibre_of_equation_17():
    """A unit Gaussian in q and p has the same integral over a, b and c."""
    a, b, c = symbols("a b c", positive=True)
    fibre = integrate(2 * pi**2, (c, -sqrt(a * b), sqrt(a * b)))
    half = integrate(sqrt(a) * exp(-a / 2), (a, 0, oo))
    assert simplify(fibre / (sqrt(a) * sqrt(b)) * half**2 - (2 * pi) ** 3) == 0


def test_the_relation_of_equation_8():
    x, y, p_x, p_y = symbols("x y p_x p_y")
    position, momentum = Matrix([x, y]), Matrix([p_x, p_y])
    scalar = position.dot(momentum)
    right = position.dot(position) * momentum.dot(momentum) - scalar**2
    assert expand((x * p_y - y * p_x) ** 2 - right) == 0
