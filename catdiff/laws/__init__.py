"""Derivative laws as a product: equations that are tested, of every generator here and of what users write.

- `check(f)`: every law, of a program of ours; `check_rule(forward, vjp, dom, cod)`: of derivatives written elsewhere;
  `check_rig(k)`: of a rig, and of derivatives over it;
- `equal(f, g)`: whether two programs are equal, and how strongly that is decided;
- `table()`: the laws; `Calculus`: operators to hold against them in place of ours;
- `signature`, `program`, `point`, `strategies`: random programs and points, seeded or Hypothesis's; `smallest`: a small
  program that still fails.
"""

from __future__ import annotations

from .catalogue import LAWS, table
from .checking import check
from .counterexample import Counterexample
from .decision import Decision
from .equality import equal
from .foreign.rules import check_rule
from .law import Calculus, Law
from .random import strategies
from .random.models import model
from .random.programs import program
from .random.sampler import Seeded, extents, point, points
from .random.signatures import BITS, INTEGER, MIXED, PIECEWISE, POLYNOMIAL, SMOOTH, Operation, Signature, signature
from .report import LawViolation, Report, RuleError
from .rigs import check_rig
from .shrink import shrunk, smallest
from .tables import Finding

# fmt: off
__all__ = [
    # laws, and whether they hold
    "LAWS", "Calculus", "Counterexample", "Decision", "Finding", "Law", "LawViolation", "Report", "RuleError",
    "check", "check_rule", "check_rig", "equal", "table",
    # random programs and points
    "BITS", "INTEGER", "MIXED", "PIECEWISE", "POLYNOMIAL", "SMOOTH", "Operation", "Seeded", "Signature", "extents",
    "model", "point", "points", "program", "shrunk", "signature", "smallest", "strategies",
]
