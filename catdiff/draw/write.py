"""`f.draw("f.svg")`: the verb, and which suffix means which writer.

>>> import catdiff as cd
>>> f = cd.sin(cd.f64()) >> cd.exp
>>> f.draw().startswith("<svg ")
True
>>> f.draw("f.doc")
Traceback (most recent call last):
    ...
catdiff.errors.DrawError: there are pictures as .html, .png, .svg, .tex, .txt, not as .doc ...
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..category.morphism import Morphism, verb
from ..errors import DrawError, with_line
from ..hypernet.checked import path_of, reason
from ..hypernet.store import write_whole
from .cells import columns
from .folding import LIMIT
from .html import page
from .png import png
from .scene import Scene
from .svg import svg
from .text import text
from .tikz import tikz
from .views import describe, scene_of, source_of

WRITERS: dict[str, Callable[[Scene], str]] = {".png": svg, ".svg": svg, ".tex": tikz, ".txt": text}
BYTES: dict[str, Callable[[Scene], bytes]] = {".png": png}  # where what is in the file is no text
PAGES = {".html": page}  # these take the morphism: they show more than one scene
SUFFIXES = tuple(sorted([*WRITERS, *PAGES]))
FEW = 5  # groups of boxes in a message


@verb("draw")
def draw(f: Morphism, path: str | os.PathLike[str] | None = None, **options: Any) -> str:
    """The text of f's picture; at `path` too, the whole file or none. Options: `help(Morphism.draw)`."""
    suffix = ".svg" if path is None else path_of(path, DrawError).suffix.lower()
    if suffix in PAGES:
        picture = PAGES[suffix](f, description=source_of(f), **options)
        data = picture.encode()
    elif suffix in WRITERS:
        scale = options.pop("scale", 1.0)
        scene = scaled(scene_of(f, **options), scale)
        picture = WRITERS[suffix](scene)
        data = BYTES[suffix](scene) if suffix in BYTES else picture.encode()
    else:
        named = f"as {suffix}" if suffix else "without a suffix"
        raise DrawError(with_line(f"there are pictures as {', '.join(SUFFIXES)}, not {named}"))
    if path is not None:
        write_bytes(path, data)
    return picture


def scaled(scene: Scene, scale: float) -> Scene:
    """The scene shown so many times as large. Raises `DrawError` where that is no size a picture can have."""
    try:
        scale = float(scale)
    except (TypeError, ValueError):
        raise DrawError(with_line(f"scale= is how many times as large a picture is shown, not {scale!r}")) from None
    if not 0 < scale <= 1e3:
        raise DrawError(with_line(f"scale= is how many times as large a picture is shown, to 1000, not {scale:g}"))
    return replace(scene, scale=scale)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a text file: all of it, or nothing."""
    write_bytes(path, text.encode())


def write_bytes(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file: all of it, or nothing."""
    try:
        write_whole([(Path(path), lambda file: file.write(data))])
    except (OSError, ValueError) as error:
        raise DrawError(with_line(f"cannot write {path}: {reason(error)}")) from None


def in_text(f: Morphism, lines: int = 40, wide: int = 120) -> str:
    """The picture of f in characters for a message: its boxes closed if it is wide open, or in a few groups if they are
    more than a frame holds, and cut to so many lines.

    Empty where f is too large to draw.

    >>> import catdiff as cd
    >>> print(in_text(cd.sin(cd.f64()) >> cd.exp))
    f64 ──┤ sin ├──┤ exp ├── f64
    """
    drawn: list[str] = []
    for depth, limit in ((None, LIMIT), (0, LIMIT), (0, FEW))[: 2 + (len(f.net) > LIMIT)]:
        try:
            drawn = text(scene_of(f, depth=depth, limit=limit)).splitlines()
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
