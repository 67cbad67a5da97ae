"""catdiff in 150 lines: R against finite differences and the axioms on random terms; its size, its cost."""

import ast
import math
import re
import sys
from collections.abc import Callable, Iterator
from functools import reduce
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from catdiff.examples import from_scratch as scratch
from catdiff.examples.from_scratch import (
    TABLE,
    Morphism,
    R,
    add,
    const,
    copy,
    cos,
    discard,
    exp,
    id,
    mul,
    neg,
    pair,
    sin,
    square,
    swap,
    tanh,
    total,
    zero,
)

SOURCE = Path(scratch.__file__).read_text(encoding="utf-8")
LINEAR = [id(1), swap(1, 1), swap(1, 2), copy(1), copy(2), discard(1), add(1), add(2), zero(1), neg(1)]
POLYNOMIAL = [*LINEAR, const(2), const(-1, 3), mul(1), mul(2), square(1)]
SMOOTH = [*POLYNOMIAL, exp(1), sin(1), cos(1), tanh(1), tanh(2)]
RNG = st.randoms(use_true_random=False)  # shrinks as other strategies do


# random terms


def term(rng: Random, dom: int, boxes: list[Morphism] = POLYNOMIAL, size: int = 6) -> Morphism:
    """A term from `dom` wires: layers 1 @ box @ 1, at most five wires wide, bracketed at random."""
    parts, width = [id(dom)], dom
    for _ in range(rng.randint(1, size)):
        box = rng.choice([b for b in boxes if b.dom <= width and width - b.dom + b.cod <= 5])
        left = rng.randint(0, width - box.dom)
        right = width - box.dom - left
        parts.append(rng.choice([(id(left) @ box) @ id(right), id(left) @ (box @ id(right))]))
        width += box.cod - box.dom
    while len(parts) > 1:
        i = rng.randint(0, len(parts) - 2)
        parts[i : i + 2] = [parts[i] >> parts[i + 1]]
    return parts[0]


def integers(rng: Random, n: int) -> tuple[int, ...]:
    return tuple(rng.randint(-4, 4) for _ in range(n))


def reals(rng: Random, n: int) -> tuple[float, ...]:
    return tuple(rng.uniform(-1.5, 1.5) for _ in range(n))


def run(f: Morphism, *x: Any) -> tuple[Any, ...]:
    """f(x) as a tuple, whatever the number of wires."""
    y = f(*x)
    return (y,) if f.cod == 1 else y


def inner(u: tuple[Any, ...], v: tuple[Any, ...]) -> Any:
    return sum(a * b for a, b in zip(u, v, strict=True))


def slopes(f: Morphism, x: tuple[float, ...], dy: tuple[float, ...]) -> list[tuple[float, float]]:
    """∂⟨f(x), dy⟩/∂x_i for each i by central differences of order four, each with a bound on its error."""

    def difference(i: int, h: float) -> float:
        up, down = (run(f, *x[:i], x[i] + s, *x[i + 1 :]) for s in (h, -h))
        return inner(tuple(a - b for a, b in zip(up, down, strict=True)), dy) / (2 * h)

    size = 1 + max((abs(y) for y in run(f, *x)), default=0.0)
    found = []
    for i in range(f.dom):
        coarse, fine = difference(i, 2e-4), difference(i, 1e-4)
        found.append(((4 * fine - coarse) / 3, abs(fine - coarse) + 1e-9 * size))
    return found


def agrees_with_differences(f: Morphism, x: tuple[float, ...], dy: tuple[float, ...]) -> bool:
    got = run(R(f), *x, *dy)
    return all(abs(a - b) <= bound for a, (b, bound) in zip(got, slopes(f, x, dy), strict=True))


def tame(f: Morphism, *x: float) -> bool:
    """Whether f(x) is a number that finite differences can be taken of."""
    try:
        return all(abs(y) < 1e3 for y in run(f, *x))
    except OverflowError:
        return False


