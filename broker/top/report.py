"""What `chat-broker top --once` writes: one object for scripts, or lines for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from broker.shell.output import shown_time
from broker.top.files import FILES
from broker.top.history import History, Rates
from broker.top.quantiles import mean, quantile, whole_quantile
from broker.top.words import bytes_text, number_text, time_text
from messages.observing import Histogram, Observation, PeerEntry
from messages.text import counted, neutralise

_NUMBERS = {
    "sessions": "sessions",
    "online": "users_online",
    "users": "users_known",
    "rooms": "rooms",
    "strangers": "strangers",
    "searches": "searches",
    "unindexed": "index_lag_messages",
}
"""Fields of the object, and the metrics that they are."""

_SHOWN_PEERS = 10


def report(history: History, files: Mapping[str, float]) -> dict[str, Any]:
    """Return the object for scripts. docs/broker.md lists its fields. There must have been a look."""
    look = history.last
    assert look is not None  # noqa: S101 - the caller has looked
    numbers = look.measures.numbers
    return {
        "problem": look.problem,
        "version": look.version,
        "at": look.at,
        "started": look.started,
        "connections": look.connections,
        **{field: numbers.get(name, 0) for field, name in _NUMBERS.items()},
        "lagging": look.lagging,
        "throttled": look.throttled,
        "barred": look.barred,
        "rates": _rates(history.rates),
        "refused": look.measures.refused,
        "commit": _summary(look.measures.commit, quantile, 1_000, "_ms"),
        "batch": _summary(look.measures.batch, whole_quantile, 1, ""),
        "durability": look.durability,
        "log": look.log,
        "files": {field: files.get(name) for field, name in FILES.items()},
        "metrics": {name: _rounded(value) for name, value in numbers.items()},
        "peers": [_peer(history, one) for one in look.peers],
        "matching": look.matching,
        "entries": [msgspec.structs.asdict(one) for one in history.entries],
    }


def _rates(found: Rates | None) -> dict[str, float] | None:
    return None if found is None else {name: _rounded(value) for name, value in found._asdict().items()}


def _summary(
    histogram: Histogram, of: Callable[[Histogram, float], float | None], scale: float, unit: str
) -> dict[str, Any]:
    values = {
        "mean": mean(histogram),
        "p50": of(histogram, 0.5),
        "p90": of(histogram, 0.9),
        "p99": of(histogram, 0.99),
    }
    return {
        "count": sum(histogram.counts),
        **{f"{name}{unit}": None if one is None else _rounded(one * scale) for name, one in values.items()},
        f"bounds{unit}": [_rounded(bound * scale) for bound in histogram.bounds],
        "counts": histogram.counts,
    }


def _peer(history: History, one: PeerEntry) -> dict[str, Any]:
    busy = history.requests_a_second(one.number)
    return msgspec.structs.asdict(one) | {"rate": None if busy is None else _rounded(busy)}


def _rounded(value: float) -> float:
    return value if isinstance(value, int) else round(value, 3)


def lines(history: History, files: Mapping[str, float]) -> Iterator[str]:
    """Yield the lines for people. There must have been a look."""
    look, found = history.last, history.rates
    assert look is not None  # noqa: S101 - the caller has looked
    numbers = {field: number_text(look.measures.numbers.get(name, 0)) for field, name in _NUMBERS.items()}
    texts = {
        "status": look.problem or "well",
        "version": look.version,
        "up since": shown_time(look.started),
        "connections": f"{counted(look.connections, 'connection')}, {look.lagging:,} too slow, "
        f"{look.throttled:,} throttled, {look.barred:,} flooding, {numbers['strangers']} not logged in",
        "users": f"{numbers['users']} known, {numbers['online']} online, {numbers['sessions']} sessions",
        "rooms": numbers["rooms"],
        **(_rate_lines(found) if found else {}),
        "commits": _times(look.measures.commit),
        "batches": _sizes(look.measures.batch),
        "refused": ", ".join(f"{code} {count:,}" for code, count in _refused(look)) or "nothing",
        "search": f"{numbers['unindexed']} messages to index, {numbers['searches']} searches",
        "files": ", ".join(file_texts(files)) or "unknown",
        "log": look.log,
    }
    for head, text in texts.items():
        yield neutralise(f"{head:<12} {text}")
    for one in look.peers[:_SHOWN_PEERS]:
        name, busy = one.name or "(not logged in)", history.requests_a_second(one.number) or 0.0
        yield neutralise(f"{'connection':<12} {name} from {one.address}, {number_text(busy)} requests/s")


def _rate_lines(found: Rates) -> dict[str, str]:
    return {
        "in": f"{number_text(found.frames)} frames/s, {number_text(found.sends)} messages/s",
        "out": f"{number_text(found.deliveries)} deliveries/s",
        "processor": f"{found.cpu:.0%} of one",
    }


def _times(histogram: Histogram) -> str:
    count, middle, most = sum(histogram.counts), quantile(histogram, 0.5), quantile(histogram, 0.99)
    if middle is None or most is None:
        return "none"
    return f"{counted(count, 'commit')}, half within {time_text(middle)}, 99% within {time_text(most)}"


def _sizes(histogram: Histogram) -> str:
    middle, most = whole_quantile(histogram, 0.5), whole_quantile(histogram, 0.99)
    if middle is None or most is None:
        return "none"
    return f"{number_text(sum(histogram.counts))}, half up to {middle} frames, 99% up to {most}"


def _refused(look: Observation) -> list[tuple[str, int]]:
    return sorted(((code, count) for code, count in look.measures.refused.items() if count))


def file_texts(files: Mapping[str, float]) -> Iterator[str]:
    """Yield what is known of the files, one clause each."""
    for field, label in (("database", "database"), ("write_ahead_log", "write-ahead log"), ("log", "log")):
        if (size := files.get(FILES[field])) is not None:
            yield f"{label} {bytes_text(size)}"
    free, whole = files.get(FILES["disk_free"]), files.get(FILES["disk_size"])
    if free is not None and whole:
        yield f"{bytes_text(free)} free ({free / whole:.0%})"
