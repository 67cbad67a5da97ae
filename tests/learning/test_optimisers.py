"""Optimisers: the laws of their lenses, and two hundred steps against recurrences and against torch and optax."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import catdiff as cd
from catdiff.learning.optimiser import tensor
from catdiff.learning.parameters import named, word_of

STEPS, WIRES = 200, 2
LIKE = [np.array([1.0, -2.0, 3.0]), np.array(0.5)]
P = cd.f64(3) @ cd.f64()
SCALES = [np.array([0.3, 1.0, 2.0]), np.array(0.7)]
opt = cd.optimisers


def gradient(p):
    """Of a function that is no quadratic, so that a mistake anywhere shows."""
    return [a * x + 0.3 * np.sin(2 * x) for a, x in zip(SCALES, p, strict=True)]


def ran(optimiser, steps=STEPS, P=P, start=LIKE, gradient=gradient):
    """The weights after every step of the lens, and where they were looked at before it."""
    kept = word_of(optimiser.kept(P))
    lens = optimiser.on(P)
    get, put = cd.compile(lens.get), cd.compile(lens.put)
    several = lambda out: list(out) if isinstance(out, tuple) else [out]  # noqa: E731
    s, p, path, looks = [np.zeros(w.shape) for w in kept.wires], list(start), [], []
    for _ in range(steps):
        at = several(get(*s, *p))
        out = several(put(*s, *p, *[-g for g in gradient(at)]))
        s, p = out[: len(s)], out[len(s) :]
        path.append(p)
        looks.append(at)
    return path, looks


def recurrence(update, state=lambda x: (0.0 * x, 0.0 * x), look=lambda p, s: p):
    """The same from a formula `update(p, s, g, t)`, t = 1, 2, …, for each wire."""
    p, s, path = list(LIKE), [state(x) for x in LIKE], []
    for t in range(1, STEPS + 1):
        g = gradient([look(x, y) for x, y in zip(p, s, strict=True)])
        pairs = [update(x, y, h, t) for x, y, h in zip(p, s, g, strict=True)]
        p, s = [list(column) for column in zip(*pairs, strict=True)]
        path.append(p)
    return path


def close(path, expected, tolerance=1e-12):
    assert len(path) == len(expected)
    for got, want in zip(path, expected, strict=True):
        for x, y in zip(got, want, strict=True):
            assert np.max(np.abs(x - y)) <= tolerance


def sgd(p, s, g, t):
    return p - 0.05 * g, s


def momentum(p, s, g, t):
    v = 0.9 * s[0] - 0.05 * g
    return p + v, (v,)


def adagrad(p, s, g, t):
    total = s[0] + g**2
    return p - 0.3 * g / (np.sqrt(total) + 1e-8), (total,)


def rmsprop(p, s, g, t):
    v = 0.95 * s[0] + 0.05 * g * g
    return p - 0.02 * g / (np.sqrt(v) + 1e-8), (v,)


def adam(p, s, g, t, λ=0.0):
    m, v = 0.9 * s[0] + 0.1 * g, 0.99 * s[1] + 0.01 * g * g
    step = np.sqrt(1 - 0.99**t) / (1 - 0.9**t) * m / (np.sqrt(v) + 1e-8 * np.sqrt(1 - 0.99**t))
    return p * (1 - 0.02 * λ) - 0.02 * step, (m, v)


RECURRENCES = {
    "sgd": (opt.sgd(0.05), sgd, None),
    "momentum": (opt.momentum(0.05), momentum, None),
    "nesterov": (opt.nesterov(0.05), momentum, lambda p, s: p + 0.9 * s[0]),
    "adagrad": (opt.adagrad(0.3), adagrad, None),
    "rmsprop": (opt.rmsprop(0.02, 0.95), rmsprop, None),
    "adam": (opt.adam(0.02, 0.9, 0.99), adam, None),
    "adamw": (opt.adamw(0.02, 0.3, 0.9, 0.99), lambda *a: adam(*a, λ=0.3), None),
    "L2": (opt.sgd(0.05) >> opt.weight_decay(0.3), lambda p, s, g, t: (p - 0.05 * (g + 0.3 * p), s), None),
    "schedule": (
        opt.sgd(cd.schedules.cosine(0.1, 150)),
        lambda p, s, g, t: (p - 0.05 * (1 + np.cos(np.pi * min(t - 1, 150) / 150)) * g, s),
        None,
    ),
}


@pytest.mark.parametrize("name", RECURRENCES)
def test_a_trajectory_is_its_recurrence(name):
    optimiser, update, look = RECURRENCES[name]
    close(ran(optimiser)[0], recurrence(update, **({"look": look} if look else {})))


def test_clipping_is_by_the_norm_of_all_weights_together():
    def clipped(p):
        g = gradient(p)
        length = np.sqrt(sum([np.sum(x * x) for x in g]))
        return [x * min(1.0, 0.5 / length) for x in g]

    close(ran(opt.momentum(0.05) >> opt.clip(0.5))[0], ran(opt.momentum(0.05), gradient=clipped)[0])
    still = (opt.sgd(0.1) >> opt.clip(1.0)).on(cd.f64(2))
    assert np.array_equal(still.put([1.0, 2.0], [0.0, 0.0]), [1.0, 2.0])  # nothing is divided by nothing


def test_weights_of_several_precisions_are_clipped_together():
    P = cd.f32(2) @ cd.f64(2)
    step = (opt.sgd(1.0) >> opt.clip(1.0)).on(P)
    x, y = step.put(np.zeros(2, "f4"), np.zeros(2), np.full(2, 3.0, "f4"), np.full(2, 4.0))
    assert x.dtype == "f4" and y.dtype == "f8"
    assert np.allclose([*x, *y], np.array([3, 3, 4, 4]) / np.sqrt(50), rtol=1e-6)
    with pytest.raises(cd.CatdiffError, match="a norm is of real numbers, and there is 0 : z2"):
        opt.clip(1.0).on(cd.z2(2))


# -- laws ------------------------------------------------------------------------------------------------------

ALL = [
    opt.ascent(),
    opt.sgd(0.1),
    opt.sgd(cd.schedules.warmup(3)),
    opt.momentum(0.1),
    opt.nesterov(0.1),
    opt.adagrad(0.1),
    opt.rmsprop(0.1, momentum=0.5),
    opt.adam(),
    opt.adamw(),
]


@pytest.mark.parametrize("optimiser", ALL, ids=repr)
def test_the_optimiser_of_a_product_is_the_tensor(optimiser):
    parts = [optimiser.at({str(i): A}) for i, A in enumerate(P)]
    whole = tensor([(word_of(S), A, lens) for (S, lens), A in zip(parts, P, strict=True)])
    names = [name for S, _ in parts for name, _ in named(S)]
    order = [names.index(name) for name, _ in named(optimiser.kept(P))]  # a composite has the states of a part together
    back = [order.index(i) for i in range(len(order))]
    given = cd.Object([whole.dom[0].wires[i] for i in order])
    S, T = cd.permute(given, back), cd.permute(whole.dom[0][: len(order)], order)
    assert optimiser.on(P) == cd.Optic(S @ cd.id(P), T @ cd.id(P), 0) >> whole


@pytest.mark.parametrize(
    "optimiser", [*ALL, opt.sgd(0.1) >> opt.clip(1.0), opt.groups({"": opt.adam() >> opt.clip(1.0)})], ids=repr
)
def test_an_optimiser_is_what_it_prints(optimiser):
    again = eval(repr(optimiser), {"cd": cd})
    assert again.on(P) == optimiser.on(P)
    assert named(again.kept(P)) == named(optimiser.kept(P))


def test_optimisers_are_a_category():
    f, g, h = opt.momentum(0.1), opt.weight_decay(0.1), opt.clip(2.0)
    unit = opt.direction("nothing", {}, lambda p, change: change)
    assert ((f >> g) >> h).on(P) == (f >> (g >> h)).on(P)
    assert (f >> unit).on(P) == f.on(P)
    assert (unit >> g).on(P) == g.on(P)


def test_momentum_without_momentum_is_descent():
    close(ran(opt.momentum(0.05, 0.0))[0], ran(opt.sgd(0.05))[0], 0.0)


@given(st.floats(1e-3, 1e3))
def test_adam_does_not_mind_how_gradients_are_scaled(c):
    few = 30
    scaled = ran(opt.adam(0.02, eps=0.0), few, gradient=lambda p: [c * g for g in gradient(p)])[0]
    close(scaled, ran(opt.adam(0.02, eps=0.0), few)[0])


def test_over_bits_ascent_adds():
    B = cd.z2(4)
    assert list(opt.ascent().on(B).put([0, 1, 0, 1], [0, 0, 1, 1])) == [0, 1, 1, 0]


# -- groups ----------------------------------------------------------------------------------------------------


def test_groups_are_a_tensor_of_optimisers():
    W = {"dense.weight": cd.f64(3), "norm.scale": cd.f64(), "dense.bias": cd.f64(2), "dense_2.bias": cd.f64()}
    both = opt.groups({"dense": opt.adam(0.1), "": opt.sgd(0.5), "dense.bias": opt.momentum(0.2)})
    assert [name for name, _ in named(both.kept(W))] == [
        "dense.weight.mean",
        "dense.weight.square",
        "dense.weight.time",
        "dense.bias.velocity",
    ]
    rng = np.random.default_rng(0)
    s = [rng.uniform(1, 2, w.shape) for w in word_of(both.kept(W)).wires]
    p = [rng.normal(size=A.shape) for A in W.values()]
    d = [rng.normal(size=A.shape) for A in W.values()]
    *after, w, scale, b, b_2 = both.on(W).put(*s, *p, *d)
    m, v, t, w_alone = opt.adam(0.1).on(cd.f64(3)).put(*s[:3], p[0], d[0])
    velocity, b_alone = opt.momentum(0.2).on(cd.f64(2)).put(s[3], p[2], d[2])
    got, want = [*after, w, scale, b, b_2], [m, v, t, velocity, w_alone, p[1] + 0.5 * d[1], b_alone, p[3] + 0.5 * d[3]]
    assert all(np.array_equal(x, y) for x, y in zip(got, want, strict=True))


def test_groups_refuse_what_they_do_not_cover():
    W = {"dense.weight": cd.f64(3), "scale": cd.f64()}
    with pytest.raises(cd.CatdiffError, match="scale is in none of the groups dense"):
        opt.groups({"dense": opt.adam()}).on(W)
    with pytest.raises(cd.CatdiffError, match=r"no weight is in the group 'dens'; there are dense\.weight, scale"):
        opt.groups({"dens": opt.adam(), "": opt.sgd(1.0)}).on(W)


@pytest.mark.parametrize("rate", [float("nan"), float("inf"), "fast", None, True])
def test_a_rate_is_a_number(rate):
    with pytest.raises(cd.CatdiffError, match="a rate is a finite number or a schedule"):
        opt.sgd(rate)


# -- peers -----------------------------------------------------------------------------------------------------

TORCH = {
    "SGD": (opt.sgd(0.05), {"lr": 0.05}),
    "SGD momentum": (opt.momentum(0.05), {"lr": 0.05, "momentum": 0.9}),
    "SGD nesterov": (opt.nesterov(0.05), {"lr": 0.05, "momentum": 0.9, "nesterov": True}),
    "SGD L2": (opt.sgd(0.05) >> opt.weight_decay(0.2), {"lr": 0.05, "weight_decay": 0.2}),
    "Adagrad": (opt.adagrad(0.3), {"lr": 0.3, "eps": 1e-8}),
    "RMSprop": (opt.rmsprop(0.02, 0.95), {"lr": 0.02, "alpha": 0.95}),
    "RMSprop momentum": (opt.rmsprop(0.02, 0.95, momentum=0.5), {"lr": 0.02, "alpha": 0.95, "momentum": 0.5}),
    "Adam": (opt.adam(0.02), {"lr": 0.02}),
    "AdamW": (opt.adamw(0.02, 0.3), {"lr": 0.02, "weight_decay": 0.3}),
}


@pytest.mark.parametrize("name", TORCH)
def test_a_trajectory_is_that_of_torch(name):
    torch = pytest.importorskip("torch")
    optimiser, options = TORCH[name]
    p = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in LIKE]
    theirs, path = getattr(torch.optim, name.split()[0])(p, **options), []
    for _ in range(STEPS):
        for x, g in zip(p, gradient([x.detach().numpy() for x in p]), strict=True):
            x.grad = torch.tensor(np.asarray(g))
        path.append([x.detach().numpy().copy() for x in p])
        theirs.step()
    close(ran(optimiser)[1], path)  # torch keeps the point that is looked at


@pytest.mark.parametrize("name", ["sgd", "momentum", "adam", "adamw", "rmsprop", "clip", "warmup"])
def test_a_trajectory_is_that_of_optax(name):
    optax, jax = pytest.importorskip("optax"), pytest.importorskip("jax")
    ours, theirs = {
        "sgd": (opt.sgd(0.05), lambda: optax.sgd(0.05)),
        "momentum": (opt.momentum(0.05), lambda: optax.sgd(0.05, 0.9)),
        "adam": (opt.adam(0.02), lambda: optax.adam(0.02)),
        "adamw": (opt.adamw(0.02, 0.3), lambda: optax.adamw(0.02, weight_decay=0.3)),
        "rmsprop": (opt.rmsprop(0.02, 0.95), lambda: optax.rmsprop(0.02, 0.95, eps=1e-8, eps_in_sqrt=False)),
        "clip": (
            opt.sgd(0.05) >> opt.clip(0.5),
            lambda: optax.chain(optax.clip_by_global_norm(0.5), optax.sgd(0.05)),
        ),
        "warmup": (
            opt.sgd(cd.schedules.warmup(50, 0.1).then(50, cd.schedules.cosine(0.1, 100))),
            lambda: optax.sgd(
                optax.join_schedules(
                    [lambda t: 0.1 * (t + 1) / 50, optax.cosine_decay_schedule(0.1, 100)], boundaries=[50]
                )
            ),
        ),
    }[name]
    jax.config.update("jax_enable_x64", True)
    rule = theirs()
    p = [jax.numpy.asarray(x) for x in LIKE]
    state, path = rule.init(p), []
    for _ in range(STEPS):
        changes, state = rule.update([jax.numpy.asarray(g) for g in gradient([np.asarray(x) for x in p])], state, p)
        p = optax.apply_updates(p, changes)
        path.append([np.asarray(x) for x in p])
    close(ran(ours)[0], path)


@pytest.mark.parametrize(
    "make",
    [
        lambda x: cd.optimisers.momentum(0.1, x),
        lambda x: cd.optimisers.nesterov(0.1, x),
        lambda x: cd.optimisers.rmsprop(0.1, x),
        lambda x: cd.optimisers.adam(0.1, x),
        lambda x: cd.optimisers.adamw(0.1, b2=x),
    ],
)
@pytest.mark.parametrize("share", [-0.1, 1.0, 1.5, float("nan"), "0.9"])
def test_what_stays_is_a_share(make, share):
    with pytest.raises(cd.CatdiffError, match=r"a share from 0 to below 1|a finite number"):
        make(share)
