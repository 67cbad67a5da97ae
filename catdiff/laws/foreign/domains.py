"""Where a foreign function is defined: points found by trying, when nobody says.

Each wire has populations to draw from (numbers of either sign and several scales, positive ones, those in (0, 1),
symmetric and positive definite matrices, …); a *region* is a choice of one per wire. `regions` tries them until the
function gives numbers, the general ones first. `special` takes a point apart on purpose: an entry zero, two
entries equal, whole numbers, nothing but zeros, a unit matrix: that is where rules forget a case.

>>> import catdiff as cd
>>> rng = np.random.default_rng(0)
>>> def log(arrays):
...     return bool((arrays[0] > 0).all())
>>> [region.said for region in regions(cd.f64(12), log, rng)]
['positive']
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...category.objects import Object, Sort
from .spaces import Arrays

Draw = Callable[[np.random.Generator, tuple[int, ...], float], np.ndarray]
SCALES = (1.0, 1.0, 0.1, 10.0, 1.0, 1e-3, 30.0, 3.0)  # of the points, in turn
TRIES = 6  # points per region before it is left


def _square(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    a = rng.normal(size=shape)
    return a @ a.swapaxes(-1, -2) / shape[-1]


POPULATIONS: dict[str, Draw] = {
    "any": lambda rng, shape, scale: scale * rng.normal(size=shape),
    "positive": lambda rng, shape, scale: scale * rng.lognormal(sigma=0.7, size=shape),
    "in (0, 1)": lambda rng, shape, scale: rng.uniform(0.03, 0.97, shape),
    "in (-1, 1)": lambda rng, shape, scale: rng.uniform(-0.97, 0.97, shape),
    "above 1": lambda rng, shape, scale: 1.05 + scale * rng.lognormal(size=shape),
    "negative": lambda rng, shape, scale: -scale * rng.lognormal(sigma=0.7, size=shape),
    "increasing": lambda rng, shape, scale: scale * np.cumsum(rng.uniform(0.3, 1.0, shape), axis=-1),
    "positive definite": lambda rng, shape, scale: scale * (_square(rng, shape) + 0.3 * np.eye(shape[-1])),
    "symmetric": lambda rng, shape, scale: scale * symmetrised(rng.normal(size=shape)),
    "summing to 1": lambda rng, shape, scale: (lambda p: p / p.sum(axis=-1, keepdims=True))(
        rng.uniform(0.2, 1.0, shape)
    ),
    "of length 1": lambda rng, shape, scale: (lambda v: v / np.linalg.norm(v, axis=-1, keepdims=True))(
        rng.normal(size=shape)
    ),
    "orthogonal": lambda rng, shape, scale: np.linalg.qr(rng.normal(size=shape))[0],
}
SQUARE = ("positive definite", "symmetric", "orthogonal")
ALONG_AXIS = ("increasing", "summing to 1", "of length 1")


def symmetrised(a: np.ndarray) -> np.ndarray:
    """½(a + aᴴ)."""
    return 0.5 * (a + a.swapaxes(-1, -2).conj())


def is_square(sort: Sort) -> bool:
    """Whether the wire carries square matrices, of more than one entry."""
    return len(sort.shape) >= 2 and sort.shape[-1] == sort.shape[-2] > 1 and sort.size > 0


def populations(sort: Sort) -> list[str]:
    """What may be drawn for a wire of this sort, the general first."""
    if sort.dtype.kind not in ("real", "complex"):
        return ["any"]
    fits = [n for n in POPULATIONS if n not in (*SQUARE, *ALONG_AXIS)]
    fits += [n for n in ALONG_AXIS if sort.shape and sort.shape[-1] > 1 and sort.size]
    return fits + [n for n in SQUARE if is_square(sort)]


@dataclass(frozen=True)
class Region:
    """A population per wire."""

    dom: Object
    names: tuple[str, ...]

    @property
    def said(self) -> str:
        """In words, per input where they differ."""
        if len(set(self.names)) == 1:
            return self.names[0]
        return ", ".join(f"input {i} {n}" for i, n in enumerate(self.names) if n != "any")

    def draw(self, rng: np.random.Generator, scale: float = 1.0) -> Arrays:
        """A point of it."""
        return [_array(sort, name, rng, scale, self.dom) for sort, name in zip(self.dom.wires, self.names, strict=True)]


def _array(sort: Sort, name: str, rng: np.random.Generator, scale: float, dom: Object) -> np.ndarray:
    carrier = sort.dtype.carrier
    if sort.dtype.kind == "real":
        return POPULATIONS[name](rng, sort.shape, scale).astype(carrier)
    if sort.dtype.kind == "complex":
        if name == "positive definite":
            a = rng.normal(size=sort.shape) + 1j * rng.normal(size=sort.shape)
            return scale * (a @ a.conj().swapaxes(-1, -2) / sort.shape[-1] + 0.3 * np.eye(sort.shape[-1]))
        imaginary = POPULATIONS[name](rng, sort.shape, scale)
        return (POPULATIONS[name](rng, sort.shape, scale) + 1j * imaginary).astype(carrier)
    if sort.dtype.name == "index":  # what it points into is not said: into the longest axis there is, or a short one
        extents = [n for other in dom.wires for n in other.shape if n > 0] or [2]
        return rng.integers(0, rng.choice([min(extents), max(extents)]), sort.shape)
    if sort.dtype.name == "integer":
        return rng.integers(0, 4, sort.shape)
    if sort.dtype.name == "rational":
        return np.asarray(rng.integers(-3, 4, sort.shape).astype(object))
    return rng.integers(0, 2, sort.shape).astype(carrier)


def regions(dom: Object, defined: Callable[[Arrays], bool], rng: np.random.Generator, limit: int = 80) -> list[Region]:
    """Regions on which a function is defined: the general one if it ever is there, and another if it often is not."""
    found: list[Region] = []
    for region in _candidates(dom, rng, limit):
        hits = sum(defined(region.draw(rng)) for _ in range(TRIES))
        if hits:
            found.append(region)
        if hits > TRIES // 2:
            break
    return found[:1] + found[1:][-1:]


def _candidates(dom: Object, rng: np.random.Generator, limit: int) -> Iterator[Region]:
    choices = [populations(s) for s in dom.wires]
    seen = set()
    for name in POPULATIONS:  # one population for all wires that have it
        names = tuple(name if name in own else "any" for own in choices)
        if names not in seen:
            seen.add(names)
            yield Region(dom, names)
    for i, own in enumerate(choices):  # one wire is special
        for name in own:
            names = tuple(name if i == j else "any" for j in range(len(choices)))
            if names not in seen:
                seen.add(names)
                yield Region(dom, names)
    for _ in range(limit):
        names = tuple(str(rng.choice(own)) for own in choices)
        if names not in seen:
            seen.add(names)
            yield Region(dom, names)


# -- points taken apart on purpose -----------------------------------------------------------------------------------


def special(
    x: Sequence[np.ndarray], live: Sequence[int], rng: np.random.Generator
) -> Iterator[tuple[str, bool, Arrays]]:
    """Points near the ordinary one x where rules forget a case: (what they are, whether only one entry moved, point).

    A matrix that is symmetric stays so.
    """
    for i in live:
        for said, simple, changed in _changes(x[i], rng):
            arrays = [a.copy() for a in x]
            arrays[i] = changed.astype(x[i].dtype)
            yield (f"{said} in input {i}" if len(x) > 1 else said), simple, arrays
    if len(live) > 1:
        for said, change in (("nothing but zeros", np.zeros_like), ("nothing but ones", np.ones_like)):
            yield said, False, [change(a) if i in live else a.copy() for i, a in enumerate(x)]
        same = [(i, j) for i in live for j in live if i < j and x[i].shape == x[j].shape]
        for i, j in same[:2]:
            arrays = [a.copy() for a in x]
            arrays[j] = arrays[i].astype(arrays[j].dtype)
            yield f"inputs {i} and {j} equal", arrays[i].size == 1, arrays


def _changes(a: np.ndarray, rng: np.random.Generator) -> Iterator[tuple[str, bool, np.ndarray]]:
    if not a.size:
        return
    symmetric = a.ndim >= 2 and a.shape[-1] == a.shape[-2] > 1 and np.array_equal(a, a.swapaxes(-1, -2).conj())
    keep: Callable[[np.ndarray], Any] = symmetrised if symmetric else np.asarray
    flat = a.reshape(-1)
    zero = flat.copy()
    zero[rng.integers(flat.size)] = 0
    if symmetric:  # an entry off the diagonal, and its mirror image
        zero = a.copy()
        zero[..., 0, -1] = zero[..., -1, 0] = 0
    yield "an entry zero", True, zero.reshape(a.shape)
    if flat.size > 1 and not symmetric:
        tie = flat.copy()
        i, j = rng.choice(flat.size, 2, replace=False)
        tie[i] = tie[j]
        yield "two equal entries", True, tie.reshape(a.shape)
        top, size = flat.copy(), np.real(flat)
        top[np.argsort(size)[-2:]] = top[np.argmax(size)]
        yield "two equal entries", True, top.reshape(a.shape)
    yield "whole numbers", False, keep(np.round(2 * a / max(1e-300, float(np.sqrt(np.mean(np.abs(a) ** 2))))))
    if flat.size > 1:
        yield "nothing but zeros", False, np.zeros_like(a)
    yield "nothing but ones", False, np.ones_like(a)
    if a.ndim >= 2 and a.shape[-1] == a.shape[-2] > 1:
        yield "the unit matrix", False, np.broadcast_to(np.eye(a.shape[-1]), a.shape)
        yield "a diagonal matrix", False, np.broadcast_to(np.diag(np.arange(1.0, a.shape[-1] + 1)), a.shape)
