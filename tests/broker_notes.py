"""Notes of every kind, and the lines that the operator's log makes of them."""

from broker.core.outbox import Note, Told
from broker.logs import NoteLog

NOTES = {
    Told.LOGIN: ({"name": "alice", "address": "10.0.0.1"}, "alice logged in from 10.0.0.1"),
    Told.RESUME: ({"name": "alice", "address": "10.0.0.1"}, "alice is back from 10.0.0.1"),
    Told.LEAVE: (
        {"name": "alice", "address": "10.0.0.1", "reason": "logged out"},
        "alice left (logged out), was at 10.0.0.1",
    ),
    Told.MESSAGE: (
        {"name": "alice", "conversation": "#zmq", "text": "hi {name}"},
        "[alice] #zmq :: hi {name}",
    ),
    Told.COMMAND: ({"name": "alice", "command": "who"}, "alice asked for who"),
    Told.REFUSED: (
        {"address": "10.0.0.1", "code": "malformed", "text": "not JSON"},
        "10.0.0.1 sent what cannot be read: malformed, not JSON",
    ),
    Told.LAGGING: ({"name": "alice", "address": "10.0.0.1"}, "alice at 10.0.0.1 reads too slowly"),
    Told.FLOODING: ({"name": "alice", "address": "10.0.0.1"}, "alice at 10.0.0.1 floods, and was put out"),
    Told.CROWDED: (
        {"peers": 820},
        "820 connections: newcomers are refused; allow this process more open files",
    ),
    Told.CONNECTIONS: ({"name": "alice", "rows": []}, "alice asked for the connections"),
    Told.FAULT: ({"address": "10.0.0.1", "request": "topic"}, "a fault in topic asked for by 10.0.0.1"),
    Told.STORE_FAILED: (
        {"reason": "no space left"},
        "the store failed, and what needs it is refused until it works again: no space left",
    ),
    Told.STORE_HEALED: ({}, "the store works again"),
    Told.AUDIT: (
        {"name": "alice", "action": "kick", "text": "kick bob in #tea: noise"},
        "alice did kick bob in #tea: noise",
    ),
    Told.FORGOTTEN: (
        {"name": "alice", "days": 90},
        "alice was forgotten, not having been here for 90 days",
    ),
    Told.PRUNED: (
        {"conversation": "#lobby", "messages": 1},
        "what was past its time in #lobby was deleted: 1 message",
    ),
    Told.DROPPED: ({"count": 2}, "messages that are no frames of ours were dropped: 2"),
    Told.SHUT: (
        {},
        "nobody new can connect to encrypted endpoints: what checks keys has stopped or hangs; "
        "restart the broker",
    ),
    Told.OPEN_AGAIN: ({}, "what checks keys answers again"),
}


def note(told: Told, error: BaseException | None = None, **fields: object) -> Note:
    """Return a note of a kind, with other fields where given."""
    return Note(told, {**NOTES[told][0], **fields}, error)


def write(*notes: Note) -> None:
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
