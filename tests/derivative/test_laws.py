"""RD.1–RD.7 and what follows from them, on random programs.

Over ℤ and Z₂ programs are polynomials and every law is asked for exactly. Over floats the two sides of a law round
differently: they may differ by what `rounding` allows, the unit roundoff times the size of the two programs and of the
numbers that occur in them. None of this certifies a rule by itself (wrong rules can satisfy all seven laws), so R is
also held against the rows' own D, against differences, and against R of the same program written otherwise.

Source: Cockett et al., arXiv:1910.07065, Definition 13 and Theorem 16.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import (
    BITS,
    INTEGER,
    SMOOTH,
    agree,
    few,
    morphisms,
    objects,
    point,
    rounding,
    run,
    same,
    seeds,
    values,
)

import catdiff as cd
from catdiff.category.binder import build
from catdiff.category.morphism import Atom
from catdiff.hypernet.build import of_net
from catdiff.hypernet.canonical import canonical

ROOT = Path(__file__).resolve().parents[2]
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
    return [x + y for x, y in zip(xs, ys, strict=True)]


def zeros(A):
    return [cd.zero(X) for X in A]


def zero(A, B):
    return cd.discard(A) >> cd.zero(B)


# -- the seven laws --------------------------------------------------------------------------------------------


@few
@given(st.data(), SIGNATURES, seeds())
def test_RD1_sums(data, signature, seed):
    f, g = parallel(data, signature)
    agree(cd.R(f + g), cd.R(f) + cd.R(g), seed)
    assert cd.R(zero(f.dom, f.cod)) == zero(f.dom @ f.cod, f.dom)


@few
@given(st.data(), SIGNATURES, seeds())
def test_RD2_additive_in_the_cotangent(data, signature, seed):
    (f,) = parallel(data, signature, 1)
    A, B = f.dom, f.cod
    r = cd.R(f)

    def inside(*ws):
        a, b, c = split(ws, A, B, B)
        return tuple(many(r, *a, *sums(b, c)))

    def outside(*ws):
        a, b, c = split(ws, A, B, B)
        return tuple(sums(many(r, *a, *b), many(r, *a, *c)))

    agree(build(A @ B @ B, inside), build(A @ B @ B, outside), seed)
    agree(build(A, lambda *a: tuple(many(r, *a, *zeros(B)))), zero(A, A), seed)


@given(objects(SMOOTH), objects(INTEGER))
def test_RD3_identities_and_projections(A, B):
    assert cd.R(cd.id(A)) == cd.discard(A) @ cd.id(A)
    left, right = cd.id(A) @ cd.discard(B), cd.discard(A) @ cd.id(B)
    assert cd.R(left) == cd.discard(A @ B) @ cd.id(A) @ cd.zero(B)
    assert cd.R(right) == cd.discard(A @ B) @ cd.zero(A) @ cd.id(B)
    assert cd.R(cd.swap(A, B)) == cd.discard(A @ B) @ cd.swap(B, A)
    assert cd.R(cd.discard(A)) == zero(A, A)


@given(objects(SMOOTH, least=1))
def test_R_of_copy_is_add(A):
    n = len(A)
    added = build(A @ A @ A, lambda *ws: tuple(sums(ws[n : 2 * n], ws[2 * n :])))
    assert cd.R(cd.copy(A)) == added


@few
@given(st.data(), SIGNATURES, seeds())
def test_RD4_pairing(data, signature, seed):
    f, h = parallel(data, signature)
    g = data.draw(morphisms(signature, dom=f.dom, budget=4))
    A, B, C = f.dom, f.cod, g.cod

    def outside(*ws):
        a, b, c = split(ws, A, B, C)
        return tuple(sums(many(cd.R(f), *a, *b), many(cd.R(g), *a, *c)))

    agree(cd.R(cd.pair(f, g)), build(A @ B @ C, outside), seed)
    agree(cd.R(cd.pair(f, f)), cd.R(f >> cd.copy(B)), seed)
    agree(cd.R(cd.pair(f, h) >> cd.id(B) @ cd.discard(B)), cd.R(f) @ cd.discard(cd.UNIT), seed)


@few
@given(st.data(), SIGNATURES, seeds())
def test_RD5_chain_rule(data, signature, seed):
    (f,) = parallel(data, signature, 1)
    g = data.draw(morphisms(signature, dom=f.cod, budget=4))
    A, C = f.dom, g.cod

    def outside(*ws):
        a, c = split(ws, A, C)
        return tuple(many(cd.R(f), *a, *many(cd.R(g), *many(f, *a), *c)))

    agree(cd.R(f >> g), build(A @ C, outside), seed)


@few
@given(st.data(), EXACT, seeds())
def test_RD6_linear_in_the_tangent(data, signature, seed):
    """The last block of `R³[f](a, b, 0, 0, b')` is `R[f](a, b')`, whatever b is."""
    (f,) = parallel(data, signature, 1, budget=3)
    A, B = f.dom, f.cod
    r3 = cd.R(cd.R(cd.R(f)))
    assert (r3.dom, r3.cod) == (A @ B @ A @ A @ B, A @ B @ A)

    def inside(*ws):
        a, b, b2 = split(ws, A, B, B)
        return tuple(split(many(r3, *a, *b, *zeros(A), *zeros(A), *b2), A, B, A)[2])

    agree(build(A @ B @ B, inside), cd.permute(A @ B @ B, order(A, B)) >> cd.R(f) @ cd.discard(B), seed)


def order(A, B):
    """(a, b, b') ↦ (a, b', b)"""
    m, n = len(A), len(B)
    return [*range(m), *range(m + n, m + 2 * n), *range(m, m + n)]


def D_from_R(f):
    """`D[f] = (ι₀ × 1) ; R[R[f]] ; π₁`, spelt out."""
    A, B = f.dom, f.cod
    r2 = cd.R(cd.R(f))

    def body(*ws):
        a, v = split(ws, A, A)
        return tuple(split(many(r2, *a, *zeros(B), *v), A, B)[1])

    return build(A @ A, body)


@few
@given(st.data(), EXACT, seeds())
def test_RD7_second_derivatives_are_symmetric(data, signature, seed):
    (f,) = parallel(data, signature, 1, budget=3)
    n = len(f.dom)
    exchange = cd.permute(
        f.dom @ f.dom @ f.dom @ f.dom, [*range(n), *range(2 * n, 3 * n), *range(n, 2 * n)] + [*range(3 * n, 4 * n)]
    )
    for second in (D_from_R(D_from_R(f)), cd.D(cd.D(f))):
        agree(second, exchange >> second, seed)


# -- D and R ---------------------------------------------------------------------------------------------------


@few
@given(st.data(), SIGNATURES, seeds())
def test_D_is_what_R_says(data, signature, seed):
    """`cd.D[f]` is `(ι₀ × 1) ; R[R[f]] ; π₁`, and any other cotangent in place of the zero gives the same."""
    (f,) = parallel(data, signature, 1)
    A, B = f.dom, f.cod
    agree(cd.D(f), D_from_R(f), seed)
    r2 = cd.R(cd.R(f))

    def body(*ws):
        a, v, b = split(ws, A, A, B)
        return tuple(split(many(r2, *a, *b, *v), A, B)[1])

    agree(build(A @ A @ B, body), cd.D(f) @ cd.discard(B), seed)


@few
@given(st.data(), SIGNATURES, seeds())
def test_R_is_what_D_says(data, signature, seed):
    """`R[f](a, b̄) = R[D[f]]((a, 0), b̄) ; π₁`."""
    (f,) = parallel(data, signature, 1)
    A, B = f.dom, f.cod
    r = cd.R(cd.D(f))
    body = lambda *ws: tuple(split(many(r, *ws[: len(A)], *zeros(A), *ws[len(A) :]), A, A)[1])  # noqa: E731
    agree(build(A @ B, body), cd.R(f), seed)


def dot(xs, ys):
    """Σ x y in the carrier: over Z₂ modulo 2."""
    total = sum(int(np.sum(x.astype(object) * y.astype(object))) for x, y in zip(xs, ys, strict=True))
    return total % 2 if any(x.dtype == np.uint8 for x in (*xs, *ys)) else total


@few
@given(st.data(), EXACT, seeds())
def test_D_and_R_are_adjoint(data, signature, seed):
    """`⟨D[f](a, ȧ), b̄⟩ = ⟨ȧ, R[f](a, b̄)⟩`, exactly."""
    (f,) = parallel(data, signature, 1)
    a, v, b = split(point(f.dom @ f.dom @ f.cod, seed), f.dom, f.dom, f.cod)
    assert dot(run(cd.D(f), [*a, *v]), b) == dot(v, run(cd.R(f), [*a, *b]))


@few
@given(st.data(), EXACT, seeds())
def test_the_rows_own_D_agrees(data, signature, seed):
    """The oracle that never looks at R: each row's D, edge by edge over the flattened net."""
    (f,) = parallel(data, signature, 1)
    xs, vs = split(point(f.dom @ f.dom, seed), f.dom, f.dom)
    wires = list(zip(xs, vs, strict=True))
    for label, sources, _ in f.flatten().net.steps():
        wires += pushed(label, [wires[s] for s in sources])
    want = [np.asarray(wires[w][1]) for w in f.flatten().net.outputs.tolist()]
    got = run(cd.D(f), [*xs, *vs])
    assert all(np.array_equal(x, y) for x, y in zip(got, want, strict=True))


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


