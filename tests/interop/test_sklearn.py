"""scikit-learn: its own checks of estimators, pipelines, searches, and the picture."""

import os
import pickle

import numpy as np
import pytest

import catdiff as cd
from catdiff.examples.datasets import digits, iris

pytest.importorskip("sklearn")

from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from catdiff.interop.sklearn import CatdiffClassifier, CatdiffRegressor

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
QUICK = {} if THOROUGH else {"epochs": 15, "optimiser": cd.optimisers.adam(0.03)}
NEEDS_MORE = {"check_array_api_input"}  # an environment variable that SciPy reads when it is imported


@pytest.mark.parametrize("estimator", [CatdiffClassifier, CatdiffRegressor])
@pytest.mark.filterwarnings("ignore")  # scikit-learn's checks warn about themselves
def test_scikit_learns_own_checks(estimator):
    results = check_estimator(estimator(**QUICK), on_fail="raise", on_skip=None)
    left_out = {r["check_name"] for r in results if r["status"] != "passed"}
    optional = {name for name in left_out if name.endswith("data_not_an_array")}  # pandas may not be there
    assert len(results) > 45
    assert left_out - optional <= NEEDS_MORE


def hidden(inputs, outputs):
    return cd.nn.dense(inputs, 8) >> cd.tanh >> cd.nn.dense(8, outputs)


def test_a_pipeline_and_a_search():
    x, y = iris()
    net = make_pipeline(StandardScaler(), CatdiffClassifier(hidden, epochs=30, random_state=0))
    assert cross_val_score(net, x, y, cv=3).mean() > 0.93
    rates = [cd.optimisers.sgd(1e-6), cd.optimisers.adam(0.02)]
    found = GridSearchCV(net, {"catdiffclassifier__optimiser": rates}, cv=2).fit(x, y)
    assert found.best_params_["catdiffclassifier__optimiser"] is not rates[0]
    assert found.score(x, y) > 0.93


def test_labels_are_of_any_kind():
    x, y = iris()
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    net = CatdiffClassifier(cd.nn.dense(3), epochs=40, random_state=0).fit(x, names)
    assert list(net.classes_) == ["setosa", "versicolor", "virginica"]
    assert np.mean(net.predict(x) == names) > 0.9
    p = net.predict_proba(x)
    assert np.allclose(p.sum(1), 1.0) and np.array_equal(net.classes_[p.argmax(1)], net.predict(x))


def test_rows_are_images_where_the_model_takes_images():
    x, y = digits()
    A = cd.f64(8, 8)
    model = cd.para(cd.reshape(A, shape=(64,))) >> cd.nn.dense(64, 10)
    net = CatdiffClassifier(model, epochs=2, random_state=0).fit(x[:300], y[:300])
    assert net.score(x[:300], y[:300]) > 0.6


def test_a_fitted_estimator_is_pickled_with_what_it_learnt():
    x, y = iris()
    net = CatdiffClassifier(hidden, epochs=2, random_state=0).fit(x, y)
    assert np.array_equal(pickle.loads(pickle.dumps(net)).predict_proba(x), net.predict_proba(x))


def test_several_numbers_are_fitted_at_once():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 3))
    y = x @ rng.normal(size=(3, 2))
    net = CatdiffRegressor(cd.nn.dense(2), epochs=100, random_state=0).fit(x, y)
    assert net.predict(x).shape == (80, 2)
    assert net.score(x, y) > 0.99


def test_the_html_representation_is_the_diagram():
    net = CatdiffClassifier(cd.nn.dense(4, 3))
    assert "<svg" in net._repr_html_() and "dense.weight" in net._repr_html_()
    assert "<svg" not in CatdiffClassifier(cd.nn.dense(3))._repr_html_()  # no types yet
    x, y = iris()
    assert "<svg" in CatdiffClassifier(cd.nn.dense(3), epochs=1).fit(x, y)._repr_mimebundle_()["text/html"]


def test_a_model_that_does_not_fit_the_data_is_named():
    x, y = iris()
    with pytest.raises(cd.CatdiffError, match="4 features and 3 outputs, and the model is"):
        CatdiffClassifier(cd.nn.dense(4, 2)).fit(x, y)


def test_an_estimator_of_a_layer_is_stored_as_what_it_became():
    net = cd.nn.dense(8) >> cd.tanh >> cd.nn.dense(2)
    x = np.random.default_rng(0).normal(size=(40, 4))
    fitted = cd.interop.sklearn.CatdiffClassifier(net, epochs=2).fit(x, (x[:, 0] > 0).astype(int))
    again = pickle.loads(pickle.dumps(fitted))
    assert np.array_equal(again.predict_proba(x), fitted.predict_proba(x))
    assert fitted.model is net
    assert again.fit(x, x[:, 1] > 0).classes_.tolist() == [False, True]
