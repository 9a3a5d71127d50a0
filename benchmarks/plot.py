"""The plots: speed and cost by a room's members and by the messages in flight, and others of this form."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.results import Results
from benchmarks.workloads import IN_FLIGHT, MEMBERS

Series = dict[str, list[tuple[float, float]]]

_AXES = (
    ("members of the room", [(members, f"fanout-{members}-100-32") for members in MEMBERS]),
    ("messages in flight, each of 4 senders", [(count, f"fanout-100-100-{count}") for count in IN_FLIGHT]),
)
_FIGURES = (("deliveries", "deliveries/s"), ("cpu", "server µs/delivery"))

_DECADE = 10


class Panel(NamedTuple):
    """One panel: the titles of its axes, its lines by their names, and whether it shows the names."""

    across: str
    up: str
    series: Series
    named: bool


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
    rows = [
        [
            Panel(label, title, collect(results, axis, name), named=not (row or column))
            for column, (label, axis) in enumerate(_AXES)
        ]
        for row, (name, title) in enumerate(_FIGURES)
    ]
    return draw_panels(rows, path)


def draw_panels(rows: Sequence[Sequence[Panel]], path: Path) -> str | None:
    """Write panels in rows of the same length; return the reason if that is not possible."""
    try:
        from matplotlib import use  # noqa: PLC0415
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError:
        return "matplotlib is not installed; `make bench` installs it"
    use("svg")
    figure = Figure(figsize=(3 + 4 * len(rows[0]), 8), layout="constrained")
    places = figure.subplots(len(rows), len(rows[0]), squeeze=False)
    for place, panel in zip(places.flat, chain.from_iterable(rows), strict=True):
        for name, points in panel.series.items():
            width = 2.5 if name.startswith("chat-broker") else 1.2
            place.plot(*zip(*points, strict=True), marker="o", linewidth=width, label=name)
        place.set(yscale="log", xlabel=panel.across, ylabel=panel.up)
        _set_scales(place, [point for points in panel.series.values() for point in points])
        place.grid(visible=True, alpha=0.3)
        if panel.named and place.lines:
            place.legend(fontsize="small")
    figure.savefig(path)
    return None


def _set_scales(place: Any, points: list[tuple[float, float]]) -> None:
    """Make both axes logarithmic, the lower one with a place for 0, the other one with a decade at least."""
    across, up = [x for x, _ in points], [y for _, y in points]
    if 0 in across:
        place.set_xscale("symlog", linthresh=min(filter(None, across), default=1))
        place.set_xlim(left=0)
    else:
        place.set_xscale("log")
    if up and max(up) < _DECADE * min(up):
        middle = (max(up) * min(up)) ** 0.5
        place.set_ylim(middle / _DECADE**0.5, middle * _DECADE**0.5)
