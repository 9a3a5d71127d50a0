"""Browsers that do not read, or do not go on with what they send."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import Any, ClassVar, cast

import pytest
from uvicorn.protocols.http.h11_impl import H11Protocol

from client.web.files.problems import LateError
from client.web.files.uploads import Spooled
from client.web.routes import moving
from client.web.wire.stalls import ReadProtocol


class Wire:
    """A transport and a loop: what waits, and the timers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("pause_writing", "resume_writing"):
            monkeypatch.setattr(H11Protocol, name, lambda _self: None)
        self.waiting, self.aborted = 100_000, False
        self.timers: list[Callable[[], None]] = []
        self.protocol = cast("Any", ReadProtocol.__new__(ReadProtocol))
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


def test_of_a_part_that_does_not_end_what_came_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow:
        headers: ClassVar = {"content-length": "4"}
        query_params: ClassVar = {"offset": "0"}

        async def stream(self) -> AsyncIterator[bytes]:
            yield b"12"
            await asyncio.Event().wait()

    monkeypatch.setattr(moving, "PART_SECONDS", 0.0)
    one = Spooled("a", 4, "", lambda: None)
    uploads: Any = SimpleNamespace(find=lambda _upload: one)
    with pytest.raises(LateError):
        asyncio.run(moving._take_part(Slow(), uploads, "id"))  # type: ignore[arg-type]
    assert one.read(0, 4) == b"12"
    one.drop()
