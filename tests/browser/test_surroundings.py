"""What a page does not do: run what a label says, fetch, print its buttons, or reach out of its frame in a notebook."""

import pytest
from nests import S, wave

import catdiff as cd

HOSTILE = [
    "</script><script>document.title='run'</script>",
    "<img src=x onerror=\"document.title='run'\">",
    "<svg onload=document.title='run'>",
    "'\"><style>*{display:none}</style>",
    "javascript:document.title='run'",
    "${document.title='run'}{{script}}",
    "\u202egnp.exe\u2066",
    "שלום عالم",
    "𝔸 ⊗ 𝔹 → ∂x̄",
    "long " * 100,
]


# -- hostile labels, colours, paper, notebooks ------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE)
def test_no_script_in_a_label_runs(show, name):
    f = cd.sin(S).box(name) >> cd.exp(S).box(name + "!")
    page = show(f, depth=0, inputs=[name], outputs=[name], notes={((), 1): name})
    title = page.page.title()
    drawn = next(text for text in page.names() if text not in ("sin", "exp"))
    page.press("e", "0")
    page.press("c", "0")
    page.hover(drawn)
    page.press("ArrowRight", "Enter", "/")
    page.page.keyboard.type(name[:12].replace("\u202e", ""))
    page.settle()
    assert page.page.title() == title == "f64[3] → f64[3]"
    assert page.page.locator("img, iframe, object, embed, svg script, svg style").count() == 0
    assert page.page.locator("script").count() == 2 and page.page.locator("style").count() == 1
    assert max(map(len, page.names())) <= 26


def test_the_policy_stops_what_is_injected(show):
    page = show(wave())
    page.page.evaluate(
        """() => { const s = document.createElement('script'); s.textContent = "document.title = 'run'";
                   document.body.append(s);
                   const i = new Image(); i.src = 'file:///nowhere.png'; }"""
    )
    page.page.wait_for_timeout(100)
    assert page.page.title() != "run"
    assert len(page.complaints) >= 2 and all("Content Security Policy" in said for said in page.complaints)
    page.complaints.clear()


def test_night_and_paper(show):
    f = cd.R(wave())
    ground = "() => getComputedStyle(document.body).backgroundColor"
    day, night = show(f), show(f, context={"color_scheme": "dark"})
    assert (day.page.evaluate(ground), night.page.evaluate(ground)) == ("rgb(255, 255, 255)", "rgb(13, 17, 23)")
    night.page.emulate_media(media="print")
    assert night.page.evaluate(ground) == "rgb(255, 255, 255)"
    assert not night.page.is_visible("#bar")
    night.page.emulate_media(media="screen")
    before = night.names()
    assert len(night.page.pdf()) > 5000
    night.settle()
    assert sorted(night.names()) == sorted(before)


def test_a_notebook_frame_works_without_an_address(browser, show, tmp_path):
    outer = tmp_path / "notebook.html"
    outer.write_text(f"<!DOCTYPE html><meta charset=utf-8>{wave().show(depth=0)._repr_html_()}", encoding="utf-8")
    page = show(wave())
    page.page.goto(outer.as_uri())
    frame = page.page.frames[1]
    frame.wait_for_selector("html[data-ready]")
    texts = "() => [...document.querySelectorAll('svg text')].map(t => t.textContent).sort()"
    assert frame.evaluate(texts) == ["f64[3]", "f64[3]", "pair", "tanh"]
    frame.click("#expand")
    page.settle()
    assert "sin" in frame.evaluate(texts)
    page.page.wait_for_timeout(250)  # the address is written a little later
