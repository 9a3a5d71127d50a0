"""Signing up through a gateway: who may, under which names, and how often."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from gateway import ALICE, BOB, GATE, HERE, OTHER_GATE, PASSWORD, THERE, Town, code, invite
from photograph import photograph

from broker.core.facts.kinds import BoundKey, GrantedRole, PasswordHash
from broker.core.outbox import LogEvent
from broker.core.settings import AccessPolicy, Caps
from messages.events import System, SystemKind
from messages.identity import ResetKeys, SetPassword
from messages.moderation import Ban
from messages.replies import Done, Welcome
from messages.requests import Login, Logout


def test_a_new_name_with_a_password_becomes_a_user_who_comes_again_with_it() -> None:
    town = Town()
    watcher = town.login("watcher")
    assert isinstance(town.sign_up("dora"), Welcome)
    assert "dora joined the chat" in watcher.texts()
    assert town.noted(LogEvent.AUDIT)[-1]["text"] == "sign-up dora"
    town.restart()
    assert isinstance(town.come("Dora", password=PASSWORD), Welcome)
    assert code(town.come("dora", password="another one")) == "wrong-password"


def test_who_signs_up_twice_is_logged_in_and_with_another_password_is_not() -> None:
    town = Town()
    first, again = town.sign_up("dora"), town.sign_up("dora")
    assert first.user_id == again.user_id
    assert code(town.sign_up("dora", password="another one")) == "wrong-password"


@pytest.mark.parametrize("fields", [{"sign_up": False}, {"password": None}])
def test_nobody_signs_up_without_wanting_to_or_without_a_password(fields: dict[str, object]) -> None:
    assert code(Town().sign_up("dora", **fields)) == "wrong-password"


def test_a_name_that_somebody_has_is_not_given_away() -> None:
    town = Town()
    town.login("alice", identity=ALICE)
    plain = town.login("plain")
    before = photograph(town.core)["users"]
    refused = town.sign_up("alice")
    assert (code(refused), "bound to a key" in refused.text) == ("name-not-yours", True)
    assert code(town.sign_up("plain")) == "name-taken"
    assert code(town.sign_up("p1ain")) == "name-too-similar"
    assert photograph(town.core)["users"] == before
    plain.ask(Logout)  # nothing proves the name, but nobody has freed it
    assert code(town.sign_up("plain")) == "name-taken"


def test_no_key_and_nobody_without_one_gets_a_name_that_has_a_password() -> None:
    town = Town()
    town.sign_up("dora")
    for identity in (ALICE, None):
        refused = town.connect(identity=identity).ask(Login, 1, "dora")
        assert (code(refused), "has a password" in refused.text) == ("name-not-yours", True)
    assert code(town.connect("", uid=7).ask(Login, 1, "dora")) == "name-not-yours"


def test_a_key_that_takes_a_name_over_removes_the_password_that_somebody_had_set() -> None:
    town = Town()
    local = town.connect("inproc")
    local.login("carol")
    assert isinstance(local.ask(SetPassword, PASSWORD), Done)
    local.ask(Logout)
    again = town.connect("inproc")
    again.login("carol")  # as ever
    assert isinstance(town.come("carol", password=PASSWORD), Welcome)
    for session in list(town.core.state.users["carol"].sessions.values()):
        assert session.peer
        town.core.lose([session.peer], "connection lost")
    town.login("carol", identity=ALICE)
    assert code(town.come("carol", password=PASSWORD)) == "wrong-password"


def test_a_name_that_an_operator_has_freed_is_for_who_signs_up_first_and_all_are_told() -> None:
    town = Town()
    boss = town.connect(identity=ALICE)
    boss.ask(Login, 1, "boss", invite=invite(7, "operator"))
    first = town.sign_up("dora")
    assert isinstance(boss.ask(ResetKeys, "dora"), Done)
    boss.events()
    again = town.sign_up("dora", password="another one")
    assert again.user_id == first.user_id
    told = [event for event in boss.events(System) if event.kind is SystemKind.NEW_KEY]
    assert [event.text for event in told] == [
        "dora may be another person than the dora before; make sure that it is the same person"
    ]
    assert code(town.come("dora", password=PASSWORD)) == "wrong-password"


def test_where_an_invite_is_needed_one_lets_as_many_sign_up_as_it_says() -> None:
    town = Town("invited")
    letter = invite(1, uses=2)
    assert code(town.sign_up("dora")) == "not-admitted"
    assert code(town.sign_up("dora", invite="forged")) == "invite-invalid"
    assert code(town.sign_up("dora", invite=invite(2, "operator"))) == "invite-invalid"
    assert isinstance(town.sign_up("dora", invite=letter), Welcome)
    assert isinstance(town.sign_up("emil", invite=letter), Welcome)
    assert code(town.sign_up("finn", invite=letter)) == "invite-invalid"
    assert isinstance(town.come("dora", password=PASSWORD), Welcome)  # needs none any more
    assert town.core.state.users["web"].keys == {GATE: None}


def test_where_only_known_keys_may_come_nobody_signs_up() -> None:
    town = Town()
    town.core.reload(replace(town.core.settings, access=AccessPolicy.KNOWN))
    assert code(town.sign_up("dora")) == "not-admitted"


def test_where_names_are_shared_nobody_signs_up() -> None:
    town = Town(names="shared")
    web = town.login("web2", identity=OTHER_GATE)
    town.core.state.facts.keep(BoundKey(OTHER_GATE, web.peer.session.user.id, 0))  # type: ignore[union-attr]
    town.core.state.facts.keep(GrantedRole(web.peer.session.user.id, "gateway", 0))  # type: ignore[union-attr]
    assert code(town.sign_up("dora", gate=OTHER_GATE)) == "not-permitted"


def test_only_a_gateway_signs_others_up() -> None:
    town = Town()
    assert code(town.sign_up("dora", gate=BOB)) == "not-a-gateway"


def test_a_banned_address_or_name_signs_nobody_up() -> None:
    town = Town()
    boss = town.connect(identity=ALICE)
    boss.ask(Login, 1, "boss", invite=invite(7, "operator"))
    boss.ask(Ban, address=HERE)
    boss.ask(Ban, name="mallory")
    assert code(town.sign_up("dora")) == "banned"
    assert code(town.sign_up("mallory", address=THERE)) == "banned"
    assert "dora" not in town.core.state.users
    assert isinstance(town.sign_up("dora", address=THERE), Welcome)


@pytest.mark.parametrize("hold", ["address", "gateway"])
def test_sign_ups_are_limited_for_an_address_and_for_a_gateway(
    hold: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.commands.entry.signing_up.hash_password", lambda *_: "$argon2id$")
    town = Town(caps=Caps(sign_ups=2))
    town.open_gateway("other", OTHER_GATE, 1_001)
    addresses = [f"198.51.100.{n}" if hold == "gateway" else HERE for n in range(30)]
    codes = []
    for number, address in enumerate(addresses):
        codes.append(code(town.sign_up(f"user{number}", address=address)))
        town.forward(1)
    allowed = 20 if hold == "gateway" else 2
    assert codes == [None] * allowed + ["too-many-requests"] * (30 - allowed)
    assert code(town.sign_up("dora", address=THERE)) == (codes[-1] if hold == "gateway" else None)
    assert code(town.sign_up("emil", address="203.0.113.10", gate=OTHER_GATE)) is None


def test_sign_ups_take_no_more_of_the_broker_than_their_share() -> None:
    town = Town()
    town.sign_up("dora")
    town.forward(1)
    codes = [code(town.sign_up(f"user{n}", address=f"198.51.100.{n}")) for n in range(6)]
    assert codes == [None] * 5 + ["too-many-attempts"]
    assert isinstance(town.come("dora", password=PASSWORD, address=THERE), Welcome)  # has a share of its own


def test_a_sign_up_that_could_not_be_stored_made_nobody() -> None:
    town = Town()
    town.store.broken = True  # type: ignore[attr-defined]
    assert code(town.sign_up("dora")) == "unavailable"
    town.mend()
    assert "dora" not in town.core.state.users
    assert not town.core.state.facts.of(PasswordHash)
    assert isinstance(town.sign_up("dora"), Welcome)


@pytest.mark.parametrize(
    ("settings", "learnt"),
    [
        ({}, {"sign-up", "guest", "ticket"}),
        ({"guests": False, "ticket_days": 0}, {"sign-up"}),
        ({"access": "invited", "guests": False}, {"sign-up", "ticket"}),
    ],
)
def test_a_gateway_learns_what_it_can_do_for_people_and_nobody_else_does(
    settings: dict[str, Any], learnt: set[str]
) -> None:
    town = Town(**settings)
    own = town.connect(identity=GATE).ask(Login, 1, "web")
    assert set(own.abilities) >= learnt
    assert not set(own.abilities) & ({"sign-up", "guest", "ticket"} - learnt)
    assert town.sign_up("dora", invite=invite(1)).abilities == own.abilities
    other = town.connect(identity=ALICE).ask(Login, 1, "alice", invite=invite(2))
    assert not set(other.abilities) & {"sign-up", "guest", "ticket"}


def test_where_nobody_signs_up_a_gateway_learns_that() -> None:
    town = Town()
    town.core.reload(replace(town.core.settings, access=AccessPolicy.KNOWN))
    assert "sign-up" not in town.connect(identity=GATE).ask(Login, 1, "web").abilities
