"""A learning system: model, loss, rate and optimiser, composed as lenses into one step.

    (S ⊗ W ⊗ …) ──optimiser──⇄── W ──model──⇄── Y ──loss──⇄── L ──cap──⊣

There and back again is a training step, one morphism:

    step : S ⊗ W ⊗ Z ⊗ K ⊗ Aⁿ ⊗ Tⁿ → S ⊗ W ⊗ Z ⊗ L

from the optimiser's states S, weights W, states Z of layers, keys K, n inputs and n labels to the states and weights
after it, and the loss before it. The loss of a batch is the mean over its examples. The cap `(L, L) ⇄ (1, 1)` says what
comes back of a loss: −1, downhill; in general α(l), for a program α : L → L.

>>> import catdiff as cd
>>> model = cd.nn.dense(2, 1)
>>> f = step(model, cd.losses.mean_squared, cd.optimisers.sgd(0.1), 5)
>>> print(f)
f64[2,1] @ f64[1] @ f64[5,2] @ f64[5,1] → f64[2,1] @ f64[1] @ f64

Over ℤ₂ there are no means and no sign: a loss is the word of wrong bits, and with the identity as cap these are what
comes back, of one example at a time. This is reverse derivative ascent.

>>> B = cd.z2(4)
>>> majority = cd.para(cd.mul(B, B) >> cd.sum, weight="zeros")
>>> ascent = step(majority, cd.losses.xor, cd.optimisers.ascent(), 1, cap=cd.id(cd.z2()))
>>> weight, wrong = ascent([0, 0, 1, 0], [[1, 0, 0, 1]], [1])
>>> print(weight, wrong)
[1 0 1 1] 1

Source: Cruttwell et al., arXiv:2103.01931, §4.1, caps in §3.2; Wilson and Zanasi, arXiv:2101.10488.
"""

from __future__ import annotations

from typing import Any

from ..category.morphism import Morphism
from ..category.objects import UNIT, Object
from ..category.structure import copy, discard, id, permute, swap, wiring
from ..errors import SignatureError, with_line
from ..generators.constants import const, zero
from ..generators.linear import sum
from ..generators.statistics import mean
from .losses import Loss
from .optic import Optic, lens
from .optimiser import Optimiser
from .parameters import KEY, STATE, WEIGHT, leaves, named, over, states, word_of
from .parametric import Parametric


def step(
    model: Parametric,
    loss: Loss,
    optimiser: Optimiser,
    n: int,
    labels: Object | None = None,
    cap: Any = -1,
    boxed: bool = False,
) -> Morphism:
    """One step of learning on n examples: `S ⊗ W ⊗ Z ⊗ K ⊗ Aⁿ ⊗ Tⁿ → S ⊗ W ⊗ Z ⊗ L`. `labels` is T; `cap` is a number,
    or a program `L → L`; `boxed` makes optimiser, model and loss a box each, there and back, for pictures.

    Raises `SignatureError` where the cap is a program and the losses of several examples are added up: what one got
    wrong would come back to all of them.
    """
    whole = system(model, loss, optimiser, n, labels, boxed)
    L, Z = whole.cod[0][:1], whole.cod[0][1:]
    if n > 1 and isinstance(cap, Morphism) and L.dtype.kind != "real":
        said = f"a cap that is a program is of the loss of one example, and those of {n} are added up"
        raise SignatureError(with_line(said, "batch=1"))
    made = (whole >> _capped(cap, L) @ _fixed(Z)).round  # : S W Z K A T → L Z S W
    SW, k = whole.dom[1], 1 + len(Z)
    order = [*range(k, k + len(SW)), *range(1, k), 0]
    return made >> permute(L @ Z @ SW, order)


