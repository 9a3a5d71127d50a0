"""The methods of `Chat` and `AsyncChat` that move files, as steps."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from client.chat_steps import ChatSteps, Steps, Wait
from client.core.events import Sent
from client.core.files.ports import FileTrouble, Sink, Source
from client.core.files.transfer import Transfer
from client.core.files.upload import Upload
from client.files.sink import PartSink, StreamSink, into_directory, into_file
from client.files.source import FileSource, OpenSource
from messages.errors import ChatError, ErrorCode
from messages.files import File

FileToSend = Path | str | BinaryIO | Upload
"""A path, an open binary file, or what `upload` has returned."""


class FileError(ChatError):
    """A file cannot be read, written or sent; the text says why."""


def upload(steps: ChatSteps, file: FileToSend, timeout: float | None) -> Steps[Upload]:
    """Upload a file and wait until it is complete."""
    going = file if isinstance(file, Upload) else steps.session.upload(_source(file))
    yield from _complete(going, timeout)
    return going


def send(
    steps: ChatSteps,
    to: str,
    text: str,
    files: Iterable[FileToSend],
    reply_to: int | None,
    timeout: float | None,
) -> Steps[Sent]:
    """Send a text with files, and wait until it is accepted."""
    sources = [file if isinstance(file, Upload) else _source(file) for file in files]
    sent = steps.session.send(to, text, reply_to, sources)
    return (yield from steps.accepted(sent, timeout))


def download(
    steps: ChatSteps, place: tuple[str, int, int], to: Path | str | BinaryIO, timeout: float | None
) -> Steps[Path | None]:
    """Get a file into a directory, to a path that must not exist, or into an open binary file."""
    opened: list[Sink] = []

    def open_sink(file: File) -> Sink:
        if isinstance(to, Path | str):
            path = Path(to)
            opened.append((into_directory(path) if path.is_dir() else into_file(path))(file))
        else:
            opened.append(StreamSink(to.write))
        return opened[-1]

    going = steps.session.download(*place, open_sink)
    try:
        yield from _complete(going, timeout)
    except FileError:
        if opened and isinstance(opened[0], StreamSink) and opened[0].error:
            raise opened[0].error from None
        raise
    sink = opened[0]
    return sink.path if isinstance(sink, PartSink) else None


def _complete(going: Transfer, timeout: float | None) -> Steps[None]:
    """Wait for a transfer. If it is not waited for to its end, end it."""
    try:
        if not (yield Wait(lambda: going.ended, timeout)):
            raise TimeoutError(
                f"{going.name or 'the file'}: not complete within {timeout} s; {going.percent}%"
            )
    finally:
        going.fail("nobody waits for it")
    if going.error:
        kind = FileError if going.error.code is ErrorCode.INVALID else ChatError
        raise kind(going.error.code, going.error.text)


def _source(file: Path | str | BinaryIO) -> Source:
    try:
        return FileSource(file) if isinstance(file, Path | str) else OpenSource(file)
    except FileTrouble as trouble:
        raise FileError(ErrorCode.INVALID, str(trouble)) from None
