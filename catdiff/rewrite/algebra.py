"""The algebra of rigs, and of the rows that say what zero does to them.

What a zero operand does is in a row's column `zeros`, so these rules hold of a user's rows too:

>>> import catdiff as cd
>>> A = cd.f64(3)
>>> f = cd.pair(cd.id(A), cd.discard(A) >> cd.zero(A)) >> cd.mul
>>> cd.simplify(f) == cd.discard(A) >> cd.zero(A)
True
>>> cd.simplify(cd.neg(A) >> cd.neg) == cd.id(A)
True
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..category.label import TABLE, Label, label
from .rule import Rules, Site, rule


def _kind(*kinds: str) -> Any:
    """Side condition: the first operand's dtype is of one of these kinds."""
    return lambda label: label.dom.wires[0].dtype.kind in kinds


def _dtype(name: str) -> Any:
    return lambda label: label.dom.wires[0].dtype.name == name


def at(site: Site, row: str, *sources: int) -> tuple[int, ...]:
    """A box of another elementwise row at the site's type."""
    A = site.label.cod
    return site.make(label(TABLE[row], A if len(sources) == 1 else A @ A), *sources)


def _operands(label: Label) -> list[int]:
    """The operands a row is multilinear in: not the indices and conditions among them."""
    return [i for i, w in enumerate(label.dom.wires) if w.dtype.kind != "discrete"]


@rule("x · 0 = 0", on=lambda row: row.zeros == "any", sees=["zero"], where=lambda x: bool(_operands(x)))
def annihilate(site: Site) -> Any:
    """Multilinear rows: one zero operand is enough."""
    if any(map(site.zero, _operands(site.label))):
        return site.zeros(site.label.cod.wires)
    return None


@rule("f(0) = 0", on=lambda row: row.zeros == "all", sees=["zero"], where=lambda x: len(x.dom) > 0)
def linear_zero(site: Site) -> Any:
    """Rows that are linear in all their operands together."""
    return site.zeros(site.label.cod.wires) if all(map(site.zero, range(len(site.sources)))) else None


@rule("x + 0 = x", on=lambda row: row.zeros == "sum", sees=["zero"], where=lambda x: len(x.cod) == 1)
def drop_zero(site: Site) -> Any:
    """Rows that add up their operands."""
    left = [s for port, s in enumerate(site.sources) if not site.zero(port)]
    if not left:
        return site.zeros(site.label.cod.wires)
    return left[0] if len(left) == 1 else None


def _all_zero(label: Label) -> bool:
    array = label.attrs["value"].payload.array
    if array.dtype == object:
        return all(v == 0 for v in array.flat)
    return not np.any(np.ascontiguousarray(array).view(np.uint8)) if array.size else True


@rule("const(0) = 0", on="const", where=_all_zero)
def constant_zero(site: Site) -> Any:
    """A constant of which every bit is zero is the symbolic zero."""
    return site.zeros(site.label.cod.wires)


@rule("x − 0 = x", on="sub", sees=["zero"])
def minus_zero(site: Site) -> Any:
    """Nothing taken away."""
    return site.sources[0] if site.zero(1) else None


@rule("0 − x = −x", on="sub", sees=["zero"])
def zero_minus(site: Site) -> Any:
    """Taken away from nothing."""
    return at(site, "neg", site.sources[1]) if site.zero(0) else None


@rule("−(−x) = x", on="neg", sees=["neg"])
def double_negation(site: Site) -> Any:
    """Negation is an involution."""
    made = site.maker(0, "neg")
    return made[1][0] if made else None


@rule("−(x − y) = y − x", on="neg", sees=["sub"])
def negated_difference(site: Site) -> Any:
    """A difference the other way round."""
    made = site.maker(0, "sub")
    return at(site, "sub", made[1][1], made[1][0]) if made else None


@rule("x + (−y) = x − y", on="add", sees=["neg"])
def add_negated(site: Site) -> Any:
    """A sum with a negated operand, either one, is a difference."""
    x, y = site.sources
    right, left = site.maker(1, "neg"), site.maker(0, "neg")
    if right:
        return at(site, "sub", x, right[1][0])
    return at(site, "sub", y, left[1][0]) if left else None


