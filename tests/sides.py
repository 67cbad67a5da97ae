"""The two sides of a law: programs of one type, and wires in groups."""

import numpy as np
from hypothesis import strategies as st
from programs import BITS, INTEGER, SMOOTH, morphisms, objects, run

import catdiff as cd
from catdiff.category.binder import build
from catdiff.category.morphism import Atom

SIGNATURES = st.sampled_from([INTEGER, BITS, SMOOTH])
EXACT = st.sampled_from([INTEGER, BITS])


def parallel(data, signature, n=2, budget=4):
    """f, g, … : A → B."""
    A, B = (data.draw(objects(signature, least=1, most=2)) for _ in range(2))
    return [data.draw(morphisms(signature, dom=A, cod=B, budget=budget)) for _ in range(n)]


def split(ws, *parts):
    """The wires in groups of the sizes of these objects."""
    ws, out = list(ws), []
    for part in parts:
        out.append(ws[: len(part)])
        ws = ws[len(part) :]
    assert not ws
    return out


def many(f, *wires):
    """f on wires, always as a list."""
    if not len(f.dom):
        raise AssertionError("a law is about programs with inputs")
    y = f(*wires)
    return list(y) if isinstance(y, tuple) else [y]


def sums(xs, ys):
    """x + y, wire by wire."""
    return many(cd.plus(cd.Object(w.sort for w in xs)), *xs, *ys) if len(xs) else []


def zeros(A):
    return [cd.zero(X) for X in A]


def zero(A, B):
    return cd.discard(A) >> cd.zero(B)


def D_from_R(f):
    """`D[f] = (ι₀ × 1) ; R[R[f]] ; π₁`, spelt out."""
    A, B = f.dom, f.cod
    r2 = cd.R(cd.R(f))

    def body(*ws):
        a, v = split(ws, A, A)
        return tuple(split(many(r2, *a, *zeros(B), *v), A, B)[1])

    return build(A @ A, body)


def pushed(label, pairs):
    """Values and tangents of one box."""
    atom, row = Atom(label), label.row
    xs, vs = [x for x, _ in pairs], [v for _, v in pairs]
    ys = run(atom, xs)
    if row.locally_constant:
        return [(y, np.zeros_like(y)) for y in ys]
    if row.dagger:
        return list(zip(ys, run(atom, vs), strict=True))
    tangents = run(build(label.dom @ label.dom, lambda *ws: row.D(*ws, **label.attrs)), [*xs, *vs])
    return list(zip(ys, tangents, strict=True))


def dot(xs, ys):
    """Σ x y in the carrier: over Z₂ modulo 2."""
    total = sum(int(np.sum(x.astype(object) * y.astype(object))) for x, y in zip(xs, ys, strict=True))
    return total % 2 if any(x.dtype == np.uint8 for x in (*xs, *ys)) else total
