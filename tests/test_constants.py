"""Constants keep all digits of float64 whatever model they met before."""

import copy
import math

import numpy as np
import torch

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


def test_integers_are_read_as_floats():
    assert Constant(np.array([1, 2])).array.dtype == np.float64


def test_copies_are_independent_of_what_was_made():
    constant = Constant(np.array([0.5]))
    constant.like(torch.zeros(1))
    twin = copy.deepcopy(constant)
    assert twin.like(torch.zeros(1)) == constant.like(torch.zeros(1))
    assert twin.like(torch.zeros(1)) is not constant.like(torch.zeros(1))
