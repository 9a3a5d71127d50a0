"""The lines above and below the log: the topic and the status."""

from __future__ import annotations

from client.core.session import Session, SessionState
from client.screen.log.layout import Layout
from client.screen.model.state import ScreenState
from client.screen.tones import BAD, BOLD, DIM, PLAIN, WAITS, Piece, Row, fitted
from messages.text import neutralise, reveal

_MOST_TYPISTS = 3
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
    return fitted([(name, BOLD), (f"  {topic}", PLAIN)] if topic else [(name, BOLD)], columns)


def status_row(state: ScreenState, session: Session, columns: int) -> Row:
    """Return the connection, what is proven complete, what waits elsewhere, and who types."""
    layout = state.layout
    pieces: list[Piece] = []
    if session.state is SessionState.READY:
        pieces.append((_reach(layout, state.conversations.of(state.here).head), DIM))
    else:
        pieces.append((_STATES[session.state], BAD))
    if unsent := len(session.unaccepted):
        pieces.append((f"{unsent:,} on the way", WAITS))
    if not layout.stays_at_end:
        below = state.conversations.of(state.here).unread
        pieces.append((f"{below:,} new below, Esc" if below else "more below, Esc", WAITS))
    if typists := session.typists(state.here):
        names = ", ".join(map(reveal, typists[:_MOST_TYPISTS]))
        more = f" and {len(typists) - _MOST_TYPISTS} others" if len(typists) > _MOST_TYPISTS else ""
        pieces.append((f"{names}{more} {'types' if len(typists) == 1 else 'type'}", PLAIN))
    if waits := state.attention.waiting:
        pieces.append((f"{waits:,} for you", WAITS))
    row: Row = []
    for text, tone in pieces:
        row += [(" | ", DIM), (text, tone)] if row else [(text, tone)]
    return fitted(row, columns)


def _reach(layout: Layout, head: int) -> str:
    """Return up to where nothing is missing, or where the person looks if they have scrolled up."""
    if not layout.stays_at_end:
        return f"at {layout.last_shown:,} of {head:,}"
    complete = layout.transcript.complete_to
    return f"complete to {complete:,}" if complete else "connected"
