"""Who gets the full screen, and what the others are told."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from client.screen import available
from client.screen.available import choose

CAPABLE = {"TERM": "xterm"}


def streams(*, tty: bool) -> SimpleNamespace:
    stream = SimpleNamespace(isatty=lambda: tty, fileno=lambda: 0)
    return SimpleNamespace(stdin=stream, stdout=stream, stderr=stream)


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(available, "sys", streams(tty=True))
    sized(monkeypatch, 80, 24)


def sized(monkeypatch: pytest.MonkeyPatch, columns: int, rows: int) -> None:
    size = os.terminal_size((columns, rows))
    monkeypatch.setattr(available, "os", SimpleNamespace(get_terminal_size=lambda fd: size))


def test_a_terminal_that_can_move_its_cursor_gets_it_unless_the_person_says_otherwise() -> None:
    assert choose(None, CAPABLE) == choose(True, CAPABLE) == (True, "")
    assert choose(False, CAPABLE) == (False, "")
    for environ in ({"TERM": "dumb"}, {"TERM": "unknown"}, {"TERM": ""}, {}):
        assert choose(None, environ) == (False, "")
        assert "needs a terminal" in choose(True, environ)[1]


def test_what_is_for_line_mode_does_not_get_it() -> None:
    assert choose(None, CAPABLE, plain=True) == (False, "")
    assert "--quiet" in choose(True, CAPABLE, plain=True)[1]


def test_nothing_is_told_in_pipes_and_scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    for found in (streams(tty=False), SimpleNamespace(stdin=None, stdout=None, stderr=None)):
        monkeypatch.setattr(available, "sys", found)
        assert choose(None, CAPABLE) == choose(True, CAPABLE) == (False, "")


def test_a_terminal_too_small_for_panes_has_line_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    sized(monkeypatch, 20, 8)
    assert choose(None, CAPABLE) == (True, "")
    for size in ((19, 8), (20, 7)):
        sized(monkeypatch, *size)
        assert choose(None, CAPABLE) == (False, "")
        assert "needs 20 columns and 8 rows" in choose(True, CAPABLE)[1]


def test_a_terminal_of_unknown_size_gets_it_only_if_that_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    sized(monkeypatch, 0, 0)
    assert choose(None, CAPABLE) == (False, "")
    assert choose(True, CAPABLE) == (True, "")


def test_without_textual_a_person_is_told_once_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(available, "find_spec", lambda _name: None)
    environ = CAPABLE | {"XDG_STATE_HOME": str(tmp_path / "state")}
    shown, told = choose(None, environ)
    assert not shown
    assert "pipx install 'chat-broker[tui]'" in told
    assert choose(None, environ) == (False, "")
    for _ in range(2):
        assert "pipx install 'chat-broker[tui]'" in choose(True, environ)[1]
    (tmp_path / "file").touch()
    assert choose(None, CAPABLE | {"XDG_STATE_HOME": str(tmp_path / "file")}) == (False, "")
