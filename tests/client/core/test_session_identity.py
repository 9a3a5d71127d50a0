"""Codes and invites in logins, and what a revoked key means."""

from itertools import count

from driven import ENDPOINT, ready

from client.core.options import Credentials
from client.core.session import Session, SessionState
from messages.codec import decode_request, encode
from messages.events import Goodbye, GoodbyeReason
from messages.replies import Welcome
from messages.requests import Login


def session(**fields: str) -> Session:
    ids = count(1)
    return Session("alice", lambda: f"r{next(ids)}", encode, credentials=Credentials(**fields))


def log_in(one: Session, now: float) -> Login:
    one.connected(now, ENDPOINT)
    one.tick(now)
    (login,) = map(decode_request, one.take_lines(now))
    assert isinstance(login, Login)
    return login


def test_a_code_is_shown_until_it_was_good_and_not_again() -> None:
    one = session(link="K7QXN2FP")
    assert log_in(one, 1.0).link == "K7QXN2FP"
    one.disconnected("lost")
    login = log_in(one, 2.0)
    assert login.link == "K7QXN2FP"
    one.receive(Welcome(login.id, "bob", "secret", "epoch", False, 15_000, []), 3.0)
    assert one.name == "bob"
    one.disconnected("lost")
    again = log_in(one, 4.0)
    assert (again.link, again.session, again.name) == (None, "secret", "bob")


def test_an_invite_is_shown_whenever_a_session_is_opened_anew() -> None:
    one = session(invite="token")
    login = log_in(one, 1.0)
    assert login.invite == "token"
    one.receive(Welcome(login.id, "alice", "secret", "epoch", False, 15_000, []), 3.0)
    one.disconnected("lost")
    assert log_in(one, 4.0).invite is None


def test_a_client_whose_key_was_revoked_stays_out() -> None:
    driven = ready()
    driven.hear(Goodbye(GoodbyeReason.REVOKED, "the key of this device was revoked"))
    assert driven.session.state is SessionState.STRANGER
    assert driven.tick(60) == []
