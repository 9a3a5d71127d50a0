"""Files that a person gets and sends: where they go, how far they are, and what is told at the end."""

from __future__ import annotations

from pathlib import Path

from client.core.events import ClientEvent
from client.core.files.download import Download
from client.core.files.ports import FileTrouble, Sink
from client.core.files.sizes import size_text
from client.core.files.transfer import TransferEnded, TransferMoved
from client.core.session import Session
from client.files.names import short_name
from client.files.sink import PartSink, into_directory
from client.files.source import FileSource
from client.text.render import Line
from client.views.output import Output
from messages.files import File
from messages.text import neutralise, reveal

_MOST_NAME = 20
_STOPPED = "stopped; the same command goes on from there"


class LineFiles:
    """The downloads that a person has asked for, into one directory, and the mark for the prompt."""

    def __init__(self, session: Session, screen: Output, directory: Path) -> None:
        self._session = session
        self._screen = screen
        self._directory = directory
        self._sinks: dict[Download, PartSink] = {}
        self._waits = ""
        self._all: set[Download] = set()
        """Those of which the other files of the message are wanted too."""

    def source(self, path: str) -> FileSource:
        """Return a file to upload; raise ValueError if it cannot be read."""
        try:
            return FileSource(path)
        except FileTrouble as trouble:
            raise ValueError(f"not uploaded: {trouble}") from None

    def get(self, conversation: str, seq: int, number: int | None) -> None:
        """Get one file of a message, or all of them."""
        download = self._get(conversation, seq, number or 1)
        if number is None:
            self._all.add(download)

    def _get(self, conversation: str, seq: int, number: int) -> Download:
        def opened(file: File) -> Sink:
            sink = self._sinks[download] = into_directory(self._directory)(file)
            return sink

        download = self._session.download(conversation, seq, number, opened)
        return download

    def stop(self) -> bool:
        """End all transfers; return whether there were any."""
        stopped = bool(self._session.transfers)
        self._session.stop_transfers(_STOPPED)
        return stopped

    @property
    def mark(self) -> str:
        """What moves now, for the prompt; empty if nothing does."""
        moving = next((one for one in self._session.transfers if one.name), None)
        return f" ({reveal(short_name(moving.name, _MOST_NAME))} {moving.percent}%)" if moving else ""

    def take(self, event: ClientEvent) -> bool:
        """Tell of what waits or has ended. Return whether the prompt's mark may have changed."""
        if isinstance(event, TransferMoved) and event.transfer.waits != self._waits:
            self._waits = event.transfer.waits
            if self._waits:
                name = reveal(short_name(event.transfer.name, _MOST_NAME))
                self._screen.notice(f"{name} waits: {neutralise(self._waits)}.")
        if isinstance(event, TransferEnded) and isinstance(event.transfer, Download):
            self._ended(event.transfer)
        return isinstance(event, TransferEnded | TransferMoved)

    def _ended(self, download: Download) -> None:
        sink = self._sinks.pop(download, None)
        others = download in self._all
        self._all.discard(download)
        if download.error is not None:
            self._screen.complain(f"Not got: {neutralise(download.error.text)}.")
            return
        if sink is not None:
            told = f"{reveal(str(sink.path))}: {size_text(download.size)} of message {download.seq}"
            if self._screen.as_json:
                self._screen.notice(told)
            else:
                self._screen.write([Line(told, data=True)], None)
        for number in range(2, download.count + 1 if others else 0):
            self._get(download.conversation, download.seq, number)
