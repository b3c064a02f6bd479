"""Constants keep all digits of float64 whatever model they met before."""

import copy
import math

import numpy as np
import pytest
import torch
from torch import nn

from symflow.constants import Constant


def test_full_precision_after_single_precision():
    third = Constant(np.array([1 / 3, math.pi]))
    single = third.like(torch.zeros(1))
    assert single.dtype == torch.float32
    double = third.like(torch.zeros(1, dtype=torch.float64))
    assert double.tolist() == [1 / 3, math.pi]
    assert single.tolist() != double.tolist()


def test_made_once_for_each_type():
    constant = Constant(np.eye(2))
    here = torch.zeros(1)
    assert constant.like(here) is constant.like(here)


@pytest.mark.filterwarnings("ignore::UserWarning:torch")
def test_tracing_leaves_nothing_behind():
    """What torch makes while it exports has no numbers."""
    third = Constant(np.array([1 / 3]))

    class Third(nn.Module):
        def forward(self, x):
            return third.like(x) * x

    one = torch.ones(1, dtype=torch.float64)
    program = torch.export.export(Third(), (one,)).module()
    assert program(one).item() == third.like(one).item() == 1 / 3


def test_integers_are_read_as_floats():
    assert Constant(np.array([1, 2])).array.dtype == np.float64


def test_copies_are_independent_of_what_was_made():
    constant = Constant(np.array([0.5]))
    constant.like(torch.zeros(1))
    twin = copy.deepcopy(constant)
    assert twin.like(torch.zeros(1)) == constant.like(torch.zeros(1))
    assert twin.like(torch.zeros(1)) is not constant.like(torch.zeros(1))
