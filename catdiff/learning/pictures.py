"""What is no morphism and is drawn as one: optics, models, learners.

Each says which morphism, and with what options, `pictured`; then it has all the pictures a morphism has.

>>> import catdiff as cd
>>> model = cd.nn.dense(3, 2) >> cd.tanh
>>> model.draw(direction="down").startswith("<svg "), sorted(model._repr_mimebundle_())
(True, ['image/svg+xml', 'text/plain'])
>>> model.show()
<page of f64[3,2] @ f64[2] @ f64[3] → f64[2]: 2 boxes>
"""

from __future__ import annotations

from typing import Any

from ..category.morphism import Morphism
from ..errors import DrawError


class Pictured:
    """A value whose pictures are those of a morphism."""

    __slots__ = ()

    def pictured(self, **options: Any) -> tuple[Morphism, dict[str, Any]]:
        """The morphism that is drawn, and the options it is drawn with: the caller's, and others by default."""
        raise NotImplementedError

    def draw(self, path: Any = None, **options: Any) -> str:
        """The picture as the text of an SVG file, written to `path` too if one is given, as what its suffix says.

        Options are those of `draw` of a morphism, and for models and learners `n`: on how many examples.
        """
        f, options = self.pictured(**options)
        return f.draw(path, **options)

    def show(self, height: int = 480, **options: Any) -> Any:
        """The interactive page, as a notebook shows it; options are those of `draw("f.html")`."""
        f, options = self.pictured(**options)
        return f.show(height, **options)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """How a notebook shows it: picture and text; of what is too large to draw, the text alone."""
        try:
            return {"text/plain": str(self), "image/svg+xml": self.draw()}
        except DrawError:
            return {"text/plain": str(self)}
