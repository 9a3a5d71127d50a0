"""Uploads of a person: each comes in parts, is resumed where it stopped, and waits until it is sent."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from client.core.events import ClientEvent, SendAccepted, SendFailed
from client.core.files.ports import FileTrouble
from client.core.files.upload import check_size
from client.files.names import free_names, name_to_show
from client.web.entrance import NewUpload, Uploaded
from client.web.files.problems import (
    FileProblemError,
    LaterError,
    NoRoomError,
    NoUploadError,
    TooLongError,
    WrongPlaceError,
)
from client.web.files.spool import Spool, SpoolFile
from client.web.person import Person
from messages.files import check_media_type

PART_BYTES = 1 << 20
"""The most bytes of one part of an upload."""

MOST_UPLOADS = 20
"""Uploads of one person that are not sent."""

SENT_SECONDS = 1_800.0
"""An upload that is complete is dropped if nobody sends it for so long."""

STALLED_SECONDS = 600.0
"""An upload that is not complete is dropped if nothing comes for so long."""

_GUESTS = "guests send no files; sign up first, or send a text"


class Spooled:
    """An upload of a page. It is a `Source` for the client's core when it is complete."""

    def __init__(self, name: str, size: int, media_type: str, let_go: Callable[[], None]) -> None:
        self.name, self.size, self.media_type = name, size, media_type
        self.offset = 0
        self.touched = time.monotonic()
        self.sent = ""
        """The message that it belongs to, if it is sent."""
        self.gone = False
        self._let_go = let_go
        self._part: object = None
        self._file = SpoolFile()

    @property
    def complete(self) -> bool:
        """Whether all of it is here."""
        return self.offset == self.size

    def begin_part(self, offset: int, length: int) -> object:
        """Begin to take a part, and return what stands for it; raise FileProblemError if it does not fit.

        A part that has not ended takes nothing more then: its connection may be dead.
        """
        if offset != self.offset:
            raise WrongPlaceError(f"the next part begins at byte {self.offset:,}")
        most = min(PART_BYTES, self.size - offset)
        if length > most:
            raise TooLongError(f"this part has {most:,} bytes at most")
        self._part = object()
        return self._part

    def append(self, part: object, data: bytes) -> None:
        """Take the next bytes of a part; raise FileProblemError if that is not possible."""
        if self.gone:
            raise NoUploadError
        if part is not self._part or len(data) > self.size - self.offset:
            raise WrongPlaceError(f"the next part begins at byte {self.offset:,}")
        try:
            self._file.write(data, self.offset)
        except NoRoomError:
            self.drop()
            raise
        self.offset += len(data)
        self.touched = time.monotonic()

    def read(self, offset: int, length: int) -> bytes:
        """Return exactly these bytes."""
        if self.gone:
            raise FileTrouble(str(NoUploadError()))
        return self._file.read(offset, length)

    def close(self) -> None:
        """Do nothing: the core closes a file when it is uploaded, and may need it again."""

    def drop(self) -> None:
        """Remove it. A second call does nothing."""
        if not self.gone:
            self.gone = True
            self._let_go()
            self._file.close()

    def is_old(self, now: float) -> bool:
        """Whether nobody waits for it any more."""
        kept = SENT_SECONDS if self.complete else STALLED_SECONDS
        return self.gone or (not self.sent and now - self.touched > kept)


class Uploads:
    """The uploads of one person."""

    def __init__(self, person: Person, spool: Spool) -> None:
        self._person, self._spool = person, spool
        self._by_id: dict[str, Spooled] = {}
        person.listeners.append(self._take)
        person.leaving.append(self.drop_all)
        person.ticking.append(self.drop_old)

    def begin(self, form: NewUpload) -> Uploaded:
        """Begin an upload; raise ValueError with a sentence if it cannot be."""
        if self._person.closed:  # they have gone while the request came
            raise LaterError
        self.drop_old()
        session = self._person.session
        if self._person.guest:
            raise FileProblemError(_GUESTS)
        name = name_to_show(form.name)
        check_size(name, form.size, session.max_file)
        if sum(not one.sent for one in self._by_id.values()) >= MOST_UPLOADS:
            raise FileProblemError(f"{MOST_UPLOADS} files are waiting already; send or remove some")
        try:
            media_type = check_media_type(form.media_type.partition(";")[0].strip().lower())
        except ValueError:
            media_type = ""
        who = str(session.welcome.user_id) if session.welcome else self._person.name
        self._spool.take(who, form.size, session.max_file)
        upload_id = secrets.token_urlsafe(12)
        self._by_id[upload_id] = Spooled(
            *(name, form.size, media_type), lambda: self._spool.give_back(who, form.size)
        )
        return self.state(upload_id)

    def find(self, upload_id: str) -> Spooled:
        """Return an upload; raise NoUploadError if there is none."""
        one = self._by_id.get(upload_id)
        if one is None or one.gone:
            raise NoUploadError
        return one

    def state(self, upload_id: str) -> Uploaded:
        """Return how far an upload is."""
        one = self.find(upload_id)
        one.touched = time.monotonic()
        return Uploaded(upload_id, one.offset, one.complete)

    def to_send(self, ids: tuple[str, ...]) -> list[object]:
        """Return the files of a message, each with a name of its own; raise ValueError if one is missing."""
        found = [self.find(one) for one in ids]
        if not all(one.complete for one in found):
            raise FileProblemError("a file is not uploaded yet; wait for it")
        if len({*ids}) < len(ids) or any(one.sent for one in found):
            raise FileProblemError("this file is sent already; attach it again")
        names: set[str] = set()
        for one in found:
            one.name = next(name for name in free_names(one.name) if name not in names)
            names.add(one.name)
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

    def drop_old(self) -> None:
        """Remove those for which nobody waits any more."""
        now = time.monotonic()
        for upload_id in [key for key, one in self._by_id.items() if one.is_old(now)]:
            self._by_id.pop(upload_id).drop()

    def _take(self, event: ClientEvent) -> None:
        if isinstance(event, SendAccepted | SendFailed):
            ref = event.sent.request.id
            for upload_id in [key for key, one in self._by_id.items() if one.sent == ref]:
                self._by_id.pop(upload_id).drop()
