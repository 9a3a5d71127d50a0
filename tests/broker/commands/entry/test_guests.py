"""Guests of a gateway: who may come, what they may do, and that they leave nothing that is owned."""

from __future__ import annotations

import pytest
from gateway import ALICE, BOB, GATE, HERE, OTHER_GATE, PASSWORD, THERE, Town, code, invite
from photograph import photograph

from broker.core.facts.collection import KINDS
from broker.core.facts.kinds import Guest
from broker.core.facts.moderation import Banned, Invitation
from broker.core.settings import Caps
from messages.events import Message
from messages.files import Upload
from messages.identity import ResetKeys, SetPassword, Whois
from messages.members import Members
from messages.moderation import Ban, InviteUser, Role, RoomRules, SetRole
from messages.replies import Accepted, Done, Page, Welcome
from messages.requests import History, Join, Leave, Login, Logout, Nick, Ping, Send, Who


def test_a_guest_comes_without_a_password_and_the_name_is_free_when_they_are_gone() -> None:
    town = Town()
    guest, welcome = town.visit("anna", guest=True)
    assert (welcome.guest, welcome.max_file) == (True, 0)
    assert code(town.come("anna", guest=True, address=THERE)) == "name-taken"
    assert code(town.sign_up("anna")) == "name-taken"
    assert code(town.connect(identity=ALICE).ask(Login, 1, "anna")) == "name-taken"
    assert code(town.connect().ask(Login, 1, "anna")) == "name-taken"
    guest.ask(Logout)
    assert not town.core.state.facts.of(Guest)
    assert town.login("anna", identity=ALICE)


def test_a_lost_guest_keeps_the_name_for_as_long_as_the_session_can_be_resumed() -> None:
    town = Town()
    guest, welcome = town.visit("anna", guest=True)
    town.drop(guest)
    town.forward(290)
    again = town.come("anna", session=welcome.session)
    assert (again.resumed, again.guest, again.user_id) == (True, True, welcome.user_id)
    town.drop(next(client for client in town._clients.values() if client.peer.session))
    town.forward(302)
    assert "anna" not in town.core.state.users


@pytest.mark.parametrize("back", [True, False])
def test_after_a_restart_a_guest_is_back_with_a_ticket_or_forgotten(back: bool) -> None:
    town = Town()
    welcome = town.come("anna", guest=True, remember=True)
    town.restart()
    if back:
        guest, again = town.visit("anna", guest=True, ticket=welcome.ticket)
        assert (again.user_id, again.guest) == (welcome.user_id, True)
    for _ in range(10):
        town.forward(40)
        if back:
            guest.ask(Ping)
    assert ("anna" in town.core.state.users) is back
    assert isinstance(town.come("anna", ticket=welcome.ticket), Welcome) is back


def test_only_a_gateway_with_the_grant_has_guests() -> None:
    town = Town(guests=False)
    assert code(town.come("anna", guest=True)) == "no-guests"
    town.open_gateway("web", GATE, 2, guests=True)  # by another invite
    assert isinstance(town.come("anna", guest=True), Welcome)
    assert code(town.come("berta", gate=BOB, guest=True)) == "not-a-gateway"


def test_a_guest_gets_no_name_that_somebody_has_or_had_proved() -> None:
    town = Town()
    town.login("alice", identity=ALICE)
    town.login("plain").ask(Logout)
    town.sign_up("dora")
    for name in ("alice", "plain", "dora"):
        assert code(town.come(name, guest=True)) == "name-taken"
    assert code(town.come("a1ice", guest=True)) == "name-too-similar"
    boss = town.connect(identity=BOB)
    boss.ask(Login, 1, "boss", invite=invite(7, "operator"))
    assert isinstance(boss.ask(ResetKeys, "alice"), Done)
    assert code(town.come("alice", guest=True)) == "name-taken"  # else the notice of a new key would be gone
    assert town.login("alice", identity=OTHER_GATE)


def test_others_see_that_somebody_is_a_guest() -> None:
    town = Town()
    bob = town.login("bob")
    guest, _ = town.visit("anna", guest=True)
    guest.ask(Send, "#lobby", "hello")
    town.flush()
    assert [event.guest for event in bob.events(Message)] == [True]
    assert {one.name: one.guest for one in bob.ask(Who).users} == {"anna": True, "bob": False}
    assert {one.name for one in bob.ask(Members, "#lobby").members if one.guest} == {"anna"}
    assert bob.ask(Whois, "anna").guest
    guest.ask(Logout)
    page = bob.ask(History, "#lobby")
    assert isinstance(page, Page)
    assert [(one.sender, one.guest) for one in page.messages] == [("anna", True)]


