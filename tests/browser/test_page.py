"""The page as its readers use it, in a headless Chromium: pointer, keyboard, screen reader, address, paper."""

import os
import re

import pytest
from nests import S, three_levels, wave

import catdiff as cd

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
LARGE = pytest.param(17, marks=pytest.mark.skipif(not THOROUGH, reason="5,000 boxes: HYPOTHESIS_PROFILE=thorough"))
SIZES = pytest.mark.parametrize("n", [4, LARGE])


# -- opening and closing ----------------------------------------------------------------------------------------------


def test_a_click_opens_a_box_and_another_closes_it(show):
    page = show(wave(), depth=0)
    assert sorted(page.names()) == ["f64[3]", "f64[3]", "pair", "tanh"]
    page.click("pair")
    assert sorted(page.names()) == ["f64[3]", "f64[3]", "pair", "sqrt", "tanh", "wave", "wave", "×"]
    assert page.said() == "pair opened, 4 boxes inside, open"
    page.click("wave")
    assert page.names().count("sin") == 1
    page.click("pair")
    assert sorted(page.names()) == ["f64[3]", "f64[3]", "pair", "tanh"]
    assert page.said() == "pair closed, 4 boxes inside, closed"


def test_what_is_around_keeps_its_place(show):
    page = show(three_levels(4), depth=0)
    names = [f"block {i}" for i in range(4)]
    before = {name: page.spot(name) for name in names}
    page.click("block 1")
    after = {name: page.spot(name) for name in names}

    def order(axis: int, spots: dict[str, tuple[float, float]]) -> list[str]:
        # the name of an open box stands top left in its frame: its box is what kept its place
        return sorted([n for n in names if n != "block 1"], key=lambda name: round(spots[name][axis], 1))

    assert order(0, before) == order(0, after) and order(1, before) == order(1, after)


@SIZES
def test_all_boxes_open_and_close(show, n):
    page = show(three_levels(n), depth=0)
    page.press("e")
    assert page.said() == f"{n**3 + n**2 + n:,} boxes shown"
    assert page.address() == "#open=*"
    page.page.mouse.move(650, 400)
    for _ in range(30):  # far enough in to read
        page.page.mouse.wheel(0, -200)
    page.settle()
    page.press("0", "c")
    assert page.said() == "all boxes closed"
    assert {name for name in page.names() if name != "f64[3]"} == {f"block {i}" for i in range(n)}
    assert page.address() == "#open="


@pytest.mark.parametrize("seed", range(8 if THOROUGH else 2))
def test_no_wire_crosses_a_box_and_no_box_another(show, seed):
    """Whatever is open: read back from the picture, frame by frame, on a screen that has room for all of them."""
    page = show(
        three_levels(3 + seed, seed), "#open=0(1),2(0,2)", context={"viewport": {"width": 6000, "height": 4000}}
    )
    clashes = page.page.evaluate(CLASHES)
    assert clashes["frames"] == 6 and clashes["found"] == []
    page.press("e")
    clashes = page.page.evaluate(CLASHES)
    assert clashes["frames"] >= 13 and clashes["found"] == []


@pytest.mark.parametrize("depth", [0, 1])
def test_parameters_come_from_above_whatever_is_open(show, depth):
    """A model with a deep layer: names above their wires, which turn in one corner, and no wire in the way of a box."""
    deep = cd.nn.dense(3, 3) >> cd.tanh >> cd.nn.dense(3, 3) >> cd.nn.dense(3, 3)
    model = cd.nn.dense(2, 3) >> deep.box("deep") >> cd.nn.dense(3, 1)
    f, options = model.pictured(depth=depth)
    page = show(f, context={"viewport": {"width": 6000, "height": 2000}}, **options)
    for keys in ("", "c", "e"):
        page.press(*keys)
        assert page.page.evaluate(CLASHES)["found"] == []
        above, entering = page.page.evaluate(
            """() => {
              const names = [...document.querySelectorAll('svg text.name')].filter(t => t.textContent.includes('.'));
              const d = [...document.querySelectorAll('path.forward-wire')].map(p => p.getAttribute('d')).join('');
              const falls = [...d.matchAll(/M([-\\d.]+) 0C[-\\d.]+ 0 [-\\d.]+ [-\\d.]+ ([-\\d.]+) ([-\\d.]+)/g)];
              const at = falls.filter(([, x, to]) => x === to).map(([, x]) => +x);
              return [names.map(t => [+t.getAttribute('x'), +t.getAttribute('y')]), at];
            }"""
        )
        assert len(above) == len(model.parameters) and all(y < 0 for _, y in above)
        assert sorted(x for x, _ in above) == sorted(entering)


