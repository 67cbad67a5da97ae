"""Compositional automatic differentiation: programs are morphisms, and so are their derivatives."""

from . import derivative, generators, interpret
from .category.binder import morphism
from .category.label import TABLE, Label, Row, label, register
from .category.morphism import Atom, Morphism, copy, discard, id, pair, permute, program, swap, wiring
from .category.objects import UNIT, Object, Sort, c128, f32, f64, index, integer, rational, z2
from .category.objects import bool_ as bool
from .derivative.forward import D, dagger, grad, hvp, value_and_grad
from .derivative.higher import hessian, jacobian
from .derivative.native import jvp
from .derivative.reverse import R, vjp
from .errors import CatdiffError
from .generators.constants import const, zero
from .generators.elementwise import (
    abs,
    add,
    atan,
    atan2,
    bell,
    bump,
    ceil,
    cos,
    div,
    eq,
    erf,
    exp,
    expm1,
    floor,
    ge,
    gt,
    hypot,
    le,
    log,
    log1p,
    lt,
    maximum,
    minimum,
    mul,
    ne,
    neg,
    pow,
    recip,
    relu,
    round,
    sech2,
    sigmoid,
    sign,
    sin,
    softplus,
    sqrt,
    step,
    sub,
    tanh,
    where,
    xlogy,
)
from .generators.foreign import generator
from .generators.linear import broadcast, cast, concat, einsum, reshape, split, sum, transpose
from .generators.macros import log_softmax, logsumexp, mean, softmax
from .generators.select import argmax, argmin, argsort, gather, max, min, scatter_add, sort
from .hypernet.store import from_json, load, save, to_json
from .interpret.numpy import compile


def atom(name: str, dom: Object, **attrs: object) -> Morphism:
    """The generator `name` of the table at `dom`."""
    return Atom(label(TABLE[name], dom, attrs))
