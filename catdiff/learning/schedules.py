"""Schedules: rates that change, as programs `t ↦ ε(t)` of the number of steps that were made before.

A schedule is a family of programs on one number, so it is part of the step it is used in, drawn and stored with it.
What it counts is a state of the optimiser, and a run that is taken up again goes on where it was.

>>> import catdiff as cd
>>> ε = cd.schedules.warmup(4) * cd.schedules.cosine(0.1, steps=8)
>>> print(ε.at(cd.f64()))
f64 → f64
>>> [round(float(ε(float(t))), 4) for t in range(9)]
[0.025, 0.0481, 0.064, 0.0691, 0.05, 0.0309, 0.0146, 0.0038, 0.0]

They compose: `f * g` is the product, `f.then(n, g)` is f for n steps and g from there on, g counting from zero.

>>> two = cd.schedules.constant(1.0).then(2, cd.schedules.step(0.5, every=2, factor=0.5))
>>> [float(two(float(t))) for t in range(7)]
[1.0, 1.0, 0.5, 0.5, 0.25, 0.25, 0.125]
"""

from __future__ import annotations

from collections.abc import Callable
from math import pi
from typing import Any

from ..category.binder import build
from ..category.families import Family
from ..category.morphism import Morphism
from ..category.objects import Object
from ..errors import SignatureError, with_line
from ..generators.elementwise import cos, floor, minimum
from ..generators.logic import where
from .recipe import Recipe, recipe


class Schedule(Recipe, Family):
    """A rate for every step: a program from a number t to a number, built by `rule` of a wire."""

    def __init__(self, name: str, rule: Callable[[Any], Any]) -> None:
        def at(dom: Object) -> Morphism:
            if len(dom) != 1 or dom.shape or dom.dtype.kind != "real":
                raise SignatureError(with_line(f"a schedule takes one number, the steps made so far, not {dom}"))
            return build(dom, rule).box("schedule")

        super().__init__(name, at)
        self.rule = rule

    @recipe
    def __mul__(self, other: Any) -> Schedule:
        """The product, with another schedule or a number."""
        g = schedule(other)
        return Schedule(f"{self.name} * {g!r}", lambda t: self.rule(t) * g.rule(t))

    __rmul__ = __mul__

    @recipe
    def then(self, steps: int, other: Any) -> Schedule:
        """This for `steps` steps, then the other one, which counts from there."""
        g, n = schedule(other), _count(steps, "then")
        return Schedule(f"{self.name}.then({n}, {g!r})", lambda t: where(t < n, self.rule(t), g.rule(t - n)))


def schedule(rate: Any) -> Schedule:
    """A schedule as it is, and of a number the constant one."""
    return rate if isinstance(rate, Schedule) else constant(rate)


@recipe
def constant(rate: float) -> Schedule:
    """`ε(t) = rate`."""
    return Schedule(f"schedules.constant({number(rate)!r})", lambda t: t * 0.0 + rate)


@recipe
def step(rate: float, every: int, factor: float = 0.1) -> Schedule:
    """`ε(t) = rate · factorᵏ`, k one more after every `every` steps."""
    name = f"schedules.step({number(rate)!r}, {_count(every, 'step')}, {number(factor)!r})"
    return Schedule(name, lambda t: rate * factor ** floor(t / every))


@recipe
def cosine(rate: float, steps: int, final: float = 0.0) -> Schedule:
    """From `rate` to `final` in `steps` steps along half a wave of the cosine, and `final` ever after.

    Source: Loshchilov and Hutter, arXiv:1608.03983, eq. 5, without restarts.
    """
    name = f"schedules.cosine({number(rate)!r}, {_count(steps, 'cosine')}, {number(final)!r})"
    half = (rate - final) / 2
    return Schedule(name, lambda t: final + half * (1.0 + cos(pi * minimum(t / steps, 1.0))))


@recipe
def warmup(steps: int, rate: float = 1.0) -> Schedule:
    """`ε(t) = rate · min(1, (t + 1) / steps)`: up in equal parts; to be multiplied with, or to go before, another."""
    name = f"schedules.warmup({_count(steps, 'warmup')}, {number(rate)!r})"
    return Schedule(name, lambda t: rate * minimum((t + 1.0) / steps, 1.0))


def number(x: Any) -> Any:
    """A finite number, or `SignatureError`."""
    if isinstance(x, bool) or not hasattr(x, "__float__") or abs(float(x)) == float("inf") or x != x:
        raise SignatureError(with_line(f"a rate is a finite number or a schedule, not {x!r}"))
    return x


def _count(n: Any, name: str) -> int:
    if isinstance(n, bool) or not hasattr(n, "__index__") or n < 1:
        raise SignatureError(with_line(f"{name} counts steps, one at least, not {n!r}"))
    return int(n)
