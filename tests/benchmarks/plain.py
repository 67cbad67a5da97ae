"""The plain-Python floor: straight-line programs as lists of tuples, and their reverse derivative.

A tape is `(inputs, steps, outputs)`: wires 0, 1, … are the inputs, each step `(op, sources)` makes the next wire. No
types, no sharing, no boxes, no checks: what anybody would write in twenty lines, and about as fast as Python goes.

>>> square = (1, [("mul", (0, 0))], [1])
>>> evaluate(reverse(square), [3.0, 1.0])
[6.0]
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

Tape = tuple[int, list[tuple[str, tuple[int, ...]]], list[int]]

VALUES: dict[str, Callable[..., float]] = {
    "sin": math.sin,
    "cos": math.cos,
    "tanh": math.tanh,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "bell": lambda x: 1 / (2 + math.exp(-x) + math.exp(x)),
    "half": lambda x: 0.5 * x,
    "add": lambda x, y: x + y,
    "mul": lambda x, y: x * y,
    "neg": lambda x: -x,
}

RULES: dict[str, Callable[..., tuple[int, ...]]] = {
    "sin": lambda emit, x, c: (emit("mul", emit("cos", x), c),),
    "cos": lambda emit, x, c: (emit("neg", emit("mul", emit("sin", x), c)),),
    "sigmoid": lambda emit, x, c: (emit("mul", emit("bell", x), c),),
    "bell": lambda emit, x, c: (
        emit("neg", emit("mul", emit("mul", emit("bell", x), emit("tanh", emit("half", x))), c)),
    ),
    "add": lambda emit, x, y, c: (c, c),
    "mul": lambda emit, x, y, c: (emit("mul", y, c), emit("mul", x, c)),
    "neg": lambda emit, x, c: (emit("neg", c),),
}


def reverse(tape: Tape, rules: dict[str, Callable[..., tuple[int, ...]]] = RULES) -> Tape:
    """`R` on tapes. An input that nothing flows back to gets `-1` among the outputs."""
    inputs, steps, outputs = tape
    first = inputs + len(outputs)
    shifted = [(op, tuple([s if s < inputs else s + len(outputs) for s in sources])) for op, sources in steps]
    made = list(shifted)

    def emit(op: str, *sources: int) -> int:
        made.append((op, sources))
        return first + len(made) - 1

    bar: dict[int, int] = {}

    def flow(wire: int, cotangent: int) -> None:
        bar[wire] = emit("add", bar[wire], cotangent) if wire in bar else cotangent

    for i, w in enumerate(outputs):
        flow(w if w < inputs else w + len(outputs), inputs + i)
    for k in range(len(shifted) - 1, -1, -1):
        c = bar.pop(first + k, None)
        if c is not None:
            op, sources = shifted[k]
            for s, x in zip(sources, rules[op](emit, *sources, c), strict=True):
                flow(s, x)
    return first, made, [bar.get(i, -1) for i in range(inputs)]


def evaluate(tape: Tape, xs: Sequence[float]) -> list[float]:
    """The outputs of a tape on numbers."""
    values: list[Any] = list(xs)
    for op, sources in tape[1]:
        values.append(VALUES[op](*[values[s] for s in sources]))
    return [values[w] if w >= 0 else 0.0 for w in tape[2]]


def chain(n: int, op: str = "sigmoid") -> Tape:
    """n times the same box."""
    steps: list[tuple[str, tuple[int, ...]]] = []
    for i in range(n):
        steps.append((op, (i,)))  # noqa: PERF401  a comprehension is not a loop that emits
    return 1, steps, [n]
