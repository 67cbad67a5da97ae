"""R where it has to be linear: many occurrences of one box, a random DAG, a tower of boxes within boxes.

*Linear* is a claim about an exponent, so each row runs at three sizes and reports the fitted one, ours and that of
the floor, which is linear by construction and shows what caches do to it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

import catdiff as cd

from . import plain
from .harness import Timed
from .programs import X, agree, chain

LINEAR = 0.1  # an exponent that is no further above that of a floor which is linear by construction
INNER = 10  # times three generators


def reverse_of(program: Callable[[int, int], cd.Morphism]) -> Callable[[int, int], Callable[[], Any]]:
    """R of a program, timed from its term: both nets are built."""

    def prepare(size: int, turn: int) -> Callable[[], Any]:
        f = program(size, turn)
        return lambda: cd.R(f)

    return prepare


# -- one box, n times -------------------------------------------------------------------------------------------------


def occurrences(size: int, turn: int) -> cd.Morphism:
    """A chain of n occurrences of one box of 30 generators, `x ↦ x + y sin x` ten times over."""

    @cd.morphism(X, X)
    def interior(x, y):
        for _ in range(INNER):
            x = cd.sin(x) * y + x
        return x, y

    return chain(size, interior.box(f"g{turn}"))


def interior_tape() -> plain.Tape:
    """The same box on wires x, y."""
    steps: list[tuple[str, tuple[int, ...]]] = []
    x, made = 0, 2
    for _ in range(INNER):
        steps += [("sin", (x,)), ("mul", (made, 1)), ("add", (made + 1, x))]
        x, made = made + 2, made + 3
    return 2, steps, [x, 1]


def occurrences_floor(size: int, turn: int) -> Callable[[], Any]:
    """R of the box once, and a tuple for each occurrence, forwards and backwards."""

    def run() -> Any:
        rule, boxes = plain.reverse(interior_tape()), []
        for i in range(size):
            boxes.append(("g", (2 * i, 2 * i + 1), (2 * i + 2, 2 * i + 3)))  # noqa: PERF401
        for i in range(size - 1, -1, -1):
            c = 4 * size - 2 * i
            boxes.append(("R[g]", (2 * i, 2 * i + 1, c, c + 1), (c + 2, c + 3)))
        return rule, boxes

    return run


def check_occurrences(size: int, r: Any) -> None:
    """One R of the box, and the box itself with what it hands over; n occurrences of each; and the numbers."""
    names = [label.name for label in r.net.labels]
    assert len(names) == 2 and names[1] == f"R[{names[0]}]" and len(r.net) == 2 * size
    x, y, tape = 0.4, 0.01, interior_tape()
    xs = [x]
    for _ in range(size - 1):
        xs.append(plain.evaluate(tape, [xs[-1], y])[0])
    bar, back = [1.0, 0.5], plain.reverse(tape)
    for v in reversed(xs):
        bar = plain.evaluate(back, [v, y, *bar])
    agree(r, [x, y, 1.0, 0.5], bar)


# -- a random DAG -----------------------------------------------------------------------------------------------------


@cache
def dag_tape(size: int) -> plain.Tape:
    """n boxes that read wires made anywhere before them; what nobody reads leaves. Values stay below 2."""
    rng = np.random.default_rng(size)
    steps: list[tuple[str, tuple[int, ...]]] = []
    values, read = [0.3, -0.8], set()
    for _ in range(size):
        i, j = rng.integers(len(values), size=2).tolist()
        op = ("sin", "mul", "add")[rng.integers(3)]
        if op != "sin" and abs(plain.VALUES[op](values[i], values[j])) >= 2:
            op = "sin"
        sources = (i,) if op == "sin" else (i, j)
        steps.append((op, sources))
        values.append(plain.VALUES[op](*[values[s] for s in sources]))
        read |= set(sources)
    return 2, steps, [w for w in range(2, len(values)) if w not in read]


def dag(size: int, turn: int) -> cd.Morphism:
    """The same as a morphism."""
    boxes = {"sin": cd.sin(X), "mul": cd.mul(X @ X), "add": cd.add(X)}
    _, steps, outputs = dag_tape(size)
    return cd.program(X @ X, [(boxes[op], sources) for op, sources in steps], outputs)


def dag_floor(size: int, turn: int) -> Callable[[], Any]:
    """R of the tape."""
    tape = dag_tape(size)
    return lambda: plain.reverse(tape)


def check_dag(size: int, r: Any) -> None:
    """The numbers are those of the tape."""
    tape = dag_tape(size)
    xs = [0.3, -0.8, *[1.0] * len(tape[2])]
    agree(r, xs, plain.evaluate(plain.reverse(tape), xs))


# -- a tower ----------------------------------------------------------------------------------------------------------


def tower(size: int, turn: int) -> cd.Morphism:
    """n boxes, each inside the next, with a sine after it."""
    f = cd.sin(X)
    for i in range(size):
        f = (f >> cd.sin(X)).box(f"{turn}.{i}")
    return f


def tower_floor(size: int, turn: int) -> Callable[[], Any]:
    """A tape per level, reversed; the box of the level below is one step of it."""
    rules = plain.RULES | {"box": lambda emit, x, c: (emit("R[box]", x, c),)}

    def run() -> Any:
        levels: list[Any] = []
        for _ in range(size):
            levels.append(plain.reverse((1, [("box", (0,)), ("sin", (1,))], [2]), rules))  # noqa: PERF401
        return levels

    return run


def check_tower(size: int, r: Any) -> None:
    """One box on the outside, as deep as the tower, and the numbers."""
    depth, inner = 0, r.net
    while any(label.bodies for label in inner.labels):
        (inner,) = [label.bodies[0].net for label in inner.labels if label.name.startswith("R[")]
        depth += 1
    assert depth == size
    tape = plain.chain(size + 1, "sin")
    agree(r, [0.3, 1.0], plain.evaluate(plain.reverse(tape), [0.3, 1.0]))


ROWS = [
    Timed(
        name="occurrences",
        what="R of n occurrences of one box of 30 generators: one R of the box, linear wiring",
        sizes=(1000, 4000, 16000),
        ours=reverse_of(occurrences),
        floor=occurrences_floor,
        check=check_occurrences,
        per="occurrences",
        growth=LINEAR,
    ),
    Timed(
        name="dag",
        what="R of a random DAG of n boxes",
        sizes=(2500, 10_000, 40_000),
        ours=reverse_of(dag),
        floor=dag_floor,
        check=check_dag,
        growth=LINEAR,
    ),
    Timed(
        name="tower",
        what="R of a tower of boxes nested n deep",
        sizes=(250, 1000, 4000),
        ours=reverse_of(tower),
        floor=tower_floor,
        check=check_tower,
        per="deep",
        growth=LINEAR,
    ),
]
