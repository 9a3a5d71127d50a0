"""Tables of results, for a terminal and for docs/performance.md between its markers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from benchmarks import beats
from benchmarks.drivers import FIGURES
from benchmarks.peers import PEERS
from benchmarks.results import Results
from benchmarks.targets import OURS, PLAIN, SHORT, TARGETS
from benchmarks.workloads import WORKLOADS, Workload

_LEAD = {
    "fanout": "deliveries", "rooms": "deliveries", "direct": "deliveries", "reactions": "deliveries",
    "rate": "p99", "alone": "p50", "idle": "each", "storm": "seconds",
}  # fmt: skip
"""The main figure of each kind of workload: the tables show its spread, and the ratio to ours."""

_ALSO = {
    "fanout": ("messages", "cpu", "server", "generator", "others"),
    "rooms": ("messages", "cpu", "server", "generator", "others"),
    "direct": ("cpu", "server", "generator", "others"),
    "reactions": ("messages", "cpu", "server", "generator", "others"),
    "rate": ("p50", "p999", "late", "server", "others"),
    "alone": ("p99", "p999"),
    "idle": ("server", "resident"),
    "storm": ("cpu_each", "server", "generator", "others"),
}


def make_tables(results: Results) -> dict[str, str]:
    """Return the Markdown tables by the names of their markers in the document."""
    workloads = [WORKLOADS[name] for name in WORKLOADS if name in results.rounds or name in results.failures]
    if most := results.settings.get("users"):
        workloads = [workload.shrunk(int(most)) for workload in workloads]
    return {
        "machine": _make_machine(results),
        "peers": _make_peers(results),
        "targets": _make_targets(results),
        "workloads": "\n\n".join(_make_workload(results, one) for one in workloads),
    }


def fill(document: str, tables: dict[str, str]) -> str:
    """Return the document with each table between `<!-- benchmark NAME -->` and `<!-- end -->`."""
    for name, table in tables.items():
        marked = re.compile(rf"(<!-- benchmark {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        before, *rest = marked.split(document)
        if len(rest) != 3:
            raise ValueError(f"the document has {len(rest) // 3} markers for the table {name!r}")
        begin, end, after = rest
        document = f"{before}{begin}\n{table}\n\n{end}{after}"
    return document


def publish(results: Results, path: Path) -> None:
    """Put the tables into a document."""
    path.write_text(fill(path.read_text("utf-8"), make_tables(results)), "utf-8")


def describe(workload: Workload) -> str:
    """Return a description of a workload in a few words."""
    size = f"{workload.text:,} bytes"
    how = ", clients with libzmq" if workload.libzmq else ""
    match workload.kind:
        case "fanout":
            return (
                f"fan-out: a room of {workload.users:,}, {workload.senders} senders, {size}, "
                f"{workload.in_flight} in flight each{how}"
            )
        case "reactions":
            return (
                f"a room of {workload.users:,}, {workload.senders} users who react to one message, or send "
                f"messages of 20 characters, {workload.in_flight} in flight each"
            )
        case "rooms":
            each = f", each user in {workload.rooms_each}" if workload.rooms_each > 1 else ""
            return (
                f"{workload.rooms:,} rooms of {workload.members}{each}, all talk in turn, {size}, "
                f"{workload.in_flight} in flight a room"
            )
        case "direct":
            return (
                f"{workload.users // 2} pairs, direct messages, {size}, {workload.in_flight} in flight a pair"
            )
        case "rate":
            return f"{workload.rate:,} messages/s by the clock into a room of {workload.users}, {size}"
        case "alone":
            return f"a room of 2, one message at a time, {size}, nobody else about"
        case "idle":
            every = f"{beats.interval(workload.users):.0f} s"
            return f"{workload.users:,} idle connections, each with a sign of life every {every}"
        case _:
            return f"{workload.users:,} logins at once{how}"


def make_table(head: Sequence[str], rows: Sequence[Sequence[str]], rule: str = "---:") -> str:
    """Return a Markdown table. The first column is text; `rule` aligns the others."""
    lines = [head, ["---", *[rule] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _make_machine(results: Results) -> str:
    rows = [[name, value] for name, value in results.machine.items()]
    settings = results.settings
    rows.append(["rounds", f"{settings['rounds']:g}, peers in turn, {settings['seconds']:g} s each"])
    if settings.get("quick_ack"):
        rows.append(["quick-ack", "what came was acknowledged at once"])
    return make_table(["what", "here"], rows, "---")


def _make_peers(results: Results) -> str:
    rows = [[name, version, PEERS[name].about] for name, version in results.versions.items()]
    rows += [[name, "left out", why] for name, why in results.missing.items()]
    return make_table(["peer", "version", "what it is"], rows, "---")


def _make_targets(results: Results) -> str:
    if "users" in results.settings:
        return "With so few users no target is reached or missed."
    words = {True: "reached", False: "**not reached**", None: "not measured"}
    verdicts = [target.judge(results) for target in TARGETS]
    rows = [[one.what, one.wanted, one.found, words[one.reached]] for one in verdicts]
    return make_table(["target", "wanted", "found", ""], rows)


def _make_workload(results: Results, workload: Workload) -> str:
    lead, also = _LEAD[workload.kind], _ALSO[workload.kind]
    first = PLAIN if workload.libzmq else SHORT if workload.kind == "reactions" else OURS
    compared = {PLAIN: "plain to it", SHORT: "messages to it"}.get(first, "ours to it")
    titles = [FIGURES[lead][0], "least to most", compared, *(FIGURES[one][0] for one in also)]
    rounds = results.rounds.get(workload.name, {})
    rows = [
        [peer, *_make_cells(results, workload.name, peer, first, lead, also)]
        for peer in PEERS
        if peer in rounds
    ]
    notes = [f"- {peer}: {why}" for peer, why in results.failures.get(workload.name, {}).items()]
    notes += [
        f"- {peer}: left out; {why}"
        for peer, why in results.missing.items()
        if PEERS[peer].libzmq == workload.libzmq
    ]
    table = make_table(["", *titles], rows)
    return "\n\n".join(
        filter(None, [f"**`{workload.name}`**: {describe(workload)}", table, "\n".join(notes)])
    )


def _make_cells(
    results: Results, workload: str, peer: str, first: str, lead: str, also: Sequence[str]
) -> list[str]:
    """Return the cells of one peer's row: the lead figure, its spread, its ratio, the rest."""
    spec = FIGURES[lead][1]
    spread = results.spread(workload, peer, lead)
    ratio = None if peer == first else results.ratio(workload, first, peer, lead)
    cells = [_format(results.median(workload, peer, lead), spec)]
    cells.append(" to ".join(format(one, spec) for one in spread) if spread else "-")
    cells.append(_format(ratio, ".2f") + ("×" if ratio is not None else ""))
    return cells + [_format(results.median(workload, peer, one), FIGURES[one][1]) for one in also]


def _format(value: float | None, spec: str) -> str:
    return "-" if value is None else format(value, spec)
