"""The adversarial pair: a step is the theory's formulas, the shared critic's cotangents add, and the game is learnt."""

import numpy as np

import catdiff as cd
from catdiff.examples.gan import energy, game, main, perceptron, play, ring


def test_a_step_is_the_formulas_of_the_theory():
    """q⁺ = q + ε (q₁' + q₂') and p⁺ = p − ε p', from three reverse derivatives."""
    ε = 0.1
    g, d = perceptron(2, 5, 2), perceptron(2, 4, 1)
    up_and_down = {"critic": cd.optimisers.sgd(ε) >> cd.optimisers.scale(-1.0), "generator": cd.optimisers.sgd(ε)}
    learner = cd.learn(game(g, d), cd.losses.dot, cd.optimisers.groups(up_and_down))
    rng = np.random.default_rng(0)
    start, x, z = learner.start(0).params, rng.normal(size=2), rng.normal(size=2)
    q = [v for name, v in start.items() if name.startswith("critic.")]
    p = [v for name, v in start.items() if name.startswith("generator.")]

    *q1, x_f = cd.R(d.body)(*q, g.body(*p, z), [-1.0])
    *slope, _ = cd.R(g.body)(*p, z, x_f)
    *q2, _ = cd.R(d.body)(*q, x, [1.0])
    want = [a + ε * (b + c) for a, b, c in zip(q, q1, q2, strict=True)]
    want += [a - ε * b for a, b in zip(p, slope, strict=True)]

    *got, loss = learner.step(1)(*start.values(), [x], [z], [1.0])
    for a, b in zip(got, want, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(loss, d.body(*q, x) - d.body(*q, g.body(*p, z)))


def test_what_is_made_comes_to_be_like_what_is_real():
    path, made = play(epochs=4, progress=False)
    assert path[0] > 1
    assert path[-1] < path[0] / 20
    assert abs(np.median(np.linalg.norm(made, axis=1)) - 2) < 0.2


def test_the_energy_distance_is_that_of_the_definition():
    rng = np.random.default_rng(0)
    a, b = ring(rng, 7), rng.normal(size=(5, 2))
    apart = lambda u, v: np.mean([np.linalg.norm(x - y) for x in u for y in v])  # noqa: E731
    np.testing.assert_allclose(energy(a, b), 2 * apart(a, b) - apart(a, a) - apart(b, b))
    assert abs(energy(a, a)) < 1e-12


def test_it_shows_what_is_made(capsys):
    main(epochs=1)
    said = capsys.readouterr().out
    assert "critic.dense.weight" in said
    assert "critic_2" not in said
    assert "epoch 1: energy distance" in said
