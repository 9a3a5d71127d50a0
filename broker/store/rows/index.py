"""The index of words in the SQLite store. It may lag behind the messages, and can always be rebuilt.

Messages are indexed in blocks of limited size, and each term begins with the name of its block. So each look
into the index takes a few milliseconds at most, however many messages there are and whatever is looked for:
SQLite reads all terms with a prefix before it gives the first hit. A block's name is the number of its first
message.
"""

from __future__ import annotations

import sqlite3
import time
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from enum import IntEnum

from broker.core.store import pair_of
from broker.store.checksums import BLOCKS, INDEXING, MESSAGES, DamagedError, Row
from broker.store.rows.conversations import Conversations
from broker.store.versions.schema import INDEX
from broker.store.words import split_words

BLOCK_CHARACTERS = 131_072
"""Characters of the messages in a block; one more message may begin before this is reached."""

BLOCK_MESSAGES = 4_096
"""Messages in a block."""

_MERGED_PAGES = 16
_MOST = 256  # messages indexed at a time
_FIND = "SELECT rowid FROM found WHERE found MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid DESC LIMIT ?"
_ADD = "INSERT INTO found (rowid, words) VALUES (?, ?)"
_REMOVE = "INSERT INTO found (found, rowid, words) VALUES ('delete', ?, ?)"


class Erase(IntEnum):
    """What is still to be erased after messages were deleted or changed."""

    NOTHING = 0
    ALL = 1
    INDEX = 2
    """The index, where that has begun; then the log."""
    LOG = 3


class IndexDamagedError(Exception):
    """The index is damaged, and must be reset."""


