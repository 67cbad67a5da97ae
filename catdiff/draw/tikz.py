"""A scene as TikZ: a file of LaTeX's class `standalone` that pdflatex compiles, with TikZ and nothing else.

Every length is a number of pixels, which the first line of the picture turns into points, so a picture is scaled by
changing it; colours have names, defined once. In a document of one's own, copy what is between the lines of `%`, or
`\\includegraphics` the PDF. Text is set in the document's sans serif.

>>> from .scene import Box, Scene
>>> text = tikz(Scene(60, 40, (Box(10, 6, 40, 28, "50 %", "f : 1 → 1", False, -1),)))
>>> "50 \\\\%" in text and text.startswith("\\\\documentclass")
True
"""

from __future__ import annotations

from .measure import FONT, clean
from .scene import Box, Dot, Point, Scene, Text, Wire
from .style import DAY, EDGE, FAINT, FRAME, INK, LINE, PALE, RADIUS, size, tone
from .tex import tex

POINT = 0.75  # big points a pixel
NORMAL = 10.0  # points: LaTeX's ordinary size of letters
HEAD = """\\documentclass[tikz,border=0pt]{standalone}
\\usepackage{iftex}
\\newcommand\\other[1]{\\ifPDFTeX\\raisebox{.15ex}{\\fboxsep0pt\\fbox{\\rule{0pt}{1ex}\\rule{.6ex}{0pt}}}\\else\\char"#1\\relax\\fi}
"""
ANCHORS = {"start": "base west", "middle": "base", "end": "base east"}


def tikz(scene: Scene) -> str:
    """The scene as the text of a LaTeX file."""
    w, h, px = _n(scene.width), _n(scene.height), _n(POINT * scene.scale, 5)
    options = f"x={px}bp,y=-{px}bp,line width={px}bp,line cap=round,every node/.style={{inner sep=0,font=\\sffamily}}"
    lines = [f"% {line}" for line in map(clean, f"{scene.title}\n{scene.description}".splitlines()) if line.strip()]
    lines += [HEAD.strip(), *_colours(), "\\begin{document}", "%", f"\\begin{{tikzpicture}}[{options}]"]
    lines.append(f"\\useasboundingbox (0,0) rectangle ({w},{h});")
    lines += [_box(b, scene.scale) for b in scene.boxes if b.open]
    lines += [_wire(w, scene.scale) for w in scene.wires]
    lines += [_box(b, scene.scale) for b in scene.boxes if not b.open]
    lines += [_dot(d, scene.scale) for d in scene.dots]
    lines += [_text(t, scene.scale) for t in scene.texts]
    return "\n".join([*lines, "\\end{tikzpicture}", "%", "\\end{document}", ""])


def _colours() -> list[str]:
    """The colours of the tones by day, and those of letters."""
    found = {"ink": INK[0], "faint": FAINT[0]}
    for name, (stroke, fill, tint, _) in DAY.items():
        found |= {name: stroke, f"{name}box": fill, f"{name}frame": tint}
    return [f"\\definecolor{{cd{name}}}{{HTML}}{{{colour[1:].upper()}}}" for name, colour in found.items()]


def _n(x: float, digits: int = 1) -> str:
    """A number, as short as it gets."""
    text = f"{x:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _wide(width: float, scale: float) -> str:
    return f"line width={_n(width * POINT * scale, 3)}bp"


def _label(x: float, y: float, anchor: str, text: str, points: float, more: str = "") -> str:
    """A line of text whose letters stand around height y."""
    options = f"anchor={anchor},scale={_n(points * POINT / NORMAL, 3)}{more}"
    return f"\\node[{options}] at ({_n(x)},{_n(y + 0.35 * size('name'))}) {{{tex(text)}}};"


def _box(b: Box, scale: float) -> str:
    """A box, or the frame of an open one with its name top left."""
    name, what = tone(b), "frame" if b.open else "box"
    line = _wide((FRAME if b.open else EDGE) * DAY[name].strength, scale)
    corner = f"rounded corners={_n((9 if b.open else 4) * POINT * scale, 2)}bp"
    at = f"({_n(b.x)},{_n(b.y)}) rectangle ({_n(b.x + b.width)},{_n(b.y + b.height)})"
    shape = f"\\filldraw[draw=cd{name},fill=cd{name}{what},{line},{corner}] {at};"
    if b.open:
        words = _label(
            b.x + 10, b.y + 15, "base west", b.name, (FONT - 1) * scale, ",text=cdink,font=\\sffamily\\bfseries"
        )
    else:
        words = _label(b.x + b.width / 2, b.y + b.height / 2, "base", b.name, FONT * scale, ",text=cdink")
    return f"{shape}\n{words}"


def _wire(wire: Wire, scale: float) -> str:
    line = _wide(LINE * DAY[tone(wire)].strength, scale)
    parts: list[str] = []
    pen = None
    for start, a, b, end in wire.cubics():
        straight = _n(start[0]) == _n(end[0]) or _n(start[1]) == _n(end[1])
        parts += [] if start == pen else [_at(start)]
        parts.append(f"-- {_at(end)}" if straight else f".. controls {_at(a)} and {_at(b)} .. {_at(end)}")
        pen = end
    return f"\\draw[draw=cd{tone(wire)},{line}] {' '.join(parts)};"


def _at(point: Point) -> str:
    return f"({_n(point[0])},{_n(point[1])})"


def _dot(d: Dot, scale: float) -> str:
    name = tone(d)
    fill = "white" if d.kind == "hollow" else f"cd{name}"
    radius, line = _n(RADIUS[d.kind] * POINT * scale, 2), _wide(LINE * DAY[name].strength, scale)
    return f"\\filldraw[draw=cd{name},fill={fill},{line}] ({_n(d.x)},{_n(d.y)}) circle[radius={radius}bp];"


def _text(t: Text, scale: float) -> str:
    colour = "cdfaint" if t.kind in PALE else "cdink"
    return _label(t.x, t.y, ANCHORS[t.anchor], t.text, size(t.kind) * scale, f",text={colour}")
