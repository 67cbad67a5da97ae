"""Morphisms as Python source: for small ones `eval(repr(f)) == f`."""

from __future__ import annotations

from typing import Any

from ..category.label import Label
from ..category.morphism import Atom, Compose, Morphism, Program, Tensor, Wiring, verb

LIMIT = 60


def _atom(label: Label) -> str:
    name, attrs = label.row.name, label.attrs
    if name == "const":
        return f"cd.const({attrs['value'].text})"
    if name == "zero":
        return f"cd.zero({label.cod!r})"
    if name == "box":
        return f"({source(label.bodies[0])}).box({attrs['name']!r})"
    keywords = "".join(f", {k}={v!r}" for k, v in attrs.items())
    return f"cd.atom({name!r}, {label.dom!r}{keywords})"


def _wiring(f: Wiring) -> str:
    if list(f.sources) == list(range(len(f.dom))):
        return f"cd.id({f.dom!r})"
    return f"cd.wiring({f.dom!r}, {list(f.sources)})"


def source(f: Morphism) -> str:
    """f as an expression, or a summary in angle brackets where it has more than `LIMIT` parts."""
    done: list[str] = []
    todo: list[tuple[Any, bool]] = [(f, False)]
    parts = 0
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
        parts += 1 if isinstance(g, (Atom, Wiring)) else len(g.net)
        if parts > LIMIT:
            return f"<{f.dom} → {f.cod}: {len(f.net)} boxes>"
        done.append(_atom(g.label) if isinstance(g, Atom) else _wiring(g) if isinstance(g, Wiring) else _program(g))
    return done[0]


def _program(f: Morphism) -> str:
    if isinstance(f, Program):
        steps = [f"({source(g)}, {list(s)})" for g, s in f.steps]
        return f"cd.program({f.dom!r}, [{', '.join(steps)}], {list(f.outputs)})"
    steps = [f"({_atom(label)}, {s})" for label, s, _ in f.net.steps()]
    return f"cd.program({f.dom!r}, [{', '.join(steps)}], {f.net.outputs.tolist()})"


verb("repr")(source)
