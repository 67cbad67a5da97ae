"""One row at one size, measured in this process; prints JSON. `python -m benchmarks.worker times NAME SIZE SECONDS`

or `… peak NAME SIZE CONTENDER`.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from . import harness
from .registry import row


def main(kind: str, name: str, size: str, rest: str) -> Any:
    """The figures asked for."""
    this = row(name)
    assert isinstance(this, harness.Timed)
    if kind == "times":
        return harness.times(this, int(size), float(rest))
    return harness.peak(this, int(size), rest)


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
