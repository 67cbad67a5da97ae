"""A headless Chromium for pages; tests that need one are skipped where it or Playwright is missing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import catdiff as cd

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SIZE = {"width": 1300, "height": 760}


class Diagram:
    """A page that is open, and what a reader does to it. Every message of the console is kept in `complaints`."""

    def __init__(self, browser: Any, url: str, **context: Any) -> None:
        self.context = browser.new_context(**{"viewport": SIZE, "reduced_motion": "reduce"} | context)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.complaints.append("a dialog"), dialog.dismiss()))
        self.page.on("request", lambda r: r.url.startswith("file:") or self.complaints.append(f"asks for {r.url}"))
        self.page.goto(url)
        self.page.wait_for_selector("html[data-ready]")
        self.settle()

    def settle(self) -> None:
        """Wait until what was asked for is on the screen."""
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def names(self) -> list[str]:
        """The names that are written in the picture."""
        return self.page.evaluate("() => [...document.querySelectorAll('svg text')].map(t => t.textContent)")

    def spot(self, name: str) -> tuple[float, float]:
        """Where on the screen a name is written."""
        found = self.page.evaluate(
            """name => [...document.querySelectorAll('svg text')].filter(t => t.textContent === name)
                .map(t => t.getBoundingClientRect()).map(r => [r.x + r.width / 2, r.y + r.height / 2])""",
            name,
        )
        assert found, f"{name} is not in the picture"
        return tuple(found[0])

    def click(self, name: str) -> None:
        self.page.mouse.click(*self.spot(name))
        self.settle()

    def hover(self, name: str) -> str:
        """What is said of a box when the pointer is on its name."""
        self.page.mouse.move(*self.spot(name))
        self.settle()
        return self.tip()

    def tip(self) -> str:
        return self.page.inner_text("#tip") if self.page.is_visible("#tip") else ""

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
        self.settle()

    def focus(self) -> str:
        """What a screen reader says of the box in focus."""
        return self.page.get_attribute("#at", "aria-label") or ""

    def said(self) -> str:
        return self.page.text_content("#said") or ""

    def address(self) -> str:
        """The part of the address after #, once it has been written."""
        self.page.wait_for_timeout(250)
        return self.page.evaluate("() => location.hash")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is installed")
    sync = pytest.importorskip("playwright.sync_api", reason="no Playwright: pip install catdiff[browser]")
    with sync.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Diagram]]:
    """Opens the page of a morphism; in the end no page may have complained."""
    shown: list[Diagram] = []

    def open_page(f: cd.Morphism, at: str = "", context: dict[str, Any] | None = None, **options: Any) -> Diagram:
        path = tmp_path / f"{len(shown)}.html"
        f.draw(path, **options)
        shown.append(Diagram(browser, path.as_uri() + at, **(context or {})))
        return shown[-1]

    yield open_page
    for diagram in shown:
        assert diagram.complaints == []
        diagram.context.close()
