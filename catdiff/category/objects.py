"""Objects are words of typed wires.

A *sort* is what one wire carries: a dtype and a shape. An *object* is a word of sorts, and `@` is the
concatenation of words, with `UNIT` the empty word:

>>> A, B, C = f64(3), f32(28, 28), z2()
>>> (A @ B) @ C == A @ (B @ C)
True
>>> A @ UNIT == A == UNIT @ A
True
>>> len(A @ B @ C), str(A @ B @ C)
(3, 'f64[3] @ f32[28,28] @ z2')
>>> A @ B
cd.f64(3) @ cd.f32(28, 28)

`@` is O(1): an object is a rope, flattened once, when somebody first looks at its wires.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Any, ClassVar
from weakref import WeakValueDictionary

from ..errors import ObjectError, with_line


@dataclass(frozen=True, slots=True)
class Dtype:
    """What an entry of a wire's array is.

    `carrier` is the NumPy dtype it runs in, `kind` says how it differentiates: `real` and `complex` smoothly,
    `exact` formally (polynomials over a rig), `discrete` not at all: its cotangent type is its own, its value zero.
    """

    name: str
    carrier: str
    kind: str


DTYPES = {
    d.name: d
    for d in (
        Dtype("f32", "float32", "real"),
        Dtype("f64", "float64", "real"),
        Dtype("c128", "complex128", "complex"),
        Dtype("z2", "uint8", "exact"),
        Dtype("integer", "int64", "exact"),
        Dtype("rational", "object", "exact"),
        Dtype("bool", "bool", "discrete"),
        Dtype("index", "int64", "discrete"),
    )
}


class Sort:
    """The type of one wire: dtype and shape. Interned, so that equal sorts are one object."""

    __slots__ = ("__weakref__", "dtype", "shape")
    dtype: Dtype
    shape: tuple[int, ...]
    _interned: ClassVar[WeakValueDictionary[tuple[str, tuple[int, ...]], Sort]] = WeakValueDictionary()
    _lock: ClassVar[Lock] = Lock()

    def __new__(cls, dtype: str | Dtype, shape: Iterable[int] = ()) -> Sort:
        name = dtype.name if isinstance(dtype, Dtype) else dtype
        if not isinstance(name, str) or name not in DTYPES:
            raise ObjectError(with_line(f"unknown dtype {name!r}; there are {', '.join(DTYPES)}"))
        key = (name, _extents(shape))
        found = cls._interned.get(key)
        if found is None:
            made = super().__new__(cls)
            object.__setattr__(made, "dtype", DTYPES[name])
            object.__setattr__(made, "shape", key[1])
            with cls._lock:  # two threads may make one sort; everybody has to get the same
                found = cls._interned.setdefault(key, made)
        return found

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("sorts are immutable")

    def __reduce__(self) -> tuple[type[Sort], tuple[str, tuple[int, ...]]]:
        return Sort, (self.dtype.name, self.shape)

    def __str__(self) -> str:
        return f"{self.dtype.name}[{','.join(map(str, self.shape))}]" if self.shape else self.dtype.name

    def __repr__(self) -> str:
        return f"Sort({self.dtype.name!r}, {self.shape})"

    @property
    def size(self) -> int:
        """Number of entries."""
        size = 1
        for extent in self.shape:
            size *= extent
        return size

    def with_shape(self, shape: Iterable[int]) -> Sort:
        """The same dtype, another shape."""
        return Sort(self.dtype, shape)


def _extents(shape: Iterable[int]) -> tuple[int, ...]:
    try:
        given = tuple(shape)
        if any(type(n).__name__ in ("bool", "bool_") for n in given):  # NumPy's too; NumPy itself is not seen here
            raise TypeError
        extents = tuple([int(operator.index(n)) for n in given])
    except TypeError:
        raise ObjectError(with_line(f"a shape is made of integers, not {shape!r}")) from None
    if any(n < 0 for n in extents):
        raise ObjectError(with_line(f"extents are not negative: {extents}"))
    return extents


class Object:
    """A word of sorts. Concatenate with `@`, index and slice like a tuple of one-wire objects.

    >>> A = f64(3) @ f32(28, 28) @ z2()
    >>> A[0], A[1:], len(A)
    (cd.f64(3), cd.f32(28, 28) @ cd.z2(), 3)
    >>> A[1].shape, A[1].dtype.name, [w.size for w in A.wires]
    ((28, 28), 'f32', [3, 784, 1])
    """

    __slots__ = ("__weakref__", "_hash", "_left", "_length", "_right", "_wires")

    def __init__(self, wires: Iterable[Sort] = ()) -> None:
        self._wires: tuple[Sort, ...] | None = tuple(wires)
        if not {*map(type, self._wires)} <= {Sort}:
            strange = next(w for w in self._wires if type(w) is not Sort)
            raise ObjectError(with_line(f"an object is a word of sorts, and {strange!r} is none"))
        self._length = len(self._wires)
        self._left: Object | None = None
        self._right: Object | None = None
        self._hash: int | None = None

    def __matmul__(self, other: Object) -> Object:
        """`A @ B`: the word A followed by the word B. O(1)."""
        if not isinstance(other, Object):
            return NotImplemented
        if not other._length:
            return self
        if not self._length:
            return other
        rope = Object.__new__(Object)
        rope._wires, rope._left, rope._right = None, self, other
        rope._length, rope._hash = self._length + other._length, None
        return rope

    @property
    def wires(self) -> tuple[Sort, ...]:
        """The sorts, left to right. Flattens the rope on first use, iteratively."""
        if self._wires is None:
            flat: list[Sort] = []
            stack: list[Object | None] = [self]
            while stack:
                node = stack.pop()
                assert node is not None
                halves, known = (node._right, node._left), node._wires  # in this order: threads may share a rope
                if known is None:
                    stack += halves
                else:
                    flat += known
            self._wires = tuple(flat)
            self._left = self._right = None
        return self._wires

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Object]:
        return (Object((w,)) for w in self.wires)

    def __getitem__(self, which: int | slice) -> Object:
        part = self.wires[which]
        return Object(part if isinstance(part, tuple) else (part,))

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Object):
            return NotImplemented
        return self._length == other._length and self.wires == other.wires

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(self.wires)
        return self._hash

    def __repr__(self) -> str:
        if not self._length:
            return "cd.UNIT"
        return " @ ".join(f"cd.{w.dtype.name}({', '.join(map(str, w.shape))})" for w in self.wires)

    def __str__(self) -> str:
        return " @ ".join(map(str, self.wires)) or "1"

    def __reduce__(self) -> tuple[type[Object], tuple[tuple[Sort, ...]]]:
        return Object, (self.wires,)

    @property
    def sort(self) -> Sort:
        """The sort of an object that is one wire."""
        if self._length != 1:
            raise ObjectError(with_line(f"{self} is not one wire"))
        return self.wires[0]

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of an object that is one wire."""
        return self.sort.shape

    @property
    def dtype(self) -> Dtype:
        """The dtype of an object that is one wire."""
        return self.sort.dtype


UNIT = Object()


def checked(A: Any, what: str) -> Object:
    """A, if it is an object; `what` was asked for at it."""
    if not isinstance(A, Object):
        raise ObjectError(with_line(f"{what} takes an object, such as cd.f64(3), not {A!r}"))
    return A


def word(objects: Iterable[Object]) -> Object:
    """The product of objects, in order; `UNIT` of none."""
    return Object([w for A in objects for w in A.wires])


def _constructor(name: str) -> Callable[..., Object]:
    def make(*shape: int) -> Object:
        if len(shape) == 1 and isinstance(shape[0], (tuple, list)):
            shape = tuple(shape[0])
        return Object((Sort(name, shape),))

    make.__name__ = make.__qualname__ = name
    make.__doc__ = (
        f"`{name}(n0, n1, …)`: one wire, an array of that shape with entries in {name}; `{name}()` is a scalar.\n\n"
        "Raises `ObjectError` for extents that are negative or no integers; zero is an extent like any other."
    )
    return make


f32 = _constructor("f32")
f64 = _constructor("f64")
c128 = _constructor("c128")
z2 = _constructor("z2")
integer = _constructor("integer")
rational = _constructor("rational")
bool_ = _constructor("bool")
index = _constructor("index")
