"""Reads messages from the SQLite store, and checks each row and that none is missing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from broker.core.entries import MOST_MENTIONING, Mentioning
from broker.core.store import MOST_IN_THREAD, Snapshot, StoredMember, StoredMessage, StoredRoom, StoredUser
from broker.store.checksums import (
    FACTS,
    LAST_SENT,
    MEMBERS,
    MESSAGES,
    ROOMS,
    USERS,
    DamagedError,
    Row,
    Table,
)
from broker.store.rows.conversations import Conversations, StoredRange
from broker.store.rows.forms import form_from_text
from broker.store.rows.gaps import Gaps
from broker.store.rows.recent import RecentRows
from broker.store.versions.schema import MENTIONS
from messages.limits import MAX_SEQ

_MOST_COUNTED = 10_000
"""The most messages to look at when counting those of others, which takes some milliseconds."""

_COUNT_OTHERS = """
    SELECT count(*) FROM (
        SELECT 1 FROM messages WHERE conversation = ? AND seq > ? AND user <> ? AND text <> '' LIMIT ?
    )
"""
_MENTIONING = f"""
    SELECT seq, user, form FROM messages INDEXED BY mentioning
    WHERE conversation = ? AND seq > ? AND {MENTIONS} ORDER BY seq DESC LIMIT {MOST_MENTIONING}
"""  # noqa: S608
_LAST_MENTIONING = f"""
    SELECT max(seq) FROM messages INDEXED BY mentioning WHERE conversation = ? AND {MENTIONS}
"""  # noqa: S608
_NEXT_SENT = "SELECT id FROM messages WHERE user = ? AND id >= ? ORDER BY id LIMIT 1"
_IS_SENT = "SELECT 1 FROM messages WHERE user = ? AND id IN (SELECT value FROM json_each(?)) LIMIT 1"
_THREAD = f"""
    WHERE conversation = ?1 AND seq IN (
        WITH RECURSIVE thread (seq, kind, number, sibling) AS (
            SELECT seq, kind, number, NULL FROM messages WHERE conversation = ?1 AND seq = ?2
            UNION ALL
            SELECT m.seq, m.kind, m.number, m."of" FROM thread t CROSS JOIN messages m ON m.number IN (
                (
                    SELECT number FROM messages INDEXED BY about
                    WHERE conversation = ?1 AND "of" = t.seq AND "of" <> 0 AND t.kind = ''
                    ORDER BY kind, number LIMIT 1
                ), coalesce((
                    SELECT number FROM messages INDEXED BY about
                    WHERE conversation = ?1 AND "of" = t.sibling AND "of" <> 0
                    AND kind = t.kind AND number > t.number
                    ORDER BY number LIMIT 1
                ), (
                    SELECT number FROM messages INDEXED BY about
                    WHERE conversation = ?1 AND "of" = t.sibling AND "of" <> 0 AND kind > t.kind
                    ORDER BY kind, number LIMIT 1
                ))
            )
            ORDER BY 2 LIMIT {MOST_IN_THREAD}
        )
        SELECT seq FROM thread WHERE seq > ?3 ORDER BY seq LIMIT ?4
    ) ORDER BY seq
