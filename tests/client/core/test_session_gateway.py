"""What a session of a gateway shows at its logins: a password once, a ticket from then on."""

from __future__ import annotations

import gc
from itertools import count
from typing import Any

import pytest
from driven import ENDPOINT

from client.core.events import Ended
from client.core.options import Credentials
from client.core.session import Session, SessionState
from messages.codec import decode_request, encode
from messages.errors import ErrorCode
from messages.identity import SetPassword
from messages.replies import Done, Error, Welcome
from messages.requests import Login

PASSWORD = "correct horse"
ADDRESS = "198.51.100.7"


def session(**fields: Any) -> Session:
    ids = count(1)
    credentials = Credentials(on_behalf=True, address=ADDRESS, remember=True, **fields)
    return Session("dora", lambda: f"r{next(ids)}", encode, credentials=credentials)


def log_in(one: Session, now: float) -> Login:
    if one.state is SessionState.OFFLINE:
        one.connected(now, ENDPOINT)
    one.tick(now)
    (login,) = map(decode_request, one.take_lines(now))
    assert isinstance(login, Login)
    return login


def welcome(one: Session, login: Login, **fields: Any) -> None:
    one.receive(Welcome(login.id, "dora", "token", "epoch", False, 15_000, [], **fields), 2.0)
    one.disconnected("lost")


def refuse(one: Session, login: Login, code: ErrorCode) -> None:
    one.receive(Error(login.id, code, code.sentence, code.retryable), 2.0)


def ended(one: Session) -> list[Ended]:
    events = iter(one.next_event, None)
    return [event for event in events if isinstance(event, Ended)]


@pytest.mark.parametrize("sign_up", [False, True])
def test_a_password_is_shown_once_and_a_ticket_from_then_on(sign_up: bool) -> None:
    one = session(password=PASSWORD, sign_up=sign_up, invite="letter")
    first = log_in(one, 1.0)
    assert (first.on_behalf, first.password, first.address, first.remember) == (True, PASSWORD, ADDRESS, True)
    assert (first.sign_up, first.invite, first.ticket) == (sign_up, "letter", None)
    welcome(one, first, ticket="ticket-1")
    second = log_in(one, 3.0)
    assert (second.session, second.ticket, second.password, second.sign_up) == (
        *("token", "ticket-1", None, False),
    )
    assert (second.on_behalf, second.address, second.remember) == (True, ADDRESS, True)
    welcome(one, second, ticket="ticket-2")
    third = log_in(one, 5.0)
    assert third.ticket == "ticket-2"
    welcome(one, third)  # the broker gave none
    assert log_in(one, 7.0).ticket == "ticket-2"


def test_the_view_can_keep_the_ticket_and_no_session_keeps_the_password() -> None:
    password = "".join(["only", " in ", "the ", "login"])
    one = session(password=password)
    login = log_in(one, 1.0)
    welcome(one, login, ticket="ticket-1")
    assert one.welcome is not None
    assert one.welcome.ticket == "ticket-1"
    del login
    gc.collect()
    held = [thing for thing in gc.get_objects() if isinstance(thing, Credentials | Login)]
    assert not [thing for thing in held if thing.password == password]
    assert password not in repr(Credentials(password=password, ticket="ticket-1"))
    assert "ticket-1" not in repr(Credentials(ticket="ticket-1"))


def test_a_ticket_that_is_no_longer_valid_ends_the_session_and_the_person_is_asked() -> None:
    one = session(ticket="ticket-1")
    login = log_in(one, 1.0)
    assert (login.ticket, login.password) == ("ticket-1", None)
    refuse(one, login, ErrorCode.TICKET_INVALID)
    (event,) = ended(one)
    assert isinstance(event.reason, Error)
    assert event.reason.code is ErrorCode.TICKET_INVALID


def test_with_the_password_at_hand_nobody_is_asked() -> None:
    one = session(ticket="ticket-1", password=PASSWORD)
    refuse(one, log_in(one, 1.0), ErrorCode.TICKET_INVALID)
    again = log_in(one, 2.0)
    assert (again.ticket, again.password) == (None, PASSWORD)
    refuse(one, again, ErrorCode.WRONG_PASSWORD)
    assert len(ended(one)) == 1


def test_a_guest_without_a_valid_ticket_comes_as_a_new_one() -> None:
    one = session(guest=True)
    first = log_in(one, 1.0)
    assert (first.guest, first.ticket, first.password) == (True, None, None)
    welcome(one, first, ticket="ticket-1", guest=True)
    second = log_in(one, 3.0)
    assert (second.guest, second.ticket) == (True, "ticket-1")
    refuse(one, second, ErrorCode.TICKET_INVALID)
    third = log_in(one, 4.0)
    assert (third.guest, third.ticket, third.name) == (True, None, "dora")
    refuse(one, third, ErrorCode.NO_GUESTS)
    assert len(ended(one)) == 1


def test_nothing_of_it_is_in_the_login_of_others() -> None:
    one = Session("dora", lambda: "1", encode, credentials=Credentials(address=ADDRESS, remember=True))
    one.connected(1.0, ENDPOINT)
    one.tick(1.0)
    (line,) = one.take_lines(1.0)
    assert (
        line
        == b'{"type":"login","id":"1","protocol":1,"name":"dora","amendments":true,"crowds":true,"runs":true}'
    )


def test_another_password_brings_the_ticket_of_the_next_login() -> None:
    one = session(password=PASSWORD)
    login = log_in(one, 1.0)
    one.receive(Welcome(login.id, "dora", "token", "epoch", False, 15_000, [], ticket="ticket-1"), 1.0)
    for ticket in ("ticket-2", None):
        asked = one.ask(SetPassword, password="battery staple", current=PASSWORD)
        list(one.take_lines(1.5))
        one.receive(Done(asked, ticket), 2.0)
    one.disconnected("lost")
    assert log_in(one, 3.0).ticket == "ticket-2"
