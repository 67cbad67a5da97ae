"""A sample of every generator, at any dtype: what the sweeps over the whole table run on.

`SAMPLES[name](make)` is a morphism on wires made by `make` (cd.f64, cd.c128, …), or raises `SignatureError` where the
generator is not defined there. Samples are made for points with entries between 0.3 and 1.7.
"""

from fractions import Fraction

import numpy as np

import catdiff as cd
from catdiff.category.binder import build
from catdiff.errors import CatdiffError
from catdiff.generators.threshold import pivotal, threshold

SMOOTH = ["neg", "recip", "exp", "expm1", "log", "log1p", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sech2", "sqrt"]
SMOOTH += ["sigmoid", "bell", "softplus", "atan", "erf", "bump", "conj", "real", "imag", "square"]
KINKED = ["abs", "relu", "sign", "step", "floor", "ceil", "round"]
BINARY = ["add", "sub", "mul", "div", "ratio", "maximum", "minimum", "xlogy", "logaddexp", "atan2", "hypot"]
COMPARISONS = ["lt", "le", "gt", "ge", "eq", "ne"]


def _index(*values):
    return cd.const(list(values), "index")


def _on(*shapes):
    """f ↦ the sample `f(*wires)` on wires of these shapes."""
    return lambda f: lambda make: build(_word(make(*s) for s in shapes), f)


def _word(objects):
    word = cd.UNIT
    for A in objects:
        word = word @ A
    return word


def _samples():
    b = _on((2, 3))
    for name in SMOOTH + KINKED:
        yield name, b(getattr(cd, name))
    for name in BINARY:
        yield name, _on((2, 3), (2, 3))(getattr(cd, name))
        yield f"{name} broadcast", _on((2, 3), (3,))(getattr(cd, name))
    for name in COMPARISONS:
        yield name, _on((3,), (3,))(lambda x, y, name=name: cd.where(getattr(cd, name)(x, y), x, 3 * y))
    yield "asin", b(lambda x: cd.asin(0.5 * x))
    yield "acos", b(lambda x: cd.acos(0.5 * x))
    yield "pow", b(lambda x: cd.pow(x, exponent=2.5))
    yield "pow 1", b(lambda x: cd.pow(x, exponent=1))
    yield "floordiv", b(lambda x: x * cd.floordiv(x, by=3))
    yield "threshold", b(lambda x: threshold(x, least=2, weights=(1, -1, 2)))
    yield "pivotal", b(lambda x: pivotal(x, least=1, weights=(1, -1, 2)))
    yield "clip", b(lambda x: cd.clip(x, 0.6, 1.2))
    yield "connectives", _on((3,), (3,))(lambda x, y: cd.where((x > y) & ~(x > 1.0) | (x == y) ^ (y < 0.5), x * y, y))
    yield "quantifiers", b(lambda x: cd.where(cd.any(x > 1.5, axis=0) | cd.all(x < 1, axis=0), x[0], x[1]))
    yield "where", _on((2, 3), (2, 3))(lambda x, y: cd.where(x > y, x * x, y))
    yield "complex", _on((3,), (3,))(cd.complex)
    yield "cast", lambda make: cd.cast(make(3), "f64" if make is cd.f32 else "f32" if make is cd.f64 else "c128")
    yield "cast to c128", lambda make: cd.cast(make(3), "c128")
    yield "from exact", b(lambda x: cd.cast(x > 1, dtype=x.dtype.name) * x)
    yield "moved conditions", b(lambda x: cd.where(cd.pad(cd.flip(x > 1), ((0, 0), (1, -1))), x, x * x))
    yield "moved indices", b(lambda x: cd.gather(x, cd.argsort(x[0])[::2], axis=1))
    # the multilinear family
    yield "einsum", _on((2, 3), (4, 3))(lambda x, y: cd.einsum("ij,kj->ik", x, y))
    yield "three operands", _on((2, 3), (3,), (2,))(lambda x, y, z: cd.einsum("ij,j,i->j", x, y, z))
    yield "matmul", _on((2, 3), (3, 2))(lambda x, y: x @ y)
    yield "matmul of stacks", _on((2, 1, 2, 3), (3, 3, 1))(cd.matmul)
    yield "dot", _on((3,), (3,))(cd.dot)
    yield "outer", _on((2,), (3,))(cd.outer)
    yield "kron", _on((1, 2), (2, 2))(cd.kron)
    yield "diag", _on((3,))(lambda x: cd.diag(x, offset=-1))
    yield "diagonal", b(lambda x: cd.diagonal(x, offset=1))
    yield "trace", _on((2, 3, 2))(lambda x: cd.trace(x, axis1=0, axis2=2))
    yield "conv", _on((4, 5), (2, 2, 2))(lambda x, w: cd.conv(x, w, stride=2, padding=1, groups=2))
    yield "conv in the plane", _on((1, 1, 3, 4), (1, 1, 2, 2))(lambda x, w: cd.conv(x, w, dilation=(1, 2)))
    yield "conv_transpose", _on((2, 2), (2, 1, 3))(lambda x, w: cd.conv_transpose(x, w, stride=2, padding=1))
    yield "windows", _on((2, 5))(lambda x: cd.windows(x, (3,), stride=2))
    yield "avg_pool", _on((4, 4))(lambda x: cd.avg_pool(x, (2, 2)))
    yield "max_pool", _on((4, 3))(lambda x: cd.max_pool(x, (2, 2), stride=2, padding=(0, 1)))
    yield "broadcast", _on((3,))(lambda x: cd.broadcast(x, shape=(2, 3)))
    yield "sum", b(lambda x: cd.sum(x, axis=0))
    yield "transpose", b(cd.transpose)
    yield "moveaxis", _on((2, 1, 3))(lambda x: cd.moveaxis(x, 0, 2))
    yield "getitem", b(lambda x: x[::-1, 1:])
    yield "slice", b(lambda x: cd.slice(x, 0, None, 2, axis=1))
    yield "pad", b(lambda x: cd.pad(x, ((1, 0), (-1, 2)), value=1))
    yield "flip", b(cd.flip)
    yield "roll", b(lambda x: cd.roll(x, 4, axis=1))
    yield "gather", b(lambda x: cd.gather(x, _index(1, 0, 1), axis=1))
    yield "scatter_add", b(lambda x: cd.scatter_add(x, _index(3, 3), n=5))
    yield "take_along_axis", b(lambda x: cd.take_along_axis(x, _index([2], [0]), axis=1))
    # other linear maps
    yield "reshape", b(lambda x: cd.reshape(x, (3, -1)))
    yield "concat", _on((2, 3), (2, 1))(lambda x, y: cd.concat(x, y, axis=1))
    yield "split", b(lambda x: cd.split(x, [1, 2], axis=1))
    yield "stack", _on((3,), (3,))(lambda x, y: cd.stack(x, y, axis=1))
    yield "squeeze", _on((2, 1))(lambda x: cd.expand_dims(cd.squeeze(x), axis=(0, 2)))
    yield "cumsum", b(lambda x: cd.cumsum(x, axis=0))
    # scans and statistics
    yield "linrec", _on((2, 3), (2, 3))(lambda a, x: cd.linrec(a, x, axis=1))
    yield "linrec backwards", _on((3,), (3,))(lambda a, x: cd.linrec(a, x, reverse=True))
    yield "cumprod", b(lambda x: cd.cumprod(x, axis=1))
    yield "prod", b(lambda x: cd.prod(x, axis=0, keepdims=True))
    yield "mean", b(lambda x: cd.mean(x, axis=1, keepdims=True))
    yield "variance", b(lambda x: cd.variance(x, axis=1, ddof=1))
    yield "variance of all", b(cd.variance)  # the factor 2 / n of the one above is 1
    yield "std", b(lambda x: cd.std(x, axis=0, keepdims=True))
    yield "norm", b(lambda x: cd.norm(x, axis=1))
    yield "layer_norm", b(lambda x: cd.layer_norm(x, eps=0.1))
    for name in ("softmax", "logsumexp", "log_softmax"):
        yield name, b(lambda x, name=name: getattr(cd, name)(x, axis=0))
    # choices
    yield "max", b(lambda x: cd.max(x, axis=1))
    yield "min", b(cd.min)
    yield "sort", b(cd.sort)
    for name in ("argmax", "argmin", "argsort"):
        yield name, _on((3,))(lambda x, name=name: cd.gather(x * x, getattr(cd, name)(x)))
    yield "uniform", _on((3,))(lambda x: x * cd.uniform(x.builder.lift(_index(7)), (3,), x.dtype.name)[0])
    yield "const", _on((3,))(lambda x: x * cd.const(np.arange(3), x.dtype))
    yield "zero", _on((3,))(lambda x: x.builder.lift(cd.zero(x.object)) + x)
    yield "box", b(lambda x: cd.square(x.object).box("square")(x) * x)


SAMPLES = dict(_samples())


def at(make):
    """The samples that are defined on wires made by `make`."""
    found = {}
    for name, sample in SAMPLES.items():
        try:
            found[name] = sample(make)
        except CatdiffError:
            continue
    return found


def rows(programs):
    """The names of the rows that occur in these morphisms."""
    return {label.row.name for f in programs for g in (f, f.flatten()) for label in g.net.labels}


def draw(rng, sort):
    """An array on a sort: positive and away from kinks for numbers, all values for exact ones."""
    shape, name = sort.shape, sort.dtype.name
    if name == "c128":
        return np.asarray(rng.uniform(0.3, 1.2, shape) + 1j * rng.uniform(-0.8, 0.8, shape))
    if sort.dtype.kind == "real":
        return np.asarray(rng.uniform(0.3, 1.7, shape), sort.dtype.carrier)
    numbers = rng.integers(0, 2, shape) if name in ("z2", "bool") else rng.integers(-4, 5, shape)
    if name == "rational":
        return np.asarray(numbers, object) * Fraction(1, 3)
    return np.asarray(numbers)
