"""The contract of every store about amendments: entries, present forms, threads and unread counts."""

from msgspec.structs import replace
from stored import find

from broker.core.entries import EntryKind, Form, Reacting, digest
from broker.core.store import (
    MOST_IN_THREAD,
    Entry,
    ForgottenUser,
    Pruned,
    Query,
    ReplacedMessage,
    Store,
    StoredMember,
    StoredMessage,
    StoredRoom,
    StoredUser,
)
from messages.limits import MAX_SEQ

ALICE, BOB = StoredUser(1, "alice", None), StoredUser(2, "bob", None)
EVERYBODY: list[Entry] = [ALICE, BOB, StoredRoom("#lobby", "#lobby", "")]
REACTED = Form(
    edited=5, digest=digest("first"), reactions=(Reacting.of("👍", (1, 4), (2, 5)), Reacting.of("+1", (1, 6)))
)


def said(seq: int, text: str = "fox", of: int = 0, user: StoredUser = ALICE) -> StoredMessage:
    return StoredMessage("#lobby", seq, f"id-{seq}", user.id, user.name, text, 1_000 + seq, "", of)


def amends(seq: int, of: int, kind: EntryKind = EntryKind.EDITED, user: StoredUser = ALICE) -> StoredMessage:
    form = {
        EntryKind.REACTED: Form(reaction="👍", on=False),
        EntryKind.EDITED: Form(digest=digest("second")),
    }.get(kind, Form(on=True))
    return replace(said(seq, "", of, user), kind=kind.value, form=form)


def seqs(entries: list[StoredMessage]) -> list[int]:
    return [entry.seq for entry in entries]


def words(store: Store, word: str) -> list[int]:
    query = Query((word,), frozenset({"#lobby"}), None, 0, MAX_SEQ, None, 100)
    return seqs(find(store, query))


def test_an_entry_of_each_kind_is_returned_as_it_was_stored(store: Store) -> None:
    kinds = [EntryKind.EDITED, EntryKind.DELETED, EntryKind.REACTED, EntryKind.PINNED]
    entries = [said(1), said(2, of=1), *(amends(seq, 1, kind) for seq, kind in enumerate(kinds, 3))]
    store.commit([*EVERYBODY, *entries])
    assert store.page("#lobby", 0, MAX_SEQ, 100) == entries
    assert store.find_sent(1, "id-5") == entries[4]
    assert store.sent_by(1, 1_000) == entries
    assert store.load().amended == {"#lobby": 6}


def test_a_message_is_replaced_in_the_batch_that_stores_it_or_later(store: Store) -> None:
    first, second = said(1, "first"), replace(said(1, "second"), form=REACTED)
    store.commit([*EVERYBODY, first, amends(2, 1), ReplacedMessage(second)])
    assert store.page("#lobby", 0, MAX_SEQ, 1) == [second]
    third = replace(second, text="third")
    store.commit([ReplacedMessage(second), ReplacedMessage(third), StoredMember("#lobby", 1, 2)])
    assert store.page("#lobby", 0, MAX_SEQ, 1) == [third]
    assert store.find_sent(1, "id-1") == third
    assert store.last_page("#lobby", 2, 5) == [third]


def test_a_search_finds_the_present_text_and_no_amendment(store: Store) -> None:
    store.commit([*EVERYBODY, said(1, "first fox"), said(2, "another fox")])
    while store.upkeep():
        pass
    store.commit([amends(3, 1), ReplacedMessage(replace(said(1, "second fox"), form=REACTED))])
    assert (words(store, "first"), words(store, "second"), words(store, "fox")) == ([], [1], [2, 1])
    store.commit(
        [amends(4, 1, EntryKind.DELETED), ReplacedMessage(replace(said(1, ""), form=Form(deleted=4)))]
    )
    assert words(store, "fox") == [2]
    by_alice = Query((), frozenset({"#lobby"}), 1, 0, MAX_SEQ, None, 100)
    assert seqs(find(store, by_alice)) == [2]


def test_amendments_and_deleted_messages_are_not_counted_as_unread(store: Store) -> None:
    store.commit([*EVERYBODY, said(1), said(2), amends(3, 1), amends(4, 2, EntryKind.DELETED)])
    store.commit([ReplacedMessage(replace(said(2, ""), form=Form(deleted=4)))])
    assert store.count_others("#lobby", 0, BOB.id, 100) == 1
    assert store.count_others("#lobby", 1, BOB.id, 100) == 0


def test_a_thread_has_answers_of_answers_and_their_amendments_in_order(store: Store) -> None:
    entries = [said(1), said(2), said(3, of=1), said(4, of=3), amends(5, 4), said(6, of=2), amends(7, 1)]
    store.commit([*EVERYBODY, *entries, said(8, of=4)])
    assert seqs(store.thread("#lobby", 1, 0, 100)) == [1, 3, 4, 5, 7, 8]
    assert seqs(store.thread("#lobby", 3, 0, 100)) == [3, 4, 5, 8]
    assert seqs(store.thread("#lobby", 1, 3, 2)) == [4, 5]
    assert store.thread("#lobby", 99, 0, 100) == store.thread("#none", 1, 0, 100) == []
    store.commit([Pruned("#lobby", 4)])
    assert store.thread("#lobby", 1, 0, 100) == []
    assert seqs(store.thread("#lobby", 4, 0, 100)) == [4, 5, 8]


def test_of_a_long_thread_the_messages_come_before_the_amendments(store: Store) -> None:
    reactions = [amends(seq, 1, EntryKind.REACTED) for seq in range(2, MOST_IN_THREAD + 50)]
    head = MOST_IN_THREAD + 50
    edit = amends(head + 2, head, EntryKind.EDITED)
    store.commit([*EVERYBODY, said(1), *reactions, said(head, of=1), said(head + 1, of=head), edit])
    thread = seqs(store.thread("#lobby", 1, 0, MAX_SEQ))
    assert len(thread) == MOST_IN_THREAD
    assert thread[0] == 1
    assert thread[-4:] == [MOST_IN_THREAD - 3, head, head + 1, head + 2]


def test_a_thread_of_many_answers_is_cut(store: Store) -> None:
    store.commit([*EVERYBODY, said(1), *(said(seq, of=1) for seq in range(2, MOST_IN_THREAD + 50))])
    assert len(store.thread("#lobby", 1, 0, MAX_SEQ)) == MOST_IN_THREAD


def test_a_forgotten_conversation_has_no_amendments(store: Store) -> None:
    direct = [replace(entry, conversation="@1|@2", to="bob") for entry in (said(1), amends(2, 1))]
    members = [StoredMember("@1|@2", user, 0) for user in (1, 2)]
    store.commit([*EVERYBODY, *members, *direct])
    store.commit([ForgottenUser(2)])
    assert store.load().amended == {}
    assert store.thread("@1|@2", 1, 0, 100) == []
