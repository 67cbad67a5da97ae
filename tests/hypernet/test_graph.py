"""The networkx view is the net, and any graph of that form is a net or a `NetError`."""

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import SCALAR, VECTOR, box, constant, programs, tower, toy

import catdiff as cd
from catdiff.category.structure import copy, id, program
from catdiff.errors import NetError
from catdiff.hypernet.build import of_net
from catdiff.hypernet.canonical import canonical
from catdiff.hypernet.graph import net_of, to_networkx


def arrays(net) -> list[list[int]]:
    return [a.tolist() for a in (net.edges, net.sources, net.outputs)]


@given(programs())
def test_a_morphism_comes_back_from_its_graph(f):
    assert cd.from_networkx(cd.to_networkx(f)) == f


@pytest.mark.parametrize("thing", [3, None, cd.sin])
def test_what_is_no_program_has_no_graph(thing):
    with pytest.raises(NetError, match="only a morphism has a graph"):
        cd.to_networkx(thing)


@given(programs())
def test_there_and_back(f):
    net = canonical(f.net)  # whose labels are numbered as they occur
    again = net_of(to_networkx(net))
    assert (again.dom, again.labels, *arrays(again)) == (net.dom, net.labels, *arrays(net))
    assert of_net(net_of(to_networkx(f.net))) == f


@given(programs(), st.randoms(use_true_random=False))
def test_the_order_of_nodes_and_edges_does_not_matter(f, random):
    graph = to_networkx(f.net)
    nodes, edges = list(graph.nodes(data=True)), list(graph.edges(data=True))
    random.shuffle(nodes)
    random.shuffle(edges)
    shuffled = nx.MultiDiGraph(**graph.graph)
    shuffled.add_nodes_from(nodes)
    shuffled.add_edges_from(edges)
    assert of_net(net_of(shuffled)) == f


@given(programs())
def test_names_of_nodes_do_not_matter(f):
    graph = to_networkx(f.net)
    names = {node: f"node {i}" for i, node in enumerate(graph)}
    renamed = nx.relabel_nodes(graph, names)
    for key in ("inputs", "outputs"):
        renamed.graph[key] = [names[node] for node in graph.graph[key]]
    assert of_net(net_of(renamed)) == f


def test_what_the_graph_says():
    f = copy(VECTOR) >> toy("sin") @ id(VECTOR) >> toy("mul", VECTOR @ VECTOR)
    g = to_networkx(f.net)
    assert list(g) == [("wire", 0), ("box", 0), ("wire", 1), ("box", 1), ("wire", 2)]
    assert g.nodes["wire", 0] == {"sort": VECTOR.sort, "dtype": "f64", "shape": (3,), "bipartite": 0}
    assert g.nodes["box", 1] == {"label": f.net.labels[1], "title": "toy_mul", "bipartite": 1}
    assert set(g.edges(data="port")) == {
        (("wire", 0), ("box", 0), 0),
        (("box", 0), ("wire", 1), 0),
        (("wire", 1), ("box", 1), 0),
        (("wire", 0), ("box", 1), 1),
        (("box", 1), ("wire", 2), 0),
    }
    assert g.graph == {
        "dom": VECTOR,
        "cod": VECTOR,
        "inputs": [("wire", 0)],
        "outputs": [("wire", 2)],
        "level": 0,
    }
    assert nx.bipartite.is_bipartite(g)
    assert nx.is_directed_acyclic_graph(g)


def test_a_wire_read_twice_has_two_edges():
    g = to_networkx((copy(VECTOR) >> toy("mul", VECTOR @ VECTOR)).net)
    assert [port for _, _, port in g.edges(("wire", 0), data="port")] == [0, 1]


def test_equal_interiors_are_one_graph():
    inner = toy("sin") >> toy("exp")
    f = box(box(inner), "outer") >> box(inner, "a") >> box(toy("sin") >> toy("exp"), "b")
    g = to_networkx(f.net)
    outer, a, b = (g.nodes["box", i]["interior"] for i in range(3))
    assert a is b is outer.nodes["box", 0]["interior"]
    assert (g.graph["level"], outer.graph["level"], a.graph["level"]) == (0, 1, 1)


def test_a_box_with_two_interiors():
    f = toy("box", VECTOR, toy("sin"), toy("exp"), name="either")
    left, right = to_networkx(f.net).nodes["box", 0]["interior"]
    assert [g.nodes["box", 0]["title"] for g in (left, right)] == ["toy_sin", "toy_exp"]


def test_a_net_that_equals_its_interior_is_another_graph():
    f = program(VECTOR, [(box(id(VECTOR)), [0])], [0])  # the box is not read
    g = to_networkx(f.net)
    assert g.nodes["box", 0]["interior"] is not g
    assert arrays(net_of(g)) == arrays(f.net)


def test_edits_count_also_inside_boxes():
    f = box(box(toy("sin")) >> toy("sin"), "outer")
    g = to_networkx(f.net)
    outer = g.nodes["box", 0]["interior"]
    outer.nodes["box", 0]["interior"].nodes["box", 0]["label"] = toy("exp").label
    assert of_net(net_of(g)) == box(box(toy("exp")) >> toy("sin"), "outer")
    g.nodes["box", 0]["interior"] = to_networkx(toy("sin", SCALAR).net)
    with pytest.raises(NetError, match=r"the interior of \('box', 0\) does not fit its box"):
        net_of(g)


