"""The order of a column, from top to bottom: few crossings.

Barycentre sweeps: a node moves to the mean position of what it is joined to in the column just done, a port counting
as a fraction of its node; then neighbours change places as long as that undoes crossings. The best order seen is
kept. The interface is not sorted: its order is the program's.

Source: Sugiyama, Tagawa and Toda, IEEE Trans. Syst. Man Cybern. 11 (1981) 109–125.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable

from .columns import Columns

SWEEPS = 12
EXCHANGES = 4


def sort_columns(made: Columns) -> None:
    """Reorder the columns between the interfaces in place."""
    columns = made.columns
    best, fewest = [list(c) for c in columns], crossings(made)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        inner = range(1, len(columns) - 1)
        for layer in inner if sweep % 2 == 0 else reversed(inner):
            _by_barycentre(made, layer, sweep % 2 == 0)
        count = crossings(made)
        if count < fewest:
            best, fewest = [list(c) for c in columns], count
    columns[:] = best
    for _ in range(EXCHANGES if fewest else 0):
        if not sum([_exchange(made, layer) for layer in range(1, len(columns) - 1)]):
            break


def _places(made: Columns, layer: int) -> dict[int, int]:
    return {node: i for i, node in enumerate(made.columns[layer])}


def _fraction(made: Columns, node: int, offset: float) -> float:
    height = made.nodes[node].height
    return offset / height if height else 0.5


def _by_barycentre(made: Columns, layer: int, forward: bool) -> None:
    sums = {node: [0.0, 0] for node in made.columns[layer]}
    if forward:
        place = _places(made, layer - 1)
        for s in made.gaps[layer - 1]:
            total = sums[s.v]
            total[0] += place[s.u] + _fraction(made, s.u, s.a)
            total[1] += 1
    else:
        place = _places(made, layer + 1)
        for s in made.gaps[layer]:
            total = sums[s.u]
            total[0] += place[s.v] + _fraction(made, s.v, s.b)
            total[1] += 1
    here = _places(made, layer)
    scale = len(place) / max(1, len(here))
    key = {n: total / k if k else (here[n] + 0.5) * scale for n, (total, k) in sums.items()}
    made.columns[layer].sort(key=lambda n: (not made.nodes[n].top, key[n]))


def crossings(made: Columns) -> int:
    """Number of pairs of segments that cross, all gaps together."""
    places = [_places(made, layer) for layer in range(len(made.columns))]
    total = 0
    for layer, gap in enumerate(made.gaps):
        left, right = places[layer], places[layer + 1]
        total += inversions(
            [(left[s.u] + _fraction(made, s.u, s.a), right[s.v] + _fraction(made, s.v, s.b)) for s in gap]
        )
    return total


def inversions(pairs: Iterable[tuple[float, float]]) -> int:
    """Pairs that the two coordinates order strictly oppositely.

    >>> inversions([(0, 1), (1, 0), (0, 0)])
    1
    """
    seen: list[float] = []
    count = 0
    for _, b in sorted(pairs):
        count += len(seen) - bisect_right(seen, b)
        insort(seen, b)
    return count


def _exchange(made: Columns, layer: int) -> int:
    """Neighbours that cross less the other way round change places; how many did."""
    column = made.columns[layer]
    left, right = _places(made, layer - 1), _places(made, layer + 1)
    ends: dict[int, tuple[list[tuple[float, float]], list[tuple[float, float]]]] = {n: ([], []) for n in column}
    for s in made.gaps[layer - 1]:
        ends[s.v][0].append((_fraction(made, s.v, s.b), left[s.u] + _fraction(made, s.u, s.a)))
    for s in made.gaps[layer]:
        ends[s.u][1].append((_fraction(made, s.u, s.a), right[s.v] + _fraction(made, s.v, s.b)))
    done = 0
    for i in range(len(column) - 1):
        upper, lower = ends[column[i]], ends[column[i + 1]]
        now = sum(b > d for side in (0, 1) for _, b in upper[side] for _, d in lower[side])
        then = sum(b < d for side in (0, 1) for _, b in upper[side] for _, d in lower[side])
        if then < now and made.nodes[column[i]].top == made.nodes[column[i + 1]].top:
            column[i], column[i + 1] = column[i + 1], column[i]
            done += 1
    return done