def test_a_guest_opens_no_room_and_learns_of_no_private_one() -> None:
    town = Town()
    alice = town.login("alice", identity=ALICE)
    alice.ask(Join, "#secret")
    alice.ask(RoomRules, "#secret", private=True)
    alice.ask(Join, "#tea")
    guest, _ = town.visit("anna", guest=True)
    refusals = [guest.ask(Join, room) for room in ("#secret", "#nowhere")]
    assert refusals[0].code == refusals[1].code
    assert refusals[0].text == refusals[1].text
    assert guest.ask(Join, "#tea").room == "#tea"
    assert isinstance(guest.ask(Leave, "#tea"), Done)


def test_a_guest_gets_no_role_and_no_password_and_sends_no_files() -> None:
    town = Town(max_file=1_000)
    boss = town.connect(identity=BOB)
    boss.ask(Login, 1, "boss", invite=invite(7, "operator"))
    boss.ask(Join, "#tea")
    guest, _ = town.visit("anna", guest=True)
    guest.ask(Join, "#tea")
    before = photograph(town.core)
    assert code(boss.ask(SetRole, "anna", Role.MODERATOR, "#tea")) == "not-permitted"
    assert code(boss.ask(SetRole, "anna", Role.OPERATOR)) == "no-key"
    assert code(guest.ask(SetPassword, PASSWORD)) == "no-key"
    assert code(guest.ask(Nick, "berta")) == "no-key"
    assert code(guest.ask(Upload, "a.txt", 3, "0" * 64)) == "not-permitted"
    assert photograph(town.core) == before


def test_what_is_stored_of_a_guest_goes_with_them_and_what_others_own_stays() -> None:
    town = Town()
    boss = town.connect(identity=BOB)
    boss.ask(Login, 1, "boss", invite=invite(7, "operator"))
    boss.ask(Join, "#tea")
    guest, welcome = town.visit("anna", guest=True, remember=True)
    boss.ask(InviteUser, "#tea", "anna")
    assert isinstance(guest.ask(Send, "#lobby", "to all"), Accepted)
    assert isinstance(guest.ask(Send, "@boss", "to you"), Accepted)
    assert town.core.state.facts.of(Invitation)
    guest.ask(Logout)
    facts = [fact for kind in KINDS.values() for fact in town.core.state.facts.of(kind).values()]
    assert not [fact for fact in facts if getattr(fact, "user", None) == welcome.user_id]
    assert "anna" not in town.core.state.users
    assert [message.text for message in boss.ask(History, "#lobby").messages] == ["to all"]
    town.restart()
    assert "anna" not in town.core.state.users


def test_a_banned_guest_is_kept_out_by_name_and_ticket() -> None:
    town = Town()
    boss = town.connect(identity=BOB)
    boss.ask(Login, 1, "boss", invite=invite(7, "operator"))
    welcome = town.come("anna", guest=True, remember=True)
    assert isinstance(boss.ask(Ban, "anna"), Done)
    assert [ban.what for ban in town.core.state.facts.of(Banned).values()] == ["name"]
    assert code(town.come("anna", guest=True)) == "banned"
    assert code(town.come("berta", guest=True, ticket=welcome.ticket)) == "ticket-invalid"


def test_guests_are_limited_in_all_and_at_an_address_also_those_just_gone() -> None:
    town = Town(caps=Caps(guests=20))
    here = [town.visit(f"guest{n}", guest=True) for n in range(3)]
    assert [code(reply) for _, reply in here] == [None, None, "limit-reached"]
    town.drop(here[0][0])
    refused = town.come("guest9", guest=True)
    assert (code(refused), refused.retryable) == ("limit-reached", True)
    there = [code(town.come(f"there{n}", guest=True, address=f"203.0.113.{n}")) for n in range(19)]
    assert there == [None] * 18 + ["limit-reached"]
    town.forward(302)
    assert isinstance(town.come("guest9", guest=True, address=HERE), Welcome)
