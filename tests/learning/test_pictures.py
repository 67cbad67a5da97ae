"""What is drawn as a morphism, and shown like one: optics, models, learners."""

import xml.etree.ElementTree as ET

import pytest

import catdiff as cd

A = cd.f64(3)
MODEL = cd.nn.dense(3, 2) >> cd.tanh
PICTURED = {
    "a model": MODEL,
    "a model on batches": MODEL >> cd.nn.batch_norm(),
    "an optic": cd.lens(cd.sin(A)),
    "a lens": cd.Lens(cd.id(A), cd.discard(A) @ cd.id(A)),
    "a learner": cd.learn(MODEL, cd.losses.mean_squared, cd.optimisers.sgd(0.1)),
}


@pytest.mark.parametrize("value", PICTURED.values(), ids=PICTURED)
@pytest.mark.parametrize("suffix", ["svg", "html", "tex", "txt"])
def test_all_that_is_pictured_is_drawn_as_everything(value, suffix, tmp_path):
    picture = value.draw(tmp_path / f"f.{suffix}", depth=1)
    assert (tmp_path / f"f.{suffix}").read_text(encoding="utf-8") == picture


@pytest.mark.parametrize("value", PICTURED.values(), ids=PICTURED)
def test_a_notebook_shows_it_as_text_picture_and_page(value):
    bundle = value._repr_mimebundle_()
    assert bundle["text/plain"] == str(value) and bundle["image/svg+xml"] == value.draw()
    assert ET.fromstring(value.draw()).tag == "{http://www.w3.org/2000/svg}svg"
    assert "<iframe " in value.show(height=300)._repr_html_()


@pytest.mark.parametrize("n", [None, 5])
def test_parameters_of_a_model_come_from_above(n):
    f, options = MODEL.pictured(n=n)
    assert options["inputs"][:2] == ["dense.weight", "dense.bias"]
    assert MODEL.draw(n=n) == f.draw(inputs=options["inputs"], parameters=[0, 1])
    assert MODEL.draw(n=n, parameters=()) == f.draw(inputs=options["inputs"]) != MODEL.draw(n=n)
    assert MODEL.draw(n=n, view="lens") == f.draw(inputs=options["inputs"], parameters=[0, 1], view="lens")


def test_of_a_model_values_are_parameters_by_name_and_inputs(tmp_path):
    params = MODEL.init(0) | {"dense.bias": [0.25, float("nan")]}
    x = [1.0, 2.0, 3.0]
    assert "NaN is input 1" in MODEL.draw(values=(params, x))
    assert MODEL.draw(values=(params, x)) == MODEL.draw(values=(*params.values(), x))
    assert "NaN is input 1" in MODEL.draw(tmp_path / "f.html", n=2, values=(params, [x, x]))
    with pytest.raises(cd.errors.ArgumentError, match=r"there is no value for dense\.bias"):
        MODEL.draw(values=({"dense.weight": params["dense.weight"]}, x))
    resting = cd.nn.dense(3, 3) >> cd.nn.dropout(0.5)
    assert "ø" in resting.draw(values=(resting.init(0), x))


def test_a_model_is_drawn_as_it_was_composed():
    assert MODEL.draw(layout="term") == MODEL.body.draw(layout="term", inputs=["dense.weight", "dense.bias", "f64[3]"])


def test_what_is_too_large_to_draw_is_shown_as_text(monkeypatch):
    def refuse(*_, **__):
        raise cd.errors.DrawError("too large")

    monkeypatch.setattr(cd.Morphism, "draw", refuse)
    assert MODEL._repr_mimebundle_() == {"text/plain": str(MODEL)}
