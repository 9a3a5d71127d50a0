"""What a person is told while there is no broker."""

from __future__ import annotations

import io
from typing import Any

import pytest
from driven import Driven, ready
from eventually import eventually

import client.line.arrival
from client.exits import ClientExit
from client.line.arrival import Arrival
from client.line.screen import Screen
from messages.exits import Exit


@pytest.fixture(autouse=True)
def reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    def reason(_link: Any) -> str:
        return "Unable to connect: nobody is there"

    monkeypatch.setattr(client.line.arrival, "TOLD_SECONDS", 0.0)
    monkeypatch.setattr(client.line.arrival, "why_not_connected", reason)
    monkeypatch.setattr(
        client.line.arrival, "not_welcomed", lambda _link, _error: ClientExit(Exit.CANNOT_CONNECT, "late")
    )


LINK: Any = None


def test_the_person_is_told_once_why_there_is_no_connection() -> None:
    told: list[str] = []
    arrival = Arrival(Driven().session, 60.0, told.append)
    arrival.begin()
    eventually(lambda: arrival.too_late(LINK) or told, "the reason")
    for _ in range(3):
        assert arrival.too_late(LINK) is None
    assert told == ["Unable to connect: nobody is there. The client tries for 60 seconds in all."]


def test_nothing_is_told_if_nobody_looks_on_or_a_broker_answers() -> None:
    told: list[str] = []
    for arrival in (Arrival(Driven().session, 60.0, None), Arrival(ready().session, 60.0, told.append)):
        arrival.begin()
        for _ in range(3):
            assert arrival.too_late(LINK) is None
    assert told == []


def test_it_ends_after_its_seconds_but_not_after_the_welcome() -> None:
    arrival = Arrival(Driven().session, 0.0, None)
    assert arrival.too_late(LINK) is None
    arrival.begin()
    assert arrival
    end = eventually(lambda: arrival.too_late(LINK), "the time-out")
    assert end.code is Exit.CANNOT_CONNECT
    arrival.end()
    assert not arrival
    assert arrival.too_late(LINK) is None


def test_notices_are_seen_on_a_terminal_unless_they_are_off() -> None:
    class Watched(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert Screen(io.StringIO(), Watched()).is_told
    assert not Screen(io.StringIO(), Watched(), quiet=True).is_told
    assert not Screen(io.StringIO(), io.StringIO()).is_told
