"""The application: it lays out the panes, takes keys, and draws once a frame what has changed."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from dataclasses import replace

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from client.screen.attracting import Attracting
from client.screen.bars import status_row, topic_row
from client.screen.composer.offering import offered_height, offered_rows
from client.screen.composer.widget import ComposerView
from client.screen.connecting import Connecting
from client.screen.drawing import DrawnApp
from client.screen.host import ScreenHost
from client.screen.keys import Pressed
from client.screen.log.gaps import Wish
from client.screen.log.view import LogView
from client.screen.painting.pane import Pane, paint
from client.screen.painting.panes import Folds, RowsPane
from client.screen.pointing import Pointing
from client.screen.pressing import Pressing
from client.screen.selecting.deeds import DEEDS
from client.screen.settings.themes import Looks
from client.screen.terminal import end_without_terminal, is_gone
from client.screen.tty.copying import Copying
from client.screen.tty.mouse import Pointed
from client.views.highlight import Means, Ringer

_TICK_SECONDS = 0.5
_EVENTS_SECONDS = 0.004
"""So long are events taken at once. A frame of the broker can have thousands."""


class ChatScreen(DrawnApp):
    """The full screen of one session. Its result is how the program ends."""

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    Screen { background: ansi_default; color: ansi_default; }
    #middle { width: 1fr; }
    #topic, #status { height: 1; } #log { height: 1fr; } #composer { height: 1; }
    #logs { height: 1fr; layers: below above; }
    #choices { height: 0; layer: above; dock: bottom; }
    #sheet { height: 0; }
    """

    def __init__(self, host: ScreenHost, connecting: Connecting, ringer: Ringer) -> None:
        super().__init__()
        self.host = host
        self.key_table = host.key_table
        self.folds = Folds()
        self._state = state = host.state
        self._connecting = connecting
        self._attracting = Attracting(state.attention, ringer, self._write)
        self._more_due = False
        session = host.session
        self.log_view = LogView(state.update, self._want, self._scrolled, id="log")
        self.composer_view = ComposerView(host.field, id="composer")
        self._panes: list[Pane] = [
            RowsPane(lambda columns, _: [topic_row(state, columns)], id="topic"),
            RowsPane(lambda columns, _: [status_row(state, session, columns)], id="status"),
            RowsPane(
                lambda *size: state.conversations.rows(session.conversations, state.here, *size), id="rooms"
            ),
            RowsPane(
                lambda columns, height: state.members.rows(state.here, columns, height, session.online),
                id="members",
            ),
            RowsPane(lambda *size: offered_rows(host.field, *size), id="choices"),
            RowsPane(host.sheets.rows, id="sheet"),
        ]
        rooms, sheet = self._panes[2], self._panes[5]
        self._pointing = Pointing(host, self.log_view, self.composer_view, rooms, sheet)
        self.pressing = Pressing(host, self.log_view, self.toggle, self.use_mouse)
        host.copy = Copying(os.environ, self._write, host.notice).copy

    def compose(self) -> ComposeResult:
        """Yield the panes."""
        topic, status, rooms, members, choices, sheet = self._panes
        with Horizontal():
            yield rooms
            with Vertical(id="middle"):
                yield topic
                with Vertical(id="logs"):
                    yield self.log_view
                    yield choices
                yield sheet
                yield self.composer_view
                yield status
            yield members

    def on_mount(self) -> None:
        """Heed signals; connect after the first paint."""
        self.watch_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self._signalled)
        self._state.on_change = self._change
        self.host.begin = lambda: self.call_after_refresh(self._begin)
        self.host.is_private = lambda: self._connecting.is_private
        self.host.suspend = self._suspend
        self.host.redraw = self.draw_anew
        self.host.sheets.changed = self._change
        self.app_resume_signal.subscribe(self, lambda _app: self.draw_anew())
        self.set_interval(_TICK_SECONDS, self._tick)
        self.fold()
        self._tell_composer()
        self.host.selection_keys = [(deed.key, deed.name) for deed in DEEDS]
        self._connecting.not_admitted = self.host.not_admitted
        early: list[Pressed] = []
        if self.terminal:
            early = self.terminal.listen(self.press_keys, self._point)
            self.call_after_refresh(_collect_garbage)
        self.enter(early)

    def enter(self, early: list[Pressed]) -> None:
        """Ask what is to be asked first. `early` are the keys that came while the program loaded.

        Without a name the curtain asks for it, so they are the name, and answer no other question.
        """
        has_name = bool(self.host.session.name)
        if early and has_name:
            self.press_keys(early)
        self.host.enter()
        if early and not has_name and self.host.must_answer:
            self.press_keys(early)

    def _begin(self) -> None:
        self.run_worker(self._connect(), exclusive=True)

    async def _connect(self) -> None:
        if not self._connecting.is_open and (end := await self._connecting.open(self._changed)):
            self.exit(end)

    async def on_unmount(self) -> None:
        """Close the connection, and give the title of the window back."""
        self.host.keep_drafts()
        self._attracting.restore()
        await self._connecting.close()

    def keep(self) -> None:
        """Keep for the next start what is not kept yet."""
        self.host.keep_drafts()

    # What happens

    def _changed(self) -> None:
        """Take what the connection has brought: in parts, so that keys are read in between."""
        if self.host.take_events(_EVENTS_SECONDS) and not self._more_due:
            self._more_due = True
            asyncio.get_running_loop().call_soon(self._take_more)
        self._settle()

    def _take_more(self) -> None:
        self._more_due = False
        self._changed()
        if not self._more_due:
            self._connecting.wake()  # to confirm what was taken

    def _settle(self) -> None:
        """Draw soon, and see whether the program ends now."""
        self._change()
        self._check_end()

    def _check_end(self) -> None:
        self.host.check_end()
        if self.host.end is not None:
            self.exit(self.host.end)

    def _tick(self) -> None:
        """Do what is due at a time."""
        self.host.keep_drafts()
        if not self.is_headless and is_gone():
            end_without_terminal()
        if (end := self._connecting.check()) is not None:
            self.host.refuse(end)
        for due in (self.host.typed.waiting.show, self._state.look, self._attracting.update):
            due()
        self._check_end()
        self._connecting.wake()

    def _signalled(self) -> None:
        self.host.keep_drafts()
        if not self.is_headless and is_gone():
            end_without_terminal()
        self.host.hurry()
        self._settle()
        self._connecting.wake()

    def on_resize(self, event: events.Resize) -> None:
        """Fold panes away where there is no room, and draw anew."""
        self.fold(event.size.width)

    def fold(self, width: int | None = None) -> None:
        """Show the panes beside the log, as far as a screen of this width has room for them."""
        for name in self.folds.widths:
            pane = self.query_one(f"#{name}")
            columns = self.folds.columns(name, width or self.size.width)
            if pane.display != (columns > 0):
                pane.display = columns > 0
            pane.styles.width = columns
        self._state.shows_members = bool(self.query_one("#members").display)
        self.call_after_refresh(self._draw)

    # Drawing

    def _draw(self, *, whole: bool = False) -> None:
        """Draw what has changed, or all."""
        offered = offered_height(self.host.field, self.log_view.size.height, self.size.height)
        self._heighten("choices", offered)
        self.log_view.covered = offered
        columns, rows = self.log_view.size.width or self.size.width, self.size.height
        others = 3 + max(self.composer_view.size.height, 1)  # topic, a row of the log, status
        self._heighten("sheet", self.host.sheets.height(columns, rows - others))
        self._tell_composer()
        paint(self, [*self._panes, self.log_view, self.composer_view], whole=whole)
        self._attracting.update()

    def _heighten(self, pane: str, rows: int) -> None:
        styles = self.query_one(f"#{pane}").styles
        if styles.height is None or styles.height.value != rows:
            styles.height = rows

    def use(self, looks: Looks) -> None:
        """Draw everything in a theme."""
        for one in [*self._panes, self.log_view, self.composer_view]:
            one.looks = looks
        if self.is_running:
            self.draw_anew()

    def ring_by(self, means: Means) -> None:
        """Ring in another way from now on."""
        self._attracting.ringer = replace(self._attracting.ringer, means=means)

    def draw_anew(self) -> None:
        """Draw everything, also what has not changed: something else may stand on the terminal now."""
        super().draw_anew()
        for one in [*self._panes, self.log_view, self.composer_view]:
            one.refresh()

    def _tell_composer(self) -> None:
        self.composer_view.prompt = self.host.prompt_text
        self.composer_view.is_question = self.host.asks

    def _want(self, wishes: set[Wish]) -> None:
        """Get the messages that the log could show soon."""
        for wish in wishes:
            self._state.fetch(wish.before, wish.after)
        if wishes:
            self._connecting.wake()

    def _scrolled(self) -> None:
        """Draw what is shown now, and go nowhere else."""
        self._state.jumps.stop()
        self._change()

    # Keys

    def _suspend(self) -> None:
        if self.terminal:
            self.terminal.stop_job()

    def _point(self, at: Pointed) -> None:
        self._pointing.take(at)
        self.press_keys([])

    def use_mouse(self, *, on: bool | None = None) -> None:
        """Turn the mouse on or off; without a choice, to what it is not."""
        if self.terminal:
            self._pointing.use(self.terminal, on=not self.terminal.has_mouse if on is None else on)

    def press_keys(self, presses: list[Pressed]) -> None:
        """Take keys. What the person types is drawn at once."""
        self.pressing.take(presses)
        self._tell_composer()
        self._draw_typed(self.composer_view)
        self._settle()
        self._connecting.wake()

    def toggle(self, pane: str) -> None:
        """Show or hide a pane."""
        self.folds.toggle(pane, self.size.width)
        self.fold()


def _collect_garbage() -> None:
    """Collect garbage from now on, but never what was there before the first paint, as that stays."""
    gc.freeze()
    gc.enable()