@rule("x − (−y) = x + y", on="sub", sees=["neg"])
def subtract_negated(site: Site) -> Any:
    """Two signs cancel."""
    made = site.maker(1, "neg")
    return at(site, "add", site.sources[0], made[1][0]) if made else None


@rule("(−x) · (−y) = x · y", on="mul", sees=["neg"])
def two_signs(site: Site) -> Any:
    """Two signs cancel in a product."""
    left, right = site.maker(0, "neg"), site.maker(1, "neg")
    return at(site, "mul", left[1][0], right[1][0]) if left and right else None


@rule("x · 1 = x", on="mul", sees=["const 1", "contract", "reshape", "cast"])
def times_one(site: Site) -> Any:
    """One, however it was broadcast."""
    one = [port for port in (0, 1) if site.splat(port) == 1]
    return site.sources[1 - one[0]] if one else None


@rule("x · (−1) = −x", on="mul", sees=["const −1", "contract", "reshape", "cast"])
def times_minus_one(site: Site) -> Any:
    """Minus one, however it was broadcast."""
    one = [port for port in (0, 1) if site.splat(port) == -1]
    return at(site, "neg", site.sources[1 - one[0]]) if one else None


@rule("x ÷ 1 = x", on="div", sees=["const 1", "contract", "reshape", "cast"])
def over_one(site: Site) -> Any:
    """Division by one."""
    return site.sources[0] if site.splat(1) == 1 else None


@rule("x ^ 1 = x", on="pow", where=lambda label: label.attrs["exponent"] == 1)
def power_one(site: Site) -> Any:
    """The first power."""
    return site.sources[0]


@rule("conj(conj(x)) = x", on="conj", sees=["conj"])
def double_conjugate(site: Site) -> Any:
    """Conjugation is an involution."""
    made = site.maker(0, "conj")
    return made[1][0] if made else None


@rule("x − x = 0", on="sub", where=_kind("exact"))
def cancel(site: Site) -> Any:
    """Exact dtypes only: over floats ∞ − ∞ is not 0."""
    return site.zeros(site.label.cod.wires) if site.sources[0] == site.sources[1] else None


@rule("x + x = 0", on="add", where=_dtype("z2"))
def characteristic_two(site: Site) -> Any:
    """A law of polynomials over Z₂, not only of functions: the derivatives ȳ + ȳ cancel too."""
    return site.zeros(site.label.cod.wires) if site.sources[0] == site.sources[1] else None


@rule("−x = x", on="neg", where=_dtype("z2"))
def own_negative(site: Site) -> Any:
    """Over Z₂."""
    return site.sources[0]


@rule("x − y = x + y", on="sub", where=_dtype("z2"))
def difference_is_sum(site: Site) -> Any:
    """Over Z₂."""
    return at(site, "add", *site.sources)


@rule("where(c, x, x) = x", on="where")
def same_branches(site: Site) -> Any:
    """A choice between equals."""
    return site.sources[1] if site.sources[1] == site.sources[2] else None


@rule("where(true, x, y) = x", on="where", sees=["const", "const 1", "zero", "contract", "reshape"])
def settled_choice(site: Site) -> Any:
    """A condition that is constant; for false it is y."""
    known = False if site.zero(0) else site.splat(0)
    return None if known is None else site.sources[1] if known else site.sources[2]


@rule("max(x, x) = x", on=["maximum", "minimum"])
def same_extremum(site: Site) -> Any:
    """The two halves of a tie's cotangent add up to all of it, exactly."""
    return site.sources[0] if site.sources[0] == site.sources[1] else None


RULES = Rules(
    [
        annihilate,
        linear_zero,
        drop_zero,
        constant_zero,
        minus_zero,
        zero_minus,
        double_negation,
        negated_difference,
        add_negated,
        subtract_negated,
        two_signs,
        times_one,
        times_minus_one,
        over_one,
        power_one,
        double_conjugate,
        cancel,
        characteristic_two,
        own_negative,
        difference_is_sum,
        same_branches,
        settled_choice,
        same_extremum,
    ]
)
