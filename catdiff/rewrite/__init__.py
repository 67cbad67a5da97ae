"""Equations that run: rules that are congruences for R, and the pass that applies them."""

from .rule import Rule, Rules, rule
from .strategy import RULES, simplify

__all__ = ["Rule", "Rules", "rule", "RULES", "simplify"]
