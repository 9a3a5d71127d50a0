from __future__ import annotations

from collections.abc import Callable

import pytest
from looks import peer

from broker.top import acting
from messages.moderation import Ban, Kick
from messages.observing import PeerEntry


def test_a_kick_has_a_reason_and_a_ban_also_a_time() -> None:
    kick = acting.kick(peer(1, "bob"))
    assert (kick.kind, kick.asks) == (Kick, ("reason",))
    assert kick.fields({"reason": "spam"}) == {"name": "bob", "reason": "spam"}
    ban = acting.ban(peer(1, "bob"))
    assert (ban.kind, ban.asks) == (Ban, ("for", "reason"))
    assert ban.fields({"for": " 2h ", "reason": ""}) == {"name": "bob", "seconds": 7_200, "reason": ""}
    assert ban.fields({}) == {"name": "bob", "reason": ""}


def test_an_address_is_banned_as_a_network() -> None:
    assert acting.ban_address(peer(1, address="10.0.0.7")).target == {"address": "10.0.0.7/32"}
    assert acting.ban_address(peer(1, address="2001:db8::7")).target == {"address": "2001:db8::/64"}


@pytest.mark.parametrize(
    ("make", "one", "sentence"),
    [
        (acting.kick, peer(1), "nobody has logged in"),
        (acting.ban, peer(1), "nobody has logged in"),
        (acting.ban_address, peer(1, "bob", address="this machine (user 0, process 7)"), "no address to ban"),
    ],
)
def test_what_cannot_be_done_is_said_before_it_is_asked(
    make: Callable[[PeerEntry], acting.Action], one: PeerEntry, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        make(one)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"for": "soon"}, "not a duration"),
        ({"for": "9999w"}, "at most 3650d"),
        ({"reason": "x" * 301}, "at most 300"),
    ],
)
def test_a_wrong_answer_is_named(given: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        acting.ban(peer(1, "bob")).fields(given)
