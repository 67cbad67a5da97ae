"""Pictures: a net becomes a `Scene` of plain coordinates, and a scene becomes SVG, text or a page."""

from . import show, write

__all__ = ["show", "write"]
