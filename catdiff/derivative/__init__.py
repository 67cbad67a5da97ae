"""R and D: transformations of hypernets."""

from . import forward, higher, reverse

__all__ = ["forward", "higher", "reverse"]
