"""The verbs `get`, and `send` with files."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

import click

from client.core.events import ClientEvent, SendAccepted, Sent
from client.core.files.download import Download, OpenSink
from client.core.files.ports import FileTrouble, Sink, Source
from client.core.files.transfer import Transfer
from client.core.files.upload import check_size
from client.exits import ClientExit
from client.files.sink import PartSink, StreamSink, into_directory, into_file, refuse_existing
from client.files.source import FileSource, OpenSource
from client.text.render import Line, accepted_text, state_text
from client.transferring.bar import Bars
from client.verb_session import NOWHERE, VerbSession
from messages.errors import ErrorCode
from messages.exits import Exit
from messages.fields import for_people
from messages.files import File
from messages.text import escape_json, reveal

STDIN = "-"
"""The path that means the standard input or output."""

_STDIN_NAME = "stdin"
_TURN_SECONDS = 1.0
_BLOCK = 65_536
_GOES_ON = "the same command goes on from there"


def open_sources(paths: Sequence[str], name: str) -> list[Source | None]:
    """Look at the files to send; None is the standard input. Raise ClientExit if one cannot be read."""
    try:
        return [None if path == STDIN else FileSource(path, name) for path in paths]
    except FileTrouble as trouble:
        raise ClientExit(Exit.FAILED, str(trouble)) from None


def check_output(output: str | None) -> None:
    """Raise ClientExit if nothing can be written there."""
    if output == STDIN and sys.stdout.isatty():
        raise ClientExit(Exit.USAGE, "the output is a terminal, which a file could control; use > or |")
    if output is not None and output != STDIN:
        try:
            refuse_existing(Path(output))
        except FileTrouble as trouble:
            raise ClientExit(Exit.USAGE, str(trouble)) from None


def send_files(
    verb: VerbSession,
    to: str,
    text: str,
    files: Sequence[Source | None],
    name: str,
    seconds: float,
    reply_to: int | None = None,
) -> Exit:
    """Upload files, and send a message that has them. None is the standard input.

    Raise ClientExit with NOT_CONFIRMED if it is refused, or if nothing moves for `seconds`.
    """
    verb.enter(to)
    with tempfile.TemporaryFile() as spool:
        try:
            sources = [one or _read_input(verb, spool, name or _STDIN_NAME) for one in files]
            sent = verb.session.send(to, text, reply_to, sources)
        except (FileTrouble, ValueError) as error:
            raise ClientExit(Exit.NOT_CONFIRMED, f"not sent: {_sentence(error)}") from None
        _follow(verb, lambda: sent.accepted or sent.error is not None, lambda: _moving(sent), seconds)
    if sent.error is not None:
        raise ClientExit(Exit.NOT_CONFIRMED, state_text(sent, NOWHERE)[1:-1])
    if sent.recipient_offline:
        verb.screen.notice(accepted_text(sent, NOWHERE))
    return Exit.DONE


def _read_input(verb: VerbSession, spool: BinaryIO, name: str) -> Source:
    """Read the standard input to its end, as the hash of a file is sent before its content."""
    most, size = verb.session.max_file, 0
    check_size(name, 0, most)
    while True:
        if 0 in verb.turn(_TURN_SECONDS, [0])[1]:
            data = os.read(0, _BLOCK)
            if not data:
                spool.seek(0)
                return OpenSource(spool, name)
            size += len(data)
            check_size(f"{name}, and perhaps more,", size, most)
            spool.write(data)


def get(
    verb: VerbSession, conversation: str, seq: int, number: int | None, output: str | None, seconds: float
) -> Exit:
    """Get file `number` of a message, or all of them, into the current directory or to `output`.

    Raise ClientExit with FAILED if that is not possible, or if nothing moves for `seconds`.
    """
    first = _Get(verb, conversation, seq, number, output)
    first.run(seconds)
    for other in range(2, first.download.count + 1 if number is None else 0):
        _Get(verb, conversation, seq, other, output).run(seconds)
    return Exit.DONE


class _Get:
    """One file: how it is fetched, and where it goes."""

    def __init__(
        self, verb: VerbSession, conversation: str, seq: int, number: int | None, output: str | None
    ) -> None:
        self._verb = verb
        self._conversation = conversation
        self._seq = seq
        self._number = number
        self._output = output
        self._sink: Sink | None = None
        self._file: File | None = None
        self.download = self._begin()

    def _begin(self) -> Download:
        try:
            return self._verb.session.download(self._conversation, self._seq, self._number or 1, self._open)
        except ValueError as error:
            raise ClientExit(Exit.USAGE, for_people(error)) from None

    def run(self, seconds: float) -> None:
        """Fetch it, and write where it is. Join the room if reading it requires membership."""
        self._wait(seconds)
        if self.download.error and self.download.error.code is ErrorCode.NOT_IN_ROOM:
            self._verb.enter(self._conversation)
            self.download = self._begin()
            self._wait(seconds)
        if isinstance(self._sink, StreamSink) and isinstance(self._sink.error, OSError):
            raise self._sink.error
        if self.download.error:
            raise ClientExit(Exit.FAILED, self.download.error.text)
        if isinstance(self._sink, PartSink) and self._file is not None:
            self._tell(str(self._sink.path), self._file)

    def _wait(self, seconds: float) -> None:
        _follow(self._verb, lambda: self.download.ended, lambda: self.download, seconds)

    def _open(self, file: File) -> Sink:
        if self._output is not None and self._number is None and self.download.count > 1:
            raise FileTrouble("this message has several files; choose one with --file K")
        self._file = file
        opens: OpenSink = into_directory(Path())
        if self._output == STDIN:
            opens = lambda _file: StreamSink(_write_out)  # noqa: E731
        elif self._output is not None:
            opens = into_file(Path(self._output))
        self._sink = opens(file)
        return self._sink

    def _tell(self, path: str, file: File) -> None:
        if self._verb.screen.as_json:
            known = {"path": path, "name": file.name, "size": file.size, "hash": file.hash}
            click.echo(escape_json(json.dumps(known, ensure_ascii=False)))
        else:
            self._verb.screen.write([Line(reveal(path), data=True)], None)


def _write_out(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _follow(
    verb: VerbSession, done: Callable[[], bool], moving: Callable[[], Transfer], seconds: float
) -> None:
    """Serve until something is done, with a bar. Raise ClientExit if nothing moves for `seconds`."""
    bars = Bars(sys.stderr, shown=verb.screen.is_told and sys.stderr.isatty())
    moved, moved_at = 0, time.monotonic()

    def taken(events: list[ClientEvent]) -> bool:
        bars.take(events)
        for event in events:
            if isinstance(event, SendAccepted) and verb.screen.as_json:
                verb.screen.write_json(event)
        return done()

    try:
        while not verb.serve(taken, _TURN_SECONDS):
            now = moving()
            if now.progress != moved:
                moved, moved_at = now.progress, time.monotonic()
            elif time.monotonic() - moved_at > seconds:
                code = Exit.FAILED if isinstance(now, Download) else Exit.NOT_CONFIRMED
                raise ClientExit(code, f"{now.waits or 'the broker does not answer'}; {_GOES_ON}")
    except KeyboardInterrupt:
        raise ClientExit(Exit.INTERRUPTED, f"stopped at {moving().percent}%; {_GOES_ON}") from None
    finally:
        bars.close()


def _moving(sent: Sent) -> Transfer:
    """Return the file of a message that is on its way now."""
    return next((file for file in sent.files if not file.complete), sent.files[-1])


def _sentence(error: Exception) -> str:
    return for_people(error) if isinstance(error, ValueError) else str(error)
