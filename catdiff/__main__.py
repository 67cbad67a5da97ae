"""The command line: `catdiff demo | examples | example NAME`."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable

from catdiff.examples import digits, from_scratch

EXAMPLES: dict[str, tuple[str, Callable[..., None]]] = {
    "digits": ("a perceptron on handwritten digits, trained by composition", digits.main),
    "from-scratch": ("the whole idea in 150 lines of plain Python", from_scratch.main),
}


def main(argv: list[str] | None = None) -> None:
    """Parse the command line and run what it asks for."""
    parser = argparse.ArgumentParser(prog="catdiff", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("demo", help="train a small network on handwritten digits")
    demo.add_argument("--out", help="folder for the stored hypernets (a temporary one by default)")
    commands.add_parser("examples", help="list the worked examples")
    commands.add_parser("example", help="run one").add_argument("name", choices=sorted(EXAMPLES))
    options = parser.parse_args(argv)
    if options.command == "demo":
        digits.main(options.out or tempfile.mkdtemp(prefix="catdiff-"))
    elif options.command == "examples":
        for name, (what, _) in sorted(EXAMPLES.items()):
            print(f"{name:<14} {what}")
    else:
        EXAMPLES[options.name][1]()


if __name__ == "__main__":
    main()
