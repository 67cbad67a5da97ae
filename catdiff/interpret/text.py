"""Morphisms as Python source: `eval(repr(f)) == f`, with `import catdiff as cd` and nothing else.

What was composed is written as it was composed; what the binder, `R` or a file made is a `cd.program`, wires by number.

>>> import catdiff as cd
>>> f = (cd.sin(cd.f64(3)) >> cd.exp).box("wave") >> cd.sum
>>> f
(cd.sin(cd.f64(3)) >> cd.exp(cd.f64(3))).box('wave') >> cd.atom('contract', cd.f64(3), span='a -> | a=3')
>>> eval(repr(f)) == f and eval(repr(cd.R(f))) == cd.R(f)
True

Only small ones are written out, those of at most sixty parts, and constants of at most 64 entries; for the rest `repr`
gives the type and the size, and `cd.save` the whole.

>>> cd.const([0.0] * 1000)
cd.const(<f64[1000] array>)
"""

from __future__ import annotations

from typing import Any

from ..category.families import Family
from ..category.label import Label
from ..category.morphism import Atom, Compose, Morphism, Program, Tensor, Wiring, verb
from ..errors import CatdiffError
from ..generators import elementwise, linear, macros, select
from ..hypernet.recursion import Task, run

LIMIT = 60
FAMILIES = {
    name: value
    for module in (elementwise, linear, macros, select)
    for name, value in vars(module).items()
    if isinstance(value, Family)
}


class _Long(Exception):
    """The text would have more than `LIMIT` parts."""


def _atom(label: Label, parts: list[Any]) -> Task[str]:
    name, attrs = label.row.name, label.attrs
    if name == "const":
        return f"cd.const({attrs['value'].text})"
    if name == "zero":
        return f"cd.zero({label.cod!r})"
    if name == "box":
        return f"({(yield _source(label.bodies[0], parts))}).box({attrs['name']!r})"
    keywords = "".join(f", {k}={v!r}" for k, v in attrs.items())
    if _is_member(label):
        return f"cd.{name}({label.dom!r}{keywords})"
    return f"cd.atom({name!r}, {label.dom!r}{keywords})"


def _is_member(label: Label) -> bool:
    """Whether the family that has the row's name gives just this box when it is given the box's type."""
    family = FAMILIES.get(label.row.name)
    try:
        member = family and family.build(label.dom, **label.attrs)
    except (CatdiffError, TypeError):  # its attributes are others, or it takes a whole word of wires apart
        return False
    return isinstance(member, Atom) and member.label is label


def _wiring(f: Wiring) -> str:
    if list(f.sources) == list(range(len(f.dom))):
        return f"cd.id({f.dom!r})"
    return f"cd.wiring({f.dom!r}, {list(f.sources)})"


def _source(f: Morphism, parts: list[Any]) -> Task[str]:
    """f as an expression; what it is made of is put on `parts`, over all boxes, until there are too many."""
    done: list[str] = []
    todo: list[tuple[Any, bool]] = [(f, False)]
    while todo:
        g, ready = todo.pop()
        if isinstance(g, (Compose, Tensor)):
            if not ready:
                todo += [(g, True), (g.right, False), (g.left, False)]
                continue
            right, left = done.pop(), done.pop()
            if isinstance(g, Compose):
                done.append(f"{left} >> {f'({right})' if isinstance(g.right, Compose) else right}")
            else:
                left = f"({left})" if isinstance(g.left, Compose) else left
                done.append(f"{left} @ {f'({right})' if isinstance(g.right, (Compose, Tensor)) else right}")
            continue
        parts.append(g)
        if len(parts) > LIMIT:
            raise _Long
        if isinstance(g, Wiring):
            done.append(_wiring(g))
        else:
            done.append((yield _atom(g.label, parts) if isinstance(g, Atom) else _program(g, parts)))
    return done[0]


def _program(f: Morphism, parts: list[Any]) -> Task[str]:
    steps: list[str] = []
    if isinstance(f, Program):
        for g, sources in f.steps:
            steps.append(f"({(yield _source(g, parts))}, {list(sources)})")
        outputs = list(f.outputs)
    else:
        for label, sources, _ in f.net.steps():
            steps.append(f"({(yield _source(Atom(label), parts))}, {sources})")
        outputs = f.net.outputs.tolist()
    return f"cd.program({f.dom!r}, [{', '.join(steps)}], {outputs})"


@verb("repr")
def source(f: Morphism) -> str:
    """f as an expression, or a summary in angle brackets where it has more than `LIMIT` parts, boxes opened."""
    try:
        return run(_source(f, []))
    except _Long:
        return f"<{f.dom} → {f.cod}: {len(f.net)} boxes>"
