"""Planted bugs of an interpreter: what a shrinker has to find in a large program.

Each is a predicate on one edge of a net that is being run: where it says yes, the edge's values are changed.
"""

from collections import Counter

import numpy as np

from catdiff.category.morphism import Atom
from catdiff.laws.random.sampler import point
from catdiff.laws.shrink import measure


def weight(f):
    """Boxes, those in boxes too."""
    return measure(f.net)[0]


def run(net, xs, bug, inside=()):
    """The values of a net, each box's changed by `bug(label, values, inside, history)`."""
    wires, history = list(xs), [frozenset()] * len(xs)
    reads = Counter([*net.sources.tolist(), *net.outputs.tolist()])
    for n, (label, sources, _) in enumerate(net.steps()):
        ins = [wires[s] for s in sources]
        if label.bodies:
            out = run(label.bodies[0].net, ins, bug, (*inside, label.name))
        else:
            out = Atom(label)(*ins)
            out = list(out) if isinstance(out, tuple) else [out]
        past = frozenset().union(*[history[s] for s in sources]) | {label.name}
        if bug(label, inside, past - {label.name}, [reads[s] for s in sources], n, net):
            out = [y + 0.25 for y in out]
        wires += out
        history += [past] * len(out)
    return [wires[w] for w in net.outputs.tolist()]


def twice(net, label):
    return sum(net.labels[e] is label for e in net.edges.tolist()) > 1


BUGS = {
    "a generator": lambda label, inside, past, uses, n, net: label.name == "tanh",
    "a wire read twice": lambda label, inside, past, uses, n, net: label.name == "mul" and max(uses) > 1,
    "two generators in sequence": lambda label, inside, past, uses, n, net: label.name == "exp" and "sin" in past,
    "in a box": lambda label, inside, past, uses, n, net: label.name == "sin" and bool(inside),
    "in a box in a box": lambda label, inside, past, uses, n, net: label.name == "sin" and len(inside) > 1,
    "two equal boxes side by side": lambda label, inside, past, uses, n, net: label.name == "sin" and twice(net, label),
    "a large program": lambda label, inside, past, uses, n, net: label.name == "tanh" and n > 1,
}


def fails(bug):
    def check(f):
        xs = point(f.dom, 0)
        right = f(*xs)
        right = right if isinstance(right, tuple) else (right,)
        return not all(np.array_equal(x, y) for x, y in zip(right, run(f.net, xs, bug), strict=True))

    return check
