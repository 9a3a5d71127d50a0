"""The screen: it draws the board, takes keys, and asks before it acts."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from broker.top import acting
from broker.top.board import View, board, heights
from broker.top.files import Files
from broker.top.rows import Row, Style
from broker.top.screen.dialogs import Answers, Help, Question
from broker.top.screen.terminal import Terminal, end_without_terminal, is_gone
from broker.top.watching import Watcher
from messages.exits import Exit
from messages.observing import PeerEntry, PeerOrder
from messages.text import check_short_text

_STYLES = {
    Style.PLAIN: RichStyle(),
    Style.HEAD: RichStyle(bold=True),
    Style.DIM: RichStyle(dim=True),
    Style.WARN: RichStyle(color="yellow", bold=True),
    Style.BAD: RichStyle(color="red", bold=True),
    Style.BAR: RichStyle(color="cyan"),
    Style.CHOSEN: RichStyle(reverse=True),
}

_HINTS = {
    acting.REASON: "a reason, which others see; may be empty",
    acting.LENGTH: "how long, as 2h or 7d; empty: for ever",
}

KEYS = (
    ("q", "quit"),
    ("s, S", "sort by another column, or by the one before"),
    ("/", "find a name or an address; Esc shows all again"),
    ("k", "kick the chosen user"),
    ("b, B", "ban the chosen user, or the address"),
    ("Up, Down", "choose a connection"),
    ("PgUp, PgDn", "choose one a page further"),
    ("Home, End", "choose the first or the last"),
    ("any key", "leave this help"),
)
"""What the help shows."""

_ALIVE_SECONDS = 1.0  # to look whether the terminal is still there


class Board(Widget, can_focus=True):
    """Draws the rows of the board."""

    DEFAULT_CSS = "Board { width: 100%; height: 100%; background: ansi_default; color: ansi_default; }"

    def __init__(self, view: View) -> None:
        super().__init__()
        self._view = view
        self._rows: list[Row] = []
        self._drawn = Size(0, 0)

    def redraw(self) -> None:
        """Draw the rows that have changed."""
        before, drawn = self._rows, self._drawn
        self._make_rows()
        if self._drawn != drawn:
            self.refresh()
            return
        pairs = enumerate(zip(before, self._rows, strict=True))
        if changed := [Region(0, y, self._drawn.width, 1) for y, (old, new) in pairs if old != new]:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        """Return a row of the screen."""
        if self._drawn != self.size:
            self._make_rows()
        if y >= len(self._rows):
            return Strip.blank(self._drawn.width)
        pieces = [Segment(text, _STYLES[style]) for text, style in self._rows[y]]
        return Strip(pieces, self._drawn.width)

    def _make_rows(self) -> None:
        self._drawn = self.size
        self._rows = board(self._view, self._drawn.width, self._drawn.height) if self._drawn.height else []


class TopScreen(App[int]):
    """The operator's screen of a broker."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "Screen { background: ansi_default; color: ansi_default; }"
    BINDINGS = [  # noqa: RUF012 - Textual's way
        Binding("q", "leave(0)"),
        Binding("ctrl+c", f"leave({int(Exit.INTERRUPTED)})"),
        Binding("s", "sort(1)"),
        Binding("S", "sort(-1)"),
        Binding("slash", "find"),
        Binding("escape", "show_all"),
        Binding("k", "kick"),
        Binding("b", "ban"),
        Binding("B", "ban_address"),
        Binding("up", "choose(-1)"),
        Binding("down", "choose(1)"),
        Binding("pageup", "choose_page(-1)"),
        Binding("pagedown", "choose_page(1)"),
        Binding("home", "choose(-1000)"),
        Binding("end", "choose(1000)"),
        Binding("question_mark,f1", "help"),
    ]

    def __init__(self, directory: Path, interval: float, view: View, files: Files) -> None:
        """`view` has a first look already."""
        super().__init__(driver_class=Terminal, ansi_color=True)
        self._view = view
        self._files = files
        self._board = Board(view)
        self.watcher = Watcher(directory, interval, view, self.show)

    def compose(self) -> ComposeResult:
        """Yield the board."""
        yield self._board

    def on_mount(self) -> None:
        """Begin to watch, and heed signals."""
        self._files.start()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._end, number)
        if not self.is_headless:
            self.set_interval(_ALIVE_SECONDS, self._look_at_terminal)
        self.run_worker(self.watcher.run(), exit_on_error=True)

    def on_unmount(self) -> None:
        """Look at files no more."""
        self._files.end()

    def show(self) -> None:
        """Draw the view as it is now."""
        self._view.files = self._files.numbers
        self._board.redraw()

    def _end(self, number: int) -> None:
        self._look_at_terminal()
        self.exit(128 + number)

    def _look_at_terminal(self) -> None:
        if not self.is_headless and is_gone():
            end_without_terminal()

    def action_leave(self, code: int) -> None:
        """End with an exit code."""
        self.exit(code)

    def action_sort(self, by: int) -> None:
        """Have the broker list the connections in another order."""
        orders = list(PeerOrder)
        self._view.order = orders[(orders.index(self._view.order) + by) % len(orders)]
        self._view.choice.number = 0
        self._look_anew()

    def action_find(self) -> None:
        """Ask what to find."""

        def found(answers: Answers | None) -> None:
            if answers is not None:
                self._find(answers["find"])

        def check(answers: Answers) -> None:
            check_short_text(answers["find"])

        title, hint = "Show which names or addresses?", {"find": "a part of them; empty: all"}
        self.push_screen(Question(title, hint, check, {"find": self._view.find}), found)

    def action_show_all(self) -> None:
        """List all connections again."""
        self._find("")

    def _find(self, text: str) -> None:
        self._view.find = text.strip()
        self._look_anew()

    def _look_anew(self) -> None:
        self._view.said = ""
        self.watcher.look_now()
        self.show()

    def action_choose(self, by: int) -> None:
        """Choose another connection."""
        if look := self._view.history.last:
            self._view.choice.move(look.peers, by)
        self._view.said = ""
        self.show()

    def action_choose_page(self, by: int) -> None:
        """Choose a connection a page further on."""
        self.action_choose(by * heights(self._board.size.height).peers)

    def action_help(self) -> None:
        """Show what the keys do."""
        self.push_screen(Help(KEYS))

    def action_kick(self) -> None:
        """Ask whether to kick the chosen user."""
        self._ask(acting.kick)

    def action_ban(self) -> None:
        """Ask whether to ban the chosen user."""
        self._ask(acting.ban)

    def action_ban_address(self) -> None:
        """Ask whether to ban the address of the chosen connection."""
        self._ask(acting.ban_address)

    def _ask(self, make: Callable[[PeerEntry], acting.Action]) -> None:
        look = self._view.history.last
        peer = self._view.choice.chosen(look.peers) if look else None
        if peer is None:
            self._say("no connection is listed")
            return
        try:
            action = make(peer)
        except ValueError as error:
            self._say(str(error))
            return

        def answered(answers: Answers | None) -> None:
            if answers is not None:
                self.run_worker(self._act(action, answers))

        hints = {label: _HINTS[label] for label in action.asks}
        self.push_screen(Question(action.question, hints, action.fields), answered)

    async def _act(self, action: acting.Action, answers: Answers) -> None:
        problem = await self.watcher.act(action.kind, action.fields(answers))
        self._say(problem or action.done)

    def _say(self, sentence: str) -> None:
        self._view.said = sentence
        self.show()
