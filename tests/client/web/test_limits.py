"""What strangers and slow or greedy pages can hold, and that others are served meanwhile."""

from __future__ import annotations

import asyncio
import http.client
import socket
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.requests import HTTPConnection
from web_stage import Town, eventually

from client.web.cookie import Cookie, write_cookie
from client.web.people import Refusal
from client.web.routes.answers import MOST_FORM, Site
from client.web.routes.app import MOST_TABS
from client.web.routes.entering import Entering
from client.web.wire.bounds import MOST_OF_ADDRESS

MEGABYTES = 32
"""What tabs that do not read may cost."""


def resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4_096


def test_half_open_connections_of_one_address_leave_others_served(open_town: Town) -> None:
    host, port = open_town.browser().host.split(":")
    with ExitStack() as held:
        knocking = [
            held.enter_context(socket.create_connection((host, int(port)), 10, ("127.0.0.2", 0)))
            for _ in range(MOST_OF_ADDRESS + 50)
        ]
        for one in knocking:
            one.send(b"GET / HT")
        refused = knocking[-1].recv(1_000)
        assert refused.startswith(b"HTTP/1.1 503 ")
        assert b"too many connections" in refused
        page = open_town.guest("lena")
        page.say("there is room")
    eventually(lambda: _answers(host, int(port)), "the address is served again")


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, 10, ("127.0.0.2", 0))
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def test_tabs_that_do_not_read_cost_little_and_hold_up_nobody(open_town: Town) -> None:
    assert open_town.gateway
    writer, reader = open_town.guest("willi"), open_town.guest("rita")
    slow = open_town.browser().guest("sloth")
    where = urlsplit(slow.url)
    asked = (
        f"GET /socket HTTP/1.1\r\nHost: {where.netloc}\r\nOrigin: {slow.url}\r\nCookie: {slow.cookie}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    text = "long " * 700
    for _ in range(40):
        writer.say(text)
    before = resident(open_town.gateway.process.pid)
    with ExitStack() as held:
        for _ in range(20):
            tab = held.enter_context(socket.socket())
            tab.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            tab.connect((where.hostname, where.port))
            tab.send(asked.encode())
            assert tab.recv(12) == b"HTTP/1.1 101"
            for number in range(30):
                _ask(tab, f'{{"type":"open","ref":"{number}","conversation":"#lobby"}}')
        reader.message(text)
        writer.say("still here")
        reader.message("still here")
        grown = resident(open_town.gateway.process.pid) - before
    assert grown < MEGABYTES << 20


def _ask(tab: socket.socket, text: str) -> None:
    data = text.encode()
    tab.send(bytes((0x81, 0x80 | len(data))) + bytes(4) + data)


def test_a_person_has_so_many_tabs_and_no_more(open_town: Town) -> None:
    browser = open_town.browser().guest("tabea")
    for _ in range(MOST_TABS):
        browser.page()
    assert browser.refusal() == 403
    browser.pages.pop().close()
    eventually(lambda: browser.refusal() == 0, "there is room for a tab again")


def test_a_form_has_an_end(open_town: Town) -> None:
    form = b" " * MOST_FORM + b'{"name": "lotte", "guest": true}'
    assert open_town.browser().ask("POST", "/session", form).status == 400


def test_who_comes_back_with_tickets_of_nobody_has_to_wait() -> None:
    class Nobody:
        async def come_back(self, cookie: Cookie, _address: str) -> tuple[None, Cookie]:
            return None, cookie

        def find(self, _cookie: Cookie) -> None:
            return None

    cookie = write_cookie(Cookie("x", "nobody", "t" * 40, guest=True, remember=True))
    headers = [(b"host", b"127.0.0.1"), (b"cookie", f"chat-80={cookie}".encode())]
    scope = {"type": "http", "scheme": "http", "path": "/", "query_string": b"", "headers": headers}
    connection = HTTPConnection({**scope, "client": ("198.51.0.1", 5), "server": ("127.0.0.1", 80)})
    entering = Entering(Nobody(), None, Site())  # type: ignore[arg-type]

    async def come() -> None:
        for _ in range(40):
            assert await entering.come_back(connection)

    with pytest.raises(Refusal) as refused:
        asyncio.run(come())
    assert refused.value.problem.retry_after
