"""Doors: functions of other libraries as rules that can be judged, one file per neighbour, imported when used."""

from __future__ import annotations

from . import jax, torch

__all__ = ["jax", "torch"]
