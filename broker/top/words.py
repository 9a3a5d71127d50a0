"""Numbers, times and sizes as short texts, of a bounded width."""

from __future__ import annotations

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))
_LARGE = ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_PLAIN = 10_000


def number_text(value: float) -> str:
    """Return a number: `0.4`, `12`, `9,876`, `12.3k`, `4.5M`."""
    if value < 10 and value != int(value):
        return f"{value:.1f}"
    if value < _PLAIN:
        return f"{round(value):,}"
    unit, name = next(one for one in _LARGE if value >= one[0])
    return f"{value / unit:.1f}{name}"


def bytes_text(value: float) -> str:
    """Return a size: `512 B`, `1.2 MB`."""
    for unit, name in _LARGE:
        if value >= unit:
            return f"{value / unit:.1f} {name}B"
    return f"{value:.0f} B"


def time_text(seconds: float) -> str:
    """Return a short time: `0.25 ms`, `12 ms`, `1.5 s`."""
    if seconds >= 1:
        return f"{seconds:.1f} s"
    milliseconds = seconds * 1_000
    return f"{milliseconds:.0f} ms" if milliseconds >= 10 else f"{milliseconds:.2g} ms"


def duration_text(seconds: float) -> str:
    """Return a duration in its two largest units: `3d 4h`, `5m 2s`, `7s`."""
    left, parts = max(int(seconds), 0), list[str]()
    for unit, name in _UNITS:
        if left >= unit or (name == "s" and not parts):
            parts.append(f"{left // unit}{name}")
            left %= unit
    return " ".join(parts[:2])
