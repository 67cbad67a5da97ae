"""A LaTeX file through pdflatex, where there is one."""

import shutil
import subprocess
from pathlib import Path

import pytest

needs_pdflatex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no pdflatex here")


def compiled(text: str, folder: Path) -> Path:
    """The PDF; pdflatex stops at the first error, and there is none."""
    (folder / "f.tex").write_text(text, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "f.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
    return folder / "f.pdf"
