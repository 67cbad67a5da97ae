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
# # Circuits that learn
#
# Over ℤ₂ there are no real numbers, no rates and no means. There are reverse derivatives all the same: those of
# polynomials. What a circuit gets wrong is a word of bits, and what comes back of it says which parameters to flip.

# %%
import numpy as np

import catdiff as cd
from catdiff.examples import rda_iris

# %% [markdown]
# ## A circuit with parameters
#
# Four bits choose a place in a table, and the table is what is learnt.

# %%
model = cd.ascent.lookup(4, 3)
model

# %% [markdown]
# The step that learns is composed of lenses: there through the model to the wrong bits, and those back again.

# %%
step = cd.ascent.step(cd.ascent.lookup(2, 1))
print(step)
cd.ascent.learner(cd.ascent.lookup(2, 1))

# %%
wrong, table = step([[0, 0, 0, 0]], [1, 0], [1])
assert table.tolist() == [[0, 1, 0, 0]]
wrong, table

# %% [markdown]
# ## Flowers
#
# Four measurements, as bits: whether each is above the middle of its range. Of every species 25 flowers are learnt
# from, in one pass, and 25 are held out.

# %%
(x, y), (held_out, labels) = rda_iris.examples(3, "one-hot")
x[:3], y[:3]

# %%
params = cd.ascent.ascend(model, x, y)
cd.ascent.accuracy(model, params, held_out, labels)

# %% [markdown]
# The table of the paper (arXiv:2101.10488, Table 1) to the last digit:

# %%
found = {name: f"{100 * share:.1f} %" for name, share in rda_iris.results().items()}
assert list(found.values()) == ["98.0 %", "98.0 %", "73.3 %", "73.3 %"]
found

# %%
rda_iris.plot()

# %% [markdown]
# ## What was learnt is a circuit
#
# Its parameters made constants, it is a program of four bits. Laws that are about it alone are proved, and tried at
# every input; those with other programs in them (RD.1, RD.4 and RD.5) are tested with some.

# %%
learnt = model.freeze(params).body
report = cd.laws.check(learnt, laws=["RD", "ADJ.1"], procedures=["polynomial", "z2"])
assert report.ok
assert {law for law, how in report.strongest().items() if how == "tested"} == {"RD.1", "RD.4", "RD.5"}
print(report)

# %% [markdown]
# ## Counting
#
# A pseudo-linear unit asks whether few bits under a mask are set. It is a threshold, and its derivative says which bits
# of the mask decide.

# %%
unit = cd.ascent.pseudo_linear(4, ratio=2)
mask, image = np.array([1, 1, 0, 0], np.uint8), np.array([1, 0, 0, 1], np.uint8)
unit.body(mask, image), cd.R(unit.body, wires=[0])(mask, image, [1])
