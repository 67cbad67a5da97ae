"""catdiff from scratch: reverse-mode differentiation as a transformation of syntax, in plain Python.

A *reverse derivative category* is a cartesian category whose parallel maps can be added, with an operator R
that sends f : A → B to R[f] : A × B → A (on points, R[f](a, b̄) = J_f(a)ᵀ b̄) and obeys RD.1 to RD.5. Here an
object is a number of wires and a morphism is a term: a box of a table, `f >> g` (first f, then g) or `f @ g`
(side by side). The table's derivatives are terms again, so R eats its own output and R[R[f]] is no new idea.

The axioms, decided exactly: polynomials of degree < 4 in each wire are equal if they agree on {0, 1, 2, 3}ⁿ.

>>> from itertools import product
>>> same = lambda f, g: all(f(*x) == g(*x) for x in product(range(4), repeat=f.dom))
>>> f, g, h, null = mul(1), square(2) >> add(1), square(1), discard(2) >> zero(2)  # xy, x² + y², x², (0, 0)
>>> p0, p1 = id(2) @ discard(1), discard(2) @ id(1)                    # π0 and π1 of A × B, for A = 2, B = 1
>>> b0, b1 = id(2) @ id(1) @ discard(1), id(2) @ discard(1) @ id(1)    # 1×π0 and 1×π1 of A × (B × B)
>>> same(R(f + g), R(f) + R(g)), same(R(null), discard(4) >> zero(2))  # RD.1  R[f+g] = R[f] + R[g], R[0] = 0
(True, True)
>>> same(id(2) @ add(1) >> R(g), (b0 >> R(g)) + (b1 >> R(g))), same(id(2) @ zero(1) >> R(g), null)  # RD.2
(True, True)
>>> R(id(2)), same(R(p0), discard(3) @ id(2) @ zero(1))                # RD.3  R[1] = π1, R[π0] = π1;ι0
(discard(2) @ id(2), True)
>>> same(R(pair(f, g)), (b0 >> R(f)) + (b1 >> R(g)))                   # RD.4  what was shared is summed, so
True
>>> R(copy(1)), R(discard(1))                                          #       copy gives add, discard zero
(discard(1) @ add(1), discard(1) @ zero(1))
>>> same(R(f >> h), pair(p0, pair(p0 >> f, p1)) >> id(2) @ R(h) >> R(f))  # RD.5  the chain rule
True
>>> h(3), R(h)(3, 1), R(R(h))(3, 1, 1)                                 # x² at 3; its R, 2x·x̄; the R of that
(9, 6, (2, 6))
"""

import math
import operator as op
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, reduce
from typing import Any


@dataclass(frozen=True, repr=False)
class Morphism:
    """f : dom → cod, a term and nothing more; `__call__`, `__repr__` and `R` are three readings of it."""

    op: str  # ">>", "@", or the name of a row of TABLE
    args: tuple[Any, ...]  # the two halves, or the parameters of the row
    dom: int
    cod: int

    def __rshift__(self, g: "Morphism") -> "Morphism":
        if self.cod != g.dom:
            raise TypeError(f"cannot compose {self} >> {g}: left gives {self.cod} wires, right takes {g.dom}")
        return Morphism(">>", (self, g), self.dom, g.cod)

    def __matmul__(self, g: "Morphism") -> "Morphism":
        return Morphism("@", (self, g), self.dom + g.dom, self.cod + g.cod)

    def __add__(self, g: "Morphism") -> "Morphism":
        return pair(self, g) >> add(self.cod)

    def __call__(self, *x: Any) -> Any:
        if len(x) != self.dom:
            raise TypeError(f"{self} takes {self.dom} wires, not {len(x)}")
        wires, todo = list(x), [(self, 0)]  # the terms yet to run, each with the number of its first wire
        while todo:
            f, i = todo.pop()
            if f.op == ">>":
                todo += [(f.args[1], i), (f.args[0], i)]
            elif f.op == "@":  # the right half runs first, so the left half's wires keep their numbers
                todo += [(f.args[0], i), (f.args[1], i + f.args[0].dom)]
            else:
                wires[i : i + f.dom] = TABLE[f.op](*f.args)[2](wires[i : i + f.dom])
        return wires[0] if self.cod == 1 else tuple(wires)

    def __repr__(self) -> str:
        if self.op in TABLE:
            return f"{self.op}({', '.join(map(repr, self.args))})"
        f, g = map(repr, self.args)  # @ binds tighter than >>, and both group to the left
        f = f"({f})" if self.op == "@" and ">>" in f else f
        g = f"({g})" if ">>" in g or (self.op == "@" and "@" in g) else g
        return f"{f} {self.op} {g}"


def R(f: Morphism) -> Morphism:
    """R[f] : A × B → A, again a term: for a box its row of the table, for `f >> g` the chain rule, RD.5."""
    if f.op in TABLE:
        return TABLE[f.op](*f.args)[3]()
    g, h = f.args
    if f.op == "@":
        return id(g.dom) @ swap(h.dom, g.cod) @ id(h.cod) >> R(g) @ R(h)
    return copy(g.dom) @ id(h.cod) >> id(g.dom) @ (g @ id(h.cod) >> R(h)) >> R(g)


