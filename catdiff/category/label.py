"""The signature: rows of the table of generators, and the labels boxes carry.

A **row** is everything there is to know about a generator, in one place: its type rule, what it does to NumPy
arrays, its reverse derivative and, written independently, its forward derivative. The derivatives are programs *in
the language itself*, functions over wires, which is why `R[R[f]]` needs nothing new.

A **label** is a row at a type: the row, its attributes, its domain, and the bodies of a box that has an interior.
Labels are interned: two equal labels are one object, so a hypernet compares them by identity.

Invariant: attributes are canonical text in, canonical text out (`encode`); arrays hide in an `Opaque`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import WeakValueDictionary

from ..errors import CatdiffError, RegistrationError, SignatureError, with_line
from .objects import Object, checked


@dataclass(frozen=True, eq=False, kw_only=True)
class Row:
    """One line of the table of generators.

    - `type_rule(dom, **attrs) -> cod`, raising `SignatureError` where there is none;
    - exactly one of `forward(*arrays, **attrs)`; `kernel(label) -> callable` where work can be done once per type; or
      `over(rig, label) -> callable` for what makes sense over any rig, as all polynomials do; none where `interior`
      says that what it does is what its bodies do;
    - `R(*x, *ȳ, **attrs)`: the cotangents of x, as wires, a tuple where there are several (`None` among them: no
      contribution);
      `D(*x, *ẋ, **attrs)`: the tangents of the outputs. A *linear* row gives `dagger(label)`, its transpose, instead;
      a *locally constant* one says so and gives neither;
    - `definition(label)`: for a macro, the morphism it abbreviates;
    - `batch`: `"trailing"` when it acts on the last axes and leaves leading ones alone, a function
      `batch(label, mask, n) -> morphism` whose masked inputs (or all of them: the others are then broadcast) and whose
      outputs have a leading axis n, or `None`;
    - `error(label) -> bound`, with `bound(xs, es, y)` a bound on how far the output y that NumPy computed from the
      arrays xs is from what it is over the reals, given bounds es on how far those are (see `generators/rounding`);
    - `flops(label)`; `title(label)`, what a picture writes in the box;
    - `zeros`: `"any"` when one zero operand makes the result zero (multilinear), `"all"` when all must be (linear in
      them jointly), `"sum"` when a zero operand may be left out, `"none"` otherwise;
      `commutative` when the order of the operands does not matter;
    - `extents`: the attributes that hold extents of axes, in numbers, tuples of them or text that says `a=3`;
    - `about`: what it is, in a line; `source`: the paper.

    Raises `RegistrationError` where a column does not hold what is said here.
    """

    name: str
    type_rule: Callable[..., Object]
    forward: Callable[..., Any] | None = None
    over: Callable[..., Any] | None = None
    kernel: Callable[[Label], Callable[..., Any]] | None = None
    R: Callable[..., Any] | None = None
    D: Callable[..., Any] | None = None
    dagger: Callable[[Label], Any] | None = None
    locally_constant: bool = False
    definition: Callable[[Label], Any] | None = None
    batch: str | Callable[..., Any] | None = "trailing"
    error: Callable[[Label], Callable[..., Any]] | None = None
    flops: Callable[[Label], int] | None = None
    title: Callable[[Label], str] | None = None
    zeros: str = "none"
    commutative: bool = False
    extents: tuple[str, ...] = ()
    about: str = ""
    source: str = ""
    foreign: bool = False
    interior: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name:
            raise RegistrationError(with_line(f"a generator has a name, a string that is not empty, not {self.name!r}"))
        ways = [way for way in WAYS if getattr(self, way) is not None]
        if len(ways) != (not self.interior):
            given = " and ".join(ways) or "none of them"
            wanted = "no forward, over or kernel" if self.interior else "one of forward, over and kernel"
            raise RegistrationError(with_line(f"the generator {self.name!r} takes {wanted}, not {given}"))
        for column in (*WAYS, "type_rule", "R", "D", "dagger", "definition", "error", "flops", "title"):
            value = getattr(self, column)
            if not callable(value) and (value is not None or column == "type_rule"):
                raise RegistrationError(
                    with_line(f"{column} of the generator {self.name!r} is a function, not {value!r}")
                )
        if not isinstance(self.zeros, str) or self.zeros not in ZEROS:
            raise RegistrationError(
                with_line(f"zeros of the generator {self.name!r} is one of {', '.join(ZEROS)}, not {self.zeros!r}")
            )
        if not isinstance(self.extents, tuple) or not all(isinstance(key, str) for key in self.extents):
            raise RegistrationError(
                with_line(f"extents of the generator {self.name!r} is a tuple of attributes, not {self.extents!r}")
            )
        if self.batch not in (None, "trailing") and not callable(self.batch):
            raise RegistrationError(
                with_line(f"batch of the generator {self.name!r} is 'trailing', a function or None, not {self.batch!r}")
            )


WAYS = ("forward", "over", "kernel")  # the columns that say what a row does
ZEROS = ("any", "all", "sum", "none")

TABLE: dict[str, Row] = {}


def register(row: Row) -> Row:
    """Add a row to the table of generators, and return it. `cd.generator` does this and gives the family as well.

    Raises `RegistrationError` where the name is taken: names are taken once.
    """
    if not isinstance(row, Row):
        raise RegistrationError(with_line(f"register takes a row, cd.Row(name=…, type_rule=…, …), not {row!r}"))
    if row.name in TABLE:
        raise RegistrationError(with_line(f"there is a generator {row.name!r} already"))
    TABLE[row.name] = row
    return row


class Opaque:
    """A constant inside a term: hashed, immutable, and nobody's business until an interpreter unpacks it.

    `text` is how it is written in a repr; `digest` identifies it, bit for bit.
    """

    __slots__ = ("digest", "payload", "text")

    def __init__(self, payload: Any, digest: str, text: str) -> None:
        self.payload, self.digest, self.text = payload, digest, text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Opaque) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return self.text


Attrs = Mapping[str, Any]
DEEPEST = 64  # tuples within tuples in an attribute


def encode(value: Any) -> str:
    """Canonical text of an attribute: equal text, equal value, so that `1`, `1.0`, `True` and `-0.0` differ."""
    if isinstance(value, Opaque):
        return f"#{value.digest}"
    if isinstance(value, tuple):
        return f"({','.join(map(encode, value))})"
    if value is None or isinstance(value, (bool, int, float, str)):
        return repr(value)
    raise SignatureError(with_line(f"an attribute is a number, a string, a tuple of them or None, not {value!r}"))


def freeze(value: Any, depth: int = 0) -> Any:
    """Lists and arrays to tuples, numbers and text of any library to Python's own: the attribute as it will be kept."""
    if isinstance(value, Opaque) or value is None:
        return value
    if hasattr(value, "tolist"):  # NumPy's scalars and arrays, which this floor does not know
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        if depth == DEEPEST:
            raise SignatureError(with_line(f"an attribute is nested deeper than {DEEPEST} tuples"))
        return tuple([freeze(v, depth + 1) for v in value])
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return value if type(value) is kind else kind(value)
    if hasattr(value, "__index__"):
        return int(value)
    if hasattr(value, "__float__"):
        return float(value)
    return value


