"""`f.draw("f.svg")`: the verb, and which suffix means which writer.

>>> import catdiff as cd
>>> f = cd.sin(cd.f64()) >> cd.exp
>>> f.draw().startswith("<svg ")
True
>>> f.draw("f.doc")
Traceback (most recent call last):
    ...
catdiff.errors.DrawError: there are pictures as .html, .svg, .txt, not as .doc ...
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..category.morphism import Morphism, verb
from ..errors import DrawError, with_line
from ..hypernet.build import flat, of_net
from ..hypernet.canonical import canonical
from ..hypernet.checked import path_of, reason
from ..hypernet.net import Net
from ..hypernet.store import write_whole
from .cells import columns
from .folding import levels
from .html import page
from .layout import layout
from .measure import clean, cut
from .scene import Scene
from .svg import svg
from .text import text

WRITERS: dict[str, Callable[[Scene], str]] = {".svg": svg, ".txt": text}
PAGES = {".html": page}  # these take the morphism: they show more than one scene
SHORT = 40  # boxes of a morphism that is described by its source


def scene_of(f: Morphism, **options: Any) -> Scene:
    """The scene of f, with its source for those who cannot see it; options as for `layout`."""
    return replace(layout(f.net, **options), description=cut(clean(_opened(f)), 1000))


def _opened(f: Morphism) -> str:
    """The source of f with its boxes opened, in normal form: the same for all equal morphisms."""
    return describe(of_net(canonical(flat(f.net)))) if _short(f.net) else describe(f)


def describe(f: Morphism) -> str:
    """The source of f where it is short, interiors included; else its type and size."""
    return repr(f) if _short(f.net) else f"<{f.dom} → {f.cod}: {len(f.net)} boxes>"


def _short(net: Net) -> bool:
    boxes = 0
    for n, _ in levels(net):
        boxes += n
        if boxes > SHORT:
            return False
    return True


@verb("draw")
def draw(f: Morphism, path: str | os.PathLike[str] | None = None, **options: Any) -> str:
    """The text of f's picture; at `path` too, the whole file or none. Options: `help(Morphism.draw)`."""
    suffix = ".svg" if path is None else path_of(path, DrawError).suffix.lower()
    if suffix in PAGES:
        picture = PAGES[suffix](f, description=cut(clean(_opened(f)), 1000), **options)
    elif suffix in WRITERS:
        picture = WRITERS[suffix](scene_of(f, **options))
    else:
        named = f"as {suffix}" if suffix else "without a suffix"
        raise DrawError(with_line(f"there are pictures as {', '.join(sorted([*WRITERS, *PAGES]))}, not {named}"))
    if path is not None:
        write_text(path, picture)
    return picture


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a text file: all of it, or nothing."""
    try:
        write_whole([(Path(path), lambda file: file.write(text.encode()))])
    except (OSError, ValueError) as error:
        raise DrawError(with_line(f"cannot write {path}: {reason(error)}")) from None


def in_text(f: Morphism, lines: int = 40, wide: int = 120) -> str:
    """The picture of f in characters for a message: its boxes closed if it is wide open, and cut to so many lines.

    Empty where f is too large to draw.

    >>> import catdiff as cd
    >>> print(in_text(cd.sin(cd.f64()) >> cd.exp))
    f64 ──┤ sin ├──┤ exp ├── f64
    """
    for depth in (None, 0):
        try:
            drawn = text(scene_of(f, depth=depth)).splitlines()
        except DrawError:
            return ""
        if len(drawn) <= lines and max(map(columns, drawn), default=0) <= wide:
            break
    more = len(drawn) - lines
    return "\n".join(drawn if more <= 0 else [*drawn[: lines - 1], f"… {more + 1} more lines"])


@verb("mime bundle")
def mime_bundle(f: Morphism) -> dict[str, str]:
    """What a notebook shows; of what is too large to draw, the text alone."""
    try:
        return {"text/plain": describe(f), "image/svg+xml": draw(f)}
    except DrawError:
        return {"text/plain": describe(f)}
