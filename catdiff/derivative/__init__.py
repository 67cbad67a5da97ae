"""R and D: transformations of hypernets."""

from . import forward, reverse

__all__ = ["forward", "reverse"]
