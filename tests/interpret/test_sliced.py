"""Circuits as gates, and on words of bits: agreement with evaluation point by point, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from programs import BITS as CIRCUITS
from programs import few, morphisms, seeds, values

import catdiff as cd
from catdiff.errors import ArgumentError, MeaningError
from catdiff.interpret import sliced
from catdiff.interpret.bits import assignments as words
from catdiff.interpret.gates import SIGNALS, Signal, Tape, gates
from catdiff.interpret.sliced import Schedule, assignments, packed, unpacked
from catdiff.laws.rigs import broken

B = cd.z2()


def table(f):
    """The outputs of f at all assignments, point by point: a row of bits for each."""
    n = sum(s.size for s in f.dom.wires)
    found = []
    for i in range(2**n):
        bits, xs = [i >> k & 1 for k in range(n)], []
        for s in f.dom.wires:
            xs.append(np.array(bits[: s.size], np.uint8).reshape(s.shape))
            bits = bits[s.size :]
        found.append([int(v) for y in values(f, xs) for v in np.ravel(y)])
    return found


def sliced_table(f):
    ys = cd.compile(f, backend="bits")(*assignments(f.dom))
    ys = ys if isinstance(ys, tuple) else (ys,)
    n = sum(s.size for s in f.dom.wires)
    rows = [unpacked(y, 2**n).reshape(-1, 2**n) for y in ys]
    return np.concatenate(rows).T.tolist() if rows else [[]] * 2**n


@given(morphisms(CIRCUITS, dom=cd.z2(3) @ B, budget=8))
@few
def test_all_assignments_are_evaluated(f):
    assert sliced_table(f) == table(f)


@given(morphisms(CIRCUITS, budget=4), seeds())
def test_words_are_points(f, seed):
    """At random points, and so for the reverse derivative; more than one word, in blocks of one."""
    rng = np.random.default_rng(seed)
    for g in (f, cd.R(f)):
        bits = [rng.integers(0, 2, (*s.shape, 70)).astype(np.uint8) for s in g.dom.wires]
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(sliced, "MOST", 1)
            ys = cd.compile(g, backend="bits")(*[packed(x) for x in bits])
        for i in (0, 63, 64, 69):
            at = [np.array(x[..., i]) for x in bits]
            for y, z in zip(ys if isinstance(ys, tuple) else (ys,), values(g, at), strict=True):
                assert unpacked(y, 70)[..., i].tolist() == z.tolist()


def test_a_multiplier():
    """Eight bits by eight, at all 65,536 points, against NumPy's integers."""
    n = 8

    def multiply(x, y):
        columns = [[x[i] * y[j] for i in range(n) for j in range(n) if i + j == k] for k in range(2 * n)]
        out = []
        for k, column in enumerate(columns):
            while len(column) > 1:
                a, b, *rest = column
                c = rest.pop() if rest else None
                total, carry = (a + b, a * b) if c is None else (a + b + c, a * b + c * (a + b))
                column[:] = [*rest, total]
                if k + 1 < 2 * n:
                    columns[k + 1].append(carry)
            out.append(column[0] if column else x[0] * 0)
        return tuple(out)

    f = cd.morphism(cd.z2(n), cd.z2(n))(multiply)
    ys = [unpacked(y, 2**16) for y in cd.compile(f, backend="bits")(*assignments(f.dom))]
    i = np.arange(2**16)
    want = (i & 255) * (i >> 8)
    assert np.array_equal(sum(y.astype(int) << k for k, y in enumerate(ys)), want)


def test_what_is_true_is_a_bit_too():
    f = cd.morphism(B, B, cd.bool())(lambda x, y, c: cd.where(cd.logical_or(cd.lt(x, y), c), x, y + 1))
    xs = assignments(f.dom)
    x, y, c = (unpacked(w, 8).astype(bool) for w in xs)
    assert np.array_equal(unpacked(cd.compile(f, backend="bits")(*xs), 8), np.where((~x & y) | c, x, ~y))


def test_gates_are_functions():
    """What two wires always share is worked out once, what is constant not at all, and what nobody reads is gone."""
    same = cd.morphism(B, B)(lambda x, y: (x * y, y * x, x + x, (x + 1) * x, x * y + x * y + 1))
    assert gates(same).gates == [("and", 0, 1), ("not", 0, 0), ("and", 0, 3)]
    assert gates(same).outputs == [2, 2, -1, 4, -2]
    assert gates(cd.discard(B) @ cd.id(B)).outputs == [1] and gates(cd.discard(B)).outputs == []


def test_buffers_are_used_again():
    chain = cd.id(B)
    for _ in range(200):
        chain = chain >> cd.copy(B) >> (cd.id(B) + 1) @ cd.id(B) >> cd.mul >> cd.id(B) + 1
    f = cd.mul(B, B) >> chain
    wide = cd.morphism(*[B] * 9)(lambda *xs: tuple(xs[0] * x for x in xs[1:]))
    assert Schedule(gates(f)).buffers <= 6 < Schedule(gates(wide)).buffers == 2 + 9 + 8


def test_no_wires():
    assert sliced_table(cd.const(1, "z2")) == [[1]] and sliced_table(cd.discard(B)) == [[], []]


def test_assignments_of_wires_are_those_of_bits():
    """The words are the same as Python's integers."""
    for n in range(9):
        for x, w in zip(assignments(cd.Object(B.wires * n)), words(n), strict=True):
            assert unpacked(x, 2**n).tolist() == [w.word >> i & 1 for i in range(2**n)]


def test_arguments_that_are_no_words():
    run = cd.compile(cd.mul(cd.z2(3), cd.z2(3)), backend="bits")
    good = np.zeros((3, 2), np.uint64)
    for bad in (good.astype(np.int64), good[:2], good[:, :1], good[0], 7):
        with pytest.raises(ArgumentError, match=r"argument \d lies on z2\[3\]: uint64 of shape \(3, \d\) is taken"):
            run(good, bad)
    with pytest.raises(ArgumentError, match="takes 2 arguments, one per wire, not 1"):
        run(good)


def test_programs_that_are_no_circuits():
    with pytest.raises(MeaningError, match="on z2 and bool wires, not on f64"):
        cd.compile(cd.sin(cd.f64()), backend="bits")
    f = cd.morphism(cd.bool())(lambda c: cd.eq(cd.cast(c, "index"), 1)).box("which")
    with pytest.raises(MeaningError, match="which / index: cast means nothing"):
        cd.compile(f, backend="bits")
    with pytest.raises(MeaningError, match="output 0 lies on index"):
        gates(cd.const(3, "index"))


def test_signals_are_a_rig():
    """Constants obey the laws of rigs; of inputs, which are equal where they are one, those that gates show."""
    tape = Tape(3)
    assert broken(SIGNALS) == []
    x, y = Signal(tape, 0), Signal(tape, 1)
    assert x + y == y + x and x * y == y * x and x * x == x and x + x == 0 and x * 0 == 0 and x + 0 == x == x * 1
    assert (x | 1) == 1 and (x | x) == x and x != y and x != 0.5 and repr(x + y) == "s3" and len({x, x + 0}) == 1
