"""Compiled functions agree with SymPy in thirty digits, whatever the batch or type."""

import copy
import pickle

import pytest
import sympy as sp
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Rational

from symflow.compilation import compile as compile_functions
from symflow.errors import ArgumentError, ExpressionError, UnsupportedError

x, y = sp.symbols("x y", real=True)
DOUBLE = torch.float64

# Every coordinate below is a dyadic fraction, so that it is exact in both precisions and
# the only errors are those of the functions. In units of machine epsilon, relative to
# the largest of 1 and the exact value:
ALLOWED = 400

PLANE = [
    (Rational(3, 8), Rational(5, 4)),
    (Rational(-7, 4), Rational(1, 2)),
    (Rational(9, 4), Rational(-3, 8)),
]
POSITIVE = [
    (Rational(3, 8), Rational(5, 4)),
    (Rational(7, 4), Rational(1, 2)),
    (Rational(9, 4), Rational(13, 8)),
]
UNIT = [
    (Rational(3, 8), Rational(1, 4)),
    (Rational(-3, 4), Rational(1, 2)),
    (Rational(1, 8), Rational(-5, 8)),
]
ABOVE_ONE = [
    (Rational(11, 8), Rational(5, 4)),
    (Rational(7, 4), Rational(3, 2)),
    (Rational(9, 4), Rational(13, 8)),
]

SMOOTH = [
    (sp.Integer(3), PLANE),
    (x / 3 + sp.pi * y, PLANE),
    (x**2 + y**2, PLANE),
    (x**7 * y**3 - 2 * x * y + sp.sqrt(2), PLANE),
    ((x - y) ** 4, PLANE),
    (x**-3 / y, PLANE),
    ((x + 2 * y) / (x**2 + 1), PLANE),
    (sp.sqrt(x**2 + y**2), PLANE),
    ((x**2 + y**2) ** Rational(3, 2), PLANE),
    ((x**2 + y**2) ** Rational(-5, 2), PLANE),
    (x ** Rational(1, 3) * y ** Rational(-2, 5), POSITIVE),
    (x**sp.pi, POSITIVE),
    (x**y, POSITIVE),
    (2**x * Rational(1, 3) ** y, PLANE),
    (sp.exp(-(x**2)) + sp.exp(Rational(1, 2)), PLANE),
    (sp.log(1 + x**2) * y, PLANE),
    (sp.sin(x * y) + sp.sin(1), PLANE),
    (sp.cos(x) ** 2 * y, PLANE),
    (sp.tan(x / 2), PLANE),
    (sp.asin(x) + y, UNIT),
    (sp.acos(x * y), UNIT),
    (sp.atan(x / y), PLANE),
    (sp.atan2(y, x), PLANE),
    (sp.sinh(x) * y, PLANE),
    (sp.cosh(x - y), PLANE),
    (sp.tanh(x * y), PLANE),
    (sp.asinh(x) * y, PLANE),
    (sp.acosh(x), ABOVE_ONE),
    (sp.atanh(x * y), UNIT),
    (sp.sec(x) + sp.csc(y), PLANE),
    (sp.cot(x) * y, PLANE),
    (sp.sech(x) + sp.csch(y), PLANE),
    (sp.coth(x), PLANE),
    (sp.acot(x) + y, PLANE),
    (sp.acoth(x), ABOVE_ONE),
    (sp.asech(x), [(Rational(3, 8), Rational(1, 4)), (Rational(3, 4), Rational(1, 2))]),
    (sp.acsch(x), PLANE),
    (sp.asec(x) - sp.acsc(y), ABOVE_ONE),
    (sp.sinc(x), [*PLANE, (Rational(1, 64), Rational(1, 2))]),
    (sp.erf(x) + sp.erfc(y), PLANE),
    (sp.erfinv(x) * y, UNIT),
    (sp.gamma(x) * y, [*POSITIVE, (Rational(-7, 4), Rational(1, 2))]),
    (sp.loggamma(x), POSITIVE),
    (sp.digamma(x) + sp.polygamma(2, y), POSITIVE),
    (sp.factorial(x), POSITIVE),
    (sp.beta(x, y), POSITIVE),
    (sp.Abs(x) * y, PLANE),
    (sp.Abs(x * y) ** 3, PLANE),
    (sp.Max(x, y, x * y), PLANE),
    (sp.Min(1, x) * y, PLANE),
    (sp.sign(x) * y**2, PLANE),
    (sp.Heaviside(x) * y, PLANE),
    (sp.Piecewise((x**2, x < y), (sp.sqrt(x), True)), PLANE),
    (
        sp.Piecewise((x, (x > 0) & (y > 0)), (y**2, sp.Xor(x < 1, y < 0)), (1, True)),
        PLANE,
    ),
    (sp.Piecewise((sp.exp(x), sp.ITE(x < y, y > 0, x > 2)), (y, True)), PLANE),
    (sp.trigamma(x) * y, POSITIVE),
    (sp.multigamma(x + 2, 2), POSITIVE),
    ((1 + x**2) ** y, PLANE),
    (sp.log(x, 3) - sp.cbrt(y), POSITIVE),
    (sp.rf(x, 4) + sp.ff(y, 3), PLANE),
    (sp.legendre(4, x) * sp.chebyshevt(5, y), PLANE),
    (sp.hermite(5, x) + sp.assoc_laguerre(3, 1, y), PLANE),
    (sp.jn(1, x).expand(func=True) * y, ABOVE_ONE),
    (x**x, POSITIVE),
]
FLAT = [
    (sp.floor(x) * y, lambda a, b: (sp.floor(a) * b, 0, sp.floor(a))),
    (sp.ceiling(x) + y, lambda a, b: (sp.ceiling(a) + b, 0, 1)),
    (sp.frac(x), lambda a, b: (a - sp.floor(a), 1, 0)),
    (sp.Mod(x, y), lambda a, b: (sp.Mod(a, b), 1, -sp.floor(a / b))),
]


