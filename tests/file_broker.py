"""A model of a broker that keeps files, and clients joined to it by links that a test cuts and disturbs."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count

from client.core.events import ClientEvent
from client.core.files.ports import FileTrouble
from client.core.session import Session, SessionState
from messages.base import Request
from messages.codec import decode_request, encode
from messages.errors import ErrorCode
from messages.events import Message
from messages.files import Chunk, Content, Fetch, File, Upload, UploadState
from messages.replies import Accepted, AnyReply, Done, Error, Page, Pong, Welcome
from messages.requests import History, Send
from messages.sessions import Login, Logout, Ping


@dataclass
class _Upload:
    id: str
    file: File
    data: bytearray = field(default_factory=bytearray)
    complete: bool = False


class FileBroker:
    """Uploads and messages as docs/protocol.md has them. It counts the bytes that chunks brought."""

    def __init__(self, max_file: int = 25_000_000) -> None:
        self.max_file = max_file
        self.uploads: dict[str, _Upload] = {}
        self.messages: list[Message] = []
        self.contents: dict[str, bytes] = {}
        self.taken = 0
        self.trouble = 0
        """How many requests are refused with `unavailable` from now on."""
        self._ids = count(1)
        self._accepted: dict[str, Accepted] = {}

    def answer(self, request: Request) -> AnyReply:
        match request:
            case Login():
                return Welcome(request.id, request.name, "t", "e", False, 15_000, [], max_file=self.max_file)
            case Ping():
                return Pong(request.id)
            case Logout():
                return Done(request.id)
            case Upload() | Chunk() | Fetch() | Send() if self.trouble:
                self.trouble -= 1
                return error(request, ErrorCode.UNAVAILABLE, retryable=True)
            case Upload():
                return self._opened(request)
            case Chunk():
                return self._chunk(request)
            case Send():
                return self._send(request)
            case History(after=after):
                return Page(
                    request.id, request.conversation, self.messages[after or 0 : (after or 0) + 1], False
                )
            case Fetch():
                file = self.messages[request.seq - 1].files[request.file - 1]
                data = self.contents[file.hash][request.offset : request.offset + request.length]
                return Content(request.id, request.offset, data)
        raise AssertionError(request)

    def _opened(self, request: Upload) -> AnyReply:
        file = File(request.name, request.size, request.hash, request.media_type)
        found = next((one for one in self.uploads.values() if one.file == file), None)
        if found is None:
            found = _Upload(f"u{next(self._ids)}", file)
            self.uploads[found.id] = found
            if file.hash in self.contents:
                found.data, found.complete = bytearray(self.contents[file.hash]), True
        return UploadState(request.id, found.id, len(found.data), found.complete)

    def _chunk(self, request: Chunk) -> AnyReply:
        found = self.uploads.get(request.upload)
        if found is None:
            return error(request, ErrorCode.NO_SUCH_FILE)
        if request.offset != len(found.data):
            return error(request, ErrorCode.INVALID, offset=len(found.data))
        found.data += request.data
        self.taken += len(request.data)
        if len(found.data) == found.file.size:
            if sha256(found.data).hexdigest() != found.file.hash:
                del self.uploads[found.id]
                return error(request, ErrorCode.FILE_DAMAGED)
            found.complete = True
            self.contents[found.file.hash] = bytes(found.data)
        return UploadState(request.id, found.id, len(found.data), found.complete)

    def _send(self, request: Send) -> AnyReply:
        if request.id in self._accepted:
            return self._accepted[request.id]
        if any(one not in self.uploads or not self.uploads[one].complete for one in request.files):
            return error(request, ErrorCode.NO_SUCH_FILE)
        files = tuple(self.uploads.pop(one).file for one in request.files)
        return self.accept(request.id, request.text, files)

    def accept(self, request_id: str, text: str, files: tuple[File, ...]) -> Accepted:
        message = Message("#lobby", len(self.messages) + 1, request_id, "alice", text, 5, files=files)
        self.messages.append(message)
        self._accepted[request_id] = Accepted(request_id, "#lobby", message.seq, 5, "memory", 0)  # type: ignore[arg-type]
        return self._accepted[request_id]

    def keep(self, content: bytes, name: str = "plan.pdf", digest: str = "") -> int:
        """Have a message with a file, and return its seq."""
        digest = digest or sha256(content).hexdigest()
        self.contents[digest] = content
        self.accept(f"kept-{name}", "see this", (File(name, len(content), digest),))
        return len(self.messages)


def error(request: Request, code: ErrorCode, *, retryable: bool = False, offset: int | None = None) -> Error:
    return Error(request.id, code, code.sentence, retryable, offset=offset)


class Device:
    """A client's session at a broker. Requests and replies wait until a test lets them go on."""

    def __init__(self, broker: FileBroker, *, online: bool = True) -> None:
        ids = count(1)
        self.broker = broker
        self.session = Session("alice", lambda: f"{id(self)}-{next(ids)}", encode)
        self.now = 1_000.0
        self.going: deque[Request] = deque()
        self.coming: deque[AnyReply] = deque()
        self.events: list[ClientEvent] = []
        self.asked: list[Request] = []
        if online:
            self.connect()

    def connect(self) -> None:
        self.session.connected(self.now, "fake")
        self.run(until=lambda: self.session.state is SessionState.READY)

    def cut(self) -> None:
        """Lose the connection, and all that is under way."""
        self.going.clear()
        self.coming.clear()
        self.session.disconnected("cut")
        self.take_events()

    def tick(self) -> None:
        self.session.tick(self.now)
        if self.session.wants_connection:
            self.cut()
            self.session.connected(self.now, "fake")
        for line in self.session.take_lines(self.now):
            request = decode_request(line)
            self.going.append(request)
            self.asked.append(request)
        self.take_events()

    def serve(self, most: int = 1_000) -> None:
        """Let the broker answer."""
        for _ in range(min(most, len(self.going))):
            self.coming.append(self.broker.answer(self.going.popleft()))

    def arrive(self, at: int = 0) -> None:
        """Let one reply arrive, also before others."""
        if self.coming:
            self.coming.rotate(-at)
            reply = self.coming.popleft()
            self.coming.rotate(at)
            self.session.receive(reply, self.now)
            self.take_events()

    def take_events(self) -> None:
        while (event := self.session.next_event()) is not None:
            self.events.append(event)
            self.session.handed_over(event)

    def run(self, until: object = None, most: int = 3_000) -> None:
        """Go on until a condition holds, or nothing is left to do."""
        for _ in range(most):
            if until() if callable(until) else not (self.session.transfers or self.session.unanswered):
                return
            self.tick()
            self.serve()
            while self.coming:
                self.arrive()
            self.now += min(max(self.session.next_tick(self.now), 0.01), 0.5)
        raise AssertionError(f"it does not end: {self.session.transfers}, {self.session.unanswered_ids}")

    def told(self, kind: type) -> list[ClientEvent]:
        return [event for event in self.events if isinstance(event, kind)]


class Bytes:
    """A file in memory, as a source and as a sink."""

    def __init__(self, content: bytes = b"", name: str = "plan.pdf") -> None:
        self.content = bytearray(content)
        self.name, self.size, self.media_type = name, len(content), ""
        self.have = len(content)
        self.finished = self.closed = False
        self.restarts = 0
        self.room = 1 << 40

    def read(self, offset: int, length: int) -> bytes:
        data = bytes(self.content[offset : offset + length])
        if len(data) < length:
            raise FileTrouble("plan.pdf: it was changed")
        return data

    def write(self, data: bytes) -> None:
        if len(self.content) + len(data) > self.room:
            raise FileTrouble("the disk is full")
        self.content += data

    def restart(self) -> None:
        self.content.clear()
        self.have = 0
        self.restarts += 1

    def finish(self) -> None:
        self.finished = True

    def close(self) -> None:
        self.closed = True


def content(size: int, seed: int = 7) -> bytes:
    """Return bytes of which no two parts are alike."""
    block = b"".join(sha256(f"{seed}/{n}".encode()).digest() for n in range(min(size // 32 + 1, 4_096)))
    return (block * (size // len(block) + 1))[:size]
