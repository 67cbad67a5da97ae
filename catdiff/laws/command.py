"""`catdiff check module:name`: which programs that is, what is said of them, and the exit status.

0: every law that was decided holds; 1: one is violated; 2: there is nothing to check, because of how it was asked
for; 3: nothing was decided; 130: interrupted, and what there was by then is reported.
"""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from ..category.families import Family
from ..category.morphism import Morphism
from ..draw.write import SUFFIXES, write_text
from ..errors import ArgumentError, CatdiffError, DrawError, UsageError, without_line
from .catalogue import LAWS
from .checking import check, known_procedures
from .law import chosen
from .procedures import NAMES as PROCEDURES
from .report import Report

HELD, VIOLATED, UNDECIDED, INTERRUPTED = 0, 1, 3, 130


def arguments(parser: ArgumentParser) -> None:
    """What `catdiff check` is told."""
    parser.add_argument("target", metavar="MODULE:NAME", help="where it is: a module or a file.py, and a name in it")
    parser.add_argument("--laws", metavar="NAMES", help="only these laws, or groups of them: RD.5,CD (all)")
    parser.add_argument("--procedures", metavar="NAMES", help=f"only these: {','.join(PROCEDURES)} (all)")
    parser.add_argument("--points", type=_count, default=50, metavar="N", help="points where points decide (50)")
    parser.add_argument("--seed", type=_seed, default=0, metavar="N", help="of all points and companions (0)")
    parser.add_argument("--budget", type=_seconds, default=10.0, metavar="SECONDS", help="for one law (10)")
    parser.add_argument("--svg", metavar="FILE", help="draw the first counterexample; .txt for characters")
    parser.add_argument("--json", metavar="FILE", help="keep everything that was found")


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"a number of points, 1 or more, not {text}")
    return int(text)


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentTypeError(f"a number for a seed, 0 or more, not {text}")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < float("inf"):
        raise ArgumentTypeError(f"a number of seconds, not {text}")
    return seconds


def run(options: Namespace) -> int:
    """Check what was asked for, print a report for each program, and return the exit status."""
    _known(options)
    for path in filter(None, (options.svg, options.json)):
        _writable(path)
    found: list[Report] = []
    for name, f in subjects(options.target):
        report = _checked(name, f, options)
        found.append(report)
        print(report, flush=True)
        if report.interrupted:
            break
    try:
        if options.json:
            write_text(
                options.json, json.dumps({"reports": [r.as_json() for r in found]}, indent=1, ensure_ascii=False) + "\n"
            )
        if options.svg:
            _draw(options.svg, found)
    except DrawError as error:
        raise UsageError(without_line(str(error))) from None
    return status(found)


def _checked(name: str, f: Morphism, options: Namespace) -> Report:
    """The report on one program. What cannot be checked is no violation: a `UsageError`."""
    try:
        report = check(
            f,
            options.laws,
            procedures=options.procedures,
            points=options.points,
            seed=options.seed,
            budget=options.budget,
            raises=False,
            progress=sys.stderr.isatty(),
        )
    except CatdiffError as error:
        raise UsageError(f"{name} cannot be checked: {without_line(str(error)).splitlines()[0]}") from error
    return replace(report, subject=f"{name} : {report.subject}")


def status(reports: list[Report]) -> int:
    """The exit status for these reports."""
    if any(r.violations for r in reports):
        return VIOLATED
    if any(r.interrupted for r in reports):
        return INTERRUPTED
    return HELD if all(r.ok for r in reports) else UNDECIDED


def _known(options: Namespace) -> None:
    """Say now what would otherwise be found out after minutes."""
    try:
        chosen(LAWS, options.laws)
        known_procedures(options.procedures)
    except ArgumentError as error:
        raise UsageError(without_line(str(error)).splitlines()[0]) from None
    picture = options.svg
    if picture and Path(picture).suffix.lower() not in SUFFIXES:
        raise UsageError(f"there are pictures as {', '.join(SUFFIXES)}, not {picture}")


def _writable(path: str) -> None:
    """Say now that a file cannot be written; what only writing shows is said then."""
    place, folder = Path(path), Path(path).parent
    if not folder.is_dir():
        raise UsageError(f"cannot write {path}: there is no folder {folder}")
    if place.is_dir():
        raise UsageError(f"cannot write {path}: it is a folder")
    if not os.access(place if place.exists() else folder, os.W_OK):
        raise UsageError(f"cannot write {path}: permission denied")


def _draw(path: str, reports: list[Report]) -> None:
    """Draw the first counterexample that is a program of ours, and say so."""
    found = [f.counterexample.program for r in reports for f in r.violations if f.counterexample is not None]
    program = next((p for p in found if p is not None), None)
    if program is not None:
        program.draw(path)
    print(f"{path}: {'not written, there is nothing to draw' if program is None else 'the smallest program found'}")


# -- what is checked --------------------------------------------------------------------------------------------


def subjects(target: str) -> list[tuple[str, Morphism]]:
    """The programs that `module:name` or `path/to/file.py:name` is: a morphism, a list or a dict of them, or a function
    without arguments that returns one of these.

    Raises `UsageError` where there is none, saying what there is instead.
    """
    where, colon, name = target.rpartition(":")
    if not colon or not where or not name:
        raise UsageError(f"what to check is written module:name or path/to/file.py:name, not {target}")
    value: Any = _module(where)
    for part in name.split("."):
        try:
            value = getattr(value, part)
        except AttributeError:
            raise UsageError(f"{where} has no {name}{_instead(value)}") from None
    if callable(value) and not isinstance(value, (Morphism, Family)):
        value = _outcome(value, f"{target}() failed")
    found = list(_morphisms(name, value))
    if not found:
        raise UsageError(f"{target} is empty: there is no morphism in it")
    return found


def _instead(value: Any) -> str:
    """Which programs a module has."""
    names = [n for n, x in vars(value).items() if isinstance(x, Morphism)] if isinstance(value, ModuleType) else []
    return f"; the morphisms there are {', '.join(names[:8])}{', …' * (len(names) > 8)}" if names else ""


def _module(where: str) -> ModuleType:
    path = Path(where)
    if path.suffix != ".py":
        if path.name != where:
            raise UsageError(f"{where} is no module; a file is written path/to/file.py:name")
        sys.path.insert(0, str(Path.cwd()))
        return _outcome(lambda: import_module(where), f"cannot import {where}")
    if not path.is_file():
        raise UsageError(f"there is no file {where}")
    sys.path.insert(0, str(path.resolve().parent))
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    sys.modules.setdefault(path.stem, module)
    _outcome(lambda: spec.loader.exec_module(module), f"cannot import {where}")  # type: ignore[union-attr]
    return module


def _outcome(function: Any, failed: str) -> Any:
    """What the user's code gives; its failure in a line, since the traceback would be mostly ours."""
    try:
        return function()
    except (Exception, SystemExit) as error:
        message = without_line(str(error)).splitlines()
        raise UsageError(f"{failed}: {type(error).__name__}{': ' + message[0] if message else ''}") from error


def _morphisms(name: str, value: Any) -> Iterator[tuple[str, Morphism]]:
    if isinstance(value, Morphism):
        yield name, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _morphisms(f"{name}[{key!r}]", item)
    elif isinstance(value, (list, tuple)):
        for i, item in enumerate(value):
            yield from _morphisms(f"{name}[{i}]", item)
    elif isinstance(value, Family):
        raise UsageError(f"{name} is {value!r}, which has no type yet: check it at some object, {value!r}(cd.f64(3))")
    else:
        raise UsageError(f"{name} is no morphism (it is of type {type(value).__name__})")
