"""Files that nobody wrote, or that are meant ill: a `StoreError` that says where, or what was saved."""

import copy
import io
import json
import os
import re
import sys
import tracemalloc
import zipfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import SCALAR, VECTOR, box, constant, programs, toy

from catdiff.category.structure import copy as copies
from catdiff.category.structure import program
from catdiff.errors import StoreError
from catdiff.hypernet.store import from_json, load, save, to_json


def example():
    """Two levels, a shared interior, constants of three kinds, attributes of every type."""
    inner = toy("note", a=(1, None, float("inf")), b="λ", c=-0.0) >> toy("sin") >> toy("exp")
    half = constant(np.array([Fraction(1, 2), Fraction(-3)], object), "rational")
    both = box(inner) @ toy("box", VECTOR, inner, toy("sin"), name="two")
    return copies(VECTOR) >> both >> toy("mul", VECTOR @ VECTOR) @ half @ constant([0.5, -1.0])


GOOD = example()
TEXT = to_json(GOOD)
DOCUMENT = json.loads(TEXT)


def write(document) -> str:
    return json.dumps(document, ensure_ascii=True)


def unsigned() -> dict:
    """The document without its digest, so that only structure protects it."""
    document = copy.deepcopy(DOCUMENT)
    del document["meta"]["digest"]
    return document


def is_refused_or_right(text) -> None:
    try:
        f = from_json(text)
    except StoreError:
        return
    assert f == GOOD


def refusal(text, **options) -> str:
    with pytest.raises(StoreError) as caught:
        from_json(text, **options)
    return str(caught.value)


# -- random damage -------------------------------------------------------------------------------------------


def test_the_example_is_good():
    assert from_json(TEXT) == from_json(write(unsigned())) == from_json(TEXT.encode()) == GOOD


@given(st.data())
def test_flipped_bytes(data):
    damaged = bytearray(TEXT.encode())
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] ^= data.draw(st.integers(1, 255))
    is_refused_or_right(bytes(damaged))


@given(st.integers(0, len(TEXT) - 3))
def test_truncated_files(end):
    assert refusal(TEXT[:end])


@given(programs(), st.data())
def test_truncated_files_of_any_program(f, data):
    text = to_json(f)
    assert refusal(text[: data.draw(st.integers(0, len(text) - 3))])


@given(st.binary(max_size=50))
def test_noise(data):
    assert refusal(data)


FLOATS = st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | FLOATS | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


def places(document) -> list[tuple]:
    """Every container of the document with each of its keys."""
    found, todo = [], [document]
    while todo:
        node = todo.pop()
        keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
        for key in keys:
            found.append((node, key))
            todo.append(node[key])
    return found


@st.composite
def edited(draw, document):
    """One edit: a value replaced, moved up or down by one, removed, doubled, or exchanged with another."""
    document = copy.deepcopy(document)
    here = places(document)
    node, key = draw(st.sampled_from(here))
    kind = draw(st.sampled_from(["replace", "shift", "remove", "double", "swap"]))
    if kind == "shift" and type(node[key]) is int:
        node[key] += draw(st.sampled_from([-1, 1, 2**31, 2**63, -(2**40)]))
    elif kind == "remove":
        del node[key]
    elif kind == "double" and isinstance(node, list):
        node.insert(key, node[key])
    elif kind == "swap":
        other, name = draw(st.sampled_from(here))
        node[key], other[name] = copy.deepcopy((other[name], node[key]))
    else:
        node[key] = draw(JSON)
    return document


@given(edited(DOCUMENT))
def test_random_edits(document):
    is_refused_or_right(write(document))


@given(edited(unsigned()))
def test_random_edits_without_a_digest(document):
    try:
        f = from_json(write(document))
    except StoreError as error:
        message = str(error)
    else:
        assert from_json(to_json(f)) == f  # another program, and a good one
        return
    assert re.match(r"/[\w/]*: ", message)


# -- chosen damage -------------------------------------------------------------------------------------------


def at(path: str, value):
    """The unsigned example with `value` at a path such as labels/0/row."""
    document = unsigned()
    node, *keys = document, *path.split("/")
    for key in keys[:-1]:
        node = node[int(key) if isinstance(node, list) else key]
    node[int(keys[-1]) if isinstance(node, list) else keys[-1]] = value
    return write(document)


