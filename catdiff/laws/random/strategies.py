"""Hypothesis strategies for objects, arrays, programs and models.

They make what the seeded sampler makes (`programs.py` asks, Hypothesis answers), and what they make shrinks: to
fewer parts, fewer wires, no boxes, and at last the identity on the first sort of the signature.

>>> import catdiff as cd
>>> from catdiff.laws import strategies as cs
>>> from hypothesis import given
>>> from catdiff.laws.random.signatures import signature
>>> @given(cs.morphisms(signature("f64", cd.sin, cd.mul), dom=cd.f64(2), cod=cd.f64()))
... def test_gradients_have_the_type_of_the_input(f):
...     assert cd.grad(f).cod == cd.f64(2)
>>> test_gradients_have_the_type_of_the_input()

Hypothesis is an optional dependency, the extra `test`; without it these functions raise an `ImportError` that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from ...category.morphism import Morphism
from ...category.objects import Object, Sort
from ...errors import with_line
from .models import model
from .programs import program
from .sampler import KINDS, array, point
from .signatures import SMOOTH, Signature

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

T = TypeVar("T")


def _hypothesis() -> Any:
    """`hypothesis.strategies`."""
    try:
        from hypothesis import strategies
    except ImportError as error:
        raise ImportError(with_line("these strategies are Hypothesis's", 'pip install "catdiff[test]"')) from error
    return strategies


class Drawn:
    """Choices made by Hypothesis; `draw` is what it gives to a composite strategy."""

    def __init__(self, draw: Callable[..., Any]) -> None:
        self.draw, self.st = draw, _hypothesis()

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, the first if it can be."""
        return options[self.integer(0, len(options) - 1)]

    def integer(self, low: int, high: int) -> int:
        """`low ≤ n ≤ high`, the least if it can be."""
        return self.draw(self.st.integers(low, high))

    def coin(self) -> bool:
        """One of two, `False` if it can be."""
        return self.draw(self.st.booleans())

    def array(self, sort: Sort) -> np.ndarray:
        """An array on a wire of this sort."""
        return array(sort, np.random.default_rng(self.integer(0, 999)))

    def part(self, make: Callable[..., T], *args: Any) -> T:
        """`make(self, *args)`, as a part that may stand for what it is a part of."""
        return self.draw(_made(make, *args))


def _made(make: Callable[..., T], *args: Any) -> SearchStrategy[T]:
    """What `make(choice, *args)` makes."""
    return _parts()(make, args)


@cache
def _parts() -> Callable[..., Any]:
    """One strategy for all parts, so that Hypothesis knows them to be alike."""

    def part(draw: Any, make: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        return make(Drawn(draw), *args)

    return _hypothesis().composite(part)


def objects(signature: Signature = SMOOTH, least: int = 0, most: int = 3) -> SearchStrategy[Object]:
    """Words of so many wires of the signature's sorts."""
    st = _hypothesis()
    return st.lists(st.sampled_from(signature.sorts), min_size=least, max_size=most).map(Object)


def arrays(
    A: Object, kinds: Sequence[str] = KINDS, extents: int | Sequence[int] = 1
) -> SearchStrategy[list[np.ndarray]]:
    """A point of A, an array for every wire, of one of these kinds: "ordinary", "integers", "ties", "large", "tiny".

    Indices are less than `extents`, one number for all wires or one for each.

    >>> import catdiff as cd
    >>> from hypothesis import given
    >>> @given(arrays(cd.f32(2) @ cd.integer(), kinds=["ties"]))
    ... def test_points_lie_on_their_object(xs):
    ...     assert [x.dtype.name for x in xs] == ["float32", "int64"] and abs(xs[0]).max() <= 1
    >>> test_points_lie_on_their_object()
    """
    st = _hypothesis()
    return st.builds(
        lambda kind, seed: point(A, seed, kind, extents), st.sampled_from(tuple(kinds)), st.integers(0, 9999)
    )


def morphisms(
    signature: Signature = SMOOTH,
    dom: Object | None = None,
    cod: Object | None = None,
    budget: int = 5,
    least: int = 1,
) -> SearchStrategy[Morphism]:
    """`f : dom → cod` of at most about `budget` parts.

    A `dom` that is None is drawn, of at least `least` wires; a `cod` that is None is what comes out.
    """
    return _made(program, signature, dom, cod, budget, least)


def models(
    signature: Signature = SMOOTH, dom: Object | None = None, cod: Object | None = None, layers: int = 3
) -> SearchStrategy[tuple[Object, Morphism]]:
    """Parameters P and `f : P ⊗ dom → cod`, of at most so many boxes in sequence, boxes in them, and some used twice.

    >>> import catdiff as cd
    >>> from hypothesis import given
    >>> @given(models(dom=cd.f64(3), cod=cd.f64()))
    ... def test_gradients_of_parameters(model):
    ...     P, loss = model
    ...     assert cd.grad(loss, wires=range(len(P))).cod == P
    >>> test_gradients_of_parameters()
    """
    return _made(model, signature, dom, cod, layers)
