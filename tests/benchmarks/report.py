"""Figures as a table in the terminal and as `docs/benchmark.md`."""

from __future__ import annotations

import os
import platform
import statistics
from pathlib import Path
from typing import Any

import numpy as np

Figure = dict[str, Any]

COLUMNS = ("row", "size", "ours", "target", "reached", "floor", "ours / floor", "peer", "peer / ours")
WIDTHS = (15, 18, 28, 10, 7, 10, 12, 26, 11)

QUIET = 0.95  # of a core

PAGE = """\
# Benchmark

{verdict} Measured on {machine}.

## How it is measured

Every row and size runs in a fresh process. Ours, a floor in plain Python and, where one is installed, a peer take
turns, each turn beginning with another of them, so that other load on the machine falls on all alike; the tables show
the median and, in brackets, the quartiles. Wall time comes from `time.perf_counter`, with the garbage collector on, as
it is for users, and run before each turn; inputs are made, and results let go, outside the timed part; one warm-up at
the smallest size comes first. Memory is the peak resident set of a whole process, Python and NumPy included, that does
the job once. Each result is checked against the floor's or against a formula: a fast wrong answer is an error.

The floor is the least work anybody could do for the same thing in plain Python: for building, appending a tuple per
box to a list; for R, a loop over tuples that emits the two or three tuples a step; for equality, hashing n tuples; for
evaluation, the loop of NumPy calls; for counts, the count of a derivation by hand. No types, no checks, no sharing.
*ours / floor* therefore means much the same on every machine, and seconds do not. What is said to be linear is an
exponent, fitted over the sizes to the least CPU times, by least squares on logarithms, and may be 0.1 above that of
the floor, which is linear by construction: caches alone move it as far as 1.18 on the machine of this page. FLOPs are
counted, one per elementwise result and two per multiply-add, and tested as well as shown. Rows marked *extra* have no
target.

## Figures

{tables}

Once more: `catdiff bench --write docs/benchmark.md`, in a checkout; `--quick` leaves out the largest sizes, `--row
NAME` runs one row, `--json FILE` keeps every figure.
"""


def machine() -> dict[str, Any]:
    """What the figures depend on. No names of machines."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]  # type: ignore[index]
    return {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "numpy": np.__version__,
        "blas": f"{blas['name']} {blas['version']}",
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
    }


def _cpu() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for text in cpuinfo.read_text(encoding="utf-8").splitlines():
            if text.startswith("model name"):
                return text.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def machine_line(m: dict[str, Any]) -> str:
    """The machine in one line."""
    load = "" if m["load"] is None else f"; load average {m['load']} at the start"
    return f"{m['cpu']}, {m['cores']} cores, {m['system']}, {m['python']}, NumPy {m['numpy']} with {m['blas']}{load}"


def seconds(t: float) -> str:
    """Three digits and a unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if t >= size:
            return f"{t / size:.3g} {unit}"
    return f"{t / 1e-9:.3g} ns"


def value(x: float, unit: str) -> str:
    """A figure in its unit."""
    if unit == "s":
        return seconds(x)
    return {"MB": f"{x:.0f} MB", "exponent": f"n^{x:.2f}", "×": f"{x:.2f} ×"}.get(unit, f"{x:g} {unit}")


def _median(found: Any, unit: str) -> str:
    return "" if not found else found["missing"] if "missing" in found else value(found["median"], unit)


def cells(f: Figure) -> tuple[str, ...]:
    """One row of the table."""
    ours, unit, floor, peer = f["ours"], f["unit"], f.get("floor"), f.get("peer")
    size = f"{f['size']:,}".replace(",", " ") if isinstance(f["size"], int) else f["size"]
    bracket = f" [{value(ours['q1'], unit)} – {value(ours['q3'], unit)}]" if ours["turns"] > 1 else ""
    against = f"{ours['median'] / floor['median']:.3g} ×" if floor and floor["median"] and unit != "exponent" else ""
    ahead = f"{peer['median'] / ours['median']:.3g} ×" if peer and "median" in peer else ""
    named = f"{f['peer_name']} " if peer and "median" in peer else ""
    return (
        f["row"],
        f"{size} {f['per']}",
        value(ours["median"], unit) + bracket,
        "extra" if f["extra"] else "" if f["reach"] is None else f"≤ {value(f['reach'], unit)}",
        {True: "yes", False: "no", None: ""}[f["reached"]],
        _median(floor, unit),
        against,
        named + _median(peer, unit),
        ahead,
    )


def heading() -> str:
    """The head of the table in the terminal."""
    return "  ".join(c.ljust(w) for c, w in zip(COLUMNS, WIDTHS, strict=True)).rstrip()


def line(f: Figure) -> str:
    """One row of the table in the terminal."""
    return "  ".join(c.ljust(w) for c, w in zip(cells(f), WIDTHS, strict=True)).rstrip()


def verdict(figures: list[Figure]) -> str:
    """How many targets are reached, and which are not."""
    aimed = [f for f in figures if f["reached"] is not None]
    short = [f"{f['row']} ({f['size']} {f['per']}, {f['unit']})" for f in aimed if not f["reached"]]
    missed = f" Not reached: {', '.join(short)}." if short else ""
    return f"{len(aimed) - len(short)} of {len(aimed)} targets reached.{missed}{busy(figures)}"


def busy(figures: list[Figure]) -> str:
    """A warning where the turns had much less than a core: their wall times are then not the program's."""
    shares = [f["ours"]["share"] for f in figures if "share" in f["ours"]]
    if not shares or statistics.median(shares) > QUIET:
        return ""
    return (
        f" The machine was busy: turns had {statistics.median(shares):.0%} of a core, and times are that much longer."
    )


def page(m: dict[str, Any], figures: list[Figure], quick: bool) -> str:
    """`docs/benchmark.md`."""
    tables, what = [], None
    for f in figures:
        if f["what"] != what:
            what = f["what"]
            tables += ["", f"**{f['row']}**: {what}", "", f"| {' | '.join(COLUMNS[1:])} |", "|---" * 8 + "|"]
        tables.append(f"| {' | '.join(c or ' ' for c in cells(f)[1:])} |")
    note = " A quick run: fewer turns, without the largest sizes." if quick else ""
    return PAGE.format(verdict=verdict(figures) + note, machine=machine_line(m), tables="\n".join(tables[1:]))
