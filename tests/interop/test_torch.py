"""PyTorch functions as rules; skipped where there is no PyTorch."""

import pytest

import catdiff as cd

torch = pytest.importorskip("torch", reason="PyTorch is not installed")


def judged(f, dom, **options):
    return cd.laws.check_rule(*cd.interop.torch.rule(f, dom, **options), budget=120.0, raises=False)


def custom(f, backward):
    class Custom(torch.autograd.Function):
        @staticmethod
        def forward(ctx, *x):
            ctx.save_for_backward(*x)
            return f(*x)

        @staticmethod
        def backward(ctx, *ȳ):
            return backward(*ctx.saved_tensors, *ȳ)

    return Custom.apply


V, M = cd.f64(4), cd.f64(3, 3)
RIGHT = [
    (lambda x: torch.softmax(x, -1), V),
    (torch.linalg.cholesky, M),
    (lambda z: torch.exp(z) * z.conj(), cd.c128(2)),
    (torch.relu, V),
    (lambda x, i: x[i], V @ cd.index(3)),
    (lambda x: (torch.sin(x), x.sum()), cd.f32(4)),
    (torch.nn.functional.linear, cd.f64(2, 3) @ cd.f64(4, 3) @ cd.f64(4)),
    (custom(torch.sin, lambda x, ȳ: torch.cos(x) * ȳ), V),
]
WRONG = [
    (custom(lambda x: torch.softmax(x, -1), lambda x, ȳ: torch.softmax(x, -1) * ȳ), V, "sum term"),
    (custom(lambda x, y: (x * y, x + y), lambda x, y, a, b: (y * a + b, x * a)), V @ V, "input 1, in output 1"),
    (custom(lambda x: x.abs().sqrt(), lambda x, ȳ: x.sign() * ȳ / (2 * x.abs().sqrt() + 1e-6)), V, "nearly right"),
]


@pytest.mark.parametrize(("f", "dom"), RIGHT)
def test_right_ones(f, dom):
    assert judged(f, dom).verdict == "reverse derivative"


@pytest.mark.parametrize(("f", "dom", "said"), WRONG)
def test_wrong_ones(f, dom, said):
    report = judged(f, dom)
    assert report.verdict == "wrong" and said in report.reason


def test_a_lens():
    assert judged(custom(torch.round, lambda x, ȳ: ȳ), V).verdict == "lens"


def test_a_second_derivative_alone_can_be_wrong():
    cube = custom(lambda x: x**3, lambda x, ȳ: 3 * x.detach() ** 2 * ȳ)
    assert judged(cube, V).verdict == "reverse derivative"
    assert judged(cube, V, order=2).verdict == "wrong"
    assert judged(torch.sin, V, order=2).verdict == "reverse derivative"