def label(**changes) -> str:
    """A document whose only box is toy_sin, changed."""
    entry = {"row": "toy_sin", "attrs": {}, "dom": [0], "cod": [0], "bodies": [], **changes}
    return whole(labels=[entry])


def whole(**changes) -> str:
    """The smallest document with a box, changed."""
    sin = {"row": "toy_sin", "attrs": {}, "dom": [0], "cod": [0], "bodies": []}
    net = {"dom": [0], "labels": [0], "edges": [0], "sources": [0], "outputs": [1]}
    document = {
        "format": "catdiff.hypernet",
        "version": 1,
        "sorts": [["f64", [3]]],
        "constants": [],
        "labels": [sin],
    }
    return write({**document, "definitions": [net], "root": 0, "meta": {}, **changes})


def net(**changes) -> str:
    return whole(definitions=[{"dom": [0], "labels": [0], "edges": [0], "sources": [0], "outputs": [1], **changes}])


def note(value) -> str:
    """A document with one attribute, given as JSON text."""
    return label(row="toy_note", attrs={"a": "HERE"}).replace('"HERE"', value)


def const(sort, **entry) -> str:
    """A document with one constant of that sort, used by nobody."""
    return whole(sorts=[["f64", [3]], sort], constants=[{"sort": 1, **entry}])


def test_the_smallest_document_is_good():
    assert from_json(whole()) == from_json(label()) == from_json(net()) == toy("sin")


ZEROS = "AAAAAAAAAAA="  # eight bytes

