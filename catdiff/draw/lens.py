"""The lens view: f and R[f] in one picture, forward to the right, backward to the left, box above box.

Each box stands above its reverse derivative, in amber, which reads what the lines between them hand down (residuals)
and the cotangents that come from the right. Copies above are sums below, discards are zeros. Parameters come in from
the top.

>>> import catdiff as cd
>>> scene = lens((cd.sin(cd.f64()) >> cd.exp).net)
>>> [(box.name, box.reverse) for box in scene.boxes]
[('sin', False), ('R[sin]', True), ('exp', False), ('R[exp]', True)]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from unicodedata import normalize

from ..errors import DrawError, with_line
from ..hypernet.net import Net
from ..hypernet.recursion import Task, run
from .columns import arrange
from .folding import LIMIT, opened
from .frame import FOOT, SIDE, Frame, Manner, Pins, Placed, framed, name_of, nodes_of, spread, wires_of
from .grouping import grouped
from .layout import names_of, numbers_of, page_of, pins_of
from .measure import clean, cut
from .optics import Doubled, Pair, doubled
from .order import sort_columns
from .scene import Dot, Scene, Wire, moved, turned

BETWEEN, APART = 24.0, 9.0  # a box and its derivative; the lines from one to the other


def lens(
    net: Net,
    depth: int | None = None,
    inputs: Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
    limit: int = LIMIT,
    parameters: Sequence[int] = (),
    direction: str = "right",
) -> Scene:
    """The scene of a net and its reverse derivative as one lens. Arguments as for `layout`.

    Raises as `layout` does, and `NoDerivativeError` where a box has no reverse derivative.
    """
    if direction not in ("right", "down"):
        raise DrawError(with_line(f"pictures run 'right' or 'down', not {direction!r}"))
    manner, level = Manner(direction == "down", limit), opened(net, depth, limit)
    varies = tuple([s.dtype.kind != "discrete" for s in net.dom.wires])
    both = run(doubled(grouped(net, limit), varies, level, limit))
    left, right = names_of("inputs", inputs, net.dom), names_of("outputs", outputs, net.cod)
    tops = numbers_of("parameters", parameters, net.dom)
    left += [_barred(t, inputs is not None, "{} ←") for t, v in zip(left, varies, strict=True) if v]
    right += [_barred(t, outputs is not None, "← {}") for t, a in zip(right, both.arrives, strict=True) if a]
    frame = run(_lens_frame(both, "", manner, pins_of(left, right, tops, manner)))
    scene = replace(page_of(frame, left, right, manner), title=cut(clean(f"{net.dom} ⇄ {net.cod}"), 200))
    return turned(scene) if manner.down else scene


def _barred(name: str, given: bool, way: str) -> str:
    """The name of a cotangent: that of its wire, barred if it was given and is a letter, with indices or without."""
    letter = given and name[:1].isalpha() and not name[1:2].isalpha()
    return way.format(normalize("NFC", f"{name[:1]}\u0304{name[1:]}") if letter else name)


def _lens_frame(both: Doubled, name: str, manner: Manner, pins: Pins | None = None) -> Task[Frame]:
    """The frame of a doubled net."""
    net = both.net
    insides: list[Frame | None] = []
    for e in range(len(net)):
        pair = both.pairs.get(e)
        if pair is None:
            insides.append(None)
        elif pair.inside is None:
            insides.append(_stacked(pair, manner))
        else:
            insides.append((yield _lens_frame(pair.inside, pair.forward.title, manner)))
    nodes = nodes_of(net, insides, manner, pins)
    made = arrange(nodes, len(net.dom), len(net.outputs), wires_of(net))
    sort_columns(made)
    frame = framed(net, made, [w in both.bars for w in range(net.wires)], insides, name, manner)
    frame.dots = [_mirrored(d, both) for d in frame.dots]
    placed, frame.boxes = frame.boxes, []
    for b in placed:
        pair = both.pairs.get(b.edge)
        if pair is None or b.inside is None:
            frame.boxes.append(replace(b, reverse=False))
        elif pair.inside is not None:
            frame.boxes.append(replace(b, label=pair.forward, reverse=False))
        else:
            frame.boxes += [replace(x, x=x.x + b.x, y=x.y + b.y, edge=b.edge) for x in b.inside.boxes]
            frame.wires += [moved(w, b.x, b.y) for w in b.inside.wires]
    return frame


def _mirrored(d: Dot, both: Doubled) -> Dot:
    """What a dot is on the way back: a copy for a sum, a sum for a copy, a zero for a discard."""
    if d.edge in both.mirrored:
        return replace(d, kind="filled", reverse=True, hint=d.hint.replace(d.hint.split(" ")[0], "copy", 1))
    if d.wire in both.bars:
        what, _, kind = d.hint.partition(" : ")
        return replace(d, kind="hollow", hint=f"{'sum' if what == 'copy' else 'zero'} : {kind}")
    return replace(d, reverse=False) if d.edge >= 0 else d


def _stacked(pair: Pair, manner: Manner) -> Frame:
    """A box above its derivative, with the lines from one to the other; placed as the interior of nothing."""
    ahead, back = pair.forward, pair.reverse
    n̄, m̄ = len(back.cod), len(back.dom) - len(ahead.dom)
    along, high = manner.box(name_of(ahead), len(ahead.dom), len(ahead.cod))
    along_, high_ = manner.box(name_of(back), m̄, n̄)
    wide, below = max(along, along_), high + BETWEEN
    down = [below + y for y in (spread(n̄, high_))], [below + y for y in spread(m̄, high_)]
    frame = Frame(
        wide,
        below + high_ - (SIDE if manner.down else FOOT),  # a frame's foot, which this is none of
        [*spread(len(ahead.dom), high), *down[0]],
        [*spread(len(ahead.cod), high), *down[1]],
        above=0.0,
    )
    frame.boxes = [
        Placed(0.0, 0.0, wide, high, ahead, False, None, -1),
        Placed(0.0, below, wide, high_, back, True, None, -1),
    ]
    k = len(pair.residuals)
    step = min(APART, (wide - 2 * APART) / max(1, k - 1))
    for i, sort in enumerate(pair.residuals):
        x = wide / 2 + step * (i - (k - 1) / 2)
        frame.wires.append(Wire(((x, high, x, x, x, below),), f"{sort}, kept", False, -1))
    return frame
