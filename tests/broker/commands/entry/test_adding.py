"""`add-user` of the admin channel: a user with a password and no key."""

from __future__ import annotations

import pytest
from gateway import ALICE, PASSWORD, Town, code, invite

from broker.core.facts.moderation import AuditRecord
from messages.admin import AddUser
from messages.identity import ResetKeys, SetPassword
from messages.replies import Done, Welcome
from messages.requests import Login, Logout

OWN = 1_000
DAY = 86_400


@pytest.fixture
def town() -> Town:
    return Town(own_uid=OWN, forget_days=90)


def add(town: Town, name: str, password: str = PASSWORD) -> str | None:
    return code(town.connect("", uid=OWN, admin=True).ask(AddUser, name, password))


def test_an_added_user_logs_in_through_a_gateway_and_is_not_forgotten_at_once(town: Town) -> None:
    assert add(town, "dora") is None
    town.forward(2)
    assert isinstance(town.come("dora", password=PASSWORD), Welcome)
    (record,) = [one for one in town.core.state.facts.of(AuditRecord).values() if one.action == "add-user"]
    assert (record.by, record.target) == (f"operator (uid {OWN})", "dora")


def test_no_key_gets_the_name_meanwhile(town: Town) -> None:
    add(town, "dora")
    for identity in (ALICE, None):
        assert code(town.connect(identity=identity).ask(Login, 1, "dora")) == "name-not-yours"
    assert code(town.sign_up("dora", password="another one")) == "wrong-password"


def test_a_name_that_is_somebodys_is_freed_before_it_is_given_away(town: Town) -> None:
    alice = town.connect(identity=ALICE)
    alice.ask(Login, 1, "alice", invite=invite(7, "operator"))
    add(town, "dora")
    town.come("guest", guest=True)
    online = town.login("plain")
    assert [add(town, name) for name in ("alice", "dora", "guest", "plain", "p1ain")] == [
        *("name-not-yours", "name-not-yours", "name-taken", "name-taken", "name-too-similar")
    ]
    online.ask(Logout)
    assert add(town, "plain") is None  # nothing proved the name
    assert isinstance(alice.ask(ResetKeys, "dora"), Done)
    assert add(town, "dora", "another one") is None
    town.forward(1)
    assert code(town.come("dora", password=PASSWORD)) == "wrong-password"


def test_a_password_that_somebody_here_has_set_is_theirs(town: Town) -> None:
    local = town.connect("inproc")
    local.login("carol")
    local.ask(SetPassword, PASSWORD)
    local.ask(Logout)
    assert add(town, "carol") == "name-not-yours"


def test_only_the_admin_channel_adds_users_and_not_where_names_are_shared(town: Town) -> None:
    assert add(Town(names="shared", own_uid=OWN), "dora") == "not-permitted"
    assert code(town.connect("", uid=1_001, admin=True).ask(AddUser, "dora", PASSWORD)) == "not-logged-in"
