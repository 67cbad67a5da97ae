"""Boxes with an interior: `f.box(name)` is f, drawn and differentiated as one box."""

from __future__ import annotations

from typing import Any

from ..category.label import Row, label, register
from ..category.morphism import Atom, Morphism, verb
from ..category.objects import Object
from ..errors import ObjectError, SignatureError, with_line


def _box_type(dom: Object, body: Any = None, name: str = "") -> Object:
    if not isinstance(body, Morphism) or body.dom != dom:
        raise SignatureError(with_line(f"box {name!r} has no interior on {dom}"))
    return body.cod


BOX = register(Row(name="box", type_rule=_box_type, interior=True, about="a morphism as one box"))


@verb("box")
def box(f: Morphism, name: str) -> Morphism:
    """f as one box called `name`."""
    if not isinstance(name, str) or not name:
        raise ObjectError(with_line(f"a box has a name, not {name!r}"))
    return Atom(label(BOX, f.dom, {"name": name}, (f,)))
