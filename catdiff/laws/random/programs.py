"""Random well-typed programs, written against choices and not against a source of chance.

`program(choice, signature)` makes some `f : A → B` of about `budget` parts: generators, structural maps, constants,
`>>`, `@`, boxes (also twice on the same wires, and in boxes), `map`, and steps on named wires. Everything it leaves
open it asks of a `Choice`. A seeded one makes the same program for the same seed (`sampler.py`); Hypothesis is
another, and shrinks what it chose (`strategies.py`).

>>> import catdiff as cd
>>> from catdiff.laws.random.sampler import Seeded
>>> from catdiff.laws.random.signatures import signature
>>> waves = signature("f64", cd.sin, cd.mul)
>>> f = program(Seeded(0), waves, dom=cd.f64(2), cod=cd.f64())
>>> print(f)
f64[2] → f64
>>> f == program(Seeded(0), waves, dom=cd.f64(2), cod=cd.f64())
True

Options are in order of simplicity: a choice that always takes the first, the least and `False` makes an identity.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np

from ...category.binder import build
from ...category.morphism import Morphism
from ...category.objects import Object, Sort
from ...category.structure import copy, discard, id, swap, wiring
from ...category.wire import Wire
from ...generators.constants import const, zero
from ...generators.elementwise import plus
from ...generators.linear import broadcast, sum
from .signatures import Operation, Signature

T = TypeVar("T")
WIDEST = 4  # wires of an interface
NAMES = ("b", "wave", "R[b]")  # of boxes; the last is what the reverse derivative of the first is called


class Choice(Protocol):
    """Whoever decides what a program leaves open."""

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, of which there is at least one."""
        ...

    def integer(self, low: int, high: int) -> int:
        """`low ≤ n ≤ high`."""
        ...

    def coin(self) -> bool:
        """One of two."""
        ...

    def array(self, sort: Sort) -> np.ndarray:
        """An array that lies on a wire of this sort."""
        ...

    def part(self, make: Callable[..., T], *args: Any) -> T:
        """`make(self, *args)`, as a part that can stand for what it is a part of."""
        ...


def some(choice: Choice, options: Sequence[T], least: int, most: int) -> list[T]:
    """A list of options, with repetition."""
    return [choice.pick(options) for _ in range(choice.integer(least, most))]


def word(choice: Choice, signature: Signature, least: int = 0, most: int = 3) -> Object:
    """Some object of the signature's sorts."""
    return Object(some(choice, signature.sorts, least, most))


