"""What a gateway that lies, and people who sit behind an honest one, cannot do to others."""

from __future__ import annotations

import pytest
from gateway import BOB, HERE, OTHER_GATE, PASSWORD, Town, code, invite

from broker.commands.entry import gateways
from broker.core.memory.model import Moment
from broker.core.settings import Caps
from messages.moderation import Ban, Unban
from messages.replies import Done, Welcome
from messages.requests import Login

DAY = 86_400_000


def put_clock(town: Town, days: float) -> None:
    """Set the system's clock ahead or back."""
    town.now = town.now._replace(at=town.now.at + int(days * DAY))


def test_a_link_code_beside_the_password_lifts_no_limit() -> None:
    town = Town(caps=Caps(users=3, sessions_per_user=2))
    assert isinstance(town.sign_up("ann"), Welcome)
    assert isinstance(town.sign_up("bert"), Welcome)  # with the gateway these are three
    codes = [code(town.sign_up("carl", link="AAAA")), code(town.come("gus", guest=True, link="AAAA"))]
    assert codes == ["limit-reached"] * 2
    codes = [code(town.come("ann", password=PASSWORD, link="AAAA")) for _ in range(2)]
    assert codes == [None, "limit-reached"]


def test_the_addresses_that_a_gateway_tells_are_its_own() -> None:
    town = Town(caps=Caps(sign_ups=2, sessions_per_address=3, logins=6))
    town.open_gateway("evil", OTHER_GATE, 5)
    codes = [code(town.sign_up(name, gate=OTHER_GATE)) for name in ("ann", "bert", "carl")]
    assert codes == [None, None, "too-many-requests"]
    for _ in range(5):
        town.come("nobody", gate=OTHER_GATE, password="a wild guess")
    assert code(town.come("ann", gate=OTHER_GATE, password=PASSWORD)) == "too-many-requests"
    assert isinstance(town.sign_up("dora", address=HERE), Welcome)
    assert isinstance(town.come("ann", password=PASSWORD, address=HERE), Welcome)


def test_guests_that_a_gateway_puts_at_an_address_keep_out_none_of_another() -> None:
    town = Town(caps=Caps(guests=10))
    town.open_gateway("evil", OTHER_GATE, 5, guests=True)
    codes = [code(town.come(name, gate=OTHER_GATE, guest=True)) for name in ("ann", "bert")]
    assert codes == [None, "limit-reached"]
    codes = [code(town.come(name, guest=True)) for name in ("bert", "carl")]
    assert codes == [None, "limit-reached"]


def test_wrong_passwords_at_an_address_hold_up_nobody_behind_another_gateway() -> None:
    town = Town()
    town.open_gateway("evil", OTHER_GATE, 5)
    town.sign_up("ann")
    for _ in range(6):
        town.come("nobody", gate=OTHER_GATE, password="a wild guess")
        town.forward(1)
    assert code(town.come("ann", gate=OTHER_GATE, password=PASSWORD)) == "too-many-attempts"
    assert isinstance(town.come("ann", password=PASSWORD), Welcome)


def test_a_login_without_a_password_is_no_guess() -> None:
    town = Town()
    town.sign_up("ann")
    for _ in range(20):
        assert code(town.come("ann")) == "wrong-password"
    assert code(town.come("nobody")) == "wrong-password"
    assert isinstance(town.come("ann", password=PASSWORD), Welcome)


def test_one_address_does_not_use_up_the_hashes_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    town = Town(caps=Caps(logins=10_000, sessions_per_user=1_000))
    names = ("ann", "bert", "carl", "dora", "emma", "fred", "gus")
    for at, name in enumerate(names):
        assert isinstance(town.sign_up(name, address=f"203.0.113.{at}"), Welcome)
        town.forward(10)
    monkeypatch.setattr(gateways, "is_password", lambda *_: True)
    codes = []
    for _ in range(10):
        for name in names:
            codes.append(code(town.come(name, password=PASSWORD)))
            town.forward(0.2)
    assert codes == [None] * 60 + ["too-many-attempts"] * 10
    assert isinstance(town.come("gus", password=PASSWORD, address="203.0.113.77"), Welcome)


def test_who_waits_for_others_to_sign_up_takes_nothing_from_the_address() -> None:
    town = Town(caps=Caps(sign_ups=2))
    for at in range(5):
        assert isinstance(town.sign_up(f"u{'abcde'[at]}", address=f"203.0.113.{at}"), Welcome)
    codes = [code(town.sign_up("dora")) for _ in range(4)]
    assert codes == ["too-many-attempts"] * 4
    town.forward(1)
    assert isinstance(town.sign_up("dora"), Welcome)
    assert isinstance(town.sign_up("emma"), Welcome)


def test_a_ban_ends_a_ticket_from_before_the_clock_was_set_back() -> None:
    town = Town()
    welcome = town.sign_up("ann", remember=True)
    put_clock(town, -0.1)
    boss = town.connect(identity=BOB)
    boss.ask(Login, 1, "boss", invite=invite(7, "operator"))
    for kind in (Ban, Unban):
        assert isinstance(boss.ask(kind, name="ann"), Done)
    assert code(town.come("ann", ticket=welcome.ticket)) == "ticket-invalid"
    later = town.come("ann", password=PASSWORD, remember=True)
    assert isinstance(town.come("ann", ticket=later.ticket), Welcome)


def test_a_ticket_from_a_clock_that_was_wrong_lasts_no_longer_but_a_wrong_clock_ends_none() -> None:
    town = Town()
    usual = town.sign_up("ann", remember=True)
    put_clock(town, 300)
    late = town.sign_up("bert", remember=True)
    put_clock(town, -305)  # now five days too early
    assert isinstance(town.come("ann", ticket=usual.ticket), Welcome)
    put_clock(town, 5)
    town.now = Moment(town.now.at + DAY, town.now.elapsed + 86_400)  # and right for a day
    town.forward(1)
    assert code(town.come("bert", ticket=late.ticket)) == "ticket-invalid"
    assert isinstance(town.come("ann", ticket=usual.ticket), Welcome)


def test_a_ticket_does_not_outlast_the_log() -> None:
    town = Town()
    welcome = town.sign_up("ann", remember=True)
    town.restart()
    assert isinstance(town.come("ann", ticket=welcome.ticket), Welcome)
    town.core.state.epoch = "that of a restored backup"
    assert code(town.come("ann", ticket=welcome.ticket)) == "ticket-invalid"
    assert isinstance(town.come("ann", password=PASSWORD), Welcome)
