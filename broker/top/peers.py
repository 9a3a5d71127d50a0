"""The table of connections: which columns fit, its rows, and which one is chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from broker.top.history import History
from broker.top.rows import Piece, Row, Style, fit, whole
from broker.top.words import duration_text, number_text
from messages.observing import PeerEntry, PeerOrder

NOBODY = "(not logged in)"


class _Column(NamedTuple):
    head: str
    cells: int
    least: int
    """The least width of the screen that shows this column."""
    text: Callable[[History, PeerEntry], str]
    order: PeerOrder | None = None
    right: bool = True


def state_text(peer: PeerEntry) -> str:
    """Return in a word what is unusual about a connection, or nothing."""
    if peer.barred:
        return "flooding"
    if peer.lagging:
        return "lagging"
    if peer.throttled:
        return "throttled"
    return "gateway" if peer.gateway else ""


def _busy(history: History, peer: PeerEntry) -> str:
    found = history.requests_a_second(peer.number)
    return "" if found is None else number_text(found)


_COLUMNS = (
    _Column("in/s", 6, 0, _busy, PeerOrder.BUSY),
    _Column("state", 9, 34, lambda _, peer: state_text(peer), PeerOrder.TROUBLED, right=False),
    _Column("idle", 6, 52, lambda _, peer: duration_text(peer.idle).split()[0], PeerOrder.IDLE),
    _Column("requests", 9, 78, lambda _, peer: number_text(peer.requests)),
    _Column("number", 8, 96, lambda _, peer: str(peer.number), PeerOrder.NEWEST),
    _Column("address", 16, 66, lambda _, peer: peer.address, PeerOrder.ADDRESS, right=False),
)
_NAME_CELLS = 24  # what is left beyond them goes to the address, which comes last


@dataclass
class Choice:
    """Which connection is chosen, by its number, and which row of the list is the first one shown."""

    number: int = 0
    top: int = 0

    def place(self, peers: list[PeerEntry]) -> int:
        """Return the chosen connection's place in the list; if it is gone, that of the first."""
        return next((place for place, peer in enumerate(peers) if peer.number == self.number), 0)

    def chosen(self, peers: list[PeerEntry]) -> PeerEntry | None:
        """Return the chosen connection, or None if there are none."""
        return peers[self.place(peers)] if peers else None

    def move(self, peers: list[PeerEntry], by: int) -> None:
        """Choose another connection, some places further on."""
        if peers:
            place = min(max(self.place(peers) + by, 0), len(peers) - 1)
            self.number = peers[place].number

    def scroll(self, peers: list[PeerEntry], rows: int) -> None:
        """Scroll as far as is needed to show the chosen connection in so many rows."""
        place = self.place(peers)
        self.top = min(max(self.top, place - rows + 1), place)
        self.top = max(min(self.top, len(peers) - rows), 0)


def table(
    history: History, peers: list[PeerEntry], order: PeerOrder, choice: Choice, rows: int, columns: int
) -> list[Row]:
    """Return the head of the table and so many rows."""
    choice.scroll(peers, rows)
    shown = [column for column in _COLUMNS if columns >= column.least]
    widths = [column.cells for column in shown]
    name_cells = max(columns - sum(widths) - 2 * len(widths), 1)
    if shown[-1].order is PeerOrder.ADDRESS and name_cells > _NAME_CELLS:
        widths[-1] += name_cells - _NAME_CELLS
        name_cells = _NAME_CELLS
    head = [Piece(fit(_marked("name", order is PeerOrder.NAME), name_cells), Style.HEAD)]
    for column, cells in zip(shown, widths, strict=True):
        text = _marked(column.head, order is column.order)
        head.append(Piece("  " + fit(text, cells, right=column.right), Style.HEAD))
    found = [whole(head, columns)]
    chosen = choice.place(peers)
    for place, peer in list(enumerate(peers))[choice.top : choice.top + rows]:
        style = Style.CHOSEN if place == chosen else _style(peer)
        pieces = [Piece(fit(peer.name or NOBODY, name_cells), style)]
        for column, cells in zip(shown, widths, strict=True):
            text = fit(column.text(history, peer), cells, right=column.right)
            pieces.append(Piece("  " + text, style))
        found.append(whole(pieces, columns))
    return found


def _marked(head: str, is_order: bool) -> str:
    return f"{head}*" if is_order else head


def _style(peer: PeerEntry) -> Style:
    if peer.barred or peer.lagging:
        return Style.BAD
    if peer.throttled:
        return Style.WARN
    return Style.PLAIN if peer.name else Style.DIM
