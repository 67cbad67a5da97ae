"""Maps with parameters, on a batch of examples.

A `Parametric` map `A → B` is, for every number n of examples, a program

    f_n : P ⊗ Aⁿ → Bⁿ ⊗ S

whose parameters P are the same for every n, and S are those among them that are states. Most are one program on one
example, run n times (`para.Para`); only what looks across examples, as batch normalisation does, is given by f_n
itself, and says so by its type. It may be an optic, for what is no derivative of anything.

Composition puts parameters side by side, in the order of composition:

    (P, f) ; (Q, g) = (P ⊗ Q, f ; g)        (P, f) ⊗ (Q, g) = (P ⊗ Q, f ⊗ g)

and a 2-cell `α : Q → P` reparametrises, `(P, f) ↦ (Q, (α ⊗ 1) ; f)`: before composing or after, it is the same.

Source: Cruttwell et al., arXiv:2103.01931, Def. 2.1; their P ⊗ Q is Q ⊗ P, an isomorphic choice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..category.binder import build
from ..category.families import Family
from ..category.morphism import VERBS, Morphism
from ..category.objects import Object
from ..category.structure import discard, id, swap
from ..errors import CompositionError, SignatureError, with_line
from ..interpret.compiled import compile
from .captured import captured
from .cells import before, frozen, masked, tied
from .optic import Optic
from .parameters import (
    KEY,
    Group,
    Parameter,
    Tree,
    examples,
    in_order,
    initial,
    leaves,
    named,
    no_key,
    over,
    states,
    table,
    word_of,
)
from .pictures import Pictured

Body = Morphism | Optic


class Parametric(Pictured):
    """A map `A → B` with parameters, on n examples at once: `over(n) : P ⊗ Aⁿ → Bⁿ ⊗ S`.

    - `dom`, `cod`: the types of one example;
    - `trees`: the parameters, under their names;
    - `over`: the program for each n, or an optic;
    - `resting`: what it is when nothing is learnt, with the same parameters: no dropout, running statistics.

    Compose with `>>` and `@`, among themselves and with plain programs, which have no parameters. Call with parameters
    and inputs to run.
    """

    __composes__ = True  # morphisms leave `f >> para` to the para
    __array_ufunc__ = None

    def __init__(
        self,
        dom: Object,
        cod: Object,
        trees: Sequence[Tree],
        over: Callable[[int], Body],
        resting: Parametric | None = None,
    ) -> None:
        self.dom, self.cod, self.trees = dom, cod, tuple(trees)
        self._over, self._resting = over, resting
        self._made: dict[int, Body] = {}
        self._compiled: dict[int | None, Callable[..., Any]] = {}

    def over(self, n: int) -> Body:
        """`P ⊗ Aⁿ → Bⁿ ⊗ S`: on n examples at once, giving what the states become; keys are one for each example."""
        if n not in self._made:
            self._made[n] = self._over(n)
        return self._made[n]

    @property
    def resting(self) -> Parametric:
        """What it is when nothing is learnt."""
        return self if self._resting is None else self._resting

    # -- parameters --------------------------------------------------------------------------------------------

    @property
    def parameters(self) -> dict[str, Parameter]:
        """The parameters by their dotted names, in order."""
        return dict(named(self.trees))

    def init(self, seed: Any = None) -> dict[str, np.ndarray]:
        """Initial values of weights and states by name; `seed` is a number or a `numpy.random.Generator`."""
        return initial(self.trees, seed)

    def summary(self) -> str:
        """The parameters as a table: names, types, roles, and how many entries.

        >>> import catdiff as cd
        >>> cd.nn.dense(64, 10).summary()
        parameter     type        role    entries
        dense.weight  f64[64,10]  weight      640
        dense.bias    f64[10]     weight       10
        to learn                              650
        """
        return table(self.trees)

    def named(self, name: str) -> Any:
        """The same, its parameters under one name: `encoder.dense.weight`."""
        return self._like((Group(name, self.trees),) if self.trees else ())

    def box(self, name: str) -> Any:
        """Each program as one box, for pictures and paths; parameters keep their names."""

        def boxed(n: int) -> Body:
            f = self.over(n)
            return f if isinstance(f, Optic) else f.box(name)

        rest = None if self._resting is None else self._resting.box(name)
        return Parametric(self.dom, self.cod, self.trees, boxed, rest)

    def _like(self, trees: tuple[Tree, ...]) -> Any:
        """The same, its parameters called otherwise."""
        rest = None if self._resting is None else self._resting._like(trees)
        return Parametric(self.dom, self.cod, trees, self.over, rest)

    def along(self, α: Morphism, trees: Sequence[Tree]) -> Any:
        """`(Q, (α ⊗ 1) ; f)`, the reparametrisation by `α : Q → P` where P are the weights.

        `trees` name Q, and the keys and states that are left as they are, in their order.
        """
        rest = None if self._resting is None else self._resting.along(α, trees)

        def along(n: int) -> Body:
            return before(self.trees, trees, α, n) @ id(over(self.dom, n)) >> self.over(n)

        return Parametric(self.dom, self.cod, trees, along, rest)

    def tie(self, *names: str) -> Any:
        """Weight sharing: weights of equal type become one, which keeps the first one's name; so do layers.

        >>> import catdiff as cd
        >>> layer = cd.nn.dense(3, 3)
        >>> list((layer >> cd.tanh >> layer).tie("dense", "dense_2").parameters)
        ['dense.weight', 'dense.bias']
        """
        return self.along(*tied(self.trees, names))

    def freeze(self, values: Mapping[str, Any]) -> Any:
        """These weights as constants: what is named is no parameter any more."""
        return self.along(*frozen(self.trees, values))

    def mask(self, masks: Mapping[str, Any]) -> Any:
        """`w ↦ m · w` before use: where a mask is zero a weight has no effect and no gradient."""
        return self.along(*masked(self.trees, masks))

    # -- running -----------------------------------------------------------------------------------------------

    def __call__(self, params: Any, *inputs: Any) -> Any:
        """The value on one example, or on a batch of them along a new leading axis of every input, at rest.

        `params` is a mapping by name, as `init` and `fit` give it, or arrays in order. Raises `ArgumentError` where
        names or shapes do not fit.
        """
        arrays = [np.asarray(x) for x in inputs]
        n = examples(self.dom, arrays)
        return self.resting.runnable(n)(*self._values(params, n), *arrays)

    def _values(self, params: Any, n: int | None) -> list[Any]:
        """What lies on the wires of the parameters, nothing being random."""
        values = iter(in_order(self.trees, params))
        return [no_key(p, n) if p.role == KEY else next(values) for p in leaves(self.trees)]

    def runnable(self, n: int | None) -> Callable[..., Any]:
        """`P ⊗ Aⁿ → Bⁿ` compiled, kept for the next time; `P ⊗ A → B` for `n=None`."""
        if n not in self._compiled:
            self._compiled[n] = compile(self._program(n))
        return self._compiled[n]

    def _program(self, n: int | None) -> Morphism:
        if n is None:
            return self._alone()
        f = self.over(n)
        f = f.get if isinstance(f, Optic) else f
        return f >> id(over(self.cod, n)) @ discard(states(self.trees))

    def _alone(self) -> Morphism:
        """`P ⊗ A → B`: one example as a batch of one."""
        f = self._program(1)

        def alone(*xs: Any) -> Any:
            y = f(*[x.reshape(s.shape) for x, s in zip(xs, f.dom.wires, strict=True)])
            outputs = y if isinstance(y, tuple) else (y,)
            return tuple([y.reshape(s.shape) for y, s in zip(outputs, self.cod.wires, strict=True)])

        return build(word_of(self.trees) @ self.dom, alone)

    def capture(self, *paths: str) -> Any:
        """`A → B ⊗ C`: what the boxes at these paths give as further outputs, for every example (see `cd.capture`).

        What a box gives once for all examples is repeated for each. Raises `PathError` where there is no such box.
        """
        C, wider = captured(self.over, self.cod, states(self.trees), paths)
        rest = None if self._resting is None else self._resting.capture(*paths)
        return Parametric(self.dom, self.cod @ C, self.trees, wider, rest)

    # -- composition -------------------------------------------------------------------------------------------

    def __rshift__(self, other: Any) -> Any:
        return compose(self, self._taken(other, self.cod))

    def __rrshift__(self, other: Any) -> Any:
        if isinstance(other, Family):
            return VERBS["chain"](other, self) if other.from_cod is None else other.at(other.from_cod(self.dom)) >> self
        return compose(self._taken(other, None), self)

    def __matmul__(self, other: Any) -> Any:
        if isinstance(other, Family):
            return VERBS["beside"](self, other)
        return tensor(self, self._taken(other, None))

    def __rmatmul__(self, other: Any) -> Any:
        if isinstance(other, Family):
            return VERBS["beside"](other, self)
        return tensor(self._taken(other, None), self)

    def _taken(self, f: Any, A: Object | None) -> Parametric:
        """What it composes with: another one as it is, a program with no parameters, a family at A."""
        if isinstance(f, Parametric):
            return f
        if isinstance(f, Optic):
            return across(f)
        if not isinstance(f, Morphism) and A is not None and hasattr(f, "at"):
            return self._taken(f.at(A), None)
        if not isinstance(f, Morphism):
            said = f"parametric programs compose with programs, and {f!r} is none"
            raise SignatureError(with_line(said))
        return self._lift(f)

    @staticmethod
    def _lift(f: Morphism) -> Parametric:
        return Parametric(f.dom, f.cod, (), f.map)

    def pictured(self, n: int = 2, **options: Any) -> tuple[Morphism, dict[str, Any]]:
        """The program on n examples."""
        f = self.over(n)
        return f.pictured(**options) if isinstance(f, Optic) else (f, self._with_names(n, options))

    def _with_names(self, n: int | None, options: dict[str, Any]) -> dict[str, Any]:
        """Options of a picture in which parameters come from the top, called by the ends of their names; and of whose
        `values` the first may be the parameters', by name.
        """
        A, values = self.dom if n is None else over(self.dom, n), options.get("values")
        if isinstance(values, Sequence) and values and isinstance(values[0], Mapping):
            options = {**options, "values": (*self._values(values[0], n), *values[1:])}
        names = [".".join(name.split(".")[-2:]) for name in self.parameters]
        above = {} if options.get("layout") == "term" else {"parameters": range(len(names))}
        return {"inputs": names + [str(s) for s in A.wires], **above, **options}

    def __str__(self) -> str:
        n = len(self.parameters)
        said = f", of {n} parameter{'s' * (n != 1)}: {', '.join(self.parameters)}" if n else ""
        return f"{self.dom} → {self.cod}{self._said}{said}"

    _said = " over a batch"
    __repr__ = __str__


def compose(f: Parametric, g: Parametric) -> Parametric:
    """`(P ⊗ Q, f ; g)`."""
    if f.cod != g.dom:
        said = f"cannot compose {f.dom} → {f.cod} and {g.dom} → {g.cod}: one gives {f.cod}, the other takes {g.dom}"
        raise CompositionError(with_line(said), f, g)

    def both(n: int) -> Body:
        P, Q, S, T = word_of(f.trees, n), word_of(g.trees, n), states(f.trees), states(g.trees)
        there = swap(P, Q) @ id(over(f.dom, n)) >> id(Q) @ f.over(n) >> g.over(n) @ id(S)
        return there >> id(over(g.cod, n)) @ swap(T, S)

    return Parametric(f.dom, g.cod, (*f.trees, *g.trees), both, rest_of(f, g, compose))


def tensor(f: Parametric, g: Parametric) -> Parametric:
    """`(P ⊗ Q, f ⊗ g)`."""

    def both(n: int) -> Body:
        Q, S, Y = word_of(g.trees, n), states(f.trees), over(g.cod, n)
        ins = id(word_of(f.trees, n)) @ swap(Q, over(f.dom, n)) @ id(over(g.dom, n))
        return ins >> f.over(n) @ g.over(n) >> id(over(f.cod, n)) @ swap(S, Y) @ id(states(g.trees))

    return Parametric(f.dom @ g.dom, f.cod @ g.cod, (*f.trees, *g.trees), both, rest_of(f, g, tensor))


def rest_of(f: Parametric, g: Parametric, combined: Callable[..., Any]) -> Any:
    """What a composite is at rest; None where neither part is anything else then."""
    return None if f.resting is f and g.resting is g else combined(f.resting, g.resting)


def across(f: Optic) -> Parametric:
    """An optic `(A, A) ⇄ (B, B)` on one example, as a layer without parameters: example by example.

    >>> import catdiff as cd
    >>> A = cd.f64(3)
    >>> straight = across(cd.Lens(cd.round(A), cd.discard(A) @ cd.id(A)))     # the gradient passes a rounding
    >>> print(straight)
    f64[3] → f64[3] over a batch
    """
    for A, back in (f.dom, f.cod):
        if back != A:
            raise SignatureError(with_line(f"a layer's gradients are of its values' types, and {f} has {A} and {back}"))
    return Parametric(f.dom[0], f.cod[0], (), lambda n: Optic(f.there.map(n), f.back.map(n), len(f.memory)))
