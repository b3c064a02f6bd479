r"""Compilation: SymPy expressions as tensors, beside SymPy's own way to have them.

Takes random polynomials of twenty terms in twelve variables, gives ratios of CPU times for
building the code, for values, and for values with a covector. Both ways must give the same
numbers, or the program stops.

.. math:: z \mapsto I(z), \qquad (z, c) \mapsto I'(z)^T c

Run it with ``python -m benchmarks.compilation``; ``--threads 2`` and ``--float64`` are
other conditions.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence

import torch
from sympy import Add, Expr, Integer, Mul, Symbol, lambdify, symbols
from torch import Tensor

from benchmarks.measurement import Figure, cpu_times, run
from symflow.compilation import CompiledFunctions
from symflow.compilation import compile as compile_functions

ROUNDS = 9
BATCH = 1024
VARIABLES = symbols("x:12", real=True)


def polynomials(count: int) -> list[Expr]:
    """Polynomials of twenty terms of degrees one to three."""
    draw = random.Random(0)  # noqa: S311, nothing is secret

    def term() -> Expr:
        powers = [draw.choice(VARIABLES) for _ in range(draw.randint(1, 3))]
        return Mul(Integer(draw.randint(1, 9)), *powers)

    return [Add(*(term() for _ in range(20))) for _ in range(count)]


def seconds(build: Callable[[], object]) -> tuple[float, object]:
    """The CPU time of a call, and what it gave."""
    start = time.process_time()
    found = build()
    return time.process_time() - start, found


class Lambdified:
    """What SymPy offers: generated code for each expression, and a stack."""

    def __init__(self, expressions: Sequence[Expr], symbols: Sequence[Symbol]) -> None:
        self.read = lambdify(symbols, expressions, modules="torch", cse=True)

    def value(self, z: Tensor) -> Tensor:
        """The values."""
        return torch.stack(self.read(*z.unbind(-1)), -1)

    def covector(self, z: Tensor, c: Tensor) -> Tensor:
        """The covector of given weights, by autograd."""
        z = z.clone().requires_grad_()
        return torch.autograd.grad(self.value(z), z, c)[0]


@torch.no_grad()
def covector(functions: CompiledFunctions, z: Tensor, c: Tensor) -> Tensor:
    """The covector of given weights, in closed form."""
    return functions.value_and_pullback(z)[1](c)


def agree(own: Tensor, other: Tensor, what: str) -> None:
    """Stop unless two ways give the same numbers up to round-off."""
    error = float((own - other).abs().max() / other.abs().max())
    if not error < 100 * torch.finfo(other.dtype).eps:
        raise SystemExit(f"The {what} are not the same: {error:.1g}.")


def compare(count: int, dtype: torch.dtype) -> dict[str, float]:
    """How many times faster building, values and covectors are than SymPy's way."""
    expressions = polynomials(count)
    built, own = seconds(lambda: compile_functions(expressions, VARIABLES))
    read, other = seconds(lambda: Lambdified(expressions, VARIABLES))
    generator = torch.Generator().manual_seed(1)
    z = torch.randn(BATCH, len(VARIABLES), dtype=dtype, generator=generator)
    c = torch.randn(BATCH, count, dtype=dtype, generator=generator)
    with torch.no_grad():
        agree(own.value(z), other.value(z), "values")
        values = cpu_times(
            {"other": lambda: other.value(z), "own": lambda: own.value(z)}, ROUNDS
        )
    agree(covector(own, z, c), other.covector(z, c), "covectors")
    covectors = cpu_times(
        {"other": lambda: other.covector(z, c), "own": lambda: covector(own, z, c)},
        ROUNDS,
    )
    return {
        "building": read / built,
        "value": values["other"] / values["own"],
        "covector": covectors["other"] / covectors["own"],
    }


def hundred(dtype: torch.dtype) -> Iterator[Figure]:
    """A hundred polynomials, evaluated and pulled back."""
    found = compare(100, dtype)
    what = "values against lambdify(cse) and stack, 100 polynomials"
    yield Figure(what, 9, 20, found["value"])
    what = "value and covector against autograd through it, 100 polynomials"
    yield Figure(what, 7, 15, found["covector"])


def thousand(dtype: torch.dtype) -> Iterator[Figure]:
    """A thousand, built and evaluated."""
    found = compare(1000, dtype)
    what = "values against lambdify(cse) and stack, 1000 polynomials"
    yield Figure(what, 11, 30, found["value"])
    what = "building the code against lambdify(cse), 1000 polynomials"
    yield Figure(what, 12, 30, found["building"])


def figures(_: int, dtype: torch.dtype) -> list[Figure]:
    """All figures, the same under every number of threads."""
    return [*hundred(dtype), *thousand(dtype)]


if __name__ == "__main__":
    run("Compiled functions beside lambdify.", figures)
