"""Hostile browsers: whatever they send, the gateway answers or hangs up, and nobody else notices."""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import get_args
from urllib.parse import urlsplit

import msgspec
import pytest
from eventually import DEADLINE
from fuzzed import NAMES, PLACES, TEXTS, VALUES
from torture.figures import figure
from web_stage import Browser, Page, Town, health
from websockets.exceptions import ConnectionClosed
from websockets.frames import Opcode

from client.web.protocol import asks
from client.web.protocol.asks import AnyAsk

DOCUMENTS = figure(600, 20_000)
AT_ONCE = 100
"""Documents that a page sends without waiting. It may send 200 at once."""

SILENT = ("read", "present", "typing", "alive")
"""What is not answered."""


@pytest.fixture(name="browser", scope="module")
def _browser(open_town: Town) -> Browser:
    """One hostile person for all tests: others count who is in the lobby."""
    return open_town.browser().sign_up("mallory")


@pytest.fixture(autouse=True)
def _all_is_well(open_town: Town) -> Iterator[None]:
    assert open_town.gateway
    yield
    assert health(open_town)["broker"] is True
    assert open_town.gateway.err == []


def memory_of(process: int) -> int:
    """Return how many bytes of memory a process uses."""
    pages = Path(f"/proc/{process}/statm").read_text("ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _value(field: str, random: Random) -> object:
    if random.random() < 0.05:
        return random.choice([*VALUES, [[]] * 100, {"a": {"b": None}}, "x" * 20_000])
    known: dict[str, tuple[object, ...]] = {
        "conversation": PLACES,
        "to": (*PLACES, *NAMES),
        "text": TEXTS,
        "words": (*TEXTS, "from:x", "after:never", "before:1", "in:#"),
        "line": (
            "/me x",
            "/",
            "//",
            "/topic",
            "/members",
            "/whois alice",
            "/join #a",
            "/\u202e",
            "/help " * 9,
            *TEXTS,
        ),
        "reaction": ("👍", "+1", "a b", ""),
        "session": (10**6, 2**53 - 1),  # not this one
        "files": ([], ["none"], ["../etc/passwd"] * 3),
        "answers": ([], ["x"], None),
        "page": ("", "x", "1.1"),
    }
    return random.choice(known.get(field, (0, 1, 2, 3, 100, 2**53 - 1, True, False, None)))


def _documents(random: Random) -> Iterator[tuple[str, dict[str, object]]]:
    """Return documents as pages send them, most of them with fields that could be."""
    kinds = [one for one in get_args(AnyAsk) if one is not asks.SignOut]
    for number in range(DOCUMENTS):
        kind = random.choice(kinds)
        names = [name for name in kind.__struct_fields__ if name != "ref" and random.random() < 0.95]
        fields = {name: _value(name, random) for name in names}
        fields = {name: value for name, value in fields.items() if value is not None}
        yield f"f{number}", {"type": kind.__struct_config__.tag, "ref": f"f{number}", **fields}


def test_each_question_is_answered_whatever_is_in_it(open_town: Town, browser: Browser) -> None:
    assert open_town.gateway
    decoder: msgspec.json.Decoder[AnyAsk] = msgspec.json.Decoder(AnyAsk)
    page, waiting = browser.page(), set[str]()
    memory = memory_of(open_town.gateway.process.pid)
    for ref, document in _documents(Random(16)):
        text = json.dumps(document)
        try:
            decoder.decode(text.encode("utf-8", "surrogatepass"))
        except msgspec.MsgspecError:
            other = browser.page()
            other.socket.send(text)
            with pytest.raises(ConnectionClosed):
                other.event("nothing")
            continue
        page.socket.send(text)
        if document["type"] not in SILENT:
            waiting.add(ref)
        if len(waiting) == AT_ONCE:
            _take_answers(page, waiting)
    _take_answers(page, waiting)
    assert memory_of(open_town.gateway.process.pid) - memory < 30 << 20


def _take_answers(page: Page, waiting: set[str]) -> None:
    """Wait until each question has its answer."""
    while waiting:
        try:
            frame = str(page.socket.recv(timeout=DEADLINE))
        except TimeoutError:
            raise AssertionError(f"these have no answer: {waiting}") from None
        for said in map(json.loads, frame.split("\n")):
            if said["type"] != "notice":
                waiting.discard(said.get("ref", ""))


@pytest.mark.parametrize(
    "text",
    [
        "[" * 60_000,
        '{"type":"answer","ref":"1","question":1,"answers":' + "[" * 30_000 + "]" * 30_000 + "}",
        '{"type":"read","ref":"1","conversation":"#lobby","upto":1e999}',
        '{"type":"read","ref":"1","conversation":"#lobby","upto":' + "9" * 5_000 + "}",
        '{"type":"read","ref":"1","conversation":"#lobby","upto":NaN}',
        '{"type":"alive","ref":"1"}{"type":"alive","ref":"2"}',
        '{"type":"alive","ref":"1","__proto__":{}}',
        '{"type":"alive","ref":"' + "x" * 65 + '"}',
        '{"type":["alive"],"ref":"1"}',
        "null",
        "",
    ],
    ids=range(11),
)
def test_a_text_that_is_no_document_ends_its_socket(browser: Browser, text: str) -> None:
    page = browser.page()
    page.socket.send(text)
    with pytest.raises(ConnectionClosed):
        page.event("nothing")


def test_frames_that_are_none_end_their_socket(browser: Browser) -> None:
    for opcode, data in (
        (Opcode.BINARY, b"\x00\xff"),
        (Opcode.TEXT, b"\xff\xfe\x80"),
        (3, b"x"),
        (Opcode.CONT, b"x"),
    ):
        page = browser.page()
        page.event("welcome")
        head = bytes([0x80 | opcode, 0x80 | len(data), 0, 0, 0, 0])  # masked with zeros
        page.socket.socket.sendall(head + data)
        with pytest.raises(ConnectionClosed):
            page.event("nothing")
    unmasked = browser.page()
    unmasked.event("welcome")
    unmasked.socket.socket.sendall(b"\x81\x02{}")
    with pytest.raises(ConnectionClosed):
        unmasked.event("nothing")


def test_a_message_in_fragments_has_the_limit_of_one_frame(browser: Browser) -> None:
    page = browser.page()
    part = b"x" * 16_000
    with suppress(OSError):
        for number in range(1_000):
            head = bytes([0 if number else 1, 0x80 | 126]) + struct.pack("!H", len(part)) + bytes(4)
            page.socket.socket.sendall(head + part)
        pytest.fail("it takes 16 MB")


_GET = b"GET /session HTTP/1.1\r\nHost: %s\r\n"
_POST = b"POST /session HTTP/1.1\r\nHost: %s\r\nOrigin: http://%s\r\n"
_SMUGGLED = b"GET /healthz HTTP/1.1\r\nHost: %s\r\n\r\n"
REQUESTS = {
    "two lengths": _POST + b"Content-Length: 0\r\nContent-Length: 40\r\n\r\n" + _SMUGGLED,
    "two lengths in one": _POST + b"Content-Length: 0, 40\r\n\r\n" + _SMUGGLED,
    "a length and chunks": _POST
    + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    + _SMUGGLED,
    "chunks of another kind": _POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + _SMUGGLED,
    "chunks twice": _POST
    + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"
    + _SMUGGLED,
    "a blank in a name": _POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + _SMUGGLED,
    "a length below zero": _POST + b"Content-Length: -1\r\n\r\n" + _SMUGGLED,
    "a length with a sign": _POST + b"Content-Length: +5\r\n\r\n" + _SMUGGLED,
    "a chunk without end": _POST + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
    "two hosts": b"GET /session HTTP/1.1\r\nHost: %s\r\nHost: evil.example\r\n\r\n",
    "no host": b"GET /session HTTP/1.1\r\n\r\n",
    "a long header": _GET + b"X: " + b"x" * 200_000 + b"\r\n\r\n",
    "a NUL": b"GET /\x00 HTTP/1.1\r\nHost: %s\r\n\r\n",
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64,
}


@pytest.mark.parametrize("shape", REQUESTS)
def test_a_request_of_two_meanings_has_none(open_town: Town, shape: str) -> None:
    host = urlsplit(open_town.url).netloc.encode()
    with socket.create_connection(("127.0.0.1", urlsplit(open_town.url).port or 0)) as client:
        client.settimeout(10)
        heard = b""
        try:
            client.sendall(REQUESTS[shape].replace(b"%s", host))
            client.shutdown(socket.SHUT_WR)
            while data := client.recv(65_536):
                heard += data
        except OSError:
            pass  # it has hung up
    assert heard.count(b"HTTP/1.1 ") <= 1
    assert not heard or heard.startswith((b"HTTP/1.1 400", b"HTTP/1.1 431")), heard[:200]
    assert b'"broker"' not in heard
