"""Convolution: the contraction of the windows of an array with a kernel, over their entries and over channels.

It is one box, and so is its derivative in either operand, to any order: the same span with its legs exchanged.

>>> import catdiff as cd, numpy as np
>>> f = cd.conv(cd.f64(1, 5), cd.f64(1, 1, 3), padding="same")
>>> f(np.arange(5.0)[None], np.array([[[1.0, 0.0, -1.0]]]))
array([[-1., -2., -2., -2.,  3.]])
>>> [label.row.name for label in cd.R(f).net.labels]
['contract', 'contract']

As everywhere in machine learning, *convolution* is the mathematicians' correlation: the kernel is not reversed.

Source: arXiv:2208.00809, convolution as a parametric span.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..category.families import family
from ..category.morphism import Morphism
from ..category.objects import Object
from ..errors import SignatureError, with_line
from .linear import letters, of_span
from .spans import Affine, Shape, Span
from .windows import Window, counts, each, windows_along


def _channels(group: int | None, size: int, letter: int) -> Affine:
    """Channel `letter` of a group of `size` channels."""
    terms = {letter: 1} if group is None else {group: size, letter: 1}
    return Affine(tuple(sorted((i, c) for i, c in terms.items() if c)))


def _convolution(x: Shape, w: Shape, along: Sequence[Window], groups: int, steps: Shape) -> Span:
    """`y[n, o, t…] = Σ x[n, c, stride·t + dilation·k − before …] w[o, c, k…]`, channels group by group."""
    d = len(along)
    batch, (outs, ins) = x[: -d - 1], (w[0] // groups, w[1])
    t = len(batch)
    k, o, c = t + d, t + 2 * d, t + 2 * d + 1
    group = c + 1 if groups > 1 else None
    extents = (*batch, *steps, *w[2:], outs, ins, *([groups] if group else []))
    lead, channel = letters(*range(t)), _channels(group, outs, o)
    reads = (*lead, _channels(group, ins, c), *(window.index(t + i, k + i) for i, window in enumerate(along)))
    kernel = (channel, *letters(c, *range(k, k + d)))
    writes = (*lead, channel, *letters(*range(t, k)))
    return Span(extents, (reads, kernel), writes, (*batch, w[0], *steps))


def _operands(A: Object, name: str, groups: Any, side: int) -> int:
    """The number of axes in space; says which operand does not fit, and what would.

    Axis `side` of the kernel counts the channels of operand 0: those of one group (1), or of all (0).
    """
    if len(A) != 2 or A.wires[0].dtype is not A.wires[1].dtype:
        raise SignatureError(with_line(f"{name} takes an array and a kernel of one dtype, not {A}"))
    x, w = A.wires
    d = len(w.shape) - 2
    if d < 1:
        said = f"{name}: operand 1, the kernel, has two axes of channels and one or more in space, unlike {w}"
        raise SignatureError(with_line(said))
    if len(x.shape) not in (d + 1, d + 2):
        said = f"{name}: operand 0 is {x}, but with a kernel {w} it has channels and {d} axes, or is a batch of those"
        raise SignatureError(with_line(said))
    each(groups, 1, name, "groups", 1)
    if w.shape[0] % groups:
        raise SignatureError(with_line(f"{name}: {groups} groups do not divide axis 0 of operand 1, {w}"))
    channels, wanted = x.shape[-d - 1], w.shape[side] * (groups if side else 1)
    if channels != wanted:
        said = f"{name}: operand 0 is {x}, of {channels} channels, but operand 1, {w}, takes {wanted}"
        said += f" in {groups} groups" if groups > 1 else ""
        fits = tuple(channels // (groups if side else 1) if i == side else n for i, n in enumerate(w.shape))
        possible = channels % groups == 0
        raise SignatureError(with_line(said, f"a kernel of shape {fits} fits" if possible else None))
    return d


@family("conv", width=2)
def conv(A: Object, stride: Any = 1, dilation: Any = 1, padding: Any = 0, groups: int = 1) -> Morphism:
    """`conv(x, w) : (C, *S) ⊗ (O, C/groups, *K) → (O, *T)`, or of a batch `(N, C, *S)`.

    Arguments: `stride` and `dilation`, one integer or one per axis in space; `padding`, an integer, one integer or
    `(before, after)` pair per axis (negative ones crop), `"valid"` for none, or `"same"` for T = ⌈S/stride⌉ with the
    odd entry after.

    Raises `SignatureError` where the operands do not fit each other or no window fits.

    >>> import catdiff as cd
    >>> cd.conv(cd.f64(3, 28, 28), cd.f64(8, 3, 5, 5), stride=2, padding=2).cod
    cd.f64(8, 14, 14)
    """
    d = _operands(A, "conv", groups, 1)
    x, w = A.wires[0].shape, A.wires[1].shape
    along = windows_along("conv", x[-d:], w[2:], stride, dilation, padding)
    return of_span(_convolution(x, w, along, groups, counts("conv", x[-d:], along)), A)


@family("conv_transpose", width=2)
def conv_transpose(
    A: Object, stride: Any = 1, dilation: Any = 1, padding: Any = 0, groups: int = 1, output_padding: Any = 0
) -> Morphism:
    """The transpose of `conv` in x: `(O, *T) ⊗ (O, C/groups, *K) → (C, *S)`, or of a batch.

    The arguments are those of the convolution it transposes, which maps several S to one T. The least is meant,
    `S = (T−1)·stride + dilation·(K−1) + 1 − before − after`, and `output_padding < stride` is added at the end;
    `"same"` means S = T·stride.

    >>> import catdiff as cd
    >>> cd.conv_transpose(cd.f64(8, 14, 14), cd.f64(8, 3, 5, 5), stride=2, padding=2, output_padding=1).cod
    cd.f64(3, 28, 28)
    """
    name = "conv_transpose"
    d = _operands(A, name, groups, 0)
    y, w = A.wires[0].shape, A.wires[1].shape
    wide = [t * s for t, s in zip(y[-d:], each(stride, d, name, "stride", 1), strict=True)]
    along = windows_along(name, wide, w[2:], stride, dilation, padding)
    more = each(output_padding, d, name, "output_padding", 0)
    if any(m >= window.stride for m, window in zip(more, along, strict=True)):
        raise SignatureError(with_line(f"{name}: output_padding {output_padding} is less than the stride, {stride}"))
    space = wide
    if padding != "same":
        space = [(t - 1) * a.stride + a.reach - a.before - a.after for t, a in zip(y[-d:], along, strict=True)]
        space = [n + m for n, m in zip(space, more, strict=True)]
    if min(space) < 0:
        raise SignatureError(with_line(f"{name} of {A} would have the extents {space}"))
    x = (*y[: -d - 1], w[1] * groups, *space)
    s = _convolution(x, w, along, groups, y[-d:]).transpose(0, x)
    return of_span(Span(s.extents, (s.inputs[1], s.inputs[0]), s.output, s.shape), A)
