"""Run our broker and every peer on this machine side by side: `python -m benchmarks`, or `make bench`."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from benchmarks import machine, plot
from benchmarks.drivers import FIGURES, Figures, Length, measure
from benchmarks.generator import CheckFailed, Generator
from benchmarks.peers import PEERS
from benchmarks.peers.peer import Peer
from benchmarks.processes import ProgramFailed, allow_many_connections, exit_on_signals
from benchmarks.results import Results
from benchmarks.tables import make_tables, publish
from benchmarks.workloads import WORKLOADS, Workload, select
from messages.exits import Exit

_RESULTS = Path(__file__).parent / "results"
_DOCUMENT = Path(__file__).parents[1] / "docs" / "performance.md"
_QUICK_USERS = 20


def main(arguments: list[str] | None = None) -> Exit:
    """Measure what the command line selects; write the results and print the tables."""
    options = _parse(arguments)
    exit_on_signals()
    results = options.render
    if results is None:
        results = _run(options)
        results.write(options.output / "latest.json")
    for table in make_tables(results).values():
        print(f"\n{table}")
    options.output.mkdir(parents=True, exist_ok=True)
    if why := plot.draw(results, options.output / "latest.svg"):
        print(f"no plot: {why}", file=sys.stderr)
    if options.publish:
        publish(results, _DOCUMENT)
        results.write(options.output / "published.json")
        if not why:
            shutil.copy(options.output / "latest.svg", options.output / "published.svg")
    return Exit.FAILED if any(OURS & failed.keys() for failed in results.failures.values()) else Exit.DONE


OURS = {name for name in PEERS if name.startswith("chat-broker")}


def _run(options: argparse.Namespace) -> Results:
    allow_many_connections()
    peers, versions, missing = {}, {}, {}
    for name in options.peers:
        version, why = PEERS[name].find()
        if version is None:
            missing[name] = why
            print(f"{name} is left out: {why}")
        else:
            peers[name], versions[name] = PEERS[name], version
    Generator.quick_ack = options.quick_ack
    length = Length(options.warm_up, options.seconds, options.checked)
    settings = {"rounds": options.rounds, "seconds": options.seconds, "quick_ack": options.quick_ack}
    if options.quick:
        settings["users"] = _QUICK_USERS
    results = Results(machine.describe(), settings, versions, missing)
    for workload in options.workloads:
        print(f"\n{workload.name}", flush=True)
        for turn in range(options.rounds):
            for name, peer in peers.items():
                if turn and name not in results.rounds.get(workload.name, {}):
                    continue  # it failed in the first round, and would fail again
                _run_round(results, workload, peer, length, f"{name} {turn + 1}")
        if workload.name not in results.rounds | results.failures:
            print("  none of the chosen servers takes part")
        results.write(options.output / "latest.json")
    return results


def _run_round(results: Results, workload: Workload, peer: Peer, length: Length, label: str) -> None:
    """Run one round and record its figures, or why there are none."""
    special = peer.bare or peer.special or workload.kind == "reactions"
    if workload.libzmq != peer.libzmq or (workload.kind not in peer.serves and special):
        return  # the peer is not meant for this workload
    if workload.kind not in peer.serves:
        results.fail(workload.name, peer.name, "it does not support this")
    elif workload.text > peer.max_text:
        results.fail(workload.name, peer.name, f"its messages are no longer than {peer.max_text} bytes")
    else:
        try:
            figures = measure(workload, peer, length)
        except (CheckFailed, ProgramFailed, OSError) as error:
            results.fail(workload.name, peer.name, f"a round failed: {error}")
            print(f"  {label:26} failed: {error}", flush=True)
        else:
            results.add(workload.name, peer.name, figures)
            print(f"  {label:26} {_format(figures)}", flush=True)


def _format(figures: Figures) -> str:
    return "  ".join(
        f"{title} {format(figures[name], spec)}" for name, (title, spec) in FIGURES.items() if name in figures
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--workloads",
        nargs="+",
        default=[],
        metavar="NAME",
        help=f"names or their beginnings, or `all`: {', '.join(WORKLOADS)}",
    )
    parser.add_argument(
        "--peers", nargs="+", default=list(PEERS), choices=PEERS, metavar="NAME", help=", ".join(PEERS)
    )
    parser.add_argument("--output", type=Path, default=_RESULTS, metavar="DIR", help="(default %(default)s)")
    parser.add_argument("--publish", action="store_true", help="put the tables into docs/performance.md")
    parser.add_argument(
        "--render",
        type=Path,
        metavar="JSON",
        help="make tables and plot of an earlier run, without measuring",
    )
    _add_measuring(parser)
    return parser


def _add_measuring(parser: argparse.ArgumentParser) -> None:
    """Add the options for how each round is measured."""
    parser.add_argument(
        "--rounds", type=int, default=5, help="rounds of each peer, in turn (default %(default)s)"
    )
    parser.add_argument(
        "--seconds", type=float, default=3.0, help="seconds measured in a round (default %(default)s)"
    )
    parser.add_argument(
        "--warm-up", type=float, default=1.0, help="seconds before that (default %(default)s)"
    )
    parser.add_argument(
        "--checked", type=int, default=16, help="messages of each voice compared whole (default %(default)s)"
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help=f"at most {_QUICK_USERS} users, one short round: only a check that it works",
    )
    parser.add_argument(
        "--quick-ack",
        action="store_true",
        help="acknowledge TCP segments at once, for servers with Nagle's algorithm",
    )


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        options.workloads = select(options.workloads)
        options.render = Results.read(options.render) if options.render else None
    except (OSError, ValueError) as error:
        parser.error(str(error))
    if options.quick and options.publish:
        parser.error("the figures of a quick run are not worth publishing; leave out --quick or --publish")
    if options.quick:
        options.workloads = [one.shrunk(_QUICK_USERS) for one in options.workloads]
        options.rounds, options.seconds, options.warm_up = 1, 0.2, 0.0
    if min(options.rounds, options.checked) < 1 or options.seconds <= 0 or options.warm_up < 0:
        parser.error("rounds and checked must be at least 1, seconds above 0, and warm-up at least 0")
    return options


if __name__ == "__main__":
    sys.exit(main())
