"""Functors out of the syntax."""

from . import bounds, cost, numpy, text, trace

__all__ = ["bounds", "cost", "numpy", "text", "trace"]
