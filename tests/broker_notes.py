"""Notes of every kind, and the lines that the operator's log makes of them."""

from broker.core.outbox import Fact, Note
from broker.logs import NoteLog

NOTES = {
    Fact.LOGIN: ({"name": "alice", "address": "10.0.0.1"}, "alice logged in from 10.0.0.1"),
    Fact.RESUME: ({"name": "alice", "address": "10.0.0.1"}, "alice is back from 10.0.0.1"),
    Fact.LEAVE: (
        {"name": "alice", "address": "10.0.0.1", "reason": "logged out"},
        "alice left (logged out), was at 10.0.0.1",
    ),
    Fact.MESSAGE: (
        {"name": "alice", "conversation": "#zmq", "text": "hi {name}"},
        "[alice] #zmq :: hi {name}",
    ),
    Fact.COMMAND: ({"name": "alice", "command": "who"}, "alice asked for who"),
    Fact.REFUSED: (
        {"address": "10.0.0.1", "code": "malformed", "text": "not JSON"},
        "10.0.0.1 sent what cannot be read: malformed, not JSON",
    ),
    Fact.LAGGING: ({"name": "alice", "address": "10.0.0.1"}, "alice at 10.0.0.1 reads too slowly"),
    Fact.FLOODING: ({"name": "alice", "address": "10.0.0.1"}, "alice at 10.0.0.1 floods, and was put out"),
    Fact.CROWDED: (
        {"peers": 820},
        "820 connections: newcomers are refused; allow this process more open files",
    ),
    Fact.CONNECTIONS: ({"name": "alice", "rows": []}, "alice asked for the connections"),
    Fact.FAULT: ({"address": "10.0.0.1", "request": "topic"}, "a fault in topic asked for by 10.0.0.1"),
    Fact.STORE_FAILED: (
        {"reason": "no space left"},
        "the store failed, and what needs it is refused until it works again: no space left",
    ),
    Fact.STORE_HEALED: ({}, "the store works again"),
    Fact.DEED: (
        {"name": "alice", "deed": "kick", "text": "kick bob in #tea: noise"},
        "alice did kick bob in #tea: noise",
    ),
    Fact.FORGOTTEN: (
        {"name": "alice", "days": 90},
        "alice was forgotten, not having been here for 90 days",
    ),
    Fact.PRUNED: (
        {"conversation": "#lobby", "messages": 1},
        "what was past its time in #lobby was deleted: 1 message",
    ),
    Fact.DROPPED: ({"count": 2}, "messages that are no frames of ours were dropped: 2"),
    Fact.SHUT: (
        {},
        "nobody new can connect to encrypted endpoints: what checks keys has stopped or hangs; "
        "restart the broker",
    ),
    Fact.OPEN_AGAIN: ({}, "what checks keys answers again"),
}


def note(fact: Fact, error: BaseException | None = None, **fields: object) -> Note:
    """Return a note of a kind, with other fields where given."""
    return Note(fact, {**NOTES[fact][0], **fields}, error)


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
