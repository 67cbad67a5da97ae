"""Programs with named wires.

Point-free syntax is right for pipelines and unreadable for attention. `@cd.morphism(A, B, …)` runs a Python function
once, on *wires*, and keeps what it did as a term. No value exists yet and none is traced: a wire only knows its type,
and every operation on it adds a generator, exactly as `>>` and `@` would.

>>> import catdiff as cd
>>> @cd.morphism(cd.f64(3), cd.f64(3))
... def f(x, y):
...     return cd.sin(x) * y + 2.0
>>> print(f)
f64[3] @ f64[3] → f64[3]
>>> f == (cd.sin(cd.f64(3)) @ cd.id(cd.f64(3)) >> cd.mul) + 2.0
True

Python's control flow runs at building time, so `if x > 0:` on a wire is an error that says so; use `cd.where`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..errors import WireError, with_line
from .morphism import VERBS, Morphism, Program, verb
from .objects import UNIT, Dtype, Object, Sort, word


class Builder:
    """A straight-line program under construction."""

    __slots__ = ("dom", "open", "sorts", "steps")

    def __init__(self, dom: Object) -> None:
        self.dom, self.open = dom, True
        self.sorts: list[Sort] = list(dom.wires)
        self.steps: list[tuple[Morphism, tuple[int, ...]]] = []

    def inputs(self) -> list[Wire]:
        """The wires of the domain."""
        return [Wire(self, i) for i in range(len(self.dom))]

    def apply(self, f: Morphism, wires: Sequence[Wire]) -> list[Wire]:
        """Add a step: f on these wires. Their types have to be f's domain."""
        if not self.open:
            raise WireError(with_line("this wire belongs to a program that is finished; return it instead"))
        given = Object(w.sort for w in wires)
        if given != f.dom:
            dom_of = Morphism(UNIT, given)
            raise VERBS["composition error"](dom_of, f)
        first = len(self.sorts)
        self.steps.append((f, tuple(w.index for w in wires)))
        self.sorts += f.cod.wires
        return [Wire(self, i) for i in range(first, len(self.sorts))]

    def lift(self, value: Any, like: Sort | None = None) -> Wire:
        """A wire as it is; a number or an array as a constant, of the dtype of `like` where it fits exactly."""
        if isinstance(value, Wire):
            if value.builder is not self:
                raise WireError(
                    with_line(
                        "this wire belongs to another program: a morphism has no captured wires, make it an input"
                    )
                )
            return value
        if isinstance(value, Morphism) and not len(value.dom) and len(value.cod) == 1:
            return self.apply(value, ())[0]
        return self.apply(VERBS["const"](value, like and like.dtype), ())[0]

    def finish(self, result: Any) -> Program:
        """The program whose outputs are `result`: a wire, or a tuple of wires and constants."""
        results = result if isinstance(result, (tuple, list)) else (result,)
        if result is None or any(r is None for r in results):
            raise WireError(with_line("the function returned None; return its output wires"))
        outputs = [self.lift(r) for r in results]
        self.open = False
        cod = Object(w.sort for w in outputs)
        return Program(self.dom, cod, self.steps, [w.index for w in outputs])


def build(dom: Object, function: Callable[..., Any]) -> Program:
    """Run `function` on one wire per wire of `dom` and keep what it did."""
    builder = Builder(dom)
    return builder.finish(function(*builder.inputs()))


def morphism(*objects: Object) -> Callable[[Callable[..., Any]], Program]:
    """`@cd.morphism(A, B, …)`: the decorated function over wires becomes a morphism `A ⊗ B ⊗ … → …`.

    The function is called once, with one argument per wire; it returns a wire or a tuple of wires, where
    Python numbers and arrays count as constants. In it, wires have NumPy's operators (`+ - * / @ **`, comparisons,
    slices) and methods (`sum`, `mean`, `max`, `reshape`, `T`, …); generators, boxes and other morphisms apply to them
    as `f(x, y)`.

    Raises `WireError` where a wire is used as if it had a value, or where it belongs to another program.

    >>> import catdiff as cd
    >>> @cd.morphism(cd.f64(5, 2), cd.f64(5, 2), cd.f64(5, 3))
    ... def attention(q, k, v):
    ...     return cd.softmax(q @ k.T / 2**0.5) @ v
    >>> print(attention)
    f64[5,2] @ f64[5,2] @ f64[5,3] → f64[5,3]
    """
    for A in objects:
        if not isinstance(A, Object):
            raise WireError(
                with_line(f"@cd.morphism takes the objects of the arguments, as in @cd.morphism(cd.f64(3)), not {A!r}")
            )
    dom = word(objects)
    return lambda function: build(dom, function)


def builder_of(values: Sequence[Any]) -> Builder | None:
    """The program the first wire among these values belongs to, if any is one."""
    return next((v.builder for v in values if isinstance(v, Wire)), None)


def apply(f: Morphism, values: Sequence[Any], builder: Builder) -> Any:
    """`f(x, y, …)` on wires: one wire, a tuple of them, or `()`."""
    if len(values) != len(f.dom):
        raise WireError(with_line(f"{f} takes {len(f.dom)} wires, not {len(values)}"))
    wires = [builder.lift(v, s) for v, s in zip(values, f.dom.wires, strict=True)]
    out = builder.apply(f, wires)
    return out[0] if len(out) == 1 else tuple(out)


@verb("apply")
def _call(f: Morphism, args: Sequence[Any]) -> Any:
    builder = builder_of(args)
    return VERBS["evaluate"](f, args) if builder is None else apply(f, args, builder)