def name_of(case):
    return str(case[0])


def tensor(*rows, dtype=DOUBLE):
    return torch.tensor([[float(a) for a in row] for row in rows], dtype=dtype)


def exact(expressions, points):
    """Thirty digits of each expression at each point, rounded to double precision."""
    rows = [
        [float(e.subs({x: a, y: b}).evalf(30)) for e in expressions] for a, b in points
    ]
    return torch.tensor(rows, dtype=DOUBLE)


def assert_close(found, right):
    allowed = ALLOWED * torch.finfo(found.dtype).eps * right.abs().clamp(min=1.0)
    assert (found.double() - right).abs().le(allowed).all(), (found, right)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=["f64", "f32"])
@pytest.mark.parametrize("case", SMOOTH, ids=name_of)
def test_agrees_with_thirty_digits(case, dtype):
    expression, points = case
    slopes = [expression.diff(x), expression.diff(y)]
    curves = [expression.diff(x, 2), expression.diff(x, y), expression.diff(y, 2)]
    functions = compile_functions([expression], [x, y])
    z = tensor(*points, dtype=dtype)
    value, jacobian = functions.value_and_jacobian(z)
    assert_close(value, exact([expression], points))
    assert_close(jacobian[:, 0], exact(slopes, points))
    _, pullback = functions.value_and_pullback(z)
    one = torch.ones_like(value)
    along_x, along_y = (torch.eye(2, dtype=dtype)[i].expand_as(z) for i in range(2))
    hessian = [pullback.second(one, v)[1] for v in (along_x, along_y)]
    found = torch.stack([hessian[0][:, 0], hessian[0][:, 1], hessian[1][:, 1]], -1)
    # Max and sign have second derivatives that are 0 wherever they exist
    curves = [
        curve.replace(sp.DiracDelta, lambda *_: sp.Integer(0)) for curve in curves
    ]
    assert_close(found, exact(curves, points))


