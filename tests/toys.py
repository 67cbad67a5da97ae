"""A small language of throw-away generators, and random programs in it, to test what is below generators."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from catdiff.category.label import TABLE, Row, label, register
from catdiff.category.morphism import VERBS, Atom, Morphism
from catdiff.category.objects import UNIT, Object, Sort
from catdiff.category.structure import program
from catdiff.errors import SignatureError


def same(dom: Object) -> Object:
    if len(dom) != 1:
        raise SignatureError(f"takes one wire, not {dom}")
    return dom


def double(dom: Object) -> Object:
    if len(dom) != 2 or dom.wires[0] is not dom.wires[1]:
        raise SignatureError(f"takes two wires of one type, not {dom}")
    return dom[0]


def boxed(dom: Object, *bodies: Morphism, name: str) -> Object:
    if not bodies or any(b.dom != dom or b.cod != bodies[0].cod for b in bodies) or type(name) is not str:
        raise SignatureError("the interior is of another type")
    return bodies[0].cod


def never(*xs, **attrs):
    raise AssertionError("a toy is not run")


def rows() -> dict[str, Row]:
    rules = {
        "toy_sin": same,
        "toy_exp": same,
        "toy_mul": double,
        "toy_split": lambda dom, n: Object(same(dom).wires * n),
        "toy_const": lambda dom, value: Object((value.payload.sort,)),
        "toy_note": lambda dom, **attrs: same(dom),
        "toy_box": boxed,
        "toy_foreign": same,
    }
    return {name: TABLE.get(name) or register(row(name, rule)) for name, rule in rules.items()}


def row(name, rule) -> Row:
    runs = {"interior": True} if rule is boxed else {"forward": never}
    return Row(name=name, type_rule=rule, foreign=name == "toy_foreign", **runs)


ROWS = rows()
SCALAR, VECTOR, BITS = Object((Sort("f64"),)), Object((Sort("f64", (3,)),)), Object((Sort("z2", (2, 2)),))


def toy(name: str, dom: Object = VECTOR, /, *bodies: Morphism, **attrs) -> Morphism:
    """The generator `toy_name` at `dom`."""
    return Atom(label(ROWS[f"toy_{name}"], dom, attrs, bodies))


def box(f: Morphism, name: str = "box") -> Morphism:
    return toy("box", f.dom, f, name=name)


def constant(array, dtype: str = "f64") -> Morphism:
    array = np.array(array)
    array.flags.writeable = False
    return toy("const", UNIT, value=VERBS["opaque"](array, Sort(dtype, array.shape)))


def value_of(f: Morphism) -> np.ndarray:
    """The array of the only constant in f."""
    (array,) = [x.attrs["value"].payload.array for x in f.net.labels if x.row.name == "toy_const"]
    return array


def tower(height: int) -> Morphism:
    f = toy("sin")
    for _ in range(height):
        f = box(f)
    return f


NUMBERS = {"f32": "<f4", "f64": "<f8", "c128": "<c16", "integer": "<i8", "index": "<i8"}
SHAPES = st.lists(st.integers(0, 3), max_size=3).map(tuple)
ATTRIBUTES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3).map(tuple),
    max_leaves=5,
)


@st.composite
def constants(draw) -> Morphism:
    """Constants of every dtype, with any bits in them."""
    dtype, shape = draw(st.sampled_from([*NUMBERS, "bool", "z2", "rational"])), draw(SHAPES)
    n = int(np.prod(shape, dtype=int))
    if dtype == "rational":
        array = np.empty(n, object)
        array[:] = draw(st.lists(st.fractions(), min_size=n, max_size=n))
    elif dtype in NUMBERS:
        size = np.dtype(NUMBERS[dtype]).itemsize * n
        array = np.frombuffer(draw(st.binary(min_size=size, max_size=size)) or bytes(16), NUMBERS[dtype])[:n]
    else:
        array = np.array(draw(st.lists(st.integers(0, 1), min_size=n, max_size=n)))
        array = array.astype("bool" if dtype == "bool" else "uint8")
    return constant(array.reshape(shape), dtype)


@st.composite
def programs(draw, depth: int = 2, inputs: Object | None = None) -> Morphism:
    """Programs with shared and unused wires, boxes within boxes, constants and attributes."""
    objects = st.sampled_from([SCALAR, VECTOR, BITS])
    dom = inputs if inputs is not None else Object(draw(objects).sort for _ in range(draw(st.integers(0, 3))))
    sorts, steps = list(dom.wires), []
    for _ in range(draw(st.integers(0, 5))):
        kinds = ["const"] + ["sin", "exp", "mul", "split", "note", "box"] * bool(sorts)
        kind = draw(st.sampled_from(kinds))
        if kind == "const":
            f, reads = draw(constants()), []
        elif kind == "box":
            reads = draw(st.lists(st.integers(0, len(sorts) - 1), max_size=3))
            f = draw(boxes(depth, Object(sorts[w] for w in reads)))
        else:
            wire = draw(st.integers(0, len(sorts) - 1))
            reads = [wire, wire] if kind == "mul" else [wire]
            attrs = {"split": {"n": 2}, "note": {"a": draw(ATTRIBUTES)}}.get(kind, {})
            f = toy(kind, Object(sorts[w] for w in reads), **attrs)
        steps.append((f, reads))
        sorts += f.cod.wires
    outputs = draw(st.lists(st.integers(0, len(sorts) - 1), max_size=3)) if sorts else []
    return program(dom, steps, outputs)


@st.composite
def boxes(draw, depth: int, dom: Object) -> Morphism:
    """A box with one interior or two equal in type."""
    body = draw(programs(depth - 1, dom)) if depth else program(dom, [], range(len(dom)))
    bodies = [body, body] if draw(st.booleans()) else [body]
    return toy("box", dom, *bodies, name=draw(st.text(max_size=4)))
