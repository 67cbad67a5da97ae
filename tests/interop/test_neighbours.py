"""One suite for the functions of all neighbours; a neighbour that is not installed is skipped."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

import catdiff as cd


class Neighbour(NamedTuple):
    """What the suite needs of a library: its adapter, its arrays, and how a rule of one's own is made there."""

    rule: Callable[..., Any]
    lib: Any  # what has sin, exp, …
    cholesky: Callable[[Any], Any]
    softmax: Callable[[Any], Any]
    relu: Callable[[Any], Any]
    held: Callable[[Any], Any]  # the value, and no gradient
    custom: Callable[..., Any]  # (f, vjp) -> f with this vjp


def jax() -> Neighbour:
    jax: Any = pytest.importorskip("jax", reason="JAX is not installed")

    def custom(f, vjp):
        g = jax.custom_vjp(lambda *x: f(*x))
        g.defvjp(lambda *x: (f(*x), x), lambda x, ȳ: tuple_of(vjp(*x, *tuple_of(ȳ))))
        return g

    lib = jax.numpy
    return Neighbour(
        cd.interop.jax.rule, lib, lib.linalg.cholesky, jax.nn.softmax, jax.nn.relu, jax.lax.stop_gradient, custom
    )


def torch() -> Neighbour:
    torch: Any = pytest.importorskip("torch", reason="PyTorch is not installed")

    def custom(f, vjp):
        class Custom(torch.autograd.Function):
            @staticmethod
            def forward(ctx, *x):
                ctx.save_for_backward(*x)
                return f(*x)

            @staticmethod
            def backward(ctx, *ȳ):
                return vjp(*ctx.saved_tensors, *ȳ)

        return Custom.apply

    softmax = lambda x: torch.softmax(x, -1)  # noqa: E731
    return Neighbour(
        cd.interop.torch.rule, torch, torch.linalg.cholesky, softmax, torch.relu, lambda x: x.detach(), custom
    )


@pytest.fixture(params=[jax, torch], ids=lambda make: make.__name__)
def neighbour(request: pytest.FixtureRequest) -> Neighbour:
    return request.param()


def tuple_of(x: Any) -> tuple[Any, ...]:
    return x if isinstance(x, tuple) else (x,)


def judged(n: Neighbour, f: Any, dom: Any, **options: Any):
    return cd.laws.check_rule(*n.rule(f, dom, **options), budget=120.0, raises=False)


V, M, Z = cd.f64(4), cd.f64(3, 3), cd.c128(2)


def attention(n: Neighbour) -> Any:
    return lambda q, k, v: n.softmax(q @ k.T / 2) @ v


def standard(n: Neighbour) -> Any:
    return lambda x: (x - x.mean(0)) / n.lib.sqrt(((x - x.mean(0)) ** 2).mean(0) + 1e-5)


RIGHT = {
    "softmax": (lambda n: n.softmax, V),
    "cholesky": (lambda n: n.cholesky, M),
    "eigenvalues": (lambda n: lambda a: n.lib.exp(n.lib.linalg.eigh(a)[0]).sum(), M),
    "complex": (lambda n: lambda z: n.lib.exp(z) * z.conj(), Z),
    "relu": (lambda n: n.relu, V),
    "gather": (lambda n: lambda x, i: x[i], V @ cd.index(3)),
    "single precision": (lambda n: lambda x: (n.lib.sin(x), x.sum()), cd.f32(4)),
    "attention": (attention, cd.f64(2, 4) @ cd.f64(3, 4) @ cd.f64(3, 2)),
    "batch norm": (standard, cd.f64(4, 2)),
    "its own": (lambda n: n.custom(n.lib.sin, lambda x, ȳ: n.lib.cos(x) * ȳ), V),
    "its own in single precision": (lambda n: n.custom(n.lib.sin, lambda x, ȳ: n.lib.cos(x) * ȳ), cd.f32(4)),
}
WRONG = {
    "softmax": (lambda n: n.custom(n.softmax, lambda x, ȳ: n.softmax(x) * ȳ), V, "sum term"),
    "sign": (lambda n: n.custom(n.lib.cos, lambda x, ȳ: n.lib.sin(x) * ȳ), V, "sign"),
    "two outputs": (
        lambda n: n.custom(lambda x, y: (x * y, x + y), lambda x, y, a, b: (y * a + b, x * a)),
        V @ V,
        "input 1, in output 1",
    ),
    "an eps": (
        lambda n: n.custom(lambda x: abs(x) ** 0.5, lambda x, ȳ: n.lib.sign(x) * ȳ / (2 * abs(x) ** 0.5 + 1e-6)),
        V,
        "nearly right",
    ),
    "a mask": (lambda n: n.custom(n.relu, lambda x, ȳ: ȳ), V, "mask"),
    "a thousandth": (lambda n: n.custom(n.lib.exp, lambda x, ȳ: 1.001 * n.lib.exp(x) * ȳ), cd.f32(4), "1.001"),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_ones(neighbour: Neighbour, name: str):
    f, dom = RIGHT[name]
    report = judged(neighbour, f(neighbour), dom)
    assert report.verdict == "reverse derivative", report


@pytest.mark.parametrize("name", WRONG)
def test_wrong_ones(neighbour: Neighbour, name: str):
    f, dom, said = WRONG[name]
    report = judged(neighbour, f(neighbour), dom)
    assert report.verdict == "wrong" and said in report.reason, report


def test_a_mean_that_is_held(neighbour: Neighbour):
    def centred(x):
        return x - neighbour.held(x.mean(0))

    report = judged(neighbour, centred, cd.f64(4, 2))
    assert report.verdict == "wrong" and "a sum" in report.reason


def test_a_missing_conjugate(neighbour: Neighbour):
    holds = neighbour.rule is cd.interop.torch.rule  # JAX pairs without conjugates: there they are the mistake
    right, wrong = (lambda z: z, lambda z: z.conj()) if not holds else (lambda z: z.conj(), lambda z: z)
    for conj, verdict in ((right, "reverse derivative"), (wrong, "wrong")):
        f = neighbour.custom(lambda z: z * z, lambda z, ȳ, conj=conj: 2 * conj(z) * ȳ)
        assert judged(neighbour, f, Z).verdict == verdict


def test_a_lens(neighbour: Neighbour):
    assert judged(neighbour, neighbour.custom(neighbour.lib.round, lambda x, ȳ: ȳ), V).verdict == "lens"


def test_a_second_derivative_alone_can_be_wrong(neighbour: Neighbour):
    cube = neighbour.custom(lambda x: x**3, lambda x, ȳ: 3 * neighbour.held(x) ** 2 * ȳ)
    assert judged(neighbour, cube, V).verdict == "reverse derivative"
    assert judged(neighbour, cube, V, order=2).verdict == "wrong"
    assert judged(neighbour, neighbour.lib.sin, V, order=2).verdict == "reverse derivative"
