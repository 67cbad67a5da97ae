"""Wires inside the boxes of a program on batches, as outputs of every example.

    over(n) : P ⊗ Aⁿ → Bⁿ ⊗ S        captured: P ⊗ Aⁿ → Bⁿ ⊗ Cⁿ ⊗ S

What a box gives for each example has a leading axis; what it gives once for all of them, a state or a weight that was
scaled, is repeated.

>>> import catdiff as cd
>>> norm = cd.nn.batch_norm().at(cd.f64(3))
>>> C, wider = captured(norm.over, norm.cod, cd.f64(3) @ cd.f64(3), ["batch_norm"])
>>> print(C, "|", wider(5).cod[1:4])
f64[3] @ f64[3] @ f64[3] | f64[5,3] @ f64[5,3] @ f64[5,3]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..category.binder import build
from ..category.morphism import Morphism
from ..category.objects import Object
from ..errors import SignatureError, with_line
from ..generators.capture import capture
from ..generators.linear import broadcast
from .optic import Optic


def captured(
    program: Callable[[int], Morphism | Optic], B: Object, S: Object, paths: Sequence[str]
) -> tuple[Object, Callable[[int], Morphism]]:
    """C, what the boxes at these paths give for one example, and the programs that give it beside B."""
    b, k = len(B), len(B) + len(S)
    two, three = (_wider(program(n), paths).cod[k:].wires for n in (2, 3))
    own = [s is not t for s, t in zip(two, three, strict=True)]  # for each example, or once for all
    C = Object([s.with_shape(s.shape[1:]) if has else s for s, has in zip(two, own, strict=True)])

    def wider(n: int) -> Morphism:
        f = _wider(program(n), paths)

        def ordered(*xs: Any) -> Any:
            each = [x if has else broadcast(x, shape=(n, *x.shape)) for x, has in zip(xs[k:], own, strict=True)]
            return (*xs[:b], *each, *xs[b:k])

        return f >> build(f.cod, ordered)

    return C, wider


def _wider(f: Morphism | Optic, paths: Sequence[str]) -> Morphism:
    if isinstance(f, Optic):
        said = "wires are captured in programs, and this model is an optic: it has a way back of its own"
        raise SignatureError(with_line(said))
    return capture(f, *paths)
