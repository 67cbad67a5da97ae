"""Linear and multilinear generators.

One family does nearly all of linear algebra: the *span contraction* `y[t(e)] += Π_k x_k[s_k(e)]` (see `spans`). Its
derivative in one operand is the same family with two legs exchanged, so it is closed under R to any order, and
einsum, convolution, broadcasting, sums, slices, padding, gathers and scatters all are its members.

>>> import catdiff as cd, numpy as np
>>> cd.einsum("ij,j->i", np.eye(2), np.array([3.0, 4.0]))
array([3., 4.])
>>> cd.sum(np.ones((2, 3)), axis=0)
array([2., 2., 2.])

Beside it stand the linear maps that are no contraction: reshape, concat and split, cast, conj.

Source: parametric spans, arXiv:2208.00809.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import prod
from typing import Any

import numpy as np

from ..category.binder import Wire, apply
from ..category.families import Family, family
from ..category.label import Row, label, register
from ..category.morphism import Atom, Morphism, id
from ..category.objects import DTYPES, UNIT, Object, Sort
from ..errors import SignatureError, with_line
from . import spans
from .constants import carrier
from .contraction import prepare
from .spans import Affine, Span

read = lru_cache(maxsize=4096)(spans.parse)


def said(make: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """`make(*args)`, its ValueError as a SignatureError with the user's line."""
    try:
        return make(*args, **kwargs)
    except (ValueError, TypeError) as error:
        raise SignatureError(with_line(str(error))) from None


def _contract_type(dom: Object, span: str) -> Object:
    s = said(read, span)
    n, wires = len(s.inputs), dom.wires
    if len(wires) != n + s.tables:
        raise SignatureError(
            with_line(f"contract {s.formula} takes {n} operands and {s.tables} tables, not {len(wires)} wires")
        )
    values, tables = wires[:n], wires[n:]
    if any(w.dtype is not values[0].dtype for w in values) or values[0].dtype.kind == "discrete":
        raise SignatureError(with_line(f"contract {s.formula} takes operands of one arithmetic dtype, not {dom[:n]}"))
    if any(t.dtype.name != "index" for t in tables):
        raise SignatureError(with_line(f"contract {s.formula} looks up in index wires, not {dom[n:]}"))
    said(s.check, [w.shape for w in values], [t.shape for t in tables])
    return Object((values[0].with_shape(s.shape),))


def _contract_kernel(label: Any) -> Callable[..., Any]:
    s = read(label.attrs["span"])
    n = len(s.inputs)
    run = prepare(s, [w.shape for w in label.dom.wires[:n]], carrier(label.cod.dtype.name))
    return lambda *xs: run(xs[:n], xs[n:])


def contract(span: Span, *operands: Any) -> Any:
    """The contraction of these wires: operands, then tables."""
    dom = UNIT
    for w in operands:
        dom = dom @ w.object
    return Atom(label(CONTRACT, dom, {"span": str(span)}))(*operands)


def _contract_R(*args: Any, span: str) -> tuple[Any, ...]:
    s = read(span)
    n = len(s.inputs)
    xs, tables, ȳ = args[:n], args[n:-1], args[-1]

    def cotangent(k: int) -> Any:
        others = [conj(x) for i, x in enumerate(xs) if i != k]
        return contract(s.transpose(k, xs[k].shape), *others, ȳ, *tables)

    return (*map(cotangent, range(n)), *(None for _ in tables))


def _contract_D(*args: Any, span: str) -> Any:
    s = read(span)
    n, half = len(s.inputs), len(args) // 2
    xs, tables, ẋs = args[:n], args[n:half], args[half : half + n]
    total = None
    for k in range(n):
        term = contract(s, *xs[:k], ẋs[k], *xs[k + 1 :], *tables)
        total = term if total is None else total + term
    return total


def _contract_batch(label: Any, mask: Sequence[bool], n: int) -> Morphism:
    s = read(label.attrs["span"])
    values = len(s.inputs)
    dom = batched(label.dom, mask, n)
    new = s.batched(mask[:values], mask[values:], n)
    return Atom(relabel(label, dom, {"span": str(new)}))


def relabel(old: Any, dom: Object, attrs: dict[str, Any] | None = None) -> Any:
    """The same row at another type."""
    return label(old.row, dom, old.attrs if attrs is None else attrs)


def batched(A: Object, mask: Sequence[bool], n: int) -> Object:
    """A with a leading axis of extent n on the masked wires."""
    return Object(w.with_shape((n, *w.shape)) if m else w for w, m in zip(A.wires, mask, strict=True))


def _contract_title(label: Any) -> str:
    s = read(label.attrs["span"])
    if len(s.inputs) == 1 and s.is_projection:
        inner, outer = set(s.inputs[0]), set(s.output)
        if outer < inner:
            return "Σ"
        return "broadcast" if inner < outer else "transpose" if len(inner) == len(s.inputs[0]) else "diagonal"
    if len(s.inputs) == 1:
        return (
            "scatter"
            if s.tables and any(isinstance(a, spans.Lookup) for a in s.output)
            else "gather"
            if s.tables
            else "window"
        )
    return s.formula.replace(" ", "").replace("->", "→") if s.is_projection else "convolve"


