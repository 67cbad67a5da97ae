"""Doors: functions of other libraries as rules that can be judged, programs and models as others take them; one file
per neighbour, which is imported when it is used.
"""

from __future__ import annotations

from . import jax, scipy, sklearn, torch

__all__ = ["jax", "scipy", "sklearn", "torch"]
