"""Morphisms are programs, and a program is syntax.

A morphism `f : A → B` is a term of the free cartesian left-additive category on the table of generators. Terms are
built with `>>` (first f, then g) and `@` (f above g), both O(1), and they obey the category's equations, because a
term is compared by the normal form of the hypernet it denotes:

>>> import catdiff as cd
>>> A = cd.f64(3)
>>> f, g, h = cd.sin(A), cd.exp(A), cd.tanh(A)
>>> (f >> g) >> h == f >> (g >> h)                        # associativity
True
>>> cd.id(A) >> f == f == f >> cd.id(A)                   # units
True
>>> (f @ g) >> (g @ h) == (f >> g) @ (g >> h)             # interchange
True
>>> f >> cd.copy(A) == cd.copy(A) >> (f @ f)              # every morphism can be copied …
True
>>> f >> cd.discard(A) == cd.discard(A)                   # … and discarded
True

There are six kinds of term: a generator or box (`Atom`), a structural map (`Wiring`), `Compose`, `Tensor`, a program
with named wires (`Program`, what the binder makes) and a morphism given by its hypernet (`Stored`).

Invariants: **terms never see arrays; nothing here recurses on the depth of a program.** Methods that need a lower
floor (`f(x)`, `f.net`, `f.draw`) are one line that looks up a verb; the floor that knows how puts it there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from .label import Label
from .objects import Object

if TYPE_CHECKING:
    from ..hypernet.net import Net

VERBS: dict[str, Callable[..., Any]] = {}


def verb(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator with which a lower floor says: this is how `name` is done."""

    def put(function: Callable[..., Any]) -> Callable[..., Any]:
        VERBS[name] = function
        return function

    return put


