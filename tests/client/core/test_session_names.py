"""Who is who by the users' numbers: new names that were missed, and names that are another user's now."""

import pytest
from driven import Driven, accepted, message, page, refusal
from msgspec.structs import replace

from client.core.composer import Composer
from client.core.events import (
    JoinedElsewhere,
    Removed,
    Renamed,
    Replaced,
    SendFailed,
)
from client.core.person.queries import DirectQuery
from messages.errors import ErrorCode
from messages.events import Moved, System, SystemKind
from messages.identity import Profile
from messages.notices import NoticeLevel
from messages.replies import UserEntry, UserList
from messages.requests import History, Send, Who

LOBBY = ("#lobby", 0, 0)
BOB, CAROL = 2, 3
BESIDE = 0, NoticeLevel.DEFAULT
"""What a position has before the number of the other user: unread mentions, and the level."""


def direct(name: str, head: int, user_id: int) -> tuple[object, ...]:
    return (f"@{name}", head, head, head, 0, *BESIDE, user_id)


def back(driven: Driven, *positions: tuple[object, ...]) -> None:
    """Lose the connection and come back to these positions, with the session resumed."""
    driven.session.disconnected("gone")
    driven.told()
    login = driven.connect()
    driven.welcome(login.id, LOBBY, *positions, resumed=True)  # type: ignore[arg-type]


def start(*positions: tuple[object, ...]) -> Driven:
    driven = Driven()
    driven.log_in(LOBBY, *positions)  # type: ignore[arg-type]
    driven.told()
    return driven


def test_a_new_name_that_was_missed_is_followed_with_the_whole_conversation() -> None:
    driven = start(direct("bob", 2, BOB))
    driven.hear(replace(message(3, "@bob"), sender_id=BOB))
    driven.shown()
    back(driven, ("@robert", 4, 2, 2, 2, *BESIDE, BOB))
    assert Renamed("bob", "robert", missed=True) in driven.told()
    assert driven.session.conversations == ["#lobby", "@robert"]
    assert 3 in driven.session.timeline("@robert").messages
    (history,) = [one for one in driven.tick(1) if isinstance(one, History)]
    assert (history.conversation, history.after) == ("@robert", 3)


def test_the_next_bearer_of_a_name_has_a_conversation_of_their_own() -> None:
    driven = start(direct("bob", 5, BOB))
    back(driven, ("@bob", 7, 0, 0, 7, *BESIDE, CAROL))
    assert Replaced("bob") in driven.told()
    (history,) = [one for one in driven.tick(1) if isinstance(one, History)]
    assert (history.conversation, history.after) == ("@bob", 0)
    driven.hear(page(history.id, 1, 2, conversation="@bob"))
    assert [event.seq for event in driven.shown() if hasattr(event, "seq")] == [1, 2]


def test_two_users_who_have_exchanged_their_names_keep_their_conversations() -> None:
    driven = start(direct("bob", 5, BOB), direct("carol", 1, CAROL))
    for seq, name, user in ((6, "bob", BOB), (2, "carol", CAROL)):
        driven.hear(replace(message(seq, f"@{name}", name), sender_id=user))
    driven.shown()
    back(driven, direct("carol", 6, BOB), direct("bob", 2, CAROL))
    moved = [event for event in driven.told() if isinstance(event, Renamed | Replaced)]
    assert moved == [Renamed("bob", "carol", missed=True), Renamed("carol", "bob", missed=True)]
    assert list(driven.session.timeline("@carol").messages) == [6]
    assert list(driven.session.timeline("@bob").messages) == [2]
    assert not any(isinstance(one, History) for one in driven.tick(1))


def test_a_message_says_whom_it_is_for_as_far_as_that_is_known() -> None:
    driven = start(direct("bob", 1, BOB))
    for to in ("@Bob", "@zoe", "#lobby"):
        driven.session.send(to, "hello")
    assert [one.to_id for one in driven.asked(Send)] == [BOB, 0, 0]


