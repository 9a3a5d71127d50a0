"""The whole screen as rows: which parts fit into a size, and what they say. 20 columns and 8 rows will do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from broker.top.bars import bars, trail
from broker.top.history import History, Rates
from broker.top.peers import Choice, table
from broker.top.quantiles import quantile, whole_quantile
from broker.top.report import file_texts
from broker.top.rows import Item, Piece, Row, Style, figures, whole
from broker.top.words import duration_text, number_text, time_text
from messages.moderation import AuditEntry
from messages.observing import Histogram, Observation, PeerOrder

_SIDE_BY_SIDE = 60  # columns from which both histograms fit beside each other
_WITH_PERIOD = 44  # columns of a histogram whose title also names its time
_LEAST_PEERS = 2
_MOST_BARS = 9


@dataclass
class View:
    """What is shown: the looks so far, and what the person has chosen."""

    history: History = field(default_factory=History)
    files: Mapping[str, float] = field(default_factory=dict)
    order: PeerOrder = PeerOrder.BUSY
    find: str = ""
    choice: Choice = field(default_factory=Choice)
    trouble: str = ""
    """A sentence while the broker does not answer, else empty."""
    said: str = ""
    """What an action has led to, until the next key."""


class Heights(NamedTuple):
    """The rows of the parts that can fold away; the head, the figures and the foot are always there."""

    store: int
    refused: int
    bars: int
    peers: int
    entries: int


def heights(rows: int) -> Heights:
    """Return the rows of each part for a screen of so many rows. A part with a title counts it."""
    left = rows - 5 - _LEAST_PEERS  # the head, two rows of figures, the head of the table, and the foot
    store = 1 if left >= 2 else 0
    refused = 1 if left >= 4 else 0
    left -= store + refused
    entries = min(max(left // 4, 0), 8) if left >= 8 else 0
    bars_rows = min(left * 2 // 5, _MOST_BARS) if left >= 8 else 0
    left -= entries + bars_rows
    return Heights(store, refused, bars_rows, _LEAST_PEERS + max(left, 0), entries)


def board(view: View, columns: int, rows: int) -> list[Row]:
    """Return exactly so many rows of exactly so many cells."""
    look, history = view.history.last, view.history
    parts = heights(rows)
    found = [_head(view, columns)]
    if look is not None:
        found += [_counts(look, columns), _rates(history, columns)]
        found += [_store(view, look, columns)] * parts.store
        found += [_refused(history, columns)] * parts.refused
        found += _histograms(history, parts.bars, columns)
        found += table(history, look.peers, view.order, view.choice, parts.peers, columns)
        found = found[: rows - 1 - parts.entries]
        found += [whole([], columns)] * (rows - 1 - parts.entries - len(found))
        found += _entries(history, parts.entries, columns)
    found = found[: rows - 1]
    return [*found, *[whole([], columns)] * (rows - 1 - len(found)), _foot(view, columns)]


def _head(view: View, columns: int) -> Row:
    look = view.history.last
    if look is None:
        return whole(
            [Piece("chat-broker", Style.HEAD), Piece(f"  {view.trouble or 'asking the broker'}")], columns
        )
    problem = view.trouble or look.problem
    pieces = [Piece("chat-broker  ", Style.HEAD)]
    if problem:
        shown = pieces if len(pieces[0].text) + len(problem) <= columns else []
        return whole([*shown, Piece(problem, Style.BAD)], columns)
    up = duration_text(look.measures.numbers.get("uptime_seconds", 0.0))
    clock = time.strftime("%H:%M:%S", time.localtime(look.at / 1000))
    return whole([*pieces, Piece(f"well, up {up}"), Piece(f"  {clock}  {look.version}", Style.DIM)], columns)


def _counts(look: Observation, columns: int) -> Row:
    numbers = look.measures.numbers
    shown = {
        name: number_text(numbers.get(name, 0)) for name in ("sessions", "users_online", "strangers", "rooms")
    }
    return figures(
        [
            Item("connections", "conn", number_text(look.connections)),
            _warned("lagging", "lag", look.lagging, Style.BAD),
            _warned("flooding", "flood", look.barred, Style.BAD),
            _warned("throttled", "thr", look.throttled, Style.WARN),
            Item("sessions", "sess", shown["sessions"]),
            Item("online", "onl", shown["users_online"]),
            Item("not logged in", "anon", shown["strangers"]),
            Item("rooms", "rooms", shown["rooms"]),
        ],
        columns,
    )


def _warned(label: str, short: str, count: int, style: Style) -> Item:
    return Item(label, short, number_text(count), style if count else Style.PLAIN)


def _rates(history: History, columns: int) -> Row:
    found = history.rates or Rates(*[0.0] * 7)
    cells = 8 if columns >= 100 else 0
    came, went = ([getattr(one, name) for one in history.trail] for name in ("sends", "deliveries"))
    look = history.last
    memory = look.measures.numbers.get("process_resident_memory_bytes", 0) if look else 0
    return figures(
        [
            Item("in", "in", f"{number_text(found.sends)}/s {trail(came, cells)}".strip()),
            Item("out", "out", f"{number_text(found.deliveries)}/s {trail(went, cells)}".strip()),
            Item("frames", "fr", f"{number_text(found.frames)}/s"),
            Item("processor", "cpu", f"{found.cpu:.0%}"),
            Item("memory", "mem", f"{memory / 1e6:,.0f} MB"),
            Item("commits", "com", f"{number_text(found.commits)}/s"),
        ],
        columns,
    )


def _store(view: View, look: Observation, columns: int) -> Row:
    numbers = look.measures.numbers
    lag, searches = numbers.get("index_lag_messages", 0), numbers.get("searches", 0)
    pieces = [
        Piece("to index ", Style.DIM),
        Piece(number_text(lag)),
        Piece("  searches ", Style.DIM),
        Piece(number_text(searches)),
    ]
    for text in file_texts(view.files):
        pieces += [Piece("  "), Piece(text)]
    return whole(pieces, columns)


def _refused(history: History, columns: int) -> Row:
    found = history.refusals()
    text = "  ".join(f"{code} {number_text(count)}" for code, count in found.items()) or "nothing"
    return whole(
        [
            Piece(f"refused {_period(history)} ", Style.DIM),
            Piece(text, Style.WARN if found else Style.PLAIN),
        ],
        columns,
    )


def _period(history: History) -> str:
    return f"in {duration_text(history.seconds)}" if history.seconds else "so far"


def _histograms(history: History, rows: int, columns: int) -> list[Row]:
    """Return the commits, and beside them the batches if there is room."""
    if rows < 2:
        return []
    room = columns if columns < _SIDE_BY_SIDE else columns // 2
    title = f"commits {_period(history)}" if room >= _WITH_PERIOD else "commits"
    commits = _histogram(title, history.commits, quantile, time_text)
    batches = _histogram("frames a batch", history.batches, whole_quantile, lambda bound: f"{bound:.0f}")
    if columns < _SIDE_BY_SIDE:
        return list(_part(commits, rows, columns))
    left = columns // 2
    both = zip(_part(commits, rows, left - 2), _part(batches, rows, columns - left), strict=True)
    return [[*one, Piece("  "), *other] for one, other in both]


class _Histogram(NamedTuple):
    title: str
    found: Histogram
    shown: Callable[[float], str]


def _histogram(
    title: str,
    found: Histogram,
    of: Callable[[Histogram, float], float | None],
    shown: Callable[[float], str],
) -> _Histogram:
    middle, most = of(found, 0.5), of(found, 0.99)
    text = "" if middle is None or most is None else f"  p50 {shown(middle)}, p99 {shown(most)}"
    return _Histogram(title + text, found, shown)


def _part(one: _Histogram, rows: int, columns: int) -> Iterator[Row]:
    yield whole([Piece(one.title, Style.HEAD)], columns)
    drawn = bars(one.found, one.shown, rows - 1, columns)
    yield from drawn
    yield from [whole([], columns)] * (rows - 1 - len(drawn))


def _entries(history: History, rows: int, columns: int) -> list[Row]:
    if rows < 2:
        return [whole([], columns)] * rows
    some = list(history.entries)[-(rows - 1) :]
    found = [whole([Piece("audit log", Style.HEAD)], columns)]
    found += [whole([Piece(f"{_clock(one)} ", Style.DIM), Piece(entry_text(one))], columns) for one in some]
    return found + [whole([], columns)] * (rows - len(found))


def _clock(entry: AuditEntry) -> str:
    return time.strftime("%m-%d %H:%M", time.localtime(entry.at / 1000))


def entry_text(entry: AuditEntry) -> str:
    """Return an entry of the audit log as one line."""
    place = f" in {entry.room}" if entry.room else ""
    reason = f": {entry.reason}" if entry.reason else ""
    return f"{entry.by}  {entry.action}{entry.target and f' {entry.target}'}{place}{reason}"


def _foot(view: View, columns: int) -> Row:
    look = view.history.last
    if view.said:
        return whole([Piece(view.said, Style.HEAD)], columns)
    if view.trouble:
        return whole([Piece("q", Style.HEAD), Piece(" quit")], columns)
    listed = ""
    if look is not None and (view.find or look.matching > len(look.peers)):
        what = f" with {view.find}" if view.find else ""
        listed = f"{len(look.peers):,} of {look.matching:,}{what}  "
    keys = (("q", "quit"), ("s", view.order), ("/", "find"), ("k", "kick"), ("b", "ban"), ("?", "help"))
    pieces = [Piece(listed)]
    for key, text in keys:
        pieces += [Piece(key, Style.HEAD), Piece(f" {text}  ")]
    return whole(pieces, columns)
