"""Which wires carry cotangents: those of the reverse pass. A picture gives them a colour, and nothing else rests on it.

A box named `R[n]` reads what it needs of the box n, its inputs, outputs and residuals, and then cotangents. So its
cotangents are the ports after the last one that a box n beside it reads or makes. Inside `R[m]` there is no box n, but
there it is known which inputs carry cotangents, and those of `R[n]` begin with the first port that depends on them.
Where nothing is known, its type is that of a whole reverse derivative, `R[f] : A ⊗ B → A`, and they are the ports past
as many as it has outputs. The last port is always one. Wires that are read there, all that the box makes, and all that
is made from either are the reverse pass. What a box n makes of none is not, even where `R[n]` reads it as a cotangent:
in a step over ℤ₂ a loss is its own cotangent.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..category.label import Label
from ..hypernet.net import Net

Mask = tuple[bool, ...]


def is_reverse(label: Label) -> bool:
    """Whether the label says that it is the reverse derivative of something."""
    return bool(label.bodies) and label.name.startswith("R[") and label.name.endswith("]")


def updates(net: Net, reverse: Sequence[bool]) -> set[int]:
    """The wires that boxes called `update` make of cotangents: what learns, changed."""
    made = [range(first, first + len(label.cod)) for label, _, first in net.steps() if label.name == "update"]
    return {w for wires in made for w in wires if reverse[w]}


def flow(net: Net, inputs: Mask) -> tuple[list[bool], list[Mask]]:
    """Which wires are of the reverse pass, and which inputs of each box are, seen from inside the box.

    `inputs` says which inputs of the net are.
    """
    steps = list(net.steps())
    touched: dict[str, set[int]] = {}
    for label, sources, first in steps:
        touched.setdefault(label.name, set()).update(sources, range(first, first + len(label.cod)))
    forward = {first + i for label, _, first in steps if f"R[{label.name}]" in touched for i in range(len(label.cod))}
    reverse = [*inputs, *[False] * (net.wires - len(net.dom))]
    carried, first_cotangent = reverse.copy(), list[int | None]()  # what is sure from the left; where cotangents begin
    for label, sources, first in steps:
        at = _forward_ports(label, sources, touched.get(label.name[2:-1]), carried) if is_reverse(label) else None
        first_cotangent.append(at)
        for w in sources[at:] if at is not None else ():
            reverse[w] |= w not in forward
        if at is not None or True in [carried[w] for w in sources]:
            carried[first : first + len(label.cod)] = [True] * len(label.cod)
    masks: list[Mask] = []
    for (label, sources, first), at in zip(steps, first_cotangent, strict=True):
        masks.append(tuple([reverse[w] if at is None else p >= at for p, w in enumerate(sources)]))
        if at is not None or True in masks[-1]:
            reverse[first : first + len(label.cod)] = [True] * len(label.cod)
    return reverse, masks


def _forward_ports(label: Label, sources: list[int], forward: set[int] | None, carried: list[bool]) -> int:
    """How many ports of the box `R[n]` come before its cotangents; `forward` are the wires at boxes n."""
    if forward is not None:
        ports = max([p + 1 for p, w in enumerate(sources) if w in forward], default=0)
    else:
        ports = next((p for p, w in enumerate(sources) if carried[w]), len(label.cod))
    return max(0, min(ports, len(sources) - 1))