def program(
    choice: Choice,
    signature: Signature,
    dom: Object | None = None,
    cod: Object | None = None,
    budget: int = 5,
    least: int = 1,
) -> Morphism:
    """Some `f : dom → cod` of at most about `budget` parts.

    A `dom` that is None is chosen, of at least `least` wires; a `cod` that is None is what comes out.
    """
    A = word(choice, signature, least) if dom is None else dom
    size = choice.pick((1, 2, budget // 2 + 1, budget, budget, budget))
    f = choice.part(term, signature, A, size)
    return f if cod is None or f.cod == cod else f >> fit(f.cod, cod)


def fit(A: Object, B: Object) -> Morphism:
    """Some `A → B`: each wire of B is a wire of A as it is, or one of its dtype summed and repeated, or zero.

    >>> import catdiff as cd
    >>> f = fit(cd.f64(2) @ cd.f64(), cd.f64(3) @ cd.z2() @ cd.f64())
    >>> [y.tolist() for y in f(np.array([1.0, 2.0]), 5.0)]
    [[3.0, 3.0, 3.0], 0, 5.0]
    """

    def body(*xs: Wire) -> tuple[Any, ...]:
        out = []
        for i, s in enumerate(B.wires):
            alike = [x for x in xs if x.sort is s]
            near = [x for x in xs if x.dtype is s.dtype and s.dtype.kind != "discrete"]
            if alike:
                out.append(alike[i % len(alike)])
            elif near:
                out.append(broadcast(sum(near[i % len(near)]), shape=s.shape))
            else:
                out.append(zero(Object((s,))))
        return tuple(out)

    return build(A, body)


def term(choice: Choice, signature: Signature, A: Object, budget: int) -> Morphism:
    """Some `A → B` of about `budget` parts. Every kind of term hands on less than it has, so this ends."""
    kinds = _LEAVES if budget <= 1 else _NODES
    f = choice.pick(kinds)(choice, signature, A, budget)
    if len(f.cod) > WIDEST:
        f = f >> wiring(f.cod, some(choice, range(len(f.cod)), 1, WIDEST - 1))
    return f


# -- leaves ----------------------------------------------------------------------------------------------------


def _identity(choice: Choice, signature: Signature, A: Object, budget: int) -> Morphism:
    return id(A)


def _wiring(choice: Choice, signature: Signature, A: Object, budget: int) -> Morphism:
    """Copies, discards and swaps; by their own names now and then."""
    if choice.coin():
        named = [copy, discard] + [lambda A: swap(A[0], A[1:])] * (len(A) > 1)
        return choice.pick(named)(A)
    return wiring(A, some(choice, range(len(A)), 1, WIDEST) if len(A) else [])


def _generator(choice: Choice, signature: Signature, A: Object, budget: int) -> Morphism:
    """One operation on some of the wires, the others beside its outputs."""
    found = signature.places(A)
    if not found:
        return _const(choice, signature, A, budget)
    f, wires = _placed(choice, found, A)
    rest = [w for w in range(len(A)) if w not in wires or choice.coin()][: WIDEST - 2]
    if rest:
        f = f @ id(Object([A.wires[w] for w in rest]))
    read = [*wires, *rest]
    return f if read == [*range(len(A))] else wiring(A, read) >> f


def _placed(
    choice: Choice, found: Sequence[tuple[Operation, list[tuple[int, ...]]]], A: Object
) -> tuple[Morphism, tuple[int, ...]]:
    """An operation, every one as likely as any other, and wires for it."""
    op, places = choice.pick(found)
    wires = choice.pick(places)
    f = op.at(Object([A.wires[w] for w in wires]))
    assert f is not None
    return f, wires


def _const(choice: Choice, signature: Signature, A: Object, budget: int) -> Morphism:
    s = choice.pick(signature.sorts)
    B = Object((s,))
    c = const(choice.array(s), B) if choice.coin() else zero(B)
    return c @ id(A) if choice.coin() else id(A) @ c


# -- nodes -----------------------------------------------------------------------------------------------------


def _compose(choice: Choice, signature: Signature, A: Object, budget: int) -> Morphism:
    f = choice.part(term, signature, A, budget // 2)
    return f >> choice.part(term, signature, f.cod, budget - budget // 2)


def _tensor(choice: Choice, signature: Signature, A: Object, budget: int) -> Morphism:
    k = choice.integer(0, len(A))
    return choice.part(term, signature, A[:k], budget // 2) @ choice.part(term, signature, A[k:], budget - budget // 2)


def _box(choice: Choice, signature: Signature, A: Object, budget: int) -> Morphism:
    """A quarter goes into the box's name, so that boxes in boxes are as deep as the logarithm of the budget."""
    return choice.part(term, signature, A, budget * 3 // 4).box(choice.pick(NAMES))


def _twice(choice: Choice, signature: Signature, A: Object, budget: int) -> Morphism:
    """One box two times, on the same wires: what sharing has to see."""
    f = _box(choice, signature, A, budget // 2)
    return copy(A) >> f @ f


def _mapped(choice: Choice, signature: Signature, A: Object, budget: int) -> Morphism:
    """`g.map(n, shared)` where the wires of A allow it."""
    extents = sorted({s.shape[0] for s in A.wires if s.shape})
    n = choice.pick(extents) if extents else 0
    shared = [i for i, s in enumerate(A.wires) if s.shape[:1] != (n,)]
    inner = Object([s if i in shared else s.with_shape(s.shape[1:]) for i, s in enumerate(A.wires)])
    f = choice.part(term, signature, inner, budget * 3 // 4)
    if not extents or any(n * s.size > 2 * signature.largest for s in f.cod.wires):
        return f if inner == A else id(A)
    return f.map(n, shared=shared)


def _steps(choice: Choice, signature: Signature, A: Object, budget: int) -> Morphism:
    """Operations on named wires, each of which may be used again, and sums of two of one sort."""

    def body(*xs: Wire) -> tuple[Wire, ...]:
        ws = list(xs)
        for _ in range(budget - 1):
            last = ws[-WIDEST:]
            here = Object([w.sort for w in last])
            found = signature.places(here)
            sums = [(x, y) for x in last for y in last if x.sort is y.sort and x.dtype.kind != "discrete"]
            if found and (not sums or choice.coin()):
                f, wires = _placed(choice, found, here)
                y = f(*[last[w] for w in wires])
                ws += y if isinstance(y, tuple) else [y]
            elif sums:
                x, y = choice.pick(sums)
                ws.append(plus(x.object)(x, y))
        return tuple(ws[-WIDEST:])

    return build(A, body)


Kind = Callable[[Choice, Signature, Object, int], Morphism]
_LEAVES: tuple[Kind, ...] = (_identity, *[_generator] * 6, _wiring, _const)
_NODES: tuple[Kind, ...] = (_identity, _generator, *[_compose] * 12, _tensor, _box, _box, _twice, _steps, _mapped)
