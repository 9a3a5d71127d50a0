"""Notes of every kind, and the lines that the operator's log makes of them."""

from broker.core.outbox import LogEntry, LogEvent
from broker.logs import NoteLog

NOTES = {
    LogEvent.LOGIN: ({"name": "alice", "address": "10.0.0.1"}, "alice logged in from 10.0.0.1"),
    LogEvent.RESUME: ({"name": "alice", "address": "10.0.0.1"}, "alice is back from 10.0.0.1"),
    LogEvent.LEAVE: (
        {"name": "alice", "address": "10.0.0.1", "reason": "logged out"},
        "alice left (logged out), was at 10.0.0.1",
    ),
    LogEvent.MESSAGE: (
        {"name": "alice", "conversation": "#zmq", "text": "hi {name}"},
        "[alice] #zmq :: hi {name}",
    ),
    LogEvent.COMMAND: ({"name": "alice", "command": "who"}, "alice asked for who"),
    LogEvent.REFUSED: (
        {"address": "10.0.0.1", "code": "malformed", "text": "not JSON"},
        "10.0.0.1 sent what cannot be read: malformed, not JSON",
    ),
    LogEvent.LAGGING: ({"name": "alice", "address": "10.0.0.1"}, "alice at 10.0.0.1 reads too slowly"),
    LogEvent.FLOODING: (
        {"name": "alice", "address": "10.0.0.1"},
        "alice at 10.0.0.1 floods, and was put out",
    ),
    LogEvent.CONNECTION_LIMIT: (
        {"peers": 820},
        "820 connections: newcomers are refused; allow this process more open files",
    ),
    LogEvent.CONNECTIONS: ({"name": "alice", "rows": []}, "alice asked for the connections"),
    LogEvent.FAULT: ({"address": "10.0.0.1", "request": "topic"}, "a fault in topic asked for by 10.0.0.1"),
    LogEvent.STORE_FAILED: (
        {"reason": "no space left"},
        "the store failed, and what needs it is refused until it works again: no space left",
    ),
    LogEvent.STORE_RECOVERED: ({}, "the store works again"),
    LogEvent.AUDIT: (
        {"name": "alice", "action": "kick", "text": "kick bob in #tea: noise"},
        "alice did kick bob in #tea: noise",
    ),
    LogEvent.FORGOTTEN: (
        {"name": "alice", "days": 90},
        "alice was forgotten, not having been here for 90 days",
    ),
    LogEvent.PRUNED: (
        {"conversation": "#lobby", "messages": 1},
        "what was past its time in #lobby was deleted: 1 message",
    ),
    LogEvent.DROPPED: ({"count": 2}, "messages that are no frames of ours were dropped: 2"),
    LogEvent.AUTHENTICATOR_DOWN: (
        {},
        "nobody new can connect to encrypted endpoints: what checks keys has stopped or hangs; "
        "restart the broker",
    ),
    LogEvent.AUTHENTICATOR_UP: ({}, "what checks keys answers again"),
}


def note(told: LogEvent, error: BaseException | None = None, **fields: object) -> LogEntry:
    """Return a note of a kind, with other fields where given."""
    return LogEntry(told, {**NOTES[told][0], **fields}, error)


def write(*notes: LogEntry) -> None:
    """Have notes written as a broker does."""
    note_log = NoteLog()
    note_log.write(notes)
    note_log.close()


def raised(text: str) -> Exception:
    """Return an exception with a traceback."""
    try:
        raise ValueError(text)
    except ValueError as error:
        return error
