"""Random models: boxes in sequence, with parameters.

A model is a program `f : P ⊗ A → B` whose first wires are parameters. What makes it one, and random programs that are
none do not have so often, is its shape: layers that are boxes, boxes in them, and a layer used twice on the same
parameters, which is where a reverse derivative has to add up what comes from either.
"""

from __future__ import annotations

from ...category.binder import build
from ...category.morphism import Morphism
from ...category.objects import UNIT, Object
from ...category.wire import Wire
from .programs import Choice, fit, program, word
from .signatures import Signature


def model(
    choice: Choice, signature: Signature, dom: Object | None = None, cod: Object | None = None, layers: int = 3
) -> tuple[Object, Morphism]:
    """Parameters P and a program `f : P ⊗ dom → cod`, of at most so many boxes in sequence.

    Each box has parameters of its own, and boxes in it now and then; one that can follow itself sometimes does, on the
    same parameters.

    >>> import catdiff as cd
    >>> from catdiff.laws.random.sampler import Seeded
    >>> from catdiff.laws.random.signatures import SMOOTH
    >>> P, f = model(Seeded(1), SMOOTH, cd.f64(3), cd.f64())
    >>> f.dom == P @ cd.f64(3), f.cod
    (True, cd.f64())
    """
    start = A = word(choice, signature, 1, 2) if dom is None else dom
    P = UNIT
    boxes: list[tuple[Morphism, range]] = []  # and the numbers of their parameters
    for i in range(choice.integer(1, layers)):
        own, times = word(choice, signature, 1, 2), 1
        f = choice.part(program, signature, own @ A, None, 4)
        if choice.coin():
            f, times = f >> fit(f.cod, A), 2
        boxes += [(f.box(f"layer {i}"), range(len(P), len(P @ own)))] * times
        P, A = P @ own, f.cod

    def body(*xs: Wire) -> tuple[Wire, ...]:
        carried = xs[len(P) :]
        for f, own in boxes:
            y = f(*[xs[w] for w in own], *carried)
            carried = y if isinstance(y, tuple) else (y,)
        return carried

    f = build(P @ start, body)
    return P, f if cod is None else f >> fit(f.cod, cod)
