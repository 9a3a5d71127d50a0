"""The widget of the composer. Of a typed character it draws the cells that change, and nothing else."""

from __future__ import annotations

from rich.cells import cell_len
from textual.geometry import Offset, Region

from client.screen.composer.field import Field
from client.screen.composer.rows import rows_of, visible
from client.screen.painting.pane import Pane
from client.screen.tones import BOLD, CHOSEN, PLAIN, Row
from messages.rows import width

_SHARE = 3
"""The composer is at most so much of the screen's height: a third."""


class ComposerView(Pane):
    """Shows a field behind a prompt."""

    def __init__(self, field: Field, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._field = field
        self.prompt = ""
        self.is_question = False
        """Whether the prompt is shown whole, in rows of its own if it is long."""
        self._cursor = Offset(0, 0)
        self._first = 0
        """The first row that is shown of a text that is too high."""

    def changes(self) -> bool:
        """Note what has changed of the field; grow or shrink if it has more or fewer rows."""
        if not self.size:
            return False
        wanted = min(len(self._lines(self.size.width)), max(self.screen.size.height // _SHARE, 1))
        if wanted != self.size.height:
            self.styles.height = wanted
        changed = super().changes()
        self._tell_cursor()
        return changed

    def make_rows(self, columns: int, height: int) -> list[Row]:
        """Return the rows, those around the cursor if there are too many."""
        rows = self._lines(columns)
        first = min(self._first, max(len(rows) - height, 0))
        y = self._cursor.y
        self._first = first = min(max(first, y - height + 1), y) if len(rows) > height else 0
        return rows[first : first + height]

    def changed_part(self, y: int, old: Row, new: Row) -> Region:
        """Return the cells of a row that have changed, with the character before them."""
        before, after = _cells(old), _cells(new)
        longest = max(len(before), len(after))
        before += [(" ", PLAIN)] * (longest - len(before))
        after += [(" ", PLAIN)] * (longest - len(after))
        differing = [at for at in range(longest) if before[at] != after[at]]
        if not differing or not all(char.isascii() for char, _ in before + after):
            return super().changed_part(y, old, new)
        return Region(differing[0], y, differing[-1] - differing[0] + 1, 1)

    def index_at(self, x: int, y: int) -> int:
        """Return the index in the text that is shown nearest to a cell."""
        searched, text, _ = self._field.shown
        head, above = self._heads(
            searched or self.prompt, self.size.width, whole=self.is_question or bool(searched)
        )
        rows = rows_of(visible(text), self._field.columns)
        row = min(max(y + self._first - len(above), 0), len(rows.spans) - 1)
        return rows.index_at(row, max(x - width(head), 0))

    def _lines(self, columns: int) -> list[Row]:
        """Return all rows, and note where the cursor is."""
        searched, text, cursor = self._field.shown
        head, above = self._heads(searched or self.prompt, columns, whole=self.is_question or bool(searched))
        room = columns - width(head)
        self._field.columns = room
        rows = rows_of(visible(text), room)
        at_row, _ = rows.place(cursor)
        shown: list[Row] = [[(row, BOLD)] for row in above]
        for number, (start, end) in enumerate(rows.spans):
            lead = head if number == 0 else " " * width(head)
            row: Row = [(lead, BOLD)]
            row += (
                _with_cursor(rows.text, start, end, cursor)
                if number == at_row
                else [(rows.text[start:end], PLAIN)]
            )
            shown.append(row)
            if number == at_row:
                before = rows.text[start : min(cursor, end)]
                self._cursor = Offset(cell_len(lead) + cell_len(before), len(shown) - 1)
        return shown

    def _heads(self, prompt: str, columns: int, *, whole: bool) -> tuple[str, list[str]]:
        """Return what stands before the first row, and the rows above it."""
        prompt = visible(prompt).replace("\n", " ")
        if width(prompt) <= columns // 3 or (whole and width(prompt) <= columns // 2):
            return prompt, []
        if not whole:
            return "> ", []
        rows = rows_of(prompt, columns)
        return "> ", [prompt[start:end] for start, end in rows.spans]

    def _tell_cursor(self) -> None:
        """Tell the terminal where the cursor is, for input methods and braille displays."""
        place = self._cursor - Offset(0, self._first)
        self.app.cursor_position = self.region.offset + place


def _with_cursor(text: str, start: int, end: int, cursor: int) -> Row:
    at = min(cursor, end)
    under = text[at : at + 1] if at < end else " "
    return [(text[start:at], PLAIN), (under, CHOSEN), (text[at + 1 : end], PLAIN)]


def _cells(row: Row) -> list[tuple[str, object]]:
    """Return the characters of a row, each with its look."""
    return [(char, tone) for text, tone in row for char in text]
