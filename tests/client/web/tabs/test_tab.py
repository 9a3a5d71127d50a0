"""Tabs of one person: what they keep is bounded in all."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from client.core.person.attention import Attention
from client.web.following import MOST_SPARE
from client.web.protocol.tells import AnyTell, Beat, Log
from client.web.tabs.tab import SILENT_SECONDS, Tab


def test_all_tabs_of_a_person_keep_few_logs_beside_those_that_they_look_at(monkeypatch: Any) -> None:
    for name in ("TabHost", "Own", "Listing", "Following"):
        monkeypatch.setattr(f"client.web.tabs.tab.{name}", lambda *_: None)
    person: Any = SimpleNamespace(
        tabs=set(), name="ann", attention=Attention, session=SimpleNamespace(shown=None), sign_out=None
    )
    told: list[tuple[int, AnyTell]] = []
    tabs = []
    for number in range(3):

        def put(document: AnyTell, number: int = number) -> None:
            told.append((number, document))

        tabs.append(Tab(person, put, lambda: None, ""))
        person.tabs.add(tabs[-1])
    for place in [f"#room{number}" for number in range(12)]:
        for tab in tabs:
            tab.here = place
            tab.open_log(place)
    assert sum(len(tab.logs) for tab in tabs) == MOST_SPARE + len(tabs)
    assert all("#room11" in tab.logs for tab in tabs)
    gone = [(number, one.conversation) for number, one in told if isinstance(one, Log)]
    assert len(gone) == 3 * 12 - MOST_SPARE - len(tabs)
    assert gone[:3] == [(0, "#room0"), (1, "#room0"), (2, "#room0")]


def test_a_tab_that_says_nothing_is_closed_and_others_see_that_the_gateway_is_there(monkeypatch: Any) -> None:
    for name in ("TabHost", "Own", "Listing", "Following"):
        monkeypatch.setattr(f"client.web.tabs.tab.{name}", lambda *_: None)
    told: list[object] = []
    tab = Tab(SimpleNamespace(sign_out=None), told.append, lambda: told.append("closed"), "")  # type: ignore[arg-type]
    tab.beat(tab.heard_at + SILENT_SECONDS)
    tab.beat(tab.heard_at + SILENT_SECONDS + 1)
    assert told == [Beat(), "closed"]
