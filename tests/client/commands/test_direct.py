from __future__ import annotations

import pytest
from driven import message
from fake_host import FakeHost

from client.commands.registry import UsageError
from messages.identity import Whois
from messages.requests import Join


@pytest.fixture
def host() -> FakeHost:
    return FakeHost()


def hear_from_bob(host: FakeHost) -> None:
    host.driven.hear(message(1, "@bob"))
    for event in host.driven.shown():
        host.composer.take(event)
    host.composer.begun = host.composer.mark


@pytest.mark.parametrize("line", ["/query bob", "/query @bob", "/join @bob"])
def test_a_direct_conversation_is_opened(host: FakeHost, line: str) -> None:
    host.type(line)
    (asked,) = host.driven.asked(Whois)
    assert asked.name == "bob"
    assert host.done == []


def test_a_text_behind_the_name_is_sent_there(host: FakeHost) -> None:
    host.type("/query bob good morning")
    assert host.done == [("say", "@bob", "good morning")]
    assert len(host.driven.asked(Whois)) == 1


def test_nobody_talks_to_themselves(host: FakeHost) -> None:
    with pytest.raises(ValueError, match="this is you"):
        host.type("/query ALICE")


def test_a_name_is_needed(host: FakeHost) -> None:
    with pytest.raises(UsageError):
        host.type("/query")


def test_an_answer_goes_to_the_sender_of_the_last_direct_message(host: FakeHost) -> None:
    hear_from_bob(host)
    host.type("/r right back")
    assert host.done == [("say", "@bob", "right back")]
    host.driven.tick()
    host.type("/r")
    assert [asked.name for asked in host.driven.asked(Whois)] == ["bob"]


@pytest.mark.parametrize("line", ["/names", "/topic", "/topic new"])
def test_a_direct_conversation_is_no_room(host: FakeHost, line: str) -> None:
    host.composer.place = "@bob"
    with pytest.raises(ValueError, match="@bob is not a room; name one"):
        host.type(line)


def test_a_direct_conversation_is_left_without_a_request(host: FakeHost) -> None:
    host.composer.place = "@bob"
    host.type("/leave")
    assert host.composer.place is None
    assert host.driven.tick() == []
    host.type("/join lobby")
    assert len(host.driven.asked(Join)) == 1


@pytest.mark.parametrize(("word", "told"), [("on", True), ("OFF", False)])
def test_which_receipts_are_told_can_be_chosen(host: FakeHost, word: str, told: bool) -> None:
    host.receipt_news.all = not told
    host.type(f"/receipts {word}")
    assert host.receipt_news.all is told
    with pytest.raises(UsageError):
        host.type("/receipts maybe")
