"""A wire of a program under construction: a type, no value, and NumPy's syntax.

Whatever is done to a wire is looked up under the verb `wire operation`, which the generators' floor fills in; what
needs a value is refused here, with what to write instead.

>>> import catdiff as cd
>>> print(cd.morphism(cd.f64(3, 2))(lambda x: x.T @ x[:, 0]))
f64[3,2] → f64[2]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import WireError, with_line
from .morphism import VERBS
from .objects import Dtype, Object, Sort

if TYPE_CHECKING:
    from .binder import Builder


def _valueless(what: str, instead: str) -> Callable[..., Any]:
    def refuse(self: Wire, *_: Any, **__: Any) -> Any:
        raise WireError(with_line(f"a wire ({self.sort}) has no value while the program is built, so {what}", instead))

    return refuse


def _operator(name: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    def forward(self: Wire, other: Any) -> Wire:
        return VERBS["wire operation"](name, self, other)

    def backward(self: Wire, other: Any) -> Wire:
        return VERBS["wire operation"](name, other, self)

    return forward, backward


def _reduction(name: str, said: str) -> Callable[..., Wire]:
    def method(self: Wire, axis: Any = None, keepdims: bool = False, **options: Any) -> Wire:
        return VERBS["wire operation"](name, self, axis=axis, keepdims=keepdims, **options)

    method.__name__, method.__doc__ = name, f"{said} over `axis` (an int, a tuple, or all)."
    return method


UFUNCS = dict(  # what NumPy calls Python's operators; a > b is b < a
    add="add", subtract="sub", multiply="mul", divide="div", matmul="matmul", power="pow",
    less="lt", less_equal="le", equal="eq", not_equal="ne", greater="lt", greater_equal="le",
)  # fmt: skip


LOOKS = {np.shape: lambda x: x.shape, np.ndim: lambda x: x.ndim, np.size: lambda x: x.size}


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
    def size(self) -> int:
        """Number of entries."""
        return self.sort.size

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
        raise self._unseen(f"np.{name}" + ("" if method == "__call__" else f".{method}"), name)

    def __array_function__(self, function: Any, types: Any, operands: Any, options: Any) -> Any:
        """NumPy's other functions: those that only look at a type answer, the rest is told whose function to use."""
        if function in LOOKS and not options and operands[1:] == ():
            return LOOKS[function](self)
        module = function.__module__.replace("numpy", "np", 1)
        raise self._unseen(f"{module}.{function.__name__}", function.__name__)

    def _unseen(self, said: str, name: str) -> WireError:
        instead = VERBS["instead of NumPy"](name)
        return WireError(
            with_line(
                f"{said} cannot see a wire ({self.sort}), which has no value while the program is built",
                f"{instead} in its place" if instead else "catdiff's own functions take wires, as in cd.exp(x)",
            )
        )

    def __neg__(self) -> Wire:
        return VERBS["wire operation"]("neg", self)

    def __pos__(self) -> Wire:
        return self

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

    @property
    def mT(self) -> Wire:
        """The last two axes exchanged."""
        if self.ndim < 2:
            raise WireError(with_line(f"a wire ({self.sort}) is no matrix; .mT exchanges the last two axes"))
        return self.transpose(*range(self.ndim - 2), self.ndim - 1, self.ndim - 2)

    sum = _reduction("sum", "Sum")
    mean = _reduction("mean", "Mean")
    max = _reduction("max", "Maximum")
    min = _reduction("min", "Minimum")
    std = _reduction("std", "Standard deviation")
    var = _reduction("variance", "Variance")

    def argmax(self, axis: int | None = None) -> Wire:
        """Where the largest entry along `axis` is; of all entries, in the order of `ravel`, by default."""
        return self._ordered("argmax", axis)

    def argmin(self, axis: int | None = None) -> Wire:
        """Where the smallest entry is."""
        return self._ordered("argmin", axis)

    def _ordered(self, name: str, axis: int | None) -> Wire:
        x, axis = (self.reshape(-1), 0) if axis is None else (self, axis)
        return VERBS["wire operation"](name, x, axis=axis)

    def reshape(self, *shape: Any) -> Wire:
        """The same entries in another shape; one extent may be -1."""
        return VERBS["wire operation"]("reshape", self, shape=shape[0] if len(shape) == 1 else shape)

    def ravel(self) -> Wire:
        """The entries in one row, row-major."""
        return self.reshape(-1)

    flatten = ravel

    def transpose(self, *axes: Any) -> Wire:
        """The axes in another order."""
        return VERBS["wire operation"]("transpose", self, axes=(axes[0] if len(axes) == 1 else axes) or None)

    def astype(self, dtype: Any) -> Wire:
        """The entries in another dtype: `"f32"`, or what NumPy calls it."""
        return VERBS["wire operation"]("cast", self, dtype=dtype)

    __bool__ = _valueless("it cannot be the condition of an if", "cd.where(condition, a, b) chooses at run time")
    __float__ = _valueless("it is not a float yet", "call the finished morphism on arrays")
    __int__ = _valueless("it is not an int yet", "call the finished morphism on arrays")
    __index__ = _valueless("it cannot index a Python sequence", "cd.gather(table, index) looks up at run time")
    __array__ = _valueless("NumPy cannot see it", "use catdiff's functions inside a binder")

    def __repr__(self) -> str:
        return f"<wire {self.index} : {self.sort}>"
