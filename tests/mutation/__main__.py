"""Mutation testing of the derivatives: `python tests/mutation`, with the extra `mutation` installed.

mutmut says which mutants there are; each is written into a copy of the repository, never into the repository itself,
and the tests are run there in a forked process with a limit on its processor time. Then `docs/mutation.md` is written.
Exit status 1 if a mutant survives that `survivors.toml` does not explain, or explains one that does not survive.

    python tests/mutation --sample 50        every mutant has a seeded chance; 50 of them are run
    python tests/mutation --only sweep.py    those whose path and site contain this; writes no page
    python tests/mutation --list             what would be run
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def main() -> int:
    """Run the mutants and write what became of them."""
    sys.path.insert(0, str(HERE.parent))
    from mutation.page import page, unexplained
    from mutation.population import mutants
    from mutation.runner import Runner

    parser = argparse.ArgumentParser(prog="python tests/mutation", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sample", type=int, metavar="N", help="run N mutants, drawn by the seed in pyproject.toml")
    parser.add_argument("--only", metavar="TEXT", help="run those whose path and site contain TEXT; write no page")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time (2)")
    parser.add_argument("--list", action="store_true", help="say which mutants there are and run none")
    parser.add_argument(
        "--results", type=Path, help="a JSON-lines file: results are added, those in it are not run again"
    )
    args = parser.parse_args()
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["catdiff"]["mutation"]
    every = mutants(ROOT, config["derivative"], config["tables"], args.only or "")
    drawn = random.Random(config["seed"]).sample(every, len(every))[: args.sample]  # a larger sample has the smaller
    names = {m.key for m in drawn}
    chosen = [m for m in every if m.key in names]
    if args.list:
        for m in chosen:
            print(f"{m.path}:{m.line}  {m.site.name}:  {m.before}  →  {m.after}")
        print(f"{len(chosen)} of {len(every)} mutants")
        return 0
    outcomes = {}
    if args.results and args.results.exists():
        outcomes = {tuple(r.pop("key")): r for r in map(json.loads, args.results.read_text("utf-8").splitlines())}
    runner = Runner(ROOT, config, args.jobs)
    for m, outcome in runner.run([m for m in drawn if m.key not in outcomes]):
        outcomes[m.key] = outcome
        print(
            f"{len(outcomes)}/{len(chosen)} {outcome['status']:9} {m.path}:{m.line} {m.before} → {m.after}", flush=True
        )
        if args.results:
            with args.results.open("a", encoding="utf-8") as file:
                print(json.dumps({"key": m.key, **outcome}, ensure_ascii=False), file=file)
    explained = tomllib.loads((HERE / "survivors.toml").read_text(encoding="utf-8"))["survivor"]
    if not args.only:
        text = page(every, chosen, outcomes, explained, config)
        (ROOT / "docs" / "mutation.md").write_text(text, encoding="utf-8")
    wrong = unexplained(chosen, outcomes, explained)
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
