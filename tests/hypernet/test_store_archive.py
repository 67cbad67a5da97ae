"""Files that ask for more than they are, and archives beside them that are not what they say."""

import io
import json
import os
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from damaged import (
    TEXT,
    ZEROS,
    const,
    net,
    refusal,
    whole,
    write,
)
from hypothesis import given
from hypothesis import strategies as st
from toys import SCALAR, VECTOR, constant, toy

from catdiff.category.structure import copy as copies
from catdiff.category.structure import program
from catdiff.errors import StoreError
from catdiff.hypernet.store import from_json, load, save

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
    for path in (tmp_path / "none.json", tmp_path / "a\0b"):
        with pytest.raises(StoreError, match="there is no such file"):
            load(path)
    with pytest.raises(StoreError, match="is a folder"):
        load(tmp_path)


def test_no_more_is_accepted_than_is_saved():
    """A document that names a wire twice, or no wire, is a program: copying and discarding are not boxes."""
    assert from_json(net(outputs=[1, 1])) == toy("sin") >> copies(VECTOR)
    assert from_json(net(outputs=[])) == program(VECTOR, [], [])
    assert from_json(whole(sorts=[["f64", []]])) == toy("sin", SCALAR)