# Rounded boxes are subpaths "M… h… a… v… …z", wires chains of H and C within the rectangle of their ends.
CLASHES = r"""() => {
  const found = [];
  const groups = [...document.querySelectorAll('svg > g > g:first-child > g')];
  for (const group of groups) {
    const boxes = [], spans = [];
    for (const path of group.querySelectorAll('path')) {
      const kind = path.getAttribute('class'), d = path.getAttribute('d');
      if (/-(box|open)$/.test(kind)) {
        const r = kind.endsWith('open') ? 9 : 4;
        for (const [, x, y, w, h] of d.matchAll(/M([-\d.]+) ([-\d.]+)h([-\d.]+)a[^v]*v([-\d.]+)/g)) {
          boxes.push([+x - r, +y, +w + 2 * r, +h + 2 * r]);
        }
      }
      if (kind.endsWith('-wire')) {
        let at = null;
        for (const [, op, rest] of d.matchAll(/([MHC])([^MHC]*)/g)) {
          const n = rest.trim().split(/[ ,]+/).map(Number);
          const to = op === 'H' ? [n[0], at[1]] : n.slice(-2);
          if (op !== 'M') spans.push([at[0], Math.min(at[1], to[1]), to[0], Math.max(at[1], to[1])]);
          at = to;
        }
      }
    }
    boxes.forEach(([x, y, w, h], i) => {
      for (const [p, q, v, u] of boxes.slice(i + 1)) {
        if (p < x + w - 1 && x < p + v - 1 && q < y + h - 1 && y < q + u - 1) found.push(['boxes', x, y, p, q]);
      }
      for (const [l, t, r, b] of spans) {
        if (l < x + w - 1 && x + 1 < r && t < y + h - 1 && y + 1 < b) found.push(['wire', x, y, l, t, r, b]);
      }
    });
  }
  return { frames: groups.length, found };
}"""


def test_motion_ends_where_there_is_none(show):
    """Boxes that open and close gradually come to stand where they do at once."""
    f = three_levels(4)
    still, moving = show(f, depth=0), show(f, depth=0, context={"reduced_motion": "no-preference"})
    for name in ("block 1", "block 1.2", "block 0", "block 1.2"):
        spots = []
        for page in (still, moving):
            page.click(name)
            page.page.wait_for_function("() => document.querySelector('main').ariaBusy !== 'true'")
            spots.append({name: page.spot(name) for name in page.names() if name.startswith("block")})
        assert spots[0].keys() == spots[1].keys()
        for name, (x, y) in spots[0].items():
            assert abs(spots[1][name][0] - x) < 0.5 and abs(spots[1][name][1] - y) < 0.5


def test_the_value_of_a_constant_stays_beside_it(show):
    """Where a box of the same column is opened, the column grows."""
    wide = (cd.sin(S) >> cd.exp >> cd.tanh >> cd.sqrt).box("wide")
    page = show(wide @ cd.const(2.0) >> cd.exp(S) @ cd.sin, depth=0)
    for key in ("c", "e"):
        page.press(key)
        gaps = page.page.evaluate(
            """() => {
              const text = [...document.querySelectorAll('text.value')].find(t => t.textContent === '2');
              const dots = [...document.querySelectorAll('path.forward-dot')].map(p => p.getAttribute('d')).join('');
              const spots = [...dots.matchAll(/M([-\\d.]+) ([-\\d.]+)a2.4/g)].map(([, x, y]) => [+x + 2.4, +y]);
              return spots.map(([x, y]) => Math.hypot(x - text.getAttribute('x'), y - text.getAttribute('y')));
            }"""
        )
        assert min(gaps) < 12


# -- what is said -----------------------------------------------------------------------------------------------------


def test_hovering_tells_name_type_cost_and_value(show):
    page = show(wave(), depth=1, notes={((), 1): "0.25 … 0.75", ((), 0): "from a file", ((0,), 1): "inner"})
    assert page.hover("tanh").splitlines() == ["tanh", "f64[3] → f64[3]", "3 FLOPs"]
    page.page.mouse.move(*page.spot("pair"))
    page.settle()
    lines = ["pair", "f64[3] → f64[3]", "18 FLOPs", "4 boxes inside, open", "→ 0.25 … 0.75"]
    assert page.tip().splitlines() == lines
    x, y = page.spot("f64[3]")
    page.page.mouse.move(x + 40, y)
    page.settle()
    assert page.tip().splitlines() == ["f64[3]", "from a file", "from the input to pair"]
    page.page.mouse.move(5, 500)
    page.settle()
    assert page.tip() == ""


