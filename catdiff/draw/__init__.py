"""Pictures: a net becomes a `Scene` of plain coordinates, and a scene becomes SVG."""

from . import write

__all__ = ["write"]
