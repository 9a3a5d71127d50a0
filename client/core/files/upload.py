"""One upload: hash the file, open or resume it at the broker, and keep several chunks in flight."""

from __future__ import annotations

from collections.abc import Callable

from client.core.files.ports import FileTrouble, Source
from client.core.files.sizes import size_text
from client.core.files.transfer import OTHER_ANSWER, SLICE, Range, Transfer
from messages.base import Request
from messages.errors import ErrorCode
from messages.files import Chunk, File, UploadState, check_upload
from messages.files import Upload as OpenUpload
from messages.limits import MAX_CHUNK
from messages.replies import AnyReply, Error

_OPENING = -1  # the length of a request that is no chunk
_NO_USE = "the broker does not take this file; try again later"
_DAMAGED = "the file arrived damaged or was changed meanwhile; send it again"


def check_size(name: str, size: int, most: int) -> None:
    """Raise ValueError with a sentence if a chat whose largest files have `most` bytes takes no such file."""
    if not most:
        raise ValueError("this chat takes no files")
    if size > most:
        raise ValueError(
            f"{name} has {size_text(size)}, but a file in this chat has at most {size_text(most)}"
        )


class Upload(Transfer):
    """A file of this user. When it is complete, a `send` can name its `id`."""

    cost = 0.5

    def __init__(self, source: Source, new_id: Callable[[], str]) -> None:
        super().__init__(new_id)
        self.name, self.size = source.name, source.size
        self.id = ""
        """The upload's id at the broker; empty before the broker has named one."""
        self.file = File(self.name, self.size, "", source.media_type)
        """What the message says about it; the hash is empty before it is known."""
        self.max_file: int | None = None
        """The largest file of this chat; None if it is not known yet."""
        self._source = source
        self._is_open = False
        self._next = 0
        self._damaged = 0
        self._back: int | None = None
        """Where to go on when nothing is in flight any more; None if no chunk was refused."""
        self._waits_first = False
        """Whether it is to wait before it goes on, so that chunks behind are refused without a fault."""

    def renew(self) -> bool:
        """Prepare to upload again what was complete, because the broker has it no more.

        Return whether it is to be queued; it fails if that has happened too often.
        """
        self.complete, self.done, self.id = False, 0, ""
        self.connection_lost()
        return self._set_back(_NO_USE, ErrorCode.NO_SUCH_FILE)

    def close(self) -> None:
        """Let go of the file."""
        self._source.close()

    def connection_lost(self) -> None:
        """Ask the broker again where to go on."""
        self._asked.clear()
        self._is_open, self._back, self._waits_first = False, None, False

    def _has_work(self) -> bool:
        return not self.file.hash

    def _work(self) -> None:
        if self.max_file is not None and not self._hashed:
            try:
                check_size(self.name, self.size, self.max_file)
            except ValueError as error:
                raise FileTrouble(str(error)) from None
        data = self._source.read(self._hashed, min(SLICE, self.size - self._hashed))
        self._hash.update(data)
        self._hashed += len(data)
        if self._hashed == self.size:
            self.file = File(self.name, self.size, self._hash.hexdigest(), self.file.media_type)

    def _wants(self) -> bool:
        if not self.file.hash:
            return False
        if not self._is_open or self._back is not None:
            return not self._asked
        return len(self._asked) < self._window.size and (self._next < self.size or not self._asked)

    def _request(self, now: float) -> Request:
        request_id = self._new_id()
        request: Request
        if not self._is_open:
            request = OpenUpload(request_id, self.name, self.size, self.file.hash, self.file.media_type)
            self._asked[request_id] = Range(0, _OPENING, now)
            return request
        if self._back is not None:
            self._next, self._back, self._waits_first = self._back, None, False
        data = self._source.read(self._next, min(MAX_CHUNK, self.size - self._next))
        request = Chunk(request_id, self.id, self._next, data)
        self._asked[request_id] = Range(self._next, len(data), now)
        self._next += len(data)
        return request

    def _take(self, reply: AnyReply, asked: Range) -> None:
        if not isinstance(reply, UploadState) or reply.offset > self.size or not _is_id(reply.upload):
            self.fail(OTHER_ANSWER, ErrorCode.INTERNAL)
            return
        if asked.length == _OPENING:
            self.id, self._is_open, self._next = reply.upload, True, reply.offset
            self.done = reply.offset
        elif reply.offset == asked.offset + asked.length:
            self.done = max(self.done, reply.offset)
        else:
            self._go_back(reply.offset)
        if reply.complete:
            self.complete, self.done = True, self.size
            self._asked.clear()
            self.close()  # reading opens it again, if that is needed
        elif reply.offset == self.size and not self._asked and (self.size or asked.length != _OPENING):
            self._reopen()  # all of it is there, but the broker does not say that it is complete

    def _again(self, asked: Range, error: Error) -> None:
        if asked.length != _OPENING:
            self._waits_first = True
            self._drain(asked.offset if error.offset is None else error.offset)

    def _recovers(self, asked: Range, error: Error) -> bool:
        if error.offset is not None and error.offset <= self.size and asked.length != _OPENING:
            return self._go_back(error.offset)
        if error.code is ErrorCode.NO_SUCH_FILE:  # it has ended there meanwhile
            return self._reopen()
        if error.code is ErrorCode.FILE_DAMAGED:
            self._damaged += 1
            return self._reopen() if self._damaged == 1 else self._end_damaged()
        return False

    def _end_damaged(self) -> bool:
        self.fail(_DAMAGED, ErrorCode.FILE_DAMAGED)
        return True

    def _reopen(self) -> bool:
        self.connection_lost()
        return self._set_back(_NO_USE)

    def _go_back(self, offset: int) -> bool:
        self._drain(offset)
        if self._asked or self._waits_first:  # those in flight behind it are refused too
            return True
        return self._set_back(_NO_USE)

    def _drain(self, offset: int) -> None:
        self._back = offset if self._back is None else min(self._back, offset)
        self.done = min(self.done, self._back)


def _is_id(upload: str) -> bool:
    try:
        return check_upload(upload) == upload
    except ValueError:
        return False
