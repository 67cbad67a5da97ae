"""The same diagrams laid out by elkjs, the layered engine of Eclipse, and what is counted in its pictures.

    python -m benchmarks.elk FOLDER          # in tests/; FOLDER: where `npm install elkjs` was run

writes `elk.json` beside this file: per diagram the crossings and bends of elkjs's best picture, of a try for each of
its `CONFIGURATIONS`; it takes minutes. The benchmark compares ours with these, so that nobody needs Node to run it.

Boxes and their ports are given to elkjs in our sizes, the interface as ports of the graph, in order. A bend is the same
for both: a way from a producer to a reader that changes its height. In elkjs's orthogonal pictures that is one upright
segment, in ours one curve. Where two wires run over one another, as they may in front of a sum, they do not cross.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import catdiff as cd
from catdiff.draw.frame import Manner, nodes_of, wires_of

from .drawn import LEVEL, Count, diagrams

HERE = Path(__file__).parent
STORED = HERE / "elk.json"
E_ = "org.eclipse.elk."
OPTIONS = {
    "layered.nodePlacement.strategy": ["BRANDES_KOEPF", "NETWORK_SIMPLEX"],
    "layered.layering.strategy": ["NETWORK_SIMPLEX", "LONGEST_PATH"],
    "layered.thoroughness": ["7", "100"],
    "randomSeed": ["1", "2"],
}
COMMON = {
    "algorithm": "layered",
    "direction": "RIGHT",
    "portConstraints": "FIXED_ORDER",
    "edgeRouting": "ORTHOGONAL",
    "spacing.nodeNode": "16",
    "spacing.edgeNode": "13",
    "spacing.edgeEdge": "15",
    "layered.spacing.nodeNodeBetweenLayers": "22",
    "layered.crossingMinimization.greedySwitch.type": "TWO_SIDED",
    "layered.crossingMinimization.greedySwitchHierarchical.type": "TWO_SIDED",
}
CONFIGURATIONS = [dict(zip(OPTIONS, values, strict=True)) for values in product(*OPTIONS.values())]
Segment = tuple[float, float, float, float]


def full(options: dict[str, str]) -> dict[str, str]:
    """Options by their whole names."""
    return {E_ + name: value for name, value in options.items()}


def graph(f: cd.Morphism) -> dict[str, Any]:
    """The net of f as a graph of elkjs: a wire is an edge to each of its readers, from one port."""
    nodes, wires = nodes_of(f.net, [None] * len(f.net), Manner()), wires_of(f.net)
    n_in, n_out = len(f.dom), len(f.cod)
    last = len(nodes) - n_out

    def port(side: str, n: int, p: int, count: int, y: float = 0) -> dict[str, Any]:
        place = {"x": 0 if side == "WEST" else nodes[n].width, "y": y, "width": 0, "height": 0}
        index = p if side == "EAST" else count - p  # clockwise from the top
        return {"id": name(side, n, p), **place, "layoutOptions": full({"port.side": side, "port.index": str(index)})}

    def name(side: str, n: int, p: int) -> str:
        return f"{side} {n} {0 if nodes[n].point else p}"

    def child(n: int) -> dict[str, Any]:
        node = nodes[n]
        ins, outs = (ports[:1] if node.point else ports for ports in (node.ins, node.outs))
        ports = [port("WEST", n, p, len(ins), y) for p, y in enumerate(ins)]
        ports += [port("EAST", n, p, len(outs), y) for p, y in enumerate(outs)]
        options = full({"portConstraints": "FIXED_POS"})
        size = {"width": node.width, "height": node.height}
        return {"id": f"n{n}", **size, "ports": ports, "layoutOptions": options}

    pins = [port("WEST", i, 0, 0) | {"layoutOptions": _pin("WEST", n_in - 1 - i)} for i in range(n_in)]
    pins += [port("EAST", last + i, 0, 0) | {"layoutOptions": _pin("EAST", i)} for i in range(n_out)]
    edges: list[dict[str, Any]] = [
        {
            "id": f"e{w} {k}",
            "sources": [name("WEST" if u < n_in else "EAST", u, a)],
            "targets": [name("EAST" if v >= last else "WEST", v, b)],
            "layoutOptions": full({"insideSelfLoops.yo": "true"}) if u < n_in and v >= last else {},
        }
        for w, ((u, a), readers) in enumerate(wires)
        for k, (v, b) in enumerate(readers)
    ]
    children = [child(n) for n in range(n_in, last)]
    options = full(COMMON)
    inside = full({"insideSelfLoops.activate": "true"})  # a wire from an input to an output does not run around
    frame = {"id": "frame", "layoutOptions": options | inside, "ports": pins, "children": children, "edges": edges}
    return {"id": "root", "layoutOptions": options, "children": [frame]}


def _pin(side: str, index: int) -> dict[str, str]:
    return full({"port.side": side, "port.index": str(index)})


def segments(edge: dict[str, Any]) -> list[Segment]:
    """The straight pieces of an edge, those that go on in one direction being one."""
    made: list[Segment] = []
    for section in edge.get("sections", ()):
        points = [section["startPoint"], *section.get("bendPoints", ()), section["endPoint"]]
        for p, q in pairwise(points):
            x0, y0, x1, y1 = p["x"], p["y"], q["x"], q["y"]
            if abs(x0 - x1) + abs(y0 - y1) > LEVEL:
                upright = abs(x0 - x1) <= LEVEL
                if made and upright and abs(made[-1][0] - made[-1][2]) <= LEVEL:
                    made[-1] = (*made[-1][:2], x1, y1)
                else:
                    made.append((x0, y0, x1, y1))
    return made


def _corner(frame: dict[str, Any], edge: dict[str, Any]) -> tuple[float, float]:
    """Where the corner of the frame is, for an edge; elkjs gives some that run from side to side by the page."""
    return (0.0, 0.0) if edge["container"] == frame["id"] else (frame["x"], frame["y"])


def count(laid: dict[str, Any]) -> Count:
    """Crossings and bends of a graph that has been laid out with right angles."""
    level: list[tuple[str, Segment]] = []
    upright: list[tuple[str, Segment]] = []
    bends = 0
    frame = laid["children"][0]
    for edge in frame["edges"]:
        wire, (dx, dy) = edge["id"].split()[0], _corner(frame, edge)
        for x0, y0, x1, y1 in [(a - dx, b - dy, c - dx, d - dy) for a, b, c, d in segments(edge)]:
            if abs(x0 - x1) <= LEVEL:
                upright.append((wire, (x0, min(y0, y1), x1, max(y0, y1))))
                bends += 1
            else:
                level.append((wire, (min(x0, x1), y0, max(x0, x1), y1)))
    met = {
        (min(v, w), max(v, w), round(x), round(y))
        for v, (x, top, _, bottom) in upright
        for w, (left, y, right, _) in level
        if v != w and left + LEVEL < x < right - LEVEL and top + LEVEL < y < bottom - LEVEL
    }
    return Count(len(met), bends)


def laid_out(programs: Sequence[cd.Morphism], folder: str) -> list[list[dict[str, Any]]]:
    """Every program, laid out with every configuration."""
    asked = [{"graph": graph(f), "options": [full(c) for c in CONFIGURATIONS]} for f in programs]
    command = ["node", str(HERE / "elk.mjs"), folder]
    done = subprocess.run(command, input=json.dumps(asked), stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def best(tries: Sequence[dict[str, Any]]) -> Count:
    """What is counted in the picture with the fewest crossings; of several, in that with the fewest bends."""
    return min(map(count, tries), key=lambda c: (c.crossings, c.bends))


def main(folder: str) -> None:
    """Count, and store."""
    programs = diagrams()
    counts = map(best, laid_out(list(programs.values()), folder))
    lines = [f" {json.dumps(name)}: [{c.crossings}, {c.bends}]" for name, c in zip(programs, counts, strict=True)]
    STORED.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
