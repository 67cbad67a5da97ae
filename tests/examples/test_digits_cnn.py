"""The convolutional net: that it learns at all; how well is reported in the documentation."""

from catdiff.examples import digits_cnn


def test_it_learns(capsys):
    digits_cnn.main(epochs=1)
    said = capsys.readouterr().out
    assert "stage.conv_2.weight" in said
    assert float(said.rstrip(" %\n").rpartition(" ")[2]) > 70  # one in ten by chance