@pytest.mark.parametrize("case", SMOOTH, ids=name_of)
def test_autograd_of_value_and_pullback_is_the_closed_form(case):
    expression, points = case
    functions = compile_functions([expression, x * y + expression], [x, y])
    z = tensor(*points).requires_grad_()
    c = torch.linspace(0.5, 1.5, 2 * len(points), dtype=DOUBLE).reshape(-1, 2)
    c.requires_grad_()
    v = torch.linspace(-1.0, 2.0, 2 * len(points), dtype=DOUBLE).reshape(-1, 2)
    value, pullback = functions.value_and_pullback(z)
    covector = pullback(c)
    (slope,) = torch.autograd.grad((c * value).sum(), z, retain_graph=True)
    found = (slope, *torch.autograd.grad((v * covector).sum(), (c, z)))
    # autograd's own derivative of digamma has ten digits
    coarse = expression.has(sp.gamma, sp.loggamma, sp.polygamma, sp.factorial, sp.beta)
    for ours, theirs in zip((covector, *pullback.second(c, v)), found, strict=True):
        assert torch.allclose(ours, theirs, rtol=1e-8 if coarse else 1e-13, atol=1e-13)


@pytest.mark.parametrize("case", FLAT, ids=name_of)
def test_jumps_have_the_slope_of_their_branch(case):
    expression, right = case
    value, jacobian = compile_functions([expression], [x, y]).value_and_jacobian(
        tensor(*PLANE)
    )
    exact_rows = tensor(*[right(a, b) for a, b in PLANE])
    assert_close(torch.cat([value, jacobian[:, 0]], -1), exact_rows)


def test_numeric_constants():
    """Case T02: SymPy's printer calls torch.sqrt(2)."""
    f = compile_functions([sp.sqrt(2) * x + sp.sin(1) + sp.exp(Rational(1, 2))], [x])
    assert_close(f.value(tensor([1])), tensor([3.90440581788112]))


def test_maximum_with_a_number():
    """Case T03: torch.max of a number and a tensor."""
    z = tensor([0.5], [2.0])
    assert compile_functions([sp.Max(1.0, x)], [x]).value(z).tolist() == [[1.0], [2.0]]


def test_no_gradient_from_the_branch_not_taken():
    """Case T05: 0 * nan from torch.where."""
    f = compile_functions([sp.Piecewise((x**2, x < 0), (sp.sqrt(x), True))], [x])
    z = tensor([-1], [4]).requires_grad_()
    value, jacobian = f.value_and_jacobian(z)
    assert value.tolist() == [[1.0], [2.0]]
    assert jacobian.tolist() == [[[-2.0]], [[0.25]]]
    (slope,) = torch.autograd.grad(value.sum(), z, retain_graph=True)
    assert slope.tolist() == [[-2.0], [0.25]]
    (curve,) = torch.autograd.grad(jacobian.sum(), z)
    assert curve.tolist() == [[2.0], [-0.03125]]


@pytest.mark.parametrize(
    "unsafe",
    [
        1 / x,
        sp.log(x),
        x ** Rational(-1, 3),
        sp.acosh(x),
        sp.gamma(x),
        sp.exp(1 / x),
        x**y,
    ],
    ids=str,
)
def test_every_unsafe_operation_is_guarded_in_a_branch(unsafe):
    inner = sp.Piecewise((unsafe, x > 1), (y, True))
    f = compile_functions([sp.Piecewise((inner, y > 0), (x**2, True))], [x, y])
    z = tensor([0, 3], [0, -3], [-1, 1]).requires_grad_()
    value, pullback = f.value_and_pullback(z)
    covector = pullback(torch.ones_like(value))
    assert covector.tolist() == [[0.0, 1.0], [0.0, 0.0], [0.0, 1.0]]
    (curve,) = torch.autograd.grad(covector.sum(), z)
    assert curve.isfinite().all()


def test_radius_at_the_origin_is_flagged_and_not_made_up():
    """Case T06: the gradient of |q| at 0 does not exist; that of |q|^2 is 0."""
    f = compile_functions([sp.sqrt(x**2 + y**2)], [x, y])
    (place,) = f.singular
    assert place.expression == sp.sqrt(x**2 + y**2)
    assert place.where == x**2 + y**2
    assert place.order == 1
    z = tensor([0, 0], [3, 4])
    assert f.value_and_jacobian(z)[1][0].isnan().all()
    assert compile_functions([place.where], f.symbols).value(z).tolist() == [
        [0.0],
        [25.0],
    ]
    square = compile_functions([x**2 + y**2], [x, y])
    assert square.singular == ()
    assert square.value_and_jacobian(z)[1][0].tolist() == [[0.0, 0.0]]


