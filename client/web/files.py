"""Uploads on their way through the gateway: bounded, in files without a name that vanish with the process."""

from __future__ import annotations

import os
import secrets
import tempfile
import time
from typing import IO

from client.core.events import ClientEvent, SendAccepted, SendFailed
from client.core.files.ports import FileTrouble
from client.core.files.upload import check_size
from client.web.entrance import NewUpload, Uploaded
from client.web.person import Person
from messages.files import check_file_name, check_media_type

PART_BYTES = 1 << 20
"""The most bytes of one part of an upload."""

MOST_UPLOADS = 20
"""Uploads of one person that are not sent."""

MOST_BYTES = 2 << 30
"""Bytes of all uploads and downloads together."""

UPLOAD_SECONDS = 1_800.0
"""An upload that nobody continues or sends is dropped after so long."""

FULL = "the gateway has no room for more files now; try again later"
"""Why a file is refused."""

_NO_UPLOAD = "this upload is not here any more; attach the file again"


class WrongPlaceError(ValueError):
    """These bytes are not the next ones of an upload."""


class Spool:
    """Counts the bytes of all files on their way, so that nobody can fill the disk."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = self._left = most

    @property
    def used(self) -> int:
        """Bytes that are here."""
        return self._most - self._left

    def take(self, size: int) -> None:
        """Reserve room; raise ValueError if there is none."""
        if size > self._left:
            raise ValueError(FULL)
        self._left -= size

    def give_back(self, size: int) -> None:
        """Free room."""
        self._left += size


class Spooled:
    """An upload of a page, in a file. It is a `Source` for the client's core when it is complete."""

    def __init__(self, name: str, size: int, media_type: str, spool: Spool) -> None:
        self.name, self.size, self.media_type = name, size, media_type
        self.offset = 0
        self.touched = time.monotonic()
        self.sent = ""
        """The message that it belongs to, if it is sent."""
        self._spool: Spool | None = spool
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="chat-web-")  # noqa: SIM115

    @property
    def complete(self) -> bool:
        """Whether all of it is here."""
        return self.offset == self.size

    def append(self, offset: int, data: bytes) -> None:
        """Take the next bytes; raise ValueError if they are not those."""
        self.touched = time.monotonic()
        if offset != self.offset or offset + len(data) > self.size:
            raise WrongPlaceError(f"the next part begins at byte {self.offset:,}")
        if self._spool is None:
            raise ValueError(_NO_UPLOAD)
        self._spool.take(len(data))
        try:
            os.pwrite(self._file.fileno(), data, offset)
        except OSError:
            self._spool.give_back(len(data))
            raise ValueError(FULL) from None
        self.offset += len(data)

    def read(self, offset: int, length: int) -> bytes:
        """Return exactly these bytes."""
        if self._spool is None:
            raise FileTrouble(_NO_UPLOAD)
        return os.pread(self._file.fileno(), length, offset)

    def close(self) -> None:
        """Do nothing: the core closes a file when it is uploaded, and may need it again."""

    def drop(self) -> None:
        """Remove it."""
        if self._spool is not None:
            self._spool.give_back(self.offset)
            self._spool = None
            self._file.close()


class Uploads:
    """The uploads of one person."""

    def __init__(self, person: Person, spool: Spool) -> None:
        self._person, self._spool = person, spool
        self._by_id: dict[str, Spooled] = {}
        person.listeners.append(self._take)
        person.leaving.append(self.drop_all)
        person.ticking.append(self._drop_old)

    def begin(self, form: NewUpload) -> Uploaded:
        """Begin an upload; raise ValueError with a sentence if it cannot be."""
        self._drop_old()
        check_file_name(form.name)
        check_size(form.name, form.size, self._person.session.max_file)
        if sum(not one.sent for one in self._by_id.values()) >= MOST_UPLOADS:
            raise ValueError(f"{MOST_UPLOADS} files are waiting already; send or remove some")
        try:
            media_type = check_media_type(form.media_type.partition(";")[0].strip().lower())
        except ValueError:
            media_type = ""
        upload_id = secrets.token_urlsafe(12)
        self._by_id[upload_id] = Spooled(form.name, form.size, media_type, self._spool)
        return self.state(upload_id)

    def find(self, upload_id: str) -> Spooled:
        """Return an upload; raise ValueError if there is none."""
        try:
            return self._by_id[upload_id]
        except KeyError:
            raise ValueError(_NO_UPLOAD) from None

    def state(self, upload_id: str) -> Uploaded:
        """Return how far an upload is."""
        one = self.find(upload_id)
        return Uploaded(upload_id, one.offset, one.complete)

    def to_send(self, ids: tuple[str, ...]) -> list[object]:
        """Return the files of a message; raise ValueError if one is not complete."""
        found = [self.find(one) for one in ids]
        if not all(one.complete for one in found):
            raise ValueError("a file is not uploaded yet; wait for it")
        return [*found]

    def belong(self, ids: tuple[str, ...], ref: str) -> None:
        """Keep these until a message is accepted or refused."""
        for one in ids:
            self.find(one).sent = ref

    def drop(self, upload_id: str) -> None:
        """Remove an upload that is not sent."""
        if not self.find(upload_id).sent:
            self._by_id.pop(upload_id).drop()

    def drop_all(self) -> None:
        """Remove all of them."""
        for one in self._by_id.values():
            one.drop()
        self._by_id.clear()

    def _take(self, event: ClientEvent) -> None:
        if isinstance(event, SendAccepted | SendFailed):
            ref = event.sent.request.id
            for upload_id in [key for key, one in self._by_id.items() if one.sent == ref]:
                self._by_id.pop(upload_id).drop()

    def _drop_old(self) -> None:
        late = time.monotonic() - UPLOAD_SECONDS
        for upload_id in [key for key, one in self._by_id.items() if one.touched < late and not one.sent]:
            self._by_id.pop(upload_id).drop()
