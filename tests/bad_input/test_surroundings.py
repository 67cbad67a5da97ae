"""Depth, disks that fill up, threads: nothing half-written, nothing made twice, no crash of the interpreter."""

import errno
import os
import threading

import numpy as np
import pytest
from hypothesis import settings
from programs import same, values

import catdiff as cd
from catdiff.errors import (
    DrawError,
    StoreError,
)

X = np.array([0.5, 1.0, 2.0])
A, S = cd.f64(3), cd.f64()
THOROUGH = settings.default.max_examples >= 1000


# -- depth -----------------------------------------------------------------------------------------------------


def tower(height):
    f = cd.sin(A)
    for _ in range(height):
        f = f.box("b")
    return f


def test_boxes_nested_far_beyond_pythons_stack(tmp_path):
    height = 100_000 if THOROUGH else 2_000
    f, g = tower(height), tower(height)
    assert f == g and hash(f) == hash(g) and f != tower(height - 1)
    assert same(values(f, [X]), [np.sin(X)])
    assert f.flatten() == cd.sin(A)
    cd.save(f, tmp_path / "f.json")
    assert cd.load(tmp_path / "f.json") == f
    assert same(values(f.map(2), [np.stack([X, X])]), [np.sin(np.stack([X, X]))])
    assert str(f) == "f64[3] → f64[3]" and "f64[3]" in repr(f) and "b" in str(f.summary())
    r = cd.R(f)
    assert same(values(r, [X, X]), values(cd.R(cd.sin(A)), [X, X]))


def test_long_chains_and_wide_rows(tmp_path):
    n = 100_000 if THOROUGH else 5_000
    chain = wide = cd.sin(S)
    for _ in range(n - 1):
        chain, wide = chain >> cd.sin(S), wide @ cd.sin(S)
    assert len(chain.net) == len(wide.net) == n == len(wide.dom)
    assert chain(0.0) == 0.0 and wide(*[0.0] * n) == (0.0,) * n
    assert cd.R(chain)(0.0, 1.0) == 1.0 and repr(chain).startswith("<")
    cd.save(chain, tmp_path / "c.json")
    assert cd.load(tmp_path / "c.json") == chain


# -- nothing half-written --------------------------------------------------------------------------------------

BIG = cd.const(np.arange(20_000.0)) @ cd.id(S)


def left(folder):
    return sorted((p.name, p.read_bytes()) for p in folder.iterdir())


@pytest.mark.parametrize("f", [cd.sin(A), BIG], ids=["one file", "two files"])
@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("nth", [1, 2])
def test_a_disk_that_fails_midway(tmp_path, monkeypatch, f, call, nth):
    """Full on the first or the second file: what was there stays, and nothing else does."""
    cd.save(cd.exp(A), tmp_path / "f.json")
    before, real, calls = left(tmp_path), getattr(os, call), []

    def broken(*args, **more):
        calls.append(args)
        if len(calls) == nth:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*args, **more)

    monkeypatch.setattr(os, call, broken)
    if f is BIG or nth == 1:
        with pytest.raises(StoreError, match=r"cannot write .*: .*No space left"):
            cd.save(f, tmp_path / "f.json")
    else:
        cd.save(f, tmp_path / "f.json")  # one file is written with one call
    monkeypatch.undo()
    after = left(tmp_path)
    if len(calls) < nth:
        assert cd.load(tmp_path / "f.json") == f
    elif (call, nth) == ("replace", 2):  # the arrays have their name already; the document still is the old one
        assert [name for name, _ in after] == ["f.json", "f.npz"] and cd.load(tmp_path / "f.json") == cd.exp(A)
    else:
        assert after == before


def test_a_folder_that_is_not_there_or_not_ours(tmp_path):
    for path in (tmp_path / "no" / "f.json", tmp_path, tmp_path / ("x" * 300), tmp_path / "a\0b"):
        with pytest.raises(StoreError, match="cannot write"):
            cd.save(BIG, path)
    assert left(tmp_path) == []


@pytest.mark.parametrize("text", [None, 3, [], object(), ["{}"]])
def test_documents_that_are_no_text(text):
    with pytest.raises(StoreError, match="a document is text or bytes, not"):
        cd.from_json(text)


@pytest.mark.parametrize("f", [3, None, cd.sin, A, "f"])
def test_what_is_no_morphism_is_not_stored(tmp_path, f):
    for write in (cd.to_json, lambda g: cd.save(g, tmp_path / "f.json")):
        with pytest.raises(StoreError, match="only a morphism can be stored"):
            write(f)
    assert left(tmp_path) == []


# -- threads ---------------------------------------------------------------------------------------------------


def together(n, work):
    """Run `work(i)` in n threads that start at once and switch often; their results, or the first error."""
    import sys

    interval, gate, results, errors = sys.getswitchinterval(), threading.Barrier(n), [None] * n, []

    def body(i):
        gate.wait()
        try:
            results[i] = work(i)
        except BaseException as error:
            errors.append(error)

    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=body, args=(i,)) for i in range(n)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
    finally:
        sys.setswitchinterval(interval)
    if errors:
        raise errors[0]
    return results


def test_threads_share_a_compiled_morphism():
    layer = (cd.tanh(cd.f64(50)) >> cd.softmax).box("layer")
    f = cd.compile(cd.R(layer >> layer >> layer >> cd.sum))
    rng = np.random.default_rng(0)
    xs = [(rng.normal(size=50), rng.normal()) for _ in range(4)]
    want = [f(*x) for x in xs]
    results = together(4, lambda i: [f(*xs[i]) for _ in range(50)])
    assert all(same([y], [want[i]]) for i, ys in enumerate(results) for y in ys)


def test_threads_build_and_look_at_one_term():
    for k in range(20):
        wide = cd.sin(cd.f64(1000 + k))
        for _ in range(30):
            wide = cd.exp(S).box("e") @ wide
        nets = together(4, lambda i, wide=wide: (wide.dom.wires, wide.net, hash(wide), cd.R(wide)))
        assert len({h for _, _, h, _ in nets}) == 1 and all(r == nets[0][3] for *_, r in nets)


def test_threads_make_one_sort_and_one_label():
    """Sorts and labels are compared by identity: two threads that make the same one have to get the same object."""
    for k in range(200):
        sorts = together(3, lambda i, k=k: cd.f64(77, k).sort)
        assert len({*map(id, sorts)}) == 1
        labels = together(3, lambda i, k=k: cd.pow(S, exponent=1000.0 + k).label)
        assert len({*map(id, labels)}) == 1
        boxes = together(3, lambda i, k=k: cd.pow(S, exponent=2000.0 + k).box("b"))
        nets = together(3, lambda i, boxes=boxes: boxes[i].net.labels[0])
        assert len({*map(id, nets)}) == 1


@pytest.mark.parametrize("path", [3, None, b"f.svg", ["f.json"]])
def test_what_is_no_path_is_refused_by_name(path):
    f = cd.sin(cd.f64())
    acts = [(cd.load, StoreError), (lambda p: cd.save(f, p), StoreError)]
    if path is not None:  # which asks for a picture that is not kept
        acts.append((f.draw, DrawError))
    for act, error in acts:
        with pytest.raises(error, match="a path is text or a"):
            act(path)
