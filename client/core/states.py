"""The states of a session, and the legal moves between them."""

from __future__ import annotations

from enum import Enum


class SessionState(Enum):
    """The states of a session. `MOVES` has the legal moves."""

    OFFLINE = "offline"
    STRANGER = "stranger"
    LOGGING_IN = "logging in"
    READY = "ready"
    LOGGING_OUT = "logging out"


MOVES = {
    SessionState.OFFLINE: {SessionState.STRANGER},
    SessionState.STRANGER: {SessionState.LOGGING_IN, SessionState.OFFLINE},
    SessionState.LOGGING_IN: {SessionState.READY, SessionState.STRANGER, SessionState.OFFLINE},
    SessionState.READY: {SessionState.LOGGING_OUT, SessionState.STRANGER, SessionState.OFFLINE},
    SessionState.LOGGING_OUT: {SessionState.STRANGER, SessionState.OFFLINE},
}
"""The states that can follow each state."""
