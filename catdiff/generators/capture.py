"""Wires inside boxes, by path: what a program works out on its way, as outputs beside its own.

A path is the names of boxes, outermost first, with dots between them. Of several boxes of one name on a level the
second is called `name_2`, in the order in which they were composed; so are generators.

>>> import catdiff as cd
>>> A = cd.f64(3)
>>> layer = (cd.sin(A) >> cd.exp).box("layer")
>>> f = (layer >> layer).box("body") >> cd.sum
>>> g = capture(f, "body.layer_2", "body.layer_2.sin")
>>> print(g)
f64[3] → f64 @ f64[3] @ f64[3]
>>> g >> cd.id(f.cod) @ cd.discard(A @ A) == f          # up to boxes, which hand on more
False
>>> (g >> cd.id(f.cod) @ cd.discard(A @ A)).flatten() == f.flatten()
True
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..category.binder import Builder, Wire
from ..category.morphism import Atom, Morphism
from ..errors import PathError, with_line
from ..hypernet.net import Net
from ..hypernet.recursion import Task, run
from .boxes import box


def numbered(names: Sequence[str]) -> list[str]:
    """Siblings' names made different: the second of one name is `name_2`. A number that some sibling's own name ends
    in is passed over.

    >>> numbered(["dense", "tanh", "dense", "dense_2"])
    ['dense', 'tanh', 'dense_3', 'dense_2']
    """
    own, times, found = {*names}, Counter[str](), []
    for name in names:
        times[name] += 1
        if times[name] > 1:
            while f"{name}_{times[name]}" in own:
                times[name] += 1
            name = f"{name}_{times[name]}"
        found.append(name)
    return found


def capture(f: Morphism, *paths: str) -> Morphism:
    """`A → B ⊗ C₁ ⊗ C₂ …` of `f : A → B`: with all that the boxes at these paths give, in the order of the paths.

    Raises `PathError` where there is no such box, with the names of those that there are.
    """
    made, _ = run(_widened(f.net, paths, ""))
    return made


def _widened(net: Net, paths: Sequence[str], above: str) -> Task[tuple[Morphism, list[int]]]:
    """The net with the wires at these paths as further outputs, and how many each path has."""
    names = numbered([label.name for label, _, _ in net.steps()])
    inside: dict[
        int, list[tuple[int, str]]
    ] = {}  # a box: the numbers of the paths through it, and what is left of them
    for i, path in enumerate(paths):
        at, rest = _step(names, path, above)
        inside.setdefault(at, []).append((i, rest))
    builder = Builder(net.dom)
    wires, found = builder.inputs(), dict[int, list[Wire]]()
    for e, (label, sources, _) in enumerate(net.steps()):
        ins, more = [wires[s] for s in sources], list[tuple[int, int]]()
        f: Morphism = Atom(label)
        deeper = [(i, rest) for i, rest in inside.get(e, ()) if rest]
        if deeper:
            if not label.bodies:
                raise _no_box(f"{above}{names[e]}", deeper[0][1], [])
            rests = [rest for _, rest in deeper]
            body, counts = yield _widened(label.bodies[0].net, rests, f"{above}{names[e]}.")
            f, more = box(body, label.name), [(i, n) for (i, _), n in zip(deeper, counts, strict=True)]
        out = builder.apply(f, ins)
        own = len(label.cod)
        wires += out[:own]
        found |= {i: out[:own] for i, rest in inside.get(e, ()) if not rest}
        for i, n in more:
            found[i], own = out[own : own + n], own + n
    captured = [found[i] for i in range(len(paths))]
    outputs = [wires[w] for w in net.outputs.tolist()] + [w for part in captured for w in part]
    return builder.finish(tuple(outputs)), [len(part) for part in captured]


def _step(names: Sequence[str], path: str, above: str) -> tuple[int, str]:
    """The box that a path begins with, and the rest of the path; names may have dots in them."""
    fits = [i for i, name in enumerate(names) if path == name or path.startswith(f"{name}.")]
    if not fits:
        raise _no_box(above.removesuffix("."), path, names)
    at = max(fits, key=lambda i: len(names[i]))
    return at, path[len(names[at]) + 1 :]


def _no_box(above: str, path: str, names: Sequence[str]) -> PathError:
    where = f"in {above} " if above else ""
    there = f"there are {', '.join(names[:12])}{', …' if len(names) > 12 else ''}" if names else "there are none"
    return PathError(with_line(f"{where}no box is at {path!r}; {there}"))
