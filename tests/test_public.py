"""The public face: every public name is listed, documented, and shown by the package's own tour."""

import re
from importlib.metadata import version
from types import ModuleType

import pytest

import catdiff as cd
from catdiff.category.families import Family

PUBLIC = [name for name in cd.__all__ if not name.startswith("_")]


def test_all_is_what_the_package_defines():
    defined = {name for name, value in vars(cd).items() if name[0] != "_" and not isinstance(value, ModuleType)}
    assert sorted(cd.__all__) == sorted({*defined, "__version__"})


def test_the_version_is_the_one_that_was_installed():
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", cd.__version__)
    assert version("catdiff") == cd.__version__


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_says_what_it_is(name):
    value = getattr(cd, name)
    doc = value.__doc__
    assert doc
    assert doc.strip()
    if not isinstance(value, type | Family | dict | cd.Object):
        assert "`" in doc or doc[0].isupper()


def test_families_are_named_as_they_are_reached():
    for name in PUBLIC:
        value = getattr(cd, name)
        if isinstance(value, Family):
            assert repr(value) == f"cd.{name}"
            assert getattr(cd, value.__name__) is value
