"""Known failures of bridges from SymPy to torch, in kind: other numbers, names and shapes."""

import pytest
import sympy as sp
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy import Rational

from symflow.compilation import compile as compile_functions
from symflow.errors import UnsupportedError

x, y = sp.symbols("x y", real=True)
DOUBLE = torch.float64
EPSILON = torch.finfo(DOUBLE).eps

# Cases T02 and T11: numbers that are no floats, inside functions or not.
NUMBERS = [
    sp.sqrt(2),
    sp.sin(1),
    sp.exp(Rational(1, 2)),
    sp.zeta(3),
    sp.gamma(Rational(1, 3)),
    sp.LambertW(1),
    sp.EulerGamma + sp.Catalan,
    sp.besselj(0, 1),
    sp.pi ** sp.sqrt(2),
    sp.Abs(sp.sqrt(2) - 2),
    sp.Max(sp.sqrt(2), Rational(13, 10)),
    sp.Integral(sp.exp(-(x**2)), (x, 0, 1)),
    sp.root(7, 5),
    sp.elliptic_k(Rational(1, 2)),
    sp.Integer(10) ** 30 / 7,
    sp.Float("0.1", 30),
    sp.harmonic(10) + sp.binomial(5, 2),
    sp.floor(sp.pi) + sp.Mod(7, 3),
    sp.Piecewise((1, sp.pi > 3), (2, True)),
]

# Cases T03 and T17: the largest and the smallest of several, and their derivatives.
EXTREMES = [
    (sp.Max(x, 1.0, Rational(3, 2)), [1.5, 1.5, 2.0]),
    (sp.Min(sp.pi, x), [-1.0, 0.5, 2.0]),
    (sp.Max(x, 2 * x, x**2), [1.0, 1.0, 4.0]),
    (sp.Max(sp.Min(x, 1), 0), [0.0, 0.5, 1.0]),
    (sp.Max(0, sp.Max(x, 1) - 1), [0.0, 0.0, 1.0]),
    (sp.diff(sp.Max(x, 0), x), [0.0, 1.0, 1.0]),
    (sp.diff(sp.Min(x, 0), x), [1.0, 0.0, 0.0]),
    (sp.diff(sp.Max(x, 0) ** 2, x), [0.0, 1.0, 4.0]),
    (sp.diff(sp.Abs(x), x), [-1.0, 1.0, 1.0]),
    (sp.diff(sp.Abs(x) ** 3, x), [-3.0, 0.75, 12.0]),
    (sp.diff(sp.Piecewise((x**2, x < 0), (x**3, True)), x), [-2.0, 0.75, 12.0]),
]

# Case T05: a branch that is not taken, and is not a number where it is not.
BRANCHES = [
    (sp.Piecewise((x**2, x < 0), (sp.sqrt(x), True)), (-1.0, 4.0), (-2.0, 0.25)),
    (sp.Piecewise((1 / x, sp.Ne(x, 0)), (0, True)), (0.0, 2.0), (0.0, -0.25)),
    (sp.Piecewise((sp.sin(x) / x, x > 1), (1, True)), (0.0, 0.5), (0.0, 0.0)),
    (sp.Piecewise((sp.exp(-1 / x), x > 0), (0, True)), (-1.0, 0.0), (0.0, 0.0)),
    (sp.Piecewise((sp.log(1 - x), x < 1), (x, True)), (0.5, 1.0), (-2.0, 1.0)),
    (sp.Piecewise((sp.acos(x), sp.Abs(x) < 1), (x, True)), (0.0, 1.0), (-1.0, 1.0)),
]


def column(*values):
    return torch.tensor(values, dtype=DOUBLE)[:, None]


