"""Contractions of contractions are contractions.

`y[t(e)] += Π_k x_k[s_k(e)]`, where operand `z` is itself `z[v(d)] += Π_j w_j[u_j(d)]`: the composite sums over all
pairs (e, d) with `s(e) = v(d)`. It is a span again where that equation can be solved for letters, axis by axis: a
bare letter of one side that runs over the whole axis becomes the expression of the other side.

>>> import catdiff as cd
>>> A = cd.f64(2, 3)
>>> cd.simplify(cd.transpose(A) >> cd.transpose) == cd.id(A)
True
>>> f = cd.einsum("ij,jk->ik", A, cd.f64(3, 4)) >> cd.sum(axis=1)
>>> cd.simplify(f) == cd.einsum("ij,jk->i", A, cd.f64(3, 4))
True

Two contractions become one only where at least one of them has a single operand, so products stay products of two;
where the result takes no more FLOPs than the parts; and where the inner one is read here only, unless it is a view.
Reshapes that add or drop axes of extent 1 are contractions here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..category.label import Label, label
from ..category.objects import Object
from ..generators.linear import CONTRACT, read
from ..generators.shapes import RESHAPE
from ..generators.spans import Affine, Leg, Lookup, Shape, Span, bare, flops
from .bench import covers, moves, within
from .rule import Rules, Site, rule

Axis = Affine | Lookup


def span_of(lab: Label) -> Span | None:
    """The span of a contraction, or of a reshape that only adds or drops axes of extent 1."""
    if lab.row is CONTRACT:
        return read(lab.attrs["span"])
    before, after = lab.dom.shape, lab.cod.shape
    extents = tuple([n for n in before if n != 1])
    if lab.row is not RESHAPE or extents != tuple([n for n in after if n != 1]):
        return None

    def leg(shape: Shape) -> Leg:
        fresh = iter(range(len(extents)))
        return tuple([Affine(()) if n == 1 else Affine(((next(fresh), 1),)) for n in shape])

    return Span(extents, (leg(before),), leg(after), after)


def _shifted(axis: Axis, letters: int, tables: int) -> Axis:
    if isinstance(axis, Lookup):
        return Lookup(axis.table + tables, tuple([i + letters for i in axis.letters]))
    return Affine(tuple([(i + letters, c) for i, c in axis.terms]), axis.offset)


def _filled(axis: Axis, solved: dict[int, Axis], extents: Sequence[int]) -> Axis | None:
    """The axis with letters replaced by what they are; None where no axis says that."""
    if isinstance(axis, Lookup):
        found = [i if i not in solved else bare(solved[i]) for i in axis.letters]
        if any(
            new is None or extents[new] != extents[old] for new, old in zip(found, axis.letters, strict=True)
        ) or len(set(found)) < len(found):
            return None
        return Lookup(axis.table, tuple([i for i in found if i is not None]))
    if not any(i in solved for i in axis.letters):
        return axis
    terms: dict[int, int] = {}
    offset = axis.offset
    for i, c in axis.terms:
        into = solved.get(i, Affine(((i, 1),)))
        if isinstance(into, Lookup):
            return into if bare(axis) is not None else None
        offset += c * into.offset
        for j, d in into.terms:
            terms[j] = terms.get(j, 0) + c * d
    return Affine(tuple(sorted((i, c) for i, c in terms.items() if c)), offset)


def _whole(letter: int | None, leg: Leg, n: int, extents: Sequence[int]) -> bool:
    """Whether a letter alone runs over its axis of extent n, and over no other axis of the leg."""
    return letter is not None and extents[letter] == n and sum(letter in axis.letters for axis in leg) == 1


def _reads_through(letter: int, n: int, legs: Sequence[tuple[Leg, Shape]], everywhere: bool) -> bool:
    """Whether the letter is, on some axis (`everywhere`: on all that have it), the bare index of an extent n."""
    uses = [
        (axis, size) for leg, shape in legs for axis, size in zip(leg, shape, strict=True) if letter in axis.letters
    ]
    fits = [bare(axis) is not None and size == n for axis, size in uses]
    return bool(fits) and (all(fits) if everywhere else any(fits))


def compose(outer: Span, shapes: Sequence[Shape], k: int, inner: Span, inner_shapes: Sequence[Shape]) -> Span | None:
    """The span of `outer` with `inner` as its operand k; None where it has none. Operands: those of `inner` in place
    of k; tables: those of `outer`, then those of `inner`.
    """
    if 0 in outer.extents or 0 in inner.extents:
        return None
    letters, tables = len(outer.extents), outer.tables
    extents = outer.extents + inner.extents
    *ins, made = [tuple([_shifted(axis, letters, tables) for axis in leg]) for leg in inner.legs]
    below = list(zip(ins, inner_shapes, strict=True))
    above = [(leg, s) for i, (leg, s) in enumerate(zip(outer.inputs, shapes, strict=True)) if i != k]
    above.append((outer.output, outer.shape))
    reads, solved = outer.inputs[k], dict[int, Axis]()
    for s, v, n in zip(reads, made, inner.shape, strict=True):
        i, j = bare(v), bare(s)
        if i is not None and _whole(i, made, n, extents):
            safe = within(s, n, extents) if isinstance(s, Affine) else _reads_through(i, n, below, True)
            if not safe and not (isinstance(s, Affine) and _reads_through(i, n, below, False)):
                return None
            solved[i] = s
        elif j is not None and _whole(j, reads, n, extents):
            safe = within(v, n, extents) if isinstance(v, Affine) else _reads_through(j, n, above, True)
            if not safe:
                return None
            solved[j] = v
        elif not (s == v and not s.letters and within(s, n, extents)):
            return None
    return _assembled(outer, k, ins, solved, extents, tables + inner.tables)


def _assembled(outer: Span, k: int, ins: list[Leg], solved: dict[int, Axis], extents: Shape, n: int) -> Span | None:
    """The composite's legs, its letters numbered without those that are solved for."""
    number = {old: new for new, old in enumerate(i for i in range(len(extents)) if i not in solved)}
    legs: list[Leg] = []
    for leg in (*outer.inputs[:k], *ins, *outer.inputs[k + 1 :], outer.output):
        filled = [_filled(axis, solved, extents) for axis in leg]
        if any(axis is None or any(i in solved for i in axis.letters) for axis in filled):
            return None
        legs.append(tuple([_numbered(axis, number) for axis in filled if axis is not None]))
    used = {axis.table for leg in legs for axis in leg if isinstance(axis, Lookup)}
    if len(used) < n:
        return None
    return Span(tuple([extents[i] for i in number]), tuple(legs[:-1]), legs[-1], outer.shape).normalise()


