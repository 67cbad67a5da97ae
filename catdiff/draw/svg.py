"""A scene as SVG: one self-contained text, the same bytes every time.

No script, no font but the reader's own, no ids: any number of pictures fit on one page. Colours stand in presentation
attributes, so that the picture survives inlining; a media query replaces them in dark mode. Shape and label carry the
meaning as well: a picture printed in grey reads the same.

>>> from .scene import Box, Scene
>>> text = svg(Scene(60, 40, (Box(10, 6, 40, 28, "<f>", "f : 1 → 1", False, -1),)))
>>> "&lt;f&gt;" in text and "script" not in text
True
"""

from __future__ import annotations

from .measure import FONT
from .scene import Box, Cubic, Dot, Scene, Text, Wire

# Per colour: stroke, fill of boxes, tint of frames; in daylight and in the dark.
DAY = {False: ("#2f6496", "#e6f0fa", "#f4f8fd"), True: ("#b0700a", "#fdeed3", "#fefaf2")}
NIGHT = {False: ("#7db7ee", "#17324d", "#111c2a"), True: ("#e9ae4f", "#4a350f", "#221c12")}
PAPER, INK, FAINT = ("#ffffff", "#0d1117"), ("#18222e", "#e8edf3"), ("#5b6875", "#9aa7b4")
WORDS = 'font-family="system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, DejaVu Sans, sans-serif"'
CODES = {False: "f", True: "r"}


def _style() -> str:
    """Dark mode, by class; rules win over presentation attributes."""
    rules = [f".cd-paper{{fill:{PAPER[1]}}}", f".cd-ink{{fill:{INK[1]}}}", f".cd-faint{{fill:{FAINT[1]}}}"]
    for reverse, (stroke, fill, tint) in NIGHT.items():
        c = CODES[reverse]
        rules += [
            f".cd-{c}w{{stroke:{stroke}}}",
            f".cd-{c}b{{stroke:{stroke};fill:{fill}}}",
            f".cd-{c}o{{stroke:{stroke};fill:{tint}}}",
            f".cd-{c}d{{stroke:{stroke};fill:{stroke}}}",
            f".cd-{c}h{{stroke:{stroke};fill:{PAPER[1]}}}",
        ]
    return f"<style>@media (prefers-color-scheme: dark){{{''.join(rules)}}}</style>"


def svg(scene: Scene) -> str:
    """The scene as the text of an SVG file."""
    w, h = _n(scene.width), _n(scene.height)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img">',
        f"<title>{escape(scene.title)}</title>",
    ]
    if scene.description:
        lines.append(f"<desc>{escape(scene.description)}</desc>")
    lines.append(_style())
    lines.append(f'<rect class="cd-paper" width="{w}" height="{h}" rx="6" fill="{PAPER[0]}"/>')
    lines += [_frame(b) for b in scene.boxes if b.open]
    lines += [line for wire in scene.wires for line in _wire(wire)]
    lines += [_box(b) for b in scene.boxes if not b.open]
    lines += [_dot(d) for d in scene.dots]
    lines += [_text(t) for t in scene.texts]
    return "\n".join([*lines, "</svg>", ""])


def escape(text: str) -> str:
    """Text that is safe between tags and in a quoted attribute."""
    for c, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        text = text.replace(c, entity)
    return text


def _n(x: float) -> str:
    """A coordinate to a tenth of a pixel, as short as it gets."""
    text = f"{x:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _rect(b: Box, kind: str, fill: str, radius: int, strength: str) -> str:
    at = f'x="{_n(b.x)}" y="{_n(b.y)}" width="{_n(b.width)}" height="{_n(b.height)}" rx="{radius}"'
    paint = f'fill="{fill}" stroke="{DAY[b.reverse][0]}" stroke-width="{strength}"'
    return f'<rect class="cd-{CODES[b.reverse]}{kind}" {at} {paint}/>'


def _frame(b: Box) -> str:
    """An open box: a rounded, tinted frame with its name top left."""
    name = _label(b.x + 10, b.y + 15, "start", b.name, f'font-weight="600" fill="{INK[0]}"', "cd-ink", FONT - 1)
    fill = DAY[b.reverse][2]
    return f"<g><title>{escape(b.hint)}</title>{_rect(b, 'o', fill, 9, '1')}{name}</g>"


def _box(b: Box) -> str:
    name = _label(b.x + b.width / 2, b.y + b.height / 2, "middle", b.name, f'fill="{INK[0]}"', "cd-ink", FONT)
    fill = DAY[b.reverse][1]
    return f"<g><title>{escape(b.hint)}</title>{_rect(b, 'b', fill, 4, '1.3')}{name}</g>"


def _label(x: float, y: float, anchor: str, text: str, paint: str, kind: str, size: float) -> str:
    """A line of text whose middle is at height y: the shift is in em, since not every renderer centres by itself."""
    where = f'x="{_n(x)}" y="{_n(y)}" dy="0.35em" text-anchor="{anchor}" font-size="{_n(size)}"'
    return f'<text class="{kind}" {where} {paint} {WORDS}>{escape(text)}</text>'


def _text(t: Text) -> str:
    size = {"sign": 28.0, "above": FONT + 2, "value": FONT - 1}.get(t.kind, FONT - 2)
    colour, kind = (FAINT[0], "cd-faint") if t.kind == "name" else (INK[0], "cd-ink")
    return _label(t.x, t.y, t.anchor, t.text, f'fill="{colour}"', kind, size)


def _dot(d: Dot) -> str:
    stroke, fill = DAY[d.reverse][0], DAY[d.reverse][0] if d.kind != "hollow" else PAPER[0]
    radius = {"filled": 3.2, "hollow": 4.2, "point": 2.4}[d.kind]
    kind = f"cd-{CODES[d.reverse]}{'h' if d.kind == 'hollow' else 'd'}"
    at = f'cx="{_n(d.x)}" cy="{_n(d.y)}" r="{_n(radius)}" fill="{fill}" stroke="{stroke}" stroke-width="1.5"'
    return f'<circle class="{kind}" {at}><title>{escape(d.hint)}</title></circle>'


def _wire(wire: Wire) -> list[str]:
    """The line, and an invisible broad one that is easier to point at."""
    d, c = path(wire.cubics()), CODES[wire.reverse]
    title = f"<title>{escape(wire.hint)}</title>"
    return [
        f'<path class="cd-{c}w" d="{d}" fill="none" stroke="{DAY[wire.reverse][0]}" stroke-width="1.5"/>',
        f'<path d="{d}" fill="none" stroke="#000" stroke-opacity="0" stroke-width="9">{title}</path>',
    ]


def path(cubics: list[Cubic]) -> str:
    """Path data: pieces that continue one another are one line."""
    d: list[str] = []
    pen: tuple[float, float] | None = None
    for start, a, b, end in cubics:
        if pen != start:
            d.append(f"M{_n(start[0])} {_n(start[1])}")
        letter = "H" if _n(start[1]) == _n(end[1]) else "V" if _n(start[0]) == _n(end[0]) else "C"
        if letter != "C":
            if d[-1].startswith(letter):
                d.pop()
            d.append(f"{letter}{_n(end[0] if letter == 'H' else end[1])}")
        else:
            d.append(" ".join([f"C{_n(a[0])}", *map(_n, (a[1], *b, *end))]))
        pen = end
    return "".join(d)
