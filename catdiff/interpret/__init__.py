"""Functors out of the syntax."""

from . import cost, numpy, text

__all__ = ["cost", "numpy", "text"]
