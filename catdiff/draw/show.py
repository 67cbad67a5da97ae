"""`f.show()`: the interactive page in a notebook, in a frame of its own that can neither see nor touch the notebook.

>>> import catdiff as cd
>>> shown = cd.sin(cd.f64()).show(height=300)
>>> shown._repr_html_().startswith('<iframe sandbox="allow-scripts" ')
True
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..category.morphism import Morphism, verb
from ..errors import DrawError, with_line
from .html import page
from .svg import escape

LEAST, MOST = 120, 4000  # pixels


@dataclass(frozen=True, repr=False)
class Shown:
    """A page that a notebook shows in a frame so many pixels high; `text` is the whole file."""

    text: str
    what: str
    height: int

    def _repr_html_(self) -> str:
        frame = f'width="100%" height="{self.height}" frameborder="0" title="{escape(self.what)}"'
        return f'<iframe sandbox="allow-scripts" {frame} srcdoc="{escape(self.text)}"></iframe>'

    def __repr__(self) -> str:
        return f"<page of {self.what}>"


@verb("show")
def show(f: Morphism, height: int = 480, **options: Any) -> Shown:
    """The page of f for a notebook, `height` pixels high; options as for `page`.

    Raises `DrawError` where the height is none, and where `page` does.
    """
    if isinstance(height, bool) or not isinstance(height, int) or not LEAST <= height <= MOST:
        raise DrawError(with_line(f"height is from {LEAST} to {MOST} pixels, not {height!r}"))
    boxes = f"{len(f.net)} box{'es' * (len(f.net) != 1)}"
    return Shown(page(f, **options), f"{f.dom} → {f.cod}: {boxes}", height)
