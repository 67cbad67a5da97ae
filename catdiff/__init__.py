"""Compositional automatic differentiation: programs are morphisms, and so are their derivatives.

A tour. An object is a word of typed wires, a generator a box between two of them; `>>` composes boxes in sequence, `@`
puts them side by side, and a morphism, once composed, is called like a function.

>>> import numpy as np
>>> import catdiff as cd
>>> A = cd.f64(3)                                    # one wire: an array of shape (3,)
>>> f = cd.sin(A) >> cd.exp                          # exp takes its type from its neighbour
>>> g = f @ cd.id(A) >> cd.mul >> cd.sum             # beside f a bare wire, then both into a product, then its sum
>>> print(g)
f64[3] @ f64[3] → f64
>>> @cd.morphism(A, A)                               # the same with names for the wires
... def h(x, y):
...     return (cd.exp(cd.sin(x)) * y).sum()
>>> h == g                                           # programs are values, and equality is decided
True
>>> x, y = np.array([0.0, 0.5, 1.0]), np.ones(3)
>>> print(f"{h(x, y):.6f}")
4.934923
>>> print(cd.R(g))                                   # the reverse derivative R[g] : A × B → A, a program too
f64[3] @ f64[3] @ f64 → f64[3] @ f64[3]
>>> np.round(cd.grad(g, wires=[0])(x, y), 3)         # also D, dagger, jacobian, hessian, hvp: all are morphisms
array([1.   , 1.417, 1.253])
>>> cd.R(cd.R(g)).cod == cd.R(g).dom                 # … to any order
True
>>> cd.from_json(cd.to_json(cd.R(g))) == cd.R(g)     # and stored: cd.save(f, path), cd.load(path)
True

`f.box(name)` makes a program one box, `f.map(n)` adds a batch axis, `f.summary()` counts what it costs.
"""

__version__ = "0.1.0"


from importlib import import_module as _import_module
from typing import TYPE_CHECKING as _TYPE_CHECKING

from . import derivative, draw, generators, interpret, rewrite
from .generators import rounding
from .category.binder import morphism
from .category.label import TABLE, Label, Row, label, register
from .category.morphism import Atom, Morphism
from .category.structure import copy, discard, id, pair, permute, program, swap, wiring
from .category.objects import UNIT, Object, Sort, c128, f32, f64, index, integer, rational, z2
from .category.objects import bool_ as bool
from .derivative.forward import D, hvp
from .derivative.gradients import dagger, grad, value_and_grad
from .derivative.higher import hessian, jacobian
from .derivative.native import jvp
from .derivative.reverse import R, vjp
from .errors import CatdiffError, RegistrationError as _RegistrationError, with_line as _with_line
from .generators.algebra import diag, diagonal, dot, kron, matmul, outer, trace
from .generators.capture import capture
from .generators.casts import cast, complex, conj, imag, real
from .generators.constants import const, zero
from .generators.convolution import conv, conv_transpose
from .generators.elementwise import (
    abs,
    acos,
    add,
    asin,
    atan,
    atan2,
    bell,
    bump,
    ceil,
    clip,
    cos,
    cosh,
    div,
    erf,
    exp,
    expm1,
    floor,
    floordiv,
    hypot,
    log,
    log1p,
    logaddexp,
    maximum,
    minimum,
    mul,
    neg,
    plus,
    pow,
    ratio,
    recip,
    relu,
    round,
    sech2,
    sigmoid,
    sign,
    sin,
    sinh,
    softplus,
    sqrt,
    square,
    step,
    sub,
    tan,
    tanh,
    xlogy,
)
from .generators.expand import expand
from .generators.foreign import generator
from .generators.linear import broadcast, einsum, sum, transpose
from .generators.logic import (
    all,
    any,
    eq,
    ge,
    gt,
    le,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    lt,
    ne,
    where,
)
from .generators.macros import log_softmax, logsumexp, softmax
from .generators.randomness import uniform
from .generators.scans import cumprod, cumsum, linrec, prod
from .generators.select import argmax, argmin, argsort, gather, max, min, scatter_add, sort, take_along_axis
from .generators.shapes import concat, expand_dims, reshape, split, squeeze, stack
from .generators.statistics import layer_norm, mean, norm, std, variance
from .generators.views import flip, moveaxis, pad, roll, slice
from .generators.windows import avg_pool, max_pool, windows
from .hypernet.graph import from_networkx, to_networkx
from .hypernet.store import from_json, load, save, schema, to_json
from .interpret import rigs
from .interpret.bounds import Bounded, bounded, worst
from .interpret.compiled import compile
from .interpret.interpreted import over
from .interpret.normal import is_multilinear, normal_form
from .interpret.replacing import replace
from .learning import initialisers, layers as nn, losses, optimisers, schedules
from .learning.backprop import Backprop, Learn
from .learning.callbacks import early_stopping
from .learning.learner import Learner, learn
from .learning.optic import Lens, Optic, lens
from .learning.para import Para, para
from .learning.parametric import Parametric
from .rewrite import simplify