# R and repr recurse: brackets may nest a few hundred deep; evaluation has no such limit. A term cannot share:
# g runs by itself and again in R[g]. So R of a chain of n boxes runs O(n) of them, bracketed to the right, or
# O(n²) to the left (R of R, a power more). catdiff's hypernets share wires: there R is always linear.
# ruff: noqa: D103 (an abbreviation is its own description)
# fmt: off
TABLE: dict[str, Callable[..., tuple[int, int, Callable[[list[Any]], Any], Callable[[], Morphism]]]] = {
    # name and parameters   dom  cod  forward, on a list of numbers      R[f] : dom + cod → dom
    "id":      lambda n: (n,   n,   lambda x: x,                         lambda: discard(n) @ id(n)),
    "swap": lambda m, n: (m+n, n+m, lambda x: x[m:] + x[:m],             lambda: discard(m + n) @ swap(n, m)),
    "copy":    lambda n: (n,   n+n, lambda x: x + x,                     lambda: discard(n) @ add(n)),
    "add":     lambda n: (n+n, n,   lambda x: map(op.add, x[:n], x[n:]), lambda: discard(n + n) @ copy(n)),
    "discard": lambda n: (n,   0,   lambda x: [],                        lambda: discard(n) @ zero(n)),
    "zero":    lambda n: (0,   n,   lambda x: [0] * n,                   lambda: discard(n)),
    "const":  lambda *c: (0,   len(c), lambda x: c,                      lambda: discard(len(c))),
    "neg":     lambda n: (n,   n,   partial(map, op.neg),                lambda: discard(n) @ neg(n)),
    "mul":     lambda n: (n+n, n,   lambda x: map(op.mul, x[:n], x[n:]), lambda: cross(n) >> mul(n) @ mul(n)),
    "exp":     lambda n: (n,   n,   partial(map, math.exp),              lambda: exp(n) @ id(n) >> mul(n)),
    "sin":     lambda n: (n,   n,   partial(map, math.sin),              lambda: cos(n) @ id(n) >> mul(n)),
    "cos":     lambda n: (n,   n,   partial(map, math.cos),              lambda: sin(n) @ neg(n) >> mul(n)),
    "tanh":    lambda n: (n,   n,   partial(map, math.tanh),             lambda: sech2(n) @ id(n) >> mul(n)),
}
def box(name: str, *args: Any) -> Morphism: return Morphism(name, args, *TABLE[name](*args)[:2])
id, swap, copy, add, discard, zero, const, neg, mul, exp, sin, cos, tanh = (partial(box, k) for k in TABLE)
def pair(f: Morphism, g: Morphism) -> Morphism: return copy(f.dom) >> f @ g
def square(n: int) -> Morphism: return copy(n) >> mul(n)
def cross(n: int) -> Morphism: return swap(n, n) @ copy(n) >> id(n) @ swap(n, n) @ id(n)  # x y z ↦ y z x z
def sech2(n: int) -> Morphism: return tanh(n) >> square(n) >> neg(n) @ const(*[1] * n) >> add(n)
def total(n: int) -> Morphism: return zero(1) if n == 0 else id(1) @ total(n - 1) >> add(1)
def dense(n: int, m: int) -> Morphism:  # m rows of n weights, then n inputs ↦ m dot products
    split = id(m * n) @ copy(n) >> id(n) @ swap((m - 1) * n, n) @ id(n)
    return split >> dense(n, 1) @ dense(n, m - 1) if m > 1 else mul(n) >> total(n)
# fmt: on


def main() -> None:
    """Ask finite differences (a table with `R[mul] = 0` obeys every axiom), then train a net 2-3-1 on xor."""
    f = mul(1) >> pair(sin(1), tanh(1)) >> mul(1)
    print(f"f(x, y) = sin(xy)·tanh(xy) : {f.dom} → {f.cod}\n  {f}")
    for name, g, x, dy in ("R[f]", f, (0.5, -1.2), (1.0,)), ("R[R[f]]", R(f), (0.5, -1.2, 1.0), (0.3, -0.7)):
        inner, e = g @ const(*dy) >> dense(g.cod, 1), 1e-5  # R[g](x, dy) is the gradient of x ↦ ⟨g(x), dy⟩
        ends = [[inner(*x[:i], x[i] + s, *x[i + 1 :]) for s in (e, -e)] for i in range(g.dom)]
        print(f"{name} : {R(g).dom} → {R(g).cod}\n  as a term  ", *(f"{v:+.8f}" for v in R(g)(*x, *dy)))
        print("  differences", *(f"{(b - a) / (2 * e):+.8f}" for b, a in ends))
    net = id(4) @ (id(11) @ const(1) >> dense(3, 3) >> tanh(3)) @ const(1) >> dense(4, 1)  # 4 + 9 weights @ 2
    xor = {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 0}
    errors = [id(13) @ const(*x) >> net >> id(1) @ const(-y) >> add(1) >> square(1) for x, y in xor.items()]
    loss = reduce(Morphism.__add__, errors)
    step = id(13) + (id(13) @ const(-0.05) >> R(loss))  # p ↦ p + R[loss](p, −ε): the rate is a cotangent
    fifty = reduce(Morphism.__rshift__, [step] * 50)  # and training is composition
    p = [math.sin(i * i) for i in range(13)]
    print(f"loss : {loss.dom} → {loss.cod}, step : {step.dom} → {step.cod}")
    for i in range(5):
        print(f"  after {50 * i:3} steps  {loss(*p):.6f}")
        p = fifty(*p)
    print("learned: ", ", ".join(f"{x} xor {y} = {abs(net(*p, x, y)):.2f}" for x, y in xor))


if __name__ == "__main__":
    main()