def test_a_message_for_the_earlier_bearer_is_refused_and_the_next_one_is_for_the_new_one() -> None:
    driven = start(direct("bob", 1, BOB))
    driven.session.send("@bob", "secret")
    (send,) = driven.asked(Send)
    driven.hear(refusal(send.id, ErrorCode.OTHER_USER))
    replaced, failed = driven.told()
    assert replaced == Replaced("bob")
    assert isinstance(failed, SendFailed)
    assert "belongs to another user now" in failed.sent.state
    driven.session.send("@bob", "hello, whoever you are")
    (again,) = driven.asked(Send)
    assert again.to_id == 0
    driven.hear(accepted(again.id, 1, "@bob"))


@pytest.mark.parametrize("noticed", ["message", "list", "profile", "arrival"])
def test_whatever_tells_who_has_a_name_shows_that_it_is_another_user(noticed: str) -> None:
    driven = start(direct("bob", 1, BOB))
    match noticed:
        case "message":
            driven.hear(replace(message(1), sender_id=CAROL))
        case "list":
            request = driven.session.ask(Who)
            driven.tick()
            driven.hear(UserList(request, [UserEntry("bob", 0, user_id=CAROL)]))
        case "profile":
            request = driven.session.ask(DirectQuery, name="bob")
            driven.tick()
            driven.hear(Profile(request, "bob", [], online=True, seen=1, user_id=CAROL))
        case "arrival":
            driven.hear(System(SystemKind.JOINED, "bob", "bob joined the chat", user_id=CAROL))
    assert Replaced("bob") in driven.told()
    driven.session.send("@bob", "hello")
    assert driven.asked(Send)[0].to_id == CAROL


@pytest.mark.parametrize(
    ("position", "why"),
    [
        (direct("robert", 1, BOB), "bob is called robert now; /query robert goes on"),
        (("@bob", 1, 1, 1, 0, *BESIDE, CAROL), "bob is another user now; /query bob goes on with them"),
    ],
)
def test_what_is_typed_to_a_user_does_not_go_on_with_their_successor(
    position: tuple[object, ...], why: str
) -> None:
    driven = start(direct("bob", 1, BOB))
    composer: Composer[str] = Composer(driven.session, present=True)
    composer.place = "@bob"
    back(driven, position)
    for event in driven.told():
        composer.take(event)
    assert (composer.place, composer.cause) == (None, why)


def test_names_in_history_say_nothing_about_the_present() -> None:
    driven = start(("@bob", 3, 1, 1, 0, *BESIDE, BOB))
    (history,) = driven.asked(History, 1)
    old = replace(message(2, "@bob", "rob"), sender_id=BOB)
    driven.hear(page(history.id, old, 3, conversation="@bob"))
    assert not any(isinstance(event, Renamed | Replaced) for event in driven.told())
    assert driven.session.conversations == ["#lobby", "@bob"]


# What the user's other devices do


def test_a_room_that_another_device_has_joined_is_open_here_too() -> None:
    driven = start()
    joined = Moved("#tea", 5, 5, 5)
    driven.hear(joined)
    assert driven.told() == [joined, JoinedElsewhere("#tea")]
    driven.hear(message(6, "#tea"))
    assert [event.seq for event in driven.shown()] == [6]  # type: ignore[union-attr]
    driven.hear(Moved("#tea", 6, 6, 6))
    assert [type(event) for event in driven.told()] == [Moved]


def test_a_room_that_another_device_has_left_is_closed_here_too() -> None:
    driven = start(("#tea", 1, 1))
    composer: Composer[str] = Composer(driven.session, present=True)
    composer.place = "#tea"
    text = "alice left #tea"
    driven.hear(System(SystemKind.LEFT, "alice", text, room="#tea", reason="left the room", user_id=1))
    for event in driven.told():
        composer.take(event)
    assert composer.place is None
    assert composer.cause == "you left #tea"
    assert driven.session.conversations == ["#lobby"]
    assert Removed("#tea", left=True).how == "left"


def test_what_another_device_has_confirmed_is_still_fetched_here() -> None:
    driven = start()
    driven.hear(Moved("#lobby", 3, 3, 3))
    (history,) = driven.asked(History)
    assert history.after == 0
    driven.hear(page(history.id, 1, 2, 3))
    assert len(driven.shown()) == 4
    assert driven.tick(1) == []
