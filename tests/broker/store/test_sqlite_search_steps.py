"""Each step of a search, and of filling the index, does little, whatever is looked for and stored."""

from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from string import ascii_lowercase
from types import SimpleNamespace
from typing import Any

import pytest
from stored import find

from broker.core.store import Pruned, Query, StoredMessage, StoredRoom, StoredUser
from broker.store.rows import index, searching
from broker.store.rows.index import Index
from broker.store.sqlite import SqliteStore
from messages.limits import MAX_SEQ, MAX_TEXT


def say(store: SqliteStore, text: str, first: int, last: int, room: str = "#lobby") -> None:
    store.commit([StoredMessage(room, n, f"{room}{n}", 1, "alice", text, n) for n in range(first, last + 1)])


def query(words: str, *rooms: str) -> Query:
    return Query(tuple(words.split()), frozenset(rooms or ["#lobby"]), None, 0, MAX_SEQ, None, 100)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path, "first")
    yield store
    store.close()


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, tuple[int, int]]]:
    """For each look into the index: how many phrases and places it has, and its numbers."""
    made: list[tuple[int, int, tuple[int, int]]] = []
    find = Index.find

    def spy(self: Index, block: int, phrases: Any, any_of: Any, numbers: tuple[int, int], most: int) -> Any:
        made.append((len(list(phrases)), len(any_of), numbers))
        return find(self, block, phrases, any_of, numbers, most)

    monkeypatch.setattr(Index, "find", spy)
    return made


def fill(store: SqliteStore) -> None:
    while store.upkeep():
        pass


def test_a_look_into_the_index_is_at_few_words_and_at_one_block(
    store: SqliteStore, looks: list[tuple[int, int, tuple[int, int]]]
) -> None:
    prefixes = " ".join(f"a{letter}*" for letter in ascii_lowercase)
    say(store, " ".join(f"a{letter}{'x' * 150}" for letter in ascii_lowercase), 1, 100)
    fill(store)
    assert len(find(store, query(prefixes))) == 100
    assert max(phrases for phrases, _, _ in looks) <= searching.PHRASES
    for _, _, (begin, end) in looks:
        assert (end - begin - 1) * MAX_TEXT < index.BLOCK_CHARACTERS
    assert {number for _, _, (begin, end) in looks for number in range(begin, end)} == set(range(1, 101))


def test_a_look_into_the_index_is_at_few_conversations(
    store: SqliteStore, looks: list[tuple[int, int, tuple[int, int]]]
) -> None:
    rooms = [f"#room{number}" for number in range(100)]
    for room in rooms[:40]:
        say(store, "fox", 1, 1, room)
    fill(store)
    assert len(find(store, query("fox", *rooms))) == 40
    assert len(looks) == 3  # only rooms with messages in this block
    assert max(places for _, places, _ in looks) <= searching.PLACES


def test_small_messages_fill_a_block_too(
    store: SqliteStore, looks: list[tuple[int, int, tuple[int, int]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "BLOCK_MESSAGES", 10)
    say(store, "x", 1, 35)
    fill(store)
    assert len(find(store, query("x"))) == 35
    assert [numbers for _, _, numbers in looks] == [(31, 36), (21, 31), (11, 21), (1, 11)]


def test_blocks_are_kept_over_a_restart_and_nothing_is_added_to_one_of_unknown_size(
    tmp_path: Path, looks: list[tuple[int, int, tuple[int, int]]]
) -> None:
    for first in (1, 11):
        store = SqliteStore(tmp_path, "first")
        store.commit([StoredUser(1, "alice", None), StoredRoom("#lobby", "#lobby", "")])
        say(store, "fox", first, first + 9)
        fill(store)
        store.close()
    store = SqliteStore(tmp_path, "first")
    assert len(find(store, query("fox"))) == 20
    assert [numbers for _, _, numbers in looks] == [(11, 21), (1, 11)]
    store.close()


def test_messages_are_indexed_for_a_time_and_not_by_their_number(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = count()
    clock = SimpleNamespace(perf_counter=lambda: next(ticks) * 0.001)  # as if each message took 1 ms
    monkeypatch.setattr(index, "time", clock)
    say(store, "x" * MAX_TEXT, 1, 100)
    before = store.unindexed
    assert store.upkeep()
    assert before - store.unindexed == 4


def test_one_message_is_indexed_even_if_it_takes_long(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = count()
    monkeypatch.setattr(index, "time", SimpleNamespace(perf_counter=lambda: float(next(ticks))))
    say(store, "fox", 1, 3)
    fill(store)
    assert store.unindexed == 0


@pytest.mark.parametrize("words", ["fox", "fox fo* f-x* the"])
def test_messages_that_are_deleted_between_two_steps_do_not_count_as_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.setattr(searching, "PLACES", 1)
    reports: list[str] = []
    store = SqliteStore(tmp_path, "first", reports.append)
    rooms = [f"#room{number}" for number in range(4)]
    for room in rooms:
        say(store, "the fox, f-x", 1, 3, room)
    fill(store)
    for looks in range(1, 7):
        steps = store.search(query(words, *rooms))
        list(islice(steps, looks))
        store.commit([Pruned(room, looks) for room in rooms])
        list(steps)
    assert reports == reports[:1]
    store.close()