@few
@given(st.data(), st.integers(0, 1), seeds())
def test_R_agrees_with_differences(data, extra, seed):
    """`⟨b̄, f(x + hv) − f(x − hv)⟩ / 2h = ⟨R[f](x, b̄), v⟩`, for f and for R[f]. What the difference is worth follows
    from a second one with twice the step, and from rounding."""
    (f,) = parallel(data, SMOOTH, 1, budget=4 - extra)
    f = cd.R(f) if extra else f
    xs, vs, b = split(point(f.dom @ f.dom @ f.cod, seed), f.dom, f.dom, f.cod)

    def difference(h):
        up, down = (values(f, [x + s * h * v for x, v in zip(xs, vs, strict=True)]) for s in (1, -1))
        return sum(float(np.sum(c * (p - q))) for c, p, q in zip(b, up, down, strict=True)) / (2 * h)

    h = 2.0**-16
    near, far = difference(h), difference(2 * h)
    got = sum(float(np.sum(g * v)) for g, v in zip(values(cd.R(f), [*xs, *b]), vs, strict=True))
    size = sum(x.size for x in b) + 1
    assert abs(got - near) <= abs(near - far) + size * rounding(f, f, xs) / h


# -- written otherwise -----------------------------------------------------------------------------------------


@few
@given(st.data(), SIGNATURES, seeds())
def test_boxes_change_nothing(data, signature, seed):
    (f,) = parallel(data, signature, 1)
    boxed = f.box("b")
    assert cd.R(boxed) == cd.R(of_net(boxed.net))
    agree(cd.R(boxed), cd.R(f), seed)
    agree(cd.R(boxed).flatten(), cd.R(f.flatten()), seed)
    agree(cd.R(f.box("inner").box("outer")), cd.R(f), seed)
    twice = cd.copy(f.dom) >> boxed @ boxed
    agree(cd.R(twice), cd.R(cd.copy(f.dom) >> f @ f), seed)
    agree(cd.D(boxed), cd.D(f), seed)


