"""The table of layers in docs/learning.md is made here: `python tests/learning/test_layers_page.py` writes it."""

import re
from pathlib import Path

import catdiff as cd

PAGE = Path(__file__).resolve().parents[2] / "docs" / "learning.md"
HEAD = "| layer | an example of its type | parameters | what it is |\n|---|---|---|---|\n"
RING = "[(0, 1), (1, 2), (2, 0)]"

LAYERS = [
    ("dense(2)", "cd.f64(3)", "x W + b"),
    ("bias()", "cd.f64(3)", "x + b"),
    ("conv(8, 3, padding='same')", "cd.f64(1, 28, 28)", "one kernel for all places, in 1 to 3 dimensions or more"),
    ("max_pool(2)", "cd.f64(8, 28, 28)", "the largest entry of each window"),
    ("avg_pool(2, stride=1)", "cd.f64(8, 28)", "the mean of each window"),
    ("global_max_pool()", "cd.f64(8, 28, 28)", "the largest entry of each channel"),
    ("global_avg_pool()", "cd.f64(8, 28, 28)", "the mean of each channel"),
    ("embedding(100, 16)", "cd.index(5)", "a row of a table for every index"),
    ("layer_norm()", "cd.f64(5, 8)", "mean 0 and variance 1 along the last axes, then scaled and shifted"),
    ("group_norm(4)", "cd.f64(8, 28, 28)", "the same over groups of channels"),
    ("batch_norm()", "cd.f64(8, 28, 28)", "the same for each channel over the batch; no `Para`"),
    ("dropout(0.5)", "cd.f64(8)", "entries left out at random, by a key; the identity at rest"),
    ("attention(2, causal=True)", "cd.f64(5, 8)", "each place reads from those before it, by several heads"),
    (f"graph({RING}, 2)", "cd.f64(3, 4)", "messages along fixed edges, by type of edge if there are types"),
    ("residual(cd.tanh)", "cd.f64(8)", "x + f(x), for any f"),
    ("block(cd.nn.dense(4), 'encoder')", "cd.f64(8)", "f under a name, as one box"),
    ("flatten()", "cd.f64(8, 7, 7)", "all axes as one"),
    ("gelu()", "cd.f64(8)", "x Φ(x)"),
    ("silu()", "cd.f64(8)", "x σ(x)"),
    ("leaky_relu()", "cd.f64(8)", "x, or a hundredth of it where it is negative"),
    ("mlp(32, 10)", "cd.f64(64)", "dense layers with activations between them"),
    ("cnn(10)", "cd.f64(1, 8, 8)", "stages of convolutions and pooling, then a dense layer"),
    ("transformer_block(2)", "cd.f64(5, 8)", "attention and a perceptron, each normed first and around a shortcut"),
]


def table() -> str:
    """The table."""
    lines = []
    for call, A, said in LAYERS:
        model = eval(f"cd.nn.{call}", {"cd": cd}).at(eval(A, {"cd": cd}))
        own = len({name.partition(".")[0] for name in model.parameters}) == 1  # the layer's name says nothing new
        names = [f"{name.partition('.')[2] if own else name} {p.sort}" for name, p in model.parameters.items()]
        few = "; ".join(names) if len(names) <= 4 else f"{len(names)} of them"
        lines.append(f"| `{call}` | {model.dom} → {model.cod} | {few} | {said} |\n")
    return HEAD + "".join(lines)


def test_the_table_is_made_from_the_layers():
    assert table() in PAGE.read_text(encoding="utf-8")


def test_every_layer_is_in_the_table():
    listed = {call.partition("(")[0] for call, _, _ in LAYERS}
    assert listed == set(cd.nn.__all__) - {"chain"}  # which is only `>>` for a list of layers


if __name__ == "__main__":
    old = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(re.sub(re.escape(HEAD) + r"(\|.*\n)*", lambda _: table(), old), encoding="utf-8")
