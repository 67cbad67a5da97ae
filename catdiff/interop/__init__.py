"""Doors: functions of other libraries as rules that can be judged, programs, models and circuits as others take them;
one file per neighbour, which is imported, or run, when it is used.
"""

from __future__ import annotations

from . import jax, scipy, sklearn, torch, yosys

__all__ = ["jax", "scipy", "sklearn", "torch", "yosys"]
