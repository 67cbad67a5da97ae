"""The mutants that mutmut makes of the sites in `scope`, and the text of each."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from mutation.scope import Site, sites

CONTEXT = 24  # characters shown on either side of a change


@dataclass(frozen=True)
class Mutant:
    """One change, as mutmut numbers it: the n-th on a line."""

    root: Path
    site: Site
    line: int
    nth: int
    kind: str

    @property
    def path(self) -> str:
        """The file that is changed."""
        return self.site.path

    @cached_property
    def text(self) -> str:
        """The source of the file, changed."""
        import mutmut

        source = (self.root / self.path).read_text(encoding="utf-8")
        at = mutmut.RelativeMutationID(source.split("\n")[self.line - 1], self.nth, self.line - 1, self.path)
        return mutmut.mutate(mutmut.Context(source=source, filename=self.path, mutation_id=at))[0]

    @cached_property
    def change(self) -> tuple[str, str]:
        """What stands there and what the mutant has instead, with a little around it."""
        old, new = (self.root / self.path).read_text(encoding="utf-8"), self.text
        same = next(i for i in range(len(old)) if old[i] != new[i : i + 1])
        rest = 0
        while rest < min(len(old), len(new)) - same and old[-1 - rest] == new[-1 - rest]:
            rest += 1
        start = max(same - CONTEXT, old.rfind("\n", 0, same) + 1)
        line_end = old.find("\n", len(old) - rest)
        tail = min(rest, CONTEXT, (line_end if line_end >= 0 else len(old)) - (len(old) - rest))
        before, after = (" ".join(t[start : len(t) - rest + tail].split()) for t in (old, new))
        return before, after

    @property
    def before(self) -> str:
        """What stands there."""
        return self.change[0]

    @property
    def after(self) -> str:
        """What the mutant has instead."""
        return self.change[1]

    @cached_property
    def key(self) -> tuple[str, str, str, str]:
        """What a mutant is called; line numbers move, this does not."""
        return (self.path, self.site.name, *self.change)


def mutants(root: Path, derivative: list[str], tables: list[str], only: str = "") -> list[Mutant]:
    """All mutants that are Python, in the order of the files: `[*xs]` with `/` in place of the star is none."""
    scope = [s for s in sites(root, derivative, tables) if only in f"{s.path} {s.name}"]
    every = (m for path in dict.fromkeys(s.path for s in scope) for m in _of_file(root, path, scope))
    found = [m for m in every if _parses(m.text)]
    if len({m.key for m in found}) < len(found):
        raise ValueError("two mutants have one name: show more of their surroundings")
    return found


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _of_file(root: Path, path: str, scope: list[Site]) -> Iterator[Mutant]:
    import mutmut

    class Seen:
        """The hook by which mutmut tells where it is."""

        found: ClassVar[list[tuple[int, int, Any, str]]] = []

        @classmethod
        def pre_mutation_ast(cls, context: Any) -> None:
            node = context.stack[-1]
            cls.found.append((context.current_line_index + 1, context.index, node.start_pos, node.type))

    mutmut.mutmut_config = Seen
    try:
        mutmut.mutate(mutmut.Context(source=(root / path).read_text(encoding="utf-8"), filename=path))
    finally:
        mutmut.mutmut_config = None
    for line, nth, position, kind in Seen.found:
        for site in scope:
            if site.path == path and site.holds(position):
                yield Mutant(root, site, line, nth, kind)
                break
