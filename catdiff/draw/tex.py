"""Any text as TeX that pdflatex sets with nothing but its own fonts: a translation by what Unicode says of a character.

Letters with accents come apart into letter and accent, mathematical alphabets, subscripts and superscripts into plain
letters; Greek letters go by their names. What is left has a command in the table, or is set as a box: pdfTeX has no
glyph for it, and the engines that have get it from the font.

>>> print(tex("R[f] ȧ₁ 50% α ∘ σ"))
R[f] \\.{a}\\textsubscript{1} 50\\% $\\alpha$ $\\circ$ $\\sigma$
>>> print(tex("שלום"))
\\other{05E9}\\other{05DC}\\other{05D5}\\other{05DD}
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# What text may not hold as it is, and what would be a ligature or a bracket of an option.
ESCAPED = {c: f"\\{c}" for c in "#%&_"} | {
    "$": "$\\mathdollar$",
    "\\": "$\\backslash$", "^": "\\^{}", "~": "$\\sim$", "{": "$\\{$", "}": "$\\}$", "<": "$<$", ">": "$>$",
    "|": "$|$", '"': "\\char34{}", "'": "{'}", "`": "{`}", "-": "{-}",
}  # fmt: skip
ACCENTS = {
    "GRAVE ACCENT": "`", "ACUTE ACCENT": "'", "CIRCUMFLEX ACCENT": "^", "TILDE": "~", "MACRON": "=", "OVERLINE": "=",
    "DOT ABOVE": ".", "DIAERESIS": '"', "CARON": "v", "BREVE": "u", "RING ABOVE": "r", "DOUBLE ACUTE ACCENT": "H",
    "CEDILLA": "c", "DOT BELOW": "d", "MACRON BELOW": "b",
}  # fmt: skip
SYMBOLS = {
    "→": "to", "←": "leftarrow", "↔": "leftrightarrow", "↦": "mapsto", "⇒": "Rightarrow", "⇐": "Leftarrow",
    "↑": "uparrow", "↓": "downarrow", "⟶": "longrightarrow", "∘": "circ", "⊗": "otimes", "⊕": "oplus", "⊙": "odot",
    "×": "times", "÷": "div", "±": "pm", "∓": "mp", "·": "cdot", "∙": "cdot", "⋅": "cdot", "∗": "ast", "⋆": "star",
    "∞": "infty", "∂": "partial", "∇": "nabla", "∑": "Sigma", "∏": "Pi", "∫": "int", "√": "surd", "∈": "in",
    "∉": "notin", "∅": "emptyset", "⊂": "subset", "⊆": "subseteq", "∪": "cup", "∩": "cap", "∀": "forall",
    "∃": "exists", "¬": "neg", "∧": "wedge", "∨": "vee", "≤": "leq", "≥": "geq", "≠": "neq", "≈": "approx",
    "≡": "equiv", "∼": "sim", "≃": "simeq", "∝": "propto", "⟨": "langle", "⟩": "rangle", "〈": "langle", "〉": "rangle",
    "⌈": "lceil", "⌉": "rceil", "⌊": "lfloor", "⌋": "rfloor", "‖": "Vert", "∣": "mid", "∥": "parallel", "⊥": "bot",
    "⊤": "top", "†": "dagger", "‡": "ddagger", "★": "star", "△": "triangle", "Δ": "Delta", "∆": "Delta", "ℓ": "ell",
    "ℏ": "hbar", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "œ": "oe", "ß": "ss", "ł": "l", "Ł": "L", "ı": "i",
    "…": "ldots", "•": "bullet", "°": "circ", "⋯": "cdots", "⊢": "vdash", "⊣": "dashv", "⋈": "bowtie", "≫": "gg",
    "≪": "ll", "⊔": "sqcup", "⊓": "sqcap", "◦": "circ", "ς": "varsigma",
}  # fmt: skip
LETTERS = "øØæÆœßłŁı"  # commands of text, not of mathematics
PLAIN = {"−": "$-$", "–": "--", "—": "---", "‘": "`", "’": "'", "“": "``", "”": "''", "⁄": "/"}
PLAIN |= {"′": "$'$", "″": "$''$", "\u00a0": " "}
GREEK = """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi
psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"""
ALIKE = {"omicron": "o", "Alpha": "A", "Beta": "B", "Epsilon": "E", "Zeta": "Z", "Eta": "H", "Iota": "I", "Kappa": "K"}
ALIKE |= {"Mu": "M", "Nu": "N", "Omicron": "O", "Rho": "P", "Tau": "T", "Chi": "X"}


def tex(text: str) -> str:
    """The text as TeX. Accents are given to the letter before them."""
    out: list[str] = []
    for c in text:
        command = _accent(c)
        if command and out:
            out[-1] = f"\\{command}{{{_dotless(out[-1])}}}"
        elif not unicodedata.combining(c):
            out.append(_character(c))
    return "".join(out)


def _accent(c: str) -> str | None:
    return ACCENTS.get(unicodedata.name(c, "").removeprefix("COMBINING ")) if unicodedata.combining(c) else None


def _dotless(letter: str) -> str:
    """i and j lose their dot under an accent."""
    return f"\\{letter}" if letter in ("i", "j") else letter


@lru_cache(maxsize=4096)
def _character(c: str) -> str:
    """One character as TeX."""
    if c in ESCAPED:
        return ESCAPED[c]
    if " " <= c <= "~":
        return c
    if c in PLAIN:
        return PLAIN[c]
    if c in SYMBOLS:
        return f"\\{SYMBOLS[c]}{{}}" if c in LETTERS else f"$\\{SYMBOLS[c]}$"
    return _greek(c) or _apart(c) or f"\\other{{{ord(c):04X}}}"


def _greek(c: str) -> str | None:
    """A Greek letter by its name."""
    kind, _, rest = unicodedata.name(c, "").partition(" LETTER ")
    if not kind.startswith("GREEK") or " " in rest:
        return None
    name = rest.lower().replace("lamda", "lambda")
    name = name.capitalize() if "CAPITAL" in kind else name
    return f"$\\{name}$" if name in GREEK.split() else ALIKE.get(name)


def _apart(c: str) -> str | None:
    """A character that Unicode says is made of others: an accented letter, an index, a letter of another alphabet."""
    kind, _, codes = unicodedata.decomposition(c).rpartition("> ")
    parts = [chr(int(code, 16)) for code in codes.split()]
    if not parts:
        return None
    made = tex("".join(parts))
    if kind in ("<sub", "<super"):
        return f"\\text{kind[1:]}script{{{made}}}"
    return made
