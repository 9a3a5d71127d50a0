"""The lines above and below the log: the topic and the status."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from client.core.session import Session, SessionState
from client.screen.log.body import linked
from client.screen.log.layout import Layout
from client.screen.model.state import ScreenState
from client.screen.settings.table import TYPING
from client.screen.tones import BAD, BOLD, DIM, PLAIN, STATUS, WAITS, Piece, Row, fitted
from messages.rows import prefix, width
from messages.text import neutralise, reveal

_MOST_TYPISTS, _MOST_NAME = 3, 20
_STATES = {
    SessionState.OFFLINE: "no connection, trying",
    SessionState.STRANGER: "logging in",
    SessionState.LOGGING_IN: "logging in",
    SessionState.LOGGING_OUT: "logging out",
}


def topic_row(state: ScreenState, columns: int) -> Row:
    """Return the name of the conversation in the middle, and its topic."""
    name = reveal(state.here)
    topic = neutralise(state.topics.get(state.here, ""))
    return fitted([(name, BOLD), ("  ", PLAIN), *linked(topic, PLAIN)] if topic else [(name, BOLD)], columns)


def status_row(state: ScreenState, session: Session, columns: int) -> Row:
    """Return the connection, what is proven complete, what waits elsewhere, and who types.

    In few columns the names of those who type give way, and what is complete.
    """
    layout = state.layout
    ready = session.state is SessionState.READY
    first = (_reach(layout, state.conversations.of(state.here).head), STATUS)
    state_text = _STATES.get(session.state, "") if session.name else "not connected yet"
    first = first if ready else (state_text, BAD)
    before: list[Piece] = [(state.hint, WAITS)] if state.hint else []
    if unsent := len(session.unaccepted):
        before.append((f"{unsent:,} on the way", WAITS))
    if not layout.stays_at_end:
        if below := state.conversations.of(state.here).unread:
            before.append((f"{below:,} new below, Esc", WAITS))
        elif layout.has_more_below:  # a selection also holds the end
            before.append(("more below, Esc", WAITS))
    waits = state.attention.waiting
    behind: list[Piece] = [(f"{waits:,} for you", WAITS)] if waits else []
    row: Row = []
    shown = state.settings.of(TYPING) in ("on", "show")
    for typing in _typing(session.typists(state.here) if shown else ()):
        for lead in ([first], []) if ready and (typing or before or behind) else ([first],):
            row = _joined([*lead, *before, *typing, *behind])
            if sum(width(text) for text, _ in row) <= columns:
                return row
    return fitted(row, columns)


def _joined(pieces: list[Piece]) -> Row:
    """Return pieces with a bar between them."""
    row: Row = []
    for piece in pieces:
        row += [(" | ", DIM), piece] if row else [piece]
    return row


def _typing(typists: Sequence[str]) -> Iterator[list[Piece]]:
    """Yield who types, in fewer and fewer words."""
    if not typists:
        yield []
        return
    names = [reveal(name) for name in typists]
    names = [name if width(name) <= _MOST_NAME else f"{prefix(name, _MOST_NAME - 1)}…" for name in names]
    verb = "types" if len(names) == 1 else "type"
    for most in (_MOST_TYPISTS, 1):
        others = len(names) - most
        more = f" and {others} other{'s' * (others > 1)}" if others > 0 else ""
        yield [(f"{', '.join(names[:most])}{more} {verb}", PLAIN)]
    yield [(f"{len(names)} {verb}", PLAIN)]


def _reach(layout: Layout, head: int) -> str:
    """Return up to where nothing is missing, or where the person looks if they have scrolled up."""
    if not layout.stays_at_end and layout.last_shown:
        return f"at {layout.last_shown:,} of {head:,}"
    complete = layout.transcript.complete_to
    return f"complete to {complete:,}" if complete else "connected"