def test_a_graph_made_by_hand():
    g = nx.MultiDiGraph(inputs=["x"], outputs=["y", "x"])
    g.add_node("x", sort=VECTOR.sort)
    g.add_node("sine", label=toy("sin").label)
    g.add_node("y", sort=VECTOR.sort)
    g.add_edge("x", "sine", port=0)
    g.add_edge("sine", "y", port=0)
    assert of_net(net_of(g)) == copy(VECTOR) >> toy("sin") @ id(VECTOR)


def test_boxes_that_could_come_in_any_order_keep_the_order_of_the_graph():
    f = toy("sin") @ toy("exp") @ constant([1.0, 2.0])
    assert arrays(net_of(to_networkx(f.net))) == arrays(f.net)


def test_a_tower_of_boxes():
    f = tower(5_000)
    assert of_net(net_of(to_networkx(f.net))) == f


# -- graphs that are no nets ---------------------------------------------------------------------------------

SORT = VECTOR.sort


def drop_port(g):
    del g.edges["x", "a", 0]["port"]


def add(*edge, port=0):
    return lambda g: g.add_edge(*edge, port=port)


def put(node, **data):
    return lambda g: g.add_node(node, **data)


def interface(**lists):
    return lambda g: g.graph.update(lists)


def inside_itself(g):
    g.nodes["a"].update(label=box(toy("sin")).label, interior=g)


MALFORMED = {
    "two producers": (add("a", "z"), "port 0 of 'a' is connected twice"),
    "an input that is made": (interface(inputs=["x", "y"]), "'y' has 2 producers"),
    "an input twice": (interface(inputs=["x", "x"]), "'x' has 2 producers"),
    "no producer": (put("lost", sort=SORT), "'lost' has no producers"),
    "an input left out": (interface(inputs=[]), "'x' has no producers"),
    "no inputs": (lambda g: g.graph.pop("inputs"), "the graph has no list of inputs"),
    "outputs of another type": (interface(outputs="z"), "the graph has no list of outputs"),
    "an output that is no node": (
        interface(outputs=["w"]),
        "'w' is among the inputs or outputs and is not a wire",
    ),
    "an output that is no name": (
        interface(outputs=[["z"]]),
        "is among the inputs or outputs and is not a wire",
    ),
    "an input that is a box": (interface(inputs=["x", "a"]), "'a' is among the inputs or outputs"),
    "no port number": (drop_port, "the edge from 'x' to 'a' has no port number"),
    "a port that is true": (add("x", "b", port=True), "the edge from 'x' to 'b' has no port number"),
    "a port twice": (add("x", "b"), "port 0 of 'b' is connected twice"),
    "a port too many": (add("x", "b", port=1), "'b' reads f64[3], but its ports are [0, 1]"),
    "a negative port": (add("x", "b", port=-1), "'b' reads f64[3], but its ports are [-1, 0]"),
    "a port too few": (lambda g: g.remove_edge("x", "a"), "'a' reads f64[3], but its ports are []"),
    "a box that makes nothing": (lambda g: g.remove_edge("b", "z"), "'b' makes f64[3], but its ports are []"),
    "a wire of another type": (
        put("y", sort=SCALAR.sort),
        "f64[3] on port 0, and 'y' is of another type",
    ),
    "a wire without a sort": (put("y", sort="f64[3]"), "node 'y' is neither a box (no label) nor a wire"),
    "a label that is none": (put("a", label="sin"), "the label of 'a' is not a Label but 'sin'"),
    "a wire to a wire": (add("x", "y"), "the edge from 'x' to 'y' does not join a wire and a box"),
    "a box to a box": (add("a", "b"), "the edge from 'a' to 'b' does not join a wire and a box"),
    "a node that is nothing": (add("x", "new"), "node 'new' is neither a box (no label) nor a wire"),
    "a box inside itself": (inside_itself, "a box has itself in its interior"),
}


def chain() -> nx.MultiDiGraph:
    """x → a → y → b → z"""
    g = nx.MultiDiGraph(inputs=["x"], outputs=["z"])
    for wire in "xyz":
        g.add_node(wire, sort=SORT)
    for name in "ab":
        g.add_node(name, label=toy("sin").label)
    for edge in ("xa", "ay", "yb", "bz"):
        g.add_edge(*edge, port=0)
    return g


@pytest.mark.parametrize(("damage", "said"), MALFORMED.values(), ids=MALFORMED)
def test_malformed_graphs(damage, said):
    g = chain()
    assert of_net(net_of(g)) == toy("sin") >> toy("sin")
    damage(g)
    with pytest.raises(NetError) as caught:
        net_of(g)
    assert said in str(caught.value)


def test_a_cycle():
    g = chain()
    g.remove_edge("x", "a")
    g.add_edge("z", "a", port=0)
    with pytest.raises(NetError, match="a cycle keeps 'a' waiting"):
        net_of(g)


@pytest.mark.parametrize("graph", [None, 3, nx.Graph(), nx.DiGraph(), nx.MultiGraph()])
def test_other_things(graph):
    with pytest.raises(NetError, match="a hypernet is a directed multigraph, not"):
        net_of(graph)
