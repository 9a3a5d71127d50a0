from __future__ import annotations

import pytest
from driven import Driven, ready

from client.core.person.inquiries import GIVE_UP_SECONDS, SHOW_SECONDS, Inquiries
from messages.notices import Keywords
from messages.replies import UserList
from messages.requests import Away, Request, Send, Who


class Asking:
    """A person who asks the broker something."""

    def __init__(self) -> None:
        self.driven: Driven = ready()
        self.inquiries = Inquiries(self.driven.session)

    def ask(self, typed: str, kind: type[Request], **fields: object) -> str:
        asked = self.driven.session.ask(kind, **fields)
        self.inquiries.add(typed, frozenset({asked}), 100.0)
        return asked

    def waiting(self, seconds: float = 0.0) -> list[str]:
        return self.inquiries.take_waiting(100.0 + seconds)

    def given_up(self, seconds: float) -> list[str]:
        return self.inquiries.give_up(100.0 + seconds)


@pytest.fixture
def person() -> Asking:
    return Asking()


def test_what_waits_is_shown_once_after_a_moment(person: Asking) -> None:
    person.ask("/who", Who)
    assert person.waiting() == []
    assert person.waiting(SHOW_SECONDS + 0.1) == ["/who"]
    assert person.waiting(SHOW_SECONDS + 0.2) == []


def test_without_a_connection_it_is_shown_at_once(person: Asking) -> None:
    person.driven.session.disconnected("cut")
    person.ask("/who", Who)
    assert person.waiting() == ["/who"]


def test_what_was_answered_does_not_wait(person: Asking) -> None:
    asked = person.ask("/who", Who)
    person.driven.tick()
    person.driven.hear(UserList(asked, []))
    assert person.waiting(SHOW_SECONDS + 1) == []
    assert person.given_up(GIVE_UP_SECONDS + 1) == []
    assert not person.inquiries


def test_a_question_that_is_too_old_is_not_asked_any_more(person: Asking) -> None:
    person.driven.session.disconnected("cut")
    person.ask("/who", Who)
    assert person.given_up(GIVE_UP_SECONDS - 1) == []
    assert person.given_up(GIVE_UP_SECONDS + 1) == ["/who"]
    assert person.given_up(GIVE_UP_SECONDS + 2) == []
    person.driven.welcome(person.driven.connect().id, resumed=True)
    assert person.driven.tick() == []


def test_what_changes_something_and_texts_are_sent_however_late(person: Asking) -> None:
    person.driven.session.disconnected("cut")
    person.ask("/away", Away, text="lunch")
    person.ask("/topic", Send, to="#lobby", text="hello")
    assert person.given_up(1_000.0) == []
    person.driven.welcome(person.driven.connect().id, resumed=True)
    assert [type(request) for request in person.driven.tick()] == [Away, Send]


def test_asking_for_a_setting_is_a_question_and_choosing_it_is_not(person: Asking) -> None:
    person.driven.session.disconnected("cut")
    person.ask("/highlight", Keywords)
    person.ask("/highlight off", Keywords, words=[])
    assert person.given_up(GIVE_UP_SECONDS + 1) == ["/highlight"]
    person.driven.welcome(person.driven.connect().id, resumed=True)
    assert [request.words for request in person.driven.asked(Keywords)] == [[]]
