"""Runs the full screen: everything put together, for `chat-client`."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from client.commands.completion import complete, foresee
from client.core.person.notices import Level
from client.core.session import Session
from client.editor.history_file import HistoryFile
from client.exits import ClientExit
from client.line.highlight import Ringer
from client.line.shutdown import Timeouts, Unsent
from client.screen.app import ChatScreen
from client.screen.composer.field import Field
from client.screen.connecting import Connecting
from client.screen.host import ScreenHost
from client.screen.model.state import ScreenState
from client.screen.tty.fault import end_by_fault
from client.trust import Trust


def make_screen(
    session: Session,
    url: str,
    trust: Trust | None,
    *,
    timeouts: Timeouts,
    ringer: Ringer,
    bell: Level = Level.MENTION,
    kept: HistoryFile | None = None,
    downloads: Path = Path(),
    notices: Sequence[str] = (),
) -> ChatScreen:
    """Return the application of a session that is not connected yet. `notices` stand in its log."""
    state = ScreenState(session, bell)
    lines = kept.load() if kept else []

    def field(last_own: Callable[[], str]) -> Field:
        return Field(partial(complete, session), lines, partial(foresee, session), last_own)

    keep = kept.add if kept else lambda _line: None
    host = ScreenHost(session, state, field, timeouts, keep, downloads)
    for notice in [*notices, *([kept.trouble] if kept and kept.trouble else [])]:
        state.notice(notice)
    return ChatScreen(host, Connecting(session, url, trust, state.notice), ringer)


def run_screen(screen: ChatScreen) -> ClientExit:
    """Run the application until the person leaves, and return how the program ends."""
    try:
        end, fault = screen.run(mouse=False), screen.fault
    except Exception as error:  # no traceback reaches a person
        end, fault = None, screen.fault or error
        if screen.terminal:
            screen.terminal.close()
    if end is not None and fault is None:
        return end
    unsent = Unsent(screen.host.session, screen.host.composer)
    return end_by_fault(fault or RuntimeError("Textual has ended"), os.environ, str(unsent))
