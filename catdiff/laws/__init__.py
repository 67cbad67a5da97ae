"""Derivative laws as a product: equations that are tested, of every generator here and of what users write."""

from __future__ import annotations

from .decision import Decision
from .report import Counterexample, Finding, LawViolation, Report

__all__ = ["Counterexample", "Decision", "Finding", "LawViolation", "Report"]
