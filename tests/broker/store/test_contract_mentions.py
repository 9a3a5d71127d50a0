"""The contract of every store about messages that mention somebody."""

import pytest
from msgspec.structs import replace

from broker.core.entries import MOST_MENTIONING, Form, Mentioned
from broker.core.store import (
    Entry,
    ForgottenUser,
    Pruned,
    ReplacedMessage,
    Store,
    StoredMember,
    StoredMessage,
    StoredRoom,
    StoredUser,
)
from broker.store.checksums import DamagedError
from broker.store.memory import MemoryStore
from broker.store.rows.forms import check_entry, form_to_text
from messages.limits import MAX_SEQ

ALICE, BOB = StoredUser(1, "alice", None), StoredUser(2, "bob", None)
EVERYBODY: list[Entry] = [ALICE, BOB, StoredRoom("#lobby", "#lobby", "")]
FORMS = [
    Form(mentions=Mentioned(((2, "bob"),))),
    Form(mentions=Mentioned(everyone=True), bot=True),
    Form(mentions=Mentioned(((2, "bób"),), here=(1, 2)), edited=5),
]


def said(seq: int, form: Form | None = None, conversation: str = "#lobby", to: str = "") -> StoredMessage:
    plain = StoredMessage(conversation, seq, f"{conversation}-{seq}", 1, "alice", "@bob", 1_000 + seq, to)
    return replace(plain, form=form) if form else plain


def test_messages_that_mention_somebody_are_found_the_last_first(store: Store) -> None:
    messages = [said(seq, form) for seq, form in enumerate((*FORMS, None, Form(edited=5), Form(bot=True)), 1)]
    store.commit([*EVERYBODY, *messages])
    assert store.page("#lobby", 0, MAX_SEQ, 100) == messages
    assert store.mentioning("#lobby", 0) == [(seq, 1, FORMS[seq - 1]) for seq in (3, 2, 1)]
    assert [seq for seq, _, _ in store.mentioning("#lobby", 2)] == [3]
    assert store.mentioning("#lobby", 3) == store.mentioning("#tea", 0) == []
    assert store.load().mentioning == {"#lobby": 3}


def test_what_mentions_nobody_any_more_is_not_found(store: Store) -> None:
    store.commit([*EVERYBODY, *(said(seq, FORMS[0]) for seq in range(1, 5))])
    gone = [
        replace(said(1), text="", form=Form(deleted=5)),
        replace(said(3), text="hello", form=Form(edited=9)),
    ]
    store.commit([ReplacedMessage(one) for one in gone])
    assert [seq for seq, _, _ in store.mentioning("#lobby", 0)] == [4, 2]
    store.commit([Pruned("#lobby", 4)])
    assert [seq for seq, _, _ in store.mentioning("#lobby", 0)] == [4]
    store.commit([Pruned("#lobby", 5)])
    assert store.mentioning("#lobby", 0) == []


def test_mentions_of_a_direct_conversation_go_with_its_users(store: Store) -> None:
    members = [StoredMember("@1|@2", user, 0) for user in (1, 2)]
    store.commit([*EVERYBODY, *members, said(1, FORMS[0], "@1|@2", "bob")])
    assert [seq for seq, _, _ in store.mentioning("@1|@2", 0)] == [1]
    store.commit([ForgottenUser(2)])
    assert store.mentioning("@1|@2", 0) == []
    assert store.load().mentioning == {}


def test_only_the_last_messages_are_looked_at(store: Store) -> None:
    count = MOST_MENTIONING + 1
    store.commit([*EVERYBODY, *(said(seq, FORMS[0]) for seq in range(1, count + 1))])
    assert [seq for seq, _, _ in store.mentioning("#lobby", 0)] == list(range(count, 1, -1))


def test_a_store_in_memory_forgets_the_mentions_that_it_drops() -> None:
    store = MemoryStore("epoch", capacity=2)
    store.commit([*EVERYBODY, *(said(seq, FORMS[0]) for seq in range(1, 4))])
    assert [seq for seq, _, _ in store.mentioning("#lobby", 0)] == [3, 2]
    store.commit([said(4), said(5)])
    assert store.mentioning("#lobby", 0) == []
    assert store.load().mentioning == {}


def test_mentions_come_first_in_the_form_by_which_the_index_finds_them() -> None:
    assert all(form_to_text(one).startswith('{"mentions":{') for one in FORMS)


@pytest.mark.parametrize(
    ("form", "kind", "text"),
    [
        (Form(mentions=Mentioned(((3, "carol"),))), "", "@carol"),
        (Form(mentions=Mentioned(here=(0,))), "", "@here"),
        (Form(mentions=Mentioned(everyone=True), deleted=9), "", ""),
        (Form(mentions=Mentioned(everyone=True)), "edited", ""),
    ],
)
def test_mentions_that_the_broker_does_not_write_are_damage(form: Form, kind: str, text: str) -> None:
    row = (1, 1, 5, "id", 1, "alice", text, 1, "", 1 if kind else 0, kind, form_to_text(form))
    with pytest.raises(DamagedError):
        check_entry(row, 3)
