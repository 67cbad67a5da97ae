"""Random programs have the type that was asked for, the generators that were chosen and no others, and every shape of
term; the same seed makes the same program.
"""

import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from programs import run, same

import catdiff as cd
from catdiff.category.morphism import Compose, Program, Tensor, Wiring
from catdiff.hypernet.build import flat
from catdiff.laws.random import signatures
from catdiff.laws.random.models import model
from catdiff.laws.random.programs import WIDEST, fit, program, word
from catdiff.laws.random.sampler import Seeded, point
from catdiff.laws.random.signatures import LARGEST, MIXED, Operation, Signature, signature

ALL = {name: s for name, s in vars(signatures).items() if isinstance(s, Signature)}
STRUCTURE = {"const", "zero", "add", "contract"}  # what any signature has; `map` repeats what is shared


def many(s, n=200, **options):
    return [program(Seeded(seed), s, **options) for seed in range(n)]


def generators(fs):
    return Counter(net.labels[e].row.name for f in fs for net in [flat(f.net)] for e in net.edges.tolist())


def test_there_are_signatures_to_decide_laws_over():
    assert {*ALL} == {"SMOOTH", "INTEGER", "BITS", "POLYNOMIAL", "PIECEWISE", "MIXED"}


@pytest.mark.parametrize("name", ALL)
def test_programs_run(name):
    for seed, f in enumerate(many(ALL[name])):
        if name != "POLYNOMIAL" or "rational" not in str(f.dom) + str(f.net.sorts):
            run(f, point(f.dom, seed))


@pytest.mark.parametrize("name", ALL)
def test_every_operation_of_a_signature_occurs(name):
    s = ALL[name]
    used = set()
    for f in many(s, 400):
        used |= {(x.row.name, x.dom, x.cod) for x in flat(f.net).labels}
    missing = [
        op.name
        for op in s.operations
        if not any(
            (x.row.name, x.dom, x.cod) in used
            for member in op._members.values()
            if member is not None
            for x in member.net.labels
        )
    ]
    assert not missing


def test_only_the_operations_that_were_chosen_occur():
    fs = many(signature("f64", cd.sin, cd.mul))
    assert {*generators(fs)} == {"sin", "mul"} | STRUCTURE


def test_the_type_is_what_was_asked_for():
    for seed in range(100):
        choice = Seeded(seed)
        A, B = word(choice, MIXED), word(choice, MIXED)
        f = program(choice, MIXED, A, B)
        assert (f.dom, f.cod) == (A, B)
        assert program(choice, MIXED, A).dom == A
        assert program(choice, MIXED, cod=B).cod == B


def test_programs_stay_small():
    fs = many(MIXED, 300)
    assert max(len(f.cod) for f in fs) <= WIDEST
    assert max(s.size for f in fs for s in f.cod.wires) <= 2 * LARGEST


def test_a_budget_is_about_how_many_parts_there_are():
    sizes = {
        b: np.mean([sum(generators([f]).values()) for f in many(signatures.INTEGER, budget=b)]) for b in (2, 8, 30)
    }
    assert sizes[2] < sizes[8] < sizes[30] < 60


def test_every_shape_of_term_occurs():
    kinds, names = Counter(), Counter()
    for f in many(MIXED):
        todo = [f]
        while todo:
            g = todo.pop()
            kinds[type(g)] += 1
            if isinstance(g, (Compose, Tensor)):
                todo += [g.left, g.right]
            elif isinstance(g, Program):
                todo += [h for h, _ in g.steps]
            elif not isinstance(g, Wiring):
                names.update(x.name for x in g.net.labels if x.bodies)
                todo += [body for x in g.net.labels for body in x.bodies]
    assert {Compose, Tensor, Program, Wiring} <= {*kinds}
    assert {"b", "wave", "R[b]"} <= {*names}


def test_a_large_budget_does_not_meet_the_stack():
    fs = many(signatures.INTEGER, 6, dom=cd.integer(2), budget=4000)
    assert max(len(flat(f.net)) for f in fs) > 2000


