"""A program and its reverse derivative, cut in two where the forward half ends.

    there : A → B ⊗ M,    back : M ⊗ B' → A',    (there ⊗ 1) ; (1 ⊗ back) = ⟨f, R[f]⟩

M is what the reverse half reads of the forward half: inputs, outputs and residuals. This is how a derivative is handed
on in pieces, to a lens that is composed with others, without anything being computed twice.

>>> import catdiff as cd
>>> A = cd.f64()
>>> there, back = halves(cd.exp(A))
>>> print(there, "|", back)                      # the derivative of exp reads its value
f64 → f64 @ f64 | f64 @ f64 → f64
>>> print(*halves(cd.sin(A) >> cd.exp), sep=" | ")    # x, for the cosine, and exp(sin x)
f64 → f64 @ f64 @ f64 | f64 @ f64 @ f64 → f64

Source: optics with residuals, Cruttwell et al., arXiv:2103.01931, §2.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..category.morphism import Morphism
from ..category.objects import Object
from ..hypernet.build import of_net
from ..hypernet.canonical import canonical
from ..hypernet.recursion import run
from .reverse import chosen_wires
from .rules import zero_wire
from .sweep import halved, sweep


def halves(f: Morphism, wires: Sequence[int] | None = None) -> tuple[Morphism, Morphism]:
    """`(A → B ⊗ M, M ⊗ B' → A')` of `f : A → B`; `wires` asks for the cotangents of some inputs only.

    Raises `NoDerivativeError` where a generator on the way has none.
    """
    chosen = chosen_wires(f, wires)
    net = canonical(f.net)
    key = ("halves", tuple(chosen))
    found = net.memo.get(key)
    if found is None:
        wanted = [i in {*chosen} for i in range(len(net.dom))]
        s = run(sweep(net, [True] * len(net.cod), wanted))
        b = s.builder
        back = [w if w is not None else zero_wire(b, net.dom.wires[i]) for i in chosen for w in [s.x̄[i]]]
        half = halved(s, net.dom, net.cod, back)
        there = b.finish(net.dom, b.inputs, [*s.outputs, *half.wires])
        found = net.memo[key] = there, b.finish(Object(half.sorts) @ net.cod, [*half.wires, *s.ȳ], back)
    return of_net(found[0]), of_net(found[1])
