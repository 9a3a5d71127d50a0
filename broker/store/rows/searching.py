"""Searches in the SQLite store, in steps of some milliseconds: a look into the index, or a few messages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TypeVar

from broker.core.store import Part, Query
from broker.store.rows.conversations import Conversations
from broker.store.rows.index import (
    Index,
    IndexDamagedError,
    conversation_term,
    party_term,
    phrase,
    sender_term,
)
from broker.store.rows.reading import Reader

PHRASES, PLACES = 2, 16
"""What one look into the index looks for, at most."""

CATCH_UP = 10
"""How many steps a search may index messages first."""

_T = TypeVar("_T")
_NOTHING = Part((), None)


class Finder:
    """One search. Between its steps messages may be added, indexed and deleted."""

    def __init__(
        self,
        query: Query,
        index: Index,
        reader: Reader,
        conversations: Conversations,
        index_some: Callable[[], bool],
    ) -> None:
        """Prepare a search. `index_some` indexes a little and returns whether there is more to index."""
        self._query = query
        self._index = index
        self._reader = reader
        self._conversations = conversations
        self._index_some = index_some
        self._phrases = list(dict.fromkeys(filter(None, map(phrase, query.words))))
        self._older_than = query.older_than
        self._steps = self._search()

    def step(self) -> Part | None:
        """Take a step. Return what it found, or None if the search has ended.

        Raise IndexDamagedError if the index is damaged. The next step then begins with what is left.
        """
        try:
            return next(self._steps, None)
        except IndexDamagedError:
            self._steps = self._search()
            raise

    def _search(self) -> Iterator[Part]:
        for _ in range(CATCH_UP):
            if not self._index_some():
                break
            yield _NOTHING
        query, index = self._query, self._index
        if query.words and not self._phrases:
            return
        begin = max(self._reader.number_since(query.since, index.upto), self._reader.first_number())
        end = self._reader.number_since(query.until, index.upto)
        if self._older_than is not None:
            end = min(end, self._older_than)
        while begin < end and (block := index.block_of(end - 1)):
            yield from self._search_block(block, (max(begin, block), end))
            end = self._older_than = block
            yield Part((), block)

    def _search_block(self, block: int, numbers: tuple[int, int]) -> Iterator[Part]:
        first, *others = list(_batches(self._phrases, PHRASES)) or [[]]
        looks = [(first, place) for place in _batches(sorted(self._places(numbers)), PLACES)]
        found, latest = set[int](), set[int]()
        for count, (phrases, place) in enumerate(looks + [(more, []) for more in others if looks]):
            if count >= len(looks) and not found:
                return
            if count:
                yield _NOTHING
            latest = self._find(block, phrases, place, numbers, -1 if others else self._query.limit)
            found = found | latest if place else found & latest
        if found:
            yield self._read(sorted(found, reverse=True)[: self._query.limit], latest)

    def _places(self, numbers: tuple[int, int]) -> set[str]:
        """Return the terms for where to look; of many conversations only those with messages in the block."""
        query = self._query
        known = {held.number for held in map(self._conversations.get, query.conversations) if held}
        if len(known) > PLACES:
            known &= self._reader.conversations_between(*numbers)
        parties = {party_term(query.party)} if query.party is not None else set()
        return {*map(conversation_term, known), *parties}

    def _find(
        self, block: int, phrases: Sequence[str], place: Sequence[str], numbers: tuple[int, int], most: int
    ) -> set[int]:
        sender = [] if self._query.user is None else [sender_term(self._query.user)]
        return set(self._index.find(block, [*phrases, *sender], place, numbers, most))

    def _read(self, numbers: Sequence[int], latest: Collection[int]) -> Part:
        """Read messages that were found. Those that are not among the `latest` may have been deleted since.

        Raise IndexDamagedError if another one does not exist, or if one is not from the query.
        """
        hits = [(number, message) for number in numbers if (message := self._reader.by_number(number))]
        missing = set(numbers).difference(number for number, _ in hits)
        if not missing.isdisjoint(latest) or not all(self._query.covers(m.conversation) for _, m in hits):
            raise IndexDamagedError
        self._older_than = numbers[-1]
        return Part(hits, numbers[-1])


def _batches(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    for begin in range(0, len(items), size):
        yield items[begin : begin + size]
