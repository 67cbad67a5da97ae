"""Convolution layers: one kernel for all places.

The span has places × window × channels as E; the leg of weights forgets the place.

>>> import catdiff as cd
>>> image = cd.nn.conv(16, 3, padding="same").at(cd.f64(1, 8, 8))
>>> print(image)
f64[1,8,8] → f64[16,8,8], of 2 parameters: conv.weight, conv.bias
>>> signal = cd.nn.conv(4, 5, stride=2).at(cd.f64(2, 100))        # in as many dimensions as the neighbour has
>>> signal.cod, signal.parameters["conv.weight"].sort.shape
(cd.f64(4, 48), (4, 2, 5))

Source: convolution as a parametric span, arXiv:2208.00809.
"""

from __future__ import annotations

from typing import Any

from ...category.objects import Object
from ...errors import SignatureError, with_line
from ...generators import convolution as generators
from ...generators.windows import each
from ..layer import Member, layer
from ..para import Para
from .making import boxed, checked, learnt, natural

CHANNELS = "an array of channels with one axis in space or more"


@layer
def conv(
    channels: int,
    size: Any,
    stride: Any = 1,
    dilation: Any = 1,
    padding: Any = 0,
    groups: int = 1,
    bias: bool = True,
    weight: Any = "glorot",
    offset: Any = "zeros",
) -> Member:
    """`(C, *S) → (channels, *T)`, the windows of x against a kernel `[channels, C/groups, *K]`, and a bias per channel.

    - `size`, `stride`, `dilation`: an integer, or one per axis in space;
    - `padding`: `"same"`, `"valid"`, an integer, or one integer or `(before, after)` per axis, as `cd.conv` takes it;
    - `groups`: channels go in so many groups that do not see each other;
    - `bias`, `weight`, `offset`: as in `dense`.
    """
    natural("conv", "the number of channels", channels)

    def at(A: Object) -> Para:
        checked("conv", A, 2, CHANNELS)
        natural("conv", "the number of groups", groups)
        if A.shape[0] % groups or channels % groups:
            said = f"conv: {groups} groups do not divide both {A.shape[0]}, the channels of wire 0, {A}, and {channels}"
            raise SignatureError(with_line(said))
        sizes = each(size, len(A.shape) - 1, "conv", "the size of a window", 1)
        w = learnt("weight", A, (channels, A.shape[0] // groups, *sizes), weight)
        b = learnt("bias", A, (channels,), offset)

        def windows(w: Any, x: Any) -> Any:
            return generators.conv(x, w, stride=stride, dilation=dilation, padding=padding, groups=groups)

        if not bias:
            return boxed("conv", A, [w], windows)
        return boxed("conv", A, [w, b], lambda w, b, x: windows(w, x) + b.reshape(channels, *[1] * len(sizes)))

    return at
