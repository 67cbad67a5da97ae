"""The page as a file: what is in it, that no label is markup, that the bytes are the same every time.

What it does when it is opened is for tests/browser.
"""

import html
import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenes import written
from toys import programs

import catdiff as cd
from catdiff.__main__ import main
from catdiff.draw.folding import TOTAL
from catdiff.draw.html import ASSETS, DEEP, SCRIPTS, SHADES, page
from catdiff.draw.layout import layout
from catdiff.draw.style import tone
from catdiff.errors import DrawError

S = cd.f64(3)
ROOT = Path(__file__).resolve().parents[2]
HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!--<script>",
    "]]>&lt;\"'`${alert(1)}{{data}}{{script}}",
    "\0\x1b\ud800\ufffe\n\t\u2028",
    "\u202egnp.exe\u2066",
    "x" * 500,
]


class Elements(HTMLParser):
    """Tags with their attributes, and the text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[str, str]] = []
        self.inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.inside = tag

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside in ("script", "style"):
            self.raw.append((self.inside, data))


def data(text: str) -> dict:
    (found,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    return json.loads(found)


def nested() -> cd.Morphism:
    wave = (cd.sin(S) >> cd.exp).box("wave")
    pair = (cd.copy(S) >> wave @ wave >> cd.mul).box("pair")
    return pair >> pair >> cd.tanh


# -- what is in the file ----------------------------------------------------------------------------------------------


def test_equal_interiors_are_stored_once():
    found = data(page(nested()))
    assert [len(frame["boxes"]) for frame in found["frames"]] == [3, 3, 2]
    assert sorted(name for name, *_ in found["labels"]) == ["exp", "pair", "sin", "tanh", "wave", "×"]
    assert sorted(found["sorts"]) == ["copy : f64[3]", "f64[3]"]


def test_a_frame_is_its_picture_with_the_boxes_closed():
    f = cd.R(nested())
    scene, frame = layout(f.net, depth=0), data(page(f))["frames"][0]
    names = [label[0] for label in data(page(f))["labels"]]
    assert [names[box[1]] for box in frame["boxes"]] == [b.name for b in scene.boxes]
    left = min(b.x for b in scene.boxes) - min(box[4] for box in frame["boxes"]) / 10
    for box, drawn in zip(frame["boxes"], scene.boxes, strict=True):
        x0, y0, x1, y1 = [x / 10 for x in box[4:8]]
        assert (
            abs(x0 + left - drawn.x) < 0.11 and abs(x1 - x0 - drawn.width) < 0.11 and abs(y1 - y0 - drawn.height) < 0.11
        )
    assert [w[1] for w in frame["wires"]] == [int(w.reverse) for w in scene.wires]


def test_parameters_enter_the_outermost_frame_from_the_top():
    frames = data(page(cd.mul(S @ S).box("scaled"), inputs=["w", "x"], parameters=[0]))["frames"]
    ((i, x),) = frames[0]["tops"]
    assert i == 0 and frames[1]["tops"] == []
    assert frames[0]["wires"][0][2][:6:4] == [x, x] and frames[0]["wires"][0][2][1] == 0


def test_tones_of_a_page_are_those_of_the_picture():
    """A box that is an update and one that is not, with one interior: two frames."""
    update = (cd.id(S) @ cd.neg(S) >> cd.add(S)).box("update")
    f = cd.program(S @ S @ S, [(update, [0, 2]), (update, [0, 1])], [3, 4])
    frames = data(page(f, cotangents=[2]))["frames"]
    scene = layout(f.net, cotangents=[2], depth=0)
    assert [box[3] for box in frames[0]["boxes"]] == [SHADES.index(tone(b)) for b in scene.boxes] == [2, 0]
    assert [w[1] for w in frames[0]["wires"]] == [SHADES.index(tone(w)) for w in scene.wires] == [0, 0, 1, 2, 0]
    assert [{w[1] for w in frame["wires"]} for frame in frames[1:]] == [{2}, {0}]


@given(programs())
def test_connections_are_those_of_the_net(f):
    frame = data(page(f))["frames"][0]
    edges = {e: (first, sources) for e, *_, first, _, sources in frame["boxes"]}
    edges |= {e: (first, sources) for e, first, _, sources in frame["links"]}
    assert {e: (first, sources) for e, (_, sources, first) in enumerate(f.net.steps())} == edges
    assert frame["ends"] == f.net.outputs.tolist()
    assert len(frame["wires"]) == f.net.wires


def test_costs_are_those_of_the_summary():
    found = {name: flops for name, _, _, flops in data(page(nested()))["labels"]}
    assert found["wave"] == 6 and found["pair"] == 9 and found["tanh"] == 3  # of two equal boxes one runs
    assert sum(found[row[0]] * row[1] for row in nested().summary().rows) == nested().summary().total.flops


def test_notes_are_kept_by_path_and_wire():
    f = nested()
    notes = {((), 0): "0.5", ((0, 1), 1): "1.5 ± 0.2", ((0,), 3): "<b>"}
    assert data(page(f, notes=notes))["notes"] == {"": {"0": "0.5"}, "0": {"3": "<b>"}, "0.1": {"1": "1.5 ± 0.2"}}
    for wrong in [((), 99), ((9,), 0), ((2,), 0), ((0,), -1)]:
        with pytest.raises(DrawError, match="there is none"):
            page(f, notes={wrong: "?"})


def test_a_page_has_room_for_so_many_boxes():
    large = cd.sin(S)
    for _ in range(500):
        large = large >> cd.sin(S)
    found = data(page(large.box("large") >> cd.exp))  # folded by name, as in other pictures
    names = [label[0] for label in found["labels"]]
    assert [names[box[1]] for box in found["frames"][1]["boxes"]] == [b.name for b in layout(large.net, 0).boxes]
    assert max(len(frame["boxes"]) for frame in found["frames"]) < 30
    assert len(data(page(large.box("large") >> cd.exp, limit=600))["frames"]) == 2
    assert data(page(large))["frames"][0]["boxes"][0][2] == 1
    many = cd.id(S)
    for i in range(60):
        inner = cd.sin(S)
        for j in range(300):
            inner = inner >> (cd.exp(S) if (i >> j % 6) & 1 else cd.sin(S))
        many = many >> inner.box(f"b{i}")
    found = data(page(many))
    inside = [box[2] for box in found["frames"][0]["boxes"]]
    assert sum(len(frame["boxes"]) for frame in found["frames"]) <= TOTAL
    assert inside[0] > 0 and inside[-1] == -301


def test_the_values_of_a_run_are_notes_and_what_is_no_number_is_known():
    f = ((cd.sub(cd.f64()) >> cd.log).box("loss") >> cd.exp).box("all")
    found = data(page(f, values=(1.0, 1.0), notes={((), 1): "b"}))
    assert found["notes"][""] == {"0": "1", "1": "b", "2": "0"} and found["notes"]["0.0"]["2"] == "0"
    assert found["bad"] == {"0": [2], "0.0": [3]} and found["first"] == [0, 0, 1]
    assert found["said"] == "the first ∞ is made by all / loss / log, of 0"
    found = data(page(f, values=(2.0, 1.0)))
    assert (found["bad"], found["first"], found["said"]) == ({}, None, "")
    found = data(page(f))
    assert (found["notes"], found["bad"], found["first"]) == ({}, {}, None)


def test_values_in_as_many_levels_as_there_is_room_for():
    f = cd.sin(cd.f64())
    for i in range(20):
        f = (f >> f).box(f"level {i}")
    deepest = max(path.count(".") for path in data(page(f, values=(0.5,)))["notes"])
    assert 5 < deepest < 13  # of 2²⁰ boxes


def test_a_page_says_what_it_does_not_take(tmp_path):
    with pytest.raises(DrawError, match=r"a page takes depth=, .*, values=, not direction=, scale=: "):
        nested().draw(tmp_path / "f.html", direction="down", scale=2)
    with pytest.raises(DrawError, match=r"not colour= +\("):  # SVG has no such thing either
        nested().draw(tmp_path / "f.html", colour="red")


def test_of_a_tower_a_page_has_so_many_levels():
    f = cd.sin(S)
    for i in range(3000):
        f = f.box(f"level {i}")
    frames = data(page(f))["frames"]
    assert len(frames) == DEEP + 1
    assert [frame["boxes"][0][2] for frame in frames] == [*range(1, DEEP + 1), -1]


def test_nothing_is_a_page_too():
    assert data(page(cd.id(cd.UNIT)))["frames"][0]["boxes"] == []


# -- safety -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE)
def test_no_label_is_markup(name):
    f = cd.sin(S).box(name) >> cd.exp
    text = page(f, inputs=[name], outputs=[name], notes={((), 0): name}, description=name)
    text.encode()
    plain = Elements(page(cd.sin(S).box("f") >> cd.exp))
    found = Elements(text)
    assert [tag for tag, _ in found.tags] == [tag for tag, _ in plain.tags]
    assert not [key for _, attrs in found.tags for key in attrs if key.startswith("on") or key in ("src", "style")]
    assert [part for part in found.raw if part[1] != found.raw[1][1]] == [
        part for part in plain.raw if part[1] != plain.raw[1][1]
    ]
    assert len(data(text)["labels"][0][0]) <= 300


@given(st.text(max_size=12))
def test_any_name_comes_back(name):
    f = cd.sin(S).box(name or "f")
    found = data(page(f))
    assert len(found["labels"][0][0]) == len(name or "f")


def test_the_policy_admits_one_script_and_one_style():
    found = Elements(page(nested()))
    (policy,) = [a["content"] or "" for tag, a in found.tags if a.get("http-equiv") == "Content-Security-Policy"]
    hashes = {
        kind: [f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}" for k, text in found.raw if k == kind]
        for kind in ("script", "style")
    }
    assert f"script-src '{hashes['script'][-1]}'" in policy and f"style-src '{hashes['style'][0]}'" in policy
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert len(hashes["script"]) == 2 and len(hashes["style"]) == 1  # the data, and the one that runs


def test_the_page_asks_for_nothing_from_elsewhere():
    text = page(nested())
    assert not re.search(r"(?:src|href)\s*=|@import|url\(|fetch\(|XMLHttpRequest|innerHTML|\beval\b", text)
    assert set(re.findall(r"https?://[^\s\"'`)]+", text)) == {"http://www.w3.org/2000/svg"}


def test_every_asset_is_in_the_page():
    assert {p.name for p in ASSETS.iterdir()} == {"page.html", "page.css", *SCRIPTS}
    text = page(nested())
    assert all((ASSETS / name).read_text(encoding="utf-8") in text for name in [*SCRIPTS, "page.css"])


def test_the_same_bytes_every_time():
    program = (
        "import catdiff as cd, sys; A = cd.f64(3)\n"
        "f = cd.copy(A) >> cd.sin(A).box('s') @ cd.exp >> cd.mul\n"
        "from catdiff.draw.html import page\n"
        "sys.stdout.write(page(cd.R(cd.R(f))))"
    )
    assert len({*written(program)}) == 1


# -- how it is asked for ----------------------------------------------------------------------------------------------


def test_a_page_by_suffix(tmp_path):
    f = nested()
    text = f.draw(tmp_path / "f.html", depth=1)
    assert (tmp_path / "f.html").read_text(encoding="utf-8") == text
    assert data(text)["depth"] == 1 and data(page(f))["depth"] is None
    assert "cd.tanh" in html.unescape(text.split("<noscript>")[1])
    with pytest.raises(DrawError, match="depth is how many"):
        f.draw(tmp_path / "g.html", depth=-1)
    with pytest.raises(DrawError, match="inputs= names 2 wires"):
        f.draw(tmp_path / "g.html", inputs=["a", "b"])
    assert not (tmp_path / "g.html").exists()


def test_the_command_line_opens_a_page(tmp_path, monkeypatch, capsys):
    stored, opened = tmp_path / "f.json", []
    cd.save(nested(), stored)
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or True)
    assert main(["draw", str(stored), "--open", "--depth", "2"]) == 0
    assert opened == [(tmp_path / "f.html").as_uri()]
    assert data((tmp_path / "f.html").read_text(encoding="utf-8"))["depth"] == 2
    assert main(["draw", str(stored), "-o", str(tmp_path / "g.html")]) == 0
    assert len(opened) == 1 and (tmp_path / "g.html").exists()
    monkeypatch.setattr("webbrowser.open", lambda url: False)
    assert main(["draw", str(stored), "--open"]) == 1
    assert "no browser" in capsys.readouterr().err


def test_a_notebook_shows_the_page_in_a_frame_of_its_own():
    f = cd.sin(S).box('"><script>')
    shown = f.show(height=300, depth=1)
    (frame,) = [attrs for tag, attrs in Elements(shown._repr_html_()).tags if tag == "iframe"]
    assert frame["srcdoc"] == page(f, depth=1) and frame["sandbox"] == "allow-scripts" and frame["height"] == "300"
    assert [tag for tag, _ in Elements(shown._repr_html_()).tags] == ["iframe"]
    assert repr(shown) == "<page of f64[3] → f64[3]: 1 box>"
    for height in (0, 10**6, 300.0, True):
        with pytest.raises(DrawError, match="height is from"):
            f.show(height=height)
