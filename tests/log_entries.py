"""Log entries of every kind, and their lines in the operator's log."""

from broker.core.outbox import LogEntry, LogEvent
from broker.monitoring.logs import LogWriter

ENTRIES = {
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
        "10.0.0.1 sent an invalid request: malformed, not JSON",
    ),
    LogEvent.LAGGING: ({"name": "alice", "address": "10.0.0.1"}, "alice at 10.0.0.1 reads too slowly"),
    LogEvent.FLOODING: (
        {"name": "alice", "address": "10.0.0.1"},
        "alice at 10.0.0.1 was disconnected for flooding",
    ),
    LogEvent.CONNECTION_LIMIT: (
        {"peers": 820},
        "820 connections: new ones are refused; allow this process more open files",
    ),
    LogEvent.CONNECTIONS: ({"name": "alice", "rows": []}, "alice asked for the connections"),
    LogEvent.FAULT: (
        {"address": "10.0.0.1", "request": "topic"},
        "a fault in the request topic from 10.0.0.1",
    ),
    LogEvent.STORE_FAILED: (
        {"reason": "no space left"},
        "the store failed; requests that need it are refused until it recovers: no space left",
    ),
    LogEvent.STORE_RECOVERED: ({}, "the store works again"),
    LogEvent.AUDIT: (
        {"name": "alice", "action": "kick", "text": "kick bob in #tea: noise"},
        "alice did kick bob in #tea: noise",
    ),
    LogEvent.FORGOTTEN: (
        {"name": "alice", "days": 90},
        "alice was forgotten after 90 days of absence",
    ),
    LogEvent.PRUNED: (
        {"conversation": "#lobby", "messages": 1},
        "retention deleted 1 message in #lobby",
    ),
    LogEvent.DROPPED: ({"count": 2}, "invalid ZeroMQ messages were dropped: 2"),
    LogEvent.CONNECTIONS_SCARCE: (
        {"connections": 820, "strangers": 200},
        "connections are scarce: 820, of which 200 have not logged in; newcomers can be refused",
    ),
    LogEvent.CONNECTIONS_ENOUGH: ({}, "connections are no longer scarce"),
    LogEvent.AUTHENTICATOR_DOWN: (
        {},
        "new clients cannot connect to encrypted endpoints: the authenticator has stopped or hangs; "
        "restart the broker",
    ),
    LogEvent.AUTHENTICATOR_UP: ({}, "the authenticator works again"),
    LogEvent.CLOCK_DOUBTED: (
        {"off": "100 days ahead of"},
        "the clock is 100 days ahead of the last known time: nothing is deleted for its age and nobody is "
        "forgotten, until the clock is set right or has gone on for a day; if it is right already, "
        "give --trust-clock",
    ),
    LogEvent.FILES_LOST: (
        {"count": 2},
        "the content of files is missing: 2; chat-broker verify names their messages",
    ),
    LogEvent.CLOCK_TRUSTED: ({}, "the clock is trusted again"),
}


def entry(event: LogEvent, error: BaseException | None = None, **fields: object) -> LogEntry:
    """Return an entry of a kind. `fields` replace the usual ones."""
    return LogEntry(event, {**ENTRIES[event][0], **fields}, error)


def write(*entries: LogEntry) -> None:
    """Write entries as a broker does."""
    writer = LogWriter()
    writer.write(entries)
    writer.close()


def raised(text: str) -> Exception:
    """Return an exception with a traceback."""
    try:
        raise ValueError(text)
    except ValueError as error:
        return error