class Morphism:
    """`f : dom → cod`, a program. A value: immutable, with equality, hash, a repr that evaluates back, and pickling.

    - compose: `f >> g`, `f @ g`, `cd.pair(f, g)`, and pointwise `f + g`, `f - g`, `f * g`, `f / g`, `f ** 2`, `-f`;
    - run: `f(x, …)`, one array per wire of `dom`; several outputs come as a tuple;
    - look at: `f.dom`, `f.cod`, `f.net`, `f.summary()`, `print(f)` for the type, `repr(f)` for the source;
    - change: `f.box(name)`, `f.flatten()`, `f.map(n)`, and `cd.R(f)` with all that follows from it.

    Morphisms are made by generators (`cd.sin(A)`), by structure (`cd.id(A)`) and by `@cd.morphism`, never by the class.

    >>> import catdiff as cd
    >>> A = cd.f64(2)
    >>> f = (cd.sin(A) + 2 * cd.id(A)).box("wave") >> cd.exp
    >>> print(f, "| boxes:", len(f.net), len(f.flatten().net))
    f64[2] → f64[2] | boxes: 2 6
    >>> len({f, (cd.sin(A) + 2 * cd.id(A)).box("wave") >> cd.exp})
    1
    """

    __slots__ = ("__weakref__", "_net", "cod", "dom")
    __array_ufunc__ = None  # so that an array's operators leave a morphism alone
    dom: Object
    cod: Object
    _net: Net | None

    def __init__(self, dom: Object, cod: Object) -> None:
        self.dom, self.cod, self._net = dom, cod, None

    # -- composition -------------------------------------------------------------------------------------------

    def __rshift__(self, other: Any) -> Any:
        """`f >> g : A → C` for `f : A → B`, `g : B → C`: first f, then g. A family takes its type from f."""
        if not isinstance(other, Morphism):
            return VERBS["resolve right"](self, other)
        if self.cod is not other.dom and self.cod != other.dom:
            raise VERBS["composition error"](self, other)
        return Compose(self, other)

    def __rrshift__(self, other: Any) -> Any:
        return VERBS["resolve left"](other, self)

    def __matmul__(self, other: Any) -> Any:
        """`f @ g : A ⊗ C → B ⊗ D`: f above g."""
        if not isinstance(other, Morphism):
            return VERBS["beside"](self, other)
        return Tensor(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return VERBS["beside"](other, self)

    # -- pointwise arithmetic: the left-additive structure and what generators add to it ------------------------

    def __add__(self, other: Any) -> Morphism:
        """`f + g = ⟨f, g⟩ ; add`."""
        return VERBS["pointwise"]("add", self, other)

    def __radd__(self, other: Any) -> Morphism:
        return VERBS["pointwise"]("add", other, self)

    def __sub__(self, other: Any) -> Morphism:
        return VERBS["pointwise"]("sub", self, other)

    def __rsub__(self, other: Any) -> Morphism:
        return VERBS["pointwise"]("sub", other, self)

    def __mul__(self, other: Any) -> Morphism:
        """`f * g = ⟨f, g⟩ ; mul`. A Python number takes f's type."""
        return VERBS["pointwise"]("mul", self, other)

    def __rmul__(self, other: Any) -> Morphism:
        return VERBS["pointwise"]("mul", other, self)

    def __truediv__(self, other: Any) -> Morphism:
        return VERBS["pointwise"]("div", self, other)

    def __rtruediv__(self, other: Any) -> Morphism:
        return VERBS["pointwise"]("div", other, self)

    def __pow__(self, exponent: float) -> Morphism:
        return VERBS["pointwise"]("pow", self, exponent)

    def __neg__(self) -> Morphism:
        return VERBS["pointwise"]("neg", self)

    # -- verbs ------------------------------------------------------------------------------------------------

    def __call__(self, *args: Any) -> Any:
        """Evaluate on arrays, one per wire of `dom`; or, inside a binder, apply to wires."""
        return VERBS["apply"](self, args)

    @property
    def net(self) -> Net:
        """The hypernet this term denotes: made once, in one linear pass, and kept."""
        if self._net is None:
            self._net = VERBS["net"](self)
        assert self._net is not None
        return self._net

    def box(self, name: str) -> Morphism:
        """The same morphism as one box called `name`, with f as its interior.

        Its derivative is a box again, `R[name]`. A box is a name: it equals f only once it is opened.

        >>> import catdiff as cd
        >>> f = cd.sin(cd.f64()) >> cd.exp
        >>> layer = f.box("layer")
        >>> layer == f, layer.flatten() == f
        (False, True)
        """
        return VERBS["box"](self, name)

    def map(self, n: int, shared: Sequence[int] = ()) -> Morphism:
        """`f` over a new leading axis of extent n on every wire; inputs numbered in `shared` get none.

        >>> import catdiff as cd
        >>> dot = cd.einsum("i,i->", cd.f64(3), cd.f64(3))
        >>> print(dot.map(10, shared=[0]))
        f64[3] @ f64[10,3] → f64[10]
        """
        return VERBS["map"](self, n, shared)

    def equals(self, other: Morphism) -> bool:
        """Whether the two are equal in the free cartesian category, which is what `f == g` says: in linear time.

        Equal programs compute equal functions. Of the rest it knows nothing: that x + y = y + x is no law of it.
        """
        return VERBS["equals"](self, other)

    def flatten(self) -> Morphism:
        """The same morphism with every named box replaced by its interior."""
        return VERBS["flatten"](self)

    def simplify(self) -> Morphism:
        """The same morphism in normal form: of equal value, and of equal derivatives."""
        return VERBS["simplify"](self)

    def summary(self) -> Any:
        """The boxes of f's outermost level with their types, FLOPs and bytes; prints as a table."""
        return VERBS["summary"](self)

    def draw(self, path: Any = None, **options: Any) -> str:
        """The picture of f as the text of an SVG file, written to `path` too if one is given.

        A path that ends in `.svg` gets SVG, one in `.html` an interactive page in one file, in which boxes open and
        close where they stand, one in `.tex` TikZ that pdflatex compiles, one in `.txt` a picture made of characters,
        for terminals and messages. One in `.png` gets a photograph of the SVG (the extra `png`); what is returned is
        the SVG.

        - `depth`: how many levels of boxes are drawn open, 0 for none; by default as many as stay readable;
        - `inputs`, `outputs`: what is written at the wires of the interface, their types by default;
        - `limit`: how many boxes one frame may hold, 400 by default; where there are more, runs of them are boxes;
        - `direction`: `"right"` or `"down"`, whither wires run;
        - `parameters`: the numbers of the inputs that enter from the top, next to what reads them;
        - `layout`: `"layers"`, with few crossings and bends, or `"term"`, for small ones: `>>` across, `@` down;
        - `cotangents`: the numbers of the inputs that carry cotangents. What depends on them is drawn amber, as all
          that boxes named `R[…]` make is anyway; the rest is blue;
        - `scale`: how many times as large it is shown, in `.svg`, `.tex` and `.png`;
        - `view="lens"`: f and its reverse derivative as one picture, box above box; `parameters` come from the top;
        - `values`: inputs to run f on: every wire shows what is on it, and the first NaN or infinity is red;
        - `after`: what f was rewritten to, a morphism that is drawn beside it; what only one of them has is marked;
        - `notes`, of pages: what is said of wires to those who point at them. A key is the path of edge numbers to an
          interior and the number of a wire in it, `{((), 0): "0.5"}` for the first input of f.

        Raises `DrawError` where the picture would hold too many boxes, the names are not as many as the wires, no
        input has that number, there is no such direction or layout, or the file cannot be written.

        >>> import catdiff as cd
        >>> f = cd.sin(cd.f64()) >> cd.exp
        >>> f.draw(inputs=["x"], outputs=["y"]).startswith("<svg ")
        True
        >>> picture = cd.R(f).draw(inputs=["x", "ȳ"], outputs=["x̄"], cotangents=[1])
        >>> picture = f.draw(view="lens"), f.draw(values=(0.5,)), f.draw(after=cd.simplify(f))
        """
        return VERBS["draw"](self, path, **options)

    def show(self, height: int = 480, **options: Any) -> Any:
        """The interactive page of f, as a notebook shows it: boxes open and close where they stand.

        `height` is in pixels; the other options are those of `f.draw("f.html")`.

        >>> import catdiff as cd
        >>> cd.sin(cd.f64()).box("wave").show(depth=1)
        <page of f64 → f64: 1 box>
        """
        return VERBS["show"](self, height, **options)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Morphism) and VERBS["equals"](self, other)

    def __hash__(self) -> int:
        return VERBS["hash"](self)

    def __repr__(self) -> str:
        return VERBS["repr"](self)

    def __str__(self) -> str:
        return f"{self.dom} → {self.cod}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """How a notebook shows f: picture and source."""
        return VERBS["mime bundle"](self)

    def __reduce__(self) -> tuple[Any, ...]:
        return VERBS["reduce"](self)

    def __copy__(self) -> Morphism:
        return self

    def __deepcopy__(self, memo: Any) -> Morphism:
        return self


class Atom(Morphism):
    """A generator, or a box with an interior: one hyperedge."""

    __slots__ = ("label",)

    def __init__(self, label: Label) -> None:
        super().__init__(label.dom, label.cod)
        self.label = label


class Wiring(Morphism):
    """A structural map: output i is input `sources[i]`. Identity, copy, discard, swap and permute are all this."""

    __slots__ = ("sources",)

    def __init__(self, dom: Object, cod: Object, sources: Sequence[int]) -> None:
        super().__init__(dom, cod)
        self.sources = sources


class Compose(Morphism):
    """`left >> right`, types already checked."""

    __slots__ = ("left", "right")

    def __init__(self, left: Morphism, right: Morphism) -> None:
        self.dom, self.cod, self._net = left.dom, right.cod, None
        self.left, self.right = left, right


class Tensor(Morphism):
    """`left @ right`."""

    __slots__ = ("left", "right")

    def __init__(self, left: Morphism, right: Morphism) -> None:
        self.dom, self.cod, self._net = left.dom @ right.dom, left.cod @ right.cod, None
        self.left, self.right = left, right


class Program(Morphism):
    """A straight-line program over wires: wires 0, 1, … are the inputs, then the outputs of each step in order."""

    __slots__ = ("outputs", "steps")

    def __init__(
        self,
        dom: Object,
        cod: Object,
        steps: Sequence[tuple[Morphism, tuple[int, ...]]],
        outputs: Sequence[int],
    ) -> None:
        super().__init__(dom, cod)
        self.steps, self.outputs = tuple(steps), tuple(outputs)


class Stored(Morphism):
    """A morphism given by its hypernet: what `R` and `load` return."""

    __slots__ = ()

    def __init__(self, net: Net) -> None:
        super().__init__(net.dom, net.cod)
        self._net = net
