"""The way in: the name, an invite, a code of another device, and the broker's key."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from linked import World
from screen_stage import Seat, Table, seats

from broker.core.access.invites import make_invite
from broker.core.settings import AccessPolicy
from client.core.options import Listening
from client.editor.keyboard import Action, Typed
from client.exits import ClientExit
from client.screen.connecting import Connecting
from client.screen.sheets.confirm import Confirm
from client.screen.tones import text_of
from client.transport.dealer import Failure
from client.trust import Trust
from messages.endpoints import chat_address
from messages.exits import Exit
from messages.keys import KeyPair, fingerprint, key_from_bytes

SECRET = b"s" * 32
KEY = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
OTHER = key_from_bytes(bytes(range(32)))
URL = "tcp://chat.example.org:9009"


def sheet(seat: Seat) -> str:
    return " ".join(text_of(row).strip() for row in seat.host.sheets.rows(70, 20))


def stranger(name: str = "", **settings: Any) -> Seat:
    """Return somebody who is not connected yet."""
    world = World(name, listening=Listening(brief=True, changes=True), **settings)
    seat = Seat(world, world.members[0])
    seat.host.begin = seat.member.connect
    return seat


def trust() -> Trust:
    return Trust(URL, KEY, KeyPair("", ""), Path("/known_brokers"), 0)


def test_a_wrong_name_is_told_in_the_dialog_and_can_be_corrected() -> None:
    (alice,) = seats("alice")
    new = Seat(alice.world, alice.world.add(""))
    new.host.begin = new.member.connect
    new.host.enter()
    assert "Your name" in sheet(new)
    new.keys("9 lives\r")
    assert "A name begins with a letter." in sheet(new)
    assert new.host.field.text == "9 lives"
    new.keys("\x15alice\r")
    for _ in range(8):
        new.settle()
    assert "This name is in use; choose another." in sheet(new)
    assert new.host.field.text == "alice"
    new.keys("2\r")
    assert new.session.name == "alice2"
    assert new.host.sheets.top is None
    new.keys("hello\r")
    assert alice.log[-1].endswith("│ hello")


def test_what_is_typed_behind_the_name_of_the_curtain_is_the_name_and_nothing_else() -> None:
    (alice,) = seats("alice")
    new = Table.of(Seat(alice.world, alice.world.add("")))
    new.host.begin = new.member.connect
    new.enter("ann\r")
    new.settle()
    assert new.session.name == "ann"
    assert alice.session.timeline("#lobby").messages == {}
    known = Table.of(stranger("bob"))
    known.member.session.login("bob")
    known.enter("hello\r")
    known.settle()
    assert known.log[-1].endswith("│ hello")
    cautious = Table.of(stranger())
    cautious.host.trust = trust()
    cautious.enter("ann\r")
    assert isinstance(cautious.host.sheets.top, Confirm), "the key is not accepted unseen"
    assert cautious.host.composer.waiting == []


def test_an_invite_is_asked_for_and_taken_alone_or_in_an_address() -> None:
    settings: dict[str, Any] = {"access": AccessPolicy.INVITED, "invite_secret": SECRET}
    for in_address in (False, True):
        new = stranger(**settings)
        new.host.url = URL
        new.host.trust = trust()
        invite = make_invite(SECRET, bytes(9), new.world.now.at + 60_000, 1)
        new.host.ask_name()
        new.keys("ann\r")
        assert "This chat is not open to everyone; ask the operator for an invite." in sheet(new)
        assert new.host.prompt_text == "Invite or code: "
        new.keys("nonsense-and-more\r")
        assert "This invite is expired, used up, revoked or from another broker" in sheet(new)
        new.keys(f"{chat_address(URL, KEY, invite) if in_address else invite}\r")
        assert new.host.sheets.top is None
        assert any("Connected to" in row for row in new.log)


def test_an_address_of_another_broker_is_refused_and_stays() -> None:
    new = stranger("ann")
    new.host.trust, new.host.url = trust(), URL
    new.host.ask_code("")
    other = chat_address("tcp://elsewhere:1", OTHER, "token")
    new.keys(f"{other}\r")
    assert "another broker; leave with Ctrl-D, and start chat-client --connect" in sheet(new)
    assert new.host.field.text == other
    new.keys(f"\x15{chat_address(URL, KEY)}\r")
    assert "This address has no invite and no code" in sheet(new)
    assert new.host.escape()
    assert new.host.prompt_text == "Name: "


def test_a_code_of_another_device_is_shown_to_the_broker_once() -> None:
    new = stranger("ann")
    new.host.ask_code("")
    new.keys("k7qx n2-fp\r")
    assert "This connection has no key of yours" in sheet(new), "the code has come to the broker"
    new.keys("\r")
    assert any("Connected to" in row and "as ann" in row for row in new.log)
    new = stranger()
    new.host.trust, new.host.url = trust(), URL
    new.host.ask_name()
    new.keys(f"{chat_address(URL, KEY, link='K7QXN2FP')}\r")
    assert "This connection has no key of yours" in sheet(new), "the name needs no asking"
    assert new.host.field.text == ""


def test_the_key_of_a_new_broker_is_asked_about_before_anything_is_sent() -> None:
    new = stranger("ann")
    begun: list[bool] = []
    new.host.begin = lambda: begun.append(True)
    new.host.trust = trust()
    new.host.enter()
    new.host.sheets.take(Action.ENTER)
    assert not begun, "what was typed before it is drawn is no answer"
    assert f"first time that you connect to {URL}" in sheet(new)
    assert fingerprint(KEY) in sheet(new)
    new.host.sheets.take(Typed("x"))
    new.host.sheets.take(Action.ENTER)
    assert not begun, "whoever types a name has not looked at the key"
    new.host.sheets.take(Action.ENTER)
    assert begun
    new.host.enter()
    assert sheet(new)
    new.host.sheets.take(Typed("n"))
    assert new.host.end is not None
    assert new.host.end.code is Exit.REFUSED
    assert len(begun) == 1


def test_a_known_key_is_not_asked_about() -> None:
    new = stranger()
    new.host.trust = trust()
    new.host.trust.line = 3
    new.host.enter()
    assert new.host.prompt_text == "Name: "


@pytest.mark.parametrize("key", ["x", "\x1b"])
def test_a_refusal_shows_the_fingerprints_and_any_key_leaves(key: str) -> None:
    new = stranger("ann")
    begun: list[bool] = []
    new.host.begin = lambda: begun.append(True)
    prints = [fingerprint(KEY), fingerprint(OTHER)]
    end = ClientExit(Exit.REFUSED, f"the address has {prints[0]}, the known key is {prints[1]}; ask")
    new.host.refusal = end
    new.host.enter()
    new.host.refuse(ClientExit(Exit.REFUSED, "the same again"))
    assert all(one in sheet(new) for one in prints)
    assert new.host.end is None
    if key == "\x1b":
        new.host.escape()
    else:
        new.host.sheets.take(Typed(key))
    assert new.host.end is end
    assert not begun


def test_a_key_that_is_not_admitted_is_told_once_and_a_code_can_be_given() -> None:
    new = stranger("ann")
    connecting = Connecting(new.session, URL, None, new.host.notice)
    connecting.not_admitted = new.host.not_admitted
    link = SimpleNamespace(failure=Failure.NOT_ADMITTED)
    connecting._connection = SimpleNamespace(link=link)  # type: ignore[assignment]
    why: Future[str] = Future()
    why.set_result("Unable to connect: the broker does not admit your key.")
    connecting._found(why)  # type: ignore[arg-type]
    assert "the broker does not admit your key. The client goes on trying" in sheet(new)
    new.keys("half a co")
    connecting._found(why)  # type: ignore[arg-type]
    assert new.host.field.text == "half a co"
    new.keys("\x15K7QXN2FP\r")
    assert "This connection has no key of yours" in sheet(new), "it is tried at once, with the code"
