"""Pictures in characters: whoever follows a line finds every reader of every wire, and nothing else."""

import random
from collections import defaultdict

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import catdiff as cd
from catdiff.category.morphism import Morphism
from catdiff.draw.cells import columns
from catdiff.draw.layout import layout
from catdiff.draw.scene import bands, below, beside
from catdiff.draw.text import text
from catdiff.draw.views import scene_of
from catdiff.draw.write import in_text
from catdiff.examples.gallery import ENTRIES

S = cd.f64()
N, E, SOUTH, W = (-1, 0), (0, 1), (1, 0), (0, -1)
ARMS = {"─": (W, E), "│": (N, SOUTH), "┌": (E, SOUTH), "┐": (W, SOUTH), "└": (N, E), "┘": (N, W), "┼": (N, E, SOUTH, W)}
JOINTS = "•○"


def grid(picture: str) -> dict[tuple[int, int], str]:
    """The character at each row and column of a terminal."""
    return {
        (r, columns(line[:i])): c for r, line in enumerate(picture.splitlines()) for i, c in enumerate(line) if c != " "
    }


class Picture:
    """A picture whose boxes have the names `names`, read without knowing how it was made."""

    def __init__(self, picture: str, names: set[str]) -> None:
        self.at = grid(picture)
        self.into: dict[tuple[int, int], tuple[str, int]] = {}  # a port of a box: which one, of which box
        self.out: dict[tuple[str, int], tuple[int, int]] = {}
        for r, line in enumerate(picture.splitlines()):
            for name in names:
                start = f" {line} ".find(f" {name} ") if line.find(f" {name} ") > 0 else -1
                if start > 0 and line[start - 2 :][:1] in "┤│":
                    self.box(name, r, columns(line[: start - 2]), columns(line[: start - 2]) + len(name) + 3)

    def box(self, name: str, r: int, left: int, right: int) -> None:
        rows = [r]
        for step in (-1, 1):
            edge = r + step
            while self.at.get((edge, left), " ") in "┤│" and self.at.get((edge, right), " ") in "├│":
                edge += step
            if self.at.get((edge, left)) == ("┌" if step < 0 else "└"):
                rows += range(r + step, edge, step)
        ins = [i for i in sorted(rows) if self.at[i, left] == "┤"]
        outs = [i for i in sorted(rows) if self.at[i, right] == "├"]
        self.into |= {(i, left): (name, k) for k, i in enumerate(ins)}
        self.out |= {(name, k): (i, right) for k, i in enumerate(outs)}

    def arms(self, at: tuple[int, int]) -> list[tuple[int, int]]:
        """In which directions lines leave a cell; a joint has those that reach it."""
        c = self.at.get(at, " ")
        if c not in JOINTS:
            return list(ARMS.get(c, ()))
        return [d for d in (N, E, SOUTH, W) if self.joins(c, (at[0] + d[0], at[1] + d[1]), d)]

    def joins(self, c: str, to: tuple[int, int], d: tuple[int, int]) -> bool:
        """Whether a joint c is joined to its neighbour: no wire is made twice, and what leaves a sum goes right."""
        b = self.at.get(to, " ")
        if b in JOINTS and d in (N, SOUTH):
            fed = [self.at.get((to[0] - k * d[0], to[1] - 1), " ") for k in (0, 1)]
            return b != c or (c == "•" and not all(x in JOINTS or E in ARMS.get(x, ()) or x == "├" for x in fed))
        port = (d == E and to in self.into) or (d == W and to in self.out.values())
        return port or b in JOINTS or (-d[0], -d[1]) in ARMS.get(b, ())

    def readers(self, at: tuple[int, int]) -> set[object]:
        """Where a line that leaves this cell to the right ends: ports, rows where it leaves the picture, sums."""
        found: set[object] = set()
        seen, todo = set(), [(at, E)]
        while todo:
            here, d = todo.pop()
            to = here[0] + d[0], here[1] + d[1]
            if (to, d) in seen:
                continue
            seen.add((to, d))
            c = self.at.get(to, " ")
            if to in self.into and d == E:
                found.add(self.into[to])
            elif c == "○":
                found.add(to)
            elif c == "┼":
                todo.append((to, d))
            elif (-d[0], -d[1]) in self.arms(to):
                todo += [(to, a) for a in self.arms(to) if a != (-d[0], -d[1])]
            elif to != at:  # a wire may meet itself again
                assert d == E, f"a line breaks off at {to}"
                found.add(("out", to[0]))
        return found


