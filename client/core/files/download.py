"""One download: find the file's message, check what is here already, and fetch ranges until all is here."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from hashlib import sha256

from client.core.files.ports import Sink
from client.core.files.transfer import OTHER_ANSWER, SLICE, Range, Transfer
from messages.base import Request
from messages.errors import ErrorCode
from messages.events import Message
from messages.files import Content, Fetch, File, check_hash
from messages.limits import MAX_CHUNKS, MAX_FETCH, MAX_FILES
from messages.replies import AnyReply, Error, Page
from messages.requests import History

_LOOKING = -1  # the length of a request that is no range
_AHEAD = MAX_CHUNKS * MAX_FETCH  # bytes kept in memory that came before those in front of them
_DAMAGED = "the content is damaged: its hash is not the one that its sender announced; get it again"

OpenSink = Callable[[File], Sink]
"""Opens the place for a file, when its name and size are known. Raises FileTrouble."""


class Download(Transfer):
    """File `number` of message `seq`, counted from 1."""

    cost = 2.0

    def __init__(
        self,
        conversation: str,
        seq: int,
        number: int,
        open_sink: OpenSink,
        new_id: Callable[[], str],
        *,
        known: Message | None = None,
    ) -> None:
        super().__init__(new_id)
        self.conversation, self.seq, self.number = conversation, seq, number
        History("check", conversation)
        if not 1 <= number <= MAX_FILES or seq < 1:
            raise ValueError(f"messages are counted from 1, and their files from 1 to {MAX_FILES}")
        self.count = 0
        """How many files the message has, as far as they can be fetched; 0 before that is known."""
        self._open_sink = open_sink
        self._known = known
        self._file: File | None = None
        self._sink: Sink | None = None
        self._here: dict[int, bytes] = {}  # ranges that came before those in front of them
        self._next = 0
        self._missing: list[int] = []
        self._resumed = False

    def close(self) -> None:
        """Let go of the file."""
        self._here.clear()
        if self._sink is not None:
            self._sink.close()

    def connection_lost(self) -> None:
        """Ask again for what was in flight."""
        for one in self._asked.values():
            if one.length != _LOOKING:
                heapq.heappush(self._missing, one.offset)
        self._asked.clear()

    # What is here already

    def _has_work(self) -> bool:
        return self._known is not None or (self._file is not None and self._hashed < self.done)

    def _work(self) -> None:
        if self._known is not None:
            known, self._known = self._known, None
            self._found(known)
            return
        sink = self._opened
        data = sink.read(self._hashed, min(SLICE, self.done - self._hashed))
        self._hash.update(data)
        self._hashed += len(data)
        self._check_end()

    def _found(self, message: Message) -> None:
        self.count = min(len(message.files), MAX_FILES)  # a broker may say anything
        if message.deleted:
            self.fail(ErrorCode.MESSAGE_DELETED.sentence, ErrorCode.MESSAGE_DELETED)
        elif self.number > len(message.files):
            self.fail(_no_such_file(message), ErrorCode.NO_SUCH_FILE)
        elif not _is_hash(message.files[self.number - 1].hash):  # which becomes a part of a name on the disk
            self.fail(OTHER_ANSWER, ErrorCode.INTERNAL)
        else:
            self._file = file = message.files[self.number - 1]
            self.name, self.size = file.name, file.size
            self._sink = self._open_sink(file)
            if self._sink.have > file.size:
                self._sink.restart()
            self.done = self._next = self._sink.have
            self._resumed = self.done > 0
            self._check_end()

    @property
    def _opened(self) -> Sink:
        if self._sink is None:
            raise RuntimeError("the file is not known yet")
        return self._sink

    # Requests

    def _wants(self) -> bool:
        if self._file is None:
            return self._known is None and not self._asked
        if self._hashed < self.done or len(self._asked) >= self._window.size:
            return False
        return bool(self._missing) or self._next < min(self.size, self.done + _AHEAD)

    def _request(self, now: float) -> Request:
        request_id = self._new_id()
        if self._file is None:
            self._asked[request_id] = Range(0, _LOOKING, now)
            return History(request_id, self.conversation, after=self.seq - 1, limit=1)
        offset = heapq.heappop(self._missing) if self._missing else self._next
        length = min(MAX_FETCH, self.size - offset)
        self._next = max(self._next, offset + length)
        self._asked[request_id] = Range(offset, length, now)
        return Fetch(request_id, self.conversation, self.seq, self.number, offset, length)

    def _take(self, reply: AnyReply, asked: Range) -> None:
        if asked.length == _LOOKING:
            self._look(reply)
        elif (
            not isinstance(reply, Content) or reply.offset != asked.offset or len(reply.data) != asked.length
        ):
            self.fail(OTHER_ANSWER, ErrorCode.FILE_DAMAGED)
        else:
            self._here[reply.offset] = reply.data
            while (data := self._here.pop(self.done, None)) is not None:
                self._opened.write(data)
                self._hash.update(data)
                self.done += len(data)
                self._hashed = self.done
            self._check_end()

    def _look(self, reply: AnyReply) -> None:
        if not isinstance(reply, Page):
            self.fail(OTHER_ANSWER, ErrorCode.INTERNAL)
            return
        found = next((e for e in reply.messages if e.seq == self.seq and isinstance(e, Message)), None)
        if found is None:
            self.fail(ErrorCode.NO_SUCH_MESSAGE.sentence, ErrorCode.NO_SUCH_MESSAGE)
        else:
            self._found(found)

    def _check_end(self) -> None:
        """Finish the file if all of it is here and right. If an earlier try is to blame, begin anew."""
        if self._file is None or self._hashed < self.size or self.ended:
            return
        if self._hash.hexdigest() == self._file.hash:
            self._opened.finish()
            self._opened.close()
            self.complete = True
            return
        self._opened.restart()
        if not self._resumed:
            self.fail(_DAMAGED, ErrorCode.FILE_DAMAGED)
            return
        self._resumed = False
        self._hash, self._hashed = sha256(), 0
        self.done = self._next = 0

    def _again(self, asked: Range, error: Error) -> None:
        if asked.length != _LOOKING:
            heapq.heappush(self._missing, asked.offset)

    def _recovers(self, asked: Range, error: Error) -> bool:
        return False


def _is_hash(value: str) -> bool:
    """Whether this is a hash; the broker's documents are not checked for that."""
    try:
        return check_hash(value) == value
    except ValueError:
        return False


def _no_such_file(message: Message) -> str:
    if not message.files:
        return f"message {message.seq} has no file"
    count = len(message.files)
    return f"message {message.seq} has only {count} file{'s' if count > 1 else ''}"
