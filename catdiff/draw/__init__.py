"""Pictures: a net becomes a `Scene` of plain coordinates, and a scene becomes SVG or text."""

from . import write

__all__ = ["write"]
