"""Crowds of hostile connections at the gateway for browsers: people who are there do not notice."""

from __future__ import annotations

import os
import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from eventually import DEADLINE
from torture.figures import figure
from web_stage import Town, health, town
from websockets.sync.client import connect

from client.chat import Chat

SOCKETS = figure(100, 2_000)
MESSAGES = figure(200, 5_000)
MOST_GROWTH = 32 << 20
"""Bytes of memory that a gateway may use more while one tab does not read."""

BEGUN = (
    b"",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ",
    b"POST /session HTTP/1.1\r\nContent-Length: 9\r\n\r\n{",
)
"""What half-open connections have sent."""


@pytest.fixture(name="place")
def _place(tmp_path: Path) -> Iterator[Town]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 10_000), hard))
    try:
        with town(tmp_path) as made:
            made.open("--bind", f"ipc://{tmp_path}/door")
            yield made
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _memory(made: Town) -> int:
    assert made.gateway
    pages = Path(f"/proc/{made.gateway.process.pid}/statm").read_text("ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def test_half_open_sockets_keep_nobody_out(place: Town) -> None:
    before, port = _memory(place), urlsplit(place.url).port or 0
    talker = place.guest("talker")
    with ExitStack() as opened:
        for number in range(SOCKETS):
            source = f"127.0.1.{number % 4 + 1}", 0
            one = opened.enter_context(socket.create_connection(("127.0.0.1", port), DEADLINE, source))
            one.sendall(BEGUN[number % len(BEGUN)])
        assert talker.say("still heard") > 0
        assert place.guest("latecomer").say("and let in") > 0
        assert _memory(place) - before < 2 * MOST_GROWTH
    assert place.gateway
    assert place.gateway.err == []
    assert health(place)["broker"] is True


def test_a_tab_that_does_not_read_holds_up_nobody(place: Town, tmp_path: Path) -> None:
    browser = place.browser().sign_up("sleeper")
    given = {"Cookie": browser.cookie, "X-Forwarded-For": browser.address}
    address, origin = f"ws://{browser.host}/socket", f"http://{browser.host}"
    reader = place.guest("reader")
    with connect(
        address,
        origin=origin,  # type: ignore[arg-type]
        additional_headers=given,
        compression=None,
        max_queue=1,
        close_timeout=1,
    ) as asleep:
        asleep.send('{"type":"open","ref":"1","conversation":"#lobby"}')
        before = _memory(place)
        with Chat(f"ipc://{tmp_path}/door", name="teller", timeout=DEADLINE) as teller:
            for number in range(MESSAGES):
                teller.send("#lobby", f"{number} {'x' * 3_000}")
            teller.send("#lobby", "the end")
        reader.message("the end")
        assert _memory(place) - before < MOST_GROWTH
    assert place.gateway
    assert place.gateway.err == []
