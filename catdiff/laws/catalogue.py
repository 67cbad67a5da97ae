"""The table of laws: all there are, as a value, as text, and as the page docs/laws.md with a picture of each."""

from __future__ import annotations

from pathlib import Path

from .axioms import accounts, additive, category, congruence, derivatives, duality, measured, rows, taylor
from .law import Law
from .pictures import picture
from .tables import columns

LAWS: tuple[Law, ...] = (
    *category.LAWS,
    *additive.LAWS,
    *derivatives.LAWS,
    *duality.LAWS,
    *congruence.LAWS,
    *measured.LAWS,
    *taylor.LAWS,
    *rows.LAWS,
    *accounts.LAWS,
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
HEAD = f"""# Laws

What `cd.laws.check(f)` asks of a program `f : A → B`: {len(LAWS)} laws. Each is written once, as two programs built
from f and from companions such as `g : B → C`; the pictures are those programs. The seven axioms RD.1–RD.7 by
themselves certify nothing: a product whose reverse derivative is zero satisfies all of them. Adjointness to a D
written on its own (ADJ), congruence (CG) and the Taylor remainder (TAYLOR) tell.

This page is made by `catdiff laws --write docs/laws.md`.

## How to read them

| in a statement | is |
|---|---|
| `f ; g`, `f ⊗ g`, `⟨f, g⟩` | f, then g: `f >> g`; side by side: `f @ g`; of one input: `cd.pair(f, g)` |
| `f + g`, `f · g`, `0`, `1` | sum and product, entry by entry; zeros; the identity, or in a product ones |
| `Δ`, `!`, `σ`, `ex` | a copy, a discard, a swap, the exchange of the middle two of four |
| `π0`, `π1`, `ι0`, `ι1` | the projections of `A ⊗ B`; the injections `a ↦ (a, 0)` and `b ↦ (0, b)` |
| `a`, `ȧ`, `ā` | a point of A, a tangent there, a cotangent there, all of A's type; `b̄` is a cotangent of B, … |
| `δȧ`, `δb̄`; `ȧ₁`, `ȧ₂` | tangents of a tangent and of a cotangent; several of one kind |
| `R[f] : A ⊗ B → A` | the reverse derivative, `(a, b̄) ↦ ā` |
| `D[f] : A ⊗ A → B` | the forward derivative, `(a, ȧ) ↦ ḃ`, made of R as DR.1 has it |
| …, D the rows' own | here D is what each [generator](generators.md), a row, has of its own: it owes nothing to R |
| `L(f) = ⟨f, R[f]⟩` | the lens of f |
| `f† : B → A` | the dagger of a linear f, its transpose: `⟨f(a), b̄⟩ = ⟨a, f†(b̄)⟩` |
| `⟨u, v⟩` of two values | their pairing, `Re Σ conj(u) v`: in pictures `×`, then `Σ` |

In a picture wires run from left to right, and `a : A` at the left is the name of an input and the object it lies on.
A filled dot is a copy, and a discard where it ends; a hollow dot is a sum, and a zero where it begins; a number at a
dot is a constant. f, g, h and operators of them are boxes of which nothing but the type is known; a frame with a name
is a box with what is in it. Amber is what reads a cotangent, and all that is made of it, blue the rest. Where both
sides are the same picture, the law needs no other proof: programs that are one diagram are equal.
"""


def table() -> str:
    """The laws as text: name, title, statement and source of each.

    >>> import catdiff as cd
    >>> print(cd.laws.table().splitlines()[1])
      CAT.1     associativity ...
    """
    rows = [(law.name, law.title, law.statement, law.source) for law in LAWS]
    return "\n".join(columns(("law", "title", "statement", "source"), rows))


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
