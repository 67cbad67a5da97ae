"""Programs that are hard to draw, and what holds of every picture."""

import itertools
import os
import random
import subprocess
import sys
from pathlib import Path

from hypothesis import strategies as st

import catdiff as cd
from catdiff.category.morphism import Morphism
from catdiff.draw.measure import width
from catdiff.draw.scene import Box, Scene

ROOT = Path(__file__).resolve().parents[1]
S = cd.f64()


def written(program: str) -> list[bytes]:
    """What a program writes, in two processes that hash differently."""
    return [
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]


@st.composite
def tangles(draw) -> Morphism:
    """Programs with many boxes, constants, sums, wires read often or never, and boxes in boxes."""
    r = random.Random(draw(st.integers(0, 2**32)))
    sizes, inner = draw(st.integers(1, 30)), []
    for level in range(draw(st.integers(1, 3))):
        n = r.randint(0, 4)
        steps, wires = [], n
        for _ in range(r.randint(1, max(1, sizes))):
            kinds = [cd.const(r.random()), cd.zero(S)]
            kinds += [cd.sin(S), cd.mul(S @ S), cd.add(S @ S), cd.id(S), *inner] if wires else []
            f = r.choice(kinds)
            steps.append((f, [r.randrange(wires) for _ in range(len(f.dom))]))
            wires += len(f.cod)
        dom = cd.UNIT
        for _ in range(n):
            dom = dom @ S
        f = cd.program(dom, steps, [r.randrange(wires) for _ in range(r.randint(0, 4))])
        inner.append(f.box(f"{'R[f]' if r.random() < 0.3 else 'level'} {level}"))
    return f


def apart(a: Box, b: Box) -> bool:
    return a.x + a.width < b.x or b.x + b.width < a.x or a.y + a.height < b.y or b.y + b.height < a.y


def check(scene: Scene) -> None:
    """What holds of every picture."""
    slack = 1e-6
    for b in scene.boxes:
        outer = scene.boxes[b.parent] if b.parent >= 0 else None
        x, y, w, h = (outer.x, outer.y, outer.width, outer.height) if outer else (0, 0, scene.width, scene.height)
        assert x < b.x and y < b.y and b.x + b.width < x + w and b.y + b.height < y + h
    siblings: dict[int, list[Box]] = {}
    for b in scene.boxes:
        siblings.setdefault(b.parent, []).append(b)
    for boxes in siblings.values():
        for a, b in itertools.combinations(boxes, 2):
            assert apart(a, b), f"{a.name} and {b.name} overlap"
    for wire in scene.wires:
        frame = (
            scene.boxes[wire.parent] if wire.parent >= 0 else Box(0, 0, scene.width, scene.height, "", "", False, -1)
        )
        for (_, _, c0, c1, _, _), (left, top, right, bottom) in zip(wire.pieces, wire.bounds(), strict=True):
            start, end = (left, right) if not wire.down else (top, bottom)
            assert start - slack <= min(c0, c1) and max(c0, c1) <= end + slack
            assert frame.x - slack <= left and right <= frame.x + frame.width + slack
            assert frame.y - slack <= top and bottom <= frame.y + frame.height + slack
            for b in siblings.get(wire.parent, ()):
                beside_it = right <= b.x + slack or left >= b.x + b.width - slack
                above_it = bottom <= b.y + slack or top >= b.y + b.height - slack
                assert beside_it or above_it, f"a wire crosses {b.name}"
    for text in scene.texts:
        if text.kind == "value":
            left = text.x - width(text.text) * (1 if text.anchor == "end" else 0.5)
            value = Box(left, text.y - 6, width(text.text), 12, text.text, "", False, -1)
            assert all(b.open or apart(value, b) for b in scene.boxes), f"{text.text} is written on a box"
            for left, top, right, bottom in (r for w in scene.wires for r in w.bounds()):
                assert apart(value, Box(left, top, right - left, bottom - top, "", "", False, -1))
