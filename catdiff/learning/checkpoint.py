"""Checkpoints: a run in one file, from which it goes on as if nothing had happened.

The file is in the format safetensors: all arrays under their names, and in its metadata what the run is of (digests of
the model, loss and optimiser, seed and data) and how far it has come. It is written under another name and then given
its own, so that at any moment a whole one is there.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..category.morphism import Morphism
from ..category.objects import Object, Sort
from ..errors import StoreError, with_line
from ..hypernet.canonical import digest
from ..hypernet.checked import path_of, reason
from ..hypernet.net import Net
from ..hypernet.store import write_whole
from . import safetensors
from .diagnosis import finite
from .history import History
from .optic import Optic
from .system import weights

if TYPE_CHECKING:
    from .learner import Learner
    from .run import Run

FORMAT, SHOWN = 1, 6  # of differences, so many are listed
_STATES = "optimiser/"
PROGRESS = ("steps", "batches", "examples", "losses", "stopped")


def save(run: Run, path: str | Path, identity: Mapping[str, Any] | None = None) -> None:
    """Write a run. Raises `StoreError` where it cannot be written; what was there is then still there."""
    place, learner, moment = path_of(path), run.learner, run.moment
    about = {
        "format": FORMAT,
        "learner": described(learner, run.labels),
        "labels": str(run.labels),
        "of": dict(identity or {}),
        "history": list(moment.history),
        **{name: getattr(moment, name) for name in PROGRESS},
    }
    arrays = dict(zip(learner.names.all, [np.asarray(a) for a in moment.values], strict=True))
    if not finite(arrays.values()):
        said = f"{path} was not written: not all weights and states are numbers any more"
        raise StoreError(with_line(said, "the file has the last run that was good, if there was one"))
    text = json.dumps(about)
    data = safetensors.dumps(arrays, {"catdiff": text, "sum": _sum(text, arrays)})
    try:
        write_whole([(place, lambda file: file.write(data))])
    except (OSError, ValueError) as error:
        raise StoreError(with_line(f"cannot write {place}: {reason(error)}")) from None


def load(learner: Learner, path: str | Path, labels: Object | None, identity: Mapping[str, Any]) -> Run | None:
    """The run stored at `path`, or None where nothing is. `labels` is T; what the file says without it.

    Raises `StoreError` where that is no checkpoint, or one of something else, and says what is different.
    """
    from .run import Moment, Run

    place = path_of(path)
    try:
        if not place.exists():
            return None
        if not place.is_file():
            raise OSError("it is a folder or a device, and no file")
        arrays, words = safetensors.loads(place.read_bytes())
    except OSError as error:
        raise StoreError(with_line(f"cannot read {place}: {reason(error)}")) from None
    except StoreError as error:
        raise StoreError(f"{place}: {error}") from None
    about = _about(place, arrays, words)
    known = [T for T in learner.loss.targets(learner.model.cod) if str(T) == about["labels"]]
    T = labels or (known or learner.loss.targets(learner.model.cod))[0]
    other = _differences(about, {"labels": str(T), **described(learner, T)})
    for key, value in identity.items():
        if about["of"].get(key, value) != value:
            other.append(f"the {key} is {about['of'][key]} there and {value} here")
    if other:
        raise StoreError(with_line(f"{place} is a checkpoint of another run: {'; '.join(other)}", "use another path"))
    values = tuple(
        [_fits(place, name, arrays.get(name), s) for name, s in zip(learner.names.all, learner.sorts, strict=True)]
    )
    moment = Moment(values, history=History(about["history"]), **{name: about[name] for name in PROGRESS})
    return Run(learner, moment, T)


def _fits(place: Path, name: str, array: Any, sort: Sort) -> np.ndarray:
    if array is None or array.shape != sort.shape or array.dtype.name != sort.dtype.carrier:
        raise StoreError(with_line(f"{place} is damaged: {name} is not the {sort} that it says"))
    return array


def described(learner: Learner, T: Object) -> dict[str, Any]:
    """What a learner is, so that another can be told from it, and the difference named."""
    found = learner.about.get(T)
    if found is None:
        found = learner.about[T] = _described(learner, T)
    return found


def _described(learner: Learner, T: Object) -> dict[str, Any]:
    model, loss = learner.model, learner.loss
    parts: dict[str, Any] = {"model": model.over(2), "loss": loss.at(model.cod @ T)}
    parts["optimiser"] = learner.optimiser.on(weights(model))
    parts |= {"cap": learner.cap} if isinstance(learner.cap, Morphism) else {}
    return {
        "arrays": dict(zip(learner.names.all, [str(s) for s in learner.sorts], strict=True)),
        "optimiser": repr(learner.optimiser),
        "loss": repr(learner.loss),
        "cap": repr(learner.cap),
        "boxes": {name: _boxes(f) for name, f in parts.items()},
        "digests": {name: _digest(f) for name, f in parts.items()},
    }


def _differences(there: Mapping[str, Any], here: Mapping[str, Any]) -> list[str]:
    """In words, how two learners differ; empty where they do not. What follows from what was said is left out."""
    there = {**there["learner"], "labels": there["labels"]}
    found = [
        f"the {part} is {there[part]} there and {here[part]} here"
        for part in ("loss", "labels", "optimiser", "cap")
        if there[part] != here[part]
    ]
    found += _other_arrays(there["arrays"], here["arrays"])
    for part in [] if found else here["digests"]:
        if there["digests"].get(part) != here["digests"][part]:
            a, b = Counter(there["boxes"][part]), Counter(here["boxes"][part])
            boxes = [f"{name} ({a[name]} there, {b[name]} here)" for name in sorted(a | b) if a[name] != b[name]]
            found.append(f"the {part} is another program" + (f", of other boxes: {', '.join(boxes)}" if boxes else ""))
    return found


def _other_arrays(there: Mapping[str, str], here: Mapping[str, str]) -> list[str]:
    """Which parameters differ: a few, and how many more; the optimiser's follow from the model's."""
    names = [name for name in {**here, **there} if not name.startswith(_STATES)]
    none = "missing"
    pairs = [(name, there.get(name, none), here.get(name, none)) for name in names]
    other = [f"{name} is {a} there and {b} here" for name, a, b in pairs if a != b]
    return [*other[:SHOWN], f"and {len(other) - SHOWN} more"] if len(other) > SHOWN else other


def _digest(f: Any) -> str:
    parts = (f.there, f.back) if isinstance(f, Optic) else (f,)
    return "".join(digest(g).hex() for g in parts)


def _boxes(f: Morphism | Optic) -> dict[str, int]:
    """How often each generator stands in a program, in interiors too, each of which counts once."""
    found, seen = Counter[str](), set[int]()
    todo: list[Net] = [g.net for g in ((f.there, f.back) if isinstance(f, Optic) else (f,))]
    while todo:
        net = todo.pop()
        if id(net) in seen:
            continue
        seen.add(id(net))
        for label, _, _ in net.steps():
            found[label.name] += 1
            todo += [body.net for body in label.bodies]
    return dict(found)


def _sum(text: str, arrays: Mapping[str, np.ndarray]) -> str:
    """What shows that neither the words nor the arrays were changed."""
    found = blake2b(text.encode(), digest_size=16)
    for name, array in arrays.items():
        found.update(f"{name}{array.dtype}{array.shape}".encode() + array.tobytes())
    return found.hexdigest()


def _about(place: Path, arrays: Mapping[str, np.ndarray], words: Mapping[str, str]) -> dict[str, Any]:
    """What the file says of itself."""
    try:
        about = json.loads(words["catdiff"])
        version = about["format"]
    except (KeyError, TypeError, ValueError):
        raise StoreError(with_line(f"{place} has arrays, but is no checkpoint of catdiff's")) from None
    if version != FORMAT:
        raise StoreError(with_line(f"{place} is a checkpoint of format {version}, and this version reads {FORMAT}"))
    if words.get("sum") != _sum(words["catdiff"], arrays):
        raise StoreError(with_line(f"{place} is damaged: its sum is not that of what is in it"))
    return about
