"""R and D: transformations of hypernets."""

from . import forward, higher, native, reverse

__all__ = ["forward", "higher", "native", "reverse"]
