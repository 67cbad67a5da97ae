"""Functors out of the syntax."""

from . import bounds, cost, numpy, text

__all__ = ["bounds", "cost", "numpy", "text"]
