"""TikZ, PNG, and what all writers have to bear: hostile labels, nothing at all, too many wires, nowhere to write."""

import struct
from dataclasses import replace
from importlib.util import find_spec

import pytest
from hypothesis import given
from hypothesis import strategies as st
from texlive import compiled, needs_pdflatex
from toys import programs

import catdiff as cd
from catdiff.draw import png as converter
from catdiff.draw.scene import Scene
from catdiff.draw.style import DAY, NIGHT
from catdiff.draw.tex import tex
from catdiff.draw.tikz import tikz
from catdiff.draw.views import scene_of
from catdiff.draw.write import WRITERS
from catdiff.errors import DrawError

S = cd.f64()
HOSTILE = [
    "</text><script>alert(1)</script>",
    "\\input{secret} \\write18{ls} \\end{document}",
    "#$%&_{}~^\\ -- ``'' <>|\" [a]",
    "\0\x1b\ud800\ufffe\uffff\n\t",
    "\u202egnp.exe\u2066",
    "שלום عالم 漢字 🙂",
    "x" * 500,
    "𝔸 ⊗ 𝔹 → ∂x̄ ∘ ȧ₁² ½ ﬁ ñ ß Ω ψ′ ⟨f, g⟩ ∑ √ ≤ ∞ ‖x‖",
    "\u0304\u0307",
    "$x$ \\(y\\)",
]
HARMLESS = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .:;,=+*/!?()[]@<>|'`\"-~\\{}$#%&_^\n")
needs_cairosvg = pytest.mark.skipif(find_spec("cairosvg") is None, reason="there is no CairoSVG here")


def many_wires(n: int = 300) -> cd.Morphism:
    """One box that reads n wires."""
    A = cd.UNIT
    for _ in range(n):
        A = A @ S
    return cd.discard(A).box("many")


def balanced(text: str) -> bool:
    """Whether braces that are not escaped are closed as often as they are opened, and never before."""
    depth, at = 0, 0
    while at < len(text):
        at += text[at] == "\\"
        depth += {"{": 1, "}": -1}.get(text[at : at + 1], 0) if text[at - 1 : at] != "\\" else 0
        assert depth >= 0
        at += 1
    return depth == 0


@given(st.text(max_size=30))
def test_any_text_is_ascii_and_balanced_as_tex(text):
    made = tex(text)
    assert set(made) <= HARMLESS and balanced(made)
    assert not set(made.replace("\\#", "").replace("\\%", "").replace("\\&", "")) & set("#%&")


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("f ∘ g", "f $\\circ$ g"),
        ("ȧ", "\\.{a}"),
        ("x̄₁", "\\={x}\\textsubscript{1}"),
        ("î", "\\^{\\i}"),
        ("𝔸²", "A\\textsuperscript{2}"),
        ("Α α Ω ς λ", "A $\\alpha$ $\\Omega$ $\\varsigma$ $\\lambda$"),
        ("50 %_#", "50 \\%\\_\\#"),
        ("א", "\\other{05D0}"),
    ],
)
def test_what_has_a_name_in_tex(text, made):
    assert tex(text) == made


def test_tikz_shows_what_the_scene_holds():
    f = (cd.sin(S).box("f") @ cd.const(2.5) >> cd.add(S)) @ cd.zero(S)
    scene = scene_of(cd.R(f), cotangents=[1, 2])
    text = tikz(scene)
    assert text.count("\\filldraw") == len(scene.boxes) + len(scene.dots)
    assert text.count("\\draw[") == len(scene.wires)
    assert text.count("\\node[") == len(scene.boxes) + len(scene.texts)
    assert all(colour[1:].upper() in text for t in DAY.values() for colour in t[:3])
    assert text == tikz(scene_of(cd.R(f), cotangents=[1, 2]))
    assert f"rectangle ({scene.width:.1f}," in text


def test_day_and_night_have_the_same_tones():
    assert DAY.keys() == NIGHT.keys()
    assert len({t.stroke for t in DAY.values()}) == len(DAY)
    assert all(DAY[name].strength > 1 for name in ("bad", "changed"))  # seen in grey as well


