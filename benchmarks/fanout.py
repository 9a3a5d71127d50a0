"""Fan-out: a room of many members, a few of whom send as fast as their messages are accepted."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from statistics import median
from typing import Any

from benchmarks.arrivals import CheckFailed
from benchmarks.load import Load, Round, run_round
from benchmarks.processes import ProgramFailed, choose_endpoint, exit_on_signals, running_broker
from benchmarks.zmtp import ZmtpError
from messages.errors import ProtocolError
from messages.exits import Exit
from messages.names import LOBBY

_COLUMNS = {
    "deliveries_per_second": ("deliveries/s", ",.0f"),
    "accepted_per_second": ("accepted/s", ",.0f"),
    "documents_per_frame": ("documents/frame", ".1f"),
    "server_cpu_us_per_delivery": ("server µs/delivery", ".3f"),
    "server_cpu_share": ("server CPU", ".0%"),
    "generator_cpu_share": ("generator CPU", ".0%"),
    "other_cpu_share": ("others CPU", ".0%"),
    "server_max_rss_mib": ("server max RSS MiB", ".1f"),
}


def main() -> Exit:
    """Run the rounds and print what they gave."""
    exit_on_signals()
    options = _parse_arguments()
    load = Load(
        room=options.room,
        members=options.members,
        senders=options.senders,
        text_size=options.text_size,
        in_flight=options.in_flight,
        warm_up=options.warm_up,
        seconds=options.seconds,
        messages=options.messages,
        thorough=options.check,
    )
    if not options.json:
        print("  ".join(title for title, _ in _COLUMNS.values()))
    rounds = []
    try:
        for _ in range(options.rounds):
            with _broker(options) as (endpoint, pid):
                rounds.append(run_round(load, endpoint, pid))
            if not options.json:
                print(_format(rounds[-1]), flush=True)
    except (CheckFailed, ProgramFailed, ProtocolError, ZmtpError, OSError) as error:
        print(f"failed: {error}", file=sys.stderr)
        return Exit.FAILED
    middle = _median(rounds)
    if options.json:
        result = {"load": asdict(load), "rounds": [asdict(one) for one in rounds], "median": asdict(middle)}
        print(json.dumps(result, indent=2))
    else:
        print(_format(middle), "median", sep="  ")
        print(f"{sum(one.messages for one in rounds):,} messages reached every member once and in order")
    return Exit.DONE


@contextmanager
def _broker(options: argparse.Namespace) -> Iterator[tuple[str, int | None]]:
    """Give the endpoint and process of the broker: the one that is there, or a new one."""
    if options.connect:
        yield options.connect, options.pid
    else:
        endpoint = choose_endpoint()
        with running_broker(endpoint, options.broker_arguments) as broker:
            yield endpoint, broker.pid


def _median(rounds: list[Round]) -> Round:
    """Return the median of each figure by itself."""
    middle: dict[str, Any] = {}
    for field in fields(Round):
        values = [getattr(one, field.name) for one in rounds]
        middle[field.name] = None if None in values else median(values)
    return Round(**middle)


def _format(one: Round) -> str:
    cells = []
    for name, (title, spec) in _COLUMNS.items():
        value = getattr(one, name)
        cells.append(("-" if value is None else format(value, spec)).rjust(len(title)))
    return "  ".join(cells)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.fanout", description=__doc__, epilog="What follows -- goes to the broker."
    )
    parser.add_argument("--connect", metavar="ENDPOINT", help="use a broker that runs already, over tcp")
    parser.add_argument("--pid", type=int, help="its process, to measure CPU and memory")
    parser.add_argument("--room", default=LOBBY, help="where they talk (default %(default)s)")
    parser.add_argument("--members", type=int, default=100, help="(default %(default)s)")
    parser.add_argument("--senders", type=int, default=4, help="how many of them send (default %(default)s)")
    parser.add_argument("--text-size", type=int, default=100, help="characters (default %(default)s)")
    parser.add_argument("--in-flight", type=int, default=32, help="messages per sender (default %(default)s)")
    parser.add_argument("--warm-up", type=float, default=1.0, help="seconds (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=5.0, help="of measuring (default %(default)s)")
    parser.add_argument("--messages", type=int, help="end a round early after so many")
    parser.add_argument("--rounds", type=int, default=5, help="(default %(default)s)")
    parser.add_argument("--check", action="store_true", help="decode and compare every single message; slow")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("broker_arguments", nargs="*", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not 1 <= options.senders <= options.members:
        parser.error("there must be at least one sender, and no more senders than members")
    if min(options.members, options.in_flight, options.rounds) < 1 or options.text_size < 24:
        parser.error("members, in flight and rounds begin at 1, the text size at 24")
    return options


if __name__ == "__main__":
    sys.exit(main())
