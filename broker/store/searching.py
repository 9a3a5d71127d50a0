"""Searches the SQLite store: the index gives the numbers, and the messages are read by them."""

from __future__ import annotations

from collections.abc import Collection

from broker.core.store import Hits, Query
from broker.store.index import Index, IndexDamagedError
from broker.store.reading import Reader


def find(query: Query, places: Collection[int], index: Index, reader: Reader, last: int) -> Hits:
    """Return the latest indexed messages that match.

    `places` are the numbers in the tables of the query's conversations; `last` is the number of the last
    message. Raise IndexDamagedError if the index gives a message that does not exist, or one from a
    conversation outside the query.
    """
    end = reader.number_since(query.until, last)
    if query.older_than is not None:
        end = min(end, query.older_than)
    begin = reader.number_since(query.since, last)
    numbers = index.find(query, places, (begin, end))
    messages = [message for message in map(reader.by_number, numbers) if message is not None]
    if len(messages) < len(numbers) or any(not query.covers(m.conversation) for m in messages):
        raise IndexDamagedError
    return Hits(messages, numbers[-1] if numbers and len(numbers) == query.limit else None, 0)
