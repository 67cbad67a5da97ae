# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Training is composition
#
# A model is a program some of whose inputs have names. A learner is a model, a loss and an optimiser, composed as
# lenses, and one step of training is one morphism. Here: a layer, a model, a step, a run that is interrupted, and what
# else is composed of the same parts.

# %%
import tempfile

import numpy as np

import catdiff as cd
from catdiff.examples.datasets import digits, stratified_split

x, y = digits()
train, test = stratified_split(y)
folder = tempfile.mkdtemp()

# %% [markdown]
# ## A layer
#
# A morphism with names for its first inputs, its parameters. Where a layer is a box, they bear its name.

# %%
dense = cd.nn.dense(3, 2)
dense


# %% [markdown]
# One of your own is five lines:


# %%
@cd.morphism(cd.f64(2), cd.f64(2), cd.f64(2))
def affine(scale, shift, x):
    return scale * x + shift


layer = dense >> cd.para(affine, scale="ones", shift="zeros").box("affine").named("affine")
layer

# %% [markdown]
# Its derivative is made, not written, and it can be checked all the same:

# %%
report = cd.laws.check(layer, points=10)
assert report.ok
report.verdict

# %% [markdown]
# ## A model
#
# Layers compose with `>>`, with each other and with any program, and take their types from their neighbours. A model is
# written for one example; on a batch it is that program mapped over an axis, so no weight can depend on how many
# examples there are.

# %%
model = cd.nn.dense(64, 32) >> cd.tanh >> cd.nn.dense(10)
params = model.init(seed=0)
{name: w.shape for name, w in params.items()}, model(params, x[0]).shape, model(params, x).shape

# %% [markdown]
# ## A step
#
# There and back again: the optimiser hands its weights to the model, the model its scores to the loss; −1 comes back
# through the loss and the model, and the optimiser makes new weights of it.

# %%
learner = cd.learn(model, cd.losses.softmax_cross_entropy, cd.optimisers.adam(0.01))
learner

# %%
step = learner.step(32)
print(step.dom, "→", step.cod, sep="\n")
assert cd.from_json(cd.to_json(step)) == step

# %% [markdown]
# ## A run
#
# `fit` feeds the step with batches, in an order that follows from the seed. Whatever stops it, the same call goes on
# from the checkpoint, and what comes out is the same, byte for byte. Here a callback stops it, as the power might.


# %%
def power_cut(run):
    if run.epoch == 3:
        raise KeyboardInterrupt


held_out = (x[test], y[test])
path = f"{folder}/digits.safetensors"
try:
    learner.fit(x[train], y[train], epochs=10, validation=held_out, checkpoint=path, callbacks=[power_cut])
except KeyboardInterrupt as interrupted:
    print(*interrupted.__notes__)

# %%
run = learner.fit(x[train], y[train], epochs=10, validation=held_out, checkpoint=path)
straight = learner.fit(x[train], y[train], epochs=10, validation=held_out)
assert all(np.array_equal(run.params[name], straight.params[name]) for name in run.params)
run

# %%
assert run.score(*held_out) > 0.95
run.history.plot()

# %% [markdown]
# ## What looks across examples
#
# Batch normalisation is no program on one example, and its type says so. It keeps running statistics: parameters that
# go into a step and come out of it, and are not learnt.

# %%
normed = (cd.nn.dense(32) >> cd.nn.batch_norm() >> cd.relu >> cd.nn.dropout(0.2) >> cd.nn.dense(10)).at(cd.f64(64))
print(normed)
{name: p.role for name, p in normed.parameters.items()}

# %% [markdown]
# ## The image is what is learnt
#
# What the model has learnt and what it is shown are both inputs of one program. Freeze the one, call the other a
# parameter, turn the cap round, and the same step makes an image of which the model is sure that it is a three.

# %%
reader = model >> cd.log_softmax
dreamer = cd.para(reader.freeze(run.params).body, image=np.full(64, 0.5))
slow = cd.optimisers.sgd(0.1) >> cd.optimisers.weight_decay(0.1)
dream = cd.learn(dreamer, cd.losses.dot, slow, cap=1).fit((), np.eye(10)[[3]], epochs=100, progress=False)
image = dream.params["image"]
assert reader(run.params, image).argmax() == 3
print(f"{np.exp(reader(run.params, image)[3]):.2f}")
for row in np.clip(5 * image / image.max(), 0, 4).astype(int).reshape(8, 8):
    print("".join(" .:*#"[ink] for ink in row))

# %% [markdown]
# `catdiff examples` lists more of this kind: an adversarial pair, maps that are each other's inverse, learners over the
# rationals, federated averaging.
