"""What is stored comes back: equal, bit for bit, in equal files, whole or not at all."""

import json
import os
import pickle
import re
import subprocess
import sys
from fractions import Fraction
from functools import reduce
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from toys import ROWS, VECTOR, box, constant, constants, programs, tower, toy, value_of

from catdiff.category.label import DEEPEST
from catdiff.category.objects import DTYPES
from catdiff.category.structure import copy, discard, id, program
from catdiff.errors import SignatureError, StoreError
from catdiff.hypernet import store
from catdiff.hypernet.store import dumps, from_json, load, loads, save, schema, to_json

VALIDATOR = jsonschema.Draft202012Validator(schema())
BIG = np.arange(10_000.0)


def arrays(net) -> tuple:
    return net.dom, net.labels, *(a.tolist() for a in (net.edges, net.sources, net.outputs))


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(schema())


@given(programs())
def test_what_is_stored_comes_back(f):
    text = to_json(f)
    again = from_json(text)
    assert again == f
    assert to_json(again) == text
    VALIDATOR.validate(json.loads(text))


@given(programs())
def test_as_built_every_box_and_wire_comes_back(f):
    text = to_json(f, normal=False)
    VALIDATOR.validate(json.loads(text))
    assert json.loads(text)["meta"] == json.loads(to_json(f))["meta"]
    assert arrays(from_json(text).net) == arrays(f.net)
    assert arrays(pickle.loads(pickle.dumps(f)).net) == arrays(f.net)


@given(constants())
def test_constants_come_back_bit_for_bit(f):
    before, after = value_of(f), value_of(from_json(to_json(f)))
    assert (before.dtype, before.shape, before.tolist() if before.dtype == object else before.tobytes()) == (
        after.dtype,
        after.shape,
        after.tolist() if after.dtype == object else after.tobytes(),
    )
    assert not after.flags.writeable


def test_nan_payloads_and_signed_zeros():
    bits = np.array([0x7FF0000000000001, 0xFFF8DEADBEEF0000, 0x8000000000000000], np.uint64)
    assert value_of(from_json(to_json(constant(bits.view(np.float64))))).view(np.uint64).tolist() == bits.tolist()


def test_equal_morphisms_give_equal_bytes():
    f = toy("sin") >> copy(VECTOR)
    g = copy(VECTOR) >> toy("sin") @ (
        toy("sin") >> copy(VECTOR) >> toy("exp") @ id(VECTOR) >> discard(VECTOR) @ id(VECTOR)
    )
    assert len(f.net) < len(g.net)
    assert dumps(f) == dumps(g)
    assert dumps(box(f) >> g @ g) == dumps(box(g) >> f @ f)
    assert dumps(f) != dumps(f >> toy("exp") @ id(VECTOR))


def test_equal_bytes_in_every_process():
    code = "from toys import *; from catdiff.hypernet.store import to_json; "
    code += "print(to_json(box(toy('note', b=1, a=(2.5, None)))))"
    path = os.pathsep.join(map(str, (Path(__file__).parents[1], Path(__file__).parents[2])))
    texts = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
            encoding="utf-8",
        ).stdout
        for seed in "12"
    }
    assert len(texts) == 1


def test_equal_interiors_are_stored_once():
    inner = [toy("sin") >> toy("exp"), (toy("sin") @ toy("exp") >> discard(VECTOR) @ copy(VECTOR))]
    f = box(inner[0]) >> box(inner[0], "other") >> box(box(inner[0]))
    document = json.loads(to_json(f))
    assert len(document["definitions"]) == 3  # inner, a box around it, f
    assert len(document["labels"]) == 5


def test_a_line_is_a_whole_array():
    f = toy("sin")
    for _ in range(500):
        f = f >> toy("sin")
    assert len(to_json(f).splitlines()) < 25
    assert to_json(f).isascii()


