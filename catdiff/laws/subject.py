"""What laws are asked of: the part of a program that differentiates.

Through a bool or an index wire nothing flows back, so laws of derivatives are about the rest: such inputs are given
values, a few of them, and such outputs are left out.

>>> import catdiff as cd
>>> f = cd.where(cd.bool(2) @ cd.f64(2) @ cd.f64(2))
>>> [print(g) for g, _ in smooth_parts(f, 0)]
f64[2] @ f64[2] → f64[2]
f64[2] @ f64[2] → f64[2]
f64[2] @ f64[2] → f64[2]
[None, None, None]
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from ..category.families import Family
from ..category.label import Label
from ..category.morphism import Atom, Morphism
from ..category.objects import Object
from ..category.structure import wiring
from ..derivative.gradients import plug
from ..derivative.native import jvp
from ..derivative.reverse import R
from ..errors import SignatureError, with_line
from ..generators.constants import const
from ..learning.optic import Optic
from ..learning.para import Para
from ..learning.parametric import Parametric
from .random.sampler import extents, point
from .trial import Sample, sampled

FILLS = 3  # values tried for discrete inputs


def program_of(f: Any) -> Morphism:
    """What laws are asked of: a program as it is; of a model what it does to an example, or to two where these have to
    do with one another; of an optic there and back again. Raises `SignatureError` for what is none of these.

    >>> import catdiff as cd
    >>> print(program_of(cd.nn.dense(3, 2)))
    f64[3,2] @ f64[2] @ f64[3] → f64[2]
    """
    if isinstance(f, Parametric):
        f = f.body if isinstance(f, Para) else f.over(2)
    if isinstance(f, Optic):
        f = f.round
    if not isinstance(f, Morphism):
        hint = "cd.laws.check_rule(forward, vjp, dom, cod) is for functions on arrays" if callable(f) else None
        if isinstance(f, Family):
            hint = f"cd.laws.check({f!r}({' @ '.join(['cd.f64(3)'] * (f.width or 1))}))"
        raise SignatureError(with_line(f"laws are of morphisms, and {f!r} is none", hint))
    return f


def discrete(A: Object) -> list[int]:
    """The wires of A nothing flows back through."""
    return [i for i, s in enumerate(A.wires) if s.dtype.kind == "discrete"]


def smooth_parts(f: Morphism, seed: int, sample: Sample | None = None) -> list[tuple[Morphism, Sample | None]]:
    """f with values for its discrete inputs and without its discrete outputs, f itself where it has none; and what
    makes points of the inputs that are left, where the caller says how those of f are made.
    """
    gone = set(discrete(f.cod))
    if gone:
        f = f >> wiring(f.cod, [i for i in range(len(f.cod)) if i not in gone])
    filled = discrete(f.dom)
    if not filled:
        return [(f, sample)]
    A, rng = f.dom, np.random.default_rng(seed)
    limits = extents(f) if sample is None else []
    parts = []
    for _ in range(FILLS):
        xs = point(A, rng, extents=limits) if sample is None else sampled(sample, A, rng)
        parts.append((plug(f, {i: const(xs[i], A[i]) for i in filled}), _rest(A, filled, sample)))
    return parts


def _rest(A: Object, filled: Sequence[int], sample: Sample | None) -> Sample | None:
    """A sample of the wires that are not filled."""
    if sample is None:
        return None
    return lambda rng: [x for i, x in enumerate(sampled(sample, A, rng)) if i not in filled]


def derived(f: Morphism, orders: int) -> list[list[Label]]:
    """The generators of f; those that the derivatives of these are made of besides, once for each order; and so on.

    What R of f is made of is what R of its generators is made of, so no derivative of f is needed.

    >>> import catdiff as cd
    >>> [[label.name for label in level] for level in derived(cd.sin(cd.f64()), 2)]
    [['sin'], ['cos', 'mul'], ['neg', 'add']]
    """
    level = generators_of(f)
    seen, levels = set(level), [level]
    for _ in range(orders):
        level = []
        for lab in levels[-1]:
            for more in _differentiated(lab):
                if more not in seen:
                    seen.add(more)
                    level.append(more)
        levels.append(level)
    return levels


def _differentiated(lab: Label) -> list[Label]:
    """The generators of both derivatives of a generator; none of one that is not there."""
    found: list[Label] = []
    for operator in (R, jvp):
        with suppress(Exception):  # a rule is anybody's code; what is wrong with it a law says
            found += generators_of(operator(Atom(lab)))
    return found


def generators_of(f: Morphism) -> list[Label]:
    """The distinct generators of f, those of the interiors of boxes after its own.

    >>> import catdiff as cd
    >>> [label.name for label in generators_of((cd.sin(cd.f64()) >> cd.exp).box("wave") >> cd.exp)]
    ['exp', 'sin']
    """
    found: dict[Label, None] = {}
    nets, seen = [f.net], set[int]()
    while nets:
        net = nets.pop()
        for lab in net.labels:
            if not lab.bodies:
                found[lab] = None
            elif id(lab) not in seen:
                seen.add(id(lab))
                nets += [body.net for body in lab.bodies]
    return list(found)
