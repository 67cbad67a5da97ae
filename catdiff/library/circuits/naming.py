"""Names that a format allows: what a user called something, as an identifier that nobody else has.

>>> names = Names(["module"])
>>> names.fresh("R[dense₁]"), names.fresh("R(dense 1)"), names.fresh("module"), names.fresh("x0")
('R_dense1', 'R_dense_1', 'module_2', 'x0')
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import normalize


class Names:
    """Identifiers that were given out, or may not be."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = set(taken)
        self.last: dict[str, int] = {}  # of each name that was wanted again, the last number behind it

    def fresh(self, wanted: str) -> str:
        """`wanted` in letters, digits and underscores, with a number behind it if that is taken."""
        plain = normalize("NFKD", wanted).encode("ascii", "ignore").decode()
        stem = re.sub(r"\W+", "_", plain).strip("_") or "box"
        stem = f"_{stem}" if stem[0].isdigit() else stem
        name = stem
        while name in self.taken:
            self.last[stem] = self.last.get(stem, 1) + 1
            name = f"{stem}_{self.last[stem]}"
        self.taken.add(name)
        return name