def test_the_document_of_one_generator():
    text = re.sub("blake2b:[0-9a-f]{32}", "…", to_json(toy("sin")))
    assert (
        text
        == """{
"format": "catdiff.hypernet",
"version": 1,
"sorts": [
  ["f64", [3]]
],
"constants": [],
"labels": [
  {"row": "toy_sin", "attrs": {}, "dom": [0], "cod": [0], "bodies": []}
],
"definitions": [
  {"dom": [0],
   "labels": [0],
   "edges": [0],
   "sources": [0],
   "outputs": [1]}
],
"root": 0,
"meta": {"digest": "…"}
}
"""
    )


@pytest.mark.parametrize("value", [None, True, 1, 1.0, -0.0, 1e300, float("inf"), 10**400, "λ\n\0", ((), (1,))])
def test_attributes_keep_value_and_type(value):
    (x,) = from_json(to_json(toy("note", a=value))).net.labels
    assert repr(x.attrs["a"]) == repr(value)


def test_an_attribute_no_file_can_hold():
    with pytest.raises(StoreError, match="not Unicode text"):
        to_json(toy("note", a="\ud800"))


def test_an_attribute_is_nested_as_deeply_as_a_file_can_say():
    deepest = reduce(lambda t, _: (t,), range(DEEPEST - 1), ())
    f = toy("note", a=deepest)
    assert from_json(to_json(f)) == f
    with pytest.raises(SignatureError, match="nested deeper"):
        toy("note", a=(deepest,))


def test_only_morphisms_are_stored(tmp_path):
    with pytest.raises(StoreError, match="only a morphism"):
        save(3, tmp_path / "three.json")  # type: ignore[arg-type]


# -- files ---------------------------------------------------------------------------------------------------


def test_small_arrays_are_inside(tmp_path):
    f = constant([1.0, 2.0]) @ toy("sin")
    save(f, tmp_path / "f.json")
    assert os.listdir(tmp_path) == ["f.json"]
    assert load(tmp_path / "f.json") == load(str(tmp_path / "f.json")) == f


def test_large_arrays_are_beside(tmp_path):
    large = constant(BIG) @ constant(BIG * 1j, "c128") @ constant(np.zeros((300, 300), bool), "bool")
    f = large @ constant(BIG[:8192])
    save(f, tmp_path / "a.b.json")
    assert sorted(os.listdir(tmp_path)) == ["a.b.json", "a.b.npz"]
    assert load(tmp_path / "a.b.json") == f
    document = json.loads((tmp_path / "a.b.json").read_text(encoding="utf-8"))
    VALIDATOR.validate(document)
    assert [sorted(c) for c in document["constants"]] == [
        *[["digest", "npz", "sort"]] * 3,
        ["data", "sort"],
    ]
    with np.load(tmp_path / "a.b.npz", allow_pickle=False) as kept:
        assert kept["c0"].tobytes() == BIG.tobytes()


def test_fortran_order_and_views_are_stored_by_value(tmp_path):
    grid = np.asfortranarray(BIG.reshape(100, 100))[:, ::-1]
    save(constant(grid), tmp_path / "f.json")
    assert (value_of(load(tmp_path / "f.json")) == grid).all()


def test_the_name_of_the_arrays_follows_from_that_of_the_document(tmp_path):
    for name in ("v1.0", "v1.1", "v.json", "v.npz"):
        save(constant(BIG), tmp_path / name)
    beside = {"v1.0.npz", "v1.1.npz", "v.npz", "v.npz.npz"}
    assert beside < set(os.listdir(tmp_path))


def test_files_are_the_same_each_time(tmp_path):
    for name in "fg":
        save(constant(BIG), tmp_path / f"{name}.json")
    for suffix in ("json", "npz"):
        assert (tmp_path / f"f.{suffix}").read_bytes() == (tmp_path / f"g.{suffix}").read_bytes()


def test_saving_again_replaces(tmp_path):
    save(constant(BIG), tmp_path / "f.json")
    save(constant(-BIG), tmp_path / "f.json")
    assert load(tmp_path / "f.json") == constant(-BIG)
    save(toy("sin"), tmp_path / "f.json")
    assert load(tmp_path / "f.json") == toy("sin")


