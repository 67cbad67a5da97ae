"""Convolution against a plain loop, and its derivatives against one another."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import catdiff as cd
from catdiff.errors import SignatureError


def convolve(x, w, stride, dilation, pairs, groups):
    """The convolution of a batch, entry by entry."""
    x = np.pad(x, [(0, 0), (0, 0), *pairs])
    d = len(pairs)
    reach = [e * (k - 1) + 1 for e, k in zip(dilation, w.shape[2:], strict=True)]
    space = [(n - r) // s + 1 for n, r, s in zip(x.shape[2:], reach, stride, strict=True)]
    y = np.zeros((x.shape[0], w.shape[0], *space), x.dtype)
    ins, outs = w.shape[1], w.shape[0] // groups
    for n, o in itertools.product(range(y.shape[0]), range(y.shape[1])):
        for t in np.ndindex(*space):
            for c in range(ins):
                for k in np.ndindex(*w.shape[2:]):
                    at = tuple(stride[i] * t[i] + dilation[i] * k[i] for i in range(d))
                    y[(n, o, *t)] += x[(n, o // outs * ins + c, *at)] * w[(o, c, *k)]
    return y


@st.composite
def convolutions(draw):
    """x and w shapes and the arguments of a convolution that has at least one window."""
    d = draw(st.integers(1, 3))
    groups, ins, outs = draw(st.integers(1, 3)), draw(st.integers(0, 2)), draw(st.integers(0, 2))
    each = lambda low, high: draw(st.tuples(*[st.integers(low, high)] * d))  # noqa: E731
    size, stride, dilation, slack = each(1, 3), each(1, 3), each(1, 2), each(0, 3)
    pairs = tuple(zip(each(0, 2), each(0, 2), strict=True))
    reach = [e * (k - 1) + 1 for e, k in zip(dilation, size, strict=True)]
    space = [max(1, r + s - sum(p)) for r, s, p in zip(reach, slack, pairs, strict=True)]
    batch = draw(st.sampled_from([(), (2,), (1,), (0,)]))
    x, w = (*batch, groups * ins, *space), (groups * outs, ins, *size)
    return x, w, dict(stride=stride, dilation=dilation, padding=pairs, groups=groups)


def whole(rng, shape):
    """Small integers as floats: sums are exact, so results are compared with ==."""
    return rng.integers(-4, 5, shape).astype(float)


@given(convolutions(), st.integers(0, 99))
def test_convolution_is_the_loop(case, seed):
    x_shape, w_shape, how = case
    rng = np.random.default_rng(seed)
    x, w = whole(rng, x_shape), whole(rng, w_shape)
    batched = x if len(x_shape) == len(w_shape) else x[None]
    want = convolve(batched, w, how["stride"], how["dilation"], how["padding"], how["groups"])
    y = cd.conv(x, w, **how)
    assert y.shape == (want.shape if batched is x else want.shape[1:])
    np.testing.assert_array_equal(y, want if batched is x else want[0])


@given(convolutions(), st.integers(0, 99))
def test_R_of_a_convolution_is_its_adjoint_in_both_operands(case, seed):
    x_shape, w_shape, how = case
    f = cd.conv(cd.f64(x_shape), cd.f64(w_shape), **how)
    rng = np.random.default_rng(seed)
    x, ẋ, w, ẇ = (whole(rng, s) for s in (x_shape, x_shape, w_shape, w_shape))
    ȳ = whole(rng, f.cod.shape)
    x̄, w̄ = cd.R(f)(x, w, ȳ)
    assert np.sum(f(ẋ, w) * ȳ) == np.sum(ẋ * x̄)
    assert np.sum(f(x, ẇ) * ȳ) == np.sum(ẇ * w̄)
    second = cd.R(cd.R(f))(x, w, ȳ, ẋ, ẇ)  # the trilinear form ⟨ȳ, f(x, w)⟩ in all three pairs
    np.testing.assert_array_equal(second[0], cd.R(f)(x, ẇ, ȳ)[0])
    np.testing.assert_array_equal(second[1], cd.R(f)(ẋ, w, ȳ)[1])
    np.testing.assert_array_equal(second[2], f(ẋ, w) + f(x, ẇ))


@given(convolutions(), st.integers(0, 99))
def test_conv_transpose_is_the_transpose(case, seed):
    x_shape, w_shape, how = case
    f = cd.conv(cd.f64(x_shape), cd.f64(w_shape), **how)
    d = len(w_shape) - 2
    least = [
        (t - 1) * s + e * (k - 1) + 1 - sum(p)
        for t, s, e, k, p in zip(
            f.cod.shape[-d:], how["stride"], how["dilation"], w_shape[2:], how["padding"], strict=True
        )
    ]
    more = tuple(n - m for n, m in zip(x_shape[-d:], least, strict=True))
    rng = np.random.default_rng(seed)
    x, w, ȳ = whole(rng, x_shape), whole(rng, w_shape), whole(rng, f.cod.shape)
    x̄ = cd.conv_transpose(ȳ, w, output_padding=more, **how)
    np.testing.assert_array_equal(x̄, cd.R(f)(x, w, ȳ)[0])


def test_numpy_convolve_is_convolution_with_the_kernel_reversed():
    rng = np.random.default_rng(0)
    x, k = rng.normal(size=9), rng.normal(size=4)
    for mode, padding in (("valid", "valid"), ("full", 3), ("same", [(2, 1)])):
        y = cd.conv(x[None], k[None, None, ::-1], padding=padding)
        np.testing.assert_allclose(y[0], np.convolve(x, k, mode), rtol=1e-13)


@pytest.mark.parametrize(("n", "stride"), [*itertools.product(range(1, 8), (1, 2, 3))])
def test_same_padding_gives_one_window_per_stride(n, stride):
    f = cd.conv(cd.f64(1, n), cd.f64(1, 1, 3), stride=stride, padding="same")
    assert f.cod.shape == (1, -(-n // stride))
    g = cd.conv_transpose(f.cod, cd.f64(1, 1, 3), stride=stride, padding="same")
    assert g.cod.shape == (1, stride * -(-n // stride))


def test_torch_agrees():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    x, w, v = rng.normal(size=(2, 4, 9, 8)), rng.normal(size=(6, 2, 3, 2)), rng.normal(size=(4, 3, 3, 2))
    how = dict(stride=(2, 1), dilation=(1, 2), padding=(1, 0), groups=2)
    t = torch.as_tensor
    want = torch.nn.functional.conv2d(t(x), t(w), **how).numpy()
    np.testing.assert_allclose(cd.conv(x, w, **how), want, rtol=1e-12, atol=1e-12)
    want = torch.nn.functional.conv_transpose2d(t(x), t(v), output_padding=(1, 0), **how).numpy()
    np.testing.assert_allclose(cd.conv_transpose(x, v, output_padding=(1, 0), **how), want, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("x", "w", "how", "said"),
    [
        (cd.f64(2, 10), cd.f64(4, 3, 5), {}, "operand 0 is f64[2,10], of 2 channels.*shape (4, 2, 5) fits"),
        (cd.f64(10), cd.f64(4, 3, 5), {}, "operand 0 is f64[10].*channels and 1 axes"),
        (cd.f64(2, 10), cd.f64(4, 3), {}, "operand 1, the kernel.*f64[4,3]"),
        (cd.f64(2, 10), cd.f32(4, 2, 3), {}, "one dtype, not f64[2,10] @ f32[4,2,3]"),
        (cd.f64(4, 10), cd.f64(3, 2, 5), {"groups": 2}, "2 groups do not divide axis 0 of operand 1"),
        (cd.f64(4, 10), cd.f64(4, 3, 5), {"groups": 2}, "in 2 groups.*shape (4, 2, 5) fits"),
        (cd.f64(1, 4), cd.f64(1, 1, 5), {}, "over 5 entries does not fit axis 0.*has 4.*padding='same'"),
        (cd.f64(1, 4), cd.f64(1, 1, 2), {"stride": 0}, "stride is an integer ≥ 1, or 1 of them, not 0"),
        (cd.f64(1, 4), cd.f64(1, 1, 2), {"dilation": (1, 2)}, "dilation is an integer ≥ 1"),
        (cd.f64(1, 4), cd.f64(1, 1, 2), {"padding": "most"}, "if not 'same' or 'valid', is an integer.*not 'most'"),
        (cd.f64(1, 4), cd.f64(1, 1, 2), {"groups": True}, "groups is an integer ≥ 1"),
    ],
)
def test_errors_say_which_operand_and_what_would_fit(x, w, how, said):
    with pytest.raises(SignatureError) as error:
        cd.conv(x, w, **how)
    text = " ".join(str(error.value).split())
    for part in said.split(".*"):
        assert part in text


def test_conv_transpose_refuses_what_no_convolution_maps_there():
    y, w = cd.f64(2, 3), cd.f64(2, 1, 2)
    with pytest.raises(SignatureError, match="less than the stride"):
        cd.conv_transpose(y, w, stride=2, output_padding=2)
    with pytest.raises(SignatureError, match="would have the extents"):
        cd.conv_transpose(y, w, padding=3)
    with pytest.raises(SignatureError, match=r"takes 2.*\n.*\(4, 1, 2\) fits"):
        cd.conv_transpose(cd.f64(4, 3), w)


@pytest.mark.parametrize("dtype", ["f32", "f64", "c128", "integer", "z2", "rational"])
def test_every_rig_convolves(dtype):
    make = getattr(cd, dtype)
    f = cd.conv(make(1, 4), make(1, 1, 2))
    x, w = np.array([[1, 0, 1, 1]]), np.array([[[1, 1]]])
    want = np.array([[1, 1, 2]])
    np.testing.assert_array_equal(f(x, w), want % 2 if dtype == "z2" else want)
