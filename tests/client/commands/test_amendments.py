from __future__ import annotations

import pytest
from driven import accepted, message
from fake_host import FakeHost

from client.commands.registry import UsageError
from messages.amendments import Delete, Edit, Pin, Pins, React
from messages.events import AnyEvent
from messages.replies import AnyReply
from messages.requests import History, Request


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


def told(host: FakeHost, *documents: AnyReply | AnyEvent) -> None:
    """Let the client hear something, and the composer take what is shown of it."""
    host.driven.hear(*documents)
    for event in host.driven.shown():
        host.composer.take(event)


def said(host: FakeHost, text: str, seq: int) -> None:
    sent = host.session.send("#dev", text)
    host.driven.tick()
    told(host, accepted(sent.request.id, seq, "#dev"))


def asked(host: FakeHost) -> list[tuple[int, object]]:
    """Return the numbers of the messages that are asked about, and what else is asked."""
    return [
        (
            getattr(one, "seq", 0) or getattr(one, "thread", 0),
            getattr(one, "reaction", getattr(one, "text", None)),
        )
        for one in host.driven.tick()
    ]


def test_without_a_number_the_last_own_message_is_meant(host: FakeHost) -> None:
    with pytest.raises(ValueError, match="give the number of one"):
        host.type("/edit a new text")
    said(host, "old", 5)
    host.type("/edit a new text")
    host.type("/delete")
    assert [request.seq for request in host.driven.tick()] == [5, 5]  # type: ignore[attr-defined]


def test_an_answer_names_the_message(host: FakeHost) -> None:
    host.type("/reply 7 yes, please")
    assert host.done == [("say", "#dev", "yes, please", 7)]


def test_without_a_number_the_last_message_shown_is_meant(host: FakeHost) -> None:
    with pytest.raises(ValueError, match="give the number of one"):
        host.type("/react 👍")
    told(host, message(3, "#dev", "carol"), message(4, "#dev"))
    said(host, "mine", 5)
    for line in ("/react 👍", "+:tada:", "-👍", "/react @carol :ok: off", "/pin", "/pin @Carol", "/thread"):
        host.type(line)
    assert asked(host) == [(4, "👍"), (4, "🎉"), (4, "👍"), (3, "🆗"), (5, None), (3, None), (5, None)]
    host.type("/reply yes")
    host.type("/reply @carol: no")
    assert host.done == [("say", "#dev", "yes", 4), ("say", "#dev", "no", 3)]
    with pytest.raises(ValueError, match="no message of dave was shown"):
        host.type("/reply @dave hi")


def test_what_came_while_the_line_was_typed_is_not_meant(host: FakeHost) -> None:
    told(host, message(3, "#dev"))
    host.composer.begun = begun = host.composer.mark
    told(host, message(4, "#dev"))
    assert host.composer.last.others("#dev", begun) == 3


def test_a_correction_changes_the_last_own_message(host: FakeHost) -> None:
    said(host, "teh cat and teh dog", 5)
    host.type("s/teh/the/")
    host.type("s/teh/the/g")
    host.type(r"s/cat and/cat\/and")
    assert asked(host) == [(5, "the cat and teh dog"), (5, "the cat and the dog"), (5, "teh cat/and teh dog")]
    with pytest.raises(ValueError, match="your last message here does not contain mouse"):
        host.type("s/mouse/x/")
    host.session.send("#dev", "on its way")
    with pytest.raises(ValueError, match="not accepted yet"):
        host.type("s/teh/the/")


def test_a_shortcode_that_is_none_is_told_with_the_nearest(host: FakeHost) -> None:
    with pytest.raises(ValueError, match="no emoji is called :rokcet:; the nearest is :rocket:"):
        host.type("/react 7 :rokcet:")


def test_numbers_are_listed_or_turned_on(host: FakeHost) -> None:
    with pytest.raises(ValueError, match="no message was shown here yet"):
        host.type("/numbers")
    told(host, message(3, "#dev"), message(4, "#dev"))
    host.type("/numbers")
    assert [line[17:] for line in host.shown] == ["#dev 3 bob: text 3", "#dev 4 bob: text 4"]
    host.type("/numbers on")
    assert host.done == [("numbers", True)]


@pytest.mark.parametrize(
    "line",
    ["/edit", "/edit 7", "/delete x", "/react", "/react 7", "/react 7 👍 on", "/pin 7 no", "/pin no",
     "/pins x", "/thread 7 8", "/thread x", "/reply", "/reply 7", "/numbers x"],
)  # fmt: skip
def test_a_wrong_argument_shows_the_usage(host: FakeHost, line: str) -> None:
    with pytest.raises(UsageError):
        host.type(line)