class Label:
    """A row at a type: what one box of a hypernet says. Made by `label`, never directly."""

    __slots__ = ("__weakref__", "attrs", "bodies", "cod", "digest", "dom", "memo", "row", "text")
    row: Row
    attrs: dict[str, Any]
    bodies: tuple[Any, ...]
    dom: Object
    cod: Object
    digest: bytes | None
    memo: dict[Any, Any]

    @property
    def name(self) -> str:
        """The name of the row, or the name the user gave a box."""
        return self.attrs.get("name", self.row.name) if self.bodies else self.row.name

    @property
    def title(self) -> str:
        """What a picture writes in the box."""
        return self.row.title(self) if self.row.title else self.name

    def __repr__(self) -> str:
        return f"<{self.title} : {self.dom} → {self.cod}>"


_labels: WeakValueDictionary[Any, Label] = WeakValueDictionary()
_lock = Lock()


def label(row: Row, dom: Object, attrs: Attrs | None = None, bodies: tuple[Any, ...] = ()) -> Label:
    """The label of `row` at `dom`: type-checked once, interned.

    Bodies are compared by identity here; a hypernet merges those that are equal when it is built.
    """
    frozen = {k: freeze(v) for k, v in sorted(attrs.items())} if attrs else {}
    text = ",".join(f"{k}={encode(v)}" for k, v in frozen.items()) if frozen else ""
    key = (row, checked(dom, row.name).wires, text, tuple(map(id, bodies)))
    found = _labels.get(key)
    if found is None:
        made = Label()
        made.row, made.attrs, made.bodies, made.dom = row, frozen, bodies, dom
        made.text, made.digest, made.memo = text, None, {}
        made.cod = _cod(row, dom, frozen, bodies)
        with _lock:  # two threads may make one label; everybody has to get the same
            found = _labels.setdefault(key, made)
    return found


def _cod(row: Row, dom: Object, attrs: Attrs, bodies: tuple[Any, ...]) -> Object:
    """What the type rule says. `SignatureError` whatever goes wrong: its own, or an attribute it does not take."""
    try:
        cod = row.type_rule(dom, *bodies, **attrs)
    except CatdiffError:
        raise
    except (TypeError, ValueError, LookupError, ArithmeticError) as error:
        given = ", ".join(f"{k}={v!r}" for k, v in attrs.items())
        said = (
            f"there is no {row.name}({given}) at {dom}: {error}"
            if given
            else f"there is no {row.name} at {dom}: {error}"
        )
        raise SignatureError(with_line(said)) from error
    if not isinstance(cod, Object):
        raise SignatureError(with_line(f"the type rule of {row.name} gives an object, not {cod!r}"))
    return cod
