"""Mutants run: a copy of the repository for each process, a forked process for each mutant.

What tests need and no mutant changes (numpy, pytest, Hypothesis) is imported once, before the fork; catdiff is
imported after it. Byte code is checked by hash: a mutant may be of the same length and second as what it replaces.
"""

from __future__ import annotations

import compileall
import json
import os
import py_compile
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mutation.population import Mutant

COPIED = ("catdiff", "tests", "docs", "pyproject.toml", "README.md", "pytest_catdiff.py")
GENERATORS = "tests/laws/test_generators.py::test_a_generator_is_lawful"
MEMORY = 6 << 30
BROKEN = 70  # exit status where it is not the mutant that fails
Stages = list[list[str]]


class Runner:
    """Runs mutants, `jobs` at a time."""

    def __init__(self, root: Path, config: dict[str, Any], jobs: int):
        import hypothesis  # noqa: F401
        import networkx  # noqa: F401
        import numpy  # noqa: F401
        import pytest  # noqa: F401

        os.environ |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        os.environ |= {"HYPOTHESIS_PROFILE": "mutation", "OPENBLAS_NUM_THREADS": "1"}
        sys.dont_write_bytecode = True
        self.root, self.config = root, config
        self.folder = tempfile.TemporaryDirectory(prefix="mutants")
        self.trees = [self._copy(Path(self.folder.name) / str(i)) for i in range(jobs)]
        self.samples: dict[str, list[str]] = {}

    def _copy(self, to: Path) -> Path:
        skip = shutil.ignore_patterns("__pycache__", ".hypothesis", "results*")
        for name in COPIED:
            source, target = self.root / name, to / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, target, ignore=skip) if source.is_dir() else shutil.copy(source, target)
        compileall.compile_dir(to, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
        return to

    def stages(self, m: Mutant) -> Stages:
        """The tests that are to kill this mutant, the likeliest first."""
        if not m.site.rows:
            return self.config["derivative_tests"]
        found = dict.fromkeys(name for row in sorted(m.site.rows) for name in self.samples.get(row, ()))
        lawful = [f"{GENERATORS}[{name}]" for name in found]
        return [*([lawful] if lawful else []), *self.config["table_tests"]]

    def run(self, chosen: list[Mutant]) -> Iterator[tuple[Mutant, dict[str, Any]]]:
        """What becomes of each, as it becomes known. Raises where the tests fail without any mutant."""
        if not chosen:
            return
        self.samples = json.loads(self._ask(_samples))
        usual = {about: self._usual([m for m in chosen if bool(m.site.rows) is about]) for about in (False, True)}
        free, running, todo = list(self.trees), {}, iter(chosen)
        while True:
            for tree in [*free]:
                m = next(todo, None)
                if m is None:
                    break
                free.remove(tree)
                running[self._start(tree, m, self.stages(m))] = tree, m, time.monotonic()
            if not running:
                return
            for pid, (tree, m, began) in [*running.items()]:
                ended, code, used = os.wait4(pid, os.WNOHANG)
                if ended:
                    del running[pid]
                    free.append(tree)
                    (tree / m.path).write_text((self.root / m.path).read_text(encoding="utf-8"), encoding="utf-8")
                    spent = used.ru_utime + used.ru_stime
                    yield m, _outcome(tree, code, spent, usual[bool(m.site.rows)])
                elif time.monotonic() - began > 20 * self.config["seconds"]:
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)

    def _usual(self, chosen: list[Mutant]) -> float:
        """The seconds that all tests of these mutants take where nothing is mutated."""
        if not chosen:
            return 0.0
        stages = self.stages(chosen[0])
        pid = self._start(self.trees[0], None, stages)
        _, code, used = os.wait4(pid, 0)
        if code:
            raise SystemExit("\n".join(["the tests fail without a mutant:", *_said(self.trees[0])[-30:]]))
        return used.ru_utime + used.ru_stime

    def _start(self, tree: Path, m: Mutant | None, stages: Stages) -> int:
        pid = os.fork()
        if not pid:
            code = BROKEN
            try:
                self._child(tree)
                if m is not None:
                    (tree / m.path).write_text(m.text, encoding="utf-8")
                limit = self.config["seconds"]
                resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
                resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
                code = _tested(tree, stages)
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        return pid

    def _child(self, tree: Path) -> None:
        os.chdir(tree)
        output = os.open(tree / "output.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        sys.path[:0] = [str(tree), str(tree / "tests")]

    def _ask(self, function: Any) -> str:
        """What a function prints that runs with catdiff in a forked process."""
        tree = self.trees[0]
        pid = os.fork()
        if not pid:
            self._child(tree)
            print(function(), flush=True)
            os._exit(0)
        os.waitpid(pid, 0)
        return (tree / "output.txt").read_text(encoding="utf-8")


def _tested(tree: Path, stages: Stages) -> int:
    import pytest

    options = ["-q", "-x", "-p", "no:cacheprovider", "--assert=plain", "--tb=line", "-rfE"]
    for stage in stages:
        code = pytest.main([*options, *stage])
        if code:
            return 1
    return 0


def _said(tree: Path) -> list[str]:
    return (tree / "output.txt").read_text(encoding="utf-8", errors="replace").splitlines()


def _outcome(tree: Path, code: int, spent: float, usual: float) -> dict[str, Any]:
    said = _said(tree)
    if os.WIFSIGNALED(code) and os.WTERMSIG(code) in (signal.SIGXCPU, signal.SIGKILL):
        status = "timeout"
    elif os.WIFEXITED(code) and os.WEXITSTATUS(code) == BROKEN:
        raise SystemExit("\n".join(["a mutant could not be run:", *said[-20:]]))
    elif code:
        status = "killed" if spent <= 2 * usual else "suspicious"
    else:
        status = "survived"
    by = next((line for line in reversed(said) if line.startswith(("FAILED ", "ERROR ", "ImportError"))), "")
    return {"status": status, "seconds": round(spent, 1), "by": by or (" ".join(said[-3:]) if code else "")}


def _samples() -> str:
    """Which samples have which rows, small programs first."""
    from samples import at, rows

    import catdiff as cd

    found: dict[str, list[str]] = {}
    for make in (cd.f64, cd.c128, cd.integer):
        for name, f in sorted(at(make).items(), key=lambda item: len(item[1].flatten().net.labels)):
            for row in rows([f]):
                found.setdefault(row, []).append(f"{make.__name__} {name}")
    return json.dumps(found)
