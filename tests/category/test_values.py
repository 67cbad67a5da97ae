"""Morphisms are values: repr, pickle, copies, hashes, and equal digests in another process."""

import copy
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from programs import BITS, INTEGER, MIXED, SMOOTH, few, morphisms, objects, point, same, seeds, values

import catdiff as cd
from catdiff.category.morphism import Compose
from catdiff.hypernet.build import of_net
from catdiff.hypernet.canonical import digest

ROOT = Path(__file__).resolve().parents[2]
ANY = morphisms(SMOOTH) | morphisms(MIXED, least=0) | morphisms(INTEGER) | morphisms(BITS)


@given(ANY)
def test_repr_evaluates_back(f):
    assert eval(repr(f)) == f
    assert eval(repr(of_net(f.net))) == f


@few
@given(morphisms(SMOOTH, budget=3) | morphisms(INTEGER, budget=3))
def test_repr_of_a_derivative_evaluates_back(f):
    r = cd.R(f)
    if not repr(r).startswith("<"):
        assert eval(repr(r)) == r


@given(ANY, seeds())
def test_pickles_and_copies_are_equal_and_do_the_same(f, seed):
    for g in (pickle.loads(pickle.dumps(f)), copy.copy(f), copy.deepcopy(f), pickle.loads(pickle.dumps(f, 2))):
        assert g == f and f == g and hash(g) == hash(f)
        assert (g.dom, g.cod) == (f.dom, f.cod)
    xs = point(f.dom, seed)
    assert same(values(pickle.loads(pickle.dumps(f)), xs), values(f, xs))


@given(objects(MIXED))
def test_objects_are_values(A):
    for B in (pickle.loads(pickle.dumps(A)), copy.deepcopy(A), eval(repr(A)), A @ cd.UNIT):
        assert B == A and hash(B) == hash(A)
        assert all(s is t for s, t in zip(A.wires, B.wires, strict=True))


@given(objects(MIXED), objects(MIXED), objects(MIXED))
def test_the_bracketing_of_objects_does_not_show(A, B, C):
    left, right = (A @ B) @ C, A @ (B @ C)
    assert left == right and hash(left) == hash(right) and repr(left) == repr(right)
    assert len(left) == len(A) + len(B) + len(C)
    assert left[len(A) : len(A) + len(B)] == B


@given(morphisms(SMOOTH), morphisms(SMOOTH))
def test_equality_is_an_equivalence_that_hash_respects(f, g):
    again = of_net(f.net)
    assert f == f and f == again and again == f and hash(f) == hash(again)
    assert (f == g) == (g == f)
    assert (f == g) == (digest(f) == digest(g)) or f.dom != g.dom
    assert f != "f" and f is not None and not f.equals(3)  # type: ignore[arg-type]
    assert len({f, again}) == 1


def test_one_attribute_or_type_makes_a_difference():
    A = cd.f64(3)
    different = [
        cd.sin(A),
        cd.sin(cd.f64(2)),
        cd.sin(cd.f32(3)),
        cd.cos(A),
        cd.sin(A).box("a"),
        cd.sin(A).box("b"),
        cd.cos(A).box("a"),
        cd.pow(A, exponent=2.0),
        cd.pow(A, exponent=-2.0),
        cd.copy(A) >> cd.id(A) @ cd.sin(A),
        cd.copy(A) >> cd.sin(A) @ cd.id(A),
        cd.const([0.0, 0.0]),
        cd.const([0.0, -0.0]),
        cd.const([0.0, np.nan]),
        cd.zero(cd.f64(2)),
    ]
    assert len(set(different)) == len(different)


DIGESTS = """
import sys
sys.path[:0] = ["tests"]
import catdiff as cd
from catdiff.hypernet.canonical import digest
for text in sys.stdin.read().splitlines():
    print(digest(eval(text)).hex())
"""


def test_digests_are_the_same_in_another_process():
    """… with another seed of Python's own hash."""
    A = cd.f64(3)
    programs = [
        cd.sin(A) >> cd.exp,
        cd.copy(A) >> cd.mul,
        (cd.tanh(A) >> cd.softmax).box("layer") >> cd.sum,
        cd.const([float("nan"), -0.0, 1e-310]),
        cd.R(cd.tanh(A).box("a") >> cd.tanh(A).box("a")),
        cd.einsum("ij,jk->ik", cd.f64(2, 3), cd.f64(3, 4)),
        cd.swap(A, cd.z2()) @ cd.zero(cd.integer(2)),
    ]
    text = "\n".join(map(repr, programs))
    digests = [digest(f).hex() for f in programs]
    for seed in ("0", "1"):
        run = subprocess.run(
            [sys.executable, "-c", DIGESTS],
            input=text,
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        assert run.stdout.split() == digests


def test_what_is_too_long_to_read_is_summed_up():
    S = cd.f64()
    long = cd.sin(S)
    for _ in range(100):
        long = long >> cd.sin
    deep = cd.sin(S)
    for _ in range(5_000):
        deep = deep.box("b")
    assert repr(long) == "<f64 → f64: 101 boxes>"
    assert repr(long.box("b")) == repr(deep) == "<f64 → f64: 1 boxes>"
    assert eval(repr(cd.sin(S).box("a").box("b") >> cd.exp)) == cd.sin(S).box("a").box("b") >> cd.exp


def test_composition_only_adds_one_node():
    """`f >> g` and `f @ g` are O(1): one new term that points at the two, whose types are theirs, unflattened."""
    f = g = cd.copy(cd.f64()) >> cd.add
    for _ in range(200):
        h = f >> g
        assert type(h) is Compose and h.left is f and h.right is g and h.dom is f.dom and h.cod is g.cod
        assert h._net is None
        f = h
    wide = g
    for _ in range(200):
        wide = g @ wide
        assert wide.dom._wires is None and wide.cod._wires is None  # a rope: nobody has looked yet
    assert len(wide.dom) == 201


@pytest.mark.parametrize("attribute", ["dtype", "shape", "new"])
def test_sorts_are_immutable(attribute):
    with pytest.raises(AttributeError):
        setattr(cd.f64(3).sort, attribute, 3)


def test_one_sort_is_one_object():
    assert cd.f64(3).sort is cd.f64(np.int64(3)).sort is cd.f64([3]).sort is pickle.loads(pickle.dumps(cd.f64(3))).sort
