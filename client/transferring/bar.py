"""The progress bar on stderr while a verb moves files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TextIO

import click

from client.core.events import ClientEvent
from client.core.files.transfer import Transfer, TransferEnded, TransferMoved
from client.files.names import short_name
from messages.text import reveal

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

_MOST_NAME = 30


class Bars:
    """One bar after the other, for the file that moves now. Off a terminal there is none."""

    def __init__(self, stream: TextIO, *, shown: bool) -> None:
        self._stream = stream
        self._shown = shown
        self._transfer: Transfer | None = None
        self._bar: ProgressBar[Any] | None = None

    def take(self, events: Iterable[ClientEvent]) -> None:
        """Draw what has moved."""
        for event in events:
            if self._shown and isinstance(event, TransferMoved | TransferEnded) and event.transfer.size:
                self._draw(event.transfer)

    def close(self) -> None:
        """End the bar's row."""
        if self._bar is not None:
            self._bar.render_finish()
        self._transfer = self._bar = None

    def _draw(self, transfer: Transfer) -> None:
        if self._bar is None or transfer is not self._transfer:
            if transfer.ended:
                return  # it was over before anything could be seen
            self.close()
            label = reveal(short_name(transfer.name, _MOST_NAME))
            self._bar = click.progressbar(length=transfer.size, label=label, file=self._stream)
            self._bar.render_progress()
        self._transfer = transfer
        self._bar.update(transfer.done - self._bar.pos)
        if transfer.ended:
            self.close()
