"""R on random programs against what it does not depend on: native D, differences, the same program written otherwise
or in another process.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from programs import (
    SMOOTH,
    agree,
    few,
    morphisms,
    point,
    rounding,
    run,
    same,
    seeds,
    values,
)
from sides import EXACT, SIGNATURES, D_from_R, dot, many, parallel, pushed, split, zeros

import catdiff as cd
from catdiff.category.binder import build
from catdiff.hypernet.build import of_net
from catdiff.hypernet.canonical import canonical

ROOT = Path(__file__).resolve().parents[2]


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
