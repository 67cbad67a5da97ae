"""Recursion over boxes within boxes, without Python's stack.

A function that needs its own result on an interior is written as a generator that *yields* the call it needs and is
sent the answer; `run` keeps the pending calls on a list. A tower of 10⁵ boxes is then a list of that length.

>>> def depth(box):
...     return 1 + (yield depth(box[0])) if box else 0
>>> tower = ()
>>> for _ in range(50_000):
...     tower = (tower,)
>>> run(depth(tower))
50000
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar

T = TypeVar("T")
Task = Generator[Any, Any, T]


def run(task: Task[T]) -> T:
    """The value of `task`, answering each sub-task it yields; an error in one is raised where it was yielded."""
    pending: list[Task[Any]] = [task]
    answer: Any = None
    error: Exception | None = None
    while pending:
        try:
            sub = pending[-1].send(answer) if error is None else pending[-1].throw(error)
        except StopIteration as done:
            pending.pop()
            answer, error = done.value, None
        except Exception as raised:
            pending.pop()
            if not pending:
                raise
            error = raised
        else:
            pending.append(sub)
            answer = error = None
    return answer
