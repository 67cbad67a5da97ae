"""A picture as PNG: its SVG, photographed by a converter from outside, CairoSVG.

The converter takes all letters from one font, so it is told of one that has mathematical signs.

>>> png(Scene(1e6, 10))
Traceback (most recent call last):
    ...
catdiff.errors.DrawError: the picture would be 1000000 × 10 pixels, and a side has at most 16384
hint: scale=0.016 ...
"""

from __future__ import annotations

from importlib import import_module

from ..errors import DrawError, with_line
from .scene import Scene
from .svg import WORDS, svg

MOST = 16_384  # pixels a side


def png(scene: Scene) -> bytes:
    """The bytes of a PNG file that shows the scene, by day.

    Raises `DrawError` where there is no converter, where it fails, or where the picture is too large.
    """
    side = max(scene.width, scene.height) * scene.scale
    if side > MOST:
        size = f"{scene.width * scene.scale:.0f} × {scene.height * scene.scale:.0f}"
        said = f"the picture would be {size} pixels, and a side has at most {MOST}"
        raise DrawError(with_line(said, f"scale={scene.scale * MOST / side:.2g}"))
    try:
        convert = import_module("cairosvg").svg2png
    except (ImportError, OSError):  # OSError: the package is there, and the library it binds is not
        hint = "pip install 'catdiff[png]', which is CairoSVG; or draw .svg or .tex"
        raise DrawError(with_line("a picture as .png is made by a converter that is not there", hint)) from None
    try:
        return convert(bytestring=svg(scene).replace(WORDS, 'font-family="DejaVu Sans, sans-serif"').encode())
    except Exception as error:
        raise DrawError(with_line(f"the converter cannot make a PNG of it: {error}")) from error
