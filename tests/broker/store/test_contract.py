"""The contract of every store. A new store is added to the fixture `store`."""

from collections.abc import Iterable

import pytest

from broker.core.store import (
    DepartedMember,
    Entry,
    ForgottenUser,
    Snapshot,
    Store,
    StoredFact,
    StoredMember,
    StoredMessage,
    StoredRoom,
    StoredUser,
)
from messages.limits import MAX_SEQ
from messages.replies import Durability

ALICE, BOB, CAROL = StoredUser(1, "alice", None), StoredUser(2, "bob", None), StoredUser(3, "carol", None)
LOBBY = StoredRoom("#lobby", "#lobby", "")


def said(seq: int, conversation: str = "#lobby", user: StoredUser = ALICE) -> StoredMessage:
    return StoredMessage(
        conversation, seq, f"{conversation}-{seq}", user.id, user.name, f"text {seq}", 1_000 + seq
    )


def seqs(messages: Iterable[StoredMessage]) -> list[int]:
    return [message.seq for message in messages]


def talk(store: Store, count: int, conversation: str = "#lobby") -> list[StoredMessage]:
    messages = [said(seq, conversation) for seq in range(1, count + 1)]
    store.commit(messages)
    return messages


def test_an_empty_store_has_an_epoch_and_nothing_else(store: Store) -> None:
    assert store.load() == Snapshot("epoch", [], [], [], {}, {}, 1)


def test_it_says_how_firmly_it_keeps_things(store: Store) -> None:
    assert store.durability in list(Durability)


def test_everything_that_was_stored_is_loaded(store: Store) -> None:
    members = [StoredMember("#lobby", 1, 0), StoredMember("#lobby", 2, 3, 1), StoredMember("@1|@2", 1, 0)]
    store.commit([ALICE, BOB, LOBBY, *members, said(1), said(2, user=BOB), said(1, "@1|@2")])
    found = store.load()
    assert sorted(found.users, key=str) == [ALICE, BOB]
    assert found.rooms == [LOBBY]
    assert sorted(found.members, key=str) == sorted(members, key=str)
    assert found.heads == {"#lobby": 2, "@1|@2": 1}
    assert found.last_sent == {("#lobby", 1): 1, ("#lobby", 2): 2, ("@1|@2", 1): 1}
    assert found.next_user == 3
    assert found.latest == 1_001


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ALICE, StoredUser(1, "älice", "lunch", 1_700_000_000_000, True)),
        (LOBBY, StoredRoom("#lobby", "#lobby", "weather")),
        (StoredMember("#lobby", 1, 0), StoredMember("#lobby", 1, 7, 1, 5, 1_700_000_000_000)),
    ],
)
@pytest.mark.parametrize("at_once", [True, False])
def test_a_later_entry_replaces_an_earlier_one(
    store: Store, before: Entry, after: Entry, at_once: bool
) -> None:
    store.commit([before, after] if at_once else [before])
    store.commit([] if at_once else [after])
    found = store.load()
    assert [*found.users, *found.rooms, *found.members] == [after]


def test_a_loaded_snapshot_does_not_change_with_later_commits(store: Store) -> None:
    store.commit([ALICE, LOBBY, said(1)])
    found, again = store.load(), store.load()
    store.commit([BOB, StoredMember("#lobby", 2, 0), said(2)])
    assert found == again


def test_a_departed_member_is_gone_and_their_messages_stay(store: Store) -> None:
    store.commit([ALICE, BOB, LOBBY, StoredMember("#lobby", 1, 0), StoredMember("#lobby", 2, 0), said(1)])
    store.commit([DepartedMember("#lobby", 1), DepartedMember("#nowhere", 1)])
    found = store.load()
    assert found.members == [StoredMember("#lobby", 2, 0)]
    assert found.last_sent == {}
    assert store.page("#lobby", 0, MAX_SEQ, 10) == [said(1)]


def test_a_forgotten_user_takes_memberships_and_direct_conversations_along(store: Store) -> None:
    store.commit([ALICE, BOB, CAROL, LOBBY])
    for conversation, users in (
        ("#lobby", (1, 2, 3)),
        ("@1|@2", (1, 2)),
        ("@2|@3", (2, 3)),
        ("@1|@3", (1, 3)),
    ):
        store.commit([StoredMember(conversation, user, 0) for user in users])
        store.commit([said(1, conversation, BOB)])
    store.commit([ForgottenUser(2)])
    found = store.load()
    assert sorted(found.users, key=str) == [ALICE, CAROL]
    assert sorted(found.members, key=str) == [
        StoredMember("#lobby", 1, 0),
        StoredMember("#lobby", 3, 0),
        StoredMember("@1|@3", 1, 0),
        StoredMember("@1|@3", 3, 0),
    ]
    assert found.heads == {"#lobby": 1, "@1|@3": 1}
    assert found.last_sent == {}
    assert store.page("@1|@2", 0, MAX_SEQ, 10) == store.last_page("@2|@3", MAX_SEQ, 10) == []
    assert store.page("#lobby", 0, MAX_SEQ, 10) == [said(1, "#lobby", BOB)]


def test_forgetting_a_user_leaves_users_with_similar_numbers(store: Store) -> None:
    others = [StoredUser(number, f"user{number}", None) for number in (1, 11, 12, 21)]
    store.commit(others)
    store.commit(
        [StoredMember("@11|@12", 11, 0), StoredMember("@11|@12", 12, 0), said(1, "@11|@12", others[1])]
    )
    store.commit([ForgottenUser(1), ForgottenUser(2)])
    assert store.load().heads == {"@11|@12": 1}
    assert len(store.page("@11|@12", 0, MAX_SEQ, 10)) == 1


