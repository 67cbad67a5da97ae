"""`docs/mutation.md`, from what became of the mutants and why those live on that do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from mutation.population import Mutant

Outcomes = dict[tuple[str, ...], dict[str, Any]]
Explained = Sequence[dict[str, Any]]

STATUSES = ("killed", "suspicious", "timeout", "survived")
KINDS = {
    "gap": ("Gaps", "What these mutants do wrong no test notices yet."),
    "equivalent": ("Equivalent mutants", "No program computes anything else with these, so no test can tell."),
}
TEXT = """# Mutation testing

Does a test fail when a derivative is wrong? [mutmut](https://pypi.org/project/mutmut/) makes small mistakes in the
source, *mutants*: another operator, another number, a rule that gives nothing. The tests are run on each. A mutant
that no test notices *survives*, and every survivor is listed below with the reason.

This page is written by

```
pip install -e ".[mutation]"
python tests/mutation
```

which changes nothing in the repository but this page: mutants are written into copies. It exits with 1 if a mutant
survives that `tests/mutation/survivors.toml` does not explain. `--sample 50` runs fifty drawn evenly by a fixed seed,
`--only sweep.py` those of a file or a function, `--list` none.

Mutated are all functions of `catdiff/derivative/`, and in the generator tables the rules: `R`, `D` and `dagger` of
every row, with the functions they call. Not mutated are annotations, which nothing evaluates, what is raised (the words
of an error, not its condition), whether `zip` checks lengths, and the other columns of a row (kernels, types, costs,
titles).
mutmut 2 makes the mutants, because mutmut 3 changes only bodies of functions and most rules of the tables are lambdas;
what it makes that is not Python is left out.

The tests are chosen in `pyproject.toml`, under `[tool.catdiff.mutation]`. For a rule they begin with the laws
(`tests/laws/test_generators.py`) on the samples that have its row, at `f64`, `c128` and `integer`. Hypothesis draws the
same examples for every mutant.

## Figures

{run}

{table}

*Killed*: a test failed. *Suspicious*: a test failed, after more than twice the time that all tests take without a
mutant. *Timed out*: stopped after {seconds} s of processor time.

{laws}
"""


def page(
    every: Sequence[Mutant], chosen: Sequence[Mutant], outcomes: Outcomes, explained: Explained, config: dict[str, Any]
) -> str:
    """The page, as Markdown."""
    run = f"All {len(every)} mutants were run."
    if len(chosen) < len(every):
        run = f"{len(chosen)} of {len(every)} mutants were run, drawn by the seed {config['seed']}."
    rules = [outcomes[m.key] for m in chosen if m.site.rows and outcomes[m.key]["status"] in ("killed", "suspicious")]
    by_laws = sum("test_a_generator_is_lawful" in o["by"] for o in rules)
    laws = f"Of the {len(rules)} killed in the tables, {by_laws} were by the laws alone, on samples of their rows."
    text = TEXT.format(run=run, table=_table(chosen, outcomes), seconds=config["seconds"], laws=laws)
    return text + "".join(_survivors(chosen, outcomes, explained))


def _table(chosen: Sequence[Mutant], outcomes: Outcomes) -> str:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for m in chosen:
        for row in (m.path, "all"):
            counts[row][outcomes[m.key]["status"]] += 1
    counts["all"] = counts.pop("all")  # last
    lines = ["| file | mutants | killed | suspicious | timed out | survived |", "|---|---:|---:|---:|---:|---:|"]
    for name, count in counts.items():
        title = f"`{name.removeprefix('catdiff/')}`" if name != "all" else "**all**"
        lines.append(f"| {title} | {count.total()} | {' | '.join(str(count[s]) for s in STATUSES)} |")
    return "\n".join(lines)


def _survivors(chosen: Sequence[Mutant], outcomes: Outcomes, explained: Explained) -> Iterator[str]:
    lines = {m.key: m.line for m in chosen if outcomes[m.key]["status"] == "survived"}
    for kind, (title, about) in KINDS.items():
        groups = [
            (g["why"], [k for k in map(tuple, g["mutants"]) if k in lines]) for g in explained if g["kind"] == kind
        ]
        groups = [(why, keys) for why, keys in groups if keys]
        count = sum(len(keys) for _, keys in groups)
        yield f"\n## {title}\n\n" + (f"{count} of them. {about}\n" if count else "None.\n")
        for why, keys in groups:
            yield f"\n{why}\n\n"
            for path, site, before, after in keys:
                yield f"- `{path.removeprefix('catdiff/')}`, {site}: {_code(before)} → {_code(after)}\n"


def _code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def unexplained(chosen: Sequence[Mutant], outcomes: Outcomes, explained: Explained) -> list[str]:
    """What is wrong with the explanations: a survivor that has none, or one for a mutant that is killed."""
    known = {tuple(key) for group in explained for key in group["mutants"]}
    wrong = []
    for m in chosen:
        survived = outcomes[m.key]["status"] == "survived"
        if survived is not (m.key in known):
            what = "survives, and is not explained" if survived else f"{outcomes[m.key]['status']}, but is explained"
            wrong.append(f"{what}: {list(m.key)}")
    return wrong
