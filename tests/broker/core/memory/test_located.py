from collections.abc import Iterable
from typing import Any

from wired import Chat, FragileStore

from broker.core.memory.located import Located
from broker.core.store import Entry, StoredMessage
from messages.amendments import React
from messages.errors import ErrorCode
from messages.requests import Send


def said(seq: int, conversation: str = "#lobby") -> StoredMessage:
    return StoredMessage(conversation, seq, f"id{seq}", 1, "alice", "hello", 0, "")


class CountedJournal(list[Entry]):
    """Counts the entries that are read."""

    read = 0

    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        self.read += len(found) if isinstance(found, Iterable) else 1
        return found


def test_an_entry_of_the_journal_is_found_by_its_place_until_it_is_undone() -> None:
    journal: list[Entry] = [said(1), said(1, "#dev")]
    located = Located(journal)
    assert located.find("#dev", 1) == said(1, "#dev")
    journal.append(said(2))
    assert located.find("#lobby", 2) == said(2)
    located.forget(1)
    del journal[1:]
    assert located.find("#lobby", 2) is located.find("#dev", 1) is None
    assert located.find("#lobby", 1) == said(1)
    journal += [said(2, "#dev")]
    assert located.find("#dev", 2) == said(2, "#dev")


def test_the_journal_is_read_once_however_many_entries_are_looked_for() -> None:
    journal = CountedJournal(said(seq) for seq in range(1, 1_001))
    located = Located(journal)
    assert all(located.find("#lobby", seq) for seq in range(1, 1_001))
    assert journal.read == 1_000


def test_a_message_can_be_answered_in_its_own_batch() -> None:
    chat = Chat()
    alice = chat.login("alice")
    head = chat.core.state.lobby.head
    asked = [alice.put(Send, "#lobby", "one"), alice.put(Send, "#lobby", "two", reply_to=head + 1)]
    chat.flush()
    assert [alice.reply(one).seq for one in asked] == [head + 1, head + 2]


def test_a_message_whose_batch_failed_cannot_be_answered() -> None:
    store = FragileStore("e1")
    chat = Chat(store)
    alice = chat.login("alice")
    head = chat.core.state.lobby.head
    store.broken = True
    asked = [alice.put(Send, "#lobby", "one"), alice.put(Send, "#lobby", "two", reply_to=head + 1)]
    chat.flush()
    assert [alice.reply(one).code for one in asked] == [ErrorCode.UNAVAILABLE] * 2
    chat.mend()
    assert alice.refused(React, "#lobby", head + 1, "👍") is ErrorCode.NO_SUCH_MESSAGE
