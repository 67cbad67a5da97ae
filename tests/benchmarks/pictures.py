"""Pictures: how fast they are made, and how many crossings and bends they have beside those of elkjs.

Timed from a morphism whose net is there to the text of its SVG. The floor is the least that writes such a file: the
boxes one after another on a line, a rectangle, a name and a wire for each, no layout at all. Crossings and bends are
counted over the fifty diagrams of `drawn.py`, flat; what elkjs reaches on the same is stored (`elk.py`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import catdiff as cd
from catdiff.draw.layout import layout
from catdiff.draw.measure import cut
from catdiff.draw.svg import escape, svg
from catdiff.examples.digits import cross_entropy, perceptron, training_step

from .drawn import count, diagrams, permuted
from .harness import Counted, Timed
from .programs import X, chain

STORED = Path(__file__).with_name("elk.json")


# -- time -----------------------------------------------------------------------------------------------------


def training(size: int, turn: int) -> cd.Morphism:
    """One step of gradient descent of a perceptron with so many hidden units: 53 boxes in two levels."""
    return training_step(perceptron(32, size), cross_entropy(32), 0.5)


def layered(size: int, turn: int) -> cd.Morphism:
    """A layered DAG, five boxes a layer, or as many as there are."""
    return permuted(size, min(5, size), turn)


def drawing(make: Callable[[int, int], cd.Morphism], depth: int, limit: int = 10**4) -> Callable[..., Any]:
    """`svg(layout(f.net))`, the net made beforehand."""

    def prepare(size: int, turn: int) -> Callable[[], Any]:
        net = make(size, turn).net
        return lambda: svg(layout(net, depth=depth, limit=limit))

    return prepare


def line(make: Callable[[int, int], cd.Morphism], depth: int) -> Callable[..., Any]:
    """All boxes on a line."""

    def names(f: cd.Morphism) -> list[str]:
        found, nets = [], [f.net]
        for _ in range(depth + 1):
            labels = [label for net in nets for label, _, _ in net.steps()]
            found += [label.title for label in labels]
            nets = [label.bodies[0].net for label in labels if label.bodies]
        return found

    def prepare(size: int, turn: int) -> Callable[[], Any]:
        titles = names(make(size, turn))

        def run() -> str:
            lines, x = ["<svg>"], 0.0
            for title in titles:
                lines.append(
                    f'<path d="M{x:.1f} 20H{x + 20:.1f}"/><rect x="{x + 20:.1f}" y="6" width="60" height="28"/>'
                )
                lines.append(f'<text x="{x + 50:.1f}" y="20">{escape(title)}</text>')
                x += 80
            return "\n".join([*lines, "</svg>"])

        return run

    return prepare


def check(make: Callable[[int, int], cd.Morphism], depth: int) -> Callable[[int, Any], None]:
    """Every box has a rectangle in the picture, beside the paper's, or a dot; and it says the right type."""

    def compare(size: int, text: Any) -> None:
        f, dots = make(size, 0), text.count("<circle")
        assert escape(cut(f"{f.dom} → {f.cod}", 200)) in text
        assert text.count("<rect") - 1 <= line(make, depth)(size, 0)().count("<rect") <= text.count("<rect") - 1 + dots

    return compare


def discopy_chain(size: int, turn: int) -> Callable[[], Any]:
    """The same chain, drawn by discopy."""
    from discopy.monoidal import Box, Ty

    x = Ty("x")
    f = Box("f", x, x)
    for _ in range(size - 1):
        f = f >> Box("f", x, x)

    def run() -> Any:
        return f.to_drawing()

    return run


# -- crossings and bends --------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def ours() -> tuple[int, int]:
    """Crossings and bends of ours, all fifty together."""
    counts = [count(layout(f.net, depth=0)) for f in diagrams().values()]
    return sum(c.crossings for c in counts), sum(c.bends for c in counts)


@lru_cache(maxsize=1)
def elk() -> tuple[int, int]:
    """The same of elkjs, its best pictures."""
    counts = json.loads(STORED.read_text(encoding="utf-8")).values()
    return sum(crossings for crossings, _ in counts), sum(bends for _, bends in counts)


def chained(size: int, turn: int) -> cd.Morphism:
    return chain(size, cd.sin(X))


ROWS = [
    Timed(
        name="draw training step",
        what="training step of a perceptron with its derivative, 53 boxes in two levels, to SVG; hidden units",
        sizes=(128,),
        ours=drawing(training, 1),
        floor=line(training, 1),
        check=check(training, 1),
        per="units",
        reach={128: 0.025},
    ),
    Timed(
        name="draw chain",
        what="chain of n boxes, to SVG",
        sizes=(100, 1000),
        ours=drawing(chained, 0),
        floor=line(chained, 0),
        check=check(chained, 0),
        peer=discopy_chain,
        peer_sizes=(100,),
        reach={100: 0.05, 1000: 2.0},
    ),
    Timed(
        name="draw layered",
        what="layered DAG of n boxes, random permutations between layers of five, to SVG",
        sizes=(20, 100),
        ours=drawing(layered, 0),
        floor=line(layered, 0),
        check=check(layered, 0),
        reach={20: 0.1},
    ),
    *[
        Counted(
            name=f"draw {what}",
            what=f"{what} in the pictures of fifty diagrams; those of elkjs are stored; floor: none at all",
            sizes=(50,),
            ours=lambda size, k=k: ours()[k],
            floor=lambda size: 0,
            unit=what,
            per="diagrams",
            reach={50: elk()[k]},
            tiny=50,
            peer=lambda size, k=k: elk()[k],
            peer_name="elkjs",
        )
        for k, what in enumerate(("crossings", "bends"))
    ],
]