HOSTILE = {
    # not such a document at all
    "empty": ("", "not JSON at line 1, column 1"),
    "a number": ("3", "/format: not a stored hypernet"),
    "a list": ("[]", "/format: not a stored hypernet"),
    "another format": (at("format", "onnx"), "/format: not a stored hypernet"),
    "a later version": (at("version", 2), "/version: format version 2; this catdiff reads version 1"),
    "version 1.0": (at("version", 1.0), "/version: "),
    "version true": (at("version", True), "/version: "),
    "another encoding": (TEXT.encode("utf-16"), "not UTF-8 at byte 0"),
    "a byte order mark": (TEXT.encode("utf-8-sig"), "not JSON"),
    "two documents": (TEXT + TEXT, "not JSON"),
    "nested a million deep": ("[" * 1_000_000, "nested too deeply"),
    "nested objects": ('{"a":' * 100_000, "nested too deeply"),
    "a key twice": (whole()[:-1] + ', "root": 0}', "the key 'root' stands twice"),
    "a key too many": (at("extra", 1), "/: 'extra' is not a key of format version 1"),
    "a key too few": (whole().replace('"root": 0, ', ""), "/: 'root' is missing"),
    "tables of another type": (at("labels", {}), "/labels: an array is expected, not an object"),
    "meta of another type": (at("meta", []), "/meta: an object is expected, not an array"),
    "no definitions": (whole(definitions=[], labels=[]), "/root: 0 does not number one of the 0 definitions"),
    "no root": (at("root", 99), "/root: 99 does not number one of the 3 definitions"),
    "a negative root": (at("root", -1), "/root: -1 does not number"),
    "root true": (at("root", True), "/root: a non-negative integer is expected, not true"),
    "a digest of another type": (at("meta/digest", 3), "/meta/digest: a string is expected"),
    "another digest": (
        at("meta/digest", "blake2b:" + "0" * 32),
        "/meta/digest: the file does not hold the program",
    ),
    # numbers
    "a huge integer": (note("9" * 5000), "an integer of 5000 digits"),
    "a very huge integer": (note("1" * 1_000_000), "an integer of 1000000 digits"),
    "a huge float": (note("1e999"), "the number 1e999 does not fit"),
    "a long float": (note("0." + "1" * 5000), "does not fit"),
    "NaN": (note("NaN"), "NaN is not JSON"),
    "Infinity": (note("-Infinity"), "-Infinity is not JSON"),
    # sorts
    "an unknown dtype": (at("sorts/0", ["f63", []]), "/sorts/0/0: unknown dtype 'f63'"),
    "a sort that is none": (at("sorts/0", ["f64"]), "/sorts/0: a sort is a dtype and a shape"),
    "a negative extent": (
        at("sorts/0", ["f64", [3, -1]]),
        "/sorts/0/1/1: a non-negative integer is expected, not -1",
    ),
    "a boolean extent": (at("sorts/0", ["f64", [True]]), "/sorts/0/1/0: a non-negative integer is expected"),
    "a float extent": (
        at("sorts/0", ["f64", [3.0]]),
        "/sorts/0/1/0: a non-negative integer is expected, not 3.0",
    ),
    "an extent beyond 64 bits": (at("sorts/0", ["f64", [2**63]]), "/sorts/0/1: a shape has at most 64 axes"),
    "65 axes": (at("sorts/0", ["f64", [1] * 65]), "/sorts/0/1: a shape has at most 64 axes"),
    # constants
    "a constant without a sort": (at("constants/0", {}), "/constants/0: 'sort' is missing"),
    "a constant without entries": (const(["f64", []]), "/constants/0: a constant has 'data', or"),
    "entries twice": (const(["f64", []], data=ZEROS, values=[]), "/constants/0: a constant has 'data', or"),
    "not base64": (const(["f64", []], data="?" * 12), "/constants/0/data: not base64"),
    "base64 of another type": (const(["f64", []], data=3), "/constants/0/data: a string is expected"),
    "too few bytes": (
        const(["f64", [2]], data=ZEROS),
        "/constants/0/data: 8 bytes are not the entries of f64[2]",
    ),
    "far too few bytes": (const(["f64", [10**9, 10**9]], data=ZEROS), "/constants/0/data: 8 bytes are not"),
    "no bytes and absurd extents": (const(["f64", [0, 2**62, 2**62]], data=""), "/constants/0/data: "),
    "more axes than NumPy has": (const(["f64", [1] * 64 + [1]], data=ZEROS), "/sorts/1/1: "),
    "a boolean that is 2": (const(["bool", []], data="Ag=="), "/constants/0/data: entries of bool are"),
    "a bit that is 2": (const(["z2", []], data="Ag=="), "/constants/0/data: entries of z2 are"),
    "bytes of fractions": (const(["rational", []], data=ZEROS), "/constants/0/data: 8 bytes are not"),
    "fractions of floats": (const(["f64", []], values=["1"]), "/constants/0/values: 1 fractions are not"),
    "too few fractions": (
        const(["rational", [10**12]], values=["1"]),
        "/constants/0/values: 1 fractions are not",
    ),
    "division by zero": (
        const(["rational", []], values=["1/0"]),
        '/constants/0/values/0: a fraction such as "1/2"',
    ),
    "not a fraction": (const(["rational", []], values=["1e9999"]), "/constants/0/values/0: a fraction"),
    "fractions of another type": (const(["rational", []], values=[1]), "/constants/0/values/0: a fraction"),
    "a huge fraction": (
        const(["rational", []], values=["1/" + "9" * 5000]),
        "/constants/0/values/0: a fraction",
    ),
    "an array beside": (
        const(["f64", []], npz="c0", digest="x"),
        "/constants/0/npz: the array is in a file beside",
    ),
    # labels
    "a row that is a number": (label(row=3), "/labels/0/row: a string is expected, not 3"),
    "an unknown row": (label(row="os.system"), "/labels/0/row: there is no generator 'os.system'"),
    "a foreign row": (
        label(row="toy_foreign"),
        "/labels/0/row: 'toy_foreign' is not a generator of catdiff's own",
    ),
    "a row no file should name": (label(row="\ud800"), "/labels/0/row: '\\ud800' is not Unicode text"),
    "a label without a type": (whole(labels=[{"row": "toy_sin"}]), "/labels/0: 'attrs' is missing"),
    "a sort that is not there": (label(dom=[1]), "/labels/0/dom/0: 1 does not number one of the 1 sorts"),
    "a type the rule refuses": (label(dom=[0, 0]), "/labels/0: toy_sin has no such instance: takes one wire"),
    "another codomain": (label(cod=[]), "/labels/0/cod: toy_sin gives f64[3] here, not 1"),
    "an attribute too many": (label(attrs={"a": 1}), "/labels/0: toy_sin has no such instance"),
    "an attribute in the way": (label(attrs={"dom": 1}), "/labels/0: toy_sin has no such instance"),
    "an attribute with a forged name": (
        label(row="toy_note", attrs={"a=1,b": 1}),
        "/labels/0/attrs: an object whose keys",
    ),
    "attributes of another type": (label(attrs=[]), "/labels/0/attrs: an object"),
    "an attribute that is an object": (note('{"a": 1}'), "/labels/0/attrs/a: 'a' is not a key"),
    "an attribute that is empty": (note("{}"), "/labels/0/attrs/a: an object stands for"),
    "an attribute that is two": (
        note('{"constant": 0, "float": "nan"}'),
        "/labels/0/attrs/a: an object stands for",
    ),
    "a float of another name": (note('{"float": "1"}'), "/labels/0/attrs/a: an object stands for"),
    "a float that is a list": (note('{"float": []}'), "/labels/0/attrs/a: an object stands for"),
    "a constant that is not there": (
        note('{"constant": 0}'),
        "/labels/0/attrs/a/constant: 0 does not number",
    ),
    "an attribute nested too deeply": (note("[" * 70 + "]" * 70), "nested deeper than 64 arrays"),
    "an attribute that is no text": (note('"\\udfff"'), "/labels/0/attrs/a: '\\udfff' is not Unicode text"),
    "a body where none belongs": (
        label(bodies=[0]),
        "/labels/0/bodies/0: 0 does not number one of the 0 definitions",
    ),
    "an unused label that is wrong": (
        whole(labels=[*json.loads(whole())["labels"], 3]),
        "/labels/1: an object",
    ),
    # definitions
    "a net that is a list": (whole(definitions=[[]]), "/definitions/0: an object is expected, not an array"),
    "edges of another type": (net(edges="0"), '/definitions/0/edges: an array is expected, not "0"'),
    "an edge that is a float": (
        net(edges=[0.0]),
        "/definitions/0/edges/0: a non-negative integer is expected, not 0.0",
    ),
    "an edge that is true": (net(edges=[True]), "/definitions/0/edges/0: a non-negative integer"),
    "an edge without a label": (
        net(edges=[1]),
        "/definitions/0/edges/0: 1 does not number one of the 1 labels",
    ),
    "a label that is not there": (
        net(labels=[1]),
        "/definitions/0/labels/0: 1 does not number one of the 1 labels",
    ),
    "a wire that is not there": (
        net(sources=[7]),
        "/definitions/0/sources/0: 7 does not number one of the 2 wires",
    ),
    "an output that is not there": (
        net(outputs=[1, 2]),
        "/definitions/0/outputs/1: 2 does not number one of the 2",
    ),
    "a negative wire": (net(sources=[-1]), "/definitions/0/sources/0: -1 does not number"),
    "a cycle of wires": (net(sources=[1]), "/definitions/0: edge 0 (toy_sin) reads a wire made by itself"),
    "too few sources": (net(sources=[]), "/definitions/0: the edges read 1 wires but 0 sources"),
    "too many sources": (net(sources=[0, 0]), "/definitions/0: the edges read 1 wires but 2 sources"),
    "another type of wire": (
        net(dom=[1]).replace('["f64", [3]]', '["f64", [3]], ["f64", []]'),
        "/definitions/0: edge 0 (toy_sin : f64[3] → f64[3]) reads a wire of another type",
    ),
}


