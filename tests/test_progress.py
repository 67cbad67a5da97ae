"""The progress bar: it changes nothing it passes on, draws only where somebody watches, and says how far it came."""

import builtins
import io
import itertools

import pytest

from catdiff.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def without_tqdm(monkeypatch):
    find = builtins.__import__

    def refuse(name, *rest):
        if name.split(".")[0] == "tqdm":
            raise ImportError(name)
        return find(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)


@pytest.fixture(params=["plain", "tqdm"])
def file(request):
    """A terminal, with and without tqdm."""
    if request.param == "plain":
        request.getfixturevalue("without_tqdm")
    return Terminal()


@pytest.mark.parametrize("steps", [range(5), [], "abc", {"a": 1}])
def test_the_steps_pass_through(steps, file):
    assert list(Progress(steps, file=file)) == list(steps)
    assert list(Progress(steps, file=io.StringIO())) == list(steps)
    assert list(Progress(iter(steps), file=file)) == list(steps)


def test_steps_are_taken_one_at_a_time(file):
    for where in (file, io.StringIO()):
        source = iter(range(10))
        steps = iter(Progress(source, file=where))
        assert [next(steps), next(steps)] == [0, 1]
        assert next(source) <= 3


def test_a_log_gets_one_line_however_long_it_takes():
    log = io.StringIO()
    bar = Progress(range(10_000), "counting", log)
    for k in bar:
        assert log.getvalue() == ""
        bar.note(f"at {k}")
    assert log.getvalue().count("\n") == 1
    assert log.getvalue().startswith("counting: 10000/10000 in ")
    assert log.getvalue().endswith(" s, at 9999\n")


def test_a_terminal_sees_the_bar_the_label_and_the_note(file):
    bar = Progress(range(3), "training", file)
    for k in bar:
        bar.note(f"loss {k}")
    drawn = file.getvalue()
    assert "training:" in drawn
    assert "3/3" in drawn
    assert "loss 2" in drawn
    assert drawn.endswith("\n")


def test_the_plain_bar_is_drawn_over_itself_and_seldom(without_tqdm, monkeypatch):
    monkeypatch.setattr("catdiff.progress.INTERVAL", 3600.0)
    terminal = Terminal()
    list(Progress(range(10_000), "training", terminal))
    assert terminal.getvalue().count("\n") == 1
    assert terminal.getvalue().count("\r") == 2  # at the beginning and at the end
    assert f"[{'#' * 24}] 10000/10000" in terminal.getvalue()


def test_a_shorter_line_wipes_out_a_longer_one(without_tqdm, monkeypatch):
    monkeypatch.setattr("catdiff.progress.INTERVAL", 0.0)
    terminal = Terminal()
    bar = Progress(range(2), "", terminal)
    for k in bar:
        bar.note("a long note indeed" if k == 0 else "short")
    *_, longer, last = terminal.getvalue().rstrip("\n").split("\r")
    assert "short" in last
    assert len(last) >= len(longer)


def test_what_stops_the_steps_is_not_hidden_and_the_count_is_honest():
    log = io.StringIO()

    def run() -> None:
        for k in Progress(range(10), "training", log):
            if k == 3:
                raise KeyError("stop")

    with pytest.raises(KeyError, match="stop"):
        run()
    assert log.getvalue().startswith("training: 3/10 in ")


def test_steps_without_a_number_are_counted(without_tqdm):
    terminal, log = Terminal(), io.StringIO()
    for file in (terminal, log):
        list(Progress(itertools.islice(itertools.count(), 7), "steps", file))
    assert "steps: 7 in" in terminal.getvalue()
    assert log.getvalue().startswith("steps: 7 in ")


def test_how_many_steps_there_are_may_be_said(file):
    log = io.StringIO()
    for where in (file, log):
        assert list(Progress(iter("abc"), "reading", where, total=3)) == ["a", "b", "c"]
    assert "3/3" in file.getvalue()
    assert log.getvalue().startswith("reading: 3/3 in ")
