"""A store in memory with a limited number of messages, for a broker without a disk and for tests."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import cast

from broker.core.contents import Contents
from broker.core.entries import PLAIN, Mentioning
from broker.core.store import (
    DepartedMember,
    Entry,
    ForgottenUser,
    Part,
    Pruned,
    Query,
    ReplacedMessage,
    Snapshot,
    StoredFact,
    StoredMember,
    StoredMessage,
    StoredRoom,
    StoredUser,
)
from broker.store.contents.memory import MemoryContents
from broker.store.relations import Relations
from broker.store.words import phrase, spaced
from messages.limits import MAX_SEQ
from messages.replies import Durability

DEFAULT_CAPACITY = 100_000
"""Messages of all conversations together. If there are more, the oldest are dropped."""

STEP_MESSAGES, STEP_CHARACTERS = 512, 16_384  # how much one step of a search looks at


class MemoryStore:
    """Implements `broker.core.store.Store`. `epoch` identifies its log."""

    durability = Durability.MEMORY

    def __init__(self, epoch: str, capacity: int = DEFAULT_CAPACITY) -> None:
        self.contents: Contents = MemoryContents()
        self._epoch = epoch
        self._capacity = capacity
        self._next_user = 1
        self._users: dict[int, StoredUser] = {}
        self._rooms: dict[str, StoredRoom] = {}
        self._members: dict[tuple[str, int], StoredMember] = {}
        self._facts: dict[tuple[str, str], bytes] = {}
        self._logs: dict[str, dict[int, int]] = {}  # numbers of messages by seq
        self._firsts: dict[str, int] = {}
        self._heads: dict[str, int] = {}
        self._last_sent: dict[tuple[str, int], int] = {}
        self._relations = Relations()
        self._sent: dict[tuple[int, str], int] = {}  # numbers
        self._order: list[StoredMessage] = []
        self._last = 0
        """How many messages there ever were. The last one has this number, and is at `_place` of it."""

    @property
    def unindexed(self) -> int:
        """0, as a search looks at all messages."""
        return 0

    def load(self) -> Snapshot:
        """Return everything but the messages."""
        return Snapshot(
            self._epoch,
            list(self._users.values()),
            list(self._rooms.values()),
            list(self._members.values()),
            dict(self._heads),
            dict(self._last_sent),
            self._next_user,
            self._latest(),
            {conversation: first for conversation, first in self._firsts.items() if first > 1},
            dict(self._facts),
            dict(self._relations.amended),
            self._relations.last_mentioning(),
        )

    def commit(self, entries: Sequence[Entry]) -> None:
        """Store all entries in order."""
        for kind, run in groupby(entries, type):
            if kind is StoredMessage:
                self._append(cast("Iterator[StoredMessage]", run))
            elif kind is StoredMember:
                for member in cast("Iterator[StoredMember]", run):
                    self._members[member.conversation, member.user] = member
            else:
                for entry in run:
                    self._store_rare(entry)

    def _store_rare(self, entry: Entry) -> None:
        match entry:
            case StoredUser():
                self._users[entry.id] = entry
                self._next_user = max(self._next_user, entry.id + 1)
            case StoredRoom():
                self._rooms[entry.id] = entry
            case DepartedMember():
                self._members.pop((entry.conversation, entry.user), None)
                self._last_sent.pop((entry.conversation, entry.user), None)
            case ForgottenUser():
                self._forget(entry.id)
            case ReplacedMessage(message):
                self._replace(message)
            case Pruned():
                for message in self.page(entry.conversation, 0, entry.first, MAX_SEQ):
                    self._drop(message)
            case StoredFact(kind, key, None):
                self._facts.pop((kind, key), None)
            case StoredFact(kind, key, bytes() as value):
                self._facts[kind, key] = value

    def page(self, conversation: str, after: int, before: int, limit: int) -> list[StoredMessage]:
        """Return the first `limit` messages with `after < seq < before`, in order."""
        log = self._logs.get(conversation, {})
        first = max(after + 1, self._firsts.get(conversation, 1))
        last = min(before, self._heads.get(conversation, 0) + 1, first + limit)
        return [self._at(log[seq]) for seq in range(first, last)]

    def last_page(self, conversation: str, before: int, limit: int) -> list[StoredMessage]:
        """Return the last `limit` messages with `seq < before`, in order."""
        end = min(before, self._heads.get(conversation, 0) + 1)
        return self.page(conversation, max(end - limit - 1, 0), end, limit)

    def find_sent(self, user: int, id: str) -> StoredMessage | None:
        """Return the stored message that `user` sent with this request id, or None."""
        number = self._sent.get((user, id))
        return None if number is None else self._at(number)

    def sent_by(self, user: int, limit: int) -> list[StoredMessage]:
        """Return `limit` stored messages of a user, or all if there are fewer, in any order."""
        mine = (number for (sender, _), number in self._sent.items() if sender == user)
        return [self._at(number) for number in islice(mine, limit)]

    def never_sent(self, user: int, ids: Sequence[str]) -> bool:
        """Return whether no stored message of `user` has any of these request ids."""
        return self._sent.keys().isdisjoint([(user, one) for one in ids])

    def seq_since(self, conversation: str, at: int) -> int:
        """Return the seq of the first stored message whose `at` is not earlier, or MAX_SEQ."""
        log = self._logs.get(conversation, {})
        held = range(self._firsts.get(conversation, 1), self._heads.get(conversation, 0) + 1)
        place = bisect_left(held, at, key=lambda seq: self._at(log[seq]).at)
        return held[place] if place < len(held) else MAX_SEQ

    def count_others(self, conversation: str, after: int, user: int, most: int) -> int:
        """Return how many stored messages after `after` others than `user` sent, `most` at most."""
        log = self._logs.get(conversation, {})
        first = max(after + 1, self._firsts.get(conversation, 1))
        messages = (self._at(log[seq]) for seq in range(first, self._heads.get(conversation, 0) + 1))
        others = (one for one in messages if one.text and one.user != user)
        return sum(1 for _ in islice(others, most))

    def mentioning(self, conversation: str, after: int) -> list[Mentioning]:
        """Return the messages after seq `after` that mention somebody, the last MOST_MENTIONING."""
        log = self._logs.get(conversation, {})
        messages = (self._at(log[seq]) for seq in self._relations.mentioning(conversation, after))
        return [(one.seq, one.user, one.form) for one in messages if one.form.mentions]

    def thread(self, conversation: str, seq: int, after: int, limit: int) -> list[StoredMessage]:
        """Return a message, its answers and their amendments, in order: the first `limit` after `after`."""
        log = self._logs.get(conversation, {})
        found = self._relations.threads.of(conversation, seq) if seq in log else []
        return [self._at(log[one]) for one in islice((one for one in found if one > after), limit)]

    def search(self, query: Query) -> Iterator[Part]:
        """Look at the messages of all conversations, the latest first, some hundreds in a step."""
        phrases = list(dict.fromkeys(filter(None, map(phrase, query.words))))
        if query.words and not phrases:
            return
        covered: dict[str, bool] = {}
        end = self._last + 1 if query.older_than is None else min(query.older_than, self._last + 1)
        while end > self._first:
            hits, end = self._search_some(query, phrases, covered, end)
            yield Part(hits, end)

    def check_files(self) -> None:
        """Do nothing: there are no files."""

    def probe(self) -> None:
        """Do nothing: there is always room, because the oldest messages are dropped."""

    def upkeep(self) -> bool:
        """Do nothing, and return False."""
        return False

    def close(self) -> None:
        """Do nothing."""

    def _append(self, messages: Iterable[StoredMessage]) -> None:
        """Store messages, and drop the oldest if there are too many."""
        conversation, number = "", self._last
        log: dict[int, int] = {}  # `dict[int, int]()` takes as long as storing a message
        added: list[StoredMessage] = []
        heads, sent, last_sent, keep = self._heads, self._sent, self._last_sent, added.append
        for message in messages:
            seq, user = message.seq, message.user
            if message.conversation != conversation:
                conversation = message.conversation
                log = self._logs.setdefault(conversation, {})
                if conversation not in heads:
                    self._firsts[conversation] = seq
            number += 1
            log[seq] = sent[user, message.id] = number
            heads[conversation] = last_sent[conversation, user] = seq
            if message.of or message.form is not PLAIN:
                self._relations.add(message)
            keep(message)
        order, capacity = self._order, self._capacity
        room = capacity - len(order)
        order += added[:room]
        place = self._place(self._last + 1) if room <= 0 else 0
        for number, message in enumerate(added[room:], self._last + room + 1):
            if self._holds(order[place], number - capacity):
                self._drop(order[place])
            order[place] = message
            place = place + 1 if place + 1 < capacity else 0
        self._last += len(added)

    def _search_some(
        self, query: Query, phrases: Sequence[str], covered: dict[str, bool], end: int
    ) -> tuple[list[tuple[int, StoredMessage]], int]:
        """Look at some messages before number `end`. Return the hits and the number it came to.

        `covered` keeps which conversations the query covers.
        """
        hits: list[tuple[int, StoredMessage]] = []
        characters, number = 0, end
        for number in range(end - 1, max(self._first, end - STEP_MESSAGES) - 1, -1):
            message = self._order[self._place(number)]
            place = message.conversation
            if place not in covered:
                covered[place] = query.covers(place)
            if covered[place] and message.text and self._holds(message, number) and query.admits(message):
                characters += len(message.text)
                if _contains(message.text, phrases):
                    hits.append((number, message))
                if characters >= STEP_CHARACTERS:
                    break
        return hits, number

    @property
    def _first(self) -> int:
        """The number of the first message in `_order`."""
        return self._last - len(self._order) + 1

    def _place(self, number: int) -> int:
        """Return where the message with a number is in `_order`, which is full before it begins again."""
        return (number - 1) % self._capacity

    def _latest(self) -> int:
        """Return the `at` of the last message, or 0 if there is none."""
        numbers = range(self._last, self._last - len(self._order), -1)
        messages = ((number, self._at(number)) for number in numbers)
        return next((message.at for number, message in messages if self._holds(message, number)), 0)

    def _replace(self, new: StoredMessage) -> None:
        number = self._logs.get(new.conversation, {}).get(new.seq)
        if number is None:
            return  # entries of the same batch have taken its place
        old = self._at(number)
        self._order[self._place(number)] = new
        del self._sent[old.user, old.id]
        self._sent[new.user, new.id] = number

    def _at(self, number: int) -> StoredMessage:
        return self._order[self._place(number)]

    def _holds(self, message: StoredMessage, number: int) -> bool:
        return self._logs.get(message.conversation, {}).get(message.seq) == number

    def _drop(self, first: StoredMessage) -> None:
        """Drop the first stored message of a conversation."""
        del self._logs[first.conversation][first.seq]
        self._relations.drop(first)
        self._firsts[first.conversation] = first.seq + 1
        self._sent.pop((first.user, first.id), None)

    def _forget(self, user: int) -> None:
        self._users.pop(user, None)
        gone = {name for name in self._heads if name.startswith("@") and f"@{user}" in name.split("|")}
        for conversation in gone:
            self._heads.pop(conversation)
            for message in map(self._at, self._logs.pop(conversation, {}).values()):
                self._sent.pop((message.user, message.id), None)
            self._relations.forget(conversation)
            self._firsts.pop(conversation, None)
        for table in (self._members, self._last_sent):
            for key in [key for key in table if key[1] == user or key[0] in gone]:
                del table[key]


def _contains(text: str, phrases: Sequence[str]) -> bool:
    return not phrases or all(map(spaced(text).__contains__, phrases))
