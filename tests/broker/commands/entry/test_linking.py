"""Signing in to a browser with a code from another device: no password, no key, once and soon."""

from __future__ import annotations

import pytest
from gateway import ALICE, BOB, GATE, HERE, OTHER_GATE, PASSWORD, PHONE, THERE, Town, code
from wired import Client

from broker.core.limits.attempts import LINK_SECONDS, LINK_TRIES
from messages.errors import ErrorCode
from messages.events import System, SystemKind
from messages.identity import Keys, Link, ResetKeys, Revoke, SetPassword
from messages.keys import fingerprint
from messages.moderation import Ban
from messages.replies import Done, Welcome
from messages.requests import Login, Nick
from messages.sessions import EndSession, Sessions


@pytest.fixture
def town() -> Town:
    """Return a chat whose gateway may change accounts."""
    town = Town()
    town.open_gateway("web", GATE, 2, guests=True, accounts=True)
    return town


def shown(client: Client, **fields: object) -> str:
    return str(client.ask(Link, browser=True, **fields).code)


def browser(town: Town, link: str, **fields: object) -> Welcome:
    welcome = town.come("anybody", link=link, remember=True, **fields)
    assert isinstance(welcome, Welcome), welcome
    return welcome


def test_a_code_lets_a_browser_in_without_password_and_binds_no_key(town: Town) -> None:
    alice = town.login("alice", identity=ALICE)
    welcome = browser(town, shown(alice))
    assert (welcome.name, welcome.guest) == ("alice", False)
    [told] = [event for event in alice.events(System) if event.kind is SystemKind.NEW_KEY]
    assert (told.user, HERE in told.text, "web" in told.text) == ("alice", True, True)
    assert [one.fingerprint for one in alice.ask(Keys).keys] == [fingerprint(ALICE)]
    town.restart()
    again = town.come("alice", ticket=welcome.ticket)
    assert (again.user_id, again.name) == (welcome.user_id, "alice")


def test_a_code_is_good_once(town: Town) -> None:
    link = shown(town.login("alice", identity=ALICE))
    browser(town, link)
    assert code(town.come("alice", link=link)) == "link-invalid"


def test_a_code_is_good_for_ten_minutes_and_a_new_one_replaces_it(town: Town) -> None:
    alice = town.login("alice", identity=ALICE)
    first, second = shown(alice), shown(alice)
    assert code(town.come("alice", link=first)) == "link-invalid"
    town.forward(LINK_SECONDS - 1)
    assert isinstance(town.come("alice", link=second.lower()), Welcome)
    late = shown(alice)
    town.forward(LINK_SECONDS + 1)
    assert code(town.come("alice", link=late)) == "link-invalid"


def test_wrong_codes_are_throttled_for_an_address_and_hold_up_no_other(town: Town) -> None:
    link = shown(town.login("alice", identity=ALICE))
    wrong = [code(town.come("alice", link="AAAAAAAA")) for _ in range(LINK_TRIES)]
    assert wrong == ["link-invalid"] * LINK_TRIES
    assert code(town.come("alice", link=link)) == "too-many-attempts"
    browser(town, link, address=THERE)


def test_each_kind_of_code_serves_only_its_kind_of_device(town: Town) -> None:
    alice = town.login("alice", identity=ALICE)
    for_key, for_browser = alice.ask(Link).code, shown(alice)
    assert code(town.come("alice", link=for_key)) == "link-invalid"
    # A gateway that keeps a code for itself gets no key in with it.
    assert code(town.connect(identity=OTHER_GATE).ask(Login, 1, "x", link=for_browser)) == "link-invalid"
    browser(town, for_browser)
    assert isinstance(town.connect(identity=PHONE).ask(Login, 1, "x", link=for_key), Welcome)


