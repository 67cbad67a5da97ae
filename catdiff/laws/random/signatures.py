"""Signatures: which dtypes and which generators the random programs of a law are made of.

An *operation* is a generator as random programs use it: it says on which wires it can stand, and gives its member
there. A *signature* is a set of sorts, for wires, and a set of operations. A user makes one of the families there are,
of his own generators and of finished morphisms; a family is tried on the wires at hand, so its type rule is all that
has to be known of it.

>>> import catdiff as cd
>>> waves = signature("f64", cd.sin, cd.mul, cd.sum(axis=0))
>>> waves
<programs over f64: sin, mul, sum>
>>> [op.places(cd.f64(2) @ cd.f64(3)) for op in waves.operations]
[[(0,), (1,)], [(0, 0), (1, 1)], [(0,), (1,)]]

The signatures here are those that laws are decided over: `INTEGER`, `BITS` and `POLYNOMIAL`, where every law can be
asked for exactly; `PIECEWISE`, polynomials in pieces; `SMOOTH`, bounded analytic functions, so that a tolerance means
something at any input; and `MIXED`, wires of all dtypes that run, for what does not differentiate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from ...category.binder import build
from ...category.families import Family
from ...category.morphism import Morphism
from ...category.objects import DTYPES, Object, Sort
from ...errors import CatdiffError, SignatureError, with_line
from ...generators import elementwise, linear, logic, macros, select, shapes

SHAPES = ((), (2,), (3,), (2, 3), (0,), (2, 0), (1,))
LARGEST = 12  # entries of a wire
CHOICES = 64  # so many ways to give an operation its wires are looked at; beyond, those that stand side by side


@dataclass(frozen=True, eq=False)
class Operation:
    """A generator that random programs use: `make(dom)` gives it at a domain of `arity` wires.

    It can be used where `fits(*sorts)` allows it and `make` raises no `CatdiffError`. What it is at some sorts is
    worked out once and kept.

    >>> import catdiff as cd
    >>> halves = Operation(lambda A: cd.split(A, 2), name="halves", fits=lambda s: s.shape[:1] > (1,))
    >>> halves.at(cd.f64(4)).cod, halves.at(cd.f64(3))
    (cd.f64(2) @ cd.f64(2), None)
    """

    make: Callable[[Object], Morphism]
    arity: int = 1
    fits: Callable[..., bool] = lambda *sorts: True
    name: str = "operation"
    _members: dict[tuple[Sort, ...], Morphism | None] = field(default_factory=dict, repr=False)

    def at(self, A: Object) -> Morphism | None:
        """The operation at A, None where it is not defined."""
        sorts = A.wires
        if sorts not in self._members:
            self._members[sorts] = self._made(A) if self.fits(*sorts) else None
        return self._members[sorts]

    def _made(self, A: Object) -> Morphism | None:
        try:
            return self.make(A)
        except CatdiffError:
            return None

    def places(self, A: Object, largest: int = LARGEST) -> list[tuple[int, ...]]:
        """The wires of A on which it can be used, with results of no more than so many entries a wire."""
        if len(A) ** self.arity > CHOICES:
            runs = [tuple(range(i, i + self.arity)) for i in range(len(A) - self.arity + 1)]
        else:
            runs = list(product(range(len(A)), repeat=self.arity))
        return [ws for ws in runs if self._small(A, ws, largest)]

    def _small(self, A: Object, wires: tuple[int, ...], largest: int) -> bool:
        f = self.at(Object([A.wires[w] for w in wires]))
        return f is not None and all(s.size <= largest for s in f.cod.wires)


class Signature:
    """The sorts and the operations that random programs are made of. `largest`: the entries that a wire may have."""

    def __init__(self, sorts: Sequence[Sort], operations: Sequence[Operation], largest: int = LARGEST) -> None:
        self.sorts, self.operations, self.largest = tuple(sorts), tuple(operations), largest
        self._places: dict[tuple[Sort, ...], list[tuple[Operation, list[tuple[int, ...]]]]] = {}

    @property
    def dtypes(self) -> tuple[str, ...]:
        """The dtypes of its sorts."""
        return tuple(dict.fromkeys(s.dtype.name for s in self.sorts))

    def places(self, A: Object) -> list[tuple[Operation, list[tuple[int, ...]]]]:
        """The operations that can be used on wires of A, each with the wires that it can be used on."""
        found = self._places.get(A.wires)
        if found is None:
            found = [(op, wires) for op in self.operations if (wires := op.places(A, self.largest))]
            if len(self._places) < 4096:  # what is kept is bounded
                self._places[A.wires] = found
        return found

    def __repr__(self) -> str:  # short: Hypothesis prints it with every failure
        names = list(dict.fromkeys(op.name for op in self.operations))
        shown = ", ".join(names[:8]) + ", …" * (len(names) > 8)
        return f"<programs over {', '.join(self.dtypes)}{': ' * bool(names)}{shown}>"


def signature(
    wires: str | Object | Sequence[str | Object],
    *operations: Family | Morphism | Operation,
    shapes: Sequence[tuple[int, ...]] = SHAPES,
    largest: int = LARGEST,
) -> Signature:
    """The signature of these wires and operations.

    - `wires`: dtypes, which come with all of `shapes`; or objects, whose sorts are taken as they are; or both;
    - `operations`: families, with options fixed where they need some; morphisms; and `Operation`s;
    - `largest`: how many entries a wire may have, or more where a wire given here has more.

    Programs have all that any category here has besides: structure, constants, zeros and sums of wires of one sort.
    Raises `SignatureError` for what is none of these.

    >>> import catdiff as cd
    >>> solver = signature(cd.f64(3, 3) @ cd.f64(3), cd.matmul, cd.transpose, cd.sin(cd.f64(3)) >> cd.exp)
    >>> solver.sorts
    (Sort('f64', (3, 3)), Sort('f64', (3,)))
    >>> [(op.name, len(places)) for op, places in solver.places(cd.f64(3, 3) @ cd.f64(3))]
    [('matmul', 4), ('transpose', 2), ('f64[3] → f64[3]', 1)]
    """
    sorts: list[Sort] = []
    for wire in wires if isinstance(wires, (tuple, list)) else [wires]:
        if isinstance(wire, Object):
            sorts += wire.wires
        elif isinstance(wire, str) and wire in DTYPES:
            sorts += [Sort(wire, shape) for shape in shapes]
        else:
            raise SignatureError(with_line(f"a signature is over dtypes and objects, not {wire!r}", 'signature("f64")'))
    if not sorts:
        raise SignatureError(with_line("a signature has at least one wire", 'signature("f64")'))
    known = [op for given in operations for op in _operations(given)]
    return Signature(tuple(dict.fromkeys(sorts)), known, max(largest, *(s.size for s in sorts)))


def _operations(given: Any) -> list[Operation]:
    if isinstance(given, Operation):
        return [given]
    if isinstance(given, Family):
        arities = (1, 2) if given.width is None else (given.width,)
        return [Operation(given.at, n, name=given.name) for n in arities]
    if isinstance(given, Morphism):
        return [Operation(lambda A: given, len(given.dom), lambda *sorts: sorts == given.dom.wires, str(given))]
    hint = "cd.laws.Operation(make, arity) takes any function from objects to morphisms"
    raise SignatureError(with_line(f"an operation is a family or a morphism, not {given!r}", hint))


# -- the signatures that laws are decided over -----------------------------------------------------------------


def of_dtype(*names: str) -> Callable[..., bool]:
    """Whether all wires have one of these dtypes, the same one."""
    return lambda *sorts: all(s.dtype is sorts[0].dtype for s in sorts) and sorts[0].dtype.name in names


def _over(names: Sequence[str], *families: Family) -> tuple[Operation, ...]:
    """These families on wires of these dtypes."""
    return tuple(Operation(f.at, f.width or 1, of_dtype(*names), f.name) for f in families)


def _written(names: Sequence[str], body: Callable[..., Any], name: str, fits: Any = None) -> Operation:
    """What a function over wires does."""
    here = of_dtype(*names)
    return Operation(lambda A: build(A, body), 1, lambda s: here(s) and (fits is None or fits(s)), name)


def _dot(A: Object) -> Morphism:
    letters = "ijk"[: len(A.wires[0].shape)]
    return linear.einsum(f"{letters},{letters}->", *A)


def arithmetic(*names: str) -> tuple[Operation, ...]:
    """What makes sense over any rig: sums, products, and moving entries about."""
    here = of_dtype(*names)

    def where(rule: Callable[[Sort], bool]) -> Callable[[Sort], bool]:
        return lambda s: here(s) and rule(s)

    some = where(lambda s: bool(s.shape))
    return (
        *_over(names, elementwise.mul, elementwise.add, elementwise.sub, elementwise.neg, linear.sum, linear.transpose),
        _written(names, lambda x: x * x, "square"),
        _written(names, lambda x: 1 - x, "complement"),
        _written(names, lambda x: x[0], "item", lambda s: s.shape[:1] > (0,)),
        Operation(lambda A: linear.sum(A, axis=0), 1, some, "sum"),
        Operation(lambda A: shapes.reshape(A, (A.sort.size,)), 1, here, "reshape"),
        Operation(lambda A: linear.broadcast(A, shape=(2, *A.shape)), 1, here, "broadcast"),
        Operation(lambda A: build(A, lambda x: shapes.concat(x, x)), 1, some, "concat"),
        Operation(lambda A: shapes.split(A, [1, A.shape[0] - 1]), 1, where(lambda s: s.shape[:1] > (1,)), "split"),
        Operation(_dot, 2, lambda a, b: a is b and here(a), "dot"),
    )


def choices(*names: str) -> tuple[Operation, ...]:
    """Comparisons and choices among entries: what has kinks, and between them is a polynomial."""
    filled = [Operation(f.at, 1, of_dtype(*names), f.name) for f in (select.max, select.sort)]
    return (
        *_over(names, elementwise.maximum, elementwise.minimum, logic.gt, logic.eq, elementwise.relu, elementwise.abs),
        *filled,
        Operation(logic.where.at, 3, lambda c, a, b: c.dtype.name == "bool" and a is b and a.shape == c.shape, "where"),
    )


REAL = ("f64", "f32")
BOUNDED = _over(
    ["f64"],
    *(elementwise.sin, elementwise.cos, elementwise.tanh, elementwise.sigmoid),
    *(elementwise.bell, elementwise.softplus, elementwise.atan, elementwise.erf),
)
SMOOTH = signature("f64", *BOUNDED, *_over(["f64"], macros.softmax), *arithmetic("f64"))
INTEGER = signature("integer", *arithmetic("integer"))
BITS = signature("z2", *arithmetic("z2"))
POLYNOMIAL = signature(("f64", "rational"), *arithmetic("f64", "rational"))
PIECEWISE = signature(("f64", "bool"), *arithmetic("f64"), *choices("f64"))
MIXED = signature(
    (*REAL, "integer", "z2", "bool"),
    *arithmetic(*REAL, "integer", "z2"),
    *choices(*REAL),
    *_over(REAL, elementwise.floor, select.argmax, select.argsort),
    *BOUNDED,
)
