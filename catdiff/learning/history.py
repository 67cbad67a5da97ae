"""What happened in a run: a row of measurements for every epoch.

>>> history = History([{"loss": 2.0, "score": 0.5}, {"loss": 1.0, "score": 0.75}])
>>> history["loss"], history[-1]["score"]
([2.0, 1.0], 0.75)
>>> print(history)
epoch  loss  score
    1     2    0.5
    2     1   0.75
"""

from __future__ import annotations

from html import escape
from typing import Any

from ..errors import ArgumentError, with_line

SHOWN = 20  # rows: of a longer history the first and the last


class History(list[dict[str, float]]):
    """A list of measurements by name, one dict for every epoch; `history[name]` is a column.

    It prints as a table, shows itself in Jupyter as one, and as a picture with `plot()`.
    """

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, str):
            found = super().__getitem__(key)
            return History(found) if isinstance(key, slice) else found
        if key not in self.names:
            said = f"nothing called {key!r} was measured; there is {', '.join(self.names) or 'nothing yet'}"
            raise ArgumentError(with_line(said))
        return [row[key] for row in self if key in row]

    @property
    def names(self) -> list[str]:
        """What was measured."""
        return list(dict.fromkeys(name for row in self for name in row))

    def plot(self, path: Any = None) -> Any:
        """A matplotlib figure with a curve for everything measured, losses on the left axis, all else on the right;
        written to `path` where one is given. Needs the extra `catdiff[plot]`.
        """
        try:
            from matplotlib.figure import Figure
        except ImportError:
            hint = "pip install 'catdiff[plot]', or print(history)"
            raise ArgumentError(with_line("a plot needs matplotlib, which is not installed", hint)) from None
        figure = Figure(figsize=(6, 4), layout="constrained")
        left = figure.subplots()
        right = left.twinx() if any("loss" not in name for name in self.names) else left
        for k, name in enumerate(self.names):
            axes, style = (left, "-") if "loss" in name else (right, "--")
            epochs = [i + 1 for i, row in enumerate(self) if name in row]
            axes.plot(epochs, self[name], style, color=f"C{k}", label=name)
        left.set_xlabel("epoch")
        left.set_ylabel("loss")
        if self:
            figure.legend(loc="outside upper center", ncols=len(self.names))
        if path is not None:
            figure.savefig(path)
        return figure

    def __str__(self) -> str:
        rows = self._rows()
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        return "\n".join("  ".join(f"{x:>{w}}" for x, w in zip(row, widths, strict=True)) for row in rows)

    def _repr_html_(self) -> str:
        head, *rows = [[escape(x) for x in row] for row in self._rows()]
        body = "".join(f"<tr>{''.join(f'<td>{x}</td>' for x in row)}</tr>" for row in rows)
        return f"<table><thead><tr>{''.join(f'<th>{x}</th>' for x in head)}</tr></thead><tbody>{body}</tbody></table>"

    def _rows(self) -> list[list[str]]:
        """The cells of the table, the first row being names."""
        names = self.names
        cells = [[f"{i + 1}", *[f"{row[n]:.4g}" if n in row else "" for n in names]] for i, row in enumerate(self)]
        if len(cells) > SHOWN:
            cells[SHOWN // 2 : -SHOWN // 2] = [["…"] * (len(names) + 1)]
        return [["epoch", *names], *cells]
