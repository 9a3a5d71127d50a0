"""How the cost of a delivery and the memory grow with members, rooms, stored messages and connections.

    python -m benchmarks.growth

Each size is measured on a broker of its own, sizes in turn. The results go to growth.json and growth.svg in
benchmarks/results.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks import machine
from benchmarks.drivers import Length
from benchmarks.generator import CheckFailed
from benchmarks.growth import report
from benchmarks.growth.axes import AXES, MOST, Axis, most_connections
from benchmarks.growth.measuring import Plan, measure
from benchmarks.processes import ProgramFailed, allow_many_connections, exit_on_signals
from benchmarks.results import Results
from benchmarks.targets import OURS
from messages.exits import Exit
from messages.version import __version__

_RESULTS = Path(__file__).parents[1] / "results"
_DOCUMENT = Path(__file__).parents[2] / "docs" / "performance.md"
_PUBLISHED = "published-growth"
_AGAIN, _QUICK_AGAIN = 400, 40
_QUICK_CROWD = 20
_CHECKED = 2
_LONG = 1_000_000
"""What has grown to more than this takes minutes and gigabytes, so it is measured once, and if asked for."""


def main(arguments: list[str] | None = None) -> Exit:
    """Measure what the command line selects; write the results and print the tables."""
    options = _parse(arguments)
    exit_on_signals()
    options.output.mkdir(parents=True, exist_ok=True)
    results = options.render or _run(options)
    print(f"\n{report.make_tables(results)}")
    plot = options.output / "growth.svg"
    if why := report.draw(results, plot):
        print(f"no plot: {why}", file=sys.stderr)
    if options.publish:
        _DOCUMENT.write_text(report.fill_in(_DOCUMENT.read_text("utf-8"), results), "utf-8")
        results.write(options.output / f"{_PUBLISHED}.json")
        if not why:
            shutil.copy(plot, options.output / f"{_PUBLISHED}.svg")
    return Exit.FAILED if results.failures else Exit.DONE


def _run(options: argparse.Namespace) -> Results:
    most = most_connections(open_files := allow_many_connections())
    described = machine.describe() | {"open files": _describe_limit(open_files, most)}
    settings = {"rounds": options.rounds, "seconds": options.seconds}
    results: Results = options.add or Results(described, settings, {OURS: __version__}, {})
    with tempfile.TemporaryDirectory(prefix="chat-growth-") as directory:
        plan = Plan(
            Length(options.warm_up, options.seconds, _CHECKED),
            _QUICK_AGAIN if options.quick else _AGAIN,
            options.prepared or Path(directory),
            _QUICK_CROWD if options.quick else MOST,
        )
        for axis in options.axes:
            for turn in range(options.rounds):
                for size in _choose(axis, options, most):
                    if turn == 0 or size <= _LONG:
                        _measure(results, axis, size, plan)
                        results.write(options.output / "growth.json")
    return results


def _choose(axis: Axis, options: argparse.Namespace, most: int) -> list[int]:
    """Return the sizes to measure."""
    sizes = [min(size, most) if axis.name == "connections" else size for size in axis.sizes]
    if options.quick:
        sizes = list(axis.quick)
    if options.sizes:
        sizes = [size for size in sizes if size in options.sizes]
    return [size for size in sizes if options.prepared or size <= _LONG]


def _describe_limit(open_files: int, most: int) -> str:
    limit = f"a process may open {open_files:,} files"
    return limit if most == MOST else f"{limit}, so a broker takes {most:,} connections"


def _measure(results: Results, axis: Axis, size: int, plan: Plan) -> None:
    """Measure a size and record its figures, or why there are none."""
    name = f"{axis.name}-{size}"
    if name in results.failures:
        return
    try:
        figures = measure(axis, size, plan)
    except (CheckFailed, ProgramFailed, OSError) as error:
        results.fail(name, OURS, f"a round failed: {error}")
        print(f"  {name:26} failed: {error}", flush=True)
        return
    results.add(name, OURS, figures)
    shown = (
        f"{title} {format(figures[one], spec)}"
        for one, (title, spec) in report.TITLES.items()
        if one in figures
    )
    print(f"  {name:26} {'  '.join(shown)}", flush=True)


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__.split("\n")[0])
    parser.add_argument(
        "--axes", nargs="+", default=list(AXES), choices=AXES, metavar="NAME", help=", ".join(AXES)
    )
    parser.add_argument("--sizes", nargs="+", type=int, metavar="N", help="only these sizes of the axes")
    parser.add_argument("--rounds", type=int, default=2, help="rounds of each size (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=2.0, help="of a round (default %(default)s)")
    parser.add_argument("--warm-up", type=float, default=0.5, help="seconds before (default %(default)s)")
    parser.add_argument("--quick", action="store_true", help="small sizes, one short round: only a check")
    parser.add_argument(
        "--prepared",
        type=Path,
        metavar="DIR",
        help=f"keep the databases here, for the next run, and measure more than {_LONG:,} messages too",
    )
    parser.add_argument("--output", type=Path, default=_RESULTS, metavar="DIR", help="(default %(default)s)")
    parser.add_argument("--add", type=Path, metavar="JSON", help="add the rounds to those of an earlier run")
    parser.add_argument("--render", type=Path, metavar="JSON", help="measure nothing: show an earlier run")
    parser.add_argument("--publish", action="store_true", help="put the tables into docs/performance.md")
    options = parser.parse_args(arguments)
    if options.quick and options.publish:
        parser.error("the figures of a quick run are not worth publishing; leave out --quick or --publish")
    if options.rounds < 1 or options.seconds <= 0 or options.warm_up < 0:
        parser.error("rounds must be at least 1, seconds above 0, and warm-up at least 0")
    try:
        options.add = Results.read(options.add) if options.add else None
        options.render = Results.read(options.render) if options.render else None
    except (OSError, ValueError) as error:
        parser.error(str(error))
    options.axes = [AXES[name] for name in options.axes]
    if options.quick:
        options.rounds, options.seconds, options.warm_up = 1, 0.1, 0.0
    return options


if __name__ == "__main__":
    sys.exit(main())
