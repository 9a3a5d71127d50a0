"""What a listener on the network sees."""

from __future__ import annotations

import pytest
from security.places import fortress
from security.tap import tapped

TEXT = "the vault opens at noon"


@pytest.mark.parametrize("encrypted", [True, False], ids=["curve", "plain"])
def test_the_text_is_on_the_wire_with_plain_and_never_with_curve(encrypted: bool) -> None:
    with fortress() as place:
        host, _, port = (place.url if encrypted else place.plain_url).removeprefix("tcp://").rpartition(":")
        with tapped((host, int(port))) as tap:
            connect = place.dealer if encrypted else place.plain
            alice = connect("alice", url=tap.url).login()
            assert alice.ask("send", to="#lobby", text=TEXT)["type"] == "accepted"
            bob = place.plain("bob").login()
            bob.ask("send", to="#lobby", text=TEXT[::-1])
            assert alice.message() == TEXT[::-1]
            place.drop(alice)
        for secret in (TEXT, TEXT[::-1], "alice", alice.session, '"type"'):
            assert (secret.encode() in tap.seen) is not encrypted, secret
        assert len(tap.seen) > 500
