"""Random well-typed programs over catdiff's own generators, and points to run them at.

`morphisms(signature)` draws `f : A → B` by a budget of parts: generators, structural maps, constants, `>>`, `@`, boxes
(also twice on the same wires, and in boxes), `.map`, and the binder. A signature says which dtypes and which generators
occur:

- `SMOOTH`: bounded analytic functions of f64, so that differences and tolerances mean something at any input;
- `INTEGER` and `BITS`: polynomials over ℤ and Z₂, where every law can be asked for exactly;
- `MIXED`: wires of all dtypes that run, with comparisons, choices and extrema; for what does not differentiate.

Everything shrinks towards the identity on one scalar.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
from hypothesis import assume, settings
from hypothesis import strategies as st

import catdiff as cd
from catdiff.category.binder import build
from catdiff.category.morphism import Atom, Morphism
from catdiff.category.objects import Object, Sort
from catdiff.errors import EvaluationError

UNIT_ROUNDOFF = 2.0**-53
few = settings(max_examples=max(10, settings.default.max_examples // 4))  # for laws that draw several programs
SHAPES = ((), (2,), (3,), (2, 3), (0,), (2, 0), (1,))
WIDEST, LARGEST = 4, 12  # wires of an interface; entries of a wire


# -- signatures ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Operation:
    """A generator that random programs use: how many wires it reads, which it fits, and how it is made."""

    make: Callable[[Object], Morphism]
    arity: int = 1
    fits: Callable[..., bool] = lambda *sorts: True

    def at(self, A: Object) -> list[tuple[int, ...]]:
        """The wires of A on which it can be used."""
        if self.arity > 2:
            runs = [tuple(range(i, i + self.arity)) for i in range(len(A) - self.arity + 1)]
        else:
            runs = list(product(range(len(A)), repeat=self.arity))
        return [ws for ws in runs if self.fits(*[A.wires[w] for w in ws])]


class Signature:
    """The dtypes and the operations of some random programs."""

    def __init__(self, dtypes: tuple[str, ...], operations: tuple[Operation, ...]) -> None:
        self.dtypes, self.operations = dtypes, operations

    def __repr__(self) -> str:  # short: Hypothesis prints it with every failure
        return f"<programs over {', '.join(self.dtypes)}>"


def of_dtype(*names: str) -> Callable[..., bool]:
    return lambda *sorts: all(s.dtype.name in names for s in sorts)


def broadcasts(*sorts: Sort) -> bool:
    """Whether elementwise operations take these: one dtype, and shapes that broadcast to something small."""
    try:
        shape = np.broadcast_shapes(*[s.shape for s in sorts])
    except ValueError:
        return False
    return len({s.dtype for s in sorts}) == 1 and np.prod(shape, dtype=int) <= LARGEST


def both(*rules: Callable[..., bool]) -> Callable[..., bool]:
    return lambda *sorts: all(rule(*sorts) for rule in rules)


def has_axis(s: Sort) -> bool:
    return bool(s.shape)


def doubles(s: Sort) -> bool:
    return 2 * s.size <= LARGEST


def dot(A: Object) -> Morphism:
    letters = "ijk"[: len(A.wires[0].shape)]
    return cd.einsum(f"{letters},{letters}->", *A)


def arithmetic(*names: str) -> tuple[Operation, ...]:
    """What makes sense over any rig: sums, products, and moving entries about."""
    here = of_dtype(*names)
    return (
        *(Operation(f, 2, both(here, broadcasts)) for f in (cd.mul, cd.add, cd.sub)),
        Operation(cd.neg, 1, here),
        Operation(cd.sum, 1, here),
        Operation(lambda A: cd.sum(A, axis=0), 1, both(here, has_axis)),
        Operation(cd.transpose, 1, here),
        Operation(lambda A: cd.reshape(A, (A.sort.size,)), 1, here),
        Operation(lambda A: cd.broadcast(A, shape=(2, *A.shape)), 1, both(here, doubles)),
        Operation(lambda A: cd.copy(A) >> cd.concat(A, A), 1, both(here, has_axis, doubles)),
        Operation(lambda A: cd.split(A, [1, A.shape[0] - 1]), 1, both(here, lambda s: s.shape[:1] > (1,))),
        Operation(dot, 2, both(here, lambda a, b: a is b)),
    )


def chosen(*names: str) -> tuple[Operation, ...]:
    """Comparisons and choices among entries: what has kinks."""
    here = of_dtype(*names)
    filled = both(here, has_axis, lambda s: s.size > 0)
    return (
        *(Operation(f, 2, both(here, broadcasts)) for f in (cd.maximum, cd.gt, cd.eq)),
        *(Operation(f, 1, here) for f in (cd.relu, cd.abs, cd.floor)),
        *(Operation(f, 1, filled) for f in (cd.max, cd.sort, cd.argmax, cd.argsort)),
        Operation(cd.where, 3, lambda c, a, b: c.dtype.name == "bool" and a is b and a.shape == c.shape),
    )


BOUNDED = (cd.sin, cd.cos, cd.tanh, cd.sigmoid, cd.bell, cd.softplus, cd.atan, cd.erf)
SMOOTH = Signature(
    ("f64",),
    (
        *(Operation(f, 1, of_dtype("f64")) for f in BOUNDED),
        Operation(cd.softmax, 1, both(of_dtype("f64"), has_axis, lambda s: s.shape[-1] > 0)),
        *arithmetic("f64"),
    ),
)
INTEGER = Signature(("integer",), arithmetic("integer"))
BITS = Signature(("z2",), arithmetic("z2"))
MIXED = Signature(
    ("f64", "f32", "integer", "z2", "bool"),
    (*arithmetic("f64", "f32", "integer", "z2"), *chosen("f64", "f32"), *SMOOTH.operations[: len(BOUNDED)]),
)


# -- objects and points ----------------------------------------------------------------------------------------


def sorts(signature: Signature = MIXED) -> st.SearchStrategy[Sort]:
    """A dtype of the signature and a small shape: scalars and zero extents too."""
    return st.builds(Sort, st.sampled_from(signature.dtypes), st.sampled_from(SHAPES))


def objects(signature: Signature = MIXED, most: int = 3, least: int = 0) -> st.SearchStrategy[Object]:
    """Words of such wires."""
    return st.lists(sorts(signature), min_size=least, max_size=most).map(Object)


def array(sort: Sort, rng: np.random.Generator) -> np.ndarray:
    """A point of a wire: reals at least 0.2 from zero, where kinks are; small exact numbers; index 0."""
    signs = rng.choice([-1.0, 1.0], sort.shape)
    match sort.dtype.name:
        case "f32" | "f64":
            values = signs * rng.uniform(0.2, 1.5, sort.shape)
        case "c128":
            values = signs * rng.uniform(0.2, 1.5, sort.shape) + 1j * rng.normal(size=sort.shape)
        case "integer":
            values = rng.integers(-2, 3, sort.shape)
        case "rational":
            values = np.empty(sort.shape, object)
            values[...] = np.vectorize(lambda p: Fraction(int(p), 3), otypes=[object])(rng.integers(-5, 6, sort.shape))
        case "index":
            values = np.zeros(sort.shape)
        case _:
            values = rng.integers(0, 2, sort.shape)
    return np.asarray(values, sort.dtype.carrier)


def point(A: Object, seed: int = 0) -> list[np.ndarray]:
    """An array for every wire of A; the same for the same seed."""
    rng = np.random.default_rng(seed)
    return [array(s, rng) for s in A.wires]


def seeds() -> st.SearchStrategy[int]:
    """Seeds of points."""
    return st.integers(0, 999)


def values(f: Morphism, xs: Sequence[Any]) -> list[np.ndarray]:
    """The outputs of f as a list of arrays, however many there are."""
    y = f(*xs)
    return [np.asarray(v) for v in (y if isinstance(y, tuple) else (y,))]


def same(left: Sequence[np.ndarray], right: Sequence[np.ndarray]) -> bool:
    """The same arrays, bit for bit."""
    return len(left) == len(right) and all(
        a.dtype == b.dtype
        and a.shape == b.shape
        and (a.tolist() == b.tolist() if a.dtype == object else a.tobytes() == b.tobytes())
        for a, b in zip(left, right, strict=True)
    )


# -- agreeing --------------------------------------------------------------------------------------------------


def run(f, xs):
    """The outputs of f; a program over ℤ whose numbers outgrow 64 bits shows nothing and is put aside."""
    try:
        return values(f, xs)
    except EvaluationError as error:
        assume("64-bit" not in str(error))
        raise


def sizes(f, xs) -> tuple[int, float]:
    """How many numbers f works out at a point, and the largest of them."""
    f = f.flatten()
    wires, count = [np.asarray(x) for x in xs], 1
    for label, sources, _ in f.net.steps():
        wires += values(Atom(label), [wires[s] for s in sources])
        count += sum(s.size for s in (*label.dom.wires, *label.cod.wires))
    return count, max([1.0, *(float(np.max(np.abs(w), initial=0.0)) for w in wires)])


def rounding(f, g, xs) -> float:
    """By how much f and g may differ at a point if they differ by rounding only."""
    (m, a), (n, b) = sizes(f, xs), sizes(g, xs)
    return 8 * UNIT_ROUNDOFF * (m + n) * max(a, b) ** 2


def agree(f, g, seed=0):
    """f and g have one type and the same values: exactly, or up to rounding where there are floats."""
    assert (f.dom, f.cod) == (g.dom, g.cod)
    xs = point(f.dom, seed)
    left, right = run(f, xs), run(g, xs)
    if all(s.dtype.kind == "exact" for s in (*f.dom.wires, *f.cod.wires)):
        assert same(left, right)
    else:
        bound = rounding(f, g, xs)
        for x, y in zip(left, right, strict=True):
            np.testing.assert_allclose(x, y, rtol=0, atol=bound)


# -- programs --------------------------------------------------------------------------------------------------


@st.composite
def morphisms(
    draw: Any,
    signature: Signature = SMOOTH,
    dom: Object | None = None,
    cod: Object | None = None,
    budget: int = 5,
    least: int = 1,
) -> Morphism:
    """`f : dom → cod` of at most about `budget` parts; an object that is None is drawn (dom) or follows (cod)."""
    A = draw(objects(signature, least=least)) if dom is None else dom
    f = _term(draw, signature, A, draw(st.sampled_from((1, 2, budget // 2 + 1, budget, budget, budget))))
    return f if cod is None else f >> fit(f.cod, cod)


def fit(A: Object, B: Object) -> Morphism:
    """Some `A → B`: each wire of B is a wire of A as it is, or one of its dtype summed and repeated, or zero."""

    def body(*xs: Any) -> tuple[Any, ...]:
        out = []
        for i, s in enumerate(B.wires):
            alike = [x for x in xs if x.sort is s]
            near = [x for x in xs if x.dtype is s.dtype and s.dtype.kind != "discrete"]
            if alike:
                out.append(alike[i % len(alike)])
            elif near:
                out.append(cd.broadcast(cd.sum(near[i % len(near)]), shape=s.shape))
            else:
                out.append(cd.zero(Object((s,))))
        return tuple(out)

    return build(A, body)


def _term(draw: Any, signature: Signature, A: Object, budget: int) -> Morphism:
    kinds = _LEAVES if budget <= 1 else _NODES
    f = _KINDS[draw(st.sampled_from(kinds))](draw, signature, A, budget)
    if len(f.cod) > WIDEST:
        keep = draw(st.lists(st.integers(0, len(f.cod) - 1), min_size=1, max_size=WIDEST - 1))
        f = f >> cd.wiring(f.cod, keep)
    return f


def _identity(draw: Any, signature: Signature, A: Object, budget: int) -> Morphism:
    return cd.id(A)


def _wiring(draw: Any, signature: Signature, A: Object, budget: int) -> Morphism:
    """Copies, discards and swaps; by their own names now and then."""
    named = [cd.copy, cd.discard] + [lambda A: cd.swap(A[0], A[1:])] * (len(A) > 1)
    if draw(st.booleans()):
        return draw(st.sampled_from(named))(A)
    sources = draw(st.lists(st.integers(0, len(A) - 1), min_size=1, max_size=WIDEST)) if len(A) else []
    return cd.wiring(A, sources)


def _generator(draw: Any, signature: Signature, A: Object, budget: int) -> Morphism:
    """One operation on some of the wires, the others beside its outputs."""
    found = [(op, wires) for op in signature.operations for wires in op.at(A)]
    if not found:
        return _const(draw, signature, A, budget)
    op, wires = draw(st.sampled_from(found))
    rest = [w for w in range(len(A)) if w not in wires or draw(st.booleans())][: WIDEST - 2]
    return cd.wiring(A, [*wires, *rest]) >> op.make(Object(A.wires[w] for w in wires)) @ cd.id(
        Object(A.wires[w] for w in rest)
    )


def _const(draw: Any, signature: Signature, A: Object, budget: int) -> Morphism:
    s = draw(sorts(signature))
    B = Object((s,))
    c = cd.zero(B) if draw(st.booleans()) else cd.const(point(B, draw(seeds()))[0], B)
    return cd.id(A) @ c if draw(st.booleans()) else c @ cd.id(A)


def _compose(draw: Any, signature: Signature, A: Object, budget: int) -> Morphism:
    f = _term(draw, signature, A, budget // 2)
    return f >> _term(draw, signature, f.cod, budget - budget // 2)


def _tensor(draw: Any, signature: Signature, A: Object, budget: int) -> Morphism:
    k = draw(st.integers(0, len(A)))
    return _term(draw, signature, A[:k], budget // 2) @ _term(draw, signature, A[k:], budget - budget // 2)


def _box(draw: Any, signature: Signature, A: Object, budget: int) -> Morphism:
    return _term(draw, signature, A, budget - 1).box(draw(st.sampled_from(("b", "wave", "R[b]"))))


def _twice(draw: Any, signature: Signature, A: Object, budget: int) -> Morphism:
    """One box two times, on the same wires: what sharing has to see."""
    f = _box(draw, signature, A, budget // 2)
    return cd.copy(A) >> f @ f


def _mapped(draw: Any, signature: Signature, A: Object, budget: int) -> Morphism:
    """`g.map(n, shared)` where the wires of A allow it."""
    extents = sorted({s.shape[0] for s in A.wires if s.shape})
    n = draw(st.sampled_from(extents)) if extents else 0
    shared = [i for i, s in enumerate(A.wires) if s.shape[:1] != (n,)]
    inner = Object(s if i in shared else s.with_shape(s.shape[1:]) for i, s in enumerate(A.wires))
    f = _term(draw, signature, inner, budget - 1)
    if not extents or any(n * s.size > 2 * LARGEST for s in f.cod.wires):
        return f if inner == A else cd.id(A)
    return f.map(n, shared=shared)


def _bound(draw: Any, signature: Signature, A: Object, budget: int) -> Morphism:
    """The binder: operators, a morphism applied, a wire used again, a number."""

    def body(*xs: Any) -> tuple[Any, ...]:
        ws = list(xs)
        for _ in range(budget - 1):
            arithmetic = [w for w in ws if w.dtype.kind != "discrete"]
            if not arithmetic:
                break
            x = draw(st.sampled_from(arithmetic))
            kind = draw(st.sampled_from(("double", "square", "item", "call", "number")))
            if kind == "item" and x.shape[:1] > (0,):
                ws.append(x[0])
            elif kind == "call":
                f = _term(draw, signature, x.object, 1)
                y = f(x)
                ws += y if isinstance(y, tuple) else [y]
            elif kind == "number":
                ws.append(1 - x)
            else:
                ws.append(x * x if kind == "square" else x + x)
        return tuple(ws[-WIDEST:])

    return build(A, body)


_LEAVES = ("id", *["generator"] * 6, "wiring", "const")
_NODES = ("id", "generator", *["compose"] * 6, "tensor", "box", "box", "twice", "binder", "map")
_KINDS: dict[str, Callable[[Any, Signature, Object, int], Morphism]] = {
    "id": _identity,
    "generator": _generator,
    "wiring": _wiring,
    "const": _const,
    "compose": _compose,
    "tensor": _tensor,
    "box": _box,
    "twice": _twice,
    "map": _mapped,
    "binder": _bound,
}
