"""The benchmark: `catdiff bench`.

A claim about speed is a *ratio in one run*. Every row measures ours, a plain-Python floor that does the least work
anybody could do for the same result, and a peer where one is installed, turn about in one fresh process; a row that
says *linear* measures an exponent; a row that can be counted is counted, and is an ordinary test as well.

`harness.py` says how; `terms.py`, `reverse.py`, `equality.py`, `nesting.py`, `flops.py`, `evaluation.py` and
`ascent.py` say what; `plain.py` is the floor; `registry.py` lists the rows; `run.py` runs them, one worker process per
row and size; `report.py` prints. Nothing here is timed by a test: `test_benchmarks.py` only checks that each row is
right.
"""
