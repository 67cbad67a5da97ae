"""Whether two programs are equal, by every procedure that can say something.

>>> import catdiff as cd
>>> x, y = cd.id(cd.z2()) @ cd.discard(cd.z2()), cd.discard(cd.z2()) @ cd.id(cd.z2())
>>> equal((x + 1) * (y + 1) + 1, x + y + x * y).strength
'proved'
>>> print(equal(x * x, x).note)                            # what R can be taken of is polynomials
x0² against x0: other polynomials, though the same function
>>> equal(x * x, x, procedures="z2").strength              # what can be run is functions
'exhaustive'
"""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from ..category.morphism import Morphism
from ..errors import UsageError, with_line
from ..interpret.normal import programs
from .decision import Decision, prominence
from .procedures import NAMES, PROCEDURES, diagram, fitting


def equal(
    left: Morphism,
    right: Morphism,
    procedures: str | Sequence[str] | None = None,
    points: int = 50,
    seed: int = 0,
    budget: float = 10.0,
) -> Decision:
    """What is found out about `left = right`, the strongest answer there is: a proof, a difference, so many points.

    - `procedures`: those to ask, by name, in this order, until one proves the equation or refutes it; by default those
      that fit the dtypes;
    - `points`, `seed`: where it is tried if it is not decided; `budget`: seconds, altogether.

    Raises `UsageError` for a procedure that there is none of, `SignatureError` unless both have one type.
    """
    programs(left, right)
    names = (procedures,) if isinstance(procedures, str) else procedures
    asked = [diagram.NAME, *fitting(left)] if names is None else list(names)
    if unknown := [name for name in asked if name not in NAMES]:
        raise UsageError(with_line(f"there is no procedure {unknown[0]!r}; there are {', '.join(NAMES)}"))
    until, found = monotonic() + budget, list[Decision]()
    for name in asked:
        if name == diagram.NAME:
            found.append(diagram.decide(left, right))
        else:
            found.append(PROCEDURES[name](left, right, points, seed, until))
        if found[-1].strength in ("proved", "violated"):
            break
    return min(found, key=lambda d: prominence(d.strength))
