"""When there can be a full screen."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from client.screen import available


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = SimpleNamespace(isatty=lambda: True)
    streams = SimpleNamespace(stdin=stream, stdout=stream, stderr=stream)
    monkeypatch.setattr(available, "sys", streams)


def test_it_needs_a_terminal_that_can_move_its_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    assert available.why_not({"TERM": "xterm"}) == ""
    assert "needs a terminal" in available.why_not({"TERM": "dumb"})
    assert "needs a terminal" in available.why_not({})
    monkeypatch.setattr(available, "sys", SimpleNamespace(stdin=None, stdout=None, stderr=None))
    assert "needs a terminal" in available.why_not({"TERM": "xterm"})


def test_without_textual_one_sentence_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(available, "find_spec", lambda _name: None)
    assert "pipx install 'chat-broker[tui]'" in available.why_not({"TERM": "xterm"})