@pytest.mark.parametrize("symbol", [sp.Symbol("x"), sp.Symbol("x", real=True)])
def test_even_powers_under_a_root(symbol):
    """Case T08: pow(x**2, 1.5) is not a number in its second derivative at 0."""
    f = compile_functions([(symbol**2) ** Rational(3, 2)], [symbol])
    z = tensor([0], [-1])
    value, jacobian = f.value_and_jacobian(z)
    _, pullback = f.value_and_pullback(z)
    assert value.tolist() == [[0.0], [1.0]]
    assert jacobian.flatten().tolist() == [0.0, -3.0]
    ones = torch.ones_like(value)
    assert pullback.second(ones, ones)[1].tolist() == [[0.0], [6.0]]


def test_constants_keep_all_digits():
    """Case T11: constants in float32 buffers; also after a stay in half precision."""
    f = compile_functions([x / 3, sp.pi * x, sp.sqrt(2) * x], [x])
    right = [[0.3333333333333333, 3.141592653589793, 1.4142135623730951]]
    assert f.value(tensor([1])).tolist() == right
    assert f.half().double().value(tensor([1])).tolist() == right


def test_torch_compile_of_the_field():
    """Case T13: compiling H fails at its second derivative, compiling dH/dz works."""
    f = compile_functions([x**4 + y**4], [x, y])

    def field(z):
        _, pullback = f.value_and_pullback(z)
        return pullback(torch.ones_like(z[..., :1]))

    z = tensor([0.5, 1.5]).requires_grad_()
    g = torch.compile(field, backend="aot_eager", fullgraph=True)(z)
    assert g.tolist() == [[0.5, 13.5]]
    (second,) = torch.autograd.grad(g.sum(), z)
    assert second.tolist() == [[3.0, 27.0]]


def test_derivative_of_maximum():
    """Case T17: the step has 1/2 at 0, its own derivative is a distribution."""
    z = tensor([-1], [0], [1])
    step = sp.diff(sp.Max(x, 0), x)
    assert compile_functions([step], [x]).value(z).flatten().tolist() == [0.0, 0.5, 1.0]
    slope = compile_functions([sp.Max(x, 0)], [x]).value_and_jacobian(z)[1]
    assert slope.flatten().tolist() == [0.0, 0.5, 1.0]
    with pytest.raises(UnsupportedError, match=r"DiracDelta\(x\)"):
        compile_functions([sp.diff(sp.Max(x, 0), x, 2)], [x])


def test_argument_order_is_the_one_declared():
    """Case T18: sorting by name puts p before q and x10 before x2."""
    q, p = sp.symbols("q p", real=True)
    assert compile_functions([q - 2 * p], [q, p]).value(tensor([1, 10])).item() == -19.0
    many = sp.symbols("x0:12", real=True)
    z = torch.arange(12.0)
    assert compile_functions([many[10], many[2]], many).value(z).tolist() == [10.0, 2.0]


@pytest.mark.parametrize("moved", [False, True])
def test_device_is_that_of_the_points(moved):
    """Case T19: a constant row on another device cannot be stacked."""
    f = compile_functions([2 * x, sp.Integer(3), sp.Max(x, 1)], [x])
    f = f.to("meta") if moved else f
    z = torch.empty(5, 1, device="meta")
    value, jacobian = f.value_and_jacobian(z)
    assert value.device.type == jacobian.device.type == "meta"
    assert (value.shape, jacobian.shape) == ((5, 3), (5, 3, 1))


TWO = [x**2 * y, sp.sqrt(1 + y**2), sp.Integer(7), sp.Max(x, y)]


