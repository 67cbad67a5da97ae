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
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ..errors import CatdiffError, SignatureError, with_line
from .binder import Builder, builder_of
from .label import Row, label
from .morphism import VERBS, Atom, Morphism
from .objects import DTYPES, Object, Sort, word
from .wire import Wire


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

    Python numbers, and lists of them, are weak: they take the dtype of the wires and arrays beside them, and are f64
    alone. An integer or bool array is taken as one of floats where the family is not defined on its own dtype:

    >>> float(cd.mean(np.arange(3))), cd.where(np.array([True, False]), 0.0, np.ones(2, "f4")).dtype
    (1.0, dtype('float32'))

    To make one: `build(dom, **attrs)` gives the member at `dom`; `width` is the number of wires it takes, where that is
    fixed; `from_cod(cod)` says what domain goes with a codomain, for `cd.sin >> f`; `reads` names the dtype of the
    operands that always have one, `{1: "index"}`. Families with derivatives of their own come from `cd.generator`.
    Raises `SignatureError` where there is no member.
    """

    __array_ufunc__ = None  # so that an array's operators leave a family alone

    def __init__(
        self,
        name: str,
        build: Callable[..., Morphism],
        width: int | None = 1,
        from_cod: Callable[[Object], Object] | None = None,
        attrs: dict[str, Any] | None = None,
        reads: Mapping[int, str] | None = None,
    ) -> None:
        self.__name__ = self.name = name
        self.build, self.width, self.from_cod, self.attrs = build, width, from_cod, attrs or {}
        self.reads = reads or {}
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
        options, free = _options(self.build)
        self._ambiguous(operands, extra, attrs, options)
        if extra:
            names = [name for name in options if name not in attrs]
            if len(extra) > len(names) or any(isinstance(v, (Wire, Object, Morphism)) for v in extra):
                raise SignatureError(with_line(f"cd.{self.name} takes {_operands(self.width)}, not {args!r}"))
            attrs.update(zip(names, extra, strict=False))
        unknown = [name for name in attrs if name not in options and not free]
        if unknown:
            said = f"its options are {', '.join(options)}" if options else "it has none"
            raise SignatureError(with_line(f"cd.{self.name} has no option {unknown[0]!r}; {said}"))
        chosen = self._with(attrs) if attrs else self
        if not operands:
            return chosen
        if all(isinstance(a, Object) for a in operands):
            return chosen.at(word(operands))
        builder = builder_of(operands)
        return chosen._evaluated(operands) if builder is None else chosen._applied(operands, builder)

    def _with(self, attrs: dict[str, Any]) -> Family:
        """The family with these options fixed."""
        return Family(self.name, self.build, self.width, self.from_cod, {**self.attrs, **attrs}, self.reads)

    def _applied(self, operands: Sequence[Any], builder: Builder) -> Any:
        """On wires: a step of their program."""
        dtype = VERBS["common dtype"]([v for i, v in enumerate(operands) if i not in self.reads])
        wires = [builder.lift(v, self.reads.get(i, dtype)) for i, v in enumerate(operands)]
        dom = Object(w.sort for w in wires)
        try:
            f = self.at(dom)
        except SignatureError as error:
            raise self._castable(dom) or error from None
        out = builder.apply(f, wires)
        return out[0] if len(out) == 1 else tuple(out)

    def _castable(self, dom: Object) -> SignatureError | None:
        """What to say where the family is not defined on discrete wires, but on them cast to floats."""
        discrete = [i for i, w in enumerate(dom.wires) if w.dtype.kind == "discrete" and i not in self.reads]
        real = next((w.dtype for w in dom.wires if w.dtype.kind == "real"), DTYPES["f64"])
        try:
            self.at(Object(Sort(real, w.shape) if i in discrete else w for i, w in enumerate(dom.wires)))
        except SignatureError:
            return None
        if not discrete:
            return None
        said = f"{self!r} is not defined on {dom}: {dom.wires[discrete[0]].dtype.name} has no arithmetic"
        return SignatureError(with_line(said, f"x.astype({real.name!r})"))

    def _evaluated(self, operands: Sequence[Any]) -> Any:
        """On arrays: as they are, or with their integers taken as floats if only that has a member."""
        refused: CatdiffError | None = None
        for dom, values in VERBS["readings"](operands, self.reads):
            try:
                f = self.at(dom)
            except CatdiffError as error:
                refused = refused or error
            else:
                return VERBS["evaluate"](f, values)
        assert refused is not None
        raise refused

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

    def _ambiguous(self, operands: list[Any], extra: list[Any], attrs: dict[str, Any], options: Sequence[str]) -> None:
        """Refuse `cd.sum(0)` and `cd.reshape((2, 2))`, which mean an option and would say an operand."""
        if len(operands) != 1 or extra or attrs or self.attrs or not options:
            return
        value = operands[0]
        if all(type(v) is int for v in (value if isinstance(value, tuple) else (value,))):
            hint = f"cd.{self.name}({options[0]}={value!r}) fixes the option, cd.{self.name}(np.array({value!r})) runs"
            raise SignatureError(with_line(f"cd.{self.name}({value!r}) could be an option or an array", hint))

    def _split(self, args: tuple[Any, ...]) -> tuple[list[Any], list[Any]]:
        """Operands and positional attributes: leading objects, the members of a leading list where any number is
        taken, or the first `width` values.
        """
        if args and isinstance(args[0], Object):
            n = next((i for i, a in enumerate(args) if not isinstance(a, Object)), len(args))
        elif self.width is None and args and isinstance(args[0], (list, tuple)) and _options(self.build)[0]:
            if any(isinstance(v, (Wire, Object, Morphism)) or hasattr(v, "__array__") for v in args[0]):
                return list(args[0]), list(args[1:])
            n = len(args)
        else:
            n = len(args) if self.width is None else self.width
        return list(args[:n]), list(args[n:])

    def __rshift__(self, other: Any) -> Any:
        """`F >> G`, a family that takes its type from whoever it meets."""
        typed = isinstance(other, Morphism) or getattr(type(other), "__composes__", False)
        return NotImplemented if typed else VERBS["chain"](self, other)

    def __rrshift__(self, other: Any) -> Any:
        return VERBS["chain"](other, self)

    def __matmul__(self, other: Any) -> Any:
        """`F @ G`, beside one another."""
        return VERBS["beside"](self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return VERBS["beside"](other, self)

    def _untyped(self, *_: Any) -> Any:
        """A family has no type, and so no arithmetic."""
        A = "cd.f64(3)"
        said = f"{self!r} is a family and has no type, so there is no arithmetic with it"
        raise SignatureError(with_line(said, f"give it an object first, as in 2 * cd.sin({A})"))

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _untyped
    __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __neg__ = _untyped

    def __repr__(self) -> str:
        attrs = ", ".join(f"{k}={v!r}" for k, v in self.attrs.items())
        return f"cd.{self.name}({attrs})" if attrs else f"cd.{self.name}"


@lru_cache(maxsize=1024)
def _options(build: Callable[..., Morphism]) -> tuple[tuple[str, ...], bool]:
    """The names of a family's options, in order, and whether others are taken too; read once, every call asks."""
    given = inspect.signature(build).parameters.values()
    named = tuple([p.name for p in given if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)][1:])
    return named, any(p.kind is p.VAR_KEYWORD for p in given)


def _operands(width: int | None) -> str:
    return "objects, wires or arrays" if width is None else f"{width} operand{'s' * (width != 1)}"


def family(
    name: str,
    width: int | None = 1,
    from_cod: Callable[[Object], Object] | None = None,
    reads: Mapping[int, str] | None = None,
) -> Callable[[Callable[..., Morphism]], Family]:
    """Decorator: `build(dom, **attrs) -> Morphism` becomes the family `name`."""
    return lambda build: Family(name, build, width, from_cod, reads=reads)


def of_row(row: Row, width: int | None = 1, from_cod: Callable[[Object], Object] | None = None) -> Family:
    """The family of a row of the table: its atoms."""

    def build(dom: Object, **attrs: Any) -> Morphism:
        return Atom(label(row, dom, attrs))

    build.__doc__ = row.about or None
    return Family(row.name, build, width, from_cod)
