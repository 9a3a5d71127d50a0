"""Histograms as horizontal bars, one row a class. Classes at the ends are joined if there are too many."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from broker.top.rows import Piece, Row, Style, fit, whole
from broker.top.words import number_text
from messages.observing import Histogram

_EIGHTHS = " ▏▎▍▌▋▊▉"
_TRAIL = "▁▂▃▄▅▆▇█"
_COUNT_CELLS = 7


def bars(histogram: Histogram, shown: Callable[[float], str], rows: int, columns: int) -> list[Row]:
    """Return at most so many rows. `shown` makes a text of a bound."""
    classes = _classes(histogram, shown, rows)
    label_cells = max((len(label) for label, _ in classes), default=0)
    room = columns - label_cells - _COUNT_CELLS - 2
    most = max((count for _, count in classes), default=0)
    found = []
    for label, count in classes:
        length = _bar(count / most, room) if room > 0 and most else ""
        found.append(
            whole(
                [
                    Piece(fit(label, min(label_cells, columns), right=True), Style.DIM),
                    Piece(fit(number_text(count), _COUNT_CELLS, right=True)),
                    Piece(" "),
                    Piece(length, Style.BAR),
                ],
                columns,
            )
        )
    return found


def trail(values: Sequence[float], cells: int) -> str:
    """Return the latest values as a line of columns, the highest one full."""
    some = list(values)[-cells:] if cells > 0 else []
    most = max(some, default=0.0)
    if not most:
        return ""
    return "".join(_TRAIL[min(int(value / most * len(_TRAIL)), len(_TRAIL) - 1)] for value in some)


def _classes(histogram: Histogram, shown: Callable[[float], str], rows: int) -> list[tuple[str, int]]:
    """Return the labels and counts of the classes from the first to the last that is not empty."""
    counts, bounds = list(histogram.counts), [shown(bound) for bound in histogram.bounds]
    filled = [place for place, count in enumerate(counts) if count]
    if not filled or rows < 1:
        return []
    first, last = filled[0], filled[-1]
    while last - first >= rows:  # the smaller end joins its neighbour
        if counts[first] <= counts[last]:
            counts[first + 1] += counts[first]
            first += 1
        else:
            counts[last - 1] += counts[last]
            last -= 1

    def label(place: int) -> str:
        if first == last and (first, last) != (filled[0], filled[-1]):
            return "any"
        if place == len(bounds) or (place == last and last < filled[-1]):
            return f"> {bounds[place - 1]}"
        return f"≤ {bounds[place]}"

    return [(label(place), counts[place]) for place in range(first, last + 1)]


def _bar(share: float, cells: int) -> str:
    eighths = round(share * cells * 8)
    full, part = divmod(max(eighths, 1 if share else 0), 8)
    return "█" * full + _EIGHTHS[part].strip()