@pytest.mark.parametrize(("text", "said"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_documents(text, said):
    assert said in refusal(text).replace("\n", " ")


def test_a_box_inside_itself():
    entry = {"row": "toy_box", "attrs": {"name": "a"}, "dom": [0], "cod": [0], "bodies": [0]}
    assert "/labels/0/bodies/0: 0 does not number one of the 0 definitions before this box" in refusal(
        whole(labels=[entry])
    )


def test_two_boxes_inside_each_other():
    document = json.loads(to_json(box(box(toy("sin")))))
    del document["meta"]["digest"]
    document["labels"][1]["bodies"] = [2]
    assert re.match(r"/labels/\d/bodies/0: 2 does not number", refusal(write(document)))


def test_other_swapped_definitions():
    document = json.loads(to_json(box(toy("sin"))))
    document["definitions"].reverse()
    assert refusal(write(document))


def test_an_edited_constant_is_noticed():
    for entry in DOCUMENT["constants"]:
        key = "data" if "data" in entry else "values"
        other = entry[key][::-1] if key == "values" else entry[key].replace("A", "B", 1)
        damaged = TEXT.replace(json.dumps(entry[key]), json.dumps(other))
        assert damaged != TEXT
        assert "/meta/digest: the file does not hold the program" in refusal(damaged)


def test_the_hint_for_edited_files_works():
    document = json.loads(to_json(toy("sin")))
    document["labels"][0]["row"] = "toy_exp"
    assert "delete the digest from meta" in refusal(write(document))
    del document["meta"]["digest"]
    assert from_json(write(document)) == toy("exp")


def test_a_type_rule_that_fails_in_any_way_is_a_refusal():
    for n, said in ((-1, "no such instance|not"), (1e9, "float"), ("x", "multiply|int"), (None, "None")):
        assert re.search(said, refusal(label(row="toy_split", attrs={"n": n})))


def test_more_digits_than_python_reads():
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)  # no protection of Python's own
    try:
        assert "an integer of 1000000 digits" in refusal(note("1" * 1_000_000))
    finally:
        sys.set_int_max_str_digits(before)


# -- files that ask for more than they are -------------------------------------------------------------------


def peak(action) -> int:
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_absurd_extents_are_types_and_nothing_more():
    text = whole(sorts=[["f64", [2**62, 2**62]]])
    assert peak(lambda: from_json(text)) < 1 << 20
    assert from_json(text).dom.shape == (2**62, 2**62)


def test_absurd_constants_allocate_nothing():
    for shape in ([10**6, 10**6], [2**62] * 60, [2**40]):
        assert peak(lambda shape=shape: refusal(const(["f64", shape], data=ZEROS))) < 1 << 20


def test_few_bytes_are_not_many_wires():
    split = {"row": "toy_split", "attrs": {"n": 3000}, "dom": [0], "cod": [0] * 3000, "bodies": []}
    n = 3000
    body = {"dom": [0], "labels": [0], "edges": [0] * n, "sources": [0] * n, "outputs": []}
    text = whole(labels=[split], definitions=[body])
    assert peak(lambda: refusal(text)) < 1 << 23
    assert "/definitions/0: more wires than the size of the file justifies" in refusal(text)
    assert len(from_json(text, limit=1 << 34).net) == n


def test_few_bytes_are_not_many_labels():
    split = {"row": "toy_split", "attrs": {"n": 3000}, "dom": [0], "cod": [0] * 3000, "bodies": []}
    body = {"dom": [0], "labels": [0], "edges": [], "sources": [], "outputs": []}
    assert "more wires than the size" in refusal(whole(labels=[split], definitions=[body] * 3000))


def test_few_bytes_are_not_long_types():
    sort, n = ["rational", [2**62] * 64], 200_000
    body = {"dom": [0] * n, "labels": [], "edges": [], "sources": [], "outputs": []}
    assert "/definitions/0/dom: more wires" in refusal(whole(sorts=[sort], labels=[], definitions=[body]))


def test_the_limit(tmp_path):
    save(constant(np.arange(10_000.0)), tmp_path / "f.json")
    size = (tmp_path / "f.json").stat().st_size
    with pytest.raises(StoreError, match="more than the limit"):
        load(tmp_path / "f.json", limit=size - 1)
    with pytest.raises(StoreError, match=r"(?s)f\.npz has \d+ bytes.*limit="):
        load(tmp_path / "f.json", limit=size + 1000)
    assert load(tmp_path / "f.json", limit=size + 100_000)
    assert "more than the limit" in refusal(TEXT, limit=100)


# -- the archive beside --------------------------------------------------------------------------------------

ARRAY = np.arange(9_000.0)


@pytest.fixture
def stored(tmp_path) -> Path:
    save(constant(ARRAY), tmp_path / "f.json")
    return tmp_path / "f.json"


def said_of(path: Path) -> str:
    with pytest.raises(StoreError) as caught:
        load(path)
    assert str(caught.value).startswith(str(path))
    return str(caught.value)


def replace_archive(path: Path, content: bytes, name: str = "c0.npy", method: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path.with_suffix(".npz"), "w", method) as archive:
        archive.writestr(name, content)


def npy(array, **options) -> bytes:
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


class Bomb:
    def __reduce__(self):
        return os.abort, ()


GIANT = npy(ARRAY).replace(b"(9000,), }", b"(9000000000000,), }")
ARCHIVES = {
    "another array": (npy(ARRAY + 1), "is not the array that was saved"),
    "another shape": (npy(ARRAY.reshape(9, 1000)), "it is an array of float64[9, 1000]"),
    "another dtype": (npy(ARRAY.astype(">f8")), "it is an array of >f8[9000]"),
    "another order": (npy(np.asfortranarray(np.zeros((90, 100)))), "it is an array of"),
    "pickled objects": (
        npy(np.array([Bomb()] * 9000, object), allow_pickle=True),
        "it is an array of object",
    ),
    "a giant header": (GIANT, "it is an array of float64[9000000000000]"),
    "cut off": (npy(ARRAY)[:-1], "is not the array that was saved"),
    "too long": (npy(ARRAY) + b"\0", "is not the array that was saved"),
    "only a magic number": (npy(ARRAY)[:8], "no 'c0' in f.npz"),
    "empty": (b"", "no 'c0' in f.npz"),
    "code in the header": (npy(ARRAY).replace(b"'shape': ", b"exit(): "), "no 'c0' in f.npz"),
}


@pytest.mark.parametrize(("content", "said"), ARCHIVES.values(), ids=ARCHIVES)
def test_hostile_archives(stored, content, said):
    padding = b"" if len(content) > ARRAY.nbytes else bytes(ARRAY.nbytes)
    replace_archive(stored, content)
    with zipfile.ZipFile(stored.with_suffix(".npz"), "a") as archive:
        archive.writestr("padding", padding)
    assert said in said_of(stored)


def test_a_missing_archive(stored):
    stored.with_suffix(".npz").unlink()
    assert "/constants/0/npz: the array is in f.npz, and there is no such file" in said_of(stored)


def test_an_archive_that_is_none(stored):
    stored.with_suffix(".npz").write_bytes(bytes(100_000))
    assert "/constants/0/npz: no 'c0' in f.npz: File is not a zip file" in said_of(stored)


def test_a_missing_member(stored):
    replace_archive(stored, npy(ARRAY), "c1.npy")
    assert "no 'c0' in f.npz" in said_of(stored)


def test_compressed_members_are_not_read(stored):
    replace_archive(stored, npy(np.zeros(9_000)) + bytes(100_000_000), method=zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(stored.with_suffix(".npz"), "a") as archive:
        archive.writestr("padding", bytes(ARRAY.nbytes))
    assert "it is compressed" in said_of(stored)


def test_a_small_archive_is_not_many_arrays(stored):
    document = json.loads(stored.read_text(encoding="utf-8"))
    document["constants"] *= 1000
    stored.write_text(write(document), encoding="utf-8")
    assert "/constants/1: f.npz is smaller than the arrays said to be in it" in said_of(stored)


def test_an_absurd_array_beside(stored):
    document = json.loads(stored.read_text(encoding="utf-8"))
    document["sorts"][0] = ["f64", [2**62, 2**62]]
    stored.write_text(write(document), encoding="utf-8")
    assert "/constants/0: f.npz is smaller than" in said_of(stored)


@pytest.mark.parametrize("name", ["../c0", "/etc/passwd", "c0.npy/../x", "", "\0"])
def test_names_in_the_document_are_no_paths(stored, name):
    document = json.loads(stored.read_text(encoding="utf-8"))
    document["constants"][0]["npz"] = name
    stored.write_text(write(document), encoding="utf-8")
    assert "/constants/0/npz: no" in said_of(stored)


@given(st.data())
def test_flipped_bytes_of_an_archive(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("flipped") / "f.json"
    f = constant(ARRAY)
    save(f, path)
    content = bytearray(path.with_suffix(".npz").read_bytes())
    ends = st.integers(0, 200) | st.integers(len(content) - 200, len(content) - 1)
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(ends | st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    end = data.draw(st.none() | st.integers(0, len(content)))
    path.with_suffix(".npz").write_bytes(content[:end])
    try:
        again = load(path)
    except StoreError:
        return
    assert again == f


def test_what_is_no_file(tmp_path):
    for path in (tmp_path / "none.json", tmp_path, tmp_path / "a\0b"):
        with pytest.raises(StoreError, match="there is no such file"):
            load(path)


def test_no_more_is_accepted_than_is_saved():
    """A document that names a wire twice, or no wire, is a program: copying and discarding are not boxes."""
    assert from_json(net(outputs=[1, 1])) == toy("sin") >> copies(VECTOR)
    assert from_json(net(outputs=[])) == program(VECTOR, [], [])
    assert from_json(whole(sorts=[["f64", []]])) == toy("sin", SCALAR)
