"""The table of rigs: what programs can be run over (`cd.rigs`).

`RIGS` has one of each kind, so that whoever asks something of all rigs has a list to go through: those of the dtypes,
exact numbers, residues, polynomials, bits, fixed point, floats and enclosures of what they stand for, duals, (max, +).
`MOD`, `BITS`, `polynomials`, `fixed` and `duals` make more. A rig of one's own is a `Rig`, and needs no entry here to
be run over; with one, the laws are asked of it too (`laws.rigs`).

>>> sorted(name for name, k in RIGS.items() if k.characteristic == 2)
['Z2', 'Z2 bits', 'Z2[x]', 'Z2[ε]', 'z2']
>>> [name for name, k in RIGS.items() if k.rounds], [name for name, k in RIGS.items() if k.forward]
(['floats', 'fixed', 'fixed in 16'], ['max-plus'])
"""

from __future__ import annotations

from ..generators.rig import CARRIED, Rig
from .balls import BALLS, Ball
from .bits import BITS, Bits, assignments
from .duals import Dual, dual, duals
from .exact import INTEGERS, MOD, RATIONAL
from .fixed import Fixed, fixed, rounded
from .interval import Interval
from .intervals import INTERVALS
from .polynomial import Polynomial, indeterminates, polynomials
from .reals import REALS
from .tropical import MAX_PLUS, Tropical

# fmt: off
__all__ = [
    # the table, and what a row of it is
    "RIGS", "Rig",
    # exact numbers
    "RATIONAL", "INTEGERS", "MOD", "BITS", "Bits", "assignments", "polynomials", "Polynomial", "indeterminates",
    # numbers that are rounded, and what encloses them
    "REALS", "fixed", "Fixed", "rounded", "INTERVALS", "Interval", "BALLS", "Ball",
    # derivatives, and what has none
    "duals", "Dual", "dual", "MAX_PLUS", "Tropical",
]
# fmt: on

RIGS: dict[str, Rig] = {
    "z2": CARRIED["z2"],
    "integer": CARRIED["integer"],
    "Q": RATIONAL,
    "Z": INTEGERS,
    "Z2": MOD(2),
    "Z6": MOD(6),
    "Z7": MOD(7),
    "Z_big": MOD(2**61 - 1),
    "Q[x]": polynomials(RATIONAL),
    "Z[x]": polynomials(INTEGERS),
    "Z2[x]": polynomials(MOD(2)),
    "Z6[x]": polynomials(MOD(6)),
    "Z2 bits": BITS(70),
    "floats": REALS,
    "fixed": fixed(8),
    "fixed in 16": fixed(6, 16),
    "intervals": INTERVALS,
    "balls": BALLS,
    "Q[ε]": duals(RATIONAL),
    "Z2[ε]": duals(MOD(2)),
    "Z6[ε]/ε³": duals(MOD(6), 2),
    "Q[ε][ε]": duals(duals(RATIONAL)),
    "intervals[ε]": duals(INTERVALS),
    "max-plus": MAX_PLUS,
}
