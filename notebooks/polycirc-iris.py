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
# # Learning in integers
#
# Gradient descent with integers only: the same bits on every machine, and nothing that a circuit of whole numbers could
# not do. A number x is the integer ⌊2¹⁰ x⌋.

# %%
import numpy as np

import catdiff as cd
from catdiff.examples import polycirc_iris

cd.fixed_point.encode([5.1, 3.5, 1.4, 0.2], 10)

# %% [markdown]
# ## Straight through
#
# A product has twice as many bits behind the point, and is shifted to the right. A shift is no polynomial: it has no
# slope, and nothing would be learnt through it.

# %%
A = cd.integer(3)
shift = cd.floordiv(A, by=1 << 10)
cd.R(shift)([5000, -5000, 0], [7, 7, 7])

# %% [markdown]
# What stands in its place is a lens, there the shift, and back the identity. It is not `(f, R[f])` of any f, and is not
# called a derivative.

# %%
straight = cd.fixed_point.straight_through(shift)
assert straight != cd.lens(shift)
print(straight)
straight.put([5000, -5000, 0], [7, 7, 7])

# %% [markdown]
# ## A classifier
#
# Scores, shifted, and brought between 0 and 1; what is wrong is how far they are from the label.

# %%
learner = polycirc_iris.LEARNER
learner

# %%
run = polycirc_iris.trained()
found = polycirc_iris.weights(run.params["dense.weight"])
assert found == polycirc_iris.PUBLISHED
found

# %% [markdown]
# These are the twelve integers that polycirc publishes, and this is its accuracy, on the flowers it was trained on:

# %%
x, y = polycirc_iris.examples()
scores = x @ run.params["dense.weight"]
assert np.mean(scores.argmax(1) == y.argmax(1)) == 0.96
f"{100 * polycirc_iris.accuracy(run.params['dense.weight']):.1f} %"
