"""The gallery: stored morphisms and their pictures, redrawn byte for byte.

An entry is one row: a name, the morphism that is stored as `NAME.json`, and the view of it that is drawn as
`NAME.svg`. `catdiff gallery` writes them all.

>>> scene = ENTRIES["readme"].scene()
>>> [box.name for box in scene.boxes if box.open]
['f', 'R[f]']
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import catdiff as cd
from catdiff.draw.scene import Scene, beside
from catdiff.draw.svg import svg
from catdiff.draw.write import scene_of, write_text


def and_derivative(f: cd.Morphism) -> Scene:
    """f : A → B in a frame, and R[f] : A ⊗ B → A beside it."""
    left = scene_of(f.box("f"), inputs=["x"], outputs=["y"])
    right = scene_of(cd.R(f).box("R[f]"), inputs=["x", "ȳ"], outputs=["x̄"])
    return beside(left, right, "→", above="R")


def backward(f: cd.Morphism) -> Scene:
    """R[f], its boxes closed: the forward pass in one colour, the reverse pass in another."""
    names = ["x", "W₁", "b₁", "W₂", "b₂"]
    return scene_of(cd.R(f), depth=0, inputs=[*names, "ȳ"], outputs=["x̄", "W̄₁", "b̄₁", "W̄₂", "b̄₂"])


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


@dataclass(frozen=True)
class Entry:
    """A row of the gallery."""

    make: Callable[[], cd.Morphism]
    view: Callable[[cd.Morphism], Scene]
    alt: str

    def scene(self) -> Scene:
        """The picture as data."""
        return self.view(self.make())


ENTRIES = {
    "readme": Entry(
        lambda: cd.copy(cd.f64(3)) >> cd.sin @ cd.exp >> cd.mul,
        and_derivative,
        "A string diagram of f(x) = sin x · exp x, and the string diagram of its reverse derivative",
    ),
    "perceptron": Entry(perceptron, backward, "The reverse derivative of two dense layers: again boxes and wires"),
}


def main(folder: str = "diagrams") -> None:
    """Write every entry to `folder`, the stored morphism and its picture, and a page that shows them."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    page = ["# Diagrams", "", "Stored morphisms (`cd.load`) and their pictures, all written by `catdiff gallery`."]
    for name, entry in ENTRIES.items():
        stored = Path(folder, f"{name}.json")
        cd.save(entry.make(), stored)
        write_text(Path(folder, f"{name}.svg"), svg(entry.view(cd.load(stored))))
        page += ["", f"## {name}", "", f"![{entry.alt}]({name}.svg)", "", f"{entry.alt}. [Stored]({name}.json)."]
        print(f"{name:<14} {entry.alt}")
    write_text(Path(folder, "README.md"), "\n".join([*page, ""]))
