"""The table of the gallery, `diagrams/`: a row is a picture. What a row may name is defined above it.

>>> len({entry.name for entry in GALLERY}) == len(GALLERY)
True
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import Any
from unicodedata import normalize

import catdiff as cd
from catdiff.draw.flow import flow
from catdiff.draw.scene import Scene, beside
from catdiff.draw.views import scene_of
from catdiff.laws import LAWS
from catdiff.laws.law import Calculus
from catdiff.laws.notation import notation
from catdiff.laws.random.companions import drawn
from catdiff.laws.sketch import LETTERS
from catdiff.laws.types import given, types
from catdiff.learning.pictures import Pictured


@dataclass(frozen=True)
class Entry:
    """A row: the name of its files, with a folder; a line about it; a line of code, or two for the sides of an
    equation; the view that is drawn of it, and with what options.
    """

    name: str
    about: str
    codes: tuple[str, ...]
    view: Callable[..., Scene] = scene_of
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def topic(self) -> str:
        """The folder it is in."""
        return self.name.split("/")[0]

    @property
    def title(self) -> str:
        """Its name without the folder."""
        return self.name.split("/")[1]

    @property
    def alt(self) -> str:
        """What is said to those who do not see the picture."""
        return escape(self.about.replace("`", ""), quote=True)

    @property
    def width(self) -> int:
        """How wide the page shows it: as it is, or as wide as the page."""
        return min(900, round(self.scene().width))

    def make(self) -> list[cd.Morphism]:
        """The morphisms that are stored: what the code says; of a lens or a model, the one that it is drawn as."""
        return [f for f, _ in self._made]

    def scene(self, *stored: cd.Morphism) -> Scene:
        """The picture as data, of what was stored or else of what is made."""
        return self.view(*(stored or self.make()), **{**self._made[0][1], **self.options})

    @cached_property
    def _made(self) -> list[tuple[cd.Morphism, dict[str, Any]]]:
        made = [eval(code, globals()) for code in self.codes]
        return [f.pictured() if isinstance(f, Pictured) else (f, {}) for f in made]


# -- views --------------------------------------------------------------------------------------------------------


def and_derivative(f: cd.Morphism, inputs: list[str] | None = None, outputs: list[str] | None = None) -> Scene:
    """f : A → B in a frame, and R[f] : A ⊗ B → A beside it."""
    x, y = inputs or _some("x", len(f.dom)), outputs or _some("y", len(f.cod))
    left = scene_of(f.box("f"), inputs=x, outputs=y)
    right = scene_of(cd.R(f).box("R[f]"), inputs=[*x, *_bars(y)], outputs=_bars(x))
    return beside(left, right, "→", above="R")


def _some(letter: str, n: int) -> list[str]:
    return [letter] if n == 1 else [f"{letter}{'₁₂₃₄₅₆₇₈₉'[i]}" for i in range(n)]


def _bars(names: list[str]) -> list[str]:
    return [normalize("NFC", f"{name[0]}\u0304{name[1:]}") for name in names]


def equation(left: cd.Morphism, right: cd.Morphism) -> Scene:
    """Both sides, boxes closed, wires named by their types as in the law. What is a cotangent for one is for both."""
    n = len(left.dom)
    back = [i for i in range(n) if any(flow(f.net, (False,) * n)[0][i] for f in (left, right))]
    ends = {"inputs": [LETTER[s] for s in left.dom.wires], "outputs": [LETTER[s] for s in left.cod.wires]}
    lhs, rhs = (scene_of(f, **{"depth": 0, "cotangents": back, **ends}) for f in (left, right))
    return beside(lhs, rhs, "=")


def rewrite(before: cd.Morphism, after: cd.Morphism, **options: Any) -> Scene:
    """Before and after."""
    return scene_of(before, after=after, **options)


# -- programs -----------------------------------------------------------------------------------------------------

x, y, A = cd.f64(), cd.f64(), cd.f64(3)


def dense(n: int, m: int, name: str) -> cd.Morphism:
    """A layer `f64[n] ⊗ f64[m,n] ⊗ f64[m] → f64[m]` in a box."""

    @cd.morphism(cd.f64(n), cd.f64(m, n), cd.f64(m))
    def layer(x, W, b):
        return cd.tanh(cd.einsum("j,ij->i", x, W) + b)

    return layer.box(name)


def perceptron() -> cd.Morphism:
    """Two layers, their weights being inputs."""
    first, second = dense(64, 32, "dense₁"), dense(32, 10, "dense₂")
    return first @ cd.id(second.dom[1:]) >> second


@cd.morphism(cd.f64(8, 4), cd.f64(8, 4), cd.f64(8, 4))
def attention(q, k, v):
    """Scaled dot-product attention."""
    scores = cd.einsum("ik,jk->ij", q, k) * 0.5
    return cd.softmax(scores) @ v


@cd.morphism(cd.f64(2), cd.f64(50, 2), cd.f64(50))
def squares(w, x, y):
    """The mean of squared errors of a linear model."""
    return ((x @ w - y) ** 2).mean()


@cd.morphism(cd.z2(), cd.z2(), cd.z2())
def adder(a, b, c):
    """The sum of three bits, and what is carried."""
    either = a + b
    return either + c, a * b + c * either


model = cd.nn.dense(8, 4) >> cd.tanh >> cd.nn.dense(3)
bits = cd.para(cd.mul(cd.z2(4), cd.z2(4)) >> cd.sum, weight="zeros")
clipped = cd.Lens(cd.id(A), cd.discard(A) @ cd.clip(A, -1.0, 1.0))
twice = (cd.square(x) >> cd.neg >> cd.neg).box("twice")


def boxed(operator: Callable[[cd.Morphism], cd.Morphism], letter: str) -> Callable[[cd.Morphism], cd.Morphism]:
    """An operator whose result is a box with its notation, and with what it is inside."""
    return lambda f: operator(f).box(f"{letter}[{notation(f)}]")


OBJECTS = {letter: cd.f64(i + 2) for i, letter in enumerate(LETTERS)}  # told apart by their extents
LETTER = {A.wires[0]: letter for letter, A in OBJECTS.items()}
wave, root = (cd.sin(OBJECTS["A"]) >> cd.exp).box("f"), cd.sqrt(OBJECTS["A"]).box("g")
SHOWN = Calculus(
    R=boxed(cd.R, "R"),
    D=boxed(cd.D, "D"),
    vjp=boxed(cd.vjp, "L"),
    jvp=boxed(cd.jvp, "jvp"),
    dagger=boxed(cd.dagger, "†"),
    d=boxed(Calculus().forward_of_R, "d"),
)


def side(name: str, equation: int, hand: int) -> cd.Morphism:
    """One side of an equation of a law, of polynomials f, g, …, with operators as boxes."""
    law = next(law for law in LAWS if law.name == name)
    (_, ends), *others = types(law, OBJECTS).items()
    (f,) = drawn({"f": ends}, {"f": "A → B"}, 0)
    boxes = [f.box("f")]
    boxes += [g.box(name) for (name, _), g in zip(others, drawn(dict(others), law.companions, 1), strict=True)]
    return law.equations(SHOWN, *given(law, OBJECTS, *boxes))[equation][hand]


def axiom(name: str, equation_: int = 0) -> Entry:
    """The row of an equation of a law."""
    law = next(law for law in LAWS if law.name == name)
    codes = [f'side("{name}", equation={equation_}, hand={hand})' for hand in (0, 1)]
    part = f".{equation_ + 1}" if equation_ else ""
    return Entry(f"axioms/{name}{part}", f"{law.title.capitalize()}: `{law.statement}`.", tuple(codes), equation)


def of(family: str, about: str, code: str, **options: Any) -> Entry:
    """The row of a generator and its reverse derivative."""
    return Entry(f"derivatives/{family}", about, (code,), and_derivative, options)


# -- the table ------------------------------------------------------------------------------------------------------

TOPICS = {
    "structure": "What every program has: wires that are copied, discarded, crossed, added up.",
    "axioms": "The axioms of a reverse derivative category, both sides as programs. R is a box with its result inside.",
    "derivatives": "A generator of each family, and its reverse derivative.",
    "models": "Programs people train.",
    "lenses": "Programs that run there, in blue, and back again, in amber.",
    "learners": "Models with their parameters, and the steps in which they learn.",
    "circuits": "Programs on bits: a sum is an exclusive or, a product is an and.",
    "views": "Other pictures of a program.",
}
WEIGHTS = ["x", "W₁", "b₁", "W₂", "b₂"]

GALLERY = [
    Entry("structure/copy", "A copy is a filled dot.", ("cd.copy(A)",)),
    Entry("structure/discard", "A discard is a filled dot that ends.", ("cd.discard(A)",)),
    Entry("structure/swap", "A swap is a bare crossing.", ("cd.swap(A, cd.f64())",)),
    Entry("structure/permute", "Any permutation of wires.", ("cd.permute(A @ x @ A @ x, [2, 0, 3, 1])",)),
    Entry("structure/add", "An addition is a hollow dot, the mirror image of a copy.", ("cd.add(A)",)),
    Entry("structure/zero", "A zero is a hollow dot where a wire begins.", ("cd.zero(A)",)),
    Entry("structure/constant", "A constant is a point.", ("cd.const(2.5)",)),
    Entry("structure/pair", "A pairing `⟨f, g⟩` copies what it reads.", ("cd.pair(cd.sin(A), cd.exp(A))",)),
    Entry("structure/sum", "The left-additive sum `f + g`.", ("cd.sin(A) + cd.exp(A)",)),
    Entry("structure/box", "A box is a frame with its name.", ('(cd.sin(A) >> cd.exp).box("wave") >> cd.sum',)),
    Entry(
        "structure/copies",
        "Every program can be copied: `f ; Δ = Δ ; (f ⊗ f)`.",
        ("cd.sin(A) >> cd.copy(A)", "cd.copy(A) >> cd.sin(A) @ cd.sin(A)"),
        equation,
    ),
    *[axiom(name, i) for name, n in (("RD.1", 2), ("RD.2", 2), ("RD.3", 3), ("RD.4", 2)) for i in range(n)],
    axiom("RD.5"),
    axiom("RD.6"),
    axiom("RD.7"),
    Entry(
        "derivatives/sin-times-exp",
        "A string diagram of f(x) = sin x · exp x, and the string diagram of its reverse derivative.",
        ("cd.copy(A) >> cd.sin @ cd.exp >> cd.mul",),
        and_derivative,
    ),
    of("sin", "Elementwise: the cotangent times the slope.", "cd.sin(A)"),
    of("mul", "A product: each factor gets the other.", "cd.mul(x @ x)"),
    of("div", "A quotient.", "cd.div(x @ x)"),
    of("copy", "Structure: of a copy, a sum.", "cd.copy(A)"),
    of("add", "Structure: of a sum, a copy.", "cd.add(A)"),
    of(
        "matmul",
        "A contraction: contractions with legs permuted.",
        'cd.einsum("ij,jk->ik", cd.f64(2, 3), cd.f64(3, 4))',
    ),
    of("sum", "Linear: a sum has a broadcast as its transpose.", "cd.sum(A)"),
    of("concat", "Shapes: what was put together is cut apart.", "cd.concat(A, cd.f64(2))"),
    of("slice", "Views: what was cut out is put into zeros.", "cd.slice(cd.f64(5), start=1, stop=3)"),
    of("max", "Choices: the cotangent goes where the maximum came from.", "cd.max(A)"),
    of("where", "Choices: the cotangent goes where the value came from.", "cd.where(cd.bool(3) @ A @ A)"),
    of("gather", "Indices: a gather has a scatter as its transpose.", "cd.gather(cd.f64(5), cd.index(3))"),
    of("cumsum", "Scans: a cumulative sum runs back.", "cd.cumsum(A)"),
    of("conv", "Convolutions are contractions too.", "cd.conv(cd.f64(1, 8), cd.f64(1, 1, 3))"),
    of("softmax", "A macro of the table, with a rule of its own.", "cd.softmax(A)"),
    Entry(
        "models/squares",
        "The mean of squared errors of a linear model.",
        ("squares",),
        options={"inputs": ["w", "x", "y"], "outputs": ["e"]},
    ),
    Entry(
        "models/squares-gradient",
        "Its gradient for the weights is a program as well.",
        ("cd.R(squares, wires=[0])",),
        options={"inputs": ["w", "x", "y", "ē"], "outputs": ["w̄"], "cotangents": [3]},
    ),
    Entry("models/attention", "Scaled dot-product attention.", ("attention",), options={"inputs": ["q", "k", "v"]}),
    Entry(
        "models/perceptron",
        "Two dense layers, their weights being inputs.",
        ("perceptron()",),
        options={"inputs": WEIGHTS},
    ),
    Entry(
        "models/perceptron-derivative",
        "The reverse derivative of two dense layers: again boxes and wires.",
        ("cd.R(perceptron())",),
        options={"depth": 0, "inputs": [*WEIGHTS, "ȳ"], "outputs": _bars(WEIGHTS)},
    ),
    Entry("lenses/derivative", "The lens of a program and its reverse derivative.", ("cd.lens(cd.sin(A) >> cd.exp)",)),
    Entry(
        "lenses/chain-rule",
        "The chain rule: a lens of composites is a composite of lenses, `L(f ; g) = L(f) ; L(g)`.",
        ('cd.lens((wave >> root).box("f ; g")).round', "(cd.lens(wave) >> cd.lens(root)).round"),
        equation,
    ),
    Entry("lenses/clipping", "A lens that is no derivative: what comes back is clipped.", ("clipped >> cd.square(A)",)),
    Entry("learners/model", "A model: its parameters come from above.", ("model",)),
    Entry(
        "learners/lens",
        "The model as a parametric lens.",
        ("model",),
        options={"view": "lens", "depth": 0, "outputs": ["y"]},
    ),
    Entry(
        "learners/step",
        "A step of gradient descent: optimiser, model and loss, there and back again.",
        ("cd.learn(model, cd.losses.softmax_cross_entropy, cd.optimisers.sgd(0.1))",),
    ),
    Entry(
        "learners/momentum",
        "The same with momentum, which is kept from step to step.",
        ("cd.learn(model, cd.losses.softmax_cross_entropy, cd.optimisers.momentum(0.1))",),
    ),
    Entry(
        "circuits/adder",
        "A full adder and its reverse derivative over ℤ₂, which says how bits depend on bits.",
        ("adder",),
        and_derivative,
        {"inputs": ["a", "b", "c"], "outputs": ["s", "d"]},
    ),
    Entry(
        "circuits/learner",
        "A circuit that learns: what is fed back and what is added to the weights are bits.",
        ("cd.learn(bits, cd.losses.xor, cd.optimisers.sgd(1), cap=cd.id(cd.z2()))",),
    ),
    Entry(
        "circuits/ripple",
        "Numbers of three bits are added by full adders, each of which waits for the carry of the one before.",
        ("cd.circuits.adder(3).label.bodies[0]",),
        options={"depth": 0, "inputs": ["x", "y", "c"], "outputs": ["x + y", "d"]},
    ),
    Entry(
        "circuits/ripple-derivative",
        "Its reverse derivative: full adders and their reverse derivatives, and what ripples is a cotangent.",
        ("cd.R(cd.circuits.adder(2).label.bodies[0])",),
        options={
            "depth": 0,
            "inputs": ["x", "y", "c", "z̄", "d̄"],
            "outputs": ["x̄", "ȳ", "c̄"],
            "cotangents": [3, 4],
        },
    ),
    Entry(
        "circuits/synthesised",
        "A full adder made from its truth table: what occurs twice is made once.",
        ("cd.circuits.synthesise(cd.circuits.table(cd.circuits.full_adder))",),
        options={"inputs": ["a", "b", "c"], "outputs": ["s", "d"]},
    ),
    Entry(
        "views/lens",
        "A program and its reverse derivative as one lens: forward to the right, backward to the left.",
        ("cd.copy(A) >> cd.sin @ cd.exp >> cd.mul",),
        options={"view": "lens", "inputs": ["x"], "outputs": ["y"]},
    ),
    Entry(
        "views/lens-of-layers",
        "Two layers as a lens, with their parameters from above.",
        ("perceptron()",),
        options={"view": "lens", "depth": 0, "inputs": WEIGHTS, "outputs": ["y"], "parameters": [1, 2, 3, 4]},
    ),
    Entry(
        "views/lens-opened",
        "The same with its boxes open: a lens of lenses.",
        ("perceptron()",),
        options={"view": "lens", "inputs": WEIGHTS, "outputs": ["y"], "parameters": [1, 2, 3, 4]},
    ),
    Entry(
        "views/values",
        "What lies on every wire in one run; the first value that is no number is red, and where it was made.",
        ('(cd.sub(x @ x) >> cd.log).box("loss") >> cd.square',),
        options={"values": (1.0, 1.0)},
    ),
    Entry(
        "views/values-of-a-derivative",
        "The same of a reverse derivative.",
        ("cd.R(cd.sin(A) >> cd.exp >> cd.sum)",),
        options={"values": ([0.0, 1.0, 2.0], 1.0), "cotangents": [1]},
    ),
    Entry(
        "views/rewrite",
        "Before and after `cd.simplify`: what only one of them has is marked.",
        ("cd.neg(x) >> cd.neg >> cd.square >> cd.neg", "cd.simplify(cd.neg(x) >> cd.neg >> cd.square >> cd.neg)"),
        rewrite,
    ),
    Entry(
        "views/rewrite-in-a-box",
        "A rewrite within a box, and only there.",
        ("twice >> cd.square", "cd.simplify(twice >> cd.square)"),
        rewrite,
    ),
    Entry(
        "views/down",
        "The same diagrams can run downwards.",
        ("cd.copy(A) >> cd.sin @ cd.exp >> cd.mul",),
        options={"direction": "down", "inputs": ["x"], "outputs": ["y"]},
    ),
]
