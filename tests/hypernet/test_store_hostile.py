"""Files that nobody wrote, or that are meant ill: a `StoreError` that says where, or what was saved."""

import copy
import json
import re
import sys

import pytest
from damaged import (
    DOCUMENT,
    GOOD,
    TEXT,
    ZEROS,
    const,
    is_refused_or_right,
    net,
    refusal,
    unsigned,
    whole,
    write,
)
from hypothesis import given
from hypothesis import strategies as st
from toys import box, programs, toy

from catdiff.errors import StoreError
from catdiff.hypernet.store import from_json, to_json

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


def note(value) -> str:
    """A document with one attribute, given as JSON text."""
    return label(row="toy_note", attrs={"a": "HERE"}).replace('"HERE"', value)


def test_the_smallest_document_is_good():
    assert from_json(whole()) == from_json(label()) == from_json(net()) == toy("sin")


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
    "a key too many": (at("extra", 1), "'extra' is not a key of format version 1"),
    "a key too few": (whole().replace('"root": 0, ', ""), "'root' is missing"),
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