@pytest.mark.parametrize("batch", [(), (1,), (7,), (0,), (2, 3), (2, 0, 3)])
def test_batch_shapes(batch):
    f = compile_functions(TWO, [x, y])
    z = torch.randn(*batch, 2, dtype=DOUBLE)
    c, v = torch.randn(*batch, 4, dtype=DOUBLE), torch.randn(*batch, 2, dtype=DOUBLE)
    value, jacobian = f.value_and_jacobian(z)
    again, pullback = f.value_and_pullback(z)
    along_c, along_z = pullback.second(c, v)
    assert value.shape == again.shape == along_c.shape == (*batch, 4)
    assert pullback(c).shape == along_z.shape == (*batch, 2)
    assert jacobian.shape == (*batch, 4, 2)
    for index in torch.cartesian_prod(*map(torch.arange, batch)) if batch else []:
        place = tuple(index.reshape(-1).tolist())
        assert torch.equal(f.value(z[place]), value[place])


@pytest.mark.parametrize(
    "dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64]
)
def test_type_is_that_of_the_points(dtype):
    f = compile_functions(TWO, [x, y])
    value, jacobian = f.value_and_jacobian(torch.ones(3, 2, dtype=dtype))
    assert value.dtype == jacobian.dtype == dtype


@given(st.lists(st.tuples(*[st.floats(-3, 3)] * 6), min_size=1, max_size=5))
@settings(max_examples=30, deadline=None)
def test_pullback_is_the_transposed_jacobian(rows):
    f = compile_functions(TWO, [x, y])
    numbers = torch.tensor(rows, dtype=DOUBLE)
    z, c = numbers[:, :2], numbers[:, 2:]
    _, jacobian = f.value_and_jacobian(z)
    _, pullback = f.value_and_pullback(z)
    right = torch.einsum("...a,...ai->...i", c, jacobian)
    assert torch.allclose(pullback(c), right, rtol=1e-13, atol=1e-13)


def test_a_missing_coordinate_changes_nothing():
    f = compile_functions([x**2, sp.sin(x)], [x, y])
    left, right = tensor([0.3, 1.0]), tensor([0.3, -55.0])
    assert torch.equal(f.value(left), f.value(right))
    assert (f.value_and_jacobian(left)[1][..., 1] == 0).all()


def test_a_pole_spoils_only_its_own_value():
    f = compile_functions([1 / x + y, sp.log(y) + x, 1 / y + x], [x, y])
    assert f.value(tensor([0, 1])).tolist() == [[float("inf"), 0.0, 1.0]]


def test_no_functions_and_equal_functions():
    assert compile_functions([], [x, y]).value(torch.zeros(5, 2)).shape == (5, 0)
    f = compile_functions([x**2, x**2], [x])
    value, pullback = f.value_and_pullback(tensor([3]))
    assert value.tolist() == [[9.0, 9.0]]
    assert pullback(tensor([1, 10])).tolist() == [[66.0]]


def test_gradients_pass_gradcheck():
    f = compile_functions([x**2 * y, sp.exp(x) / (1 + y**2)], [x, y])
    z = torch.randn(3, 2, dtype=DOUBLE, requires_grad=True)
    c = torch.randn(3, 2, dtype=DOUBLE, requires_grad=True)
    assert torch.autograd.gradcheck(f, (z,))
    assert torch.autograd.gradgradcheck(f, (z,))
    assert torch.autograd.gradcheck(lambda z, c: f.value_and_pullback(z)[1](c), (z, c))
    assert torch.autograd.gradgradcheck(
        lambda z, c: f.value_and_pullback(z)[1](c), (z, c)
    )


def test_inverse_of_the_complementary_error_function():
    f = compile_functions([sp.erfcinv(x), sp.erfinv(1 - x)], [x])
    left, right = f.value(tensor([0.5], [1.25])).unbind(-1)
    assert torch.equal(left, right)


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")
def test_functional_transforms():
    f = compile_functions(TWO, [x, y])
    z = torch.randn(4, 2, dtype=DOUBLE)
    value, jacobian = f.value_and_jacobian(z)
    assert torch.allclose(torch.func.vmap(f)(z), value)
    assert torch.allclose(torch.func.vmap(torch.func.jacrev(f))(z), jacobian)
    assert torch.allclose(torch.func.vmap(torch.func.jacfwd(f))(z), jacobian)


