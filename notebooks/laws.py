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
# # Is this derivative right?
#
# Every derivative obeys laws: it is linear in the cotangent, it obeys the chain rule, it is adjoint to the forward
# derivative, … `cd.laws.check` asks them all of a program, and when one is violated it says which box is to blame.
# Here: a program that is right, a mistake that is planted, what the report says, and rules that are written elsewhere.

# %%
import numpy as np
from IPython.display import SVG

import catdiff as cd

A = cd.f64(3)
f = (cd.copy(A) >> cd.tanh @ cd.id(A) >> cd.mul >> cd.sum).box("f")
f

# %% [markdown]
# ## A program that is right
#
# Each law is an equation between two programs that are built from f. Some are *proved*: both sides are one diagram.
# tanh is no polynomial, so the rest is *tested* at points, and how far both sides may differ by rounding is worked out,
# not guessed.

# %%
report = cd.laws.check(f, points=20)
assert report.ok
report

# %% [markdown]
# ## A mistake, planted
#
# The derivative of the softplus log(1 + eˣ) is the logistic function 1/(1 + e⁻ˣ). This rule says tanh, which looks
# like it: from 0 to 1 on the right, the same smooth step. Its forward derivative D is right.

# %%
soft = cd.generator(
    "careless softplus",
    forward=lambda x: np.logaddexp(0.0, x),
    R=lambda x, ȳ: ȳ * cd.tanh(x),
    D=lambda x, ẋ: ẋ * cd.sigmoid(x),
)


@cd.morphism(A, A)
def model(x, w):
    return (soft(cd.sin(x) * w) ** 2).sum()


model

# %% [markdown]
# The model is five boxes and their derivatives. The check takes it apart, until what is left is as small as it gets and
# still wrong.

# %%
wrong = cd.laws.check(model, laws="ADJ", points=20, raises=False)
assert wrong.verdict == "violated"
wrong

# %% [markdown]
# That counterexample is a value: the program, the point by name, both sides, and code that can be pasted.

# %%
example = wrong.violations[0].counterexample
print(example.blame)
print(example.point(), example.left, example.right)
print(example.code)

# %%
SVG(example.svg())

# %% [markdown]
# ## As in an error message
#
# Without `raises=False` a violation is an exception, so that a test fails. What it says is text, picture included.

# %%
try:
    cd.laws.check(model, laws="ADJ.1", points=20)
except cd.laws.LawViolation as violation:
    print(violation)

# %% [markdown]
# ## Proved
#
# Where a program is a polynomial, formal polynomials go in and the laws are *proved*, for every input. On bits they
# are: every assignment is tried as well.

# %%
bits = cd.z2(2)
cd.laws.check(cd.copy(bits) >> cd.mul, laws=["RD", "ADJ"])

# %% [markdown]
# ## Rules from elsewhere
#
# `cd.laws.check_rule` judges a pair of Python functions, NumPy in and out: `vjp` takes the inputs and the cotangents.
# The softmax rule below is a popular one: it has only the diagonal of the Jacobian.


# %%
def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()


def diagonal_only(x, ȳ):
    y = softmax(x)
    return y * (1 - y) * ȳ


judged = cd.laws.check_rule(softmax, diagonal_only, A, A, raises=False)
assert judged.verdict == "wrong"
judged

# %% [markdown]
# With the rest of it, the rule is a reverse derivative:


# %%
def whole(x, ȳ):
    y = softmax(x)
    return y * (ȳ - (y * ȳ).sum())


cd.laws.check_rule(softmax, whole, A, A).verdict