@st.composite
def tangles(draw) -> Morphism:
    """Programs of boxes b0, b1, … with any ports, sums, constants, wires read often or never."""
    r = random.Random(draw(st.integers(0, 2**32)))
    wires = n = r.randint(0, 4)
    steps = []
    for k in range(r.randint(1, draw(st.integers(1, 14)))):
        ins, outs = (r.randint(0, 3) if wires else 0), r.randint(0, 3)
        f = boxed(ins, outs, f"b{k}")
        if wires and r.random() < 0.3:
            f = cd.add(S @ S)
        elif r.random() < 0.1:
            f = r.choice([cd.zero(S), cd.const(1.5)])
        steps.append((f, [r.randrange(wires) for _ in range(len(f.dom))]))
        wires += len(f.cod)
    return cd.program(word(n), steps, [r.randrange(wires) for _ in range(r.randint(0, 4) if wires else 0)])


def word(n: int) -> cd.Object:
    A = cd.UNIT
    for _ in range(n):
        A = A @ S
    return A


def boxed(ins: int, outs: int, name: str) -> Morphism:
    made = [(cd.const(float(i)), []) for i in range(outs)]
    return cd.program(word(ins), made, range(ins, ins + outs)).box(name)


def drawn(f: Morphism, framed: bool) -> tuple[Picture, set[tuple[object, object]]]:
    """f's picture, and which wires lead from where to where, all sums being one."""
    names = {lab.title for lab in f.net.labels if lab.bodies}
    ins, outs = [f"i{k}" for k in range(len(f.dom))], [f"o{k}" for k in range(len(f.cod))]
    net = f.box("frame").net if framed else f.net
    shown = text(layout(net, depth=int(framed), inputs=ins, outputs=outs))
    picture = Picture(shown, names)
    lines = shown.splitlines()
    pairs: set[tuple[object, object]] = set()

    def told(end: object) -> object:
        if isinstance(end, tuple) and end[0] == "out":
            return lines[end[1]].rsplit(" ", 1)[-1]
        return "+" if isinstance(end, tuple) and isinstance(end[0], int) else end

    sums = [at for at, c in picture.at.items() if c == "○"]
    for name in ins:
        (row,) = [k for k, line in enumerate(lines) if line.lstrip().split(" ")[0] == name]
        end = columns(lines[row][: lines[row].index(name)]) + len(name)
        pairs |= {(name, told(x)) for x in picture.readers((row, end))}
    for port, at in picture.out.items():
        pairs |= {(port, told(x)) for x in picture.readers(at)}
    for at in sums:
        pairs |= {("+", told(x)) for x in picture.readers(at)}
    for at in [at for at, c in picture.at.items() if c == "·"]:
        pairs |= {("const", told(x)) for x in picture.readers(at)}
    return picture, pairs


def expected(f: Morphism) -> set[tuple[object, object]]:
    net, made = f.net, {k: f"i{k}" for k in range(len(f.dom))}
    pairs: set[tuple[object, object]] = set()
    read = defaultdict(int)
    for label, sources, first in net.steps():
        kind = {"add": "+", "zero": "+", "const": "const"}.get(label.row.name)
        for p, w in enumerate(sources):
            pairs.add((made[w], kind or (label.title, p)))
            read[w] += 1
        made |= {first + p: kind or (label.title, p) for p in range(len(label.cod))}
    return pairs | {(made[w], f"o{k}") for k, w in enumerate(net.outputs.tolist())}