def _valueless(what: str, instead: str) -> Callable[..., Any]:
    def refuse(self: Wire, *_: Any) -> Any:
        raise WireError(with_line(f"a wire ({self.sort}) has no value while the program is built, so {what}", instead))

    return refuse


def _operator(name: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    def forward(self: Wire, other: Any) -> Wire:
        return VERBS["wire operation"](name, self, other)

    def backward(self: Wire, other: Any) -> Wire:
        return VERBS["wire operation"](name, other, self)

    return forward, backward


UFUNCS = dict(  # what NumPy calls Python's operators; a > b is b < a
    add="add", subtract="sub", multiply="mul", divide="div", matmul="matmul", power="pow",
    less="lt", less_equal="le", equal="eq", not_equal="ne", greater="lt", greater_equal="le",
)  # fmt: skip


class Wire:
    """A wire of a program under construction: a type and no value. NumPy's operators and a few of its methods work."""

    __slots__ = ("builder", "index")
    builder: Builder
    index: int

    def __init__(self, builder: Builder, index: int) -> None:
        self.builder, self.index = builder, index

    @property
    def sort(self) -> Sort:
        """The wire's type."""
        return self.builder.sorts[self.index]

    @property
    def object(self) -> Object:
        """The one-wire object of that type."""
        return Object((self.sort,))

    @property
    def shape(self) -> tuple[int, ...]:
        """The wire's shape."""
        return self.sort.shape

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.sort.shape)

    @property
    def dtype(self) -> Dtype:
        """The wire's dtype."""
        return self.sort.dtype

    __add__, __radd__ = _operator("add")
    __sub__, __rsub__ = _operator("sub")
    __mul__, __rmul__ = _operator("mul")
    __truediv__, __rtruediv__ = _operator("div")
    __matmul__, __rmatmul__ = _operator("matmul")
    __pow__, __rpow__ = _operator("pow")
    __and__, __rand__ = _operator("and")
    __or__, __ror__ = _operator("or")
    __xor__, __rxor__ = _operator("xor")
    __lt__, __gt__ = _operator("lt")
    __le__, __ge__ = _operator("le")
    __eq__ = _operator("eq")[0]  # pyright: ignore[reportAssignmentType]
    __ne__ = _operator("ne")[0]  # pyright: ignore[reportAssignmentType]

    def __hash__(self) -> int:
        return object.__hash__(self)

    def __array_ufunc__(self, ufunc: Any, method: str, *operands: Any, **options: Any) -> Wire:
        """`array + wire` and its like, which NumPy asks about first; no other function of NumPy's takes wires."""
        name = ufunc.__name__
        if method == "__call__" and not options and name in UFUNCS:
            swapped = name.startswith("greater")
            return VERBS["wire operation"](UFUNCS[name], *(reversed(operands) if swapped else operands))
        raise WireError(
            with_line(
                f"np.{name} cannot see a wire ({self.sort}), which has no value while the program is built",
                "catdiff's own functions take wires, as in cd.exp(x)",
            )
        )

    def __neg__(self) -> Wire:
        return VERBS["wire operation"]("neg", self)

    def __invert__(self) -> Wire:
        return VERBS["wire operation"]("not", self)

    def __abs__(self) -> Wire:
        return VERBS["wire operation"]("abs", self)

    def __getitem__(self, key: Any) -> Wire:
        return VERBS["wire operation"]("getitem", self, key)

    def __len__(self) -> int:
        if not self.shape:
            raise WireError(with_line("a scalar wire has no length"))
        return self.shape[0]

    def __iter__(self) -> Iterator[Wire]:
        return (self[i] for i in range(len(self)))

    @property
    def T(self) -> Wire:
        """The axes reversed."""
        return VERBS["wire operation"]("transpose", self)

    def sum(self, axis: Any = None, keepdims: bool = False) -> Wire:
        """Sum over `axis` (an int, a tuple, or all)."""
        return VERBS["wire operation"]("sum", self, axis=axis, keepdims=keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Wire:
        """Mean over `axis`."""
        return VERBS["wire operation"]("mean", self, axis=axis, keepdims=keepdims)

    def max(self, axis: Any = None, keepdims: bool = False) -> Wire:
        """Maximum over `axis`."""
        return VERBS["wire operation"]("max", self, axis=axis, keepdims=keepdims)

    def min(self, axis: Any = None, keepdims: bool = False) -> Wire:
        """Minimum over `axis`."""
        return VERBS["wire operation"]("min", self, axis=axis, keepdims=keepdims)

    def reshape(self, *shape: Any) -> Wire:
        """The same entries in another shape; one extent may be -1."""
        return VERBS["wire operation"]("reshape", self, shape=shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes: Any) -> Wire:
        """The axes in another order."""
        return VERBS["wire operation"]("transpose", self, axes=(axes[0] if len(axes) == 1 else axes) or None)

    def astype(self, dtype: str) -> Wire:
        """The entries in another dtype."""
        return VERBS["wire operation"]("cast", self, dtype=dtype)

    __bool__ = _valueless("it cannot be the condition of an if", "cd.where(condition, a, b) chooses at run time")
    __float__ = _valueless("it is not a float yet", "call the finished morphism on arrays")
    __int__ = _valueless("it is not an int yet", "call the finished morphism on arrays")
    __index__ = _valueless("it cannot index a Python sequence", "cd.gather(table, index) looks up at run time")
    __array__ = _valueless("NumPy cannot see it", "use catdiff's functions inside a binder")

    def __repr__(self) -> str:
        return f"<wire {self.index} : {self.sort}>"
