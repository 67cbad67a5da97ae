"""Runs the rows, each size in a process of its own, and writes the figures down."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from catdiff.errors import CatdiffError

from . import report
from .harness import Counted, Row, Timed, exponent
from .registry import ROWS

ROOT = Path(__file__).resolve().parents[2]
SECONDS, QUICK_SECONDS = 6.0, 1.0
# A machine may force NumPy's BLAS to kernels that are not its own; no figure should be of that.
FORCED = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "NPY_DISABLE_CPU_FEATURES", "PYTHONSTARTUP", "PYTHONTRACEMALLOC")

Figure = dict[str, Any]


def environment() -> dict[str, str]:
    """What a worker runs in: this checkout, and the machine's own arithmetic."""
    kept = {k: v for k, v in os.environ.items() if k not in FORCED}
    return kept | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]), "PYTHONHASHSEED": "0"}


def worker(*args: Any) -> Any:
    """The answer of a fresh process."""
    command = [sys.executable, "-m", "benchmarks.worker", *map(str, args)]
    done = subprocess.run(command, env=environment(), cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise CatdiffError(f"{' '.join(command[1:])} failed")
    return json.loads(done.stdout)


def figure(row: Row, size: Any, unit: str, reach: float | None, measured: Figure) -> Figure:
    """One line of the table."""
    ours = measured["ours"]["median"]
    return {
        "row": row.name,
        "what": row.what,
        "size": size,
        "per": row.per,
        "unit": unit,
        "reach": reach,
        "reached": None if reach is None else ours <= reach,
        "extra": isinstance(row, Timed) and row.extra,
        "peer_name": row.peer_name,
        **measured,
    }


def exactly(value: float) -> Figure:
    """A figure without spread."""
    return {"median": value, "q1": value, "q3": value, "turns": 1}


def timed(row: Timed, quick: bool) -> Iterator[Figure]:
    """Seconds per size, then memory, then growth."""
    sizes = row.sizes[:-1] if quick and len(row.sizes) > 1 else row.sizes
    cpu: dict[str, dict[int, float]] = {"ours": {}, "floor": {}}
    for size in sizes:
        measured = worker("times", row.name, size, QUICK_SECONDS if quick else SECONDS)
        for name, by_size in cpu.items():
            by_size[size] = measured[name]["cpu"]
        ratio = row.ratio.get(size)
        reach = row.reach.get(size) if ratio is None else ratio * measured["floor"]["median"]
        yield figure(row, size, "s", reach, measured)
    for size, reach in row.memory.items():
        if size in sizes:
            peaks = {name: exactly(worker("peak", row.name, size, name)) for name in ("ours", "floor")}
            yield figure(row, size, "MB", reach, peaks)
    if row.growth is not None and len(sizes) > 1:
        fitted = {name: exactly(exponent(by_size)) for name, by_size in cpu.items()}
        reach = fitted["floor"]["median"] + row.growth
        yield figure(row, f"{sizes[0]}–{sizes[-1]}", "exponent", reach, fitted)


def counted(row: Counted) -> Iterator[Figure]:
    """One count per size."""
    for size in row.sizes:
        measured = {"ours": exactly(row.ours(size)), "floor": exactly(row.floor(size))}
        if row.peer:
            measured["peer"] = exactly(row.peer(size))
        yield figure(row, size, row.unit, row.reach.get(size), measured)


def chosen(names: Sequence[str]) -> list[Row]:
    """The rows called this, or that start with it; all of them for none."""
    for name in names:
        if not any(r.name.startswith(name) for r in ROWS):
            raise CatdiffError(f"the benchmark has no row {name!r}; there are {', '.join(r.name for r in ROWS)}")
    exact = {r.name for r in ROWS} & set(names)
    return [r for r in ROWS if not names or r.name in exact or any(r.name.startswith(n) for n in set(names) - exact)]


def run(
    quick: bool = False, rows: Sequence[str] = (), json_path: str | None = None, write: str | None = None
) -> list[Figure]:
    """Measure, print as it goes, and write the JSON and the page that were asked for."""
    these, machine, figures = chosen(rows), report.machine(), []
    print(report.machine_line(machine), end="\n\n")
    print(report.heading())
    for row in these:
        for one in counted(row) if isinstance(row, Counted) else timed(row, quick):
            figures.append(one)
            print(report.line(one), flush=True)
    print(f"\n{report.verdict(figures)}")
    if json_path:
        text = json.dumps({"machine": machine, "quick": quick, "figures": figures}, indent=1, ensure_ascii=False)
        Path(json_path).write_text(f"{text}\n", encoding="utf-8")
    if write:
        Path(write).write_text(report.page(machine, figures, quick), encoding="utf-8")
    return figures
