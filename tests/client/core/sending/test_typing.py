"""Who types: told once in three seconds, kept for six, and never about commands."""

import pytest
from driven import Driven, message, ready, refusal

from client.core.events import Replied, TypingChanged
from client.core.ignored import Ignored
from client.core.sending.typing import SHOWN_SECONDS
from messages.errors import ErrorCode
from messages.events import Ignoring, IsTyping, System, SystemKind, TypingNoticesSet
from messages.replies import Done
from messages.typing import Typing, TypingNotices

LOBBY = ("#lobby", 0, 0)


@pytest.fixture
def driven() -> Driven:
    driven = Driven()
    driven.log_in(LOBBY, abilities=("typing",))
    driven.told()
    return driven


def typed(driven: Driven, draft: str, place: str = "#lobby", seconds: float = 0.0) -> int:
    """Type a draft, and return how many requests that makes."""
    driven.now += seconds
    driven.session.typed(place, draft, driven.now)
    return len(driven.asked(Typing))


def bob(conversation: str = "#lobby", *, on: bool = True) -> IsTyping:
    return IsTyping(conversation, "bob", 2, on)


def test_the_first_key_is_told_and_then_one_in_three_seconds_for_each_conversation(driven: Driven) -> None:
    assert typed(driven, "h") == 1
    assert typed(driven, "he", seconds=2.9) == 0
    assert typed(driven, "he", "#tea") == 1
    assert typed(driven, "hel", seconds=0.2) == 1


@pytest.mark.parametrize("draft", ["", "  ", "/", "/msg bob hello"])
def test_an_empty_line_and_a_command_are_nobodys_business(driven: Driven, draft: str) -> None:
    assert typed(driven, draft) == 0
    assert typed(driven, f"/{draft}" if draft.startswith("/") else "hello") == 1


def test_a_conversation_whose_name_is_none_is_told_of_nothing(driven: Driven) -> None:
    assert typed(driven, "h", "@\x1b[2J") == 0


def test_nothing_is_told_to_a_broker_that_does_not_know_it_nor_if_the_user_does_not_want_it() -> None:
    assert typed(ready(), "hello") == 0
    driven = Driven()
    driven.log_in(LOBBY, abilities=("typing",), typing=False)
    assert typed(driven, "hello") == 0
    driven.hear(TypingNoticesSet(on=True))
    assert typed(driven, "hello") == 1
    asked = driven.session.ask(TypingNotices, on=False)
    driven.tick()
    driven.hear(Done(asked))
    assert typed(driven, "hello", "#tea") == 0
    driven.session.ask(TypingNotices, on=True)
    driven.session.allow_typing(on=False)
    driven.tick()
    assert typed(driven, "hello", "#tea") == 0


def test_the_answer_is_not_shown_and_nothing_is_sent_again(driven: Driven) -> None:
    driven.session.typed("#tea", "hello", driven.now)
    (request,) = driven.asked(Typing)
    driven.hear(refusal(request.id, ErrorCode.NOT_IN_ROOM))
    assert not any(isinstance(event, Replied) for event in driven.told())
    driven.session.disconnected("gone")
    driven.welcome(driven.connect().id, LOBBY, abilities=("typing",))
    assert driven.tick(2) == []


def test_who_types_is_known_until_they_stop_or_send_or_say_nothing_for_six_seconds(driven: Driven) -> None:
    begun, over = TypingChanged("#lobby", ("bob",)), TypingChanged("#lobby", ())
    driven.hear(bob(), bob())
    assert driven.told() == [begun]
    assert driven.session.typists("#lobby") == ("bob",)
    driven.hear(bob(on=False))
    assert driven.told() == [over]
    driven.hear(bob(), message(1))
    assert [event for event in driven.told() if isinstance(event, TypingChanged)] == [begun, over]
    driven.hear(bob())
    assert driven.session.next_tick(driven.now) <= SHOWN_SECONDS
    driven.tick(SHOWN_SECONDS - 1)
    driven.hear(bob())
    driven.tick(SHOWN_SECONDS - 1)
    assert driven.session.typists("#lobby") == ("bob",)
    driven.tick(1)
    assert driven.told()[-1] == over
    assert driven.session.typists("#lobby") == ()


def test_whoever_leaves_types_no_more_and_a_new_name_types_on(driven: Driven) -> None:
    driven.hear(bob(), bob("@bob"))
    driven.hear(System(SystemKind.RENAMED, "bob", "…", name="rob", user_id=2))
    assert driven.session.typists("@rob") == driven.session.typists("#lobby") == ("rob",)
    driven.hear(System(SystemKind.LEFT, "rob", "…", reason="logged out", user_id=2))
    assert driven.session.typists("@rob") == driven.session.typists("#lobby") == ()


def test_ignored_users_do_not_type(driven: Driven) -> None:
    driven.hear(Ignoring(["bob"]), bob(), IsTyping("#lobby", "carol", 3, on=True))
    driven.told()
    assert driven.session.typists("#lobby") == ("carol",)
    ignored = Ignored()
    ignored.set(["bob"])
    assert ignored.take(TypingChanged("#lobby", ("bob", "carol"))) == TypingChanged("#lobby", ("carol",))


def test_whoever_has_turned_it_off_is_not_shown_who_types(driven: Driven) -> None:
    driven.session.allow_typing(on=False)
    driven.hear(bob())
    assert driven.told() == []
    assert driven.session.typists("#lobby") == ()