def _numbered(axis: Axis, number: dict[int, int]) -> Axis:
    if isinstance(axis, Lookup):
        return Lookup(axis.table, tuple([number[i] for i in axis.letters]))
    return Affine(tuple(sorted((number[i], c) for i, c in axis.terms)), axis.offset)


def _fused(outer: Label, k: int, inner: Label, once: bool) -> Label | None:
    """The label of `outer` with `inner` as its operand k, where that is worth it; found once."""
    key = ("fused", k, inner, once)
    if key not in outer.memo:
        outer.memo[key] = _fuse(outer, k, inner, once)
    return outer.memo[key]


def _fuse(outer: Label, k: int, inner: Label, once: bool) -> Label | None:
    s, v = span_of(outer), span_of(inner)
    if s is None or v is None or (len(s.inputs) > 1 and len(v.inputs) > 1):
        return None
    values, inner_values = outer.dom.wires[: len(s.inputs)], inner.dom.wires[: len(v.inputs)]
    shapes, inner_shapes = [w.shape for w in values], [w.shape for w in inner_values]
    if not once and not moves(v, inner_shapes[0]):
        return None
    span = compose(s, shapes, k, v, inner_shapes)
    if span is None or flops(span) > flops(s) + (flops(v) if once else 0):
        return None
    dom = Object(
        (
            *values[:k],
            *inner_values,
            *values[k + 1 :],
            *outer.dom.wires[len(values) :],
            *inner.dom.wires[len(v.inputs) :],
        )
    )
    return label(CONTRACT, dom, {"span": str(span)})


def _operand(site: Site, port: int) -> Any:
    """The contraction of this one with the one that makes an operand."""
    outer, made = site.label, site.maker(port, "contract", "reshape")
    if made is None:
        return None
    inner, reads, _ = made
    new = _fused(outer, port, inner, site.uses(port) == 1)
    if new is None:
        return None
    n = len(span_inputs(outer))
    m, sources = len(span_inputs(inner)), site.sources
    return site.make(new, *sources[:port], *reads[:m], *sources[port + 1 : n], *sources[n:], *reads[m:])


def span_inputs(lab: Label) -> tuple[Any, ...]:
    """The legs of the operands, tables aside."""
    return read(lab.attrs["span"]).inputs if lab.row is CONTRACT else (0,)


@rule("contract(contract(x)) = contract(x)", on="contract", sees=["contract", "reshape"], exact=False)
def fuse(site: Site) -> Any:
    """The first operand for which it works."""
    for port in range(len(span_inputs(site.label))):
        found = _operand(site, port)
        if found is not None:
            return found
    return None


@rule("reshape(contract(x)) = contract(x)", on="reshape", sees=["contract"], exact=False)
def fuse_reshape(site: Site) -> Any:
    """Axes of extent 1 are added or dropped as the result is written."""
    return _operand(site, 0)


def _is_identity(lab: Label) -> bool:
    s = read(lab.attrs["span"])
    return (
        len(s.inputs) == 1
        and s.inputs[0] == s.output
        and covers(s.output, s.shape, s.extents)
        and (lab.dom.shape == s.shape and len(s.extents) == len(s.shape))
    )


@rule("contract(i… → i…)(x) = x", on="contract", where=_is_identity)
def identity(site: Site) -> Any:
    """Every entry where it was."""
    return site.sources[0]


RULES = Rules([identity, fuse, fuse_reshape])
