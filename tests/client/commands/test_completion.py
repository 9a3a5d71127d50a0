from __future__ import annotations

from functools import partial

import pytest
from driven import Driven, message, ready, refusal

from client.commands.completion import complete, foresee
from client.core.lookups import FRESH_SECONDS, MISSED_SECONDS
from messages.errors import ErrorCode
from messages.replies import RoomEntry, RoomList, UserEntry, UserList
from messages.requests import Login, Logout, Request, Rooms, Who


@pytest.mark.parametrize(
    ("text", "candidates"), [("bo", ["@bob: "]), ("ask Bo", ["@bob "]), ("@b", ["@bob "])]
)
def test_a_name_in_a_text_gets_an_at_if_the_broker_finds_mentions(text: str, candidates: list[str]) -> None:
    driven = Driven()
    driven.log_in(abilities=("mention",))
    driven.hear(message(1, sender="bob"))
    assert complete(driven.session, text, len(text)) == candidates


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("/whoi", ["/whois "]),
        ("/WHOA", ["/whoami "]),
        ("say /whoi", []),
        ("#", ["#dev", "#lobby"]),
        ("look at #D", ["#dev"]),
        ("bo", ["bob: "]),
        ("ask Bo", ["bob "]),
        ("nobody", []),
        ("ask @b", ["@bob "]),
        ("/xyzzy bo", ["bob "]),
        ("//whois bo", ["bob "]),
        (" /whois bo", ["bob "]),
    ],
)
def test_a_word_becomes_a_command_a_conversation_or_a_name(text: str, candidates: list[str]) -> None:
    driven = ready(("#lobby", 0, 0), ("#dev", 0, 0))
    driven.hear(message(1, sender="bob"))
    assert complete(driven.session, text, len(text)) == candidates


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("/join de", ["#design", "#dev"]),
        ("/j #des", ["#design"]),
        ("/join ", ["#design", "#dev", "#lobby"]),
        ("/msg qu", ["quinn "]),
        ("/msg @qu", ["@quinn "]),
        ("/msg #des", ["#design "]),
        ("/msg quinn ask qu", ["quinn "]),
        ("/whois qu", ["quinn"]),
        ("/kick qu", ["quinn "]),
        ("/kick #dev qu", ["quinn "]),
        ("/kick * qu", ["quinn "]),
        ("/kick quinn for qu", ["quinn "]),
        ("/op quinn mo", ["moderator"]),
        ("/private o", ["off", "on"]),
        ("/private #dev of", ["off"]),
        ("/rps pa", ["paper "]),
        ("/rps paper qu", ["quinn"]),
        ("/history de", ["#design ", "#dev "]),
        ("/history qu", ["quinn "]),
        ("/history #dev si", ["since "]),
        ("/history si", ["since "]),
        ("/history since ye", ["yesterday"]),
        ("/search disk from:qu", ["from:quinn "]),
        ("/search disk in:#des", ["in:#design "]),
        ("/search disk qu", ["quinn "]),
        ("/help to", ["topic"]),
        ("/help /to", ["/topic"]),
        ("/help mod", ["moderation"]),
        ("/readreceipts o", ["off", "on"]),
        ("/password c", ["clear"]),
        ("/clear qu", []),
        ("/react 5 :tad", ["🎉"]),
        ("/react :tada:", ["🎉"]),
        ("+:tad", ["+🎉"]),
        ("good :tad", ["🎉"]),
        ("/whois quinn qu", []),
    ],
)
def test_an_argument_is_completed_by_its_kind(text: str, candidates: list[str]) -> None:
    driven = ready(("#lobby", 0, 0), ("#dev", 0, 0))
    driven.hear(message(1, sender="quinn"), rooms(driven.session.ask(Rooms), "#lobby", "#dev", "#design"))
    driven.told()
    assert complete(driven.session, text, len(text)) == candidates