class Index:
    """Finds messages by their words. It has all messages with numbers up to `upto`."""

    def __init__(self, connection: sqlite3.Connection, conversations: Conversations) -> None:
        self._connection = connection
        self._conversations = conversations
        self._blocks: list[int] = []
        self._characters = BLOCK_CHARACTERS  # of the last block
        self.upto = 0
        self.erasing = Erase.NOTHING
        """How much of what was deleted is still to be overwritten."""

    def reload(self) -> None:
        """Read `upto` and the blocks. Raise IndexDamagedError if they are damaged."""
        try:
            ((self.upto, erasing),) = INDEXING.checked(self._connection.execute(INDEXING.select()))
            self.erasing = Erase(erasing)
            blocks = self._connection.execute(BLOCKS.select("ORDER BY first"))
            self._blocks = [first for (first,) in BLOCKS.checked(blocks)]
        except (DamagedError, ValueError):
            raise IndexDamagedError from None
        if bool(self._blocks) != bool(self.upto):
            raise IndexDamagedError
        self._characters = BLOCK_CHARACTERS  # unknown, so the next message begins a block

    def reset(self) -> None:
        """Empty the index; `add_some` fills it again. Call this in a transaction."""
        self._connection.execute("DROP TABLE IF EXISTS found")
        self._connection.execute(INDEX)
        self._connection.execute("DELETE FROM blocks")
        self._blocks, self._characters = [], BLOCK_CHARACTERS
        self._mark(0, Erase.LOG if self.erasing else Erase.NOTHING)  # the words are gone with the table

    def add_some(self, seconds: float) -> int:
        """Index more messages for about this time, at least one. Return how many.

        Call this in a transaction.
        """
        deadline = time.perf_counter() + seconds
        query = MESSAGES.select("WHERE number > ? ORDER BY number LIMIT ?")
        count, upto = 0, self.upto
        with closing(self._connection.execute(query, (upto, _MOST))) as rows, _detecting_damage():
            for row in MESSAGES.checked(rows):
                block = self._block_for(row)
                if row[6]:
                    self._connection.execute(_ADD, self._entry(row, block))
                count, upto = count + 1, row[0]
                if time.perf_counter() >= deadline:
                    break
        if count:
            self._mark(upto, self.erasing)
        return count

    def remove(self, rows: Iterable[Row]) -> None:
        """Remove messages that will be deleted next. Their words are overwritten later, by `erase_some`."""
        rows = list(rows)
        entries = self._entries(rows)
        wanted = Erase.ALL if entries else self.erasing or Erase.LOG
        if rows and self.erasing is not wanted:
            self._mark(self.upto, wanted)
        with _detecting_damage():
            self._connection.executemany(_REMOVE, entries)

    def erase_log(self) -> None:
        """Have the log emptied, as something outside the index was deleted. Call this in a transaction."""
        if self.erasing is Erase.NOTHING:
            self._mark(self.upto, Erase.LOG)

    def put_back(self, rows: Iterable[Row]) -> None:
        """Add messages that were removed, and changed since."""
        with _detecting_damage():
            self._connection.executemany(_ADD, self._entries(rows))

    def erase_some(self) -> None:
        """Overwrite words of removed messages for a few milliseconds.

        FTS5 only marks entries as deleted, until it merges all of the index into one segment. SQLite then
        overwrites what it no longer uses, see `secure_delete`. Call this in a transaction.
        """
        before = self._connection.total_changes
        begins = self.erasing is Erase.ALL
        pages = -_MERGED_PAGES if begins else _MERGED_PAGES  # negative: a merge of everything begins
        with _detecting_damage():
            self._connection.execute("INSERT INTO found (found, rank) VALUES ('merge', ?)", (pages,))
        done = self._connection.total_changes - before < 2 and not begins
        self._mark(self.upto, Erase.LOG if done else Erase.INDEX)

    def erased(self) -> None:
        """Record that nothing is left to erase, also in the log. Call this in a transaction."""
        self._mark(self.upto, Erase.NOTHING)

    def block_of(self, number: int) -> int:
        """Return the block that has the message with a number, or would have it; 0 if there is none."""
        place = bisect_right(self._blocks, number)
        return self._blocks[place - 1] if place else 0

    def find(
        self, block: int, phrases: Iterable[str], any_of: Collection[str], numbers: tuple[int, int], most: int
    ) -> list[int]:
        """Return the numbers of the messages in a block with all `phrases` and one of the terms `any_of`.

        They are within `numbers` (from, before), `most` at most, the latest first.
        """
        parts = [_quoted(block, phrase) for phrase in phrases]
        if any_of:
            parts.append(f"({' OR '.join(_quoted(block, term) for term in any_of)})")
        with _detecting_damage():
            rows = self._connection.execute(_FIND, (" AND ".join(parts), *numbers, most))
            return [number for (number,) in rows]

    def _block_for(self, row: Row) -> int:
        """Return the block of a message that is added: the last one, or a new one if that is full."""
        number, text = row[0], row[6]
        last = self._blocks[-1] if self._blocks else 0
        if self._characters >= BLOCK_CHARACTERS or number - last >= BLOCK_MESSAGES:
            self._connection.execute(BLOCKS.insert, BLOCKS.row(number))
            self._blocks.append(number)
            self._characters, last = 0, number
        self._characters += len(text)
        return last

    def _entries(self, rows: Iterable[Row]) -> list[tuple[int, str]]:
        """Return what the index has of messages. Entries without a text are not in it."""
        return [self._entry(row, self.block_of(row[0])) for row in rows if row[0] <= self.upto and row[6]]

    def _entry(self, row: Row, block: int) -> tuple[int, str]:
        number, conversation, _seq, _id, user, _sender, text, *_ = row
        held = self._conversations.by_number(conversation)
        if held is None:
            raise DamagedError(f"conversation {conversation} is missing")
        terms = [
            *_word_terms(text),
            conversation_term(conversation),
            sender_term(user),
            *map(party_term, pair_of(held.id)),
        ]
        return number, " ".join([f"{block:x}{term}" for term in terms])

    def _mark(self, upto: int, erasing: Erase) -> None:
        self._connection.execute("DELETE FROM indexing")
        self._connection.execute(INDEXING.insert, INDEXING.row(upto, erasing))
        self.upto, self.erasing = upto, erasing


def phrase(word: str) -> str:
    """Return the terms in a row for one word of a search; an empty text if there are none.

    If the word ends with `*`, so does the phrase: its last term is a prefix.
    """
    terms = " ".join(_word_terms(word))
    return f"{terms}*" if terms and word.endswith("*") else terms


def conversation_term(number: int) -> str:
    """Return the term for the conversation with a number in the tables."""
    return f"yc{number}"


def sender_term(user: int) -> str:
    """Return the term for the user who sent a message."""
    return f"yu{user}"


def party_term(user: int) -> str:
    """Return the term for a user of a direct conversation."""
    return f"yp{user}"


def _word_terms(text: str) -> list[str]:
    return [f"z{word}" for word in split_words(text)]


def _quoted(block: int, phrase: str) -> str:
    """Return a phrase in a block as FTS5 writes it. Terms have only letters and digits."""
    terms = " ".join(f"{block:x}{term}" for term in phrase.removesuffix("*").split())
    return f'"{terms}" *' if phrase.endswith("*") else f'"{terms}"'


@contextmanager
def _detecting_damage() -> Iterator[None]:
    """Raise IndexDamagedError if the index, and not the database around it, is damaged."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorname", "") == "SQLITE_CORRUPT_VTAB":
            raise IndexDamagedError from error
        raise