"""  # noqa: S608
"""Each entry leads to the first that is about it and to the next that is about the same message, so the work
is bounded however many there are. Messages come before amendments."""

_encode = msgspec.json.Encoder().encode


class Reader:
    """Reads messages. Its methods raise DamagedError or sqlite3.Error."""

    def __init__(
        self, connection: sqlite3.Connection, conversations: Conversations, recent: RecentRows, gaps: Gaps
    ) -> None:
        self._connection = connection
        self._recent = recent
        self._gaps = gaps
        self._conversations = conversations

    def snapshot(self, epoch: str, next_user: int) -> Snapshot:
        """Return everything but the messages."""
        return Snapshot(
            epoch,
            [_user(*row) for row in self._all(USERS)],
            [StoredRoom(*row) for row in self._all(ROOMS)],
            [StoredMember(self._id(number), *row) for number, *row in self._all(MEMBERS)],
            {held.id: held.head for held in self._conversations if held.head},
            {(self._id(number), user): seq for number, user, seq in self._all(LAST_SENT)},
            next_user,
            self._latest(),
            {held.id: held.first for held in self._conversations if held.first > 1},
            {(kind, key): value for kind, key, value in self._all(FACTS)},
            {held.id: held.amended for held in self._conversations if held.amended},
            {held.id: seq for held in self._conversations if (seq := self._last_mentioning(held))},
        )

    def page(self, conversation: str, after: int, before: int, limit: int) -> list[Row]:
        """Return the rows of the first `limit` messages with `after < seq < before`."""
        held = self._conversations.get(conversation)
        if held is None:
            return []
        first = max(after + 1, held.first)
        return self._between(held, first, min(before, held.head + 1, first + limit))

    def last_page(self, conversation: str, before: int, limit: int) -> list[Row]:
        """Return the rows of the last `limit` messages with `seq < before`."""
        held = self._conversations.get(conversation)
        if held is None:
            return []
        end = min(before, held.head + 1)
        return self._between(held, max(end - limit, held.first), end)

    def never_sent(self, user: int, ids: Sequence[str]) -> bool:
        """Return True only if the index of ids shows that no message has any of these request ids."""
        first, last = min(ids), max(ids)
        if self._gaps.cover(user, first, last):
            return True
        try:
            (sent,) = self._connection.execute(_NEXT_SENT, (user, first)).fetchone() or (None,)
            if sent is None or sent > last:
                self._gaps.open(user, first, sent)
                return True
            if sent == first:
                return False
            found = self._connection.execute(_IS_SENT, (user, _encode(ids).decode()))
            return found.fetchone() is None
        except sqlite3.Error:
            return False

    def sent_by(self, user: int, limit: int) -> list[StoredMessage]:
        """Return up to `limit` messages of a user, in any order."""
        return self.messages(self._rows("WHERE user = ? LIMIT ?", (user, limit)))

    def find_sent(self, user: int, id: str) -> StoredMessage | None:
        """Return the message that a user sent with a request id."""
        for row in self._rows("WHERE user = ? AND id = ?", (user, id)):
            if (row[4], row[3]) != (user, id):
                raise DamagedError("an index of messages gives a wrong row")
            return self.message(row)
        return None

    def thread(self, conversation: str, seq: int, after: int, limit: int) -> list[StoredMessage]:
        """Return a message, its answers and their amendments, in order: the first `limit` after `after`."""
        held = self._conversations.get(conversation)
        if held is None or not held.first <= seq <= held.head:
            return []
        return self.messages(self._rows(_THREAD, (held.number, seq, after, limit)))

    def seq_since(self, conversation: str, at: int) -> int:
        """Return the seq of the first message whose `at` is not earlier, or MAX_SEQ."""
        held = self._conversations.get(conversation)
        if held is None:
            return MAX_SEQ
        low, high = held.first, held.head + 1
        while low < high:
            middle = (low + high) // 2
            (row,) = self._between(held, middle, middle + 1)
            if row[7] >= at:
                high = middle
            else:
                low = middle + 1
        return low if low <= held.head else MAX_SEQ

    def number_since(self, at: int, last: int) -> int:
        """Return the number of the first message of all whose `at` is not earlier, or `last + 1`."""
        low, high = 1, last + 1
        while low < high:
            middle = (low + high) // 2
            row = next(self._rows("WHERE number >= ? ORDER BY number LIMIT 1", (middle,)), None)
            if row is None or row[7] >= at:
                high = middle
            else:
                low = row[0] + 1
        return low

    def first_number(self) -> int:
        """Return the number of the first message that is stored, or 0 if there is none."""
        (first,) = self._connection.execute("SELECT min(number) FROM messages").fetchone()
        return first or 0

    def conversations_between(self, begin: int, end: int) -> set[int]:
        """Return the numbers in the tables of the conversations of messages with `begin <= number < end`."""
        query = "SELECT DISTINCT conversation FROM messages WHERE number >= ? AND number < ?"
        return {number for (number,) in self._connection.execute(query, (begin, end))}

    def count_others(self, conversation: str, after: int, user: int, most: int) -> int:
        """Return how many messages after `after` others than `user` sent, `most` at most.

        It looks at the last 10,000 messages only, as a user may have sent a lot and read nothing.
        """
        held = self._conversations.get(conversation)
        if held is None:
            return 0
        first = max(after, held.head - _MOST_COUNTED)
        values = (held.number, first, user, most)
        return int(self._connection.execute(_COUNT_OTHERS, values).fetchone()[0])

    def mentioning(self, conversation: str, after: int) -> list[Mentioning]:
        """Return the messages after seq `after` that mention somebody, the last MOST_MENTIONING."""
        held = self._conversations.get(conversation)
        if held is None:
            return []
        rows = self._connection.execute(_MENTIONING, (held.number, after))
        return [(seq, user, form_from_text(form)) for seq, user, form in rows]

    def _last_mentioning(self, held: StoredRange) -> int:
        (last,) = self._connection.execute(_LAST_MENTIONING, (held.number,)).fetchone()
        return last or 0

    def by_number(self, number: int) -> StoredMessage | None:
        """Return the message with a number in the tables, or None if there is none."""
        row = next(self._rows("WHERE number = ?", (number,)), None)
        return None if row is None else self.message(row)

    def messages(self, rows: Iterable[Row]) -> list[StoredMessage]:
        """Return the messages in some rows."""
        return [self.message(row) for row in rows]

    def message(self, row: Row) -> StoredMessage:
        """Return the message in a row."""
        return StoredMessage(self._id(row[1]), *(*row[2:-1], form_from_text(row[-1])))

    def _id(self, number: int) -> str:
        held = self._conversations.by_number(number)
        if held is None:
            raise DamagedError(f"conversation {number} is missing")
        return held.id

    def _latest(self) -> int:
        """Return the `at` of the last message, or 0 if there is none."""
        row = next(self._rows("ORDER BY number DESC LIMIT 1", ()), None)
        return 0 if row is None else int(row[7])

    def _between(self, held: StoredRange, first: int, end: int) -> list[Row]:
        """Return the rows with `first <= seq < end`. All of them must be there."""
        if first >= end:
            return []
        if end - first == 1:
            return [self._one(held, first)]
        where = "WHERE conversation = ? AND seq >= ? AND seq < ? ORDER BY seq"
        rows = list(self._rows(where, (held.number, first, end)))
        if [row[1:3] for row in rows] != [(held.number, seq) for seq in range(first, end)]:
            raise DamagedError(f"messages of {held.id} are missing")
        return rows

    def _one(self, held: StoredRange, seq: int) -> Row:
        row = self._recent.get(held.number, seq)
        if row is None:
            row = next(self._rows("WHERE conversation = ? AND seq = ?", (held.number, seq)), None)
            if row is None or row[1:3] != (held.number, seq):
                raise DamagedError(f"messages of {held.id} are missing")
            self._recent.put(row)
        return row

    def _rows(self, rest: str, values: Sequence[object]) -> Iterator[Row]:
        return MESSAGES.checked(self._connection.execute(MESSAGES.select(rest), values))

    def _all(self, table: Table) -> Iterator[Row]:
        return table.checked(self._connection.execute(table.select()))


def _user(id: int, name: str, away: str | None, seen: int, discreet: int) -> StoredUser:
    return StoredUser(id, name, away, seen, bool(discreet))
