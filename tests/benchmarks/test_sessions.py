"""The benchmark of many sessions in one process, with a few of them."""

from __future__ import annotations

import sys

import pytest

from benchmarks import sessions


def test_a_few_sessions_all_log_in_and_get_every_message_with_two_descriptors_each() -> None:
    figures = sessions.run(members=30, messages=20, idle=0.0)
    assert figures.logged_in == 30
    assert figures.delivered == 30 * 20
    assert figures.descriptors_each == 2.0


def test_the_figures_are_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["sessions", "--sessions", "3", "--messages", "2", "--idle", "0"])
    sessions.main()
    written = capsys.readouterr().out
    assert written.startswith("3 sessions with CURVE logged in after ")
    assert "\n6 deliveries in " in written
