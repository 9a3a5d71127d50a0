"""Writes entries as rows. The caller begins and ends the transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress
from typing import Any

from broker.core.entries import PLAIN
from broker.core.facts.files import Uploading
from broker.core.store import (
    DepartedMember,
    Entry,
    ForgottenUser,
    Pruned,
    ReplacedMessage,
    StoredFact,
    StoredMember,
    StoredMessage,
    StoredRoom,
    StoredUser,
    StoreError,
    pair_of,
)
from broker.store.checksums import (
    FACTS,
    LAST_SENT,
    LOG,
    MEMBERS,
    MESSAGES,
    ROOMS,
    USERS,
    DamagedError,
    Row,
)
from broker.store.rows.conversations import Conversations, StoredRange
from broker.store.rows.forms import form_to_text
from broker.store.rows.gaps import Gaps
from broker.store.rows.index import Index
from broker.store.rows.recent import RecentRows

_UPDATE = "UPDATE messages SET {}, sum = ? WHERE number = ?".format(  # noqa: S608
    ", ".join(f"{column} = ?" for column in MESSAGES.columns[3:])
)


class Writer:
    """Writes entries. After a rollback, call `reload`."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        conversations: Conversations,
        index: Index,
        recent: RecentRows,
        gaps: Gaps,
    ) -> None:
        self._connection = connection
        self._conversations = conversations
        self._index = index
        self._recent = recent
        self._gaps = gaps
        self.epoch = ""
        self.next_user = 1
        self._last_number = 0

    @property
    def last_number(self) -> int:
        """The number of the last message. Later messages get higher ones."""
        return self._last_number

    def reload(self) -> None:
        """Read the values kept in memory. Raise DamagedError or sqlite3.Error."""
        self._recent.clear()
        self._gaps.clear()
        rows = list(LOG.checked(self._connection.execute(LOG.select())))
        if len(rows) != 1:
            raise DamagedError("the row of log is missing")
        ((self.epoch, self.next_user),) = rows
        (last,) = self._connection.execute("SELECT max(number) FROM messages").fetchone()
        self._last_number = max(last or 0, self._index.upto)

    def store(self, entries: Sequence[Entry]) -> None:
        """Write all entries, as if in order. Raise StoreError if the seq of a message is not the next one."""
        for run in _runs(entries):
            match run[0]:
                case StoredMessage():
                    self._store_messages(run)
                case StoredMember():
                    self._store_members(run)
                case ReplacedMessage():
                    self._replace([entry.message for entry in run])
                case DepartedMember() | ForgottenUser():
                    self._depart([entry for entry in run if isinstance(entry, DepartedMember)])
                    self._forget({entry.id for entry in run if isinstance(entry, ForgottenUser)})
                case entry:
                    self._store_single(entry)

    def _store_single(self, entry: Entry) -> None:
        match entry:
            case StoredUser():
                row = USERS.row(entry.id, entry.name, entry.away, entry.seen, int(entry.discreet))
                self._connection.execute(USERS.replace, row)
                if entry.id >= self.next_user:
                    self.save_log(self.epoch, entry.id + 1)
            case StoredRoom():
                self._connection.execute(ROOMS.replace, ROOMS.row(entry.id, entry.name, entry.topic))
            case StoredFact():
                self._store_fact(entry)
            case Pruned():
                self._prune(entry)

    def save_log(self, epoch: str, next_user: int) -> None:
        """Write the only row of the table log."""
        self._connection.execute("DELETE FROM log")
        self._connection.execute(LOG.replace, LOG.row(epoch, next_user))
        self.epoch, self.next_user = epoch, next_user

    def _store_messages(self, run: Sequence[StoredMessage]) -> None:
        rows: list[Row] = []
        last_sent: dict[tuple[int, int], int] = {}
        changed: dict[int, StoredRange] = {}
        number = self._last_number
        for message in run:
            held = self._conversations.get_or_add(message.conversation)
            if held.head == 0:
                held.first = message.seq
            elif message.seq != held.head + 1:
                raise StoreError(f"{held.id} has {held.head} messages; {message.seq} cannot be the next")
            held.head = message.seq
            if message.kind:
                held.amended = message.seq
            changed[held.number] = held
            number += 1
            last_sent[held.number, message.user] = message.seq
            rows.append(_message_row(number, held.number, message))
        many = self._connection.executemany
        many(MESSAGES.insert, rows)
        many(LAST_SENT.replace, [LAST_SENT.row(*key, seq) for key, seq in last_sent.items()])
        self._conversations.save(changed.values())
        self._gaps.use(run)
        self._last_number = number

    def _store_members(self, run: Sequence[StoredMember]) -> None:
        last = {(member.conversation, member.user): member for member in run}
        number = self._conversations.get_or_add
        self._connection.executemany(
            MEMBERS.replace,
            [
                MEMBERS.row(number(m.conversation).number, m.user, m.delivered, m.joined, m.read, m.at)
                for m in last.values()
            ],
        )

    def _store_fact(self, fact: StoredFact) -> None:
        if fact.value is None:
            self._connection.execute("DELETE FROM facts WHERE kind = ? AND key = ?", (fact.kind, fact.key))
            if fact.kind == Uploading.KIND:  # the name of a file, which is perhaps never sent
                self._index.erase_log()
        else:
            self._connection.execute(FACTS.replace, FACTS.row(fact.kind, fact.key, fact.value))

    def _replace(self, run: Sequence[StoredMessage]) -> None:
        """Replace messages in their table, and in the index of words if their words change."""
        last = {(message.conversation, message.seq): message for message in run}
        old, new = zip(*(self._replacement(message) for message in last.values()), strict=True)
        changed = [one[6] != other[6] or one[4] != other[4] for one, other in zip(old, new, strict=True)]
        self._index.remove(compress(old, changed))
        self._connection.executemany(_UPDATE, [row[3:] + row[:1] for row in new])
        for row in new:
            self._recent.put(row[:-1])
        self._gaps.use(last.values())
        self._index.put_back(compress(new, changed))

    def _replacement(self, message: StoredMessage) -> tuple[Row, Row]:
        """Return the row of a message as it is, and as it is to be."""
        held = self._conversations.get(message.conversation)
        if held is None or not held.first <= message.seq <= held.head:
            raise StoreError(f"{message.conversation} has no message {message.seq} to replace")
        if (known := self._recent.get(held.number, message.seq)) is not None:
            return known, _message_row(known[0], held.number, message)
        where = MESSAGES.select("WHERE conversation = ? AND seq = ?")
        for row in MESSAGES.checked(self._connection.execute(where, (held.number, message.seq))):
            return row, _message_row(row[0], held.number, message)
        raise DamagedError(f"message {message.seq} of {message.conversation} is missing")

    def _prune(self, pruned: Pruned) -> None:
        stored = self._conversations.get(pruned.conversation)
        if stored is None:
            return
        first = min(pruned.first, stored.head + 1)
        if first > stored.first:
            self._delete("WHERE conversation = ? AND seq < ?", (stored.number, first))
            stored.first = first
            self._conversations.save([stored])

    def _delete(self, where: str, values: Sequence[object]) -> None:
        """Delete messages from their table and from the index of words."""
        self._recent.clear()
        rows = list(MESSAGES.checked(self._connection.execute(MESSAGES.select(where), values)))
        self._index.remove(rows)
        self._connection.executemany("DELETE FROM messages WHERE number = ?", [row[:1] for row in rows])

    def _depart(self, members: Sequence[DepartedMember]) -> None:
        held = [(self._conversations.get(member.conversation), member.user) for member in members]
        keys = [(one.number, user) for one, user in held if one is not None]
        for table in ("members", "last_sent"):
            delete = f"DELETE FROM {table} WHERE conversation = ? AND user = ?"  # noqa: S608
            self._connection.executemany(delete, keys)

    def _forget(self, users: set[int]) -> None:
        """Forget users, in one pass over each table for all of them."""
        if not users:
            return
        execute = self._connection.execute
        for held in [held for held in self._conversations if not users.isdisjoint(pair_of(held.id))]:
            self._delete("WHERE conversation = ?", (held.number,))
            execute("DELETE FROM members WHERE conversation = ?", (held.number,))
            execute("DELETE FROM last_sent WHERE conversation = ?", (held.number,))
            self._conversations.forget(held)
        ids = json.dumps(sorted(users))
        for table, column in (("members", "user"), ("last_sent", "user"), ("users", "id")):
            delete = f"DELETE FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))"  # noqa: S608
            execute(delete, (ids,))


