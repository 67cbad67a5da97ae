"""Derivative laws as a product: equations that are tested, of every generator here and of what users write.

- `check(f)`: every law, of a program of ours; `check_rule(forward, vjp, dom, cod)`: of derivatives written elsewhere;
- `table()`: the laws; `Calculus`: operators to hold against them in place of ours;
- `signature`, `program`, `point`, `strategies`: random programs and points, seeded or Hypothesis's; `smallest`: a small
  program that still fails.
"""

from __future__ import annotations

from . import strategies
from .check import check
from .decision import Decision
from .law import Calculus, Law
from .programs import program
from .report import Counterexample, Finding, LawViolation, Report
from .rules import RuleError, check_rule
from .sampler import Seeded, extents, point, points
from .shrink import shrunk, smallest
from .signatures import BITS, INTEGER, MIXED, PIECEWISE, POLYNOMIAL, SMOOTH, Operation, Signature, signature
from .table import LAWS, table

# fmt: off
__all__ = [
    # laws, and whether they hold
    "LAWS", "Calculus", "Counterexample", "Decision", "Finding", "Law", "LawViolation", "Report", "RuleError",
    "check", "check_rule", "table",
    # random programs and points
    "BITS", "INTEGER", "MIXED", "PIECEWISE", "POLYNOMIAL", "SMOOTH", "Operation", "Seeded", "Signature", "extents",
    "point", "points", "program", "shrunk", "signature", "smallest", "strategies",
]