def test_the_same_seed_makes_the_same_program_in_another_process():
    code = (
        "from catdiff.laws.random.programs import program; from catdiff.laws.random.sampler import Seeded\n"
        "from catdiff.laws.random.signatures import MIXED; from catdiff.hypernet.canonical import digest\n"
        "print(*[digest(program(Seeded(seed), MIXED)).hex() for seed in range(20)])"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": h}
        )
        for h in ("0", "1")
    ]
    assert said[0].stdout == said[1].stdout and len({*said[0].stdout.split()}) > 10


def test_the_simplest_program_is_an_identity():
    class Least:
        def pick(self, options):
            return options[0]

        def integer(self, low, high):
            return low

        def coin(self):
            return False

        def array(self, sort):
            raise AssertionError("no array is needed")

        def part(self, make, *args):
            return make(self, *args)

    assert program(Least(), signatures.SMOOTH) == cd.id(cd.f64())


# -- signatures ------------------------------------------------------------------------------------------------


def test_a_generator_of_ones_own_is_used_where_it_is_defined():
    norm = cd.generator(
        "a norm of matrices",
        forward=lambda x: np.sqrt((x * x).sum()),
        signature=lambda dom: cd.f64() if [len(s.shape) for s in dom.wires] == [2] else 1 / 0,
        arity=1,
    )
    fs = many(signature(cd.f64(2, 2), norm, cd.matmul))
    found = generators(fs)
    assert found["a norm of matrices"] > 20 and found["contract"] > 20


def test_a_family_of_any_number_of_wires_and_a_morphism_are_operations():
    s = signature("f64", cd.concat(axis=0), cd.sin(cd.f64(2)) >> cd.sum, shapes=[(2,)])
    assert [(op.name, op.arity) for op in s.operations] == [("concat", 1), ("concat", 2), ("f64[2] → f64", 1)]
    assert {"concat", "sin", "contract"} <= {*generators(many(s))}


def test_wires_may_be_larger_than_usual_if_they_are_given():
    s = signature(cd.f64(5, 5), cd.matmul)
    assert max(w.size for f in many(s, 50) for w in f.net.sorts) == 25


def test_an_operation_is_made_once_for_each_type():
    made = []
    op = Operation(lambda A: made.append(A) or cd.neg(A))
    for _ in range(3):
        assert op.at(cd.f64(2)) is op.at(cd.f64(2)) and op.at(cd.bool(2)) is None
    assert made == [cd.f64(2), cd.bool(2)]


@pytest.mark.parametrize("given", [("f16",), (3,), ((),), ("f64", np.sin), ("f64", "sin")])
def test_what_is_no_signature(given):
    with pytest.raises(cd.CatdiffError, match=r"signature|operation"):
        signature(*given)


# -- fitting, and models -----------------------------------------------------------------------------------------


def test_fit_uses_what_is_there():
    A = cd.f64(2) @ cd.bool() @ cd.f64(3)
    f = fit(A, cd.f64(3) @ cd.f64(2, 2) @ cd.bool() @ cd.bool(2) @ cd.integer())
    x, b, y = np.array([1.0, 2.0]), np.array(True), np.array([3.0, 4.0, 5.0])
    assert same(run(f, [x, b, y])[:1], [y])
    got = run(f, [x, b, y])[1:]
    assert got[0].tolist() in (np.full((2, 2), 3.0).tolist(), np.full((2, 2), 12.0).tolist())
    assert got[1] == np.True_ and got[2].tolist() == [False, False] and got[3] == 0


def test_models_have_boxes_with_parameters_and_some_are_used_twice():
    twice = nested = 0
    for seed in range(60):
        P, f = model(Seeded(seed), signatures.SMOOTH, cd.f64(3), cd.f64())
        assert f.dom == P @ cd.f64(3) and f.cod == cd.f64() and len(P) >= 1
        boxes = [x for x in f.net.labels if x.bodies]
        assert boxes and all(x.name.startswith("layer ") for x in boxes)
        used = Counter(f.net.labels[e].name for e in f.net.edges.tolist())
        twice += any(used[x.name] > 1 for x in boxes)
        nested += any(y.bodies for x in boxes for y in x.bodies[0].net.labels)
        run(f, point(f.dom, seed))
    assert twice > 5 and nested > 5
