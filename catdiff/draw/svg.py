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
from .style import DAY, EDGE, FAINT, FRAME, INK, LINE, NIGHT, PALE, PAPER, RADIUS, size, tone

WORDS = 'font-family="system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, DejaVu Sans, sans-serif"'
CODES = {"forward": "f", "reverse": "r", "update": "u", "bad": "x", "changed": "c"}
ALWAYS = ("forward", "reverse")  # tones of which every picture has the rules: most have both


def _style(tones: set[str]) -> str:
    """Dark mode, by class; rules win over presentation attributes."""
    rules = [f".cd-paper{{fill:{PAPER[1]}}}", f".cd-ink{{fill:{INK[1]}}}", f".cd-faint{{fill:{FAINT[1]}}}"]
    for name, (stroke, fill, tint, _) in NIGHT.items():
        c = CODES[name]
        if name in tones:
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
    shown = f'width="{_n(scene.width * scene.scale)}" height="{_n(scene.height * scene.scale)}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {shown} viewBox="0 0 {w} {h}" role="img">',
        f"<title>{escape(scene.title)}</title>",
    ]
    if scene.description:
        lines.append(f"<desc>{escape(scene.description)}</desc>")
    lines.append(_style({*ALWAYS, *map(tone, (*scene.boxes, *scene.wires, *scene.dots))}))
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


def _rect(b: Box, kind: str, fill: str, radius: int, strength: float) -> str:
    colours = DAY[tone(b)]
    at = f'x="{_n(b.x)}" y="{_n(b.y)}" width="{_n(b.width)}" height="{_n(b.height)}" rx="{radius}"'
    paint = f'fill="{fill}" stroke="{colours.stroke}" stroke-width="{_n(strength * colours.strength)}"'
    return f'<rect class="cd-{CODES[tone(b)]}{kind}" {at} {paint}/>'


def _frame(b: Box) -> str:
    """An open box: a rounded, tinted frame with its name top left."""
    name = _label(b.x + 10, b.y + 15, "start", b.name, f'font-weight="600" fill="{INK[0]}"', "cd-ink", FONT - 1)
    return f"<g><title>{escape(b.hint)}</title>{_rect(b, 'o', DAY[tone(b)].tint, 9, FRAME)}{name}</g>"


def _box(b: Box) -> str:
    name = _label(b.x + b.width / 2, b.y + b.height / 2, "middle", b.name, f'fill="{INK[0]}"', "cd-ink", FONT)
    return f"<g><title>{escape(b.hint)}</title>{_rect(b, 'b', DAY[tone(b)].fill, 4, EDGE)}{name}</g>"


def _label(x: float, y: float, anchor: str, text: str, paint: str, kind: str, size: float) -> str:
    """A line of text whose middle is at height y: the shift is in em, since not every renderer centres by itself."""
    where = f'x="{_n(x)}" y="{_n(y)}" dy="0.35em" text-anchor="{anchor}" font-size="{_n(size)}"'
    return f'<text class="{kind}" {where} {paint} {WORDS}>{escape(text)}</text>'


def _text(t: Text) -> str:
    colour, kind = (FAINT[0], "cd-faint") if t.kind in PALE else (INK[0], "cd-ink")
    return _label(t.x, t.y, t.anchor, t.text, f'fill="{colour}"', kind, size(t.kind))


def _dot(d: Dot) -> str:
    stroke, _, _, strength = DAY[tone(d)]
    fill = stroke if d.kind != "hollow" else PAPER[0]
    kind = f"cd-{CODES[tone(d)]}{'h' if d.kind == 'hollow' else 'd'}"
    line = f'fill="{fill}" stroke="{stroke}" stroke-width="{_n(LINE * strength)}"'
    at = f'cx="{_n(d.x)}" cy="{_n(d.y)}" r="{_n(RADIUS[d.kind])}" {line}'
    return f'<circle class="{kind}" {at}><title>{escape(d.hint)}</title></circle>'


def _wire(wire: Wire) -> list[str]:
    """The line, and an invisible broad one that is easier to point at."""
    d, (stroke, _, _, strength) = path(wire.cubics()), DAY[tone(wire)]
    title = f"<title>{escape(wire.hint)}</title>"
    line = f'fill="none" stroke="{stroke}" stroke-width="{_n(LINE * strength)}"'
    return [
        f'<path class="cd-{CODES[tone(wire)]}w" d="{d}" {line}/>',
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