def test_the_keyboard_walks_along_the_wires(show):
    page = show(wave(), depth=1)
    page.page.focus("#stage")
    assert page.focus() == "diagram of f64[3] → f64[3], 2 boxes"

    def walk(*keys: str) -> list[str]:
        found = []
        for key in keys:
            page.press(key)
            found.append(page.focus().split(",")[0])
        return found

    assert walk("ArrowRight") == ["pair"]
    there = walk(*["ArrowRight"] * 4)
    assert there in (["wave", "×", "tanh", "tanh"], ["sqrt", "wave", "×", "tanh"])
    page.press("End")
    assert walk("ArrowLeft", "ArrowLeft")[-1] in ("×", "wave")
    assert walk("Escape", "ArrowDown", "ArrowUp", "ArrowUp") == ["pair", "tanh", "pair", "pair"]
    assert page.said() == "no more boxes on this level"
    assert page.page.evaluate("() => document.activeElement.id") == "stage"
    assert page.page.get_attribute("#stage", "aria-activedescendant") == "at"


def test_enter_opens_the_box_in_focus_and_says_so(show):
    page = show(wave(), depth=0)
    page.page.focus("#stage")
    page.press("ArrowRight")
    assert page.page.get_attribute("#at", "aria-expanded") == "false"
    assert page.focus() == "pair, f64[3] → f64[3], 18 FLOPs, 4 boxes inside, closed; 1 of 2"
    page.press("Enter")
    assert page.page.get_attribute("#at", "aria-expanded") == "true"
    page.press("ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight")
    assert page.page.get_attribute("#at", "aria-expanded") is None
    assert page.said() == "no box reads this"


def test_the_tree_a_screen_reader_sees_has_names(show):
    page = show(wave(), depth=0)
    nameless = page.page.evaluate(
        """() => [...document.querySelectorAll('button, input, [role]')].filter(e => !e.closest('[hidden]'))
            .filter(e => !e.textContent.trim() && !e.getAttribute('aria-label'))
            .filter(e => !['status', 'application'].includes(e.getAttribute('role')))
            .map(e => e.outerHTML)"""
    )
    assert nameless == []
    ids = page.page.evaluate(
        """() => ['aria-describedby', 'aria-controls', 'aria-activedescendant'].flatMap(a =>
            [...document.querySelectorAll(`[${a}]`)].map(e => e.getAttribute(a)))
            .filter(id => !document.getElementById(id))"""
    )
    assert ids == []


# -- finding ----------------------------------------------------------------------------------------------------------


@SIZES
def test_search_finds_closed_boxes_and_opens_the_way(show, n):
    page = show(three_levels(n), depth=0)
    page.press("/")
    page.page.keyboard.type("2.3")
    page.settle()
    assert page.page.text_content("#found") == f"1 of {2 if n > 23 else page_hits(n)}"
    assert page.focus().startswith("block 2.3,")
    assert "block 2.3" in page.names()
    page.press("Escape")
    assert re.fullmatch(r"#open=\d+&at=\d+\.\d+", page.address())
    page.press("/")
    page.page.keyboard.type("tanh")
    page.press("Enter", "Enter")
    counted = page.page.text_content("#found") or ""
    assert counted.startswith("3 of ")
    assert page.focus().startswith("tanh,")
    page.page.keyboard.press("Shift+Enter")
    assert (page.page.text_content("#found") or "").startswith("2 of ")
    page.page.fill("#query", "no such box")
    assert page.page.text_content("#found") == "none"


def page_hits(n: int) -> int:
    """How many of the names `block i.j` have 2.3 in them."""
    return len([1 for i in range(n) for j in range(n) if "2.3" in f"block {i}.{j}"])


def test_a_program_of_2_to_the_60_boxes(show):
    f = cd.sin(S)
    for i in range(60):
        f = (f >> f).box(f"double {i}")
    page = show(f, depth=0)
    page.press("e")
    assert page.said() == "131,071 boxes shown"
    page.press("c", "/")
    page.page.keyboard.type("double 0")
    page.settle()
    assert page.page.text_content("#found") == "1 of 1000 or more"
    assert page.focus().startswith("double 0,") and "double 0" in page.names()


# -- moving about -----------------------------------------------------------------------------------------------------


