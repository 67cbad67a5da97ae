"""Functors out of the syntax."""

from . import numpy, text

__all__ = ["numpy", "text"]
