"""Pages: written, opened in a browser, and with all their boxes open.

The rows that need Chromium and Playwright are there where both are. The browser runs in a thread of its own, since
Playwright keeps a loop running in the thread it was started in.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from nests import three_levels

from catdiff.draw.html import page

from .harness import Row, Timed

LARGE = 5219  # n³ + n² + n at n = 17
PAINTED = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
EXPAND = "() => document.getElementById('expand').click()"
STORED = "() => JSON.parse(document.getElementById('data').textContent).frames.map(f => f.boxes.length)"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run")


def side(size: int) -> int:
    """The n of n³ + n² + n boxes."""
    return max(n for n in range(1, 100) if n**3 + n**2 + n <= size)


# -- writing ----------------------------------------------------------------------------------------------------------


def written(size: int, turn: int) -> Callable[[], str]:
    f = three_levels(side(size), turn)
    assert f.net
    return lambda: page(f, depth=0)


def plain_text(size: int, turn: int) -> Callable[[], str]:
    """Six numbers for each box and for each of two wires, as JSON."""
    return lambda: json.dumps([[i, 0, 10 * i, 10, 10 * i + 8, 20] for i in range(3 * size)])


def check_written(size: int, text: str) -> None:
    data = json.loads(text.split('id="data">')[1].split("</script>")[0])
    assert sum(len(frame["boxes"]) for frame in data["frames"]) == size


# -- in a browser -----------------------------------------------------------------------------------------------------


@cache
def _thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1)


@cache
def _browser() -> Any:
    from playwright.sync_api import sync_playwright

    return sync_playwright().start().chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))


@cache
def _folder() -> Path:
    return Path(mkdtemp())


def in_browser(text: str, opened: bool, then: str = "") -> Callable[[], Any]:
    """Opens a page; or, where it is `opened` beforehand, does something in it; until it is on the screen."""
    path = _folder() / "page.html"
    path.write_text(text, encoding="utf-8")

    def visit() -> Any:
        tab = _browser().contexts[0].pages[0]
        tab.goto(path.as_uri())
        tab.evaluate(PAINTED)
        return tab

    def act(tab: Any) -> Any:
        tab.evaluate(then)
        tab.evaluate(PAINTED)
        return tab

    def fresh() -> None:
        for context in _browser().contexts:
            context.close()
        _browser().new_context(viewport={"width": 1300, "height": 760}, reduced_motion="reduce").new_page()

    _thread().submit(fresh).result()
    if not opened:
        return lambda: _thread().submit(visit).result()
    tab = _thread().submit(visit).result()
    return lambda: _thread().submit(act, tab).result()


def page_opened(size: int, turn: int) -> Callable[[], Any]:
    return in_browser(written(size, turn)(), opened=False)


def page_expanded(size: int, turn: int) -> Callable[[], Any]:
    return in_browser(written(size, turn)(), opened=True, then=EXPAND)


def squares(size: int) -> str:
    """As many boxes with names in SVG."""
    boxes = [
        f'<rect x="{i % 80 * 16}" y="{i // 80 * 10}" width="12" height="8"/><text x="{i % 80 * 16}">f</text>'
        for i in range(size)
    ]
    return f'<!DOCTYPE html><svg width="1300" height="760">{"".join(boxes)}</svg>'


def squares_opened(size: int, turn: int) -> Callable[[], Any]:
    return in_browser(squares(size), opened=False)


def squares_added(size: int, turn: int) -> Callable[[], Any]:
    add = "() => { const s = document.querySelector('svg'); s.innerHTML = s.innerHTML; }"
    return in_browser(squares(size), opened=True, then=add)


def check_opened(size: int, tab: Any) -> None:
    assert sum(_thread().submit(tab.evaluate, STORED).result()) == size


def check_expanded(size: int, tab: Any) -> None:
    said = _thread().submit(tab.text_content, "#said").result()
    assert said == f"{size:,} boxes shown"


ROWS: list[Row] = [
    Timed(
        name="page",
        what="n boxes in three levels, all different, as an interactive page; floor: as many numbers as JSON",
        sizes=(819, LARGE),
        ours=written,
        floor=plain_text,
        check=check_written,
        tiny=14,
        reach={LARGE: 1.5},
    )
]
if CHROMIUM and find_spec("playwright"):
    ROWS += [
        Timed(
            name="page opened",
            what="the same page opened in Chromium until it is painted; floor: as many rectangles and letters in SVG",
            sizes=(819, LARGE),
            ours=page_opened,
            floor=squares_opened,
            check=check_opened,
            tiny=14,
            reach={LARGE: 0.3},
        ),
        Timed(
            name="page expanded",
            what="all its boxes opened until that is painted; floor: as many rectangles and letters put into SVG",
            sizes=(819, LARGE),
            ours=page_expanded,
            floor=squares_added,
            check=check_expanded,
            tiny=14,
            reach={LARGE: 0.5},
        ),
    ]
