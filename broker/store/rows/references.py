"""Checks that the rows of a database belong together, so that a broker can start with them."""

from __future__ import annotations

import re
import sqlite3

from broker.core.facts.checking import check_fact
from broker.core.store import NOBODY, REMOVED_SENDER
from broker.store.checksums import FACTS, LOG, ROOMS, USERS, DamagedError
from messages.names import canonical_key, parse_room

_DIRECT = re.compile(r"@([1-9][0-9]{0,15})\|@([1-9][0-9]{0,15})\Z")

_WRONG = (
    "SELECT 'user ' || id || ' does not exist yet' FROM users, log WHERE id < 1 OR id >= next_user",
    """
    SELECT 'messages of ' || id || ' are missing' FROM conversations WHERE first < 1 OR head < first - 1
    """,
    """
    SELECT 'a member of an unknown conversation' FROM members
    WHERE conversation NOT IN (SELECT number FROM conversations)
    """,
    """
    SELECT 'user ' || m.user || ' of ' || c.id || ' is unknown'
    FROM members m JOIN conversations c ON c.number = m.conversation
    WHERE m.user NOT IN (SELECT id FROM users)
        OR c.id LIKE '@%' AND '|' || c.id || '|' NOT LIKE '%|@' || m.user || '|%'
    """,
    """
    SELECT 'user ' || m.user || ' is ahead of ' || c.id
    FROM members m JOIN conversations c ON c.number = m.conversation
    WHERE min(m.delivered, m.joined, m.read) < 0 OR max(m.delivered, m.joined, m.read) > c.head
    """,
    """
    SELECT 'one of the two users of ' || c.id || ' is missing' FROM conversations c
    WHERE c.id LIKE '@%' AND (SELECT count(*) FROM members WHERE conversation = c.number) <> 2
    """,
    """
    SELECT 'user ' || s.user || ' has not sent message ' || s.seq || ' of ' || coalesce(c.id, '?')
    FROM last_sent s LEFT JOIN conversations c ON c.number = s.conversation
    WHERE c.number IS NULL OR s.seq < 1 OR s.seq > c.head OR s.user NOT IN (SELECT id FROM users)
    """,
)
"""Queries that find what is wrong: each gives a sentence about it."""

_WRONG_MESSAGES = """
    SELECT 'user ' || m.user || ' cannot have sent message ' || m.seq || ' of ' || c.id
    FROM messages m JOIN conversations c ON c.number = m.conversation, log
    WHERE m.user >= log.next_user OR (m."to" = '') <> (c.id LIKE '#%')
        OR m.user < 1 AND NOT (m.user = ? AND m.sender = ?)
        OR c.id LIKE '@%' AND '|' || c.id || '|' NOT LIKE '%|@' || m.user || '|%'
"""


def check_references(connection: sqlite3.Connection) -> None:
    """Check all but the messages. Raise DamagedError or sqlite3.Error."""
    rows = list(LOG.checked(connection.execute(LOG.select())))
    if len(rows) > 1 or (not rows and connection.execute("SELECT 1 FROM users LIMIT 1").fetchone()):
        raise DamagedError("the row of log is missing")
    try:
        _check_names(connection)
        for query in _WRONG:
            _refuse(connection, query)
        for kind, key, value in FACTS.checked(connection.execute(FACTS.select())):
            check_fact(kind, key, value, rows[0][1] if rows else 1)
    except ValueError as error:
        raise DamagedError(error) from None


def check_senders(connection: sqlite3.Connection) -> None:
    """Check that each message was sent by one who could. Raise DamagedError or sqlite3.Error."""
    _refuse(connection, _WRONG_MESSAGES, (NOBODY, REMOVED_SENDER))


def _refuse(connection: sqlite3.Connection, query: str, values: tuple[object, ...] = ()) -> None:
    found = connection.execute(f"{query} LIMIT 1", values).fetchone()
    if found is not None:
        raise DamagedError(found[0])


def _check_names(connection: sqlite3.Connection) -> None:
    """Raise ValueError if two users have one name, or a room or conversation has a wrong id."""
    users: dict[str, int] = {}
    for user, name, *_ in USERS.checked(connection.execute(USERS.select())):
        other = users.setdefault(canonical_key(name), user)
        if other != user:
            raise ValueError(f"users {other} and {user} have the same name")
    ids = set(users.values())
    rooms = set()
    for room, name, _ in ROOMS.checked(connection.execute(ROOMS.select())):
        if room != f"#{parse_room(name).key}":
            raise ValueError(f"{room} is not the id of {name}")
        rooms.add(room)
    for (conversation,) in connection.execute("SELECT id FROM conversations"):
        pair = _DIRECT.match(conversation)
        known = ids.issuperset(map(int, pair.groups())) if pair else conversation in rooms
        if not known or (pair and int(pair[1]) >= int(pair[2])):
            raise ValueError(f"the conversation {conversation} is of a room or user who is unknown")
