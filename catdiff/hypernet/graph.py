"""A hypernet as a networkx graph, and back.

The graph is bipartite: a node for every wire and one for every box, an edge from a wire to each port that
reads it and from a port to the wire it makes. networkx's algorithms (paths, dominators, layouts) run on it as
they are. An interior is a graph of its own, one object per distinct definition however many boxes have it.

>>> import catdiff as cd
>>> A = cd.f64(3)
>>> f = cd.sin(A) >> cd.exp
>>> g = to_networkx(f)
>>> [(str(a), str(b), port) for a, b, port in g.edges(data="port")][:2]
[("('wire', 0)", "('box', 0)", 0), ("('box', 0)", "('wire', 1)", 0)]
>>> g.nodes["box", 1]["title"], g.graph["outputs"]
('exp', [('wire', 2)])
>>> from_networkx(g) == f
True
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

from ..category.label import Label, label
from ..category.morphism import Morphism
from ..category.objects import Object, Sort
from ..errors import CatdiffError, NetError, with_line
from .build import intern, of_net
from .canonical import net_digest
from .encode import structure
from .net import Net
from .recursion import Task, run

if TYPE_CHECKING:
    import networkx as nx

WIRE, BOX = 0, 1  # networkx's convention for the two sides of a bipartite graph


def to_networkx(f: Morphism | Net) -> nx.MultiDiGraph:
    """The graph of a morphism, or of a net.

    - node `("wire", i)`: `sort`, `dtype` (its name), `shape`, `bipartite=0`;
    - node `("box", e)`: `label`, `title`, `bipartite=1`, and if it has an interior, `interior`, its graph (a
      tuple of graphs where it has several);
    - edges carry `port`, counted from 0 at the box, separately for what it reads and what it makes;
    - the graph carries `dom`, `cod`, `inputs` and `outputs` (lists of wire nodes) and `level`, the least
      number of boxes around it.

    Raises `NetError` for what is neither.
    """
    net = f.net if isinstance(f, Morphism) else f
    if not isinstance(net, Net):
        raise NetError(with_line(f"only a morphism has a graph, not {f!r}; give a family its object"))
    graphs: dict[Any, nx.MultiDiGraph] = {}
    waiting: list[tuple[Net, nx.MultiDiGraph]] = []

    def of(interior: Net, level: int) -> nx.MultiDiGraph:
        """The graph of a net, filled in when its turn comes; outer levels come first."""
        import networkx as nx

        key = structure(interior)
        if key not in graphs:
            graphs[key] = nx.MultiDiGraph(level=level)
            waiting.append((interior, graphs[key]))
        return graphs[key]

    whole = of(net, 0)
    for this, graph in waiting:  # grows while it is read
        _fill(graph, this, lambda inner, level=graph.graph["level"] + 1: of(inner, level))
    return whole


def _fill(graph: nx.MultiDiGraph, net: Net, of: Callable[[Net], Any]) -> None:
    """Nodes and edges of one level; `of` gives the graphs of interiors."""
    inputs = [("wire", i) for i in range(len(net.dom))]
    graph.graph |= {"dom": net.dom, "cod": net.cod, "inputs": inputs}
    graph.graph["outputs"] = [("wire", w) for w in net.outputs.tolist()]
    for wire, sort in zip(inputs, net.dom.wires, strict=True):
        graph.add_node(wire, **_wire(sort))
    shown = {id(x): _box(x, of) for x in net.labels}
    for e, (x, sources, first) in enumerate(net.steps()):
        graph.add_node(("box", e), **shown[id(x)])
        for port, w in enumerate(sources):
            graph.add_edge(("wire", w), ("box", e), port=port)
        for port, sort in enumerate(x.cod.wires):
            graph.add_node(("wire", first + port), **_wire(sort))
            graph.add_edge(("box", e), ("wire", first + port), port=port)


def _wire(sort: Sort) -> dict[str, Any]:
    return {"sort": sort, "dtype": sort.dtype.name, "shape": sort.shape, "bipartite": WIRE}


def _box(x: Label, of: Callable[[Net], Any]) -> dict[str, Any]:
    shown = {"label": x, "title": x.title, "bipartite": BOX}
    graphs = tuple([of(body.net) for body in x.bodies])
    return {**shown, "interior": graphs[0] if len(graphs) == 1 else graphs} if graphs else shown


# -- and back ------------------------------------------------------------------------------------------------


def from_networkx(graph: nx.MultiDiGraph) -> Morphism:
    """`from_networkx(to_networkx(f)) == f`: the morphism of such a graph, edited or not; nodes may have any names.

    Read are the `sort` of wires, the `label` and `interior` of boxes, the `port` of edges and the graph's
    `inputs` and `outputs`. A box comes after those it waits for, and else where it comes in the graph.

    Raises `NetError` where that is not a hypernet.

    >>> import catdiff as cd
    >>> A = cd.f64(3)
    >>> g = to_networkx(cd.sin(A) >> cd.exp)
    >>> g.nodes["box", 0]["label"] = cd.cos(A).label              # the graph is edited …
    >>> from_networkx(g) == cd.cos(A) >> cd.exp                   # … and is a program again
    True
    """
    return of_net(net_of(graph))


def net_of(graph: nx.MultiDiGraph) -> Net:
    """The net of a graph, its boxes in the order of the graph; see `from_networkx`."""
    return run(_net(graph, {}))


def _net(graph: Any, nets: dict[int, Net | None]) -> Task[Net]:
    """The net of a graph; `nets` holds those read already, and None for those begun."""
    if id(graph) in nets:
        found = nets[id(graph)]
        if found is None:
            raise NetError("a box has itself in its interior")
        return found
    nets[id(graph)] = None
    inputs, outputs = _interface(graph)
    labels: dict[Hashable, Label] = {}
    for node, data in graph.nodes(data=True):
        if "label" in data:
            labels[node] = yield _label(node, data, nets)
        elif not isinstance(data.get("sort"), Sort):
            raise NetError(f"node {node!r} is neither a box (no label) nor a wire (no Sort as sort)")
    reads, makes = _ports(graph, labels)
    for node in (*inputs, *outputs):
        if node not in graph or node in labels:
            raise NetError(f"{node!r} is among the inputs or outputs and is not a wire")
    _check_producers(graph, labels, inputs, makes)
    net = nets[id(graph)] = _assemble(graph, labels, inputs, outputs, reads, makes)
    return net


def _interface(graph: Any) -> tuple[list[Hashable], list[Hashable]]:
    if not (hasattr(graph, "graph") and graph.is_multigraph() and graph.is_directed()):
        raise NetError(f"a hypernet is a directed multigraph, not {type(graph).__name__}")
    for key in ("inputs", "outputs"):
        if not isinstance(graph.graph.get(key), (list, tuple)):
            raise NetError(f"the graph has no list of {key}")
    return list(graph.graph["inputs"]), list(graph.graph["outputs"])


def _label(node: Hashable, data: dict[str, Any], nets: dict[int, Net | None]) -> Task[Label]:
    """The label of a box; a new one if somebody changed its interior."""
    old = data["label"]
    if not isinstance(old, Label):
        raise NetError(f"the label of {node!r} is not a Label but {old!r}")
    graphs = data.get("interior", ())
    graphs = graphs if isinstance(graphs, tuple) else (graphs,)
    if not graphs:
        return old
    bodies, changed = [], len(graphs) != len(old.bodies)
    for k, graph in enumerate(graphs):
        net = yield _net(graph, nets)
        bodies.append(of_net(net))
        changed = changed or (yield net_digest(net)) != (yield net_digest(old.bodies[k].net))
    if not changed:
        return old
    try:
        new = label(old.row, old.dom, old.attrs, tuple(bodies))
    except (CatdiffError, TypeError) as error:
        raise NetError(f"the interior of {node!r} does not fit its box: {error}") from None
    return (yield intern(new))


Ports = dict[Hashable, list[Hashable]]


def _ports(graph: Any, labels: dict[Hashable, Label]) -> tuple[Ports, Ports]:
    """Per box the wires it reads and those it makes, by port."""
    reads: dict[Hashable, dict[int, Hashable]] = {box: {} for box in labels}
    makes: dict[Hashable, dict[int, Hashable]] = {box: {} for box in labels}
    for a, b, port in graph.edges(data="port"):
        if (a in labels) == (b in labels):
            raise NetError(f"the edge from {a!r} to {b!r} does not join a wire and a box")
        if type(port) is not int:
            raise NetError(f"the edge from {a!r} to {b!r} has no port number")
        ports, wire = (makes[a], b) if a in labels else (reads[b], a)
        if port in ports:
            raise NetError(f"port {port} of {(a if a in labels else b)!r} is connected twice")
        ports[port] = wire
    read = {box: _checked(graph, box, "reads", reads[box], x.dom) for box, x in labels.items()}
    return read, {box: _checked(graph, box, "makes", makes[box], x.cod) for box, x in labels.items()}


def _checked(graph: Any, box: Hashable, verb: str, ports: dict[int, Hashable], A: Object) -> list[Hashable]:
    """The wires by port, after comparing them with the type of the box."""
    if ports.keys() != set(range(len(A))):
        raise NetError(f"{box!r} {verb} {A}, but its ports are {sorted(ports)}")
    for port, sort in enumerate(A.wires):
        if graph.nodes[ports[port]]["sort"] is not sort:
            raise NetError(f"{box!r} {verb} {sort} on port {port}, and {ports[port]!r} is of another type")
    return [ports[port] for port in range(len(A))]


def _check_producers(graph: Any, labels: dict[Hashable, Label], inputs: list[Hashable], makes: Ports) -> None:
    """Every wire is an input or made by one port, and not more than that."""
    made = dict.fromkeys((node for node in graph if node not in labels), 0)
    for wire in (*inputs, *(w for wires in makes.values() for w in wires)):
        made[wire] += 1
    for wire, times in made.items():
        if times != 1:
            raise NetError(f"{wire!r} has {times or 'no'} producers; a wire has one, a box or the input")


def _assemble(
    graph: Any,
    labels: dict[Hashable, Label],
    inputs: list[Hashable],
    outputs: list[Hashable],
    reads: Ports,
    makes: Ports,
) -> Net:
    """The arrays: boxes in topological order, wires numbered as they are made."""
    wires = {w: i for i, w in enumerate(inputs)}
    numbers: dict[Label, int] = {}
    edges, sources = [], []
    for box in _order(labels, reads, makes):
        edges.append(numbers.setdefault(labels[box], len(numbers)))
        sources += [wires[w] for w in reads[box]]
        for w in makes[box]:
            wires[w] = len(wires)
    dom = Object([graph.nodes[w]["sort"] for w in inputs])
    return Net(dom, list(numbers), edges, sources, [wires[w] for w in outputs])


def _order(labels: dict[Hashable, Label], reads: Ports, makes: Ports) -> list[Hashable]:
    """The boxes, each after what it reads; of those that are ready, the first in the graph."""
    boxes = list(labels)
    position = {box: i for i, box in enumerate(boxes)}
    maker = {w: box for box, wires in makes.items() for w in wires}
    readers: Ports = {box: [] for box in boxes}
    missing = dict.fromkeys(boxes, 0)
    for box, wires in reads.items():
        for w in wires:
            if w in maker:
                readers[maker[w]].append(box)
                missing[box] += 1
    ready = [position[box] for box in boxes if not missing[box]]
    order: list[Hashable] = []
    while ready:
        box = boxes[heapq.heappop(ready)]
        order.append(box)
        for reader in readers[box]:
            missing[reader] -= 1
            if not missing[reader]:
                heapq.heappush(ready, position[reader])
    if len(order) < len(boxes):
        raise NetError(f"a cycle keeps {next(b for b in boxes if missing[b])!r} waiting for ever")
    return order
