"""Derivative laws as a product: equations that are tested, of every generator here and of what users write."""

from __future__ import annotations

from .check import LAWS, check
from .decision import Decision
from .law import Calculus, Law
from .report import Counterexample, Finding, LawViolation, Report

__all__ = ["LAWS", "Calculus", "Counterexample", "Decision", "Finding", "Law", "LawViolation", "Report", "check"]
