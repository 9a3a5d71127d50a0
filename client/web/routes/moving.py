"""Uploads and downloads over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote
from weakref import WeakKeyDictionary

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from client.views.complaints import sentence
from client.web.downloads import MOST_DOWNLOADS, Downloading
from client.web.entrance import NewUpload, Problem
from client.web.files import FULL, PART_BYTES, Spool, Uploads, WrongPlaceError
from client.web.guard import is_same_origin
from client.web.person import Person
from client.web.routes.answers import ELSEWHERE, INCOMPLETE, MOST_FORM, SIGN_IN, answer, body, refused
from client.web.visits import visit_of
from messages.files import File

_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
_INLINE = (
    *("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"),
    *("audio/mpeg", "audio/ogg", "audio/wav", "audio/webm", "audio/mp4", "audio/flac"),
    *("video/mp4", "video/webm"),
)
"""What browsers show without running it. Anything else is a download."""


class Moving:
    """The handlers for files. `find` returns who sends a request, if they are signed in."""

    def __init__(self, find: Callable[[Request], Person | None]) -> None:
        self._find = find
        self.spool = Spool()
        self._uploads: WeakKeyDictionary[Person, Uploads] = WeakKeyDictionary()

    async def begin(self, request: Request) -> Response:
        """Begin an upload."""
        return await self._handled(request, self._begin)

    async def go_on(self, request: Request) -> Response:
        """Go on with an upload, drop it, or say how far it is."""
        return await self._handled(request, self._go_on)

    async def _begin(self, request: Request, uploads: Uploads) -> Response:
        form = msgspec.json.decode(await body(request, MOST_FORM), type=NewUpload)
        return answer(uploads.begin(form), 201)

    async def _go_on(self, request: Request, uploads: Uploads) -> Response:
        upload = request.path_params["upload"]
        if request.method == "DELETE":
            uploads.drop(upload)
            return Response(status_code=204)
        if request.method == "PUT":
            one, offset = uploads.find(upload), request.query_params.get("offset", "0")
            if not (offset.isdecimal() and len(offset) < 16):
                return refused(INCOMPLETE, 400)
            one.append(int(offset), await body(request, PART_BYTES))
        return answer(uploads.state(upload))

    async def _handled(
        self, request: Request, handle: Callable[[Request, Uploads], Awaitable[Response]]
    ) -> Response:
        person = self._find(request)
        if person is None:
            return refused(SIGN_IN, 401)
        if request.method != "GET" and not is_same_origin(request):
            return refused(ELSEWHERE, 403)
        try:
            return await handle(request, self.uploads_of(person))
        except msgspec.MsgspecError:
            return refused(INCOMPLETE, 400)
        except ValueError as error:
            visit_of(request).limit = "files" if str(error) == FULL else ""
            return refused(Problem(sentence(error)), 409 if isinstance(error, WrongPlaceError) else 400)

    def uploads_of(self, person: Person) -> Uploads:
        """Return the uploads of a person."""
        if person not in self._uploads:
            self._uploads[person] = Uploads(person, self.spool)
        return self._uploads[person]

    async def download(self, request: Request) -> Response:
        """Send a message's file."""
        person = self._find(request)
        if person is None:
            return refused(SIGN_IN, 401)
        if len(person.listeners) > MOST_DOWNLOADS:
            visit_of(request).limit = "files"
            return refused(Problem("You get too many files at once; wait for some."), 429)
        asked = request.path_params
        try:
            download = Downloading(person, asked["conversation"], asked["seq"], asked["number"], self.spool)
        except ValueError as error:
            return refused(Problem(sentence(error)), 404)
        try:
            file = await download.opened()
        except ValueError as error:
            download.drop()
            return refused(Problem(sentence(error)), 404)
        headers = _headers(file, inline="inline" in request.query_params)
        return StreamingResponse(download.content(), headers=headers)


def _headers(file: File, *, inline: bool) -> dict[str, str]:
    shown = inline and file.media_type in _INLINE
    kind = "inline" if shown else "attachment"
    return {
        "content-type": file.media_type if shown else "application/octet-stream",
        "content-length": str(file.size),
        "content-disposition": f"{kind}; filename*=UTF-8''{quote(file.name, safe='')}",
        "content-security-policy": _POLICY,
        "cache-control": "no-store",
    }