@given(tangles(), st.booleans())
def test_every_wire_can_be_followed(f, framed):
    picture, pairs = drawn(f, framed)
    assert set(picture.out) == {(x.title, p) for x in f.net.labels if x.bodies for p in range(len(x.cod))}
    assert pairs == expected(f)


def test_small_programs_are_small():
    assert text(layout((cd.sin(S) >> cd.exp >> cd.tanh).net)) == "f64 ──┤ sin ├──┤ exp ├──┤ tanh ├── f64\n"
    f = cd.copy(S) >> cd.sin @ cd.exp >> cd.mul
    lines = text(layout(f.net)).splitlines()
    assert len(lines) == 4 and max(map(columns, lines)) < 40
    assert text(layout(cd.id(cd.UNIT).net)) == ""


def test_a_swap_is_a_crossing():
    drawing = text(layout(cd.swap(S, S).net, inputs=["x", "y"], outputs=["u", "v"]))
    assert drawing.splitlines() == ["x ─┐┌── u", "   └┼┐", "y ──┘└─ v"]


@pytest.mark.parametrize("name", ["層" * 5, "x̄ẏ", "\0\x1b[31m\n", "𝔸⊗𝔹", "e\u0301" * 9, "\u202egnp", "<b>&"])
def test_labels_keep_their_columns(name):
    """Whatever a name is made of, the right side of its box is one straight line."""
    f = (cd.copy(S) >> cd.sin @ cd.exp >> cd.mul).box(name)
    lines = text(layout(f.net, depth=0, inputs=[name], outputs=[name])).splitlines()
    assert len(lines) == 1 and not set(lines[0]) & set("\0\x1b\n\u202e")
    lines = text(layout((cd.id(S @ S) >> cd.mul(S @ S).box(name)).net, depth=0)).splitlines()
    assert len({columns(line[: line.rindex(c)]) for line, c in zip(lines, "┐├│┘", strict=True)}) == 1
    framed = text(layout(f.net, depth=1)).splitlines()
    assert len({columns(line[: max(line.rfind(c) for c in "╮│┼╯")]) for line in framed}) <= 2


def test_many_wires_and_many_boxes():
    wide = cd.program(word(60), [(boxed(60, 60, "wide"), range(60))], range(119, 59, -1))
    drawing = text(layout(wide.net, depth=0))
    assert sum(line.startswith("f64 ") for line in drawing.splitlines()) == 60
    chain = cd.id(S)
    for _ in range(300):
        chain = chain >> cd.sin
    assert text(layout(chain.net)).count("sin") == 300


def test_nested_frames_and_pictures_side_by_side():
    f = cd.sin(S).box("inner")
    for k in range(3):
        f = (f >> cd.exp).box(f"level {k}")
    drawing = text(layout(f.net, depth=4))
    assert all(f"╭─ {name} ─" in drawing for name in ("level 0", "level 1", "level 2"))
    assert drawing.splitlines()[4].count("┼") == 8
    for entry in ENTRIES.values():
        scene = entry.scene()
        assert all(f" {box.name} " in text(scene) for box in scene.boxes)
    both = text(beside(layout(cd.sin(S).net), layout(cd.exp(S).net), "=", above="law"))
    assert both.splitlines()[-1] == "f64 ──┤ sin ├── f64    =    f64 ──┤ exp ├── f64"


def test_the_same_text_every_time(tmp_path):
    f = cd.R(cd.copy(S) >> cd.sin @ cd.exp >> cd.mul)
    assert f.draw(tmp_path / "f.txt") == f.draw(tmp_path / "g.txt") == text(layout(f.net))
    assert (tmp_path / "f.txt").read_text(encoding="utf-8") == text(layout(f.net))


