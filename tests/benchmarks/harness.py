"""How a row is measured.

A contender is a function `prepare(size, turn)`: what it does is not timed, what it *returns* is. `turn` is there to
give boxes names of their own, so that nothing made in one turn is found again in the next.

Turns are interleaved, ours / floor / peer, starting with another one each time, so that a neighbour's load falls on
all alike; the figures are medians with quartiles. The garbage collector is on, as it is for users, and starts from an
empty heap; results are dropped between turns, untimed. A warm-up at the smallest size comes first. Time is
`time.perf_counter`, and `time.process_time` where an exponent is fitted or the load of the machine judged; memory is
the peak resident set of a whole fresh process.
"""

from __future__ import annotations

import gc
import math
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Prepare = Callable[[int, int], Callable[[], Any]]

LEAST, MOST = 3, 11  # turns


@dataclass(frozen=True, kw_only=True)
class Timed:
    """A row in seconds.

    - `reach`: per size, the seconds to be reached; `ratio`: per size, how many times the floor; `memory`: the MB;
      `growth`: how far the exponent over all sizes may be above the floor's;
    - `check(size, result)` raises `AssertionError` where what we timed is not right;
    - `peer` is tried at `peer_sizes` only (a peer may need hours where we need seconds); it raises `ImportError`
      where it is not installed;
    - `per` is what `size` counts; `extra` marks a row that nobody set a target for.
    """

    name: str
    what: str
    sizes: tuple[int, ...]
    ours: Prepare
    floor: Prepare
    check: Callable[[int, Any], None]
    per: str = "boxes"
    tiny: int = 3
    peer: Prepare | None = None
    peer_name: str = "discopy"
    peer_sizes: tuple[int, ...] = ()
    reach: Mapping[int, float] = field(default_factory=dict)
    ratio: Mapping[int, float] = field(default_factory=dict)
    growth: float | None = None
    memory: Mapping[int, float] = field(default_factory=dict)
    extra: bool = False


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A row that is counted, not timed: the same on every machine. `floor` is the count of the same thing by hand;
    `peer` what a peer was counted to have.
    """

    name: str
    what: str
    sizes: tuple[int, ...]
    ours: Callable[[int], float]
    floor: Callable[[int], float]
    reach: Mapping[int, float]
    unit: str
    per: str
    tiny: int = 1
    peer: Callable[[int], float] | None = None
    peer_name: str | None = None


Row = Timed | Counted


def spread(turns: list[tuple[float, float]]) -> dict[str, float]:
    """Median and quartiles of the wall times; the least CPU time, which other load on the machine disturbs least;
    and the share of one core that the turns had.
    """
    values = [wall for wall, _ in turns]
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
    share = sum(cpu for _, cpu in turns) / sum(values)
    return {
        "median": middle,
        "q1": low,
        "q3": high,
        "turns": len(values),
        "cpu": min(cpu for _, cpu in turns),
        "share": share,
    }


def once(prepare: Prepare, size: int, turn: int) -> tuple[tuple[float, float], Any]:
    """Wall and CPU seconds of one turn, and its result."""
    job = prepare(size, turn)
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    result = job()
    return (time.perf_counter() - wall, time.process_time() - cpu), result


def contenders(row: Timed, size: int, tiny: bool = False) -> dict[str, Prepare | str]:
    """Who takes part: functions, or for a peer that cannot, why."""
    found: dict[str, Prepare | str] = {"ours": row.ours, "floor": row.floor}
    if row.peer and (size in row.peer_sizes or tiny):
        try:
            row.peer(row.tiny, -1)()
            found["peer"] = row.peer
        except ImportError:
            found["peer"] = f"{row.peer_name} is not installed"
    return found


def times(row: Timed, size: int, budget: float, least: int = LEAST) -> dict[str, Any]:
    """The figures of one row at one size: turns until `budget` seconds are spent, `LEAST` to `MOST` of them."""
    who = contenders(row, size, tiny=size == row.tiny)
    runners = {name: prepare for name, prepare in who.items() if not isinstance(prepare, str)}
    for prepare in runners.values():
        prepare(row.tiny, -1)()
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in runners}
    begun, turn = time.perf_counter(), 0
    while turn < least or (turn < MOST and time.perf_counter() - begun < budget):
        names = list(runners)
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            taken, result = once(runners[name], size, turn)
            seconds[name].append(taken)
            if name == "ours" and turn == 0:
                row.check(size, result)
            del result
        turn += 1
    figures: dict[str, Any] = {name: spread(values) for name, values in seconds.items()}
    return figures | {name: {"missing": why} for name, why in who.items() if isinstance(why, str)}


def peak(row: Timed, size: int, name: str) -> float:
    """Peak resident set of this process, in MB, having run one contender once: call it in a fresh process."""
    once({"ours": row.ours, "floor": row.floor}[name], size, 0)
    return resident_peak()


def resident_peak() -> float:
    """MB. On Linux from the process's own memory map: `ru_maxrss` also remembers the parent it was forked from."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = [x for x in status.read_text().splitlines() if x.startswith("VmHWM")]
        return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def exponent(figures: Mapping[int, float]) -> float:
    """The k of `seconds ≈ c · sizeᵏ`, by least squares over logarithms.

    >>> round(exponent({10: 1.0, 100: 100.0}), 6)
    2.0
    """
    x, y = [math.log(n) for n in figures], [math.log(max(t, 1e-9)) for t in figures.values()]
    return statistics.linear_regression(x, y).slope
