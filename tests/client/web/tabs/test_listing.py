"""The list of conversations of a tab: only what an event may have changed is looked at."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from client.core.events import Missing, TypingChanged
from client.views.conversations import Conversations
from client.web.tabs.listing import Listing
from messages.events import LevelChanged, Message
from messages.notices import NoticeLevel


def message(seq: int, room: str) -> Message:
    return Message(room, seq, "m", "bob", "hello", 1_790_000_000_000)


class Stage:
    """A person who is in three rooms."""

    def __init__(self) -> None:
        self.conversations = Conversations()
        self.conversations.me = "alice"
        self.topics: dict[str, str] = {}
        self.session: Any = SimpleNamespace(
            conversations=["#lobby", "#a", "#b"], typists=lambda name: ("bob",) if name == "#b" else ()
        )
        self.listing = Listing(self)  # type: ignore[arg-type]
        self.listing.changes()

    def told(self) -> list[str] | None:
        said = self.listing.changes()
        return None if said is None else [one.name for one in said.conversations]


def test_a_message_makes_only_its_conversation_be_looked_at() -> None:
    stage = Stage()
    stage.topics["#b"] = "not looked at"
    event = message(1, "#a")
    stage.conversations.take(event, None)
    stage.listing.follow(event)
    assert stage.told() == ["#a"]
    stage.listing.doubt()
    assert stage.told() == ["#b"]
    assert stage.told() is None


def test_a_new_conversation_and_one_that_is_gone_are_told() -> None:
    stage = Stage()
    stage.session.conversations = ["#lobby", "#b", "#c"]
    stage.listing.follow(message(1, "#c"))
    said = stage.listing.changes()
    assert said is not None
    assert ([one.name for one in said.conversations], said.gone, said.all) == (["#c"], ("#a",), False)


def test_any_other_event_makes_all_be_looked_at() -> None:
    stage = Stage()
    stage.topics["#a"] = "new"
    stage.listing.follow(TypingChanged("#b", ("bob",)))
    assert stage.told() is None
    stage.listing.follow(Missing("#b", 1, 2))
    assert stage.told() == ["#a"]


def test_what_is_only_looked_at_is_not_kept() -> None:
    conversations = Conversations()
    for number in range(10):
        assert conversations.of(f"@user{number}").unread == 0
    assert conversations._waiting == {}


def test_a_level_counts_also_where_nothing_was_said_yet() -> None:
    conversations = Conversations()
    conversations.take(LevelChanged("@bob", NoticeLevel.NONE), None)
    assert conversations.of("@bob").level is NoticeLevel.NONE


def test_what_was_read_makes_only_its_conversation_be_looked_at() -> None:
    stage = Stage()
    stage.topics |= {"#a": "new", "#b": "not looked at"}
    stage.listing.doubt("#a")
    assert stage.told() == ["#a"]
    stage.listing.doubt("#strange")
    assert stage.told() is None


def test_a_topic_cannot_deceive() -> None:
    stage = Stage()
    stage.topics["#a"] = "so \u202etrue"
    stage.listing.doubt()
    said = stage.listing.changes()
    assert said is not None
    assert [one.topic for one in said.conversations] == ["so \\u202etrue"]
