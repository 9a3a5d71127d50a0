"""Quantiles of a histogram. The values between two bounds are not known, so they are interpolated."""

from __future__ import annotations

from math import ceil

from messages.observing import Histogram


def quantile(histogram: Histogram, share: float) -> float | None:
    """Return the value that this share of all values does not exceed, or None if there are none.

    The values of a class count as spread evenly over it, as in Prometheus' `histogram_quantile`. The first
    class begins at 0. The last one has no upper bound: it stands for the highest bound.
    """
    wanted, below, lower = share * sum(histogram.counts), 0, 0.0
    if not wanted:
        return None
    for bound, count in zip(histogram.bounds, histogram.counts, strict=False):
        if count and below + count >= wanted:
            return lower + (bound - lower) * (wanted - below) / count
        below, lower = below + count, bound
    return lower


def whole_quantile(histogram: Histogram, share: float) -> int | None:
    """Return the same of values that are whole numbers: the next whole number."""
    found = quantile(histogram, share)
    return None if found is None else ceil(found)


def mean(histogram: Histogram) -> float | None:
    """Return the mean of the values, or None if there are none."""
    count = sum(histogram.counts)
    return histogram.sum / count if count else None


def since(later: Histogram, earlier: Histogram) -> Histogram:
    """Return the values that came between two looks at one histogram."""
    counts = [now - then for now, then in zip(later.counts, earlier.counts, strict=True)]
    return Histogram(later.bounds, counts, later.sum - earlier.sum)
