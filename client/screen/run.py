"""Runs the full screen: everything put together, for `chat-client`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from client.commands.completion import complete, foresee
from client.commands.registry import ScreenCommand
from client.core.person.notices import Level
from client.core.session import Session
from client.editor.history_file import HistoryFile
from client.exits import ClientExit
from client.screen.app import ChatScreen
from client.screen.composer.field import Field, LastOwn
from client.screen.composer.guide import SessionGuide
from client.screen.connecting import Connecting
from client.screen.following import follow
from client.screen.host import ScreenHost
from client.screen.model.draft_file import DraftFile
from client.screen.model.draft_keeper import DraftKeeper
from client.screen.model.state import ScreenState
from client.screen.settings.current import settings_of
from client.screen.settings.depth import depth_of
from client.screen.tty.fault import end_by_fault
from client.trust import Trust
from client.views.highlight import Ringer
from client.views.shutdown import Timeouts, Unsent
from messages.options import NO_FILE, SettingsFile


def make_screen(
    session: Session,
    url: str,
    trust: Trust | None,
    refusal: ClientExit | None = None,
    *,
    timeouts: Timeouts,
    ringer: Ringer,
    bell: Level = Level.MENTION,
    kept: HistoryFile | None = None,
    drafts: DraftFile | None = None,
    downloads: Path = Path(),
    notices: Sequence[str] = (),
    config: SettingsFile = NO_FILE,
    mouse: bool = False,
) -> ChatScreen:
    """Return the application of a session that is not connected yet. `notices` stand in its log.

    If there is a `refusal`, it is shown, and nothing is connected.
    """
    options = {"bell": bell.value, "notices": ringer.means.value, "mouse": mouse}
    settings = settings_of(config, options)
    state = ScreenState(session, bell, settings)
    lines = kept.load() if kept else []

    def offered(text: str, cursor: int) -> list[str]:
        return complete(session, text, cursor, on_screen=on_screen)

    def field(last_own: LastOwn) -> Field:
        return Field(offered, lines, partial(foresee, session), last_own, SessionGuide(session, on_screen))

    keep = kept.add if kept else lambda _line: None
    keeper = DraftKeeper(drafts) if drafts else None
    on_screen: dict[str, ScreenCommand] = {}
    host = ScreenHost(session, state, field, timeouts, keep, downloads, keeper)
    host.on_screen = on_screen
    host.url, host.trust, host.refusal = url, trust, refusal
    news = trust.news if trust else ""  # a dialog says this
    told = [one for one in notices if one != news]
    for notice in [*told, *([kept.trouble] if kept and kept.trouble else [])]:
        state.notice(notice)
    screen = ChatScreen(host, Connecting(session, url, trust, state.notice), ringer)
    follow(screen, settings, depth_of(ringer.environ))
    return screen


def run_screen(screen: ChatScreen, *, mouse: bool) -> ClientExit:
    """Run the application until the person leaves, and return how the program ends."""
    try:
        end, fault = screen.run(mouse=mouse), screen.fault
    except Exception as error:  # no traceback reaches a person
        end, fault = None, screen.fault or error
        if screen.terminal:
            screen.terminal.close()
    if end is not None and fault is None:
        return end
    with suppress(Exception):  # the fault may be there
        screen.keep()
    unsent = Unsent(screen.host.session, screen.host.composer)
    return end_by_fault(fault or RuntimeError("Textual has ended"), os.environ, str(unsent))
