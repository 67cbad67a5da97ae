"""R and D: transformations of hypernets."""

from . import reverse

__all__ = ["reverse"]
