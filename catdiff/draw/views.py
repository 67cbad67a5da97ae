"""Views: one morphism, several scenes of it.

As it is; with its reverse derivative as a lens (`view="lens"`); with the values of a run on its wires (`values`);
beside what it was rewritten to (`after`).

>>> import catdiff as cd
>>> A = cd.f64()
>>> f = cd.neg(A) >> cd.neg >> cd.sin
>>> [box.name for box in scene_of(f, after=cd.simplify(f)).boxes if box.mark]
['−', '−']
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..category.morphism import VERBS, Morphism
from ..errors import DrawError, with_line
from ..hypernet.build import flat, of_net
from ..hypernet.canonical import canonical
from ..hypernet.net import Net
from .change import changes, marked
from .folding import LIMIT, levels, opened
from .grouping import grouped
from .layout import layout as laid_out
from .lens import lens
from .measure import clean, cut
from .notes import noted
from .options import only, options_of
from .scene import Scene, beside

VIEWS = ("program", "lens")
LAYOUTS = ("layers", "term")
SHORT = 40  # boxes of a morphism that is described by its source


def scene_of(
    f: Morphism,
    view: str = "program",
    values: Sequence[Any] | None = None,
    after: Morphism | None = None,
    **options: Any,
) -> Scene:
    """The scene of f, with its source for those who cannot see it. Options as for `layout`, and one of

    - `view="lens"`: f and its reverse derivative as one picture;
    - `values`: inputs on which f is run, so that every wire shows what is on it;
    - `after`: what f was rewritten to, drawn beside it; what only one of them has is marked.
    """
    if view not in VIEWS:
        raise DrawError(with_line(f"view= is one of {', '.join(map(repr, VIEWS))}, not {view!r}"))
    if (view != "program") + (values is not None) + (after is not None) > 1:
        raise DrawError(with_line('view="lens", values= and after= are three views, and a picture is one of them'))
    only(*PICTURES[view], options)
    if after is not None:
        return before_after(f, after, **options)
    scene = lens(f.net, **options) if view == "lens" else as_it_is(f, **options)
    scene = replace(scene, description=source_of(f))
    if values is None:
        return scene
    limit = options.get("limit", LIMIT)
    return noted(scene, VERBS["trace"](f, values, opened(f.net, options.get("depth"), limit), limit))


def as_it_is(f: Morphism, layout: str = "layers", **options: Any) -> Scene:
    """f as it is, in layers or as it was composed."""
    if layout not in LAYOUTS:
        raise DrawError(with_line(f"layout= is one of {', '.join(map(repr, LAYOUTS))}, not {layout!r}"))
    return laid_out(f.net, term=f if layout == "term" else None, **options)


PICTURES = {
    "program": (
        "a picture",
        ["view", "values", "after", *options_of(as_it_is), *options_of(laid_out, "term"), "scale"],
    ),
    "lens": ('view="lens"', [*options_of(lens), "scale"]),
}


def before_after(f: Morphism, g: Morphism, **options: Any) -> Scene:
    """f, an arrow, and g, the boxes and wires marked that only one of them has."""
    if not isinstance(g, Morphism) or g.dom != f.dom or g.cod != f.cod:
        raise DrawError(with_line(f"after= is what {f} was rewritten to, a morphism of the same type, not {g}"))
    limit = options.get("limit", LIMIT)
    shown = [grouped(h.net, limit) for h in (f, g)]
    only = changes(shown[0], shown[1], limit)
    scenes = [marked(scene_of(h, **options), n, at, limit) for h, n, at in zip((f, g), shown, only, strict=True)]
    return beside(scenes[0], scenes[1], "→")


def source_of(f: Morphism) -> str:
    """The source of f with its boxes opened, in normal form: the same for all equal morphisms."""
    return cut(clean(describe(of_net(canonical(flat(f.net)))) if _short(f.net) else describe(f)), 1000)


def describe(f: Morphism) -> str:
    """The source of f where it is short, interiors included; else its type and size."""
    return repr(f) if _short(f.net) else f"<{f.dom} → {f.cod}: {len(f.net)} boxes>"


def _short(net: Net) -> bool:
    boxes = 0
    for n in levels(net, limit=sys.maxsize):
        boxes += n
        if boxes > SHORT:
            return False
    return True