@pytest.mark.parametrize("content", [b"mine", None])
def test_an_archive_of_somebody_else_stays(tmp_path, content):
    if content is None:
        np.savez(tmp_path / "f.npz", weights=BIG)
    else:
        (tmp_path / "f.npz").write_bytes(content)
    before = (tmp_path / "f.npz").read_bytes()
    with pytest.raises(StoreError, match=r"cannot write .*f\.npz"):
        save(constant(BIG), tmp_path / "f.json")
    assert os.listdir(tmp_path) == ["f.npz"]
    assert (tmp_path / "f.npz").read_bytes() == before


def test_where_nothing_can_be_written(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    for path in ("nowhere/f.json", "folder", "file/f.json", "a\0b.json"):
        with pytest.raises(StoreError, match="cannot write"):
            save(toy("sin"), tmp_path / path)
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]


@pytest.mark.parametrize("broken", ["savez", "fsync", "replace"])
def test_a_failure_leaves_what_was_there(tmp_path, monkeypatch, broken):
    save(constant(BIG), tmp_path / "f.json")
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.np if broken == "savez" else store.os, broken, fail)
    with pytest.raises(StoreError, match="No space left"):
        save(constant(-BIG), tmp_path / "f.json")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_files_have_the_usual_permissions(tmp_path):
    (tmp_path / "usual").write_text("")
    save(toy("sin"), tmp_path / "f.json")
    assert (tmp_path / "f.json").stat().st_mode == (tmp_path / "usual").stat().st_mode


# -- generators of others ------------------------------------------------------------------------------------


def test_foreign_generators_are_vouched_for_by_name(tmp_path):
    f = toy("sin") >> toy("foreign")
    save(f, tmp_path / "f.json")
    with pytest.raises(StoreError, match=r"/labels/1/row: 'toy_foreign' is not a generator of catdiff's own"):
        load(tmp_path / "f.json")
    for vouched in (["toy_foreign"], "toy_foreign", (ROWS["toy_foreign"],), ROWS["toy_foreign"]):
        assert load(tmp_path / "f.json", generators=vouched) == f
        assert from_json(to_json(f), vouched) == f
    with pytest.raises(StoreError, match="'toy_none', and there is no generator of that name"):
        load(tmp_path / "f.json", generators=["toy_none"])


def test_unknown_generators_are_refused():
    with pytest.raises(StoreError, match=r"(?s)/labels/0/row: there is no generator 'toy_zzz'.*generators="):
        from_json(to_json(toy("sin")).replace("toy_sin", "toy_zzz"))


# -- pickle, depth -------------------------------------------------------------------------------------------


def test_pickle_takes_everything_inline_and_trusts_registered_generators():
    f = constant(BIG) @ toy("foreign") @ box(toy("sin"))
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(f, protocol))
        assert again == f
        assert hash(again) == hash(f)


def test_pickle_keeps_what_the_normal_form_would_share():
    f = copy(VECTOR) >> toy("sin") @ toy("sin")
    assert len(pickle.loads(pickle.dumps(f)).net) == 2
    assert len(loads(dumps(f)).net) == 1


def test_a_tower_of_boxes(tmp_path):
    f = tower(5_000)
    save(f, tmp_path / "tower.json")
    assert load(tmp_path / "tower.json") == f
    assert pickle.loads(pickle.dumps(f)) == f


def test_a_broad_and_long_program():
    f = program(VECTOR, [(toy("mul", VECTOR @ VECTOR), [i, i // 2]) for i in range(20_000)], [20_000])
    assert from_json(to_json(f)) == f


def test_every_dtype_has_a_stored_form():
    for dtype in DTYPES.values():
        array = np.array([0, 1]).astype(dtype.carrier)
        if dtype.carrier == "object":
            array = np.array([Fraction(0), Fraction(-1, 3)], object)
        assert from_json(to_json(constant(array, dtype.name))) == constant(array, dtype.name)