def test_pictures_one_below_another_are_set_one_by_one():
    upper = beside(layout(cd.sin(S).net), layout(cd.exp(S).net), "=")
    lower = layout((cd.copy(S) >> cd.sin @ cd.exp >> cd.mul).box("f").net)
    assert text(below(upper, lower)) == f"{text(upper)}\n{text(lower)}"
    assert bands(lower) == [lower]


def test_values_are_written_on_the_wires():
    f = (cd.sub(S) >> cd.log).box("loss") >> cd.exp
    assert (
        text(scene_of(f, values=(3.0, 1.0)))
        == """\
          ╭─ loss ───────────────────────╮
          │  ┌───┐                       │
f64 ─ 3 ──┼──┤ − ├─ 2 ──┤ log ├─ 0.693 ──┼──┤ exp ├─ 2 ── f64
f64 ─ 1 ──┼──┤   │                       │
          │  └───┘                       │
          ╰──────────────────────────────╯
"""
    )


def test_a_message_gets_a_picture_of_some_size():
    wide = cd.id(S)
    for k in range(12):
        wide = wide >> (cd.sin(S) >> cd.exp).box(f"box {k}")
    assert "┤ box 11 ├" in in_text(wide) and "╭" not in in_text(wide)  # closed, since it would be wide open
    many = cd.program(word(50), [(boxed(50, 1, "many"), range(50))], [50])
    lines = in_text(many, lines=10).splitlines()
    assert len(lines) == 10 and lines[-1] == "… 43 more lines"
    for _ in range(500):
        wide = wide >> cd.sin
    (line,) = in_text(wide).splitlines()  # more than a frame holds: in groups
    assert columns(line) <= 120 and "┤ box 0 … sin ×103 ├" in line


DOWN = """
 f64[3]
   │
   •───────┐
   │       │
┌──┴──┐ ┌──┴──┐
│ sin │ │ exp │
└──┬──┘ └──┬──┘
   │       │
   │ ┌─────┘
   │ │
  ┌┴─┴┐
  │ × │
  └─┬─┘
    │
    │
  f64[3]
"""


def test_a_picture_runs_down():
    A = cd.f64(3)
    f = cd.copy(A) >> cd.sin @ cd.exp >> cd.mul
    assert text(layout(f.net, direction="down")) == DOWN[1:]


@given(tangles(), st.booleans())
def test_a_picture_that_runs_down_is_whole(f, framed):
    """Names are not torn apart, and every line goes on to where another thing is."""
    names = {lab.title for lab in f.net.labels if lab.bodies}
    ins, outs = [f"i{k}" for k in range(len(f.dom))], [f"o{k}" for k in range(len(f.cod))]
    net = f.box("frame").net if framed else f.net
    scene = layout(net, depth=int(framed), inputs=ins, outputs=outs, direction="down")
    assume(scene.wires)  # without any it runs nowhere
    shown = text(scene)
    words = shown.split()
    assert all(name in words for name in (*names, *ins, *outs))
    at = grid(shown)
    for (r, c), mark in at.items():
        for d in () if "╭" in shown.splitlines()[r] else ARMS.get(mark, ()):  # a name interrupts the edge of a frame
            assert (r + d[0], c + d[1]) in at, f"a line breaks off at {r, c}:\n{shown}"


PARAMETERS = """
                   ┌─────┐
                 ┌─┤ two ├── f64
              q ─┼─┤     │
    p ─┐ ┌─────┐ │ └─────┘
x ─────┼─┤ one ├─┘
       └─┤     │
         └─────┘
"""


def test_parameters_begin_where_they_are_read():
    f = cd.program(word(3), [(boxed(2, 1, "one"), [0, 1]), (boxed(2, 1, "two"), [3, 2])], [4])
    shown = text(layout(f.net, depth=0, inputs=["x", "p", "q"], parameters=[1, 2]))
    assert shown == PARAMETERS[1:]
