"""docs/generators.md is made from the table of generators: `python tests/generators/test_page.py` writes it."""

from pathlib import Path

import samples

import catdiff as cd
from catdiff.category.label import TABLE
from catdiff.category.objects import DTYPES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "generators.md"
HEAD = """# Generators

Every row of the table of generators: what it is, an example of its type, the dtypes its tests run at, and how it
differentiates. *Linear* rows give their transpose, *flat* ones are locally constant, *macros* have a definition in the
language (`cd.expand` puts it in their place) beside a kernel and rules of their own. Everything else in `cd` (einsum,
convolution, pooling, slices, …) is made of these.

| generator | what it is | an example of its type | tested at | derivative |
|---|---|---|---|---|
"""


def page() -> str:
    """The text of the page."""
    labels = {}
    for make in (cd.f64, cd.f32, cd.c128, cd.integer, cd.z2, cd.rational):
        for f in samples.at(make).values():
            for g in (f, f.flatten()):
                for label in g.net.labels:
                    labels.setdefault(label.row.name, []).append(label)
    lines = []
    for name in sorted(labels):
        row, found = TABLE[name], labels[name]
        taken = {w.dtype.name for label in found for w in (*label.dom.wires[:1], *label.cod.wires[: not label.dom])}
        dtypes = " ".join(d for d in DTYPES if d in taken)
        example = f"{found[0].dom} → {found[0].cod}"
        about = row.about.replace("|", "\\|") + (f" ({row.source})" if row.source else "")
        lines.append(f"| `{name}` | {about} | {example} | {dtypes} | {_derivative(row)} |\n")
    return HEAD + "".join(lines)


def _derivative(row) -> str:
    if row.name == "box":
        return "its interior's"
    if row.definition:
        return "macro"
    return "linear" if row.dagger else "flat" if row.locally_constant else "R and D"


def test_the_page_is_the_table():
    assert PAGE.read_text(encoding="utf-8") == page()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
