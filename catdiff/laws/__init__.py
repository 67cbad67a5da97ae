"""Derivative laws as a product: equations that are tested, of every generator here and of what users write."""

from __future__ import annotations

from .check import check
from .decision import Decision
from .law import Calculus, Law
from .report import Counterexample, Finding, LawViolation, Report
from .rules import RuleError, check_rule
from .table import LAWS, table

# fmt: off
__all__ = [
    "LAWS", "Calculus", "Counterexample", "Decision", "Finding", "Law", "LawViolation", "Report", "RuleError",
    "check", "check_rule", "table",
]
