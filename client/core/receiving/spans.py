"""Ranges of seqs, such as those of which a client has all entries."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator


class Spans:
    """Ranges of whole numbers, in order; between two of them at least one number is missing."""

    def __init__(self) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Yield the first and the last number of each range."""
        return zip(self._firsts, self._lasts, strict=True)

    def add(self, first: int, last: int) -> None:
        """Add a range, joined with those that it overlaps or touches."""
        if self._lasts and self._lasts[-1] + 1 == first:  # what nearly always happens
            self._lasts[-1] = max(last, first)
            return
        begin = bisect_left(self._lasts, first - 1)
        end = bisect_right(self._firsts, last + 1)
        if begin < end:
            first, last = min(first, self._firsts[begin]), max(last, self._lasts[end - 1])
        self._firsts[begin:end] = [first]
        self._lasts[begin:end] = [last]

    def remove(self, first: int, last: int) -> None:
        """Remove all numbers of a range."""
        begin, end = bisect_left(self._lasts, first), bisect_right(self._firsts, last)
        if begin >= end:
            return
        before, behind = self._firsts[begin], self._lasts[end - 1]
        kept = [(before, first - 1)] if before < first else []
        if behind > last:
            kept.append((last + 1, behind))
        self._firsts[begin:end] = [one for one, _ in kept]
        self._lasts[begin:end] = [one for _, one in kept]

    def around(self, number: int) -> tuple[int, int] | None:
        """Return the range that has a number, if one has it."""
        place = bisect_left(self._lasts, number)
        if place < len(self._firsts) and self._firsts[place] <= number:
            return self._firsts[place], self._lasts[place]
        return None