@needs_pdflatex
@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_labels_compile(label, tmp_path):
    f = (cd.sin(S).box(label) >> cd.exp).box(label)
    compiled(tikz(scene_of(f, depth=1, inputs=[label], outputs=[label])), tmp_path)


@needs_pdflatex
def test_extremes_compile(tmp_path):
    for i, f in enumerate((cd.id(cd.UNIT), cd.id(S), many_wires())):
        (tmp_path / str(i)).mkdir()
        compiled(tikz(scene_of(f)), tmp_path / str(i))


@pytest.mark.parametrize("suffix", [suffix for suffix in WRITERS if suffix != ".png"])
@pytest.mark.parametrize("label", HOSTILE)
def test_every_writer_takes_hostile_labels(suffix, label, tmp_path):
    f = (cd.sin(S).box(label) >> cd.exp).box(label)
    path = tmp_path / f"f{suffix}"
    assert f.draw(path, inputs=[label], outputs=[label]) == path.read_bytes().decode()


@pytest.mark.parametrize("suffix", [suffix for suffix in WRITERS if suffix != ".png"])
def test_every_writer_takes_nothing_and_very_much(suffix, tmp_path):
    for f in (cd.id(cd.UNIT), cd.id(S), many_wires()):
        path = tmp_path / f"f{suffix}"
        assert f.draw(path) == path.read_bytes().decode()
    with pytest.raises(DrawError, match="cannot write"):
        cd.id(S).draw(tmp_path / "none" / f"f{suffix}")
    assert [p.name for p in tmp_path.iterdir()] == [f"f{suffix}"]


@given(programs())
def test_any_program_is_drawn_by_every_writer(f):
    scene = scene_of(f)
    assert all(write(scene) == write(scene) for write in WRITERS.values())


def test_scale_is_a_size():
    text = cd.sin(S).draw(scale=2)
    scene = scene_of(cd.sin(S))
    assert f'viewBox="0 0 {scene.width:g} ' in text and f'width="{2 * scene.width:g}" ' in text
    assert "x=1.5bp" in tikz(replace(scene, scale=2.0))
    for wrong in (0, -1, float("nan"), float("inf"), "large", None):
        with pytest.raises(DrawError, match="scale="):
            cd.sin(S).draw(scale=wrong)


@needs_cairosvg
def test_png(tmp_path):
    f = cd.sin(S).box("wave") >> cd.exp
    drawn = f.draw(tmp_path / "f.png", scale=2)
    data = (tmp_path / "f.png").read_bytes()
    scene = scene_of(f)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    assert abs(width - 2 * scene.width) <= 1 and abs(height - 2 * scene.height) <= 1
    assert drawn == f.draw(scale=2)  # the picture it is a photograph of
    for i, label in enumerate(HOSTILE):
        cd.sin(S).box(label).draw(tmp_path / f"{i}.png")
    with pytest.raises(DrawError, match="cannot write"):
        f.draw(tmp_path / "none" / "f.png")
    with pytest.raises(DrawError, match=r"at most 16384\nhint: scale="):
        f.draw(tmp_path / "g.png", scale=500)
    assert not (tmp_path / "g.png").exists()


def test_png_without_a_converter_names_the_extra(monkeypatch, tmp_path):
    def nowhere(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(converter, "import_module", nowhere)
    with pytest.raises(DrawError, match=r"converter that is not there\nhint: pip install 'catdiff\[png\]'"):
        cd.sin(S).draw(tmp_path / "f.png")
    assert not list(tmp_path.iterdir())


def test_a_converter_that_fails_is_said_to(monkeypatch):
    class Broken:
        @staticmethod
        def svg2png(bytestring: bytes) -> bytes:
            raise ValueError("no surface")

    monkeypatch.setattr(converter, "import_module", lambda name: Broken)
    with pytest.raises(DrawError, match="cannot make a PNG of it: no surface"):
        converter.png(Scene(10, 10))
