"""What a tab asks: the tabs look only at what it may have changed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from client.web.following import ALL
from client.web.protocol import asks
from client.web.protocol.asks import AnyAsk
from client.web.tabs.asks import Asks


@pytest.mark.parametrize(
    ("asked", "looked_at"),
    [
        (asks.TypingText("1", "#a"), []),
        (asks.Present("1"), []),
        (asks.ReadUpto("1", "#a", 3), ["#a"]),
        (asks.SearchWords("1", ""), [""]),
        (asks.Command("1", "#a", "/read"), [ALL]),
    ],
)
def test_what_is_asked_makes_the_tabs_look_only_at_what_it_may_change(
    asked: AnyAsk, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[str] = []

    def flush(doubtful: str = "") -> None:
        flushed.append(doubtful)

    monkeypatch.setattr(Asks, "_carry_out", lambda *_: None)
    person: Any = SimpleNamespace(session=SimpleNamespace(unanswered=0), flush=flush)
    Asks(SimpleNamespace(person=person), None).take(asked)  # type: ignore[arg-type]
    assert flushed == looked_at
