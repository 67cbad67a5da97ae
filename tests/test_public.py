"""The public face: every public name is listed, says what it is, and is called what it says."""

import re
from types import ModuleType

import pytest

import catdiff as cd
from catdiff.category.families import Family

PUBLIC = sorted(name for name in cd.__all__ if not name.startswith("_"))
FAMILIES = [name for name in PUBLIC if isinstance(getattr(cd, name), Family)]


def test_all_is_what_the_package_defines():
    """Of the packages, those that are meant to be used by name."""
    defined = {name for name, value in vars(cd).items() if name[0] != "_" and not isinstance(value, ModuleType)}
    packages = {name for name in cd.__all__ if isinstance(getattr(cd, name), ModuleType)}
    library = {"ascent", "circuits", "fixed_point"}
    learning = {"nn", "initialisers", "losses", "optimisers", "schedules"}
    assert packages == {"laws", "interop", "rigs"} | learning | library
    assert sorted(cd.__all__) == sorted({*defined, *packages, "__version__"})


def test_the_version_is_one():
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", cd.__version__)


@pytest.mark.parametrize("name", [name for name in PUBLIC if callable(getattr(cd, name))])
def test_every_public_name_says_what_it_is(name: str):
    value = getattr(cd, name)
    own = value.__doc__ or ""
    assert own.strip()
    assert isinstance(value, type) or own != type(value).__doc__  # the class's story is not the member's


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_is_named_as_it_is_reached(name: str):
    family = getattr(cd, name)
    assert repr(family) == f"cd.{name}"
    assert family.__name__ == name