def test_the_picture_is_dragged_and_zoomed(show):
    page = show(wave(), depth=1)
    x, y = page.spot("tanh")

    def moved() -> tuple[int, int]:
        a, b = page.spot("tanh")
        return round(a - x), round(b - y)

    page.page.mouse.move(900, 600)
    page.page.mouse.down()
    page.page.mouse.move(960, 640, steps=4)
    page.page.mouse.up()
    page.settle()
    assert moved() == (60, 40)
    assert page.page.get_attribute("#stage", "class") == ""  # a drag is no click
    page.page.mouse.move(round(x + 60), round(y + 40))  # the wheel knows whole pixels
    page.page.mouse.wheel(0, -300)
    page.settle()
    assert moved() == (60, 40)  # what is under the pointer stays there
    wide = page.spot("tanh")[0] - page.spot("sqrt")[0]
    page.page.click("#out")
    page.settle()
    assert abs((page.spot("tanh")[0] - page.spot("sqrt")[0]) * 1.3 - wide) < 0.5
    page.press("0")
    page.page.wait_for_timeout(50)
    assert moved() == (0, 0)
    page.page.mouse.move(900, 600)
    page.page.mouse.wheel(40, 30)
    page.settle()
    assert moved() == (-40, -30)


def test_two_fingers_zoom(show):
    page = show(wave(), depth=1)
    first, last = page.spot("sqrt"), page.spot("tanh")
    page.page.evaluate(
        """() => {
          const send = (type, pointerId, clientX) => document.getElementById('stage').dispatchEvent(
            new PointerEvent(type, { pointerId, clientX, clientY: 300, bubbles: true, pointerType: 'touch' }));
          HTMLElement.prototype.setPointerCapture = () => {};
          send('pointerdown', 11, 500); send('pointerdown', 12, 600); send('pointermove', 12, 650);
          send('pointerup', 11, 500); send('pointerup', 12, 650);
        }"""
    )
    page.settle()
    assert abs((page.spot("tanh")[0] - page.spot("sqrt")[0]) / (last[0] - first[0]) - 1.5) < 0.01


# -- the address ------------------------------------------------------------------------------------------------------


def test_a_link_opens_what_was_open(show):
    f = three_levels(4)
    page = show(f, depth=0)
    page.click("block 1")
    page.click("block 1.2")
    link = page.address()
    assert re.fullmatch(r"#open=\d+\(\d+\)&at=\d+\.\d+", link)
    again = show(f, link, depth=0)
    assert again.focus().startswith("block 1.2,") and sorted(again.names()) == sorted(page.names())
    everything = show(f, "#open=*", depth=0)
    assert everything.address() == "#open=*"


@pytest.mark.parametrize(
    "link",
    [
        "#open=99(1)",
        "#open=((((",
        "#open=0(0(0(0",
        "#at=7.7.7",
        "#open=*)*(&at=x",
        "#nonsense",
        "#open=%3Cscript%3E&at=-1",
        "#=&&=",
    ],
)
def test_a_link_that_makes_no_sense_does_no_harm(show, link):
    page = show(three_levels(3), link, depth=0)
    assert len([name for name in page.names() if name != "f64[3]"]) >= 3


@SIZES
def test_only_what_can_be_seen_is_drawn(show, n):
    page = show(three_levels(n), "#open=*", depth=0)
    page.press("0")
    count = "() => document.querySelectorAll('svg *').length"
    far = page.page.evaluate(count)
    page.page.mouse.move(*page.spot("block 1") if "block 1" in page.names() else (650, 400))
    for _ in range(40):
        page.page.mouse.wheel(0, -300)
    page.settle()
    near = page.page.evaluate(count)
    assert far < 12_000 and near < 2_000


def test_what_is_no_number_is_red(show):
    loss = (cd.sub(cd.f64()) >> cd.log).box("loss")
    page = show(loss >> cd.exp, depth=0, values=(1.0, 1.0))
    assert "the first ∞ is made by loss / log, of 0" in page.names()
    drawn = "() => [...document.querySelectorAll('svg path')].map(p => p.getAttribute('class'))"
    assert {"bad-box", "bad-wire"} <= set(page.page.evaluate(drawn)) and "bad-open" not in page.page.evaluate(drawn)
    red = "() => getComputedStyle(document.querySelector('.bad-wire')).stroke"
    assert page.page.evaluate(red) == "rgb(192, 32, 44)"
    page.click("loss")
    found = page.page.evaluate(drawn)
    assert {"bad-open", "bad-box", "bad-wire"} <= set(found)
    assert "0" in page.hover("−").split("\n")[-1]
    fine = show(loss >> cd.exp, values=(2.0, 1.0))
    assert not [c for c in fine.page.evaluate(drawn) if c.startswith("bad")]
