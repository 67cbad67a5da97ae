"""Decision procedures: ways to find out whether two morphisms are equal, by name, those that prove first.

Each is a function of both sides that answers with a `Decision`. What a procedure does not apply to it says, and why:
polynomials know no sine, and floats no proof.

>>> import catdiff as cd
>>> f, g = cd.square(cd.z2()), cd.id(cd.z2())
>>> z2.decide(f, g).strength, polynomial.decide(f, g).strength
('exhaustive', 'violated')
>>> print(polynomial.decide(f, g).note)
x0² against x0: other polynomials, though the same function
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

from ...category.morphism import Morphism
from ..decision import Decision
from . import diagram, exact, floating, polynomial, proof, z2

PROCEDURES: dict[str, Callable[..., Decision]] = {
    "polynomial": polynomial.decide,
    "z2": z2.decide,
    "proof": proof.decide,
    "exact": exact.decide,
    "float": floating.decide,
}

NAMES = (diagram.NAME, *PROCEDURES)  # what may be asked for; that two sides are one diagram is always looked at first


def fitting(f: Morphism) -> tuple[str, ...]:
    """The procedures to ask by themselves of laws of f: those for the dtypes of its wires, z3 where it is installed,
    and the arithmetic that f runs in.

    >>> import catdiff as cd
    >>> fitting(cd.mul(cd.z2(), cd.z2()))
    ('polynomial', 'z2', 'float')
    """
    dtypes = {s.dtype.name for s in (*f.dom.wires, *f.cod.wires)} - {"bool", "index"}
    names = ["polynomial"]
    if "z2" in dtypes:
        names.append("z2")
    if dtypes - {"z2", "c128"} and find_spec("z3"):
        names.append("proof")
    if dtypes - {"z2"} or not dtypes:
        names.append("exact")
    return (*names, "float")
