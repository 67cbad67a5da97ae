"""The table of rigs: what programs can be run over, by name.

`RIGS` has one of each kind, so that whoever asks something of all rigs has a list to go through: the rigs of the
dtypes, exact numbers, residues, polynomials, bits. `MOD`, `BITS` and `polynomials` make more. A rig of one's own is a
`Rig`, and needs no entry here to be run over; with one, the laws are asked of it too (`laws.rigs`).

>>> sorted(name for name, k in RIGS.items() if k.characteristic == 2)
['Z2', 'Z2 bits', 'Z2[x]', 'z2']
"""

from __future__ import annotations

from ..generators.rig import CARRIED, Rig
from .bits import BITS
from .exact import INTEGERS, MOD, RATIONAL
from .polynomial import polynomials

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
}