def test_a_users_number_is_not_given_again(store: Store) -> None:
    store.commit([ALICE, BOB])
    store.commit([ForgottenUser(2), ForgottenUser(1)])
    assert store.load().next_user == 3


@pytest.mark.parametrize(
    ("after", "before", "limit", "found"),
    [
        (0, MAX_SEQ, 3, [1, 2, 3]),
        (0, MAX_SEQ, 100, list(range(1, 11))),
        (7, MAX_SEQ, 100, [8, 9, 10]),
        (9, MAX_SEQ, 1, [10]),
        (10, MAX_SEQ, 5, []),
        (MAX_SEQ, MAX_SEQ, 5, []),
        (2, 6, 100, [3, 4, 5]),
        (2, 6, 2, [3, 4]),
        (2, 3, 5, []),
        (5, 2, 5, []),
        (0, 0, 5, []),
    ],
)
def test_a_page_has_the_first_messages_between_two_seqs_in_order(
    store: Store, after: int, before: int, limit: int, found: list[int]
) -> None:
    messages = talk(store, 10)
    talk(store, 3, "#other")
    assert store.page("#lobby", after, before, limit) == [messages[seq - 1] for seq in found]


@pytest.mark.parametrize(
    ("before", "limit", "found"),
    [
        (MAX_SEQ, 3, [8, 9, 10]),
        (MAX_SEQ, 100, list(range(1, 11))),
        (11, 1, [10]),
        (10, 1, [9]),
        (4, 2, [2, 3]),
        (4, 100, [1, 2, 3]),
        (1, 5, []),
        (0, 5, []),
    ],
)
def test_a_last_page_has_the_last_messages_before_a_seq_in_order(
    store: Store, before: int, limit: int, found: list[int]
) -> None:
    messages = talk(store, 10)
    talk(store, 3, "#other")
    assert store.last_page("#lobby", before, limit) == [messages[seq - 1] for seq in found]


def test_a_conversation_nobody_wrote_in_has_no_messages(store: Store) -> None:
    talk(store, 3)
    assert store.page("#other", 0, MAX_SEQ, 10) == store.last_page("#other", MAX_SEQ, 10) == []


@pytest.mark.parametrize("text", ["", "a\nb\tc", "\U0001f600" * 4_000, "'; drop table messages; --", "%_\\"])
def test_a_text_comes_back_as_it_was(store: Store, text: str) -> None:
    message = StoredMessage("#Straße.1-ü", 1, "!~'\"", 1, "Älice~2", text, MAX_SEQ)
    store.commit([message])
    assert store.page(message.conversation, 0, 2, 1) == [message]
    assert store.find_sent(1, "!~'\"") == message


def test_what_a_user_sent_is_found_by_user_and_id(store: Store) -> None:
    alices, bobs = talk(store, 2), said(1, "#other", BOB)
    store.commit([bobs])
    assert store.find_sent(1, "#lobby-2") == alices[1]
    assert store.find_sent(2, "#other-1") == bobs
    assert store.find_sent(2, "#lobby-2") is None
    assert store.find_sent(1, "#LOBBY-2") is None


def test_what_a_user_sent_is_found_after_they_were_renamed(store: Store) -> None:
    store.commit([ALICE, said(1)])
    store.commit([StoredUser(1, "alicia", None)])
    assert store.find_sent(1, "#lobby-1") == said(1)


def test_what_a_user_sent_is_gone_with_the_direct_conversation(store: Store) -> None:
    store.commit([ALICE, BOB, said(1), said(1, "@1|@2")])
    store.commit([ForgottenUser(1)])
    assert store.find_sent(1, "@1|@2-1") is None
    assert store.find_sent(1, "#lobby-1") == said(1)


def test_the_name_a_message_was_sent_to_is_kept(store: Store) -> None:
    message = StoredMessage("@1|@2", 1, "x", 1, "alice", "hello", 5, "bob")
    store.commit([ALICE, BOB, message])
    assert store.page("@1|@2", 0, MAX_SEQ, 1) == [message]


def test_a_conversation_may_begin_later_than_with_its_first_message(store: Store) -> None:
    store.commit([said(500), said(501)])
    assert (
        seqs(store.page("#lobby", 0, MAX_SEQ, 10))
        == seqs(store.last_page("#lobby", MAX_SEQ, 10))
        == [500, 501]
    )
    assert store.load().heads == {"#lobby": 501}


def test_the_latest_time_is_that_of_the_last_message_of_all(store: Store) -> None:
    store.commit([ALICE, BOB, said(1), said(1, "#other"), said(9, "@1|@2")])
    assert store.load().latest == 1_009
    store.commit([ForgottenUser(2)])
    assert store.load().latest == 1_001


def test_a_fact_lasts_until_it_holds_no_more(store: Store) -> None:
    first, second = StoredFact("ban", "#dev bob", b'{"until":7}'), StoredFact("ban", "2", b"[]")
    store.commit([first, second, StoredFact("key", "2", b"null")])
    assert store.load().facts == {
        ("ban", "#dev bob"): b'{"until":7}',
        ("ban", "2"): b"[]",
        ("key", "2"): b"null",
    }
    store.commit([StoredFact("ban", "2", None), StoredFact("key", "2", b"1"), StoredFact("key", "3", None)])
    assert store.load().facts == {("ban", "#dev bob"): b'{"until":7}', ("key", "2"): b"1"}