@pytest.mark.parametrize("number", NUMBERS, ids=str)
def test_numbers_of_every_kind(number):
    exact = float(number.evalf(30))
    f = compile_functions([number, number * x, x + number], [x])
    value, jacobian = f.value_and_jacobian(column(0.5))
    right = torch.tensor([[exact, exact / 2, 0.5 + exact]], dtype=DOUBLE)
    torch.testing.assert_close(value, right, rtol=2 * EPSILON, atol=0.0)
    assert jacobian.flatten().tolist() == [0.0, exact, 1.0]


@pytest.mark.parametrize(("expression", "right"), EXTREMES, ids=str)
def test_extremes_and_their_derivatives(expression, right):
    found = compile_functions([expression], [x]).value(column(-1.0, 0.5, 2.0))
    assert found.flatten().tolist() == right


@pytest.mark.parametrize(("expression", "at", "slopes"), BRANCHES, ids=str)
def test_branches_not_taken_leave_no_trace(expression, at, slopes):
    f = compile_functions([expression], [x])
    z = column(*at).requires_grad_()
    value, jacobian = f.value_and_jacobian(z)
    assert value.isfinite().all()
    torch.testing.assert_close(jacobian.flatten(), torch.tensor(slopes, dtype=DOUBLE))
    (slope,) = torch.autograd.grad(value.sum(), z, retain_graph=True)
    assert torch.equal(slope.flatten(), jacobian.detach().flatten())
    (curve,) = torch.autograd.grad(jacobian.sum(), z)
    assert curve.isfinite().all()


@pytest.mark.parametrize("dimension", [1, 2, 5])
@pytest.mark.parametrize("power", [Rational(1, 2), Rational(-1, 2), Rational(1, 3)])
def test_roots_of_squares_at_the_origin(power, dimension):
    """Case T06: not differentiable there, which is said; the square itself is."""
    names = sp.symbols(f"u0:{dimension}", real=True)
    square = sum(name**2 for name in names) + sp.Symbol("w", real=True) ** 2
    symbols = [*names, sp.Symbol("w", real=True)]
    f = compile_functions([square**power], symbols)
    assert [place.where for place in f.singular] == [square]
    z = torch.zeros(1, dimension + 1, dtype=DOUBLE)
    assert not f.value_and_jacobian(z)[1].isfinite().any()
    smooth = compile_functions([square], symbols)
    assert smooth.singular == ()
    assert not smooth.value_and_jacobian(z)[1].any()


@pytest.mark.parametrize("exponent", [3, 5, 7])
@pytest.mark.parametrize(
    "symbol", [sp.Symbol("u"), sp.Symbol("u", real=True)], ids=repr
)
def test_odd_powers_of_a_length(symbol, exponent):
    """Case T08: |u|^n has n - 1 derivatives at 0, whatever SymPy assumes of u."""
    f = compile_functions([(symbol**2) ** Rational(exponent, 2)], [symbol])
    value, pullback = f.value_and_pullback(column(0.0, -1.0))
    ones = torch.ones_like(value)
    first, second = pullback(ones), pullback.second(ones, ones)[1]
    assert value.flatten().tolist() == [0.0, 1.0]
    assert first.flatten().tolist() == [0.0, -exponent]
    assert second.flatten().tolist() == [0.0, exponent * (exponent - 1)]


@pytest.mark.parametrize(
    "names", ["q p", "p q", "x10 x2", "lambda eval", "I E", "z1 z2"]
)
def test_order_and_names_of_arguments(names):
    """Case T18: as declared, whatever they are called and whatever the expression lacks."""
    first, second = sp.symbols(names, real=True)
    z = torch.tensor([[1.0, 10.0]], dtype=DOUBLE)
    assert compile_functions([first - 2 * second], [first, second]).value(z) == -19.0
    assert compile_functions([first - 2 * second], [second, first]).value(z) == 8.0
    assert compile_functions([sp.exp(second)], [first, second]).value(z) == torch.exp(
        z[:, 1]
    )


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
@pytest.mark.parametrize("batch", [(), (0,), (4,), (2, 3)])
def test_constant_rows_have_the_place_and_the_shape_of_the_points(batch, dtype):
    """Case T19: a row of zeros in a Jacobian is made where the points are."""
    f = compile_functions([2 * x, sp.Integer(3), sp.pi, sp.Max(x, 1)], [x, y])
    for device in ("cpu", "meta"):
        value, jacobian = f.value_and_jacobian(
            torch.ones(*batch, 2, dtype=dtype, device=device)
        )
        assert value.shape == (*batch, 4)
        assert jacobian.shape == (*batch, 4, 2)
        assert value.device.type == jacobian.device.type == device
        assert value.dtype == jacobian.dtype == dtype


