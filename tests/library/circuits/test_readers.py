"""Files from elsewhere: what BLIF and AIGER allow beyond what is written here, and what is no circuit."""

import pytest

import catdiff as cd
from catdiff import circuits

HEAD = ".model top\n.inputs a b c\n.outputs y\n"
HALF = ".model half\n.inputs p q\n.outputs s t\n.names p q s\n10 1\n01 1\n.names p q t\n11 1\n.end\n"


def blif_table(text):
    return circuits.table(circuits.read_blif(text)).rows[:, 0].tolist()


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        (".names a b c y\n1-1 1\n-11 1\n.end", [0, 0, 0, 0, 0, 1, 1, 1]),
        (".names a b y\n11 0 # where it is 0", [1, 1, 1, 0] * 2),
        (".names y", [0] * 8),
        (".names y\n1", [1] * 8),
        (".names a \\\nb y\n1- 1", [0, 1, 1, 1][:0] + [0, 1, 0, 1] * 2),
        (".names t y\n0 1\n.names a t\n1 1", [1, 0] * 4),  # used before it is made
        (".subckt half p=a q=b s=y\n.end\n" + HALF, [0, 1, 1, 0] * 2),  # an output that nobody wants
        (".subckt half q=b p=t t=y\n.names c t\n0 1\n.end\n" + HALF, [0, 0, 1, 1, 0, 0, 0, 0]),
    ],
)
def test_blif_as_others_write_it(body, rows):
    assert blif_table(HEAD + body) == rows


def test_models_that_are_used_are_boxes():
    f = circuits.read_blif(HEAD + ".subckt half p=a q=b s=u t=y\n.end\n" + HALF)
    assert [label.name for label in f.net.labels if label.bodies] == ["half"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no model in it"),
        (".inputs a\n", "'.inputs a' where a model with a name of its own begins"),
        (HEAD + HEAD, "where a model with a name of its own begins"),
        (HEAD, "'y' is made by nothing"),
        (HEAD + ".latch a y 0", "'.latch a y 0' is nothing that a combinational circuit has"),
        (HEAD + "11 1", "'11 1' is a row of no cover"),
        (HEAD + ".names a b y\n1 1", "are no cover of 2 inputs"),
        (HEAD + ".names a b y\n1x 1", "are no cover of 2 inputs"),
        (HEAD + ".names a b y\n11 1\n00 0", "are no cover of 2 inputs"),
        (HEAD + ".names a b y\n11 -", "are no cover of 2 inputs"),
        (HEAD + ".names a y y\n11 1", "'y' is made of itself"),
        (HEAD + ".names t y\n1 1\n.names y t\n1 1", "is made of itself"),
        (HEAD + ".subckt gone p=a q=b s=y", "there is no model 'gone'"),
        (HEAD + ".subckt half p=a s=y\n.end\n" + HALF, "'q' of 'half' is not said"),
        (HEAD + ".subckt half p=a q=b q2=y\n.end\n" + HALF, "'y' is made by nothing"),
        (HEAD + ".subckt top a=a b=b c=c y=y", "the model 'top' uses itself"),
        (".model m\n.inputs a a\n.outputs a\n", "two inputs of 'm' have one name"),
        (HEAD + f".names {' '.join(['a'] * 17)} y\n", "a cover of 17 inputs: 16 are the most"),
    ],
)
def test_what_is_no_blif_of_a_circuit(text, said):
    with pytest.raises(cd.CatdiffError) as error:
        circuits.read_blif(text)
    assert said in str(error.value)


def test_gates_of_aiger_in_any_order():
    f = circuits.read_aiger(b"aag 4 2 0 2 2\n4\n2\n8\n7\n8 6 5\n6 2 4\ni0 b\nc\nmade by hand\n")
    assert circuits.table(f).rows.tolist() == [[0, 1], [0, 1], [0, 1], [0, 0]]


def test_constants_of_aiger():
    assert circuits.read_aiger(b"aag 0 0 0 2 0\n0\n1\n")()[1] == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "its first line is b''"),
        (b"aag 1 1 0 1 0", "its first line is"),
        (b"aag 1 0 1 0 0\n2 3\n", "a file without latches is due"),
        (b"aag 1 1 0 1 0\n2\n", "ends early"),
        (b"aag 1 1 0 1 0\n2\nx\n", "where a number is due"),
        (b"aag 1 1 0 1 0\n3\n3\n", "an input or a gate is negated, or there twice"),
        (b"aag 2 2 0 1 0\n2\n2\n2\n", "there twice"),
        (b"aag 2 1 0 1 1\n2\n4\n2 2 2\n", "there twice"),
        (b"aag 9 1 0 1 0\n2\n8\n", "nothing makes 8"),
        (b"aag 3 1 0 1 2\n2\n4\n4 6 2\n6 4 2\n", "is made of itself"),
        (b"aag 9999999 9999999 0 1 0\n2\n", "ends early"),
        (b"aig 999999999 999999999 0 0 0\n", "999,999,999 inputs: 10,000,000 are the most"),
        (b"aig 999999999 0 0 1 999999999\n2\n", "it is shorter than its header says"),
        (b"aig 2 1 0 1 1\n4\n\x82", "ends early"),
        (b"aig 1 1 0 1 1\n2\n\x01\x01", "it is shorter than its header says"),
    ],
)
def test_what_is_no_aiger_of_a_circuit(data, said):
    with pytest.raises(cd.CatdiffError) as error:
        circuits.read_aiger(data)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([".names x y", "1 1", ".names x y", "0 1"], "'y' of 'm' is made twice"),
        ([".names x", "1", ".names x y", "1 1"], "'x' of 'm' is made twice"),
        ([".subckt n a=x a=x b=y"], "says one name twice"),
    ],
)
def test_what_is_made_twice(lines, said):
    with pytest.raises(cd.CatdiffError, match=said):
        circuits.read_blif("\n".join([".model m", ".inputs x", ".outputs y", *lines, ".end"]))


def test_lines_that_end_as_elsewhere():
    text = ".model m\r\n.inputs x \\\r\n z\r\n.outputs y\r\n.names x z y\r\n11 1\r\n.end\r\n"
    assert circuits.table(circuits.read_blif(text)) == circuits.table(circuits.and_(cd.z2()))
