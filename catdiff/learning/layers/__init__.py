"""Layers, as programs with parameters: `cd.nn`."""

from .dense import bias, dense

__all__ = ["bias", "dense"]
