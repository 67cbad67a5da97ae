"""Forward mode on its own feet: `jvp` pushes tangents through a net with the D of each row.

It owes nothing to R, which is what it is for: `D` (see `forward`) is derived from R, so where the two agree both are
right or both are wrong in the same way in two independently written rules.

A box becomes the box `D[box] : A ⊗ A → B ⊗ B`, which gives its value too, so nothing is computed twice.

>>> import catdiff as cd
>>> y, ẏ = cd.jvp(cd.sin(cd.f64()))(0.0, 2.0)
>>> float(y), float(ẏ)
(0.0, 2.0)
"""

from __future__ import annotations

from collections.abc import Sequence

from ..category.label import Label, label
from ..category.morphism import Morphism
from ..errors import NoDerivativeError
from ..generators.boxes import BOX
from ..hypernet.build import SharingBuilder, intern, of_net
from ..hypernet.canonical import canonical
from ..hypernet.net import Net
from ..hypernet.recursion import Task, run
from .operator import operator
from .reverse import chosen_wires, of_wires
from .rules import forward_rule, zero_wire

Push = tuple[SharingBuilder, list[int], list[int], list[int | None]]


@operator
def jvp(f: Morphism, wires: Sequence[int] | None = None) -> Morphism:
    """`A ⊗ A → B ⊗ B`, `(a, ȧ) ↦ (f(a), J_f(a) ȧ)`; `wires` gives tangents to some inputs only: `A ⊗ A[wires]`.

    Raises `NoDerivativeError` where a generator on the way has no D.
    """
    chosen = chosen_wires(f, wires)
    asked = frozenset(chosen)
    b, tangents, y, ẏ = run(_push(f.net, [i in asked for i in range(len(f.dom))]))
    given = dict(zip(sorted(chosen), tangents, strict=True))
    outputs = [*y, *(w if w is not None else zero_wire(b, s) for w, s in zip(ẏ, f.cod.wires, strict=True))]
    order = [given[i] for i in chosen]
    return of_net(b.finish(f.dom @ of_wires(f.dom, chosen), [*b.inputs, *order], outputs))


def _push(net: Net, given: Sequence[bool]) -> Task[Push]:
    """The builder, the tangent inputs, the outputs and their tangents (None: zero)."""
    net = canonical(net)
    b = SharingBuilder(net.dom)
    tangents = [b.input() for arrives in given if arrives]
    feed = iter(tangents)
    env: list[int] = list(b.inputs)
    dot: list[int | None] = [next(feed) if arrives else None for arrives in given]
    dot = [None if s.dtype.kind == "discrete" else w for w, s in zip(dot, net.dom.wires, strict=True)]
    for lab, sources, _ in net.steps():
        ins, ẋ = [env[s] for s in sources], [dot[s] for s in sources]
        if lab.row.locally_constant or all(w is None for w in ẋ):
            made, pushed = _outputs(b, lab, ins), [None] * len(lab.cod)
        elif lab.row is BOX:
            wide, hits = yield _pushed(lab, tuple(w is not None for w in ẋ))
            out = _outputs(b, wide, [*ins, *(w for w in ẋ if w is not None)])
            made, fed = out[: len(lab.cod)], iter(out[len(lab.cod) :])
            pushed = [next(fed) if hit else None for hit in hits]
        else:
            made, rule = _outputs(b, lab, ins), forward_rule(lab)
            full = [zero_wire(b, s) if w is None else w for w, s in zip(ẋ, lab.dom.wires, strict=True)]
            found = dict(zip(rule.hits, b.splice(rule.net, ins + full), strict=True))
            pushed = [None if s.dtype.kind == "discrete" else found.get(i) for i, s in enumerate(lab.cod.wires)]
        env += made
        dot += pushed
    chosen = net.outputs.tolist()
    return b, tangents, [env[w] for w in chosen], [dot[w] for w in chosen]


def _outputs(b: SharingBuilder, lab: Label, ins: Sequence[int]) -> list[int]:
    first = b.add(lab, tuple(ins))
    return list(range(first, first + len(lab.cod)))


def _pushed(lab: Label, given: tuple[bool, ...]) -> Task[tuple[Label, list[bool]]]:
    """The box with its tangents beside it, and which outputs have one."""
    key = ("push", given)
    if key not in lab.memo:
        try:
            b, tangents, y, ẏ = yield _push(lab.bodies[0].net, given)
        except NoDerivativeError as error:
            raise error.within(lab.attrs["name"]) from None
        dom = lab.dom @ of_wires(lab.dom, [i for i, arrives in enumerate(given) if arrives])
        wide = b.finish(dom, [*b.inputs, *tangents], [*y, *(w for w in ẏ if w is not None)])
        box = yield intern(label(BOX, dom, {"name": f"D[{lab.attrs['name']}]"}, (of_net(wide),)))
        lab.memo[key] = box, [w is not None for w in ẏ]
    return lab.memo[key]
