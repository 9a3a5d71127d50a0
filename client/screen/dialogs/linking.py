"""The code with which another device logs in as this user: as text, and as a picture for its camera."""

from __future__ import annotations

from datetime import timedelta
from shlex import quote
from typing import TYPE_CHECKING

from client.screen.dialogs.entering import EnteringHost
from client.screen.log.wrap import wrapped
from client.screen.sheets.scanning import Picture, qr_picture
from client.screen.sheets.sheet import letters
from client.screen.sheets.texts import Text
from client.screen.tones import BOLD, DIM, PLAIN, Row
from client.text.times import local_now
from messages.endpoints import chat_address
from messages.identity import LinkCode, check_token
from messages.text import neutralise

if TYPE_CHECKING:
    from collections.abc import Callable

    from client.screen.keys import Pressed

_MOST_SECONDS = 86_400
_KEEP = "Show it to nobody: whoever has it logs in as you."


def show_link(host: EnteringHost, code: LinkCode, *, alone: bool) -> None:
    """Show a code. If the picture is to be shown `alone`, leave out the text where both have no room."""
    try:
        check_token(code.code)  # it is copied, too
    except ValueError as error:
        host.notice(f"The broker has sent a code that is none: {error}.")
        return
    address = host.url
    if host.trust is not None:
        address = chat_address(host.trust.url, host.trust.broker_key, link=code.code)
    if code.browser:
        _show_for_browser(host, code)
        return
    command = f"chat-client --connect {quote(address)}"
    if host.trust is None:
        command += f" --link {quote(code.code)}"
    rows: list[Row] = [
        _code_row(code),
        [("On the other device: ", PLAIN), (neutralise(command), BOLD)],
        [(_KEEP, PLAIN)],
    ]
    host.sheets.open(
        Linking(rows, qr_picture(address), alone=alone, copy=lambda: host.notice(host.copy(command)))
    )


def _show_for_browser(host: EnteringHost, code: LinkCode) -> None:
    """Show a code that is typed into the page of the chat, where it needs no address."""
    rows: list[Row] = [
        _code_row(code),
        [("On the page of the chat: ", PLAIN), ("Use a code from another device", BOLD)],
        [(_KEEP, PLAIN)],
    ]
    host.sheets.open(
        Linking(rows, None, alone=False, copy=lambda: host.notice(host.copy(code.code)), copied="code")
    )


def _code_row(code: LinkCode) -> Row:
    until = local_now() + timedelta(seconds=min(code.seconds, _MOST_SECONDS))
    good = f". It is good once, until {until:%H:%M}"
    return [("The code is ", PLAIN), (neutralise(code.code), BOLD), (good, PLAIN)]


class Linking(Text):
    """Shows the code, and the picture if there is room for it. The key c copies the command, or the code."""

    def __init__(
        self,
        rows: list[Row],
        picture: Picture | None,
        *,
        alone: bool,
        copy: Callable[[], None],
        copied: str = "command",
    ) -> None:
        super().__init__("Link a device", list)
        self._copied = copied
        self._texts = rows
        self._picture = picture
        self._alone = alone
        self._copy = copy
        self._room = 0

    @property
    def hint(self) -> str:  # type: ignore[override]
        """The keys."""
        return f"c: copy the {self._copied}, Esc: close"

    def height(self, columns: int, most: int) -> int:
        """Return the rows of the text, and of the picture if there is room for it."""
        self._room = most
        return super().height(columns, most)

    def take(self, press: Pressed) -> bool:
        """Copy, scroll or close."""
        if letters(press).lower() == "c":
            self._copy()
            return True
        return super().take(press)

    def _rows(self, columns: int) -> list[Row]:
        rows = [row for text in self._texts for row in wrapped(text, columns)]
        picture = self._picture
        if picture is not None:
            fits = picture.columns <= columns and len(picture.rows) <= self._room
            if fits and (self._alone or len(rows) + len(picture.rows) <= self._room):
                rows = [*picture.rows, *(rows if len(rows) + len(picture.rows) <= self._room else [])]
            else:
                rows += wrapped([(self._advice(picture, columns), DIM)], columns)
        self._count = len(rows)
        return rows

    def _advice(self, picture: Picture, columns: int) -> str:
        if picture.columns > columns or len(picture.rows) > self._room:
            lacks = (
                (picture.columns - columns, "column", "wider"),
                (len(picture.rows) - self._room, "row", "higher"),
            )
            more = [f"{count} {what}{'s' * (count > 1)} {how}" for count, what, how in lacks if count > 0]
            return f"There is a QR code too, if the window is {' and '.join(more)}."
        return "/link qr shows a QR code in the place of this text."
