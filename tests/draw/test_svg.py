"""The file: the same bytes every time, well-formed, harmless whatever the labels say, written whole."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenes import written
from toys import programs

import catdiff as cd
from catdiff.__main__ import main
from catdiff.draw.measure import clean, cut, width
from catdiff.errors import DrawError

S = cd.f64()
ROOT = Path(__file__).resolve().parents[2]
HOSTILE = [
    "</text><script>alert(1)</script>",
    '" onload="alert(1)',
    "' onmouseover='alert(1)",
    "]]><!--&amp;&#0;<![CDATA[",
    "\0\x1b\ud800\ufffe\uffff\n\t",
    "\u202egnp.exe\u2066",
    "שלום عالم",
    "x" * 500,
    "𝔸 ⊗ 𝔹 → ∂x̄",
]
TAGS = {"svg", "title", "desc", "style", "rect", "g", "path", "circle", "text"}


def elements(text: str) -> list[ET.Element]:
    return list(ET.fromstring(text.encode()).iter())


def harmless(text: str) -> None:
    for element in elements(text):
        assert element.tag.removeprefix("{http://www.w3.org/2000/svg}") in TAGS
        assert not [key for key in element.keys() if key.startswith("on") or "href" in key or key == "id"]  # noqa: SIM118


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("depth", [0, 1])
def test_hostile_labels(name, depth):
    f = cd.sin(S).box(name)
    text = f.draw(depth=depth, inputs=[name], outputs=[name])
    harmless(text)
    shown = [e.text for e in elements(text) if e.tag.endswith("text")]
    assert cut(clean(name), 26) in shown
    assert max(map(len, shown)) <= 26


@given(st.text(max_size=8), programs())
def test_any_label_is_well_formed(name, f):
    harmless(f.box(name or "f").draw())


@given(st.text(max_size=20))
def test_no_text_has_negative_width(text):
    assert width(clean(text)) >= 0
    assert len(clean(text)) == len(text)


def test_the_same_bytes_every_time():
    program = (
        "import catdiff as cd, sys; A = cd.f64(3)\n"
        "f = cd.copy(A) >> cd.sin.box('s') @ cd.exp >> cd.mul\n"
        "sys.stdout.write(cd.R(cd.R(f)).draw())"
    ).replace("cd.sin.box", "cd.sin(A).box")
    assert len({*written(program)}) == 1


def test_wires_and_boxes_say_their_types():
    titles = [e.text for e in elements(cd.einsum("ij,j->i", cd.f64(2, 3), cd.f64(3)).draw()) if e.tag.endswith("title")]
    assert "f64[2,3]" in titles
    assert any(t and "f64[2,3] @ f64[3] → f64[2]" in t for t in titles[1:])


def test_dark_mode_covers_every_colour():
    text = cd.R(cd.sin(S).box("f") + cd.exp(S)).draw(depth=0)
    classes = {e.get("class") for e in elements(text) if e.get("class")}
    assert len(classes) >= 6
    (style,) = [e.text or "" for e in elements(text) if e.tag.endswith("style")]
    assert "prefers-color-scheme: dark" in style
    assert all(f".{c}{{" in style for c in classes)


def test_files(tmp_path):
    f = cd.sin(S)
    assert (text := f.draw(tmp_path / "f.svg")) == f.draw()
    assert (tmp_path / "f.svg").read_bytes() == text.encode()
    assert f.draw(str(tmp_path / "F.SVG")) == text
    with pytest.raises(DrawError, match=r"pictures as .*\.svg.*, not as \.pdf"):
        f.draw(tmp_path / "f.pdf")
    with pytest.raises(DrawError, match="not without a suffix"):
        f.draw(tmp_path / "f")
    with pytest.raises(DrawError, match="cannot write"):
        f.draw(tmp_path / "no folder" / "f.svg")
    (tmp_path / "d.svg").mkdir()
    with pytest.raises(DrawError, match="cannot write"):
        f.draw(tmp_path / "d.svg")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["F.SVG", "d.svg", "f.svg"]


def test_notebooks_show_the_picture():
    f = cd.sin(S)
    assert f._repr_mimebundle_() == {"text/plain": repr(f), "image/svg+xml": f.draw()}
    large = cd.id(S)
    for _ in range(500):
        large = large >> cd.sin
    shown = large._repr_mimebundle_()  # folded, and described by its size
    assert "sin ×" in shown["image/svg+xml"] and shown["text/plain"] == "<f64 → f64: 500 boxes>"


def test_the_command_line(tmp_path, capsys):
    cd.save(cd.sin(S).box("wave"), tmp_path / "f.json")
    main(["draw", str(tmp_path / "f.json"), "-o", str(tmp_path / "g.svg"), "--depth", "0"])
    assert (tmp_path / "g.svg").read_text(encoding="utf-8") == cd.sin(S).box("wave").draw(depth=0)
    main(["draw", str(tmp_path / "f.json")])
    assert (tmp_path / "f.svg").is_file()
    capsys.readouterr()
    assert main(["draw", str(tmp_path / "none.json")]) == 1
    assert "there is no such file" in capsys.readouterr().err
    assert main(["draw", str(tmp_path / "f.json"), "-o", "f.pdf"]) == 1
    assert "not as .pdf" in capsys.readouterr().err
