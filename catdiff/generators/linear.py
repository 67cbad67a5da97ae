"""Linear and multilinear generators.

One family does nearly all of linear algebra: the *span contraction* `y[t(e)] += Π_k x_k[s_k(e)]` (see `spans`). Its
derivative in one operand is the same family with two legs exchanged, so it is closed under R to any order, and
einsum, convolution, broadcasting, sums, slices, padding, gathers and scatters all are its members.

>>> import catdiff as cd, numpy as np
>>> cd.einsum("ij,j->i", np.eye(2), np.array([3.0, 4.0]))
array([3., 4.])
>>> cd.sum(np.ones((2, 3)), axis=0)
array([2., 2., 2.])

The linear maps that are no contraction stand in `shapes` (reshape, concat, split), `casts` and `scans` (cumsum).

Source: parametric spans, arXiv:2208.00809.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from ..category.binder import Wire
from ..category.families import Family, family
from ..category.label import Label, Row, label, register
from ..category.morphism import Atom, Morphism
from ..category.objects import Object
from ..errors import SignatureError, with_line
from . import accumulated, notation, spans
from .casts import conj
from .contraction import prepare
from .rig import Rig
from .shapes import axes_of, batched, kept, relabel, reshape, said
from .spans import Affine, Span

read = lru_cache(maxsize=4096)(notation.parse)


def _contract_type(dom: Object, span: str) -> Object:
    s = said(read, span)
    n, wires = len(s.inputs), dom.wires
    if len(wires) != n + s.tables:
        raise SignatureError(
            with_line(f"contract {s.formula} takes {n} operands and {s.tables} tables, not {len(wires)} wires")
        )
    values, tables = wires[:n], wires[n:]
    if any(w.dtype is not values[0].dtype for w in values) or (values[0].dtype.kind == "discrete" and not s.moves):
        raise SignatureError(with_line(f"contract {s.formula} takes operands of one arithmetic dtype, not {dom[:n]}"))
    if any(t.dtype.name != "index" for t in tables):
        raise SignatureError(with_line(f"contract {s.formula} looks up in index wires, not {dom[n:]}"))
    said(s.check, [w.shape for w in values], [t.shape for t in tables])
    return Object((values[0].with_shape(s.shape),))


def _contract_over(k: Rig, label: Label) -> Callable[..., Any]:
    s = read(label.attrs["span"])
    n = len(s.inputs)
    run = prepare(s, [w.shape for w in label.dom.wires[:n]], k)
    return lambda *xs: run(xs[:n], xs[n:])


def contract(span: Span, *operands: Any) -> Any:
    """The contraction of these wires: operands, then tables."""
    return Atom(label(CONTRACT, Object(w.sort for w in operands), {"span": str(span)}))(*operands)


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


def _contract_title(label: Any) -> str:
    s = read(label.attrs["span"])
    legs = [
        [axis for axis, n in zip(leg, shape, strict=True) if n != 1 or axis != Affine(())]
        for leg, shape in ((s.inputs[0], label.dom.wires[0].shape), (s.output, s.shape))
    ]
    if len(s.inputs) == 1 and _rearranges(s, label.dom.wires[0].shape):
        inner, outer = map(set, legs)
        if outer < inner:
            return "Σ"
        return "broadcast" if inner < outer else "transpose" if len(inner) == len(legs[0]) else "diagonal"
    if len(s.inputs) == 1:
        return (
            "scatter"
            if s.tables and any(isinstance(a, spans.Lookup) for a in s.output)
            else "gather"
            if s.tables
            else _view_title(s, label.dom.wires[0].shape)
        )
    return s.formula.replace(" ", "").replace("->", "→") if s.is_projection else "convolve"


def _rearranges(s: Span, shape: tuple[int, ...]) -> bool:
    """Whether both legs go through all of their arrays, a letter per axis (or none, along an axis of extent 1)."""
    return all(
        (n == 1 and axis == Affine(())) or ((i := spans.bare(axis)) is not None and s.extents[i] == n)
        for leg, sizes in ((s.inputs[0], shape), (s.output, s.shape))
        for axis, n in zip(leg, sizes, strict=True)
    )


def _view_title(s: Span, shape: tuple[int, ...]) -> str:
    """The title of one operand read or written at affine indices: `[1:3]` for a slice, `[0]ᵀ` for its transpose."""
    inner, outer = ([spans.bare(axis) is not None for axis in leg] for leg in (s.inputs[0], s.output))
    if all(outer) and (text := _subscript(s.inputs[0], shape, s)) not in (None, "[:]"):
        return text
    if all(inner) and (text := _subscript(s.output, s.shape, s)):
        plain = all(isinstance(a, Affine) and [c for _, c in a.terms] == [1] for a in s.output)
        return "pad" if plain else f"{text}ᵀ"
    return "window"


def _subscript(leg: spans.Leg, shape: tuple[int, ...], s: Span) -> str | None:
    """The leg as what stands in `x[…]`, if it is one: each letter once and in order, all indices within the array."""
    other = s.output if leg is s.inputs[0] else s.inputs[0]
    if [i for axis in leg for i in axis.letters] != [i for axis in other for i in axis.letters]:
        return None
    parts = []
    for axis, size in zip(leg, shape, strict=True):
        low, high = axis.bounds(s.extents)
        if len(axis.terms) > 1 or (0 not in s.extents and not 0 <= low <= high < size):
            return None
        if not axis.terms:
            parts.append(str(axis.offset))
            continue
        ((i, step),) = axis.terms
        start, stop = axis.offset, axis.offset + step * s.extents[i]
        first, past = (start == 0, stop >= size) if step > 0 else (start == size - 1, stop < 0)
        ends = "" if first else str(start), "" if past else str(stop)
        parts.append(":".join([*ends, str(step)] if step != 1 else ends))
    while len(parts) > 1 and parts[-1] == ":":
        parts.pop()
    return f"[{','.join(parts)}]"


CONTRACT = register(
    Row(
        name="contract",
        type_rule=_contract_type,
        extents=("span",),
        over=_contract_over,
        R=_contract_R,
        D=_contract_D,
        batch=_contract_batch,
        error=accumulated.contraction,
        flops=lambda label: spans.flops(read(label.attrs["span"])),
        title=_contract_title,
        zeros="any",
        about="y[t(e)] += Π xₖ[sₖ(e)]: einsum, convolution, slices, gathers and their transposes",
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
    a letter that only the output has takes its extent from `sizes`. Without operands it is a family:
    `f >> cd.einsum("ij->ji")`.
    """
    if not isinstance(subscripts, str):
        raise SignatureError(
            with_line(f"einsum takes subscripts first, not {subscripts!r}", "cd.einsum('ij,j->i', A, x)")
        )
    attrs: dict[str, Any] = {"subscripts": subscripts, **({"sizes": sizes} if sizes else {})}
    return Family("einsum", _einsum, None, attrs=attrs)(*operands)


def _einsum(dom: Object, subscripts: str, sizes: dict[str, int] | None = None) -> Morphism:
    return of_span(said(notation.einsum, subscripts, [w.shape for w in dom.wires], sizes), dom)


@family("transpose")
def transpose(A: Object, axes: Sequence[int] | None = None) -> Morphism:
    """The axes of an array in another order (reversed by default)."""
    rank = len(A.shape)
    order = [a % rank for a in (axes if axes is not None else range(rank - 1, -1, -1))] if rank else []
    if sorted(order) != list(range(rank)):
        raise SignatureError(with_line(f"transpose: {axes} is not an order of the {rank} axes of {A}"))
    return of_span(Span(A.shape, (letters(*range(rank)),), letters(*order), tuple(A.shape[a] for a in order)), A)


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


def spread(y: Any, x: Any, axes: tuple[int, ...]) -> Any:
    """The wire y, reduced over `axes` of x, repeated along them."""
    return broadcast(reshape(y, shape=kept(x.shape, axes)), shape=x.shape)
