"""Compiled morphisms: simplified, and written out as straight-line code (see `straight`); or circuits, on words of bits
(see `sliced`).

The functor that runs a net box by box (`numpy`) is what says what a program does, and what it says is always right; a
compiled program does the same in fewer words. Where it fails, the functor is asked what went wrong: it knows the boxes.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, Literal, overload

from ..category.morphism import Morphism
from ..errors import ArgumentError, with_line
from ..hypernet.net import Net
from ..rewrite.strategy import simplify
from .sliced import Sliced
from .straight.runner import Straight

LONGEST = 50_000  # boxes of a program, opened, from which on it is run box by box
EXPLAINING = ContextVar("explaining", default=False)  # whether a program that failed is being run box by box


class Compiled:
    """A morphism as a callable, simplified and written out: `cd.compile(f)`.

    - `source`: the Python that is run, None where f is too large to be opened and is run box by box;
    - `workspace`: the bytes it keeps for values between the inputs and the outputs, for each thread that calls it.
    """

    __slots__ = ("_run", "morphism", "simplified", "source", "workspace")

    def __init__(self, morphism: Morphism) -> None:
        self.morphism, self.simplified = morphism, simplify(morphism)
        self._run, self.source, self.workspace = self.simplified, None, 0
        if opened(self.simplified.net) <= LONGEST:
            straight = Straight(self.simplified)
            self._run, self.source, self.workspace = straight.run, straight.source, straight.nbytes

    def __reduce__(self) -> Any:
        return Compiled, (self.morphism,)

    def __call__(self, *args: Any) -> Any:
        """One array per wire of the domain, or inside a binder one wire, as in `f(x, …)`."""
        if EXPLAINING.get():  # or a program in a program in a program would be run twice at every depth
            return self.simplified(*args)
        try:
            return self._run(*args)
        except Exception:
            token = EXPLAINING.set(True)
        try:  # outside of the handler, so that what is raised is what `f(x, …)` raises
            return self.simplified(*args)
        finally:
            EXPLAINING.reset(token)

    def __repr__(self) -> str:
        return f"<compiled {self.morphism}>"


def opened(net: Net) -> int:
    """How many boxes a net has with all boxes opened, `LONGEST + 1` if more."""
    sizes: dict[Net, int] = {}
    stack = [net]
    while stack:
        top = stack[-1]
        inner = [label.bodies[0].net for label, _, _ in top.steps() if label.row.interior]
        waiting = [n for n in inner if n not in sizes]
        if waiting and len(sizes) <= LONGEST:
            stack += waiting
            continue
        total = len(top) + sum(sizes.get(n, LONGEST) for n in inner)
        sizes[stack.pop()] = min(total, LONGEST + 1)
    return sizes[net]


BACKENDS: dict[str, Any] = {"numpy": Compiled, "bits": Sliced}


@overload
def compile(f: Morphism, backend: Literal["numpy"] = "numpy") -> Compiled: ...
@overload
def compile(f: Morphism, backend: Literal["bits"]) -> Sliced: ...
@overload
def compile(f: Morphism, backend: str) -> Compiled | Sliced: ...


def compile(f: Morphism, backend: str = "numpy") -> Compiled | Sliced:
    """f as a reusable callable: simplified, and written out as straight-line code once.

    `f(x)` runs f as it was built; what is compiled runs `cd.simplify(f)`, which is often less for a derivative, with
    boxes opened and in memory that is there already. Results agree to a few units in the last place; what NumPy warns
    of on the way may differ, and a foreign row that fails is asked twice. With the backend `"bits"` a circuit runs on
    words, at 64 points for each; what is none raises `MeaningError`.

    >>> import catdiff as cd
    >>> wave = cd.compile(cd.sin(cd.f64()) >> cd.exp)
    >>> wave, round(float(wave(0.5)), 3)
    (<compiled f64 → f64>, 1.615)
    >>> cd.compile(cd.mul(cd.z2(), cd.z2()), backend="bits")
    <compiled z2 @ z2 → z2 on words of bits>
    """
    if not isinstance(f, Morphism):
        raise ArgumentError(with_line(f"compile takes a morphism, not {f!r}"))
    if backend not in BACKENDS:
        there = " and ".join(map(repr, BACKENDS))
        raise ArgumentError(with_line(f"there is no backend {backend!r}; there are {there}"))
    return BACKENDS[backend](f)
