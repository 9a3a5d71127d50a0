"""More connections than the broker can have, and handshakes that never end: logged-in users go on."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from eventually import eventually
from live_broker import assert_undisturbed
from security.town import Town

_HALF = b"\xff" + bytes(8) + b"\x7f\x03\x01" + b"CURVE".ljust(20, b"\0") + bytes(32)


@pytest.mark.parametrize(
    ("prefix", "number"),
    [(("sh", "-c", 'ulimit -n 256; exec "$@"', "sh"), 400), ((), 2_000)],
    ids=["256 files", "half-open handshakes"],
)
def test_useless_connections_disturb_no_logged_in_user_and_keep_no_client_out_for_long(
    prefix: tuple[str, ...], number: int
) -> None:
    with ExitStack() as seats:
        town = Town(seats, prefix=prefix)
        alice, bob = town.dealer("alice").login(), town.dealer("bob").login()
        with ExitStack() as strangers:
            for _ in range(number):
                strangers.enter_context(town.raw()).sendall(_HALF)
            assert_undisturbed(alice, bob)
        carol = town.dealer("carol")
        carol.put("login", protocol=1, name="carol")
        eventually(lambda: carol.read(0), "a new one gets in")
        assert_undisturbed(alice, bob)
        assert town.process.stop() == 0
