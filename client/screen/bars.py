"""The lines above and below the log: the topic, the status, and the choices of a completion."""

from __future__ import annotations

from client.core.session import Session, SessionState
from client.screen.composer.field import Choices
from client.screen.log.layout import Layout
from client.screen.model.state import ScreenState
from client.screen.tones import BAD, BOLD, CHOSEN, DIM, PLAIN, STATUS, WAITS, Piece, Row
from messages.rows import prefix, width
from messages.text import neutralise, reveal

MOST_CHOICES = 8
"""Choices that are shown at once."""

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
    pieces: list[Piece] = [(state.hint, WAITS)] if state.hint else []
    if session.state is SessionState.READY:
        pieces.append((_reach(layout, state.conversations.of(state.here).head), STATUS))
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


def choice_rows(choices: Choices | None, columns: int, height: int) -> list[Row]:
    """Return the choices around the chosen one."""
    if choices is None:
        return []
    at = choices.chosen or 0
    first = min(max(at - height + 1, 0), max(len(choices.candidates) - height, 0))
    return [
        fitted([(f" {neutralise(text).rstrip()} ", CHOSEN if number == choices.chosen else PLAIN)], columns)
        for number, text in enumerate(choices.candidates[first : first + height], first)
    ]


def fitted(row: Row, columns: int) -> Row:
    """Return a row that is cut to so many columns."""
    fitting: Row = []
    for text, tone in row:
        if width(text) > columns:
            return [*fitting, (f"{prefix(text, columns - 1)}…" if columns > 1 else "", tone)]
        fitting.append((text, tone))
        columns -= width(text)
    return fitting
