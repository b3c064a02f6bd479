r"""Bad numbers: in which part of a model, and from which samples, one that is not finite is.

Takes a model and a call that ends in nan or infinity, gives the name of the first part
whose answer was not finite, the first parameter whose gradient is not, and the fewest
samples that do it by themselves.

.. math:: \min \{k : f_k \circ \dots \circ f_1(x) \notin \mathbb{R}^d\}
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["bad_parameter", "first_bad_part", "narrowed"]

# By these methods the parts of a flow are run; a piece acts by the second and third.
_METHODS = ("forward", "advance", "rewind", "log_prob")


def first_bad_part(model: nn.Module, call: Callable[[], object]) -> str:
    """The part of a model that is the first to give a number that is not finite.

    Arguments:
        model: The model.
        call: A call that runs it.

    Returns:
        The name of the part and its class, such as ``"pieces.3 (ShearPiece)"``; nothing
        if every part gives finite numbers.

    Example:
        >>> parts = nn.Sequential(nn.Identity(), nn.LogSigmoid(), nn.Identity())
        >>> first_bad_part(parts, lambda: parts(torch.tensor([-torch.inf])))
        '0 (Identity)'
        >>> first_bad_part(parts, lambda: parts(torch.tensor([1.0])))
        ''
    """
    found: list[str] = []
    with torch.no_grad(), _watched(model, found):
        call()
    return found[0] if found else ""


def bad_parameter(model: nn.Module) -> str:
    """The first parameter of a model whose gradient is not finite.

    Arguments:
        model: The model, after a backward pass.

    Returns:
        Its name; nothing if all gradients are finite.

    Example:
        >>> line = nn.Linear(1, 1)
        >>> (line(torch.ones(1)) * torch.inf).sum().backward()
        >>> bad_parameter(line)
        'weight'
    """
    for name, parameter in model.named_parameters():
        if parameter.grad is not None and not _finite(parameter.grad):
            return name
    return ""


def narrowed(
    places: Sequence[int], breaks: Callable[[Sequence[int]], bool]
) -> list[int]:
    """The fewest of some samples that break a call by themselves, by halving.

    Arguments:
        places: The samples, which break it together.
        breaks: Whether some of them do.

    Returns:
        The samples that are left when neither half, or both halves, break it.

    Example:
        >>> narrowed(range(8), lambda part: 5 in part)
        [5]
    """
    left = list(places)
    while len(left) > 1:
        half = len(left) // 2
        worse = [part for part in (left[:half], left[half:]) if breaks(part)]
        if len(worse) != 1:
            break
        left = worse[0]
    return left


@contextmanager
def _watched(model: nn.Module, found: list[str]) -> Iterator[None]:
    """Have every part look at its answers, and note its name where one is bad."""
    watched: list[tuple[nn.Module, str]] = []
    try:
        for name, part in model.named_modules():
            for method in _METHODS if name else ():
                if hasattr(part, method) and method not in vars(part):
                    words = f"{name} ({type(part).__name__})"
                    setattr(part, method, _noting(getattr(part, method), words, found))
                    watched.append((part, method))
        yield
    finally:
        for part, method in watched:
            delattr(part, method)


def _noting(method: Callable[..., Any], name: str, found: list[str]) -> Any:  # noqa: ANN401
    def answer(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        given = method(*arguments, **named)
        if not _finite(given):
            found.append(name)
        return given

    return answer


def _finite(value: object) -> bool:
    if isinstance(value, Tensor):
        return not value.is_floating_point() or bool(torch.isfinite(value).all())
    return not isinstance(value, list | tuple) or all(map(_finite, value))