def system(
    model: Parametric, loss: Loss, optimiser: Optimiser, n: int, labels: Object | None = None, boxed: bool = False
) -> Optic:
    """`(S ⊗ W ⊗ Z ⊗ K ⊗ Aⁿ ⊗ Tⁿ, S ⊗ W) ⇄ (L ⊗ Z, L)`: the step before it is capped."""
    Z, K = _of_role(model, STATE, n), _of_role(model, KEY, n)
    T = loss.targets(model.cod)[0] if labels is None else labels
    A, B, targets = over(model.dom, n), over(model.cod, n), over(T, n)
    box = _box if boxed else lambda f, *names: f
    return (
        box(optimiser.on(weights(model)), "optimiser", "update") @ _fixed(Z @ K @ A @ targets)
        >> _ordered(model, n) @ _fixed(A @ targets)
        >> box(_model(model, n), "model") @ _fixed(targets)
        >> _aside(B, Z, targets)
        >> box(_batch_loss(loss, model.cod, T, n), "loss") @ _fixed(Z)
    )


def _box(f: Optic, there: str, back: str | None = None) -> Optic:
    """The same with a box for the way there and one for the way back."""
    f = f.lean()
    return Optic(f.there.box(there), f.back.box(back or f"R[{there}]"), len(f.memory))


def weights(model: Parametric) -> dict[str, Object]:
    """What is learnt, by name."""
    return {name: Object([p.sort]) for name, p in named(model.trees) if p.role == WEIGHT}


def _of_role(model: Parametric, role: str, n: int) -> Object:
    sorts = zip(leaves(model.trees), word_of(model.trees, n).wires, strict=True)
    return Object([s for p, s in sorts if p.role == role])


def _fixed(A: Object) -> Optic:
    """Wires that go there and nothing comes back for: `(A, 1) ⇄ (A, 1)`."""
    return Optic.id(A, UNIT)


def _ordered(model: Parametric, n: int) -> Optic:
    """`(W ⊗ Z ⊗ K, W) ⇄ (P, W)`: weights, states and keys in the order of the model."""
    roles, P = [p.role for p in leaves(model.trees)], word_of(model.trees, n)
    by_role = [i for role in (WEIGHT, STATE, KEY) for i in range(len(roles)) if roles[i] == role]
    given = wiring(P, by_role).cod
    return Optic(permute(given, [by_role.index(i) for i in range(len(roles))]), id(_of_role(model, WEIGHT, n)), 0)


def _model(model: Parametric, n: int) -> Optic:
    """`(P ⊗ Aⁿ, W) ⇄ (Bⁿ ⊗ Z, Bⁿ)`: no cotangents are asked for inputs, keys and states, and none come for states."""
    f, B, Z = model.over(n), over(model.cod, n), states(model.trees)
    learnt = [i for i, p in enumerate(leaves(model.trees)) if p.role == WEIGHT]
    if isinstance(f, Optic):
        whole = Optic(f.there, f.back >> wiring(f.dom[1], learnt), len(f.memory))
    else:
        whole = lens(f, learnt)
    return whole >> Optic(id(B @ Z), id(B) @ zero(Z), 0)


def _aside(B: Object, Z: Object, T: Object) -> Optic:
    """`(B ⊗ Z ⊗ T, B) ⇄ (B ⊗ T ⊗ Z, B)`."""
    return Optic(id(B) @ swap(Z, T), id(B), 0)


def _batch_loss(loss: Loss, Y: Object, T: Object, n: int) -> Optic:
    """`(Yⁿ ⊗ Tⁿ, Yⁿ) ⇄ (L, L)`: the mean over the examples; where a rig has none, the sum."""
    each = loss.at(Y @ T)
    real = len(each.cod) == 1 and each.cod.dtype.kind == "real"
    if len(each.cod) != 1 or (real and each.cod.shape):
        raise SignatureError(with_line(f"a loss gives one number for an example, and {loss!r} gives {each.cod}"))
    return lens(each.map(n) >> (mean if real else sum(axis=0)), range(len(Y)))


def _capped(cap: Any, L: Object) -> Optic:
    """`(L, L) ⇄ (L, 1)`: there the loss, and back α of it, which is what is remembered."""
    α = cap if isinstance(cap, Morphism) else discard(L) >> const(cap, L)
    if (α.dom, α.cod) != (L, L):
        raise SignatureError(
            with_line(f"the cap of a loss on {L} is a number, or a program from it to itself, not {α}")
        )
    return Optic(copy(L) >> id(L) @ α, id(L), 1)
