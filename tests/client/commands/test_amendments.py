from __future__ import annotations

import pytest
from driven import accepted
from fake_host import FakeHost

from client.commands.registry import UsageError
from messages.amendments import Delete, Edit, Pin, Pins, React
from messages.requests import History, Request, Send


@pytest.fixture
def host() -> FakeHost:
    return FakeHost()


@pytest.mark.parametrize(
    ("line", "request_", "fields"),
    [
        ("/edit 7 a new text", Edit, {"seq": 7, "text": "a new text"}),
        ("/delete 7", Delete, {"seq": 7}),
        ("/react 7 👍", React, {"seq": 7, "reaction": "👍", "on": True}),
        ("/react 7 👍 off", React, {"seq": 7, "reaction": "👍", "on": False}),
        ("/pin 7", Pin, {"seq": 7, "on": True}),
        ("/pin 7 off", Pin, {"seq": 7, "on": False}),
        ("/pins", Pins, {}),
        ("/thread 7", History, {"thread": 7}),
    ],
)
def test_a_command_asks_about_a_message_of_the_conversation(
    host: FakeHost, line: str, request_: type[Request], fields: dict[str, object]
) -> None:
    host.type(line)
    (asked,) = host.driven.asked(request_)
    found = {name: getattr(asked, name) for name in fields}
    assert (asked.conversation, found) == ("#dev", fields)  # type: ignore[attr-defined]


def test_without_a_number_the_last_own_message_is_meant(host: FakeHost) -> None:
    with pytest.raises(ValueError, match="give the number of a message"):
        host.type("/edit a new text")
    host.session.send("#dev", "old")
    (sent,) = host.driven.asked(Send)
    host.driven.hear(accepted(sent.id, 5, "#dev"))
    host.type("/edit a new text")
    host.type("/delete")
    assert [request.seq for request in host.driven.tick()] == [5, 5]  # type: ignore[attr-defined]


def test_an_answer_names_the_message(host: FakeHost) -> None:
    host.type("/reply 7 yes, please")
    assert host.done == [("say", "#dev", "yes, please", 7)]


@pytest.mark.parametrize(
    "line",
    ["/edit", "/edit 7", "/delete x", "/react 7", "/react 👍", "/react 7 👍 on", "/pin", "/pin 7 no",
     "/pins x", "/thread", "/thread 7 8", "/reply 7", "/reply yes"],
)  # fmt: skip
def test_a_wrong_argument_shows_the_usage(host: FakeHost, line: str) -> None:
    with pytest.raises(UsageError):
        host.type(line)