@few
@given(st.data(), EXACT, seeds())
def test_boxes_change_nothing_to_second_order(data, signature, seed):
    (f,) = parallel(data, signature, 1, budget=3)
    agree(cd.R(cd.R(f.box("b"))), cd.R(cd.R(f)), seed)
    agree(cd.R(cd.R(f.box("b")).box("c")), cd.R(cd.R(f)), seed)


@few
@given(st.data(), SIGNATURES, seeds())
def test_the_normal_form_is_a_congruence(data, signature, seed):
    """Sharing and dropping boxes before R changes the order of sums, and no sum: T4 of the law suite."""
    (f,) = parallel(data, signature, 1)
    normal = of_net(canonical(f.net))
    agree(cd.R(normal), cd.R(f), seed)
    again = of_net(canonical(cd.R(f).net))
    agree(again, cd.R(f), seed)


@few
@given(st.data(), EXACT, seeds())
def test_the_normal_form_is_a_congruence_to_second_order(data, signature, seed):
    (f,) = parallel(data, signature, 1, budget=3)
    agree(cd.R(cd.R(of_net(canonical(f.net)))), cd.R(cd.R(f)), seed)
    agree(cd.R(of_net(canonical(cd.R(f).net))), cd.R(cd.R(f)), seed)


@few
@given(st.data(), SIGNATURES, seeds())
def test_side_by_side(data, signature, seed):
    f, g = data.draw(morphisms(signature, budget=4)), data.draw(morphisms(signature, budget=4))
    A, B, C, E = f.dom, f.cod, g.dom, g.cod
    middle = cd.id(A) @ cd.swap(C, B) @ cd.id(E)
    agree(cd.R(f @ g), middle >> cd.R(f) @ cd.R(g), seed)


