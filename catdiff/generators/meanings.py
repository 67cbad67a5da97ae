"""What each family of the flat tables computes, in a line: what `help` and an editor show of it.

>>> import catdiff as cd
>>> print(cd.xlogy.__doc__)
`xlogy : A ⊗ A → A`, x log y, and 0 where x is 0
>>> print(cd.argmax.__doc__)
`argmax(axis=-1) : A → index`, where the largest entry along `axis` stands: the first of several

`A` is one wire; of a unary family, given several, there is one box a wire. Operands of different shapes are broadcast,
visibly. Families with longer stories (`einsum`, `reshape`, `gather`, …) tell them where they are defined.
"""

from __future__ import annotations

from . import elementwise, logic, macros, select

UNARY = {
    "neg": "−x",
    "recip": "1 / x",
    "pow": "x to the power `exponent`, a Python number: `pow(A, 3)`, or `x**3` on wires",
    "sqrt": "√x",
    "exp": "eˣ",
    "expm1": "eˣ − 1, without the loss of digits near 0",
    "log": "the natural logarithm",
    "log1p": "log(1 + x), without the loss of digits near 0",
    "sin": "the sine",
    "cos": "the cosine",
    "tanh": "the hyperbolic tangent",
    "tan": "the tangent",
    "asin": "the inverse of the sine, between −π/2 and π/2",
    "acos": "the inverse of the cosine, between 0 and π",
    "sinh": "the hyperbolic sine",
    "cosh": "the hyperbolic cosine",
    "sech2": "1 / cosh² x, the derivative of `tanh`",
    "atan": "the inverse of the tangent, between −π/2 and π/2",
    "erf": "2/√π ∫₀ˣ exp(−t²) dt",
    "bump": "2/√π exp(−x²), the derivative of `erf`",
    "sigmoid": "1 / (1 + e⁻ˣ), which overflows nowhere",
    "bell": "σ(x) σ(−x), the derivative of `sigmoid`",
    "softplus": "log(1 + eˣ), which overflows nowhere",
    "relu": "x where it is positive, else 0; its derivative at 0 is 0",
    "abs": "|x|; its derivative at 0 is 0",
    "sign": "−1, 0 or 1; its derivative is 0",
    "step": "1 where x is positive, else 0; its derivative is 0",
    "floor": "the greatest integer ≤ x; its derivative is 0",
    "ceil": "the least integer ≥ x; its derivative is 0",
    "round": "the nearest integer, ties to even; its derivative is 0",
}
BINARY = {
    "add": "x + y; over z2, exclusive or",
    "sub": "x − y",
    "mul": "x · y, entry by entry; over z2, and",
    "div": "x / y, entry by entry",
    "ratio": "x / y, and 0 where y is 0, to any order",
    "xlogy": "x log y, and 0 where x is 0",
    "logaddexp": "log(eˣ + eʸ), which overflows nowhere",
    "atan2": "`atan2(y, x)`, the angle of the point (x, y), between −π and π",
    "hypot": "√(x² + y²)",
    "maximum": "the larger of x and y; where they tie, each gets half of the cotangent",
    "minimum": "the smaller of x and y; where they tie, each gets half of the cotangent",
}
COMPARISONS = {"eq": "x = y", "ne": "x ≠ y", "lt": "x < y", "le": "x ≤ y", "gt": "x > y", "ge": "x ≥ y"}
OVER_AXES = {  # axis=None, keepdims=False
    "max": "the largest entry over `axis` (an int, a tuple, or all axes); those that tie share the cotangent equally",
    "min": "the smallest entry over `axis` (an int, a tuple, or all axes); those that tie share the cotangent equally",
}
ALONG_AN_AXIS = {  # axis=-1
    "sort": ("A", "the entries along `axis` in ascending order"),
    "argsort": ("index", "the order that sorts the entries along `axis`; equal ones keep theirs"),
    "argmax": ("index", "where the largest entry along `axis` stands: the first of several"),
    "argmin": ("index", "where the smallest entry along `axis` stands: the first of several"),
    "softmax": ("A", "exp(x) / Σ exp(x) along `axis`, which overflows nowhere"),
    "log_softmax": ("A", "log(softmax(x)) along `axis`, which overflows nowhere"),
    "logsumexp": ("B", "log Σ exp(x) along `axis`, which overflows nowhere; B is A without that axis"),
}

MEANINGS = {
    **{name: f"`{name} : A → A`, {text}" for name, text in UNARY.items()},
    **{name: f"`{name} : A ⊗ A → A`, {text}" for name, text in BINARY.items()},
    **{name: f"`{name} : A ⊗ A → bool`, {text}; nothing flows back" for name, text in COMPARISONS.items()},
    **{name: f"`{name}(axis=None, keepdims=False) : A → B`, {text}" for name, text in OVER_AXES.items()},
    **{name: f"`{name}(axis=-1) : A → {cod}`, {text}" for name, (cod, text) in ALONG_AN_AXIS.items()},
    "where": "`where : bool ⊗ A ⊗ A → A`, the second operand where the first is true, else the third",
}
for _module in (elementwise, logic, macros, select):
    for _name, _text in MEANINGS.items():
        if _name in vars(_module):
            vars(_module)[_name].__doc__ = _text
