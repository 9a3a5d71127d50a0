"""Files of this machine to upload, and texts that become files."""

from __future__ import annotations

import mimetypes
import os
import stat
from pathlib import Path
from typing import BinaryIO

from client.core.files.ports import FileTrouble
from client.files.names import name_to_show
from client.files.trouble import told, trouble
from messages.files import check_media_type

CHANGED = "this file was changed while it was read; send it again"
_DIRECTORY = "this is a directory; name a file"
_NO_FILE = "this is no file with an end; read it into a file first"


class FileSource:
    """A file on the disk. If it changes after it was opened, `read` raises FileTrouble.

    Between two reads the file is closed, so thousands can wait without a descriptor each.
    """

    def __init__(self, path: Path | str, name: str = "") -> None:
        """Look at a file; raise FileTrouble if it cannot be read. Others see it as `name`."""
        self._path = Path(path)
        self._file: BinaryIO | None = None
        self._shown = str(path)
        with self._open() as file:
            self._was = os.fstat(file.fileno())
        self._file = None
        self.name = name_to_show(name or self._path.name)
        self.size = self._was.st_size
        self.media_type = media_type(self.name)

    def read(self, offset: int, length: int) -> bytes:
        """Return exactly these bytes."""
        file = self._file or self._open()
        with told(self._shown):
            now = os.fstat(file.fileno())
            data = os.pread(file.fileno(), length, offset)
        if len(data) < length or _identity(now) != _identity(self._was):
            raise trouble(self._shown, CHANGED)
        return data

    def close(self) -> None:
        """Close the file; a further read opens it again."""
        if self._file:
            self._file.close()
            self._file = None

    def _open(self) -> BinaryIO:
        """Open the file, without waiting for the other end of a pipe."""
        with told(self._shown):
            descriptor = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            file = self._file = open(descriptor, "rb", buffering=0)  # noqa: SIM115, PTH123
            mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            self.close()
            raise trouble(self._shown, _DIRECTORY if stat.S_ISDIR(mode) else _NO_FILE)
        return file


class OpenSource:
    """An open binary file that can seek, from where it stands. It is not closed."""

    def __init__(self, file: BinaryIO, name: str = "") -> None:
        try:
            self._start = file.tell()
            self.size = file.seek(0, os.SEEK_END) - self._start
        except (OSError, ValueError, AttributeError):
            raise FileTrouble("this file cannot seek; give its path, or read it into an io.BytesIO") from None
        own = getattr(file, "name", "")
        self.name = name_to_show(name or (os.path.basename(own) if isinstance(own, str) else ""))  # noqa: PTH119
        self.media_type = media_type(self.name)
        self._file = file

    def read(self, offset: int, length: int) -> bytes:
        """Return exactly these bytes."""
        data = b""
        try:
            with told(self.name):
                self._file.seek(self._start + offset)
                while len(data) < length and (more := self._file.read(length - len(data))):
                    data += more
        except ValueError:
            raise trouble(self.name, "this file was closed before it was sent") from None
        if len(data) < length:
            raise trouble(self.name, CHANGED)
        return data

    def close(self) -> None:
        """Do nothing: the file belongs to the program."""


class TextSource:
    """A text to upload as a file."""

    def __init__(self, text: str, name: str) -> None:
        self._data = text.encode(errors="replace")
        self.name = name_to_show(name)
        self.size = len(self._data)
        self.media_type = media_type(self.name) or "text/plain"

    def read(self, offset: int, length: int) -> bytes:
        """Return exactly these bytes."""
        return self._data[offset : offset + length]

    def close(self) -> None:
        """Do nothing: the text stays, as a broker may want it again."""


def media_type(name: str) -> str:
    """Return the media type by a name's ending; empty if it is not known."""
    kind, encoding = mimetypes.guess_type(name)
    try:
        return check_media_type(kind or "") if encoding is None else ""
    except ValueError:
        return ""


def _identity(is_: os.stat_result) -> tuple[int, ...]:
    return is_.st_dev, is_.st_ino, is_.st_size, is_.st_mtime_ns
