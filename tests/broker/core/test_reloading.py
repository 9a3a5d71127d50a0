"""Settings that change while the core runs."""

from typing import Any

import pytest
from wired import Chat

from broker.core.settings import AccessPolicy, Caps, Settings
from messages.errors import ErrorCode
from messages.replies import Welcome
from messages.requests import Join, Login, Ping, Send
from messages.version import PROTOCOL


def reload(chat: Chat, **settings: Any) -> None:
    given = {field: getattr(chat.core.settings, field) for field in Settings.__dataclass_fields__}
    chat.core.reload(Settings(**given | settings))


def test_title_and_motd_are_told_at_the_next_login() -> None:
    chat = Chat()
    alice = chat.login("alice")
    reload(chat, title="New", motd="Lunch")
    welcome = chat.connect().login("bob")
    assert (welcome.title, welcome.motd) == ("New", "Lunch")
    assert alice.ask(Ping)


def test_access_that_becomes_known_keeps_unknown_keys_out_and_those_inside_in() -> None:
    chat = Chat()
    alice, bob = chat.login("alice", identity="alice's key"), chat.login("bob")
    for access in (AccessPolicy.KNOWN, AccessPolicy.OPEN, AccessPolicy.KNOWN):
        reload(chat, access=access)
        open_to_all = access is AccessPolicy.OPEN
        assert chat.core.admission.admit("alice's key", "10.0.0.1")
        assert chat.core.admission.admit("eve's key", "10.0.0.1") is open_to_all
        reply = chat.connect().ask(Login, PROTOCOL, f"eve-{access}")
        assert isinstance(reply, Welcome) is open_to_all
        chat.flush()
        assert chat.core.admission.admit("eve's key", "10.0.0.1") is open_to_all
    assert alice.ask(Send, "#lobby", "hello").seq == 1
    assert bob.ask(Send, "#lobby", "hello").seq == 2


@pytest.mark.parametrize(("before", "after"), [(0.0, 2.0), (1_000.0, 2.0)])
def test_a_rate_holds_for_those_who_are_connected(before: float, after: float) -> None:
    chat = Chat(caps=Caps(rate=before, burst=1_000))
    alice = chat.login("alice")
    for _ in range(100):
        alice.ask(Ping)
    reload(chat, caps=Caps(rate=after, burst=64))
    replies = [alice.ask(Send, "#lobby", "x") for _ in range(100)]
    refused = [reply for reply in replies if getattr(reply, "code", "") == ErrorCode.TOO_MANY_REQUESTS]
    assert 30 < len(refused) < 50


def test_a_user_who_was_barred_stays_so() -> None:
    chat = Chat(caps=Caps(rate=10, burst=64))
    alice = chat.login("alice")
    while alice.peer.session is not None:
        alice.put(Ping)
        chat.flush()
    reload(chat, caps=Caps(rate=1_000, burst=5_000))
    assert chat.connect().refused(Login, PROTOCOL, "alice") is ErrorCode.TOO_MANY_REQUESTS


def test_a_cap_that_becomes_smaller_takes_nothing_away_and_admits_nothing_more() -> None:
    chat = Chat()
    alice = chat.login("alice")
    for room in ("#one", "#two", "#three"):
        alice.ask(Join, room)
    reload(chat, caps=Caps(rate=0.0, rooms=2))
    assert alice.ask(Send, "#three", "hello").seq == 1
    assert alice.refused(Join, "#four") is ErrorCode.LIMIT_REACHED


def test_retention_that_is_set_later_deletes_what_is_past_it() -> None:
    chat = Chat()
    chat.login("alice").ask(Send, "#lobby", "old")
    chat.forward(1)
    day = 86_400
    for _ in range(3):
        chat.now = chat.now._replace(at=chat.now.at + day * 1000, elapsed=chat.now.elapsed + day)
        chat.tick()
    reload(chat, retain_days=1)
    while chat.core.upkeep():
        pass
    assert chat.store.page("#lobby", 0, 2**53, 9) == []