def set_epoch(connection: sqlite3.Connection, epoch: str) -> None:
    """Give a log another epoch, if it has one. Raise DamagedError or sqlite3.Error."""
    for _, next_user in LOG.checked(connection.execute(LOG.select()).fetchall()):
        connection.execute("DELETE FROM log")
        connection.execute(LOG.replace, LOG.row(epoch, next_user))


def _message_row(number: int, conversation: int, said: StoredMessage) -> Row:
    form = "" if said.form is PLAIN else form_to_text(said.form)
    return MESSAGES.row(
        number, conversation, said.seq, said.id, said.user, said.sender, said.text, said.at, said.to, said.of,
        said.kind, form,
    )  # fmt: skip


def _runs(entries: Iterable[Entry]) -> Iterator[list[Any]]:
    """Yield entries in runs of one type, so that one statement can write many rows.

    Under load, messages, replaced messages and members alternate. So each type is gathered across the others:
    members have their own table, and a message is stored before it is replaced. Departed members and
    forgotten users are gathered too. An entry of any other type ends each run.
    """
    messages: list[StoredMessage] = []
    members: list[StoredMember] = []
    replaced: list[ReplacedMessage] = []
    gone: list[DepartedMember | ForgottenUser] = []
    for entry in entries:
        if isinstance(entry, DepartedMember | ForgottenUser):
            yield from filter(None, (messages, members, replaced))
            messages, members, replaced = [], [], []
            gone.append(entry)
            continue
        if gone:
            yield gone
            gone = []
        if type(entry) is StoredMessage:
            messages.append(entry)
        elif type(entry) is StoredMember:
            members.append(entry)
        elif type(entry) is ReplacedMessage:
            replaced.append(entry)
        else:
            yield from filter(None, (messages, members, replaced))
            messages, members, replaced = [], [], []
            yield [entry]
    yield from filter(None, (messages, members, replaced, gone))
