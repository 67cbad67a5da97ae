"""Parametric programs: the category `Para(C)`.

A map `A → B` of Para is a pair `(P, f : P ⊗ A → B)`: a program some of whose inputs, the parameters, have names and are
out of the way. It is written for one example and runs on any number of them.

>>> import catdiff as cd
>>> A = cd.f64(3)
>>> scale = para(cd.mul(A, A), scale="ones")
>>> print(scale)
f64[3] → f64[3], of 1 parameter: scale
>>> twice = scale >> cd.tanh >> scale                        # plain programs have no parameters
>>> list(twice.parameters)
['scale', 'scale_2']
>>> (scale >> scale) >> scale == scale >> (scale >> scale)   # a category, and the names are part of the equation
True
>>> para(cd.id(A)) >> scale == scale == scale >> para(cd.id(A))
True
>>> twice(twice.init(0), [0.0, 1.0, 2.0]).round(3)           # on one example …
array([0.   , 0.762, 0.964])
>>> twice(twice.init(0), [[0.0, 1.0, 2.0]] * 5).shape        # … or on five
(5, 3)

A 2-cell `α : Q → P` makes `(Q, (α ⊗ 1) ; f)` of `(P, f)`: sharing, freezing and masking are reparametrisations.

>>> list(twice.tie("scale", "scale_2").parameters)
['scale']
>>> list(twice.freeze({"scale": [1.0, 2.0, 3.0]}).parameters)
['scale_2']

Source: Cruttwell et al., arXiv:2103.01931, Def. 2.1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..category.families import Family
from ..category.morphism import Morphism
from ..category.structure import id, swap
from ..errors import CompositionError, SignatureError, with_line
from ..generators.capture import capture
from .cells import before
from .initialisers import named as initialiser
from .optic import Optic, lens
from .parameters import STATE, WEIGHT, Parameter, Tree, leaves, named, word_of
from .parametric import Parametric, rest_of


class Para(Parametric):
    """`(P, f : P ⊗ A → B)`, a parametric program on one example; a batch runs example by example.

    So no parameter's type can depend on how many examples there are, and nothing leaks from one to another.

    - `body`: the morphism f;
    - `trees`: the names of its first inputs;
    - `resting`: the same without dropout, where that is something else.

    Raises `SignatureError` where f does not begin with these parameters, or one of them is a state.
    """

    def __init__(self, body: Morphism, trees: Sequence[Tree] = (), resting: Para | None = None) -> None:
        P = word_of(trees)
        if body.dom[: len(P)] != P:
            raise SignatureError(with_line(f"{body} does not begin with the parameters {P}"))
        if any(p.role == STATE for p in leaves(trees)):
            raise SignatureError(with_line("a state is kept from batch to batch, and Para is of one example at a time"))
        shared = [i for i, p in enumerate(leaves(trees)) if p.role == WEIGHT]
        super().__init__(body.dom[len(P) :], body.cod, trees, lambda n: body.map(n, shared=shared), resting)
        self.body = body

    def __reduce__(self) -> Any:
        return Para, (self.body, self.trees, self.rest)

    def lens(self) -> Optic:
        """`Para(R)`: the parametric lens `(P ⊗ A, P ⊗ A) ⇄ (B, B)`, f with its reverse derivative."""
        return lens(self.body)

    def through(self, operator: Callable[[Morphism], Morphism]) -> Para:
        """`(P, O[f])`, O being an operator on programs that leaves P the first inputs: `cd.R(model)` and `cd.D(model)`.

        >>> import catdiff as cd
        >>> model = cd.nn.dense(2, 1)
        >>> print(cd.R(model))
        f64[2] @ f64[1] → f64[2,1] @ f64[1] @ f64[2], of 2 parameters: dense.weight, dense.bias
        >>> w̄, _, _ = cd.R(model)(model.init(0), [[1.0, 2.0], [3.0, 4.0]], [[1.0], [1.0]])
        >>> w̄[..., 0]                                          # the gradient of each example by itself
        array([[1., 2.],
               [3., 4.]])
        """
        return Para(operator(self.body), self.trees, None if self.rest is None else self.rest.through(operator))

    @property
    def rest(self) -> Para | None:
        """What it is at rest, where that is something else."""
        return self._resting if isinstance(self._resting, Para) else None

    def box(self, name: str) -> Para:
        """f as one box, for pictures and summaries; its parameters keep their names."""
        return Para(self.body.box(name), self.trees, None if self.rest is None else self.rest.box(name))

    def capture(self, *paths: str) -> Para:
        """`A → B ⊗ C`: what the boxes at these paths give as further outputs (see `cd.capture`).

        >>> import catdiff as cd, numpy as np
        >>> net = cd.nn.mlp(5, 2).at(cd.f64(3))
        >>> y, hidden = net.capture("dense")(net.init(0), np.ones((10, 3)))
        >>> y.shape, hidden.shape
        ((10, 2), (10, 5))
        """
        return Para(capture(self.body, *paths), self.trees, None if self.rest is None else self.rest.capture(*paths))

    def _like(self, trees: tuple[Tree, ...]) -> Para:
        return Para(self.body, trees, None if self.rest is None else self.rest._like(trees))

    def along(self, α: Morphism, trees: Sequence[Tree]) -> Para:
        rest = None if self.rest is None else self.rest.along(α, trees)
        return Para(before(self.trees, trees, α) @ id(self.dom) >> self.body, trees, rest)

    def _program(self, n: int | None) -> Morphism:
        return self.body if n is None else super()._program(n)

    @staticmethod
    def _lift(f: Morphism) -> Para:
        return Para(f)

    def __rshift__(self, other: Any) -> Any:
        """`(P ⊗ Q, f ; g)`; a family takes its type from f."""
        g = self._taken(other, self.cod)
        return _compose(self, g) if isinstance(g, Para) else super().__rshift__(g)

    def __rrshift__(self, other: Any) -> Any:
        f = None if isinstance(other, Family) else self._taken(other, None)
        return _compose(f, self) if isinstance(f, Para) else super().__rrshift__(other)

    def __matmul__(self, other: Any) -> Any:
        """`(P ⊗ Q, f ⊗ g)`."""
        if isinstance(other, Family):
            return super().__matmul__(other)
        g = self._taken(other, None)
        return _tensor(self, g) if isinstance(g, Para) else super().__matmul__(g)

    def __rmatmul__(self, other: Any) -> Any:
        if isinstance(other, Family):
            return super().__rmatmul__(other)
        f = self._taken(other, None)
        return _tensor(f, self) if isinstance(f, Para) else super().__rmatmul__(f)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Para):
            return NotImplemented
        mine, theirs = [[(n, p.sort, p.role) for n, p in named(f.trees)] for f in (self, other)]
        return mine == theirs and self.body == other.body

    def __hash__(self) -> int:
        return hash((self.body, tuple(self.parameters)))

    def pictured(self, n: int | None = None, **options: Any) -> tuple[Morphism, dict[str, Any]]:
        """f; f over n examples, if n is given."""
        return (self.body, self._with_names(None, options)) if n is None else super().pictured(n, **options)

    _said = ""


def para(f: Any, **initial: Any) -> Para:
    """`(P, f)` of `f : P ⊗ A → B`: the first inputs of f become parameters, with these names and initial values.

    An initial value is a name (`"glorot"`), a function of a generator and a shape, or an array.

    >>> import catdiff as cd
    >>> @cd.morphism(cd.f64(4, 3), cd.f64(3), cd.f64(4))
    ... def affine(w, b, x):
    ...     return x @ w + b
    >>> layer = cd.para(affine, weight="glorot", bias="zeros").named("affine")
    >>> print(layer)
    f64[4] → f64[3], of 2 parameters: affine.weight, affine.bias
    """
    if not isinstance(f, Morphism):
        raise SignatureError(with_line(f"para takes a morphism P ⊗ A → B, not {f!r}"))
    if len(initial) > len(f.dom):
        raise SignatureError(with_line(f"{f} has {len(f.dom)} inputs, and {len(initial)} names were given"))
    chosen = zip(initial.items(), f.dom.wires, strict=False)
    return Para(f, [Parameter(name, sort, initialiser(value)) for (name, value), sort in chosen])


def _compose(f: Para, g: Para) -> Para:
    if f.cod != g.dom:
        said = f"cannot compose {f.dom} → {f.cod} and {g.dom} → {g.cod}: one gives {f.cod}, the other takes {g.dom}"
        raise CompositionError(with_line(said), f, g)
    P, Q = word_of(f.trees), word_of(g.trees)
    body = swap(P, Q) @ id(f.dom) >> id(Q) @ f.body >> g.body
    return Para(body, (*f.trees, *g.trees), rest_of(f, g, _compose))


def _tensor(f: Para, g: Para) -> Para:
    P, Q = word_of(f.trees), word_of(g.trees)
    body = id(P) @ swap(Q, f.dom) @ id(g.dom) >> f.body @ g.body
    return Para(body, (*f.trees, *g.trees), rest_of(f, g, _tensor))