def test_export_runs_without_the_expressions():
    f = compile_functions(TWO, [x, y])
    z = torch.randn(4, 2, dtype=DOUBLE)
    batch = torch.export.Dim("batch")
    program = torch.export.export(f, (z,), dynamic_shapes=({0: batch},))
    more = torch.randn(9, 2, dtype=DOUBLE)
    assert torch.equal(program.module()(more), f(more))


def test_autocast_leaves_the_invariants_exact():
    f = compile_functions([x**2 + y**2], [x, y])
    z = torch.tensor([[1.0, 1e-2]])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(f.value(z), f.value(z.clone()))
        assert f.value(z).dtype == torch.float32
    assert f.value(z).item() == pytest.approx(1.0001, abs=1e-7)


def test_copies_are_rebuilt_from_the_expressions():
    f = compile_functions(TWO, [x, y])
    z = torch.randn(4, 2, dtype=DOUBLE)
    for other in (copy.deepcopy(f), pickle.loads(pickle.dumps(f))):  # noqa: S301
        assert other.expressions == f.expressions
        assert torch.equal(other.value(z), f.value(z))


def test_it_has_no_state():
    f = compile_functions(TWO, [x, y])
    assert list(f.parameters()) == []
    assert f.state_dict() == {}


def test_symbol_names_are_never_executed():
    wild = sp.Symbol("__import__('os').abort()", real=True)
    assert compile_functions([wild**2], [wild]).value(tensor([3])).item() == 9.0


def test_source_lists_the_shared_operations_once():
    text = compile_functions([sp.sin(x) * y, sp.sin(x) + y], [x, y]).source
    assert text.count("= sin(x)") == 1
    assert text.splitlines()[0] == "value:"


def test_all_offenders_are_named_at_once():
    other = sp.Symbol("y")
    wrong = [sp.Function("f")(x) + sp.I * sp.Symbol("w"), other + sp.asin(2) * x]
    wrong += [sp.besselj(0, x), sp.Matrix([x]), "x + y", sp.oo * y, sp.DiracDelta(x)]
    with pytest.raises(ExpressionError) as caught:
        compile_functions(wrong, [x, y])
    for part in (
        "the unknown function f(x)",
        "the undeclared symbol w",
        "I, which is no finite real number",
        "a symbol y with other assumptions",
        "asin(2), which is no finite real number",
        "besselj(0, x)",
        "the matrix Matrix([[x]])",
        "'x + y', which is no SymPy expression",
        "DiracDelta(x)",
    ):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    "strange",
    [sp.besselj(0, x), sp.Integral(sp.exp(x**2), x), sp.LambertW(x), sp.zeta(x)],
    ids=str,
)
def test_functions_without_tensor_form(strange):
    with pytest.raises(UnsupportedError, match=type(strange).__name__):
        compile_functions([strange], [x])


@pytest.mark.parametrize(
    ("expressions", "symbols"),
    [
        (x, [x]),
        ("x", [x]),
        (sp.Matrix([x]), [x]),
        ([x], x),
        ([x], [x, x]),
        ([x], ["x"]),
        ([x], [x, sp.Symbol("x")]),
        ([sp.Integer(1)], [sp.Symbol("k", imaginary=True)]),
    ],
)
def test_malformed_arguments(expressions, symbols):
    with pytest.raises(ExpressionError, match="Argument `"):
        compile_functions(expressions, symbols)


def test_wrong_shapes_are_named():
    f = compile_functions([x, y, x * y], [x, y])
    with pytest.raises(ArgumentError, match=r"\(x, y\).*\(4, 3\)"):
        f.value(torch.zeros(4, 3))
    with pytest.raises(ArgumentError, match="int64"):
        f.value(torch.zeros(4, 2, dtype=torch.int64))
    _, pullback = f.value_and_pullback(torch.zeros(4, 2))
    with pytest.raises(ArgumentError, match="Argument `c`"):
        pullback(torch.zeros(4, 2))
    with pytest.raises(ArgumentError, match="Argument `v`"):
        pullback.second(torch.zeros(4, 3), torch.zeros(4, 3))
