"""What a tab asks: the tabs look only at what it may have changed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from client.web.following import ALL
from client.web.protocol import asks
from client.web.protocol.asks import AnyAsk
from client.web.protocol.tells import Refused
from client.web.tabs.asks import MOST_UNANSWERED, Asks


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


def test_nothing_more_is_asked_while_the_broker_has_too_much_to_answer() -> None:
    told: list[Any] = []
    person: Any = SimpleNamespace(session=SimpleNamespace(unanswered=MOST_UNANSWERED), flush=lambda *_: None)
    Asks(SimpleNamespace(person=person, put=told.append), None).take(asks.OwnSessions("1"))  # type: ignore[arg-type]
    assert [(type(one), one.ref) for one in told] == [(Refused, "1")]
    assert "too much waits" in told[0].text.lower()