def test_only_what_stands_before_the_cursor_counts() -> None:
    assert complete(ready(("#lobby", 0, 0)).session, "#lo and more", 3) == ["#lobby"]


def rooms(re: str, *names: str) -> RoomList:
    return RoomList(re, [RoomEntry(name, "", 1, False) for name in names])


def type_text(driven: Driven, text: str) -> list[Request]:
    """Type a text, and return what the client asks the broker."""
    foresee(driven.session, text, len(text), lambda: driven.now)
    return [request for request in driven.tick() if isinstance(request, Rooms | Who)]


class TestLookups:
    @pytest.mark.parametrize("text", ["/join ", "/j de", "see #", "/search in:#d", "/names "])
    def test_the_rooms_are_asked_for_when_a_room_is_typed_and_not_shown(self, text: str) -> None:
        driven = ready(("#lobby", 0, 0))
        (request,) = type_text(driven, text)
        driven.told()
        driven.hear(rooms(request.id, "#lobby", "#design"))
        assert driven.told() == []
        assert complete(driven.session, "/join des", 9) == ["#design"]

    @pytest.mark.parametrize("text", ["/msg ", "/msg @qui", "ask @", "/kick #dev "])
    def test_who_is_online_is_asked_for_when_a_name_is_typed(self, text: str) -> None:
        driven = ready(("#lobby", 0, 0))
        asked = type_text(driven, text)
        (request,) = [request for request in asked if isinstance(request, Who)]
        driven.told()
        driven.hear(UserList(request.id, [UserEntry("quinn", 0, None), UserEntry("alice", 0, None)]))
        assert driven.told() == []
        assert complete(driven.session, "/msg @qui", 9) == ["@quinn "]
        assert complete(driven.session, "/msg ali", 8) == []

    @pytest.mark.parametrize("text", ["hello", "/topic so be it", "/join", "//join ", ""])
    def test_nothing_is_asked_for_other_words(self, text: str) -> None:
        assert type_text(ready(("#lobby", 0, 0)), text) == []

    def test_the_broker_is_asked_once_a_minute_at_most(self) -> None:
        driven = ready(("#lobby", 0, 0))
        for seconds, asked in ((0, True), (FRESH_SECONDS - 1, False), (FRESH_SECONDS, True)):
            before = driven.session.unanswered
            foresee(driven.session, "/join de", 8, partial(float, driven.now + seconds))
            assert (driven.session.unanswered > before) == asked

    def test_if_nothing_is_found_it_is_asked_again_sooner(self) -> None:
        driven = ready(("#lobby", 0, 0))
        foresee(driven.session, "/join de", 8, lambda: driven.now)
        for seconds, asked in ((0.0, 1), (MISSED_SECONDS, 2)):
            assert complete(driven.session, "/join de", 8, partial(float, driven.now + seconds)) == []
            assert driven.session.unanswered == asked

    def test_a_refusal_is_not_shown(self) -> None:
        driven = ready(("#lobby", 0, 0))
        (request,) = type_text(driven, "/join ")
        driven.told()
        driven.hear(refusal(request.id, ErrorCode.UNAVAILABLE))
        assert driven.told() == []

    def test_without_a_connection_nothing_is_asked(self) -> None:
        driven = Driven()
        foresee(driven.session, "/join ", 6, lambda: driven.now)
        assert driven.session.unanswered == 0

    def test_another_user_learns_nothing_of_the_rooms(self) -> None:
        driven = ready(("#lobby", 0, 0))
        (request,) = type_text(driven, "/join ")
        driven.hear(rooms(request.id, "#secret"))
        driven.told()
        assert driven.session.known_rooms == ["#secret"]
        driven.session.login("bob")
        (logout,) = (request for request in driven.tick() if isinstance(request, Logout))
        driven.done(logout)
        driven.welcome(driven.asked(Login)[0].id, name="bob")
        driven.told()
        assert driven.session.known_rooms == []
