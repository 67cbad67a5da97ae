"""A schema and its equations: maps that are learnt from unpaired data, so that there and back again is the identity.

A *schema* is a graph of arrows with equations between its paths. An *architecture* on it is a functor `Free(G) → Para`,
a parametric map for every arrow, and so for every path; the parameters of an arrow are copied to wherever it stands. To
learn is to look for parameters with which the functor factors through the equations, and with which arrows carry the
data at their beginnings to the data at their ends:

    ℓ = Σ_{f : A → B} ( d_B(b) − d_B(f a) )  +  λ Σ_{u ~ v} ‖u a − v a‖²

with a critic d for every object. The schema of CycleGAN has two arrows, each the other's inverse:

>>> maps = Architecture(CYCLE, {"f": cd.nn.dense(2, 2), "g": cd.nn.dense(2, 2)})
>>> print(maps("fgf"))                                    # one f, that stands twice
f64[2] → f64[2], of 4 parameters: f.dense.weight, f.dense.bias, g.dense.weight, g.dense.bias
>>> maps("fg") == shared(maps("f") >> maps("g"))
True

Nothing in the data says which point of B belongs to a point of A. Without the equations f and g find each their own
pairing, and there and back again is somewhere else.

Source: Gavranović, arXiv:1907.08292, §3–4; Zhu et al., arXiv:1703.10593.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

import catdiff as cd
from catdiff.examples.gan import against, energy, of, perceptron, players, ring

Path = str  # the names of arrows, one after another; "" is the identity


@dataclass(frozen=True)
class Schema:
    """A graph with equations between its paths: `arrows` are (from, to) by name, each equation two parallel paths."""

    arrows: dict[str, tuple[str, str]]
    equations: tuple[tuple[Path, Path], ...] = ()

    @property
    def objects(self) -> list[str]:
        """The objects, each once."""
        return list(dict.fromkeys(A for ends in self.arrows.values() for A in ends))

    def start(self, path: Path) -> str:
        """Where a path begins."""
        return self.arrows[path[0]][0]


CYCLE = Schema({"f": ("A", "B"), "g": ("B", "A")}, equations=(("fg", ""), ("gf", "")))


@dataclass(frozen=True)
class Architecture:
    """A functor `Free(G) → Para`, given by a map for every arrow; call it with a path."""

    schema: Schema
    arrows: dict[str, cd.Para]

    def __call__(self, path: Path, start: cd.Object = cd.UNIT) -> cd.Para:
        """The composite, each arrow's parameters occurring once; the identity of `start` for the empty path."""
        whole = cd.para(cd.id(self.arrows[path[0]].dom if path else start))
        for name in path:
            whole = whole >> self.arrows[name].named(name)
        return shared(whole)


def shared(f: cd.Para) -> cd.Para:
    """Δ: layers of one name become one layer."""
    for name, times in Counter(tree.name for tree in f.trees).items():
        f = f.tie(name, *[f"{name}_{k}" for k in range(2, times + 1)])
    return f


def residual(maps: Architecture, u: Path, v: Path) -> cd.Para:
    """`A → 1`: ‖u a − v a‖², the mean over entries, for an equation u ~ v."""
    A = maps.arrows[(u or v)[0]].dom
    both = cd.copy(A) >> maps(u, A) @ maps(v, A)
    return shared(both) >> cd.losses.mean_squared.at(both.cod)


def objective(maps: Architecture, critics: dict[str, cd.Para], weight: float) -> cd.Para:
    """`A ⊗ B ⊗ … → 1`, ℓ of a point of each object."""
    schema, objects = maps.schema, maps.schema.objects
    critic = {A: critics[A].named(f"critic_{A}") for A in objects}
    terms: list[tuple[list[str], cd.Para]] = []  # which points each is about
    for f, (A, B) in schema.arrows.items():
        terms.append(([B, A], critic[B] @ (maps(f) >> critic[B]) >> against(critic[B].cod)))
    for u, v in schema.equations:
        terms.append(([schema.start(u or v)], residual(maps, u, v) >> weight * cd.id(cd.f64())))
    points = cd.Object([critics[A].dom.sort for A in objects])
    read = cd.wiring(points, [objects.index(A) for about, _ in terms for A in about])
    whole = cd.para(cd.id(cd.UNIT))
    for _, term in terms:
        whole = whole @ term
    return shared(read >> whole) >> total(len(terms))


def total(n: int) -> cd.Morphism:
    """The sum of n numbers."""
    return cd.morphism(*[cd.f64()] * n)(lambda *xs: sum(xs[1:], xs[0])).box("total")


def there(rng: np.random.Generator, n: int) -> np.ndarray:
    """A: n points about the unit circle."""
    return ring(rng, n) / 2


def elsewhere(rng: np.random.Generator, n: int) -> np.ndarray:
    """B: n points about an ellipse, turned and moved."""
    return there(rng, n) * [1.5, 0.75] @ [[0.8, 0.6], [-0.6, 0.8]] + [1.0, -1.0]


Samples = dict[str, np.ndarray]  # by object


def measured(maps: Architecture, params: dict[str, np.ndarray], points: Samples) -> dict[str, float]:
    """For each equation of `CYCLE` the residual, and for each arrow f : A → B how far f a is from B."""
    found = {}
    for u, v in CYCLE.equations:
        f = residual(maps, u, v)
        found[f"{u} = {v or 1}"] = float(np.mean(f(of(params, f), points[CYCLE.start(u)])))
    for name, (A, B) in CYCLE.arrows.items():
        f = maps(name)
        found[name] = energy(f(of(params, f), points[A]), points[B])
    return found


def learn(
    schema: Schema, epochs: int = 8, n: int = 6400, seed: int = 0, progress: bool = True
) -> tuple[dict[str, float], dict[str, float]]:
    """Learn from n points of A and n of B, unpaired; what is `measured` on others before and after."""
    rng, batch = np.random.default_rng(seed), 32
    maps = Architecture(schema, {name: perceptron(2, 16, 2) for name in schema.arrows})
    whole = objective(maps, {A: perceptron(2, 32, 32, 1) for A in schema.objects}, weight=5.0)
    optimiser = players(epochs * n // batch, f=2e-3, g=2e-3, critic_A=5e-3, critic_B=5e-3)
    learner = cd.learn(whole, cd.losses.dot, optimiser)
    data, points = (there(rng, n), elsewhere(rng, n)), {"A": there(rng, 500), "B": elsewhere(rng, 500)}
    run = learner.fit(data, np.ones(n), epochs=epochs, batch=batch, seed=seed, progress=progress)
    return measured(maps, learner.start(seed).params, points), measured(maps, run.params, points)


def main(epochs: int = 8) -> None:
    """Learn with the equations and without them."""
    for title, schema in (("With its equations:", CYCLE), ("Without them:", replace(CYCLE, equations=()))):
        before, after = learn(schema, epochs)
        print(f"{title}\n\n{'':22}  at first  in the end")
        for name in before:
            what = f"{'residual of' if '=' in name else 'energy distance of'} {name}"
            print(f"  {what:<20}  {before[name]:>8.4f}  {after[name]:>10.4f}")
        print()
