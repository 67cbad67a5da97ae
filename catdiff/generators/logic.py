"""Comparisons, connectives and choice. A bool wire is discrete: nothing flows back through it.

>>> import catdiff as cd, numpy as np
>>> x = np.array([-1.0, 0.0, 2.0])
>>> cd.logical_and(x > -2, cd.gt(x, 0.0))
array([False, False,  True])
>>> bool(cd.any(cd.eq(x, 0.0)))
True
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..category.families import Family
from ..category.label import Row, register
from ..category.objects import Object
from ..errors import SignatureError, with_line
from . import crossing
from .axes import reduction
from .rounding import Error
from .rows import aligned, elementwise
from .shapes import without

COMPARABLE = ("real", "exact", "discrete")


def _constant(name: str, arity: int, forward: Any, kinds: tuple[str, ...], about: str, **more: Any) -> Family:
    """A row with a bool result."""
    return elementwise(name, arity, forward, None, None, kinds, "bool", locally_constant=True, about=about, **more)


def _comparison(name: str, forward: Any, about: str, kinds: tuple[str, ...] = COMPARABLE, **more: Any) -> Family:
    return _constant(name, 2, forward, kinds, about, error=crossing.compared, **more)


def _connective(name: str, arity: int, forward: Any, error: Error, about: str) -> Family:
    columns = {"dtypes": ("bool",), "commutative": arity == 2, "error": error}
    return _constant(name, arity, forward, ("discrete",), about, **columns)


lt = _comparison("lt", np.less, "x < y")
le = _comparison("le", np.less_equal, "x ≤ y")
gt = _comparison("gt", np.greater, "x > y")
ge = _comparison("ge", np.greater_equal, "x ≥ y")
eq = _comparison("eq", np.equal, "x = y", (*COMPARABLE, "complex"), commutative=True)
ne = _comparison("ne", np.not_equal, "x ≠ y", (*COMPARABLE, "complex"), commutative=True)
logical_and = _connective("logical_and", 2, np.logical_and, crossing.connected(np.logical_and), "x and y")
logical_or = _connective("logical_or", 2, np.logical_or, crossing.connected(np.logical_or), "x or y")
logical_xor = _connective("logical_xor", 2, np.logical_xor, crossing.turned, "x or y, not both")
logical_not = _connective("logical_not", 1, np.logical_not, crossing.turned, "not x")


def _where_type(dom: Object) -> Object:
    w = dom.wires
    if len(w) != 3 or w[0].dtype.name != "bool" or w[1] is not w[2] or w[0].shape != w[1].shape:
        raise SignatureError(with_line(f"where takes bool, A, A of one shape, not {dom}"))
    return dom[1]


WHERE = register(
    Row(
        name="where",
        type_rule=_where_type,
        over=lambda k, _: k.where,
        R=lambda c, x, y, z̄: (None, where(c, z̄, 0), where(c, 0, z̄)),
        D=lambda c, x, y, ċ, ẋ, ẏ: where(c, ẋ, ẏ),
        error=crossing.chosen,
        flops=lambda label: label.cod.wires[0].size,
        about="x where the condition holds, y elsewhere",
    )
)
where = Family("where", aligned(WHERE, 3, "bool ⊗ A ⊗ A → A"), 3, reads={0: "bool"})


def _bool_type(name: str) -> Any:
    def rule(dom: Object, axes: tuple[int, ...]) -> Object:
        if len(dom) != 1 or dom.dtype.name != "bool":
            raise SignatureError(with_line(f"{name} takes one bool wire, not {dom}", "compare it: x != 0"))
        return Object((dom.sort.with_shape(without(dom.shape, axes)),))

    return rule


def _quantifier(name: str, forward: Any, about: str) -> Family:
    def quantified(x: Any, axes: tuple[int, ...]) -> Any:
        return forward(x, axis=axes)

    row = register(
        Row(
            name=name,
            type_rule=_bool_type(name),
            forward=quantified,
            locally_constant=True,
            error=crossing.connected(quantified),
            flops=lambda label: label.dom.sort.size,
            about=about,
        )
    )

    return reduction(row, "bool")


any, all = _quantifier("any", np.any, "whether any entry holds"), _quantifier("all", np.all, "whether all entries do")