CONTRACT = register(
    Row(
        name="contract",
        type_rule=_contract_type,
        kernel=_contract_kernel,
        R=_contract_R,
        D=_contract_D,
        batch=_contract_batch,
        flops=lambda label: spans.flops(read(label.attrs["span"])),
        title=_contract_title,
        zeros="any",
        source="arXiv:2208.00809",
    )
)


def of_span(s: Span, dom: Object) -> Atom:
    """The contraction atom at `dom`."""
    return Atom(label(CONTRACT, dom, {"span": str(s.normalise())}))


def letters(*numbers: int) -> tuple[Affine, ...]:
    """A leg of bare letters."""
    return tuple(Affine(((i, 1),)) for i in numbers)


def einsum(subscripts: str, *operands: Any, sizes: dict[str, int] | None = None) -> Any:
    """`einsum("ij,jk->ik", A, B)`: NumPy's subscripts on objects, wires or arrays. Extent 1 does not broadcast;
    a letter that only the output has takes its extent from `sizes`.
    """

    def member(dom: Object) -> Morphism:
        return of_span(said(spans.einsum, subscripts, [w.shape for w in dom.wires], sizes), dom)

    return Family("einsum", member, None)(*operands)


@family("transpose")
def transpose(A: Object, axes: Sequence[int] | None = None) -> Morphism:
    """The axes of an array in another order (reversed by default)."""
    rank = len(A.shape)
    order = [a % rank for a in (axes if axes is not None else range(rank - 1, -1, -1))] if rank else []
    if sorted(order) != list(range(rank)):
        raise SignatureError(with_line(f"transpose: {axes} is not an order of the {rank} axes of {A}"))
    return of_span(Span(A.shape, (letters(*range(rank)),), letters(*order), tuple(A.shape[a] for a in order)), A)


def axes_of(axis: Any, rank: int, name: str) -> list[int]:
    """The axes meant by an int, a sequence, or None for all; from the front."""
    chosen = list(range(rank)) if axis is None else list(axis) if isinstance(axis, (tuple, list)) else [axis]
    if any(not -rank <= a < rank for a in chosen) or len({a % rank for a in chosen}) != len(chosen):
        raise SignatureError(with_line(f"{name}: axis {axis} of an array with {rank} axes"))
    return sorted(a % rank for a in chosen)


@family("sum")
def sum(A: Object, axis: Any = None, keepdims: bool = False) -> Morphism:
    """Sum over axes."""
    gone = axes_of(axis, len(A.shape), "sum")
    kept = [i for i in range(len(A.shape)) if i not in gone]
    f = of_span(Span(A.shape, (letters(*range(len(A.shape))),), letters(*kept), tuple(A.shape[i] for i in kept)), A)
    return f >> reshape(f.cod, tuple(1 if i in gone else n for i, n in enumerate(A.shape))) if keepdims else f


@family("broadcast")
def broadcast(A: Object, shape: Sequence[int]) -> Morphism:
    """NumPy's broadcasting of one array to `shape`: new leading axes, and axes of extent 1 repeated."""
    full, own = tuple(shape), A.shape
    lead = len(full) - len(own)
    if lead < 0 or any(n not in (1, m) for n, m in zip(own, full[lead:], strict=True)):
        raise SignatureError(with_line(f"{A} does not broadcast to {full}"))
    fixed = Affine(())
    leg = tuple(Affine(((lead + i, 1),)) if n == full[lead + i] else fixed for i, n in enumerate(own))
    return of_span(Span(full, (leg,), letters(*range(len(full))), full), A)


def broadcast_to(x: Wire, shape: tuple[int, ...]) -> Any:
    """`broadcast` of a wire."""
    return broadcast(x, shape=shape)


def _reshape_type(dom: Object, shape: tuple[int, ...]) -> Object:
    if prod(shape) != dom.sort.size:
        raise SignatureError(with_line(f"cannot reshape {dom} to {shape}"))
    return Object((dom.sort.with_shape(shape),))


RESHAPE = register(
    Row(
        name="reshape",
        type_rule=_reshape_type,
        forward=lambda x, shape: np.reshape(x, shape),
        dagger=lambda old: Atom(label(RESHAPE, old.cod, {"shape": old.dom.shape})),
        batch=lambda old, mask, n: Atom(relabel(old, batched(old.dom, mask, n), {"shape": (n, *old.attrs["shape"])})),
        flops=lambda label: 0,
        zeros="all",
    )
)


@family("reshape")
def reshape(A: Object, shape: Any) -> Morphism:
    """The same entries in another shape, row-major; one extent may be -1."""
    want = [shape] if isinstance(shape, int) else list(shape)
    if want.count(-1) == 1:
        rest = -prod(want)
        want[want.index(-1)] = A.sort.size // rest if rest and A.sort.size % rest == 0 else 0
    if tuple(want) == A.shape:
        return id(A)
    return Atom(label(RESHAPE, A, {"shape": tuple(want)}))


