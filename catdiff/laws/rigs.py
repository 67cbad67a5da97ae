"""The laws of rigs, and of what else a rig may say it has: a table, asked of random entries; and with `check_rig` the
laws of derivatives, of random programs over it.

>>> from catdiff.interpret.exact import MOD
>>> broken(MOD(6)), [law for law in EQUATIONS if "inverse" in law]
([], ['the inverse is one', 'no inverse of 0'])
>>> report = check_rig(MOD(6), programs=2, laws="RD,ADJ")
>>> report.verdict, report.strongest()["RIG.8"], report.strongest()["RD.1"]
('lawful', 'tested', 'tested')
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from time import monotonic
from typing import Any

import numpy as np

from ..category.morphism import Morphism
from ..category.objects import Object, Sort
from ..errors import ArgumentError, MeaningError, with_line, without_line
from ..generators.rig import Rig
from .checking import check, lawful
from .random.programs import program
from .random.sampler import Seeded
from .random.signatures import arithmetic, signature
from .report import LawViolation, Report
from .tables import Finding

Entry = Any
RigEquation = Callable[
    [Rig, Entry, Entry, Entry], tuple[Any, Any] | None
]  # both sides, or None where it does not apply


def _zero(k: Rig) -> Any:
    return k.zeros(())


def _one(k: Rig) -> Any:
    return k.embed(np.array(1))


def _times(k: Rig, n: int, x: Entry) -> Any:
    total = _zero(k)
    for _ in range(n):
        total = k.add(total, x)
    return total


def _inverse(k: Rig, x: Entry) -> tuple[Any, Any] | None:
    try:
        return None if k.recip is None else (k.mul(x, k.recip(x.item())), _one(k))
    except ZeroDivisionError:
        return None
    except TypeError:  # polynomials: no constant has none
        return None


def _no_inverse(k: Rig) -> tuple[Any, Any] | None:
    if k.recip is None:
        return None
    try:
        k.recip(k.embed(np.array(0)).item())
    except ZeroDivisionError:
        return _zero(k), _zero(k)
    return _one(k), _zero(k)


EQUATIONS: dict[str, RigEquation] = {
    "x + (y + z) = (x + y) + z": lambda k, x, y, z: (k.add(x, k.add(y, z)), k.add(k.add(x, y), z)),
    "x + y = y + x": lambda k, x, y, z: (k.add(x, y), k.add(y, x)),
    "x + 0 = x": lambda k, x, y, z: (k.add(x, _zero(k)), x),
    "x (y z) = (x y) z": lambda k, x, y, z: (k.mul(x, k.mul(y, z)), k.mul(k.mul(x, y), z)),
    "x y = y x": lambda k, x, y, z: (k.mul(x, y), k.mul(y, x)),
    "x 1 = x": lambda k, x, y, z: (k.mul(x, _one(k)), x),
    "x 0 = 0": lambda k, x, y, z: (k.mul(x, _zero(k)), _zero(k)),
    "x (y + z) = x y + x z": lambda k, x, y, z: (k.mul(x, k.add(y, z)), k.add(k.mul(x, y), k.mul(x, z))),
    "x + (−x) = 0": lambda k, x, y, z: None if k.neg is None else (k.add(x, k.neg(x)), _zero(k)),
    "n 1 = 0": lambda k, x, y, z: (
        None if not 0 < k.characteristic < 100 else (_times(k, k.characteristic, x), _zero(k))
    ),
    "the integer 3 is 1 + 1 + 1": lambda k, x, y, z: (k.embed(np.array(3)), _times(k, 3, _one(k))),
    "the inverse is one": lambda k, x, y, z: _inverse(k, x),
    "no inverse of 0": lambda k, x, y, z: _no_inverse(k),
}


def check_rig(
    k: Rig,
    laws: str | Iterable[str] | None = None,
    *,
    programs: int = 3,
    points: int = 20,
    seed: int = 0,
    budget: float = 10.0,
    raises: bool = True,
) -> Report:
    """Whether k is a commutative rig, and the laws of derivatives hold over it: a `Report`, or `LawViolation`.

    The laws of rigs are asked at so many random entries, those of derivatives (all, or `laws`, as in `check`) of so
    many random programs. The latter are left out where k runs forward only, or rounds: then the report says why.
    Raises `ArgumentError` where k is no rig.
    """
    if not isinstance(k, Rig):
        raise ArgumentError(with_line(f"check_rig takes a cd.rigs.Rig, such as cd.rigs.MOD(6), not {k!r}"))
    start, found = monotonic(), list(_own(k, seed, points))
    try:
        lawful(k)
    except MeaningError as error:
        found.append(Finding("R", "derivatives", "–", "not applicable", note=without_line(str(error)).splitlines()[0]))
    else:
        parts = [
            check(f, laws, rig=k, points=points, seed=seed, budget=budget, raises=False)
            for f in _some(k, programs, seed)
        ]
        found += together([finding for part in parts for finding in part.findings])
    report = Report(f"{k}", tuple(found), seed=seed, seconds=monotonic() - start)
    if raises and report.violations:
        raise LawViolation(report)
    return report


def _own(k: Rig, seed: int, points: int) -> Iterator[Finding]:
    """The findings of the laws of rigs."""
    against = {said.partition(":")[0]: said.partition(":")[2].strip() for said in broken(k, seed, points)}
    rng = np.random.default_rng(seed)
    entries = [k.draw(rng) for _ in range(3)]
    for number, (title, law) in enumerate(EQUATIONS.items(), 1):
        if title in k.rounds:
            strength, note = "not applicable", "it says that its rounding breaks it"
        elif title in against:
            strength, note = "violated", against[title]
        elif law(k, *entries) is None:
            strength, note = "not applicable", "there is nothing that it is about"
        else:
            strength, note = "tested", ""
        yield Finding(f"RIG.{number}", title, "exact", strength, points if strength == "tested" else 0, note)


def _some(k: Rig, many: int, seed: int) -> Iterator[Morphism]:
    """Random polynomial programs on wires that carry entries of k, none of them linear: g · g + g."""
    dtype = next(name for name in ("integer", "rational", "f64", "z2") if name in k.carries)
    with_negatives = k.neg is not None
    parts = [op for op in arithmetic(dtype) if with_negatives or op.name not in ("sub", "neg", "complement")]
    operations = signature(dtype, *parts, shapes=((), (2,)))
    gs = (program(Seeded(seed + i), operations, cod=Object((Sort(dtype, ()),))) for i in range(many))
    return (g * g + g for g in gs)


def together(findings: Iterable[Finding]) -> list[Finding]:
    """One finding for each law: a violation if there is one, else as weak as the weakest of them, where it applied at
    all.
    """
    kept: dict[str, Finding] = {}
    for f in findings:
        before = kept.get(f.law)
        if before is None or _telling(f) > _telling(before):
            kept[f.law] = f
        elif f.strength == before.strength == "tested":
            kept[f.law] = replace(before, points=before.points + f.points)
    return list(kept.values())


def _telling(f: Finding) -> int:
    return ("not applicable", "proved", "exhaustive", "tested", "undecided", "violated").index(f.strength)


def broken(k: Rig, seed: int = 0, tries: int = 20) -> list[str]:
    """The laws that k breaks, each with entries at which it does; none where it is a commutative rig, but for those
    that it says its rounding breaks.
    """
    rng, found = np.random.default_rng(seed), {}
    for _ in range(tries):
        x, y, z = (k.draw(rng) for _ in range(3))
        for name, law in EQUATIONS.items():
            sides = law(k, x, y, z)
            if sides is not None and name not in k.rounds and not _equal(k, *sides):
                found.setdefault(name, f"{name}: not where x = {x}, y = {y}, z = {z}")
    return list(found.values())


def _equal(k: Rig, x: Any, y: Any) -> bool:
    """Equality of entries, which may be integers that stand for some."""
    return k.equal(*(k.embed(np.asarray(v, object) if k.entry else np.asarray(v, k.carrier)) for v in (x, y)))
