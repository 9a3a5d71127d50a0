"""The contract of every store: finding by time, counting and forgetting."""

import msgspec
import pytest
from eventually import eventually
from stored import ALICE, BOB, said

from broker.core.store import Pruned, Store, StoredMessage, StoredRoom
from messages.limits import MAX_SEQ

LOBBY = StoredRoom("#lobby", "#lobby", "")


def talk(store: Store, count: int, conversation: str = "#lobby") -> list[StoredMessage]:
    messages = [said(seq, conversation) for seq in range(1, count + 1)]
    store.commit(messages)
    return messages


@pytest.mark.parametrize(("at", "seq"), [(0, 1), (1_001, 1), (1_002, 2), (1_010, 10), (1_011, MAX_SEQ)])
def test_the_first_message_since_a_time_is_found(store: Store, at: int, seq: int) -> None:
    talk(store, 10)
    talk(store, 3, "#other")
    assert store.seq_since("#lobby", at) == seq
    assert store.seq_since("#nowhere", at) == MAX_SEQ


def test_of_messages_at_the_same_time_the_first_is_found(store: Store) -> None:
    store.commit([msgspec.structs.replace(said(seq), at=7) for seq in range(1, 6)])
    assert (store.seq_since("#lobby", 7), store.seq_since("#lobby", 8)) == (1, MAX_SEQ)


@pytest.mark.parametrize(
    ("after", "most", "count"), [(0, 100, 4), (0, 3, 3), (4, 100, 2), (8, 100, 0), (0, 0, 0)]
)
def test_messages_of_others_are_counted(store: Store, after: int, most: int, count: int) -> None:
    store.commit([said(seq) for seq in range(1, 9)])
    store.commit([said(1, "#other")])
    assert store.count_others("#lobby", after, ALICE.id, most) == count
    assert store.count_others("#nowhere", after, ALICE.id, most) == 0


def test_pruning_deletes_the_first_messages_and_keeps_the_head(store: Store) -> None:
    messages = talk(store, 10)
    others = talk(store, 3, "#other")
    store.commit([Pruned("#lobby", 4)])
    assert store.page("#lobby", 0, MAX_SEQ, 100) == store.last_page("#lobby", MAX_SEQ, 100) == messages[3:]
    assert store.page("#lobby", 0, 3, 100) == store.last_page("#lobby", 4, 100) == []
    assert store.page("#lobby", 2, MAX_SEQ, 2) == messages[3:5]
    assert store.page("#other", 0, MAX_SEQ, 100) == others
    assert store.find_sent(BOB.id, "#lobby-3") is None
    assert store.find_sent(BOB.id, "#lobby-5") == messages[4]
    assert store.seq_since("#lobby", 0) == 4
    assert store.count_others("#lobby", 0, ALICE.id, 100) == 3
    assert store.load().heads == {"#lobby": 10, "#other": 3}
    assert store.load().firsts == {"#lobby": 4}


def test_pruning_goes_on_where_it_stopped_until_nothing_is_left(store: Store) -> None:
    talk(store, 5)
    for first in (3, 5, 6):
        store.commit([Pruned("#lobby", first)])
    assert store.page("#lobby", 0, MAX_SEQ, 10) == store.last_page("#lobby", MAX_SEQ, 10) == []
    assert store.seq_since("#lobby", 0) == MAX_SEQ
    assert (store.load().heads, store.load().latest) == ({"#lobby": 5}, 0)
    assert store.load().firsts == {"#lobby": 6}
    store.commit([said(6)])
    assert store.page("#lobby", 0, MAX_SEQ, 10) == [said(6)]


def test_an_id_can_be_used_again_once_its_message_is_pruned(store: Store) -> None:
    store.commit([said(1), said(2)])
    store.commit([Pruned("#lobby", 2)])
    again = msgspec.structs.replace(said(3), id="#lobby-1")
    store.commit([again])
    assert store.find_sent(BOB.id, "#lobby-1") == again


def test_nothing_is_pruned_that_is_not_there_or_was_pruned_before(store: Store) -> None:
    messages = talk(store, 3)
    store.commit([Pruned("#nowhere", 9), Pruned("#lobby", 0), Pruned("#lobby", 1)])
    assert store.page("#lobby", 0, MAX_SEQ, 10) == messages
    assert store.load().heads == {"#lobby": 3}
    store.commit([Pruned("#lobby", 3)])
    store.commit([Pruned("#lobby", 2)])
    assert store.page("#lobby", 0, MAX_SEQ, 10) == messages[2:]


def test_pruning_ends_at_the_head(store: Store) -> None:
    talk(store, 3)
    store.commit([Pruned("#lobby", 9)])
    assert store.page("#lobby", 0, MAX_SEQ, 10) == []
    assert (store.load().heads, store.load().firsts) == ({"#lobby": 3}, {"#lobby": 4})
    store.commit([said(4)])
    assert store.page("#lobby", 0, MAX_SEQ, 10) == [said(4)]


def test_pruning_takes_its_place_among_the_other_entries(store: Store) -> None:
    store.commit([said(1), said(2), Pruned("#lobby", 2), said(3), Pruned("#lobby", 3), said(4)])
    assert store.page("#lobby", 0, MAX_SEQ, 10) == [said(3), said(4)]
    assert store.load().firsts == {"#lobby": 3}


def test_a_probe_changes_nothing(store: Store) -> None:
    store.commit([ALICE, LOBBY, said(1)])
    before = store.load()
    store.probe()
    assert store.load() == before


def test_upkeep_comes_to_an_end(store: Store) -> None:
    talk(store, 1_000)
    eventually(lambda: not store.upkeep(), "upkeep comes to an end")
    assert not store.upkeep()


def test_no_entries_can_be_stored(store: Store) -> None:
    store.commit([])
    assert store.load().users == []
