"""Tickets of a gateway's users: what they open, and everything that ends them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from gateway import ALICE, BOB, GATE, HERE, OTHER_GATE, PASSWORD, PHONE, THERE, Town, code, invite
from wired import Client

from broker.commands.entry import gateways
from broker.core.access import ended_tickets
from broker.core.facts.kinds import EndedTickets
from broker.core.outbox import LogEvent
from broker.core.settings import Caps
from messages.admin import Forget
from messages.events import Goodbye, GoodbyeReason
from messages.identity import ResetKeys, SetPassword
from messages.keys import fingerprint
from messages.moderation import Ban, Role, SetRole, Unban
from messages.replies import Done, Welcome
from messages.requests import Login, Logout, Nick, Whoami
from messages.sessions import EndSession, Sessions

DAY = 86_400_000


@pytest.fixture
def town() -> Town:
    """Return a chat with a gateway, and with alice, who has a key and a password."""
    town = Town(own_uid=1_000)
    assert isinstance(town.login("alice", identity=ALICE).ask(SetPassword, PASSWORD), Done)
    town.forward(1)
    return town


def ticket(town: Town, name: str = "alice", **fields: object) -> str:
    welcome = town.come(name, password=PASSWORD, remember=True, **fields)
    assert welcome.ticket, welcome
    return str(welcome.ticket)


def operator(town: Town) -> Client:
    boss = town.connect(identity=BOB)
    boss.ask(Login, 1, "boss", invite=invite(7, "operator"))
    return boss


def test_a_ticket_stands_for_the_password_also_after_a_restart_and_costs_no_hash(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = ticket(town)
    monkeypatch.setattr(gateways, "is_password", lambda *_: pytest.fail("a password was hashed"))
    for _ in range(12):  # more than may be hashed
        town.restart()
        welcome = town.come("alice", ticket=shown)
        assert (welcome.name, welcome.resumed, welcome.ticket) == ("alice", False, None)


def test_a_ticket_comes_only_to_a_gateway_that_asks_for_one(town: Town) -> None:
    assert town.come("alice", password=PASSWORD).ticket is None
    assert town.connect(identity=ALICE).ask(Login, 1, "alice", remember=True).ticket is None


def test_a_ticket_is_renewed_at_use_and_is_for_the_user_whatever_they_are_called_now(town: Town) -> None:
    first = ticket(town)
    town.connect(identity=ALICE).ask(Login, 1, "alice")
    town.now = town.now._replace(at=town.now.at + 20 * DAY)
    second = town.come("alice", ticket=first, remember=True).ticket
    town.now = town.now._replace(at=town.now.at + 20 * DAY)
    own = town.login("alice", identity=ALICE)
    own.ask(Nick, "alicia")
    assert code(town.come("alice", ticket=first)) == "ticket-invalid"
    assert town.come("alice", ticket=second).name == "alicia"


def test_a_resumed_session_gets_a_new_ticket_if_it_asks(town: Town) -> None:
    client, welcome = town.visit("alice", password=PASSWORD, remember=True)
    town.drop(client)
    town.now = town.now._replace(at=town.now.at + 1)
    again = town.come("alice", session=welcome.session, ticket=welcome.ticket, remember=True)
    assert again.resumed
    assert again.ticket not in (None, welcome.ticket)
    assert isinstance(town.come("alice", ticket=again.ticket), Welcome)


@pytest.mark.parametrize("broken", ["", "x", "A" * 60, "!" * 60, "\x7e" * 200])
def test_what_no_broker_signed_is_no_ticket(town: Town, broken: str) -> None:
    assert code(town.come("alice", ticket=broken, password=PASSWORD)) == "ticket-invalid"


def test_no_bit_of_a_ticket_can_be_changed(town: Town) -> None:
    shown = ticket(town)
    for place in range(len(shown)):
        other = "B" if shown[place] == "A" else "A"
        assert code(town.come("alice", ticket=shown[:place] + other + shown[place + 1 :])) == "ticket-invalid"


def test_a_ticket_is_of_one_gateway(town: Town) -> None:
    town.open_gateway("irc", OTHER_GATE, 1_001)
    shown = ticket(town)
    assert code(town.come("alice", gate=OTHER_GATE, ticket=shown)) == "ticket-invalid"
    assert code(town.come("alice", gate=ALICE, ticket=shown)) == "not-a-gateway"
    assert code(town.connect(identity=ALICE).ask(Login, 1, "alice", ticket=shown)) is None  # of no effect
    assert isinstance(town.come("alice", ticket=shown), Welcome)


def clear_password(town: Town) -> None:
    town.login("alice", identity=ALICE).ask(SetPassword)


def same_password_again(town: Town) -> None:
    town.login("alice", identity=ALICE).ask(SetPassword, PASSWORD)


def ban_and_forgive(town: Town) -> None:
    boss = operator(town)
    assert isinstance(boss.ask(Ban, "alice"), Done)
    assert code(town.come("alice", password=PASSWORD)) == "banned"
    town.now = town.now._replace(at=town.now.at + 1)
    assert isinstance(boss.ask(Unban, "alice"), Done)


def ban_her_key_and_forgive(town: Town) -> None:
    boss = operator(town)
    assert isinstance(boss.ask(Ban, key=fingerprint(ALICE)), Done)
    assert isinstance(boss.ask(Unban, key=fingerprint(ALICE)), Done)


def take_the_role_and_give_it_again(town: Town) -> None:
    assert isinstance(operator(town).ask(SetRole, "web", Role.MEMBER), Done)
    town.now = town.now._replace(at=town.now.at + 1)
    town.open_gateway("web", GATE, 8, guests=True)


def free_the_name(town: Town) -> None:
    assert isinstance(operator(town).ask(ResetKeys, "alice"), Done)
    town.login("alice", identity=PHONE).ask(SetPassword, PASSWORD)


def forget(town: Town) -> None:
    admin = town.connect("", uid=1_000, admin=True)
    assert admin.ask(Forget, "alice").done
    town.login("alice", identity=PHONE).ask(SetPassword, PASSWORD)


def grow_old(town: Town) -> None:
    town.now = town.now._replace(at=town.now.at + 30 * DAY)


def end_the_session(town: Town) -> None:
    alice = town.login("alice", identity=ALICE)
    (far,) = [one for one in alice.ask(Sessions).sessions if one.proof == "gateway"]
    assert isinstance(alice.ask(EndSession, far.session), Done)


def take_tickets_away(town: Town) -> None:
    town.core.reload(replace(town.core.settings, ticket_days=0))


@pytest.mark.parametrize(
    "end",
    [
        *(clear_password, same_password_again, ban_and_forgive, ban_her_key_and_forgive),
        *(take_the_role_and_give_it_again, free_the_name, forget, grow_old, end_the_session),
        take_tickets_away,
    ],
)
def test_a_ticket_ends_for_good(town: Town, end: Callable[[Town], None]) -> None:
    shown = ticket(town)
    end(town)
    town.now = town.now._replace(at=town.now.at + 1)
    assert code(town.come("alice", ticket=shown)) == "ticket-invalid"
    town.restart()
    assert code(town.come("alice", ticket=shown)) == "ticket-invalid"


def test_another_grant_for_the_same_gateway_ends_no_tickets(town: Town) -> None:
    shown = ticket(town)
    town.now = town.now._replace(at=town.now.at + 1)
    town.open_gateway("web", GATE, 8, per_address=9)
    assert isinstance(town.come("alice", ticket=shown), Welcome)


def test_who_logs_out_leaves_no_ticket_of_this_device_and_those_of_others(town: Town) -> None:
    first = ticket(town)
    here, welcome = town.visit("alice", ticket=first, remember=True)
    other = ticket(town, address=THERE)
    here.ask(Logout)
    for shown, found in ((first, "ticket-invalid"), (welcome.ticket, "ticket-invalid"), (other, None)):
        assert code(town.come("alice", ticket=shown)) == found


def test_a_ticket_takes_up_the_session_for_which_it_was_given(town: Town) -> None:
    before, welcome = town.visit("alice", password=PASSWORD, remember=True)
    after, again = town.visit("alice", ticket=welcome.ticket, address=None)
    assert (again.resumed, again.session) == (True, welcome.session)
    assert [event.reason for event in before.events(Goodbye)] == [GoodbyeReason.REPLACED]
    assert after.ask(Whoami).address == HERE
    assert [one.proof for one in after.ask(Sessions).sessions] == ["key", "gateway"]


def test_a_gateway_that_was_restarted_is_not_held_up_by_what_it_had_before() -> None:
    town = Town(guests=False, caps=Caps())
    town.open_gateway("web", GATE, 2, per_address=2)
    shown = [town.sign_up(name, remember=True).ticket for name in ("dora", "emil")]
    assert code(town.sign_up("finn")) == "limit-reached"
    assert [code(town.come("x", ticket=one)) for one in shown] == [None, None]  # nobody has noticed its end
    assert len(town.core.state.sessions) == 2


def test_a_session_from_before_a_new_password_gets_no_ticket_that_outlives_it(town: Town) -> None:
    client, welcome = town.visit("alice", password=PASSWORD, remember=True)
    town.drop(client)
    same_password_again(town)
    again = town.come("alice", session=welcome.session, remember=True)
    assert (again.resumed, again.ticket) == (True, None)


def test_of_very_many_ended_tickets_the_oldest_end_with_all_of_their_time(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ended_tickets, "MOST_FAMILIES", 2)
    kept = ticket(town)
    for _ in range(3):
        town.forward(1)
        client, welcome = town.visit("alice", password=PASSWORD, remember=True)
        client.ask(Logout)
        assert code(town.come("alice", ticket=welcome.ticket)) == "ticket-invalid"
    (ended,) = town.core.state.facts.of(EndedTickets).values()
    assert len(ended.families) == 2
    assert ended.before > 0
    assert code(town.come("alice", ticket=kept)) == "ticket-invalid"
    town.forward(1)
    assert isinstance(town.come("alice", ticket=ticket(town)), Welcome)


def test_without_a_secret_there_are_no_tickets_and_an_empty_one_signs_none() -> None:
    town = Town(ticket_secret=b"")
    assert town.sign_up("dora", remember=True).ticket is None
    assert code(town.come("dora", ticket="A" * 60)) == "ticket-invalid"


def test_after_a_restart_no_address_delays_users_with_tickets_and_others_wait() -> None:
    town = Town(caps=Caps(logins=3))
    shown = [town.sign_up("dora", remember=True).ticket, town.sign_up("emil", remember=True).ticket]
    codes = [code(town.come("x", ticket=one)) for one in shown * 3]
    assert codes == [None] * 6
    town.sign_up("finn")
    assert code(town.come("nobody", password=PASSWORD)) == "too-many-requests"
    assert code(town.come("dora", ticket="A" * 60)) == "too-many-requests"


def test_no_ticket_gets_into_the_log_or_the_store(town: Town) -> None:
    shown = ticket(town)
    town.come("alice", ticket=shown + "x")
    snapshot = town.store.load()
    said = " ".join(str(note) for note in town.notes) + str(snapshot)
    assert shown not in said
    assert town.noted(LogEvent.LOGIN)[-1]["address"] == HERE


def test_a_resumed_session_keeps_the_address_that_it_was_told_until_it_is_told_another(town: Town) -> None:
    client, welcome = town.visit("alice", password=PASSWORD)
    for told, kept in ((None, HERE), (THERE, THERE), (None, THERE)):
        town.drop(client)
        client, again = town.visit("alice", session=welcome.session, address=told)
        assert again.resumed
        assert client.ask(Whoami).address == kept


def test_bans_and_limits_of_an_address_hold_for_a_session_that_keeps_it(town: Town) -> None:
    client, welcome = town.visit("alice", password=PASSWORD)
    town.drop(client)
    operator(town).ask(Ban, address=HERE)
    assert code(town.come("alice", session=welcome.session, address=None)) == "banned"


def test_a_gateway_has_as_many_sessions_at_an_address_as_it_was_granted() -> None:
    town = Town(guests=False, caps=Caps(sessions_per_address=2, sessions_per_user=9))
    town.open_gateway("web", GATE, 2, per_address=4)
    town.open_gateway("irc", OTHER_GATE, 3)
    assert isinstance(town.sign_up("dora"), Welcome)
    codes = [code(town.come("dora", password=PASSWORD)) for _ in range(4)]
    assert codes == [None] * 3 + ["limit-reached"]
    assert code(town.come("dora", password=PASSWORD, address=THERE)) is None
    town.forward(1)
    codes = [code(town.come("dora", password=PASSWORD, gate=OTHER_GATE)) for _ in range(3)]
    assert codes == [None, None, "limit-reached"]  # what it says of the address concerns only its own people


def test_a_ticket_opens_while_nothing_can_be_stored_and_a_logout_that_ends_it_waits(town: Town) -> None:
    shown = ticket(town)
    town.restart()
    town.store.broken = True  # type: ignore[attr-defined]
    assert code(town.sign_up("dora")) == "unavailable"
    client, welcome = town.visit("alice", ticket=shown)
    assert isinstance(welcome, Welcome)
    assert code(client.ask(Logout)) == "unavailable"
    town.mend()
    assert isinstance(client.ask(Logout), Done)
    assert code(town.come("alice", ticket=shown)) == "ticket-invalid"
