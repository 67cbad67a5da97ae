"""What is mutated: all of `derivative/`, and of the generator tables the derivative rules.

A *site* is a stretch of source: a rule (`R=`, `D=`, `dagger=` of a row), a function that a rule calls, or a definition
of `derivative/`, with the names of the rows whose derivatives depend on it. The rest of a table (type rules, kernels,
costs, titles) is no derivative.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

RULES = ("R", "D", "dagger")
PLACES = {"elementwise": (3, 4), "unary": (2, 3)}  # where R and D stand among the arguments


@dataclass(frozen=True)
class Site:
    """Source between two positions (line, column), what it is called, and the rows it is about."""

    path: str
    name: str
    start: tuple[int, int]
    end: tuple[int, int]
    rows: frozenset[str]
    omitted: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()

    def holds(self, position: tuple[int, int]) -> bool:
        """Whether a mutant at this position is one of ours."""
        inside = self.start <= position < self.end
        return inside and not any(start <= position < end for start, end in self.omitted)


def sites(root: Path, derivative: list[str], tables: list[str]) -> list[Site]:
    """All sites, in the order of the paths."""
    found = [site for path in derivative for site in _definitions(root, path)]
    return found + _rules(root, tables)


def _span(node: ast.AST, source: list[str]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Start and end, in characters: `ast` counts bytes of UTF-8."""

    def place(line: int, column: int) -> tuple[int, int]:
        return line, len(source[line - 1].encode()[:column].decode())

    return place(node.lineno, node.col_offset), place(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]


def _omitted(tree: ast.AST, source: list[str]) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Annotations, which nothing evaluates; what is raised: the words of an error are not its condition; and whether
    `zip` checks lengths, which like an assertion is for the day when something else is wrong.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign):
            yield _span(node.annotation, source)
        elif isinstance(node, ast.Raise) or _is_words(node) or (isinstance(node, ast.keyword) and node.arg == "strict"):
            yield _span(node, source)


def _is_words(node: ast.AST) -> bool:
    """An assignment of what will be said: to `said` or `hint`."""
    return isinstance(node, ast.Assign) and all(
        isinstance(t, ast.Name) and t.id in ("said", "hint") for t in node.targets
    )


def _definitions(root: Path, path: str) -> Iterator[Site]:
    text = (root / path).read_text(encoding="utf-8")
    source = text.split("\n")
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            start, end = _span(node, source)
            if node.decorator_list:
                start = (node.decorator_list[0].lineno, 0)
            yield Site(path, node.name, start, end, frozenset(), tuple(_omitted(node, source)))


def _rules(root: Path, paths: list[str]) -> list[Site]:
    """The rules of rows, then the functions they call, however far down, with the rows that reach them."""
    functions: dict[tuple[str, str], ast.FunctionDef] = {}
    imported: dict[tuple[str, str], tuple[str, str]] = {}
    found: list[Site] = []
    texts = {path: (root / path).read_text(encoding="utf-8") for path in paths}
    rules: list[tuple[str, frozenset[str], str, ast.AST]] = []
    for path, text in texts.items():
        tree = ast.parse(text)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.decorator_list:
                functions[path, node.name] = node
            elif isinstance(node, ast.ImportFrom) and node.level == 1 and node.module:
                origin = (Path(path).parent / f"{node.module}.py").as_posix()
                imported |= {(path, a.asname or a.name): (origin, a.name) for a in node.names}
        rules += [(path, *rule) for rule in _rules_of(tree)]
    reached: dict[tuple[str, str], set[str]] = {}
    for path, rows, key, value in rules:
        source = texts[path].split("\n")
        todo = [(path, name) for name in _names(value)]
        if not isinstance(value, ast.Name):
            found.append(Site(path, f"{key} of {' and '.join(sorted(rows))}", *_span(value, source), rows))
        while todo:
            at = todo.pop()
            at = at if at in functions else imported.get(at, at)
            if at in functions and not rows <= reached.setdefault(at, set()):
                reached[at] |= rows
                todo += [(at[0], name) for name in _names(functions[at])]
    for (path, name), rows in reached.items():
        node, source = functions[path, name], texts[path].split("\n")
        found.append(Site(path, name, *_span(node, source), frozenset(rows), tuple(_omitted(node, source))))
    return sorted(found, key=lambda site: (paths.index(site.path), site.start))


def _names(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def _rules_of(tree: ast.Module) -> Iterator[tuple[frozenset[str], str, ast.AST]]:
    """(rows, R or D or dagger, the rule) for every call that makes a row, or several, where its name is an argument."""
    for statement in tree.body:
        for node in ast.walk(statement):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            given = {k.arg: k.value for k in node.keywords if k.arg}
            if node.func.id in PLACES and len(node.args) > max(PLACES[node.func.id]):
                places = zip(("R", "D"), PLACES[node.func.id], strict=True)
                given |= {"name": node.args[0], **{key: node.args[i] for key, i in places}}
            elif node.func.id != "Row":
                continue
            for key in RULES:
                if key in given and not isinstance(given[key], ast.Constant):
                    yield frozenset(_row_names(given["name"], statement, tree)), key, given[key]


def _row_names(name: ast.expr, statement: ast.stmt, tree: ast.Module) -> Iterator[str]:
    """The constant `name`; of a parameter, what the function is called with."""
    if isinstance(name, ast.Constant):
        yield str(name.value)
    elif isinstance(name, ast.Name) and isinstance(statement, ast.FunctionDef):
        at = [a.arg for a in statement.args.args].index(name.id)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == statement.name:
                yield str(ast.literal_eval(node.args[at]))
