"""Users who have only a password: they change it, and link a key, through a gateway that was granted it."""

from __future__ import annotations

import pytest
from gateway import ALICE, GATE, OTHER_GATE, PASSWORD, PHONE, Town, code
from wired import Client

from broker.core.facts.kinds import PasswordHash
from messages.errors import ErrorCode
from messages.identity import Keys, Link, LinkCode, Revoke, SetPassword
from messages.replies import Done, Welcome
from messages.requests import Login, Nick

NEW = "battery staple"


def town_with(*, accounts: bool = True) -> tuple[Town, Client, Welcome]:
    """Return a town whose gateway was granted accounts, and dora, who has signed up through it."""
    town = Town()
    if accounts:
        town.open_gateway("web", GATE, 2, guests=True, accounts=True)
    dora, welcome = town.visit("dora", password=PASSWORD, sign_up=True, remember=True)
    assert ("account" in welcome.abilities) is accounts
    return town, dora, welcome


def test_another_password_ends_all_tickets_and_this_session_gets_a_new_one() -> None:
    town, dora, welcome = town_with()
    other = town.come("dora", password=PASSWORD, remember=True)
    done = dora.ask(SetPassword, NEW, current=PASSWORD)
    for ticket in (welcome.ticket, other.ticket):
        assert code(town.come("dora", ticket=ticket)) == "ticket-invalid"
    assert code(town.come("dora", password=PASSWORD)) == "wrong-password"
    town.drop(dora)
    again = town.come("dora", ticket=done.ticket, remember=True)
    assert (again.resumed, again.user_id) == (True, welcome.user_id)
    town.restart()
    assert isinstance(town.come("dora", ticket=again.ticket), Welcome)
    assert isinstance(town.come("dora", password=NEW), Welcome)
    assert code(town.connect(identity=ALICE).ask(Login, 1, "dora")) == "name-not-yours"


def test_who_wanted_no_ticket_gets_none() -> None:
    town, _, _ = town_with()
    dora, _ = town.visit("dora", password=PASSWORD)
    assert dora.ask(SetPassword, NEW, current=PASSWORD).ticket is None


@pytest.mark.parametrize("asked", [(SetPassword, NEW), (Link,)])
def test_it_needs_the_password_of_now_and_guesses_have_to_wait(asked: tuple[type, ...]) -> None:
    town, dora, _ = town_with()
    assert dora.refused(*asked) is ErrorCode.WRONG_PASSWORD
    assert dora.refused(*asked, current="a wild guess") is ErrorCode.WRONG_PASSWORD
    assert dora.refused(*asked, current=PASSWORD) is ErrorCode.TOO_MANY_ATTEMPTS
    assert code(town.come("dora", password=PASSWORD)) == "too-many-attempts"
    town.forward(2)
    assert isinstance(dora.ask(*asked, current=PASSWORD), (Done, LinkCode))


def test_the_only_password_is_not_removed() -> None:
    town, dora, _ = town_with()
    assert dora.refused(SetPassword, current=PASSWORD) is ErrorCode.NOT_PERMITTED
    assert isinstance(town.come("dora", password=PASSWORD), Welcome)


def test_a_linked_key_makes_the_account_its_owner_s_and_the_gateway_can_do_nothing_more() -> None:
    town, dora, welcome = town_with()
    shown = dora.ask(Link, current=PASSWORD)
    assert isinstance(shown, LinkCode)
    terminal = town.connect(identity=ALICE)
    assert terminal.ask(Login, 1, "x", link=shown.code).user_id == welcome.user_id
    for asked in ((SetPassword, NEW), (Link,)):
        assert dora.refused(*asked, current=PASSWORD) is ErrorCode.NO_KEY
    assert isinstance(town.come("dora", ticket=welcome.ticket), Welcome)
    assert isinstance(terminal.ask(SetPassword, NEW), Done)  # with the key no other proof is needed
    assert code(town.come("dora", ticket=welcome.ticket)) == "ticket-invalid"
    assert isinstance(town.come("dora", password=NEW), Welcome)


def test_nothing_else_is_granted_with_it() -> None:
    _, dora, _ = town_with()
    assert dora.refused(Nick, "emma") is ErrorCode.NO_KEY
    assert dora.refused(Revoke, "SHA256:" + "x" * 43) is ErrorCode.NO_KEY
    assert not dora.ask(Keys).keys


def test_a_gateway_without_the_grant_does_nothing_for_an_account() -> None:
    town, dora, _ = town_with(accounts=False)
    town.open_gateway("irc", OTHER_GATE, 3)
    there, _ = town.visit("dora", gate=OTHER_GATE, password=PASSWORD)
    for client in (dora, there):
        for asked in ((SetPassword, NEW), (Link,)):
            assert client.refused(*asked, current=PASSWORD) is ErrorCode.NO_KEY


def test_nor_does_any_gateway_for_a_guest_or_for_who_has_a_key() -> None:
    town, _, _ = town_with()
    alice = town.login("alice", identity=PHONE)
    assert isinstance(alice.ask(SetPassword, PASSWORD), Done)
    guest, _ = town.visit("gus", guest=True)
    behind, _ = town.visit("alice", password=PASSWORD)
    for client in (guest, behind):
        for asked in ((SetPassword, NEW), (Link,)):
            assert client.refused(*asked, current=PASSWORD) is ErrorCode.NO_KEY
    assert len(town.core.state.facts.of(PasswordHash)) == 2
