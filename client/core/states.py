"""Where a session is, and its legal moves."""

from __future__ import annotations

from enum import Enum


class State(Enum):
    """Where the session is. `MOVES` has the legal moves."""

    OFFLINE = "offline"
    STRANGER = "stranger"
    LOGGING_IN = "logging in"
    READY = "ready"
    LOGGING_OUT = "logging out"


MOVES = {
    State.OFFLINE: {State.STRANGER},
    State.STRANGER: {State.LOGGING_IN, State.OFFLINE},
    State.LOGGING_IN: {State.READY, State.STRANGER, State.OFFLINE},
    State.READY: {State.LOGGING_OUT, State.STRANGER, State.OFFLINE},
    State.LOGGING_OUT: {State.STRANGER, State.OFFLINE},
}
"""What each state can become."""
