"""Bad numbers: the part, the parameter and the samples are those that were made bad."""

import pytest
import torch
from torch import nn

from symflow.bad_numbers import bad_parameter, first_bad_part, narrowed
from tests.toy_flows import SO2, flow


@pytest.mark.parametrize("place", range(4))
def test_the_piece_whose_weights_were_spoilt_is_named(place):
    model = flow(SO2)
    kind = type(model.pieces[place]).__name__
    z = torch.randn(5, 4, generator=torch.Generator().manual_seed(0)).double()
    assert first_bad_part(model, lambda: model(z)) == ""
    with torch.no_grad():
        for weights in model.pieces[place].parameters():
            weights.fill_(torch.inf)
    named = first_bad_part(model, lambda: model(z))
    assert named.startswith(f"pieces.{place}")
    assert kind in named or "hamiltonian" in named


def test_the_first_of_two_bad_pieces_is_named_and_backwards_the_last():
    model = flow(SO2)
    z = torch.randn(5, 4, generator=torch.Generator().manual_seed(0)).double()
    with torch.no_grad():
        for place in (1, 3):
            for weights in model.pieces[place].parameters():
                weights.fill_(torch.nan)
    assert first_bad_part(model, lambda: model(z)).startswith("pieces.1")
    assert first_bad_part(model, lambda: model.inverse(z)).startswith("pieces.3")


def test_the_model_is_left_as_it_was():
    model = flow(SO2)
    z = torch.ones(2, 4, dtype=torch.float64)
    before = [dict(vars(part)) for part in model.modules()]
    image = model(z)
    first_bad_part(model, lambda: model(z))
    with pytest.raises(ZeroDivisionError):
        first_bad_part(model, lambda: 1 / 0)
    assert [dict(vars(part)) for part in model.modules()] == before
    assert torch.equal(model(z), image)


def test_the_first_parameter_with_a_bad_gradient_is_named():
    model = nn.Sequential(nn.Linear(1, 1), nn.Linear(1, 1))
    assert bad_parameter(model) == ""
    model(torch.ones(1)).sum().backward()
    assert bad_parameter(model) == ""
    model[1].bias.grad.fill_(torch.nan)
    assert bad_parameter(model) == "1.bias"


@pytest.mark.parametrize(
    ("bad", "left"),
    [({3}, [3]), ({0}, [0]), ({6}, [6]), ({0, 6}, list(range(7))), ({5, 6}, [5, 6])],
)
def test_samples_are_halved_while_one_half_breaks_alone(bad, left):
    assert narrowed(range(7), lambda part: bool(bad & set(part))) == left


def test_samples_that_break_only_together_are_all_kept():
    assert narrowed(range(6), lambda part: len(part) == 6) == list(range(6))
