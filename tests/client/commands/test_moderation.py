from typing import Any

import pytest
from driven import message
from fake_host import FakeHost

from client.commands.registry import UsageError
from client.core.events import Replied
from messages.events import Ignoring, Message, System, SystemKind
from messages.moderation import (
    Audit,
    Ban,
    Bans,
    Ignore,
    Ignored,
    IgnoreList,
    InviteUser,
    Kick,
    Mute,
    Role,
    RoomRules,
    SetRole,
    Unban,
    Unignore,
    Unmute,
)
from messages.replies import Page
from messages.requests import Confirm, History, Request

PRINT = "SHA256:" + "a" * 43
ASKED: list[tuple[str, str, type[Request], dict[str, Any]]] = [
    ("#dev", "/kick bob", Kick, {"name": "bob", "room": "#dev"}),
    (
        "#dev",
        "/kick #tea @bob too much noise",
        Kick,
        {"name": "bob", "room": "#tea", "reason": "too much noise"},
    ),
    ("#dev", "/kick * bob", Kick, {"name": "bob"}),
    ("#lobby", "/kick bob", Kick, {"name": "bob"}),
    ("#dev", "/ban bob", Ban, {"name": "bob", "room": "#dev"}),
    (
        "#dev",
        "/ban bob 2h spam and more",
        Ban,
        {"name": "bob", "room": "#dev", "seconds": 7200, "reason": "spam and more"},
    ),
    ("#lobby", "/ban 10.0.0.0/8 7d", Ban, {"address": "10.0.0.0/8", "seconds": 604_800}),
    ("@bob", f"/ban * {PRINT}", Ban, {"key": PRINT}),
    ("#dev", "/unban #tea bob", Unban, {"name": "bob", "room": "#tea"}),
    ("#dev", "/bans", Bans, {"room": "#dev"}),
    ("#dev", "/bans *", Bans, {}),
    ("#lobby", "/mute bob 10m", Mute, {"room": "#lobby", "name": "bob", "seconds": 600}),
    ("#dev", "/mute bob noise", Mute, {"room": "#dev", "name": "bob", "reason": "noise"}),
    ("#dev", "/unmute bob", Unmute, {"room": "#dev", "name": "bob"}),
    ("#lobby", "/op bob", SetRole, {"name": "bob", "role": Role.OPERATOR, "room": "#lobby"}),
    ("#dev", "/op bob moderator", SetRole, {"name": "bob", "role": Role.MODERATOR, "room": "#dev"}),
    ("#dev", "/op * bob", SetRole, {"name": "bob", "role": Role.OPERATOR}),
    ("#dev", "/deop bob", SetRole, {"name": "bob", "role": Role.MEMBER, "room": "#dev"}),
    ("#dev", "/invite bob", InviteUser, {"room": "#dev", "name": "bob"}),
    ("@bob", "/invite #tea bob", InviteUser, {"room": "#tea", "name": "bob"}),
    ("#dev", "/private on", RoomRules, {"room": "#dev", "private": True}),
    ("#dev", "/lock #tea off", RoomRules, {"room": "#tea", "topic_locked": False}),
    ("#dev", "/audit", Audit, {"limit": 20}),
    ("#dev", "/audit 7", Audit, {"before": 7, "limit": 20}),
    ("#dev", "/ignore bob", Ignore, {"name": "bob"}),
    ("#dev", "/ignore", Ignored, {}),
    ("#dev", "/unignore @bob", Unignore, {"name": "bob"}),
]


@pytest.fixture
def host() -> FakeHost:
    return FakeHost()


@pytest.mark.parametrize(("here", "line", "kind", "fields"), ASKED, ids=[line for _, line, _, _ in ASKED])
def test_a_command_asks_the_broker(
    host: FakeHost, here: str, line: str, kind: type[Request], fields: dict[str, Any]
) -> None:
    host.composer.place = here
    host.type(line)
    (asked,) = host.driven.asked(kind)
    assert asked == kind(asked.id, **fields)


@pytest.mark.parametrize(
    "line",
    [
        "/kick",
        "/ban",
        "/ban 10m",
        "/mute",
        "/mute * bob",
        "/op",
        "/op bob king",
        "/bans lobby",
        "/private",
        "/private lobby on",
        "/lock maybe",
        "/audit x",
    ],
)
def test_what_is_typed_wrongly_asks_nothing_of_that_kind(host: FakeHost, line: str) -> None:
    if line == "/ban 10m":
        with pytest.raises(ValueError, match="a name begins with a letter"):
            host.type(line)
    else:
        with pytest.raises(UsageError):
            host.type(line)
    assert host.driven.tick() == []


@pytest.mark.parametrize("line", ["/ban bob 10mon", "/ban bob 0m", "/mute bob 3651d", "/ban bob 999999999w"])
def test_how_long_is_refused_where_it_is_no_time(host: FakeHost, line: str) -> None:
    with pytest.raises(ValueError, match="write the duration as 10m, 1h30m or 7d"):
        host.type(line)
    assert host.driven.tick() == []


def test_from_a_direct_conversation_a_room_must_be_named(host: FakeHost) -> None:
    host.composer.place = "@bob"
    with pytest.raises(ValueError, match="name a room first"):
        host.type("/kick bob")


class TestIgnoring:
    def test_what_the_ignored_say_is_confirmed_and_not_shown(self, host: FakeHost) -> None:
        driven = host.driven
        driven.hear(Ignoring(["Bob"]), message(1, sender="bob"), message(2, sender="carol"))
        shown = [event for event in driven.shown() if isinstance(event, Message)]
        assert [event.sender for event in shown] == ["carol"]
        confirms = [request for request in driven.tick(1) if isinstance(request, Confirm)]
        assert [(one.conversation, one.seq) for one in confirms] == [("#lobby", 2)]

    def test_history_is_shown_without_them_also_under_another_name(self, host: FakeHost) -> None:
        driven = host.driven
        driven.hear(Ignoring(["bob"]))
        driven.hear(System(SystemKind.RENAMED, "bob", "bob is now called rob", name="rob"))
        driven.told()
        asked = driven.session.ask(History, conversation="#lobby")
        driven.tick()
        driven.hear(Page(asked, "#lobby", [message(1, sender="rob"), message(2, sender="carol")], False))
        (replied,) = [event for event in driven.told() if isinstance(event, Replied)]
        assert isinstance(replied.reply, Page)
        assert [one.sender for one in replied.reply.messages] == ["carol"]

    def test_it_ends_when_the_broker_says_so(self, host: FakeHost) -> None:
        driven = host.driven
        driven.hear(Ignoring(["bob"]))
        host.type("/unignore bob")
        (asked,) = driven.asked(Unignore)
        driven.hear(IgnoreList(asked.id, []), message(1, sender="bob"))
        assert any(isinstance(event, Message) for event in driven.told())


def test_a_room_that_one_is_put_out_of_is_known_no_more(host: FakeHost) -> None:
    driven = host.driven
    driven.hear(message(1, "#tea", "bob"))
    assert "#tea" in driven.session.conversations
    driven.hear(System(SystemKind.KICKED, "alice", "bob removed alice from #tea", room="#tea", by="bob"))
    assert "#tea" not in driven.session.conversations
