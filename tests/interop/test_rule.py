"""What every adapter shares: types found, orders refused, a neighbour that is not there."""

import sys

import pytest

import catdiff as cd
from catdiff.interop.rule import checked_order, object_of


def test_types_of_arrays():
    arrays = [("float64", (2,)), ("float32", ()), ("complex128", (1,)), ("bool", ()), ("int32", (3,))]
    assert object_of(arrays) == cd.f64(2) @ cd.f32() @ cd.c128(1) @ cd.bool() @ cd.index(3)
    with pytest.raises(cd.CatdiffError, match="no wire carries float16"):
        object_of([("float16", ())])


@pytest.mark.parametrize("order", [0, 3, True, "2"])
def test_orders_there_are_not(order):
    with pytest.raises(cd.CatdiffError, match="order is 1"):
        checked_order(order)


@pytest.mark.parametrize("name", ["jax", "torch"])
def test_a_neighbour_that_is_not_there(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=f"pip install {name}"):
        getattr(cd.interop, name).rule(abs, cd.f64())
