"""R and D: transformations of hypernets."""

from . import forward, gradients, higher, native, residuals, reverse

__all__ = ["forward", "gradients", "higher", "native", "residuals", "reverse"]