@few
@given(st.data(), SIGNATURES)
def test_bracketing_does_not_show_in_one_bit(data, signature):
    (f,) = parallel(data, signature, 1, budget=3)
    g = data.draw(morphisms(signature, dom=f.cod, budget=3))
    h = data.draw(morphisms(signature, dom=g.cod, budget=3))
    left, right = cd.R((f >> g) >> h), cd.R(f >> (g >> h))
    for part in ("edges", "sources", "outputs"):
        assert getattr(left.net, part).tolist() == getattr(right.net, part).tolist()
    xs = point(left.dom, 1)
    assert same(run(left, xs), run(right, xs)) and same(run(left, xs), run(left, xs))


# -- from process to process -----------------------------------------------------------------------------------

BITS_OF = """
import sys
sys.path[:0] = ["tests"]
import catdiff as cd, numpy as np
from programs import point, values
for text in sys.stdin.read().splitlines():
    f = eval(text)
    for g in (cd.R(f), cd.D(f), cd.R(cd.R(f))):
        print(b"".join(y.tobytes() for y in values(g, point(g.dom, 7))).hex() or "-")
"""


def test_derivatives_are_bitwise_reproducible():
    """Two processes that hash differently, and compose in another order, get the same bits."""
    A, M = cd.f64(5), cd.f64(5, 5)
    programs = [
        cd.copy(A, 4) >> cd.sin(A) @ cd.exp(A) @ cd.tanh(A) @ cd.id(A) >> cd.concat >> cd.softmax >> cd.sum,
        build(M @ A, lambda w, x: cd.tanh(w @ cd.tanh(w @ cd.tanh(w @ x)))),
        (cd.sin(A) >> cd.softmax).box("a") >> (cd.sin(A) >> cd.softmax).box("a") >> cd.logsumexp,
        build(A @ A, lambda x, y: (x * y).sum() * x + cd.sigmoid(y) * x / (y * y + 1.0)),
    ]
    text = "\n".join(map(repr, programs))
    runs = [
        subprocess.run(
            [sys.executable, "-c", BITS_OF],
            input="\n".join(text.split("\n")[::step]),
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            encoding="utf-8",
            check=True,
        ).stdout.split("\n")[:-1]
        for seed, step in (("0", 1), ("1", -1))
    ]
    blocks = [[run[i : i + 3] for i in range(0, len(run), 3)] for run in runs]
    assert len(blocks[0]) == len(programs)
    assert blocks[0] == blocks[1][::-1]


# -- what the laws alone do not see ----------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["zero", "add"])
def test_the_oracles_bite(wrong):
    """Two wrong rules for a product that satisfy all seven laws: adjointness tells them from the right one."""
    rules = {"zero": lambda x, y, z̄: (None, None), "add": lambda x, y, z̄: (z̄, z̄)}
    mul = WRONG.get(wrong) or WRONG.setdefault(
        wrong,
        cd.generator(
            f"test law {wrong}",
            forward=lambda x, y: x * y,
            R=rules[wrong],
            D=lambda x, y, ẋ, ẏ: ẋ * y + x * ẏ,
            arity=2,
        ),
    )
    S = cd.f64()
    f = mul(S, S)
    a, b, v, w, c = (np.array(x) for x in (2.0, 3.0, 1.0, 1.0, 1.0))
    ((_, tangent),) = pushed(f.net.labels[0], [(a, v), (b, w)])
    assert dot([tangent], [c]) == 5
    assert dot([v, w], values(cd.R(f), [a, b, c])) == {"zero": 0, "add": 2}[wrong]
    agree(cd.R(f), cd.R(f.box("b")))
    g = cd.sin(S) @ cd.id(S)
    chain = build(S @ S @ S, lambda x, y, z: tuple(many(cd.R(g), x, y, *many(cd.R(f), *many(g, x, y), z))))
    agree(cd.R(g >> f), chain)


WRONG: dict = {}
