"""Uploads and downloads over HTTP."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from urllib.parse import quote
from weakref import WeakKeyDictionary

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from client.files.names import safe_name
from client.views.complaints import sentence
from client.web.entrance import NewUpload, Problem
from client.web.files.downloads import CutOffError, Downloads, Reading
from client.web.files.problems import (
    BusyError,
    FileProblemError,
    LateError,
    NoFileError,
    NoLengthError,
    NoRoomError,
    NotSatisfiableError,
    PackedError,
)
from client.web.files.spans import span_of
from client.web.files.spool import Spool
from client.web.files.uploads import Uploads
from client.web.guard import is_same_origin
from client.web.person import Person
from client.web.routes.answers import ELSEWHERE, INCOMPLETE, MOST_FORM, SIGN_IN, answer, body, refused
from client.web.visits import visit_of
from messages.files import File

PART_SECONDS = 60.0
"""A part of an upload takes so long at most; what has come by then is kept."""

_log = logging.getLogger(__name__)

_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
_MOST_DIGITS = 16


class Moving:
    """The handlers for files. `find` returns who sends a request, if they are signed in."""

    def __init__(self, find: Callable[[Request], Person | None]) -> None:
        self._find = find
        self.spool = Spool()
        self._downloads = Downloads()
        self._uploads: WeakKeyDictionary[Person, Uploads] = WeakKeyDictionary()

    async def begin(self, request: Request) -> Response:
        """Begin an upload."""
        return await self._handled(request, self._begin)

    async def go_on(self, request: Request) -> Response:
        """Go on with an upload, drop it, or say how far it is."""
        return await self._handled(request, self._go_on)

    async def download(self, request: Request) -> Response:
        """Send a message's file, or a part of it."""
        return await self._handled(request, self._download)

    def uploads_of(self, person: Person) -> Uploads:
        """Return the uploads of a person."""
        if person not in self._uploads:
            self._uploads[person] = Uploads(person, self.spool)
        return self._uploads[person]

    async def _handled(
        self, request: Request, handle: Callable[[Request, Person], Awaitable[Response]]
    ) -> Response:
        person = self._find(request)
        if person is None:
            return refused(SIGN_IN, 401)
        if request.method not in ("GET", "HEAD") and not is_same_origin(request):
            return refused(ELSEWHERE, 403)
        try:
            return await handle(request, person)
        except ValueError as error:
            return _refusal(error, request)

    # Uploads

    async def _begin(self, request: Request, person: Person) -> Response:
        form = msgspec.json.decode(await body(request, MOST_FORM), type=NewUpload)
        return answer(self.uploads_of(person).begin(form), 201)

    async def _go_on(self, request: Request, person: Person) -> Response:
        uploads, upload = self.uploads_of(person), request.path_params["upload"]
        if request.method == "DELETE":
            uploads.drop(upload)
            return Response(status_code=204)
        if request.method == "PUT":
            await _take_part(request, uploads, upload)
        return answer(uploads.state(upload))

    # Downloads

    async def _download(self, request: Request, person: Person) -> Response:
        asked = request.path_params
        seq, number = _number(asked["seq"]), _number(asked["number"])
        if seq is None or number is None:
            raise NoFileError
        leave, response = self._downloads.enter(person), None
        try:
            reading = await Reading.open(person, asked["conversation"], seq, number)
            response = await _answer_with(reading, request, leave)
            return response
        finally:
            if not isinstance(response, Streamed):
                leave()


async def _answer_with(reading: Reading, request: Request, leave: Callable[[], None]) -> Response:
    """Return a file, or the part of it that is asked for. `leave` is called when it is sent."""
    file, kind = reading.file, await reading.kind()
    headers = _headers(file, kind if "inline" in request.query_params else "")
    same = request.headers.get("if-range", headers["etag"]) == headers["etag"]
    span = span_of(request.headers.get("range", ""), file.size) if same else None
    first, end = span or (0, file.size)
    headers["content-length"] = str(end - first)
    if span is not None:
        headers["content-range"] = f"bytes {first}-{end - 1}/{file.size}"
    status = 200 if span is None else 206
    if request.method == "HEAD":
        return Response(None, status, headers)
    return Streamed(reading.content(first, end), status, headers, leave)


class Streamed(StreamingResponse):
    """The content of a file. If it cannot go on, it ends early, so that no browser takes it as whole."""

    def __init__(
        self, content: AsyncGenerator[bytes], status: int, headers: dict[str, str], leave: Callable[[], None]
    ) -> None:
        super().__init__(content, status, headers)
        self._content, self._leave = content, leave

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, and let go of it."""
        try:
            async with aclosing(self._content):
                await super().__call__(scope, receive, send)
        finally:
            self._leave()

    async def stream_response(self, send: Send) -> None:
        """Send all of it, or what can be had."""
        try:
            await super().stream_response(send)
        except CutOffError as error:
            _log.warning("a download is cut off: %s", error)


async def _take_part(request: Request, uploads: Uploads, upload: str) -> None:
    """Take the bytes of a part as they come, so that those before a loss of the connection are kept."""
    one, offset = uploads.find(upload), _number(request.query_params.get("offset", "0"))
    length = _number(request.headers.get("content-length", ""))
    if offset is None:
        raise FileProblemError(INCOMPLETE.text)
    if length is None:
        raise NoLengthError
    if request.headers.get("content-encoding", "identity") != "identity":
        raise PackedError
    part = one.begin_part(offset, length)
    try:
        async with asyncio.timeout(PART_SECONDS):
            async for data in request.stream():
                one.append(part, data)
    except (ClientDisconnect, TimeoutError):
        raise LateError from None


def _refusal(error: ValueError, request: Request) -> Response:
    known = error if isinstance(error, FileProblemError) else FileProblemError(str(error))
    if isinstance(error, NoRoomError | BusyError):
        visit_of(request).limit = "files"
    response = refused(Problem(sentence(error), known.code), known.status)
    if isinstance(error, NotSatisfiableError):
        response.headers["content-range"] = f"bytes */{error.size}"
    if request.method in ("PUT", "POST"):  # there may be no end to what else comes
        response.headers["connection"] = "close"
    return response


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None


def _headers(file: File, kind: str) -> dict[str, str]:
    """Return the headers of a file that is shown as `kind`; as a download if that is empty."""
    name = safe_name(file.name)
    plain = "".join(char if char.isascii() and char not in '%"\\' else "_" for char in name)
    return {
        "content-type": kind or "application/octet-stream",
        "content-disposition": f'{"inline" if kind else "attachment"}; filename="{plain}"; '
        f"filename*=UTF-8''{quote(name, safe='')}",
        "content-security-policy": _POLICY,
        "cache-control": "no-store",
        "accept-ranges": "bytes",
        "etag": f'"{file.hash}"',
    }
