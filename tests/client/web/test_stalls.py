"""A connection whose browser does not read is dropped; one that reads slowly is not."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from uvicorn.protocols.http.h11_impl import H11Protocol

from client.web.stalls import ReadProtocol


class Wire:
    """A transport and a loop: what waits, and the timers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("pause_writing", "resume_writing"):
            monkeypatch.setattr(H11Protocol, name, lambda _self: None)
        self.waiting, self.aborted = 100_000, False
        self.timers: list[Callable[[], None]] = []
        self.protocol: Any = ReadProtocol.__new__(ReadProtocol)
        self.protocol.transport = SimpleNamespace(
            get_write_buffer_size=lambda: self.waiting, abort=lambda: setattr(self, "aborted", True)
        )
        self.protocol.loop = SimpleNamespace(call_later=self._later)

    def _later(self, _seconds: float, call: Callable[..., None], *values: Any) -> Any:
        timer = lambda: call(*values)  # noqa: E731
        self.timers.append(timer)
        return SimpleNamespace(cancel=lambda: self.timers.remove(timer) if timer in self.timers else None)

    def pass_time(self) -> None:
        self.timers.pop(0)()


def test_a_browser_that_does_not_read_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(monkeypatch)
    wire.protocol.pause_writing()
    wire.pass_time()
    assert wire.aborted


def test_a_browser_that_reads_slowly_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(monkeypatch)
    wire.protocol.pause_writing()
    for _ in range(3):
        wire.waiting -= 1_000
        wire.pass_time()
    assert not wire.aborted
    wire.protocol.resume_writing()
    assert not wire.timers
