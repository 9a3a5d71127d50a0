"""Sizes of files in words."""

from __future__ import annotations

from messages.text import counted

_UNITS = ("kB", "MB", "GB", "TB")


def size_text(size: int) -> str:
    """Return a number of bytes as people read it: `999 bytes`, `1.2 MB`. 1 MB is 1,000,000 bytes."""
    if size < 1_000:
        return counted(size, "byte")
    number = float(size)
    for unit in _UNITS:
        number /= 1_000
        if number < 999.5 or unit == _UNITS[-1]:
            break
    return f"{number:,.0f} {unit}" if number >= 9.95 else f"{number:.1f} {unit}"
