"""`check_rule(forward, vjp, dom, cod)`: is this derivative right? Of rules written anywhere, in NumPy or not.

A rule is right where ⟨ȳ, D[f](x, d)⟩ = ⟨vjp(x, ȳ), d⟩ for every x, ȳ and d. The left side is measured, by differences
that know their own error (`oracles`); the right side is the rule's answer. Points are found by trying or given, kinks
kept away from and compared with Clarke's set, lenses told from mistakes, and what is wrong is said in words.

>>> import numpy as np, catdiff as cd
>>> A = cd.f64(3)
>>> cd.laws.check_rule(np.sin, lambda x, ȳ: np.cos(x) * ȳ, A, A).verdict
'reverse derivative'
>>> cd.laws.check_rule(np.cos, lambda x, ȳ: np.sin(x) * ȳ, A, A, raises=False).reason
'the sign is wrong: ...'
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any

import numpy as np

from ...category.objects import Object, checked
from ...errors import ArgumentError, with_line
from ..report import LawViolation, Report, RuleError
from .conduct import Misconduct, Undefined
from .deadline import Late, OutOfTime
from .inquiry import Inquiry
from .survey import NotJudged

FEWEST = 3  # points after which a rule may be called wrong though the time was up


def check_rule(
    forward: Callable[..., Any],
    vjp: Callable[..., Any],
    dom: Object,
    cod: Object,
    jvp: Callable[..., Any] | None = None,
    *,
    sample: Any = None,
    wires: Iterable[int] | None = None,
    seed: int = 0,
    budget: float = 30.0,
    raises: bool = True,
) -> Report:
    """Whether `vjp` is the reverse derivative R[f] : A × B → A of `forward`, f : A → B.

    - `forward(*x)` gives the outputs, `vjp(*x, *ȳ)` a cotangent per input, `jvp(*x, *ẋ)` (where there is one) a tangent
      per output: one array per wire of `dom` and `cod`, several as a tuple. Complex cotangents are those of the
      pairing Re Σ conj(u) v. Bool, index and integer inputs are held; their cotangents may be anything, or None;
    - `sample`: where to judge: a list of points, or a function of a random generator that gives one; a point is one
      array per input. Without it points are tried: of either sign and several sizes, then positive, in an interval,
      positive definite, …, wherever forward gives numbers;
    - `wires`: the inputs to be judged, all by default; `seed` of the points; `budget`, in seconds, for everything.

    The verdict is "reverse derivative", "lens" (a rule that is none on purpose: straight-through, clipped, reversed),
    "wrong" or "not judged", with a reason. Raises `LawViolation` where it is wrong, `RuleError` where it cannot be
    judged or a callable is no function of its arguments, both with `.report`; with `raises=False` the report is
    returned.
    """
    _types(forward, vjp, jvp, dom, cod, budget)
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise ArgumentError(with_line(f"seed is a whole number, 0 at least, not {seed!r}"))
    wires = _wires(wires, dom)
    start = monotonic()
    inquiry = Inquiry(forward, vjp, jvp, dom, cod, sample, wires, seed, budget)
    try:
        inquiry.watch.run(inquiry.run)
    except Misconduct as error:
        inquiry.misconduct(error)
    except Late as late:  # on a thread, which is left behind
        name = inquiry.watch.name
        inquiry.misconduct(Misconduct(name, "time", f"{name} does not return: {late}"))
    except NotJudged as error:
        inquiry.conclude("not judged", str(error))
    except (KeyboardInterrupt, OutOfTime) as stopped:
        inquiry.interrupted = isinstance(stopped, KeyboardInterrupt)
        _on_what_there_is(inquiry)
    except Undefined as error:
        inquiry.conclude("not judged", str(error))
    _not_hasty(inquiry)
    name = getattr(forward, "__name__", type(forward).__name__)
    report = Report(
        f"{name} : {dom} → {cod}",
        tuple(inquiry.findings),
        inquiry.verdict,
        inquiry.reason,
        seed,
        monotonic() - start,
        inquiry.interrupted,
    )
    if raises and (inquiry.verdict == "not judged" or inquiry.at_fault):
        raise RuleError(report)
    if raises and inquiry.verdict == "wrong":
        raise LawViolation(report)
    return report


def _on_what_there_is(inquiry: Inquiry) -> None:
    """The verdict of a check that was stopped."""
    inquiry.watch.extend()
    early = "interrupted" if inquiry.interrupted else "the time was up"
    try:
        inquiry.watch.run(inquiry.judge)
    except (OutOfTime, Late, Misconduct, Undefined):
        inquiry.conclude("not judged", early)
    if inquiry.verdict == "not judged":
        inquiry.conclude("not judged", f"{early} before anything could be said")


def _not_hasty(inquiry: Inquiry) -> None:
    """No rule is wrong by one or two points because the time was short: conventions may not have been tried yet."""
    hasty = inquiry.verdict == "wrong" and not inquiry.at_fault and inquiry.watch.spent > 0.5
    if hasty and len(inquiry.survey.cases) < FEWEST:
        many = len(inquiry.survey.cases)
        inquiry.conclude("not judged", f"the time was up after {many} points; so far {inquiry.reason}")


def _wires(wires: Any, dom: Object) -> list[int] | None:
    """The inputs to be judged, as what they are said to be."""
    if wires is None:
        return None
    chosen = [wires] if isinstance(wires, int) else list(wires) if isinstance(wires, Iterable) else [wires]
    for wire in chosen:
        if isinstance(wire, bool) or not isinstance(wire, (int, np.integer)) or not 0 <= wire < len(dom):
            whole = f"{len(dom)} inputs, numbered from 0" if len(dom) != 1 else "one input, number 0"
            raise ArgumentError(with_line(f"wires are inputs to be judged, of {whole}; {wire!r} is none of them"))
    return [int(wire) for wire in chosen]


def _types(forward: Any, vjp: Any, jvp: Any, dom: Any, cod: Any, budget: Any) -> None:
    checked(dom, "check_rule")
    checked(cod, "check_rule")
    for name, function in (("forward", forward), ("vjp", vjp), ("jvp", jvp)):
        if not callable(function) and not (name == "jvp" and function is None):
            raise ArgumentError(with_line(f"{name} is a function of arrays, not {function!r}"))
    if isinstance(budget, bool) or not isinstance(budget, (int, float)) or not budget > 0:
        raise ArgumentError(with_line(f"budget is a positive number of seconds, not {budget!r}"))
