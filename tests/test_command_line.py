"""`catdiff …` as a shell sees it: what is printed where, and the exit status."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import catdiff as cd
from catdiff.__main__ import EXAMPLES, main

ROOT = Path(cd.__file__).resolve().parent.parent


def shell(*words: str, **more):
    """`python -m catdiff words…` in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **more.pop("env", {})}
    command = [sys.executable, "-m", "catdiff", *words]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment, **more)


def test_the_version():
    done = shell("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"catdiff {cd.__version__}\n", "")


def test_nothing_asked_for_gets_the_help_and_is_no_success(capsys):
    assert main([]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert all(word in err for word in ("demo", "examples", "example", "--version"))


@pytest.mark.parametrize("words", [["exmples"], ["example"], ["example", "nosuch"], ["demo", "--nosuch"]])
def test_a_misspelt_command_is_an_error_of_the_user(words, capsys):
    with pytest.raises(SystemExit) as stop:
        main(words)
    assert stop.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "error: " in err


def test_an_unknown_example_is_told_which_there_are(capsys):
    with pytest.raises(SystemExit):
        main(["example", "nosuch"])
    told = capsys.readouterr().err
    assert all(name in told for name in EXAMPLES)


def test_examples_are_listed_one_a_line(capsys):
    assert main(["examples"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == sorted(EXAMPLES)
    modules = {path.stem for path in (ROOT / "catdiff" / "examples").glob("*.py")} - {
        "__init__",
        "datasets",
        "diagrams",
        "gallery",
    }
    assert {name.replace("-", "_") for name in EXAMPLES} == modules


def test_a_failure_is_one_line_and_status_1(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["demo", "--out", str(tmp_path / "file" / "folder")]) == 1
    out, err = capsys.readouterr()
    assert out == ""  # it fails before it trains
    assert re.fullmatch(r"catdiff: .*\n", err)


def test_messages_name_the_file_and_no_line_of_ours(tmp_path, capsys):
    (tmp_path / "no.json").write_text("x{")
    for path, why in (
        (tmp_path / "none.json", ": there is no such file"),
        (tmp_path, " is a folder, not a file"),
        (tmp_path / "no.json", ": not JSON at line 1, column 1: Expecting value"),
    ):
        assert main(["draw", str(path)]) == 1
        assert capsys.readouterr().err == f"catdiff: {path}{why}\n"


def test_a_reader_that_leaves_gets_no_traceback():
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "catdiff", "examples"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, env=environment)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


def test_an_interruption_gets_no_traceback(monkeypatch, capsys):
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(EXAMPLES, "iris", ("", interrupt))
    assert main(["example", "iris"]) == 130
    assert capsys.readouterr().err == ""


def test_a_terminal_without_arrows_gets_question_marks():
    done = shell("example", "iris", env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert "loss   : f64[5,3] ? f64" in done.stdout


def test_a_stored_circuit_is_exported(tmp_path, capsys):
    stored, out = tmp_path / "adder.json", tmp_path / "adder.blif"
    cd.save(cd.circuits.adder(2), stored)
    assert main(["export", str(stored), "-o", str(out)]) == 0
    assert capsys.readouterr().out == f"{out}\n"
    assert out.read_text() == cd.circuits.blif(cd.circuits.adder(2))
    assert main(["export", str(stored), "-o", str(tmp_path / "adder.txt")]) == 1
    assert "files that end in .v, .blif, .aag, .aig" in capsys.readouterr().err
