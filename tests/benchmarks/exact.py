"""Programs over other rigs: circuits on all assignments, and polynomials.

The floor of a circuit is what its gates move: NumPy's xor of so many words into a third buffer, as often as there are
gates. That of a normal form is the same polynomials multiplied and added as dictionaries in plain Python.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import catdiff as cd
from catdiff.interpret.sliced import assignments, unpacked

from .harness import Timed

BITS, LETTERS = 20, 8
Step = tuple[str, int, int]


# -- circuits --------------------------------------------------------------------------------------------------


def circuit(size: int, seed: int = 0, near: int = 256) -> list[Step]:
    """About so many gates on 20 inputs, each on two of the `near` signals before it; at the end xor of all that none
    has read, so that every gate matters.
    """
    rng, steps, read = np.random.default_rng(seed), list[Step](), set[int]()
    for k in range(BITS, BITS + size):
        i, j = rng.choice(np.arange(max(0, k - near), k), 2, replace=False).tolist()
        steps.append(("xor" if rng.random() < 0.5 else "and", i, j))
        read |= {i, j}
    first, *rest = [w for w in range(BITS + size) if w not in read]
    for w in rest:
        steps.append(("xor", first, w))
        first = BITS + len(steps) - 1
    return steps


def circuit_program(steps: list[Step]) -> cd.Morphism:
    """The same as a program."""

    def program(*xs: Any) -> Any:
        wires = list(xs)
        for name, i, j in steps:
            wires.append(wires[i] + wires[j] if name == "xor" else wires[i] * wires[j])
        return wires[-1]

    return cd.morphism(*[cd.z2()] * BITS)(program)


def everywhere(size: int, turn: int, near: int = 256) -> Callable[[], Any]:
    """The compiled circuit on words that go through all 2²⁰ assignments."""
    f = circuit_program(circuit(size, near=near))
    run, words = cd.compile(f, backend="bits"), assignments(f.dom)
    return lambda: run(*words)


def streams(size: int, turn: int, near: int = 256) -> Callable[[], Any]:
    """One xor of 2²⁰ bits a gate."""
    count = len(circuit(size, near=near))
    x, y, z = np.random.default_rng(turn + 1).integers(0, 2**63, (3, 2**BITS // 64)).astype(np.uint64)

    def run() -> Any:
        for _ in range(count):
            np.bitwise_xor(x, y, z)
        return z

    return run


def check_circuit(near: int) -> Callable[[int, Any], None]:
    """The outputs at a few assignments, gate by gate."""

    def check(size: int, y: Any) -> None:
        bits = unpacked(y, 2**BITS)
        points = np.random.default_rng(7).integers(0, 2**BITS, 500)
        wires = [points >> k & 1 for k in range(BITS)]
        for name, i, j in circuit(size, near=near):
            wires.append(wires[i] ^ wires[j] if name == "xor" else wires[i] & wires[j])
        assert np.array_equal(bits[points], wires[-1])

    return check


# -- polynomials -----------------------------------------------------------------------------------------------


def products(size: int) -> list[Step]:
    """So many multiplications, of ten two for a cube of affine forms in 8 letters, the others of two such cubes; and
    the sum of it all.
    """
    rng, steps = np.random.default_rng(0), list[Step]()

    def made(name: str, i: int, j: int) -> int:
        steps.append((name, i, j))
        return LETTERS + len(steps) - 1

    forms = []
    for _ in range(6):
        form = int(rng.integers(LETTERS))
        for i in rng.permutation(LETTERS).tolist():
            form = made("add", form, i)
        forms.append(form)
    cubes, total, square = list(forms), forms[0], forms[0]
    for m in range(size):
        i, j = rng.integers(6, size=2).tolist()
        if m % 10 == 0:
            square = made("mul", forms[i], forms[j])
        elif m % 10 == 1:
            cubes.append(made("add", made("mul", square, forms[i]), forms[j]))
        else:
            p, q = rng.integers(len(cubes), size=2).tolist()
            total = made("add", total, made("mul", cubes[p], cubes[q]))
    return [*steps, ("add", total, square)]


def with_wires(steps: list[Step], wires: list[Any], add: Any, mul: Any) -> Any:
    """The last of what the steps make of the wires."""
    for name, i, j in steps:
        wires.append((add if name == "add" else mul)(wires[i], wires[j]))
    return wires[-1]


def normal(size: int, turn: int) -> Callable[[], Any]:
    """`cd.normal_form` of the program."""
    steps = products(size)
    f = cd.morphism(*[cd.integer()] * LETTERS)(
        lambda *xs: with_wires(steps, list(xs), lambda x, y: x + y, lambda x, y: x * y)
    )
    return lambda: cd.normal_form(f)


Terms = dict[int, int]  # coefficients by exponents, a hexadecimal digit for each letter


def plus(p: Terms, q: Terms) -> Terms:
    """A sum of polynomials."""
    found = dict(p)
    for m, c in q.items():
        found[m] = found.get(m, 0) + c
    return found


def times(p: Terms, q: Terms) -> Terms:
    """A product of polynomials."""
    found: Terms = {}
    for m, c in p.items():
        for n, d in q.items():
            found[m + n] = found.get(m + n, 0) + c * d
    return found


def dictionaries(size: int, turn: int) -> Callable[[], Any]:
    """The same steps on dictionaries."""
    letters, steps = [{16**k: 1} for k in range(LETTERS)], products(size)
    return lambda: with_wires(steps, list(letters), plus, times)


def check_normal(size: int, p: Any) -> None:
    """The polynomial at a few points against the steps on integers."""
    rng = np.random.default_rng(3)
    for _ in range(5):
        xs = rng.integers(-3, 4, LETTERS).tolist()
        assert p.at(dict(enumerate(xs))) == with_wires(products(size), list(xs), int.__add__, int.__mul__)


ROWS = [
    Timed(
        name="circuit",
        what="a circuit of n gates on all 2²⁰ assignments of its inputs, bit-sliced; floor: as many xors of words",
        sizes=(10**3, 10**4),
        ours=everywhere,
        floor=streams,
        check=check_circuit(256),
        per="gates",
        ratio={10**4: 3.0},
    ),
    Timed(
        name="circuit at random",
        what="the same of a circuit whose gates read any signal before them, so that most of them are alive at once",
        sizes=(10**4,),
        ours=lambda size, turn: everywhere(size, turn, 10**6),
        floor=lambda size, turn: streams(size, turn, 10**6),
        check=check_circuit(10**6),
        per="gates",
        extra=True,
    ),
    Timed(
        name="normal form",
        what="the normal form of a program with n multiplications of polynomials in 8 variables, of degree up to 6",
        sizes=(10**2, 10**3),
        ours=normal,
        floor=dictionaries,
        check=check_normal,
        per="multiplications",
        reach={10**3: 1.0},
    ),
]