def _concat_type(dom: Object, axis: int) -> Object:
    shapes = [w.shape for w in dom.wires]
    if not shapes or len({w.dtype.name for w in dom.wires}) > 1 or not -len(shapes[0]) <= axis < 0:
        raise SignatureError(with_line(f"concat along axis {axis} takes arrays of one dtype with that axis, not {dom}"))
    rest = {(*s[:axis], *s[len(s) + axis + 1 :]) for s in shapes}
    if len(rest) > 1 or len({len(s) for s in shapes}) > 1:
        raise SignatureError(with_line(f"concat along axis {axis}: the other axes of {dom} differ"))
    at, first = len(shapes[0]) + axis, shapes[0]
    total = int(np.sum([s[axis] for s in shapes]))
    return Object((dom.wires[0].with_shape((*first[:at], total, *first[at + 1 :])),))


def _split_type(dom: Object, axis: int, sizes: tuple[int, ...]) -> Object:
    shape = dom.shape
    at = len(shape) + axis
    if not -len(shape) <= axis < 0 or int(np.sum(sizes)) != shape[axis]:
        raise SignatureError(with_line(f"split: sizes {sizes} along axis {axis} do not make {dom}"))
    return Object(dom.sort.with_shape((*shape[:at], n, *shape[at + 1 :])) for n in sizes)


CONCAT = register(
    Row(
        name="concat",
        type_rule=_concat_type,
        forward=lambda *xs, axis: np.concatenate(xs, axis),
        dagger=lambda old: Atom(
            label(
                SPLIT,
                old.cod,
                {
                    "axis": old.attrs["axis"],
                    "sizes": tuple(w.shape[old.attrs["axis"]] for w in old.dom.wires),
                },
            )
        ),
        flops=lambda label: 0,
        zeros="all",
    )
)
SPLIT = register(
    Row(
        name="split",
        type_rule=_split_type,
        forward=lambda x, axis, sizes: tuple(np.split(x, np.cumsum(sizes)[:-1], axis)) if sizes else (),
        dagger=lambda old: Atom(label(CONCAT, old.cod, {"axis": old.attrs["axis"]})),
        flops=lambda label: 0,
        zeros="all",
    )
)


def _negative(axis: int, rank: int, name: str) -> int:
    return axes_of(axis, rank, name)[0] - rank


@family("concat", width=None)
def concat(A: Object, axis: int = 0) -> Morphism:
    """Arrays one after the other along `axis`."""
    return Atom(label(CONCAT, A, {"axis": _negative(axis, len(A.wires[0].shape) if len(A) else 0, "concat")}))


@family("split")
def split(A: Object, sizes: Any, axis: int = 0) -> Morphism:
    """One array cut along `axis` into pieces of the given sizes (an int: that many equal pieces)."""
    axis = _negative(axis, len(A.shape), "split")
    if isinstance(sizes, int):
        sizes = (A.shape[axis] // sizes,) * sizes
    return Atom(label(SPLIT, A, {"axis": axis, "sizes": tuple(sizes)}))


def _cast_type(dom: Object, dtype: str) -> Object:
    kinds = (dom.dtype.kind, DTYPES[dtype].kind if dtype in DTYPES else "?")
    if kinds not in (("real", "real"), ("discrete", "real"), ("discrete", "exact"), ("discrete", "discrete")):
        raise SignatureError(with_line(f"there is no cast from {dom.dtype.name} to {dtype}"))
    return Object((Sort(dtype, dom.shape),))


CAST = register(
    Row(
        name="cast",
        type_rule=_cast_type,
        forward=lambda x, dtype: x.astype(carrier(dtype)),
        R=lambda x, ȳ, dtype: cast(ȳ, dtype=x.dtype.name) if x.dtype.kind == "real" else None,
        D=lambda x, ẋ, dtype: cast(ẋ, dtype=dtype) if x.dtype.kind == "real" else None,
        flops=lambda label: 0,
        zeros="all",
        title=lambda label: label.cod.dtype.name,
    )
)


@family("cast")
def cast(A: Object, dtype: str) -> Morphism:
    """The entries in another dtype: f32 ↔ f64, and bool or index to any arithmetic dtype."""
    return id(A) if A.dtype.name == dtype else Atom(label(CAST, A, {"dtype": dtype}))


CONJ = register(
    Row(
        name="conj",
        type_rule=lambda dom: dom if len(dom) == 1 else Object(),
        forward=np.conjugate,
        R=lambda x, ȳ: conj(ȳ),
        D=lambda x, ẋ: conj(ẋ),
        zeros="all",
    )
)


def conj(x: Any) -> Any:
    """Complex conjugate of a wire; a wire of any other dtype is itself."""
    return apply(Atom(label(CONJ, x.object)), (x,), x.builder) if x.dtype.kind == "complex" else x
