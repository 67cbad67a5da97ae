"""A stored program with something of everything, and what becomes of it when it is damaged."""

import copy
import json
from fractions import Fraction

import numpy as np
import pytest
from toys import VECTOR, box, constant, toy

from catdiff.category.structure import copy as copies
from catdiff.errors import StoreError
from catdiff.hypernet.store import from_json, to_json


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


ZEROS = "AAAAAAAAAAA="  # eight bytes


def const(sort, **entry) -> str:
    """A document with one constant of that sort, used by nobody."""
    return whole(sorts=[["f64", [3]], sort], constants=[{"sort": 1, **entry}])


def net(**changes) -> str:
    return whole(definitions=[{"dom": [0], "labels": [0], "edges": [0], "sources": [0], "outputs": [1], **changes}])


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