@pytest.mark.parametrize("power", [3, 6])
def test_compiled_fields_have_second_derivatives(power):
    """Case T13."""
    f = compile_functions([x**power + x * y**power + sp.cos(y)], [x, y])

    def field(z):
        value, pullback = f.value_and_pullback(z)
        return pullback(torch.ones_like(value))

    z = torch.tensor([[0.5, 1.5]], dtype=DOUBLE, requires_grad=True)
    compiled = torch.compile(field, backend="aot_eager", fullgraph=True)(z)
    torch.testing.assert_close(compiled, field(z), rtol=4 * EPSILON, atol=0.0)
    (found,) = torch.autograd.grad(compiled.sum(), z)
    (known,) = torch.autograd.grad(field(z).sum(), z)
    torch.testing.assert_close(found, known, rtol=8 * EPSILON, atol=0.0)


@pytest.mark.parametrize("order", [2, 3])
def test_distributions_are_refused_by_name(order):
    """Case T17: what a kink leaves behind is no function."""
    with pytest.raises(UnsupportedError, match="DiracDelta"):
        compile_functions([sp.diff(sp.Abs(x), x, order)], [x])


def grown(children):
    """Larger expressions from smaller ones, all smooth and finite everywhere."""
    functions = [
        sp.sin,
        sp.tanh,
        sp.atan,
        sp.asinh,
        sp.erf,
        lambda u: sp.exp(-(u**2)),
        lambda u: sp.log(1 + u**2),
        lambda u: sp.sqrt(2 + u**2),
        lambda u: 1 / (2 + sp.cos(u)),
        lambda u: sp.loggamma(1 + u**2),
    ]
    single = st.builds(lambda f, u: f(u), st.sampled_from(functions), children)
    sums = st.builds(lambda u, v: u + v, children, children)
    return single | sums | st.builds(lambda u, v: u * v, children, children)


LEAVES = st.sampled_from([x, y, x - y, sp.Rational(3, 7), sp.pi / 4, sp.sqrt(2)])


@given(
    st.recursive(LEAVES, grown, max_leaves=6),
    st.tuples(st.integers(-24, 24), st.integers(-24, 24)),
)
@settings(max_examples=60, deadline=None)
def test_any_composition_agrees_with_thirty_digits(expression, sixteenths):
    assume(expression.free_symbols)
    at = dict(zip((x, y), [Rational(k, 16) for k in sixteenths], strict=True))
    z = torch.tensor([[float(at[x]), float(at[y])]], dtype=DOUBLE)
    value, pullback = compile_functions([expression], [x, y]).value_and_pullback(z)
    one = torch.ones_like(value)
    along = torch.tensor([[1.0, 0.0]], dtype=DOUBLE)
    found = [value, pullback(one), pullback.second(one, along)[1]]
    slopes = [expression.diff(x), expression.diff(y)]
    wanted = [expression, *slopes, slopes[0].diff(x), slopes[0].diff(y)]
    exact = torch.tensor([float(f.subs(at).evalf(30)) for f in wanted], dtype=DOUBLE)
    # Each of some tens of operations loses a unit in the last place of what it adds.
    size = 1 + exact.abs().max()
    assert (torch.cat(found, 1)[0] - exact).abs().max() <= 1e4 * EPSILON * size
