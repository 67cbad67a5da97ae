"""The command line: programs as morphisms, gradients as morphisms, tried out without writing a line."""

from __future__ import annotations

import argparse
import io
import os
import sys
import webbrowser
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from catdiff import CatdiffError, __version__, circuits, load
from catdiff.errors import UsageError, without_line
from catdiff.examples import (
    backprop_functor,
    cyclegan,
    digits,
    digits_cnn,
    dreaming,
    federated,
    from_scratch,
    gallery,
    gan,
    iris,
    polycirc_iris,
    rda_digits,
    rda_iris,
)
from catdiff.laws import command
from catdiff.laws.catalogue import table as table_of_laws
from catdiff.laws.catalogue import write as write_laws

EXAMPLES: dict[str, tuple[str, Callable[[], None]]] = {
    "backprop-functor": ("training composes: Backprop as functor, proved over the rationals", backprop_functor.main),
    "cyclegan": ("maps between unpaired data, there and back again: a schema and its equations", cyclegan.main),
    "digits": ("a perceptron on handwritten digits, trained by composing morphisms", digits.main),
    "digits-cnn": ("two convolutions on handwritten digits, with batch norm and dropout", digits_cnn.main),
    "dreaming": ("deep dreaming on handwritten digits: the image is what is learnt", dreaming.main),
    "federated": ("federated averaging: a tensor of learners, then a mean", federated.main),
    "from-scratch": ("the whole idea in 150 lines of plain Python", from_scratch.main),
    "gan": ("a generative adversarial pair: two lenses, and one critic that looks at both", gan.main),
    "iris": ("Newton's method on Fisher's iris: the Hessian of a program is a program", iris.main),
    "polycirc-iris": ("a classifier trained in fixed-point integers, to the published integers", polycirc_iris.main),
    "rda-digits": ("zeros and ones by reverse derivative ascent: circuits that learn", rda_digits.main),
    "rda-iris": ("reverse derivative ascent on Fisher's iris: the published table, exactly", rda_iris.main),
}
CHECKOUT = Path(__file__).resolve().parent.parent
INTERRUPTED, NO_READER = 130, 141  # 128 and the number of the signal, as shells report it


def parser() -> argparse.ArgumentParser:
    """What can be said on the command line; every command carries the function that does it as `run`."""
    top = argparse.ArgumentParser(prog="catdiff", description=__doc__)
    top.add_argument("--version", action="version", version=f"catdiff {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND")

    demo = commands.add_parser("demo", help="train a small network on handwritten digits")
    demo.add_argument("--out", metavar="FOLDER", help="where to store the morphisms (a new temporary folder)")
    demo.set_defaults(run=lambda options: digits.main(options.out))

    listing = commands.add_parser("examples", help="list the worked examples")
    listing.set_defaults(run=list_examples)

    one = commands.add_parser("example", help="run one of them")
    one.add_argument("name", metavar="NAME", choices=sorted(EXAMPLES), help=", ".join(sorted(EXAMPLES)))
    one.set_defaults(run=lambda options: EXAMPLES[options.name][1]())

    timing = commands.add_parser("bench", help="measure speed and memory against targets (in a checkout)")
    timing.add_argument("--quick", action="store_true", help="fewer turns, without the largest sizes")
    timing.add_argument("--row", metavar="NAME", action="append", default=[], help="only this row; may be repeated")
    timing.add_argument("--json", metavar="FILE", help="keep every figure")
    timing.add_argument("--write", metavar="FILE", help="write the page, docs/benchmark.md")
    timing.set_defaults(run=bench)

    picture = commands.add_parser("draw", help="draw a stored morphism")
    picture.add_argument("file", metavar="FILE", help="what cd.save wrote")
    picture.add_argument("-o", "--out", metavar="PICTURE", help="where to (beside the file, as .svg)")
    picture.add_argument("--open", action="store_true", help="show it in a browser; as an interactive page, without -o")
    picture.add_argument("--depth", type=int, metavar="N", help="how many levels of boxes are drawn open")
    picture.set_defaults(run=draw)

    circuit = commands.add_parser("export", help="write a stored circuit as Verilog, BLIF or AIGER")
    circuit.add_argument("file", metavar="FILE", help="what cd.save wrote: a program of z2 wires")
    circuit.add_argument("-o", "--out", metavar="CIRCUIT", required=True, help="a file .v, .blif, .aag or .aig")
    circuit.set_defaults(run=export)

    checking = commands.add_parser("check", help="check the derivatives of a program, law by law")
    command.arguments(checking)
    checking.set_defaults(run=command.run)

    listed = commands.add_parser("laws", help="list the laws that a check is made of")
    listed.add_argument("--write", metavar="FILE", help="write the page of them instead, with pictures, docs/laws.md")
    listed.set_defaults(run=list_laws)

    pictures = commands.add_parser("gallery", help="redraw the gallery of diagrams")
    pictures.add_argument("folder", metavar="FOLDER", nargs="?", default="diagrams", help="where to (diagrams)")
    pictures.add_argument("--check", action="store_true", help="only say which files would change")
    pictures.set_defaults(run=lambda options: gallery.main(options.folder, options.check))
    return top


def bench(options: argparse.Namespace) -> None:
    """Run the benchmark, which lives beside the tests in the repository and is not in the wheel."""
    tests = CHECKOUT / "tests"
    if not (tests / "benchmarks" / "run.py").is_file():
        raise CatdiffError("the benchmark is part of the repository, not of the package; run it in a checkout")
    sys.path.insert(0, str(tests))
    run = import_module("benchmarks.run").run
    run(quick=options.quick, rows=options.row, json_path=options.json, write=options.write)


def list_examples(options: argparse.Namespace) -> None:
    """A line for each example, and how to run one."""
    width = max(map(len, EXAMPLES))
    for name, (what, _) in sorted(EXAMPLES.items()):
        print(f"{name:<{width}}  {what}")


def list_laws(options: argparse.Namespace) -> None:
    """The table of laws, or the page of them."""
    if options.write:
        write_laws(options.write)
    else:
        print(table_of_laws())


def draw(options: argparse.Namespace) -> None:
    """Draw a stored morphism, and say where the picture is."""
    out = Path(options.out or Path(options.file).with_suffix(".html" if options.open else ".svg"))
    load(options.file).draw(out, depth=options.depth)
    print(out)
    if options.open and not webbrowser.open(out.resolve().as_uri()):
        raise CatdiffError(f"there is no browser to open {out} with")


def export(options: argparse.Namespace) -> None:
    """Write a stored circuit in the format that the suffix says."""
    circuits.export(load(options.file), options.out)
    print(options.out)


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line asks for, and return the exit status: 0, 1 for a failure, 2 for what cannot be done."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that has no arrows gets question marks
    top = parser()
    options = top.parse_args(argv)
    if not hasattr(options, "run"):
        top.print_help(sys.stderr)
        return 2
    try:
        status = options.run(options)
        print(end="", flush=True)  # a full disk or a closed pipe shows here, not when Python ends
    except BrokenPipeError:  # `catdiff examples | head -1`: whoever read this has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NO_READER
    except KeyboardInterrupt:
        return INTERRUPTED
    except (CatdiffError, OSError) as error:
        print(f"catdiff: {without_line(str(error))}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    return status or 0


if __name__ == "__main__":
    sys.exit(main())
