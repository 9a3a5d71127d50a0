"""The tables and the plot of a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.growth.axes import AXES, Axis
from benchmarks.plot import Panel, Series, draw_panels
from benchmarks.results import Results
from benchmarks.tables import fill, make_table
from benchmarks.targets import OURS

_FLAT = 1.5
"""Cost and memory are flat if the highest value is no more than this multiple of the lowest."""

_MARKER = "growth"
_FIRST = 10
"""The cost is judged from this size on."""

_LEAST_GROWTH = 16.0
"""MiB. Less growth is noise, and is not divided by what has grown."""

_COLUMNS = (
    ("members of the room", (("chat-broker", "members"),)),
    ("rooms of ten", (("chat-broker, one talks", "rooms"), ("chat-broker, all talk", "rooms-busy"))),
    ("stored messages", (("chat-broker", "stored"), ("chat-broker on disk", "stored-on-disk"))),
    ("connections", (("chat-broker", "connections"),)),
)
_ROWS = (("cpu", "server µs/delivery"), ("settled", "resident MiB"))
TITLES = {
    "cpu": ("server µs/delivery", ",.3f"),
    "deliveries": ("deliveries/s", ",.0f"),
    "settled": ("MiB before the talk", ",.0f"),
    "each": ("KiB for each more", ",.2f"),
    "resident": ("MiB after it", ",.0f"),
    "cpu_each": ("server ms/login", ".2f"),
    "page": ("server ms/page of 100", ".2f"),
    "login": ("server ms/login", ".2f"),
    "server": ("server CPU", ".0%"),
    "others": ("others CPU", ".0%"),
}
"""Title and format of each figure."""


def make_tables(results: Results) -> str:
    """Return a table for each measured axis, with what is flat, and a line for each size that failed."""
    whole = [f"{results.machine['processor']}, {results.machine['cores']} cores: {_describe_run(results)}"]
    whole += [_make_axis(results, axis) for axis in AXES.values() if sizes_of(results, axis)]
    failures = (f"- {name}: {peers[OURS]}" for name, peers in results.failures.items())
    return "\n\n".join(filter(None, [*whole, "\n".join(failures)]))


def fill_in(document: str, results: Results) -> str:
    """Return a document with the tables."""
    return fill(document, {_MARKER: make_tables(results)})


def draw(results: Results, path: Path) -> str | None:
    """Write the plot; return the reason if that is not possible."""
    rows = [
        [
            Panel(across, up, _collect(results, lines, figure), named=not row and len(lines) > 1)
            for across, lines in _COLUMNS
        ]
        for row, (figure, up) in enumerate(_ROWS)
    ]
    return draw_panels(rows, path)


def sizes_of(results: Results, axis: Axis) -> list[int]:
    """Return the sizes that a run measured."""
    split = (name.rpartition("-") for name in results.rounds)
    return sorted(int(size) for name, _, size in split if name == axis.name)


def costs(results: Results, axis: Axis) -> list[float]:
    """Return the cost of a delivery, in µs, at each size from 10 on, and without stored messages."""
    sizes = [size for size in sizes_of(results, axis) if size >= _FIRST or axis.stored]
    return [value for size in sizes if (value := _median(results, axis, size, "cpu")) is not None]


def each(results: Results, axis: Axis, size: int) -> float | None:
    """Return the KiB for each of what has grown since the first size; None if it is too little to tell."""
    sizes = sizes_of(results, axis)
    first, now = (_median(results, axis, one, "settled") for one in (sizes[0], size))
    if first is None or now is None or now - first < _LEAST_GROWTH:
        return None
    return (now - first) * 1024 / (size - sizes[0])


def _collect(results: Results, lines: tuple[tuple[str, str], ...], figure: str) -> Series:
    return {label: points for label, name in lines if (points := list(_points(results, AXES[name], figure)))}


def _points(results: Results, axis: Axis, figure: str) -> Iterator[tuple[float, float]]:
    for size in sizes_of(results, axis):
        if (value := _median(results, axis, size, figure)) is not None:
            yield size, value


def _median(results: Results, axis: Axis, size: int, figure: str) -> float | None:
    return results.median(f"{axis.name}-{size}", OURS, figure)


def _describe_run(results: Results) -> str:
    rounds, seconds = results.settings["rounds"], results.settings["seconds"]
    return f"medians of {rounds:g} rounds of {seconds:g} s, sizes in turn; {results.machine['open files']}"


def _make_axis(results: Results, axis: Axis) -> str:
    sizes = sizes_of(results, axis)
    also = ("page", "login") if axis.stored else ("cpu_each",)
    figures = ("cpu", "deliveries", "settled", "each", "resident", *also, "server", "others")
    rows = []
    for size in sizes:
        values = {one: _median(results, axis, size, one) for one in figures}
        values["each"] = each(results, axis, size)
        cells = ("-" if value is None else format(value, TITLES[one][1]) for one, value in values.items())
        rows.append([f"{size:,}", *cells])
    table = make_table([axis.grows, *(TITLES[one][0] for one in figures)], rows)
    return f"**`{axis.name}`**: {axis.about}\n\n{table}\n\n{_judge(results, axis)}"


def _judge(results: Results, axis: Axis) -> str:
    """Say whether cost and memory are flat."""
    cost = costs(results, axis)
    sizes = sizes_of(results, axis)
    memory = [value for size in sizes if (value := each(results, axis, size)) is not None]
    words = f"Memory for each more, most to least: {_ratio(memory)}." if memory else "Memory hardly grows."
    return f"Cost of a delivery, dearest to cheapest: {_ratio(cost)}. {words}"


def _ratio(values: list[float]) -> str:
    if not values:
        return "not measured"
    ratio = max(values) / min(values)
    rise = max(later / value for place, value in enumerate(values) for later in values[place:])
    verdict = "flat" if ratio <= _FLAT else "it falls" if rise <= _FLAT else "**it rises**"
    return f"{ratio:.2f}×, {verdict}"
