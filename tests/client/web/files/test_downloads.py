"""Downloads: bounded for each person, whole or not at all, and let go of when nobody reads."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

import pytest

from client.web.files.downloads import (
    MOST_OF_ADDRESS,
    MOST_OF_ALL,
    MOST_OF_ONE,
    PIECE_BYTES,
    CutOffError,
    Downloads,
    Reading,
)
from client.web.files.problems import BusyError, LaterError
from client.web.routes.moving import Streamed
from messages.files import File

CONTENT = bytes(range(256)) * (PIECE_BYTES // 100)


def person(name: str, *, guest: bool = False, address: str = "198.51.100.7") -> Any:
    credentials = SimpleNamespace(address=address)
    return SimpleNamespace(name=name, guest=guest, session=SimpleNamespace(credentials=credentials))


class Stored(Reading):
    """A file whose content is at hand, up to where it breaks."""

    def __init__(self, told: bytes, content: bytes, upto: int = 1 << 40) -> None:
        file = File("a", len(told), sha256(told).hexdigest())
        super().__init__(person("ann"), "#lobby", 1, 1, file)
        self.stored, self.upto, self.most = content, upto, 0

    async def piece(self, offset: int, length: int) -> bytes:
        self.most = max(self.most, length)
        if offset >= self.upto:
            raise LaterError
        await asyncio.sleep(0)
        return self.stored[offset : offset + length]


async def _all(reading: Reading, first: int, end: int) -> tuple[bytes, bool]:
    came = bytearray()
    try:
        async for data in reading.content(first, end):
            came += data
    except CutOffError:
        return bytes(came), False
    return bytes(came), True


@pytest.mark.parametrize(("first", "end"), [(0, len(CONTENT)), (0, 0), (PIECE_BYTES - 1, PIECE_BYTES + 1)])
def test_the_pieces_of_a_file_come_in_order(first: int, end: int) -> None:
    reading = Stored(CONTENT, CONTENT)
    assert asyncio.run(_all(reading, first, end)) == (CONTENT[first:end], True)
    assert reading.most <= PIECE_BYTES


def test_a_damaged_file_never_comes_whole() -> None:
    damaged = b"x" + CONTENT[1:]
    came, whole = asyncio.run(_all(Stored(CONTENT, damaged), 0, len(CONTENT)))
    assert not whole
    assert len(came) < len(CONTENT)


def test_a_download_that_cannot_go_on_is_cut_off() -> None:
    came, whole = asyncio.run(_all(Stored(CONTENT, CONTENT, PIECE_BYTES), 0, len(CONTENT)))
    assert (came, whole) == (CONTENT[:PIECE_BYTES], False)


def test_one_person_has_so_many_downloads_at_once_and_all_have_so_many() -> None:
    downloads = Downloads()
    leave = [downloads.enter(person("ann")) for _ in range(MOST_OF_ONE)]
    with pytest.raises(BusyError, match="wait for some"):
        downloads.enter(person("ann"))
    leave.pop()()
    downloads.enter(person("ann"))
    for number in range(MOST_OF_ALL - MOST_OF_ONE):
        downloads.enter(person(f"user{number}", address=f"198.51.100.{number}"))
    with pytest.raises(BusyError, match="too many files are on their way"):
        downloads.enter(person("ben"))


def test_the_people_at_one_address_leave_room_for_others() -> None:
    downloads = Downloads()
    leave = [downloads.enter(person(f"user{number}")) for number in range(MOST_OF_ADDRESS)]
    with pytest.raises(BusyError, match="too many files are on their way"):
        downloads.enter(person("ben"))
    downloads.enter(person("zoe", address="198.51.100.8"))
    leave.pop()()
    downloads.enter(person("ben"))


def test_the_guests_at_an_address_count_as_one() -> None:
    downloads = Downloads()
    for number in range(MOST_OF_ONE):
        downloads.enter(person(f"guest{number}", guest=True))
    with pytest.raises(BusyError):
        downloads.enter(person("other", guest=True))
    downloads.enter(person("elsewhere", guest=True, address="198.51.100.8"))


async def _served(reading: Reading, *, gone: bool) -> tuple[list[dict[str, Any]], list[bool]]:
    """Serve a file, to a browser that is `gone` or not. Return what was sent, and who let go of it."""
    sent: list[dict[str, Any]] = []
    left: list[bool] = []
    forever = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if not gone:
            await forever.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)
        if gone:
            await forever.wait()

    content = reading.content(0, reading.file.size)
    response = Streamed(content, 200, {}, lambda: left.append(True))
    async with asyncio.timeout(10):
        await response({"type": "http", "asgi": {"spec_version": "2.3"}}, receive, send)
    return sent, left


def test_a_place_is_given_back_when_a_file_is_sent_when_the_browser_goes_and_when_it_is_cut_off() -> None:
    sent, left = asyncio.run(_served(Stored(CONTENT, CONTENT), gone=False))
    assert (sent[-1]["more_body"], left) == (False, [True])
    sent, left = asyncio.run(_served(Stored(CONTENT, CONTENT), gone=True))
    assert (len(sent), left) == (1, [True])
    sent, left = asyncio.run(_served(Stored(CONTENT, CONTENT, PIECE_BYTES), gone=False))
    assert (sent[-1]["more_body"], left) == (True, [True])
