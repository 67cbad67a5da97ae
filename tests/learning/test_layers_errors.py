"""Bad input to layers: which layer, which wire, and a hint that works."""

import re

import numpy as np
import pytest

import catdiff as cd

nn = cd.nn
HINT = re.compile(r"hint: (.*?)(?:\s+\(|$)", re.M)

REFUSED = [
    (lambda: nn.dense(3).at(cd.f64()), "dense", "wire 0 is f64"),
    (lambda: nn.dense(3).at(cd.f64(2) @ cd.f64(2)), "dense", "one wire"),
    (lambda: nn.dense(3).at(cd.index(2)), "dense", "wire 0 is index"),
    (lambda: nn.dense(0), "dense", "≥ 1"),
    (lambda: nn.dense(2.5), "dense", "integer"),
    (lambda: nn.dense(1, 2, 3), "dense", "outputs"),
    (lambda: nn.conv(4, 3).at(cd.f64(8)), "conv", "wire 0 is f64\\[8\\]"),
    (lambda: nn.conv(4, (3, 3)).at(cd.f64(1, 8)), "conv", "size of a window"),
    (lambda: nn.conv(4, 9).at(cd.f64(1, 8)), "conv", "does not fit"),
    (lambda: nn.conv(3, 3, groups=2).at(cd.f64(4, 8)), "conv", "groups"),
    (lambda: nn.conv(4, 3, groups=0).at(cd.f64(4, 8)), "conv", "groups"),
    (lambda: nn.max_pool(2).at(cd.f64(8)), "max_pool", "channels"),
    (lambda: nn.avg_pool(0).at(cd.f64(1, 8)), "avg_pool", "size of a window"),
    (lambda: nn.global_avg_pool().at(cd.f64(8)), "global_avg_pool", "channels"),
    (lambda: nn.embedding(4, 2).at(cd.f64(3)), "embedding", "indices"),
    (lambda: nn.embedding(0, 2), "embedding", "rows"),
    (lambda: nn.layer_norm(3).at(cd.f64(2, 2)), "layer_norm", "3 axes"),
    (lambda: nn.group_norm(3).at(cd.f64(4, 2)), "group_norm", "3 groups do not divide"),
    (lambda: nn.batch_norm(decay=2), "batch_norm", "decay"),
    (lambda: nn.batch_norm().at(cd.f64()), "batch_norm", "channels"),
    (lambda: nn.dropout(1.0), "dropout", "below 1"),
    (lambda: nn.attention(3).at(cd.f64(5, 8)), "attention", "3 heads do not share 8"),
    (lambda: nn.attention(2).at(cd.f64(2, 5, 8)), "attention", "batch"),
    (lambda: nn.graph([(0, 7)], 2).at(cd.f64(3, 2)), "graph", r"edge \(0, 7\)"),
    (lambda: nn.graph([(0, 1)], 2, types=[0, 1]), "graph", "one for each of 1 edges"),
    (lambda: nn.residual(nn.dense(4)).at(cd.f64(3)), "residual", r"takes f64\[3\] and gives f64\[4\]"),
    (lambda: nn.residual(3), "layers", "not of 3"),
    (lambda: nn.mlp(), "mlp", "sizes"),
    (lambda: nn.chain(), "chain", "one layer or more"),
    (lambda: nn.dense(3, weight="golrot").at(cd.f64(2)), "initialiser", "golrot"),
    (lambda: cd.uniform(cd.f64()), "uniform", "index"),
]


@pytest.mark.parametrize(("bad", "who", "said"), REFUSED)
def test_what_is_refused_is_named(bad, who, said):
    with pytest.raises(cd.CatdiffError) as caught:
        bad()
    first = str(caught.value).splitlines()[0]
    assert who in first and re.search(said, first)
    assert "test_layers_errors.py" in str(caught.value)


@pytest.mark.parametrize(
    ("layer", "A"),
    [(nn.conv(4, 3), cd.f64(8)), (nn.max_pool(2), cd.f64(8)), (nn.dense(3), cd.f64()), (nn.conv(2, 2), cd.index(1, 4))],
)
def test_hints_work(layer, A):
    """What is to stand in front of the layer makes it fit."""
    with pytest.raises(cd.CatdiffError) as caught:
        layer.at(A)
    (hint,) = HINT.findall(str(caught.value))
    front = eval(hint.partition(" >> ")[0], {"cd": cd})
    assert (front >> layer).at(A).cod


def test_composition_names_both_types():
    with pytest.raises(cd.CatdiffError, match=r"gives f64\[3\].*takes f64\[4\]"):
        nn.dense(2, 3) >> nn.dense(4, 5)


def test_parameters_that_do_not_fit():
    model = nn.dense(2, 3)
    params = model.init(0)
    for broken, said in (
        ({"dense.weight": params["dense.weight"]}, "no value for dense.bias"),
        (params | {"dense.wieght": 0}, "no parameter is called dense.wieght"),
        (params | {"dense.bias": np.zeros(4)}, r"dense.bias is f64\[3\].*shape \(4,\)"),
    ):
        with pytest.raises(cd.CatdiffError, match=said):
            model(broken, np.zeros(2))
    with pytest.raises(cd.CatdiffError, match="or a batch of those"):
        model(params, np.zeros((2, 3)))


def test_a_failure_while_running_names_the_box():
    model = (nn.embedding(3, 2) >> nn.flatten() >> nn.dense(2)).at(cd.index(2))
    with pytest.raises(cd.CatdiffError, match="embedding"):
        model(model.init(0), np.array([0, 5]))
