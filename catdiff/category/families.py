"""Polymorphic families: a generator before it knows its type.

`cd.sin` is not a morphism but one for every object. It becomes one when it is given an object, and takes its type
from its neighbour otherwise; the left one if there is one:

>>> import catdiff as cd
>>> A = cd.f64(3)
>>> cd.sin(A) >> cd.exp == cd.sin >> cd.exp(A) == cd.sin(A) >> cd.exp(A)
True
>>> wave = cd.sin >> cd.exp                    # two unresolved families compose to a family
>>> wave
cd.sin >> cd.exp
>>> wave(A) == cd.sin(A) >> cd.exp(A)
True

`cd.sin` of wires builds, of arrays evaluates.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from ..errors import CatdiffError, SignatureError, with_line
from .binder import Wire, builder_of
from .label import Row, label
from .morphism import VERBS, Atom, Morphism, verb
from .objects import Object, word


class Family:
    """A morphism for every object of some kind: `cd.sin` is one, and `cd.sin(cd.f64(3)) : f64[3] → f64[3]` a member.

    What a call means depends on what it is given: an object, and it is the member there; wires, and it builds; arrays,
    and it evaluates; attributes alone, and it is a family again, with those attributes fixed.

    >>> import catdiff as cd, numpy as np
    >>> print(cd.sum(cd.f64(2, 3), axis=1))
    f64[2,3] → f64[2]
    >>> cd.sum(np.ones((2, 3)), axis=1)
    array([3., 3.])
    >>> cd.sin(cd.f64(2, 3)) >> cd.sum(axis=1) == cd.sin(cd.f64(2, 3)) >> cd.sum(cd.f64(2, 3), axis=1)
    True

    To make one: `build(dom, **attrs)` gives the member at `dom`; `width` is the number of wires it takes, where that is
    fixed; `from_cod(cod)` says what domain goes with a codomain, for `cd.sin >> f`. Families with derivatives of their
    own come from `cd.generator`. Raises `SignatureError` where there is no member.
    """

    __array_ufunc__ = None  # so that an array's operators leave a family alone

    def __init__(
        self,
        name: str,
        build: Callable[..., Morphism],
        width: int | None = 1,
        from_cod: Callable[[Object], Object] | None = None,
        attrs: dict[str, Any] | None = None,
    ) -> None:
        self.__name__ = self.name = name
        self.build, self.width, self.from_cod, self.attrs = build, width, from_cod, attrs or {}
        self.__doc__ = build.__doc__

    def at(self, dom: Object) -> Morphism:
        """The member at `dom`. Raises `SignatureError` where there is none, whatever went wrong with the attributes."""
        try:
            return self.build(dom, **self.attrs)
        except CatdiffError:
            raise
        except (TypeError, ValueError, LookupError, ArithmeticError) as error:
            raise SignatureError(with_line(f"there is no {self!r} at {dom}: {error}")) from error

    def __call__(self, *args: Any, **attrs: Any) -> Any:
        """At objects, the member; on wires, applied; on arrays, evaluated; with attributes only, the family."""
        operands, extra = self._split(args)
        if extra:
            given = inspect.signature(self.build).parameters.values()
            names = [p.name for p in given if p.kind is p.POSITIONAL_OR_KEYWORD and p.name not in attrs][1:]
            if len(extra) > len(names) or any(isinstance(v, (Wire, Object, Morphism)) for v in extra):
                raise SignatureError(with_line(f"cd.{self.name} takes {_operands(self.width)}, not {args!r}"))
            attrs.update(zip(names, extra, strict=False))
        chosen = Family(self.name, self.build, self.width, self.from_cod, {**self.attrs, **attrs}) if attrs else self
        if not operands:
            return chosen
        if all(isinstance(a, Object) for a in operands):
            return chosen.at(word(operands))
        builder = builder_of(operands)
        if builder is None:
            f = chosen.at(word(VERBS["object of"](operands)))
            return VERBS["evaluate"](f, operands)
        sorts = [v.sort for v in operands if isinstance(v, Wire)]
        like = next((s for s in sorts if s.dtype.kind != "discrete"), sorts[0])
        wires = [builder.lift(v, like) for v in operands]
        out = builder.apply(chosen.at(Object(w.sort for w in wires)), wires)
        return out[0] if len(out) == 1 else tuple(out)

    @property
    def dom(self) -> Object:
        """A family has no type; this says so to whoever takes it for a morphism, as in `cd.R(cd.sin)`."""
        raise SignatureError(
            with_line(
                f"{self!r} is a family and has no type until it is given an object",
                "cd.sin(cd.f64(3)) is the member of cd.sin at cd.f64(3)",
            )
        )

    cod = net = dom

    def _split(self, args: tuple[Any, ...]) -> tuple[list[Any], list[Any]]:
        """Operands and positional attributes: leading objects, or the first `width` values."""
        if args and isinstance(args[0], Object):
            n = next((i for i, a in enumerate(args) if not isinstance(a, Object)), len(args))
        else:
            n = len(args) if self.width is None else self.width
        return list(args[:n]), list(args[n:])

    def __rshift__(self, other: Any) -> Any:
        if isinstance(other, Family):
            return _Chain((*_parts(self, _Chain), *_parts(other, _Chain)))
        return NotImplemented

    def __matmul__(self, other: Any) -> Any:
        return _tensor(self, other) if isinstance(other, Family) else NotImplemented

    def __repr__(self) -> str:
        attrs = ", ".join(f"{k}={v!r}" for k, v in self.attrs.items())
        return f"cd.{self.name}({attrs})" if attrs else f"cd.{self.name}"


class _Chain(Family):
    """`F >> G >> …`, not all of them resolved yet."""

    def __init__(self, parts: Sequence[Family | Morphism]) -> None:
        self.parts = tuple(parts)
        super().__init__("chain", self._build, _width(self.parts[0]), self._dom)

    def _build(self, dom: Object) -> Morphism:
        f: Any = _member(self.parts[0], dom)
        for part in self.parts[1:]:
            f = f >> part
        return f

    def _dom(self, cod: Object) -> Object:
        for part in reversed(self.parts):
            cod = part.dom if isinstance(part, Morphism) else _domain(part, cod)
        return cod

    def __repr__(self) -> str:
        return " >> ".join(map(repr, self.parts))


class _Row(Family):
    """`F @ g @ …`: each part takes as many wires as it is known to take; at most one takes what is left."""

    def __init__(self, parts: Sequence[Family | Morphism]) -> None:
        self.parts = tuple(parts)
        widths = [_width(p) for p in self.parts]
        total = None if None in widths else sum(w for w in widths if w is not None)
        super().__init__("tensor", self._build, total)

    def _build(self, dom: Object) -> Morphism:
        widths = [_width(p) for p in self.parts]
        left = len(dom) - sum(w for w in widths if w is not None)
        if widths.count(None) > 1 or left < 0 or (left and None not in widths):
            raise SignatureError(with_line(f"cannot share out {len(dom)} wires to {self!r}; give its parts objects"))
        f, at = None, 0
        for part, width in zip(self.parts, widths, strict=True):
            width = left if width is None else width
            member = _member(part, dom[at : at + width])
            f, at = member if f is None else f @ member, at + width
        assert f is not None
        return f

    def __repr__(self) -> str:
        return " @ ".join(map(repr, self.parts))


def _operands(width: int | None) -> str:
    return "objects, wires or arrays" if width is None else f"{width} operand{'s' * (width != 1)}"


def _parts(f: Any, kind: type) -> tuple[Any, ...]:
    return f.parts if isinstance(f, kind) else (f,)


def _width(f: Family | Morphism) -> int | None:
    return len(f.dom) if isinstance(f, Morphism) else f.width


def _member(f: Family | Morphism, dom: Object) -> Morphism:
    return f if isinstance(f, Morphism) else f.at(dom)


def _domain(family: Family, cod: Object) -> Object:
    if family.from_cod is None:
        raise SignatureError(
            with_line(f"the type of {family!r} does not follow from its right neighbour", f"{family!r}(object)")
        )
    return family.from_cod(cod)


def _tensor(left: Any, right: Any) -> Family:
    return _Row((*_parts(left, _Row), *_parts(right, _Row)))


@verb("resolve right")
def _resolve_right(f: Morphism, family: Any) -> Any:
    if not isinstance(family, Family):
        return NotImplemented
    return f >> family.at(f.cod)


@verb("resolve left")
def _resolve_left(family: Any, g: Morphism) -> Any:
    if not isinstance(family, Family):
        return NotImplemented
    return family.at(_domain(family, g.dom)) >> g


@verb("tensor family")
def _tensor_family(left: Any, right: Any) -> Any:
    if not (isinstance(left, (Family, Morphism)) and isinstance(right, (Family, Morphism))):
        return NotImplemented
    return _tensor(left, right)


def family(
    name: str, width: int | None = 1, from_cod: Callable[[Object], Object] | None = None
) -> Callable[[Callable[..., Morphism]], Family]:
    """Decorator: `build(dom, **attrs) -> Morphism` becomes the family `name`."""
    return lambda build: Family(name, build, width, from_cod)


def of_row(row: Row, width: int | None = 1, from_cod: Callable[[Object], Object] | None = None) -> Family:
    """The family of a row of the table: its atoms."""

    def build(dom: Object, **attrs: Any) -> Morphism:
        return Atom(label(row, dom, attrs))

    build.__doc__ = row.about or None
    return Family(row.name, build, width, from_cod)
