"""The table of laws: all there are, as a value, as text, and as the page docs/laws.md with a picture of each."""

from __future__ import annotations

from pathlib import Path

from .axioms import additive, category, congruence, derivatives, duality, measured, rows, taylor
from .law import Law
from .pictures import picture
from .report import table as lines

LAWS: tuple[Law, ...] = (
    *category.LAWS,
    *additive.LAWS,
    *derivatives.LAWS,
    *duality.LAWS,
    *congruence.LAWS,
    *measured.LAWS,
    *taylor.LAWS,
    *rows.LAWS,
)

GROUPS = {
    "CAT": "Categories",
    "MON": "Monoidal structure",
    "SYM": "Symmetry",
    "CART": "Copies and discards",
    "LA": "Left-additive structure",
    "CD": "Forward derivatives",
    "RD": "Reverse derivatives",
    "DR": "Each derivative from the other",
    "ADJ": "Adjointness",
    "H": "The Hessian",
    "DG": "Daggers",
    "LENS": "Lenses",
    "CG": "Congruence",
    "CHEAP": "Cost",
    "TAYLOR": "Taylor expansions",
    "FIN": "Finiteness",
    "PREC": "Precision",
    "ROW": "Columns of the table",
}
HEAD = """# Laws

What `cd.laws.check(f)` asks of a program `f : A → B`. Every law is written once, as two programs built from f (and from
companions such as `g : B → C`); the pictures below are those programs, drawn with operators that are boxes. `;` is
first-then (`>>`), `⊗` side by side (`@`), `⟨f, g⟩` a pair, Δ a copy, ! a discard, σ a swap, π0 and π1 projections,
ι0 and ι1 injections. The seven axioms RD.1–RD.7 by themselves certify nothing: a product whose reverse derivative is
zero satisfies all of them. Adjointness to a D written on its own, congruence and the Taylor remainder tell.

This page is made by `catdiff laws --write docs/laws.md`.
"""


def table() -> str:
    """The laws as text: name, title, statement and source of each.

    >>> import catdiff as cd
    >>> print(cd.laws.table().splitlines()[1])
      CAT.1     associativity ...
    """
    rows = [(law.name, law.title, law.statement, law.source) for law in LAWS]
    return "\n".join(lines(("law", "title", "statement", "source"), rows))


def page(pictures: str = "laws") -> str:
    """The page, as Markdown; pictures are looked for in a folder beside it."""
    parts = [HEAD]
    for group, title in GROUPS.items():
        parts.append(f"## {title}\n")
        parts += [_entry(law, pictures) for law in LAWS if law.group == group]
    return "\n".join(parts).rstrip() + "\n"


def _entry(law: Law, pictures: str) -> str:
    shown = f"\n![{law.name}]({pictures}/{law.name}.svg)\n" if law.sides else "\nMeasured, not drawn.\n"
    return f"### {law.name} {law.title}\n\n`{law.statement}`\n{shown}\nSource: {law.source}.\n"


def files() -> dict[str, str]:
    """The pictures by file name."""
    return {f"{law.name}.svg": picture(law) for law in LAWS if law.sides}


def write(path: str) -> None:
    """Write the page, and its pictures in the folder `laws` beside it."""
    folder = Path(path).parent / "laws"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files().items():
        (folder / name).write_text(text, encoding="utf-8")
    Path(path).write_text(page(), encoding="utf-8")
