"""Backprop as functor, over the rationals: where learners compose, gradient descent composes.

A learner is asked for a point and answers with a point: what it would rather have been given. What the second of two
requests is what the first is told, and so they make a category, Learn. Gradient descent is a functor to it,

    F : Para → Learn        F(f ; g) = F(f) ; F(g)

that is, to train two maps each by itself, one told what the other requests, is to train the composite. Over the
rationals nothing is rounded, and this is an equation between numbers; between polynomials, it is proved for all numbers
at once:

>>> F = cd.Backprop(rate=Fraction(1, 4))
>>> whole, parts = F(SLOPE >> OFFSET >> SQUARE), F(SLOPE) >> F(OFFSET) >> F(SQUARE)
>>> at = [Fraction(1, 3), Fraction(2, 7), Fraction(2), Fraction(5)]     # slope, offset, input, what it should lead to
>>> whole.update(*at), whole.request(*at)
((Fraction(39187, 9261), Fraction(20696, 9261)), Fraction(127766, 27783))
>>> whole.update(*at) == parts.update(*at), whole.request(*at) == parts.request(*at)
(True, True)
>>> equal(whole.update, parts.update), equal(whole.request, parts.request)
(True, True)

Source: Fong, Spivak and Tuyéras, arXiv:1711.10455, Thm III.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import catdiff as cd
from catdiff.interpret.over import evaluate
from catdiff.interpret.polynomial import indeterminates, polynomials

Q = cd.rational()
SLOPE = cd.para(cd.mul(Q, Q), slope="zeros")
OFFSET = cd.para(cd.add(Q, Q), offset="zeros")
SQUARE = cd.para(cd.square(Q))


def normal_form(f: cd.Morphism) -> list[str]:
    """The polynomials that a program over the rationals is, one for each output."""
    rig = polynomials()
    return [str(y.item()) for y in evaluate(f, indeterminates(f.dom, rig), rig)]


def equal(f: cd.Morphism, g: cd.Morphism) -> bool:
    """Whether two programs are the same polynomials: equal at all rational points, and proved."""
    return normal_form(f) == normal_form(g)


def training(learner: cd.Learn, line: tuple[Fraction, Fraction], steps: int) -> Iterator[tuple[Fraction, Fraction]]:
    """The parameters of a learner of lines, told in turn of points of this one, at 0, 1 and −1."""
    a, b = line
    p = Fraction(0), Fraction(0)
    for k in range(steps):
        x = Fraction((0, 1, -1)[k % 3])
        p = learner.update(*p, x, a * x + b)
        yield p


def main(steps: int = 12) -> None:
    """Prove that F preserves a composite, and learn a line in fractions."""
    F = cd.Backprop(rate=Fraction(1, 4))
    whole, parts = F(SLOPE >> OFFSET), F(SLOPE) >> F(OFFSET)
    print(
        "F(slope ; offset), and F(slope) ; F(offset): polynomials in slope x0, offset x1, the input x2 and what it is"
    )
    print("told to lead to, x3:\n")
    for what in ("implement", "update", "request"):
        one, two = normal_form(getattr(whole, what)), normal_form(getattr(parts, what))
        verdict = "the same" if one == two else "not the same"
        print(f"{what:<9}  {',  '.join(one)}\n{'':9}  {',  '.join(two)}   {verdict}")
    print("\nTold of points of y = 3 x − 1/2, in turn at 0, 1 and −1, the learner has slope and offset\n")
    for k, (slope, offset) in enumerate(training(parts, (Fraction(3), Fraction(-1, 2)), steps), 1):
        print(f"{k:>2}  {slope!s:>14}  {offset!s:>14}   {float(slope):.4f}  {float(offset):.4f}")
