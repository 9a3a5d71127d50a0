"""Selecting messages in the log by keys."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from client.editor.keyboard import Action
from client.screen.host import ScreenHost
from client.screen.keys import Pressed, ScreenKey
from client.screen.log.transcript import Key
from client.screen.selecting.deeds import DEEDS, Deed, Deeds
from client.screen.sheets.chooser import Choice
from client.screen.sheets.sheet import letters
from client.screen.tones import BOLD, DIM, Row
from client.views.complaints import sentence
from messages.rows import width

_FAR = 1_000_000
_MOVES: dict[Pressed, int] = {
    ScreenKey.UP: -1,
    ScreenKey.SELECT: -1,
    Action.OLDER: -1,
    ScreenKey.DOWN: 1,
    Action.NEWER: 1,
    ScreenKey.FIRST: -_FAR,
    Action.HOME: -_FAR,
    ScreenKey.LAST: _FAR,
    Action.END: _FAR,
}
_HITS = {"n": 1, "N": -1}
_LEAVING = (Action.INTERRUPT, Action.CANCEL, Action.DELETE_OR_END)
_OWN = {*_MOVES, ScreenKey.PAGE_UP, ScreenKey.PAGE_DOWN}
"""The keys that mean something else outside of a selection."""


class Selection(Deeds):
    """The messages that the person has selected in the log: the chosen one, or those that are marked."""

    hint = "Esc: leave"

    def __init__(self, host: ScreenHost) -> None:
        super().__init__(host)
        self.title = "Messages"
        self._layout.hold()
        keys = self._keys
        last = bisect_right(keys, (self._layout.last_shown, 0))
        self._choose(self._layout.chosen or (keys[max(last - 1, 0)] if keys else None))

    @property
    def _keys(self) -> list[Key]:
        """The messages that can be selected."""
        return [(seq, 0) for seq in self._layout.transcript.timeline.seqs]

    # What is shown

    def height(self, columns: int, most: int) -> int:
        """Return the rows of the keys."""
        return min(len(self._hints(columns)), max(most // 3, 1))

    def body(self, columns: int, height: int) -> list[Row]:
        """Return the keys, with what they do."""
        if self.is_lost:
            self.close()
        return self._hints(columns)

    def _hints(self, columns: int) -> list[Row]:
        marked = len(self._layout.marked)
        words = [("Space", f"mark ({marked} marked)" if marked else "mark")]
        words += [(deed.key, deed.name) for deed in DEEDS] + [("/", "search")]
        rows: list[Row] = [[]]
        used = 0
        for key, name in words:
            cells = width(key) + width(name) + 3
            if used and used + cells > columns:
                rows.append([])
                used = 0
            rows[-1] += [(key, BOLD), (f" {name}  ", DIM)]
            used += cells
        return rows

    # Keys

    def take(self, press: Pressed) -> bool:
        """Move, mark, or do something with the messages, as they are now."""
        if self.is_lost:  # a key came before that was drawn
            self.close()
            return False
        self._host.state.update()  # entries may have gone since the last frame
        page = max(self._layout.height - 1, 1)
        if press in _MOVES:
            self._move(_MOVES[press])
        elif press in (ScreenKey.PAGE_UP, ScreenKey.PAGE_DOWN):
            self._scroll(page if press is ScreenKey.PAGE_DOWN else -page)
        elif press is Action.ENTER:
            self._ask_deed()
        elif press in _LEAVING:
            self.close()
        for letter in letters(press):
            self._letter(letter)
        return not isinstance(press, ScreenKey | int) or press in _OWN

    def _letter(self, letter: str) -> None:
        moves = {"k": -1, "j": 1}
        if not self.is_open:
            return
        if letter in moves:
            self._move(moves[letter])
        elif letter in _HITS:
            self._host.next_hit(_HITS[letter])
        elif letter == "/":
            self._host.search()
        elif letter == " ":
            self._mark()
        elif letter == "q":
            self.close()
        elif deed := next((deed for deed in DEEDS if deed.key == letter), None):
            self._do(deed)

    def _do(self, deed: Deed) -> None:
        if self.is_lost:
            self.close()
            self._host.notice(f"Not done: you have left {self._place}.")
        elif not self.messages:
            self._host.notice("There is no message to act on.")
        else:
            try:
                deed.run(self)
            except ValueError as error:  # the person was removed from here
                self._host.notice(sentence(error))

    def _ask_deed(self) -> None:
        by_name = {deed.name: deed for deed in DEEDS}

        def do(choice: Choice) -> None:
            self._do(by_name[choice.name])

        self._host.choose("Do: ", "With this message", [Choice(deed.name, deed.key) for deed in DEEDS], do)

    def _move(self, by: int) -> None:
        keys, chosen = self._keys, self._layout.chosen
        self._host.state.jumps.stop()
        if keys:
            at = bisect_left(keys, chosen) if chosen else len(keys)
            self._choose(keys[min(max(at + by, 0), len(keys) - 1)])

    def _scroll(self, rows: int) -> None:
        self._host.state.jumps.stop()
        self._layout.scroll(rows)
        self._layout.hold()
        keys, top = self._keys, self._layout.top
        if not keys or top is None:
            self._choose(next(reversed(keys), None))
            return
        at = bisect_left(keys, top.key) if rows < 0 else bisect_right(keys, (self._layout.bottom, 0)) - 1
        self._choose(keys[min(max(at, 0), len(keys) - 1)])

    def _choose(self, key: Key | None) -> None:
        self._layout.chosen = key
        if key is not None:
            self._layout.reveal(key)
            self._host.session.look_at(self._place, key[0])

    def _mark(self) -> None:
        if key := self._layout.chosen:
            self._layout.marked ^= {key}
