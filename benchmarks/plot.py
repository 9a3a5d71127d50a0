"""The plot of speed and cost by a room's members and by the messages in flight."""

from __future__ import annotations

from pathlib import Path

from benchmarks.results import Results
from benchmarks.workloads import IN_FLIGHT, MEMBERS

Series = dict[str, list[tuple[float, float]]]

_AXES = (
    ("members of the room", [(members, f"fanout-{members}-100-32") for members in MEMBERS]),
    ("messages in flight, each of 4 senders", [(count, f"fanout-100-100-{count}") for count in IN_FLIGHT]),
)
_FIGURES = (("deliveries", "deliveries/s"), ("cpu", "server µs/delivery"))


def collect(results: Results, axis: list[tuple[int, str]], figure: str) -> Series:
    """Return each peer's measured points along an axis."""
    series: Series = {}
    for x, workload in axis:
        for peer in results.rounds.get(workload, {}):
            value = results.median(workload, peer, figure)
            if value is not None:
                series.setdefault(peer, []).append((x, value))
    return series


def draw(results: Results, path: Path) -> str | None:
    """Write the plot; return the reason if that is not possible."""
    try:
        from matplotlib import use  # noqa: PLC0415
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError:
        return "matplotlib is not installed; `make bench` installs it"
    use("svg")
    figure = Figure(figsize=(11, 8), layout="constrained")
    panels = figure.subplots(len(_FIGURES), len(_AXES), squeeze=False)
    for row, (name, title) in enumerate(_FIGURES):
        for column, (label, axis) in enumerate(_AXES):
            panel = panels[row][column]
            for peer, points in collect(results, axis, name).items():
                width = 2.5 if peer.startswith("chat-broker") else 1.2
                panel.plot(*zip(*points, strict=True), marker="o", linewidth=width, label=peer)
            panel.set(xscale="log", yscale="log", xlabel=label, ylabel=title)
            panel.grid(visible=True, alpha=0.3)
    if panels[0][0].lines:
        panels[0][0].legend(fontsize="small")
    figure.savefig(path)
    return None
