"""Gates as families: at an object of z2 wires a morphism, on wires a step, elementwise on wires that have a shape.

>>> import catdiff as cd
>>> x = cd.z2()
>>> int(nand(x)(1, 1)), int(mux(x)(1, 0, 1))
(0, 0)
>>> xor(x) == cd.add(x @ x) and and_(x) == cd.mul(x @ x)            # + and × of the rig
True
>>> print(mux(cd.z2() @ cd.z2(8) @ cd.z2(8)))
z2 @ z2[8] @ z2[8] → z2[8]
>>> cd.R(not_(x)) == cd.discard(x) @ cd.id(x)                          # the cotangent passes a negation
True

Each is the polynomial over ℤ₂ that is given in its first line, of degree ≤ 1 in each input; `R` is of that polynomial.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...category.binder import build
from ...category.families import Family
from ...category.morphism import Morphism
from ...category.objects import Object, word
from ...errors import SignatureError, with_line


def _gate(name: str, arity: int, formula: Callable[..., Any], about: str) -> Family:
    """The family of a formula over ℤ₂."""

    def member(dom: Object) -> Morphism:
        dom = word([dom] * arity) if len(dom) == 1 else dom
        if len(dom) != arity or any(s.dtype.name != "z2" for s in dom.wires):
            said = f"circuits.{name} takes {arity} z2 wire{'s' * (arity > 1)}, not {dom}"
            raise SignatureError(with_line(said, f"cd.circuits.{name}(cd.z2())"))
        return build(dom, formula)

    member.__doc__ = about
    return Family(f"circuits.{name}", member, arity)


not_ = _gate("not_", 1, lambda x: x + 1, "`¬x = x + 1`.")
and_ = _gate("and_", 2, lambda x, y: x * y, "`x ∧ y = xy`.")
or_ = _gate("or_", 2, lambda x, y: x + y + x * y, "`x ∨ y = x + y + xy`.")
xor = _gate("xor", 2, lambda x, y: x + y, "`x ⊕ y = x + y`.")
nand = _gate("nand", 2, lambda x, y: x * y + 1, "`¬(x ∧ y) = xy + 1`.")
nor = _gate("nor", 2, lambda x, y: x + y + x * y + 1, "`¬(x ∨ y) = x + y + xy + 1`.")
xnor = _gate("xnor", 2, lambda x, y: x + y + 1, "`x = y`, that is x + y + 1.")
mux = _gate("mux", 3, lambda c, x, y: c * (x + y) + y, "`c ? x : y = c(x + y) + y`.")
