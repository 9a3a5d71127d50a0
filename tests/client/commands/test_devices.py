"""The slash commands /members, /sessions and /typing."""

from typing import Any

import pytest
from fake_host import FakeHost

from client.commands.registry import UsageError
from messages.members import Members
from messages.requests import Request, Whoami
from messages.sessions import EndSession, Sessions
from messages.typing import TypingNotices


@pytest.fixture
def host() -> FakeHost:
    return FakeHost()


@pytest.mark.parametrize(
    ("line", "kind", "fields"),
    [
        ("/members", Members, {"room": "#dev"}),
        ("/members tea", Members, {"room": "#tea"}),
        ("/members #tea 37", Members, {"room": "#tea", "after": 37}),
        ("/members 37", Members, {"room": "#dev", "after": 37}),
        ("/sessions", Sessions, {}),
        ("/sessions END 3", EndSession, {"session": 3}),
        ("/typing", Whoami, {}),
        ("/typing OFF", TypingNotices, {"on": False}),
        ("/typing on", TypingNotices, {"on": True}),
    ],
)
def test_a_command_asks_the_broker(
    host: FakeHost, line: str, kind: type[Request], fields: dict[str, Any]
) -> None:
    host.type(line)
    (request,) = host.driven.tick()
    assert request == kind(request.id, **fields)


@pytest.mark.parametrize(
    "line", ["/members #tea #soil", "/sessions end", "/sessions end x", "/sessions end 0", "/typing maybe"]
)
def test_a_wrong_argument_shows_the_usage(host: FakeHost, line: str) -> None:
    with pytest.raises(UsageError):
        host.type(line)


def test_a_direct_conversation_has_no_list_of_members(host: FakeHost) -> None:
    host.composer.place = "@bob"
    with pytest.raises(ValueError, match="name a room"):
        host.type("/members")