def test_a_gateway_without_accounts_takes_no_codes_and_learns_nothing_of_them(town: Town) -> None:
    town.open_gateway("irc", OTHER_GATE, 3, guests=True)
    link = shown(town.login("alice", identity=ALICE))
    for one in (link, "AAAAAAAA"):
        assert code(town.come("alice", gate=OTHER_GATE, link=one)) == "not-permitted"
    assert code(town.connect(identity=PHONE).ask(Login, 1, "x", link=link, on_behalf=True)) == "not-a-gateway"
    browser(town, link)


def test_who_has_nothing_but_a_visit_shows_no_code(town: Town) -> None:
    guest, _ = town.visit("gus", guest=True)
    assert guest.refused(Link, browser=True) is ErrorCode.NO_KEY
    alice = town.login("alice", identity=ALICE)
    behind, _ = town.visit("alice", link=shown(alice))
    for asked in ((Link,), (SetPassword, PASSWORD), (Nick, "emma"), (Revoke, fingerprint(ALICE))):
        assert behind.refused(*asked) is ErrorCode.NO_KEY


def test_who_has_only_a_password_shows_a_code_with_it(town: Town) -> None:
    dora, welcome = town.visit("dora", password=PASSWORD, sign_up=True)
    assert dora.refused(Link, browser=True) is ErrorCode.WRONG_PASSWORD
    town.forward(2)
    link = shown(dora, current=PASSWORD)
    assert browser(town, link).user_id == welcome.user_id


def test_a_code_ends_with_what_may_have_been_stolen(town: Town) -> None:
    alice = town.login("alice", identity=ALICE)
    town.connect(identity=PHONE).ask(Login, 1, "x", link=alice.ask(Link).code)
    link, key_link = shown(alice), alice.ask(Link).code
    assert isinstance(alice.ask(Revoke, fingerprint(PHONE)), Done)
    assert code(town.come("alice", link=link)) == "link-invalid"
    assert code(town.connect(identity=BOB).ask(Login, 1, "x", link=key_link)) == "link-invalid"
    link = shown(alice)
    assert isinstance(alice.ask(SetPassword, PASSWORD), Done)
    assert code(town.come("alice", link=link)) == "link-invalid"


def test_the_tickets_of_a_linked_browser_end_as_others_do(town: Town) -> None:
    alice = town.login("alice", identity=ALICE)
    town.forward(1)  # the key of the phone is the newer one
    town.connect(identity=PHONE).ask(Login, 1, "x", link=alice.ask(Link).code)

    def ended(end: object) -> bool:
        welcome = browser(town, shown(alice), address=None)
        held = code(town.come("alice", ticket=welcome.ticket)) is None
        end()  # type: ignore[operator]
        return held and code(town.come("alice", ticket=welcome.ticket)) == "ticket-invalid"

    def end_session() -> None:
        last = alice.ask(Sessions).sessions[-1]
        assert isinstance(alice.ask(EndSession, last.session), Done)

    assert ended(end_session)
    assert ended(lambda: alice.ask(Revoke, fingerprint(PHONE)))
    assert ended(lambda: alice.ask(SetPassword, PASSWORD))


def test_a_name_that_was_freed_takes_no_ticket_of_the_user_before() -> None:
    town = Town(own_uid=1_000)
    town.open_gateway("web", GATE, 2, accounts=True)
    welcome = browser(town, shown(town.login("alice", identity=ALICE)))
    boss = town.connect(uid=1_000)
    boss.ask(Login, 1, "boss")
    assert isinstance(boss.ask(ResetKeys, "alice"), Done)
    assert town.login("alice", identity=PHONE).ask(Keys).keys
    assert code(town.come("alice", ticket=welcome.ticket)) == "ticket-invalid"


def test_who_is_banned_comes_in_with_no_code() -> None:
    town = Town(own_uid=1_000)
    town.open_gateway("web", GATE, 2, accounts=True)
    link = shown(town.login("alice", identity=ALICE))
    boss = town.connect(uid=1_000)
    boss.ask(Login, 1, "boss")
    assert isinstance(boss.ask(Ban, name="alice"), Done)
    assert code(town.come("anybody", link=link)) == "banned"