# what the file promises


def test_it_is_150_lines_of_at_most_110_characters():
    assert len(SOURCE.splitlines()) <= 150
    assert max(map(len, SOURCE.splitlines())) <= 110


def test_it_needs_the_standard_library_only():
    imported = set()
    for node in ast.walk(ast.parse(SOURCE)):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add(str(node.module).split(".")[0])
    assert "math" in imported
    assert imported <= sys.stdlib_module_names


def test_main_tells_the_truth(capsys: pytest.CaptureFixture[str]):
    scratch.main()
    out = capsys.readouterr().out
    by_r, by_differences = (
        [[float(v) for v in line.split()[-n:]] for n, line in zip((2, 3), found, strict=True)]
        for found in (re.findall("as a term.*", out), re.findall("differences.*", out))
    )
    for got, expected in zip(by_r, by_differences, strict=True):
        assert got == pytest.approx(expected, abs=2e-6)
    losses = [float(loss) for loss in re.findall(r"steps +([\d.]+)", out)]
    assert len(losses) == 5
    assert losses == sorted(losses, reverse=True)
    assert losses[0] > 1
    assert losses[-1] < 1e-3
    learned = re.findall(r"(\d) xor (\d) = ([\d.]+)", out.splitlines()[-1])
    table = {(int(x), int(y)): float(z) for x, y, z in learned}
    assert table == pytest.approx({(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 0}, abs=0.1)


# syntax


@given(RNG)
def test_repr_is_the_term(rng: Random):
    f = term(rng, 2, SMOOTH)
    assert eval(repr(f), vars(scratch)) == f


def test_repr_keeps_the_brackets_that_matter():
    f, g, h = sin(1), cos(1), exp(1)
    assert repr(f >> g >> h) == "sin(1) >> cos(1) >> exp(1)"
    assert repr(f >> (g >> h)) == "sin(1) >> (cos(1) >> exp(1))"
    assert repr(f @ g @ h) == "sin(1) @ cos(1) @ exp(1)"
    assert repr(f @ (g @ h)) == "sin(1) @ (cos(1) @ exp(1))"
    assert repr((f >> g) @ h >> mul(1)) == "(sin(1) >> cos(1)) @ exp(1) >> mul(1)"
    assert f >> (g >> h) != f >> g >> h


def test_mistakes_are_named():
    with pytest.raises(TypeError, match=r"copy\(1\) >> sin\(1\): left gives 2 wires, right takes 1"):
        copy(1) >> sin(1)
    with pytest.raises(TypeError, match=r"mul\(1\) takes 2 wires, not 3"):
        mul(1)(1, 2, 3)
    with pytest.raises(TypeError):
        sin(1) + mul(1)


# evaluation


@given(RNG)
def test_evaluation_is_a_functor(rng: Random):
    f = term(rng, 2)
    g = term(rng, f.cod)
    x, y = integers(rng, 2), integers(rng, f.cod)
    assert run(f >> g, *x) == run(g, *run(f, *x))
    assert run(f @ g, *x, *y) == run(f, *x) + run(g, *y)


def test_the_structure_on_numbers():
    assert swap(1, 2)(1, 2, 3) == (2, 3, 1)
    assert copy(2)(1, 2) == (1, 2, 1, 2)
    assert add(2)(1, 2, 10, 20) == (11, 22)
    assert mul(2)(1, 2, 10, 20) == (10, 40)
    assert (discard(1)(7), zero(2)(), const(3, 4)()) == ((), (0, 0), (3, 4))
    assert (total(0)(), total(3)(1, 2, 3)) == (0, 6)
    assert scratch.dense(2, 2)(1, 2, 3, 4, 10, 100) == (210, 430)


def test_depth_is_no_limit_to_evaluation():
    chain = [neg(1)] * 10_001
    assert reduce(lambda f, g: f >> g, chain)(3) == -3
    assert reduce(lambda f, g: g >> f, chain)(3) == -3
    assert reduce(lambda f, g: f @ g, chain)(*range(10_001))[-1] == -10_000


def test_r_goes_some_hundreds_deep():
    f = reduce(lambda f, g: f >> g, [sin(1)] * 300)
    assert R(f).dom == 2


# R is the derivative


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("n", [1, 2, 3])
def test_each_row_against_differences(name: str, n: int):
    f = scratch.box(name, *[n] * (2 if name == "swap" else 1))
    assert (R(f).dom, R(f).cod) == (f.dom + f.cod, f.dom)
    rng = Random(n)
    x, dy = reals(rng, f.dom), reals(rng, f.cod)
    assert agrees_with_differences(f, x, dy)
    assert agrees_with_differences(R(f), x + dy, reals(rng, f.dom))


@given(RNG)
def test_r_against_differences(rng: Random):
    f = term(rng, 2, SMOOTH)
    x, dy = reals(rng, 2), reals(rng, f.cod)
    assume(tame(f, *x) and tame(R(f), *x, *dy))
    assert agrees_with_differences(f, x, dy)


@given(RNG)
def test_r_of_r_against_differences(rng: Random):
    f = R(term(rng, 2, SMOOTH, size=4))
    x, dy = reals(rng, f.dom), reals(rng, f.cod)
    assume(tame(f, *x) and tame(R(f), *x, *dy))
    assert agrees_with_differences(f, x, dy)


def test_r_three_times():
    f = square(1) @ id(1) >> mul(1)  # x²y
    x, y, c = 3, 5, 7
    assert R(f)(x, y, c) == (2 * x * y * c, x * x * c)
    a, b = 11, 13
    assert R(R(f))(x, y, c, a, b) == (2 * y * c * a + 2 * x * c * b, 2 * x * c * a, 2 * x * y * a + x * x * b)
    third = R(R(R(f)))(x, y, c, a, b, 1, 0, 0)  # slopes of the first of these three
    assert third == (2 * c * b, 2 * c * a, 2 * y * a + 2 * x * b, 2 * y * c, 2 * x * c)


@given(RNG)
def test_brackets_do_not_change_r(rng: Random):
    f = term(rng, 2, size=3)
    g = term(rng, f.cod, size=3)
    h = term(rng, g.cod, size=3)
    x = integers(rng, 2 + h.cod)
    assert R((f >> g) >> h)(*x) == R(f >> (g >> h))(*x)


# the axioms, on random polynomials, in integers


Equations = Iterator[tuple[Morphism, Morphism]]


def rd1(f: Morphism, g: Morphism, h: Morphism) -> Equations:
    f, g = f >> total(f.cod), g >> total(g.cod)
    yield R(f + g), R(f) + R(g)
    yield R(discard(2) >> zero(3)), discard(5) >> zero(2)


def rd2(f: Morphism, g: Morphism, h: Morphism) -> Equations:
    n = f.cod
    first, second = id(2) @ id(n) @ discard(n), id(2) @ discard(n) @ id(n)
    yield id(2) @ add(n) >> R(f), (first >> R(f)) + (second >> R(f))
    yield id(2) @ zero(n) >> R(f), discard(2) >> zero(2)


def rd3(f: Morphism, g: Morphism, h: Morphism) -> Equations:
    n = f.cod
    yield R(id(n)), discard(n) @ id(n)
    yield R(id(2) @ discard(n)), discard(2 + n) @ id(2) @ zero(n)
    yield R(discard(2) @ id(n)), discard(2 + n) @ zero(2) @ id(n)


def rd4(f: Morphism, g: Morphism, h: Morphism) -> Equations:
    to_f, to_g = id(2) @ id(f.cod) @ discard(g.cod), id(2) @ discard(f.cod) @ id(g.cod)
    yield R(pair(f, g)), (to_f >> R(f)) + (to_g >> R(g))
    yield R(discard(2)), discard(2) >> zero(2)


def rd5(f: Morphism, g: Morphism, h: Morphism) -> Equations:
    p0, p1 = id(2) @ discard(h.cod), discard(2) @ id(h.cod)
    yield R(f >> h), pair(p0, pair(p0 >> f, p1)) >> id(2) @ R(h) >> R(f)


AXIOMS: list[Callable[[Morphism, Morphism, Morphism], Equations]] = [rd1, rd2, rd3, rd4, rd5]


def holds(axiom: Callable[..., Equations], rng: Random) -> bool:
    """Whether the axiom holds at a random point for random f and g from two wires and h that follows f."""
    f, g = term(rng, 2), term(rng, 2)
    for left, right in axiom(f, g, term(rng, f.cod)):
        assert (left.dom, left.cod) == (right.dom, right.cod)
        x = integers(rng, left.dom)
        if left(*x) != right(*x):
            return False
    return True


@pytest.mark.parametrize("axiom", AXIOMS)
@given(rng=RNG)
def test_axiom(axiom: Callable[..., Equations], rng: Random):
    assert holds(axiom, rng)


def plant(monkeypatch: pytest.MonkeyPatch, name: str, reverse: Callable[..., Morphism]) -> None:
    row = TABLE[name]
    monkeypatch.setitem(TABLE, name, lambda n: (*row(n)[:3], lambda: reverse(n)))


@pytest.mark.parametrize(
    ("name", "reverse", "broken"),
    [
        ("mul", lambda n: scratch.cross(n) >> mul(n) @ mul(n) >> square(2 * n), "rd2"),  # not additive
        ("id", lambda n: id(n) @ discard(n), "rd3"),
        ("copy", lambda n: discard(n) @ id(n) @ discard(n), "rd4"),  # forgets one of two cotangents
    ],
)
def test_the_axioms_bite(monkeypatch: pytest.MonkeyPatch, name: str, reverse: Callable[..., Morphism], broken: str):
    plant(monkeypatch, name, reverse)
    (axiom,) = [axiom for axiom in AXIOMS if axiom.__name__ == broken]
    assert not all(holds(axiom, Random(seed)) for seed in range(300))


def test_the_axioms_do_not_certify_the_table(monkeypatch: pytest.MonkeyPatch):
    plant(monkeypatch, "mul", lambda n: discard(3 * n) >> zero(2 * n))
    assert all(holds(axiom, Random(seed)) for axiom in AXIOMS for seed in range(100))
    assert not agrees_with_differences(mul(1), (2.0, 3.0), (1.0,))


# what it costs


def sines(f: Morphism) -> int:
    """How many boxes sin or cos an evaluation of f runs."""
    count, todo = 0, [f]
    while todo:
        f = todo.pop()
        count += f.op in ("sin", "cos")
        todo += f.args if f.op in (">>", "@") else []
    return count


def test_a_chain_costs_what_the_comment_says():
    right = [sines(R(reduce(lambda f, g: g >> f, [sin(1)] * n))) for n in (10, 20, 30, 40)]
    left = [sines(R(reduce(lambda f, g: f >> g, [sin(1)] * n))) for n in (10, 20, 30, 40)]
    assert right == [2 * n - 1 for n in (10, 20, 30, 40)]  # n - 1 forward, n backward
    assert left == [n + n * (n - 1) // 2 for n in (10, 20, 30, 40)]
    assert sines(R(R(reduce(lambda f, g: f >> g, [sin(1)] * 40)))) < 40**3


def test_sin_of_sin_is_what_it_should_be():
    f = sin(1) >> sin(1) >> sin(1)
    assert R(f)(0.7, 1.0) == pytest.approx(
        math.cos(math.sin(math.sin(0.7))) * math.cos(math.sin(0.7)) * math.cos(0.7), rel=1e-15
    )
