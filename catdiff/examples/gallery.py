"""The gallery: stored morphisms and their pictures, redrawn byte for byte.

An entry of the table (`diagrams.py`) is a name, a line about it, one line of code, and how it is drawn. What the code
makes is stored; the picture is drawn of what was stored. An entry with two lines of code is an equation, its sides
stored as `NAME.lhs.json` and `NAME.rhs.json`, and `decided` says why they are equal.

>>> entry = ENTRIES["axioms/RD.5"]
>>> left, right = entry.make()
>>> decided(left, right)
'one diagram'
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import catdiff as cd
from catdiff.draw.svg import svg
from catdiff.draw.write import write_text
from catdiff.examples.diagrams import GALLERY, TOPICS, Entry
from catdiff.laws.procedures import diagram, polynomial

ENTRIES = {entry.name: entry for entry in GALLERY}
HEAD = """# Diagrams

Stored morphisms (`cd.load`) and their pictures, all written by `catdiff gallery`. Each is made by the line of Python
below it, where `cd` is catdiff, `np` NumPy, and other names are those of
[the table](../catdiff/examples/diagrams.py); a new entry is a line there.
"""


def decided(left: cd.Morphism, right: cd.Morphism) -> str:
    """Why two programs are equal, boxes opened: they are one diagram, or one polynomial. Empty where neither."""
    left, right = left.flatten(), right.flatten()
    if diagram.decide(left, right).held:
        return "one diagram"
    return "one polynomial" if polynomial.decide(left, right).strength == "proved" else ""


def files(entry: Entry, made: Sequence[cd.Morphism]) -> Iterator[tuple[str, cd.Morphism]]:
    """The names of the files an entry is stored in, and what is in each."""
    sides = ("",) if len(made) == 1 else (".lhs", ".rhs")
    for side, f in zip(sides, made, strict=True):
        yield f"{entry.name}{side}.json", f


def redrawn(entry: Entry, made: Sequence[cd.Morphism]) -> str:
    """The picture of an entry as SVG."""
    return svg(entry.scene(*made))


def written(folder: Path) -> dict[str, str]:
    """What each file of the gallery should hold: stored morphisms as they are made now, pictures, the page."""
    found: dict[str, str] = {}
    for entry in GALLERY:
        made = entry.make()
        found |= {name: cd.to_json(f) for name, f in files(entry, made)}
        stored = [cd.from_json(found[name]) for name, _ in files(entry, made)]
        found[f"{entry.name}.svg"] = redrawn(entry, stored)
    found["README.md"] = page()
    return found


def page() -> str:
    """The page that shows them all."""
    lines = [HEAD]
    for topic, entries in groupby(GALLERY, key=lambda entry: entry.topic):
        lines += [f"## {topic.capitalize()}\n", f"{TOPICS[topic]}\n"]
        for entry in entries:
            lines += [f"### {entry.title}\n", f'<img src="{entry.name}.svg" alt="{entry.alt}" width="{entry.width}">\n']
            lines += [f"{entry.about}\n", "```text", *entry.codes, "```\n", f"Stored: {_links(entry)}\n"]
    return "\n".join(lines)


def _links(entry: Entry) -> str:
    made = entry.make()
    links = ", ".join([f"[{Path(name).name}]({name})" for name, _ in files(entry, made)])
    return f"{links}; the sides are equal: {decided(*made)}." if len(made) == 2 else f"{links}."


def main(folder: str = "diagrams", check: bool = False) -> int:
    """Write what every entry stores, its picture and a page to `folder`; or only say which files are not so."""
    root, wrong = Path(folder), 0
    for name, text in written(root).items():
        path = root / name
        if path.is_file() and path.read_bytes() == text.encode():
            continue
        wrong += 1
        print(f"{path} {'is not what catdiff gallery writes' if check else 'written'}")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_text(path, text)
    print(f"{len(GALLERY)} diagrams, {wrong} files {'differ' if check else 'written'}")
    return int(check and wrong > 0)
