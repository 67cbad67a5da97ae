"""The house rules: who imports whom, what `import catdiff` costs, what no file says, how long one may be."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LAYERS = PYPROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
FLOORS = [layer.strip("()") for layer in reversed(LAYERS)]  # lowest first
USERS = {"examples", "__main__"}  # these stand outside the library: they may write `import catdiff as cd`
THIRD_PARTY = {"numpy", "networkx"}
MODULES = sorted((ROOT / "catdiff").rglob("*.py"))


class Import(NamedTuple):
    """One imported name, absolute; `eager` if it is fetched as soon as the module is."""

    name: str
    line: int
    eager: bool


def imports(source: str, package: str) -> list[Import]:
    """Every import in a module of `package`; those under `if TYPE_CHECKING:` never run and do not count."""
    found, todo = [], [(ast.parse(source), True)]
    while todo:
        node, eager = todo.pop()
        children = ast.iter_child_nodes(node)
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            children = node.orelse
        elif isinstance(node, ast.Import):
            found += [Import(alias.name, node.lineno, eager) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: 1 - node.level or None] if node.level else []
            base += [node.module] if node.module else []
            found += [Import(".".join([*base, alias.name]), node.lineno, eager) for alias in node.names]
        inside = eager and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        todo += [(child, inside) for child in children]
    return sorted(found, key=lambda found: found.line)


def complaints(source: str, path: str) -> list[str]:
    """What the module at `path` (catdiff/…/name.py, from the root) imports against the rules."""
    parent, own = Path(path).parent, Path(path).with_suffix("").parts[1]
    wrong = []
    if own not in (*FLOORS, "__init__"):
        wrong.append(f"{path}: {own} is on no floor; give it one in pyproject.toml")
    for name, line, eager in imports(source, ".".join(parent.parts)):
        top, *rest = name.split(".")
        if top != "catdiff":
            if eager and top not in THIRD_PARTY | sys.stdlib_module_names:
                wrong.append(f"{path}:{line}: {top} is optional; import it inside the function that needs it")
        elif own in FLOORS:
            floor = rest[0] if rest and rest[0] in FLOORS else None
            if floor is None and own not in USERS:
                wrong.append(f"{path}:{line}: {own} imports the package root; name the floor instead")
            elif floor is not None and FLOORS.index(floor) > FLOORS.index(own):
                wrong.append(f"{path}:{line}: {own} imports {floor}, a higher floor")
    return wrong


@pytest.mark.parametrize(
    ("path", "source", "said"),
    [
        ("catdiff/hypernet/net.py", "from ..derivative import reverse", "higher floor"),
        ("catdiff/hypernet/net.py", "def f():\n    import catdiff.draw.svg", "higher floor"),
        ("catdiff/errors.py", "from . import category", "higher floor"),
        ("catdiff/derivative/__init__.py", "from ..laws.check import check", "higher floor"),
        ("catdiff/derivative/reverse.py", "from catdiff import R", "package root"),
        ("catdiff/derivative/reverse.py", "import catdiff as cd", "package root"),
        ("catdiff/attic/old.py", "", "no floor"),
        (
            "catdiff/learning/learner.py",
            "try:\n    import tqdm\nexcept ImportError:\n    tqdm = None",
            "optional",
        ),
        ("catdiff/__init__.py", "import scipy.sparse", "optional"),
    ],
)
def test_the_rules_bite(path: str, source: str, said: str):
    (complaint,) = complaints(source, path)
    assert said in complaint


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("catdiff/derivative/reverse.py", "from ..hypernet.net import Hypernet\nfrom . import dagger"),
        (
            "catdiff/derivative/reverse.py",
            "from catdiff import hypernet\nimport numpy as np, networkx, os.path",
        ),
        ("catdiff/category/morphism.py", "if TYPE_CHECKING:\n    from ..hypernet import Hypernet"),
        ("catdiff/interop/torch.py", "def to_torch():\n    import torch"),
        ("catdiff/examples/xor.py", "import catdiff as cd"),
        ("catdiff/__init__.py", "from . import errors, laws"),
    ],
)
def test_the_rules_allow(path: str, source: str):
    assert complaints(source, path) == []


def test_every_module_keeps_to_its_floor():
    assert MODULES
    wrong = [
        complaint
        for path in MODULES
        for complaint in complaints(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
    ]
    assert not wrong, "\n".join(wrong)


def test_import_is_light():
    program = "import sys, catdiff; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert "catdiff" in loaded
    assert {"matplotlib", "tqdm", "scipy", "torch", "jax", "hypothesis"}.isdisjoint(loaded)


def test_no_module_is_longer_than_400_lines():
    files = [*MODULES, *(ROOT / "tests").rglob("*.py")]
    lengths = {path.relative_to(ROOT).as_posix(): path.read_bytes().count(b"\n") for path in files}
    assert {path: length for path, length in lengths.items() if length > 400} == {}


def files_of_the_repository() -> list[Path]:
    """Every file that git tracks or could; without git, those outside caches, builds and environments."""
    if (ROOT / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
        return [ROOT / name for name in listed if name and (ROOT / name).is_file()]
    found = []
    for folder, inner, names in os.walk(ROOT):
        inner[:] = [
            name
            for name in inner
            if (name == ".ci" or not name.startswith("."))
            and name not in ("__pycache__", "build", "dist", "site")
            and not name.endswith(".egg-info")
            and not (Path(folder) / name / "pyvenv.cfg").exists()
        ]
        found += [Path(folder) / name for name in names]
    return found


MACHINE_PATH = re.compile(r"(?<![\w.~/-])/(?:(?:home|root|work|Users)/|tmp\b)")


def test_a_machine_path_is_recognised():
    assert MACHINE_PATH.search('open("' + "/home" + '/ada/net.json")')
    assert MACHINE_PATH.search("cd /" + "tmp")
    assert not MACHINE_PATH.search("tests/work/a.json ~/tmp/a ./home/b https://example.org/work/c")


def test_no_file_names_a_machine_path():
    files = files_of_the_repository()
    assert ROOT / "pyproject.toml" in files
    found = []
    for path in files:
        data = path.read_bytes()
        if b"\0" not in data:  # text
            text = data.decode("utf-8")
            found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in MACHINE_PATH.finditer(text)]
    assert not found, "\n".join(found)


def test_the_dev_group_is_the_test_extra():
    extra = PYPROJECT["project"]["optional-dependencies"]["test"]
    assert sorted(PYPROJECT["dependency-groups"]["dev"]) == sorted(extra)


def test_the_map_of_the_code_names_every_file():
    written = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(\w+\.py)`", written))
    assert {path.name for path in MODULES} - {"__init__.py"} == named