if _TYPE_CHECKING:
    from . import interop, laws
    from .library import ascent, circuits, fixed_point


_LATER = {"interop": ".interop", "laws": ".laws"}
_LATER |= {name: f".library.{name}" for name in ("ascent", "circuits", "fixed_point")}


def __getattr__(name: str) -> object:
    """The packages that are imported when they are first asked for: most programs are not checked."""
    if name in _LATER:
        return _import_module(_LATER[name], __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def atom(name: str, dom: Object, /, **attrs: object) -> Morphism:
    """The generator called `name` in the table, at `dom`: how a repr writes one that no family gives.

    Raises `RegistrationError` where there is none of that name, `SignatureError` where it is not defined at `dom`.
    """
    if name not in TABLE:
        raise _RegistrationError(_with_line(f"there is no generator {name!r}"))
    return Atom(label(TABLE[name], dom, attrs))


# The public names, by subject; what is not here is internal. Some are builtins' names too: import catdiff as cd.
# fmt: off
__all__ = [
    # objects: what a wire carries
    "Object", "Sort", "UNIT", "f32", "f64", "c128", "z2", "integer", "rational", "bool", "index",
    # morphisms and the structure that all of them have
    "Morphism", "morphism", "id", "copy", "discard", "swap", "permute", "wiring", "pair", "program", "zero", "const",
    "plus",
    # derivatives
    "R", "D", "vjp", "jvp", "dagger", "grad", "value_and_grad", "jacobian", "hessian", "hvp",
    # wires inside boxes
    "capture",
    # normal form
    "simplify",
    # polynomials: normal forms, and what may stand for what before R
    "normal_form", "is_multilinear", "replace",
    # elementwise
    "add", "sub", "mul", "div", "neg", "recip", "pow", "sqrt", "abs", "sign", "exp", "expm1", "log", "log1p",
    "sin", "cos", "tanh", "atan", "atan2", "hypot", "erf", "sigmoid", "softplus", "relu", "step", "bell", "bump",
    "sech2", "xlogy", "maximum", "minimum", "floor", "ceil", "round", "eq", "ne", "lt", "le", "gt", "ge", "where",
    "tan", "asin", "acos", "sinh", "cosh", "square", "ratio", "logaddexp", "clip", "floordiv",
    "logical_and", "logical_or", "logical_xor", "logical_not", "conj", "real", "imag", "complex",
    # multilinear: contractions, shapes, sums
    "einsum", "sum", "broadcast", "reshape", "transpose", "concat", "split", "cast", "gather", "scatter_add",
    "take_along_axis", "matmul", "dot", "outer", "kron", "diag", "diagonal", "trace", "stack", "squeeze", "expand_dims",
    "slice", "pad", "flip", "roll", "moveaxis", "conv", "conv_transpose", "windows", "avg_pool", "max_pool",
    # along an axis
    "max", "min", "argmax", "argmin", "sort", "argsort", "mean", "softmax", "log_softmax", "logsumexp",
    "variance", "std", "norm", "layer_norm", "any", "all", "cumsum", "cumprod", "prod", "linrec", "expand",
    # random numbers, from keys
    "uniform",
    # running and storing
    "compile", "save", "load", "to_json", "from_json", "schema", "to_networkx", "from_networkx",
    # over other numbers than floats
    "over", "rigs",
    # how far floats may be off
    "bounded", "Bounded", "worst",
    # generators of one's own, and the table they go into
    "generator", "register", "atom", "Atom", "Row", "Label", "label", "TABLE",
    # lenses, and programs with parameters
    "lens", "Lens", "Optic", "para", "Para", "Parametric",
    # models, losses, optimisers, and the learners they compose to
    "nn", "initialisers", "losses", "optimisers", "schedules", "learn", "Learner", "early_stopping",
    "Learn", "Backprop",
    # built from all this
    "circuits", "ascent", "fixed_point",
    # laws
    "laws", "interop",
    # errors
    "CatdiffError", "__version__",
]
