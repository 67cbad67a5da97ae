"""Structural maps, and the two ways to write a program by its wires.

In a cartesian category every object can be copied, discarded and swapped, and nothing else happens on the way: a
structural map only says which input each output is. Every one of them is a `Wiring`; in a hypernet it is no box at all.

>>> import catdiff as cd
>>> A, B = cd.f64(2), cd.f64()
>>> cd.copy(A) >> cd.swap(A, A) == cd.copy(A)                      # copying is symmetric …
True
>>> cd.copy(A) >> cd.discard(A) @ cd.id(A) == cd.id(A)             # … and one copy may be thrown away
True
>>> cd.swap(A, B) >> cd.swap(B, A) == cd.id(A @ B)
True
>>> cd.R(cd.copy(A)) == cd.discard(A) @ cd.add(A)                  # transposed, a copy is a sum
True
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from ..errors import ObjectError, SignatureError, with_line
from .morphism import VERBS, Morphism, Program, Wiring
from .objects import UNIT, Object, checked, word


def _numbers(values: Any, what: str) -> tuple[int, ...]:
    """Wire numbers as integers."""
    try:
        return tuple([int(operator.index(v)) for v in values])
    except TypeError:
        raise ObjectError(with_line(f"{what}: {values!r} is not a list of wire numbers")) from None


def wiring(dom: Object, sources: Sequence[int]) -> Morphism:
    """`wiring(A, s) : A → A[s0] ⊗ A[s1] ⊗ …`, the structural map whose output i is input `s[i]`.

    >>> import catdiff as cd
    >>> cd.wiring(cd.f64() @ cd.f64(2), [1, 0, 1])
    cd.wiring(cd.f64() @ cd.f64(2), [1, 0, 1])
    """
    wires, numbers = checked(dom, "wiring").wires, _numbers(sources, "wiring")
    if any(not -len(wires) <= s < len(wires) for s in numbers):
        raise ObjectError(with_line(f"wiring: {list(numbers)} does not index the {len(dom)} wires of {dom}"))
    return Wiring(dom, Object([wires[s] for s in numbers]), tuple(s % len(wires) for s in numbers))


def id(A: Object) -> Morphism:
    """`id : A → A`, bare wires: `cd.id(A) >> f == f`."""
    return Wiring(checked(A, "id"), A, range(len(A)))


def copy(A: Object, n: int = 2) -> Morphism:
    """`Δ : A → A ⊗ A`, the word A twice (n times). Raises `ObjectError` where n is not a natural number."""
    if isinstance(n, bool) or not isinstance(n, int) or n < 0:
        raise ObjectError(with_line(f"copy makes a natural number of copies, not {n!r}"))
    return Wiring(checked(A, "copy"), word([A] * n), tuple(range(len(A))) * n)


def discard(A: Object) -> Morphism:
    """`! : A → 1`, nothing comes out."""
    return Wiring(checked(A, "discard"), UNIT, ())


def swap(A: Object, B: Object) -> Morphism:
    """`σ : A ⊗ B → B ⊗ A`, the words A and B change places."""
    a, b = len(checked(A, "swap")), len(checked(B, "swap"))
    return Wiring(A @ B, B @ A, (*range(a, a + b), *range(a)))


def permute(A: Object, order: Sequence[int]) -> Morphism:
    """`A → A[order]`: output i is input `order[i]`; `order` is a permutation of the wires of A."""
    numbers = _numbers(order, "permute")
    if sorted(numbers) != list(range(len(checked(A, "permute")))):
        raise ObjectError(with_line(f"permute: {list(numbers)} is not a permutation of {len(A)} wires"))
    return wiring(A, numbers)


def pair(*fs: Morphism) -> Morphism:
    """`⟨f, g, …⟩ : A → B ⊗ C ⊗ …`, all on copies of one input.

    >>> import catdiff as cd
    >>> A = cd.f64()
    >>> cd.pair(cd.sin(A), cd.cos(A)) == cd.copy(A) >> cd.sin(A) @ cd.cos(A)
    True
    """
    if not fs:
        raise ObjectError(with_line("pair of nothing: its domain is not known; use discard(A)"))
    both: Any = None
    for f in fs:
        if not isinstance(f, Morphism):
            raise SignatureError(with_line(f"pair takes morphisms, not {f!r}; give a family its object"))
        if f.dom != fs[0].dom:
            raise VERBS["pair error"](fs[0], f)
        both = f if both is None else both @ f
    return copy(fs[0].dom, len(fs)) >> both


def program(dom: Object, steps: Sequence[tuple[Morphism, Sequence[int]]], outputs: Sequence[int]) -> Morphism:
    """A straight-line program: wires 0, 1, … are those of `dom`, then the outputs of each step in order.

    Each step is a morphism and the wires it is applied to. This is how a morphism made by the binder, by `R` or by
    `load` is written in a repr.

    >>> import catdiff as cd
    >>> A = cd.f64()
    >>> f = cd.program(A, [(cd.sin(A), [0]), (cd.mul(A @ A), [0, 1])], [2])
    >>> bool(f(2.0) == 2 * cd.sin(2.0))
    True
    """
    sorts, kept = list(checked(dom, "program").wires), []
    for f, sources in steps:
        if not isinstance(f, Morphism):
            raise SignatureError(with_line(f"program: a step applies a morphism, not {f!r}; give a family its object"))
        reads = _numbers(sources, "program")
        if any(not 0 <= s < len(sorts) for s in reads):
            raise ObjectError(
                with_line(f"program: a step reads wires {list(reads)}, and there are {len(sorts)} so far")
            )
        given = Object([sorts[s] for s in reads])
        if given != f.dom:
            raise VERBS["composition error"](Morphism(UNIT, given), f)
        kept.append((f, reads))
        sorts += f.cod.wires
    leave = _numbers(outputs, "program")
    if any(not 0 <= s < len(sorts) for s in leave):
        raise ObjectError(with_line(f"program: outputs {list(leave)} of {len(sorts)} wires"))
    return Program(dom, Object([sorts[s] for s in leave]), kept, leave)
