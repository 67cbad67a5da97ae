"""docs/laws.md and its pictures are what `catdiff laws --write docs/laws.md` makes."""

from pathlib import Path

from catdiff.laws.catalogue import GROUPS, LAWS, files, page

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_every_law_has_a_heading_and_a_name_of_its_own():
    assert {law.group for law in LAWS} == set(GROUPS)
    assert len({law.name for law in LAWS}) == len(LAWS)


def test_the_page_is_up_to_date():
    assert (DOCS / "laws.md").read_text(encoding="utf-8") == page()


def test_the_pictures_are_up_to_date():
    assert {p.name: p.read_text(encoding="utf-8") for p in (DOCS / "laws").iterdir()} == files()
