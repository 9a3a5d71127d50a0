"""The routes of the gateway: the page, what the other modules serve, and the WebSocket of each tab."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect

from client.web.assets import AT_ROOT, SHELL, Asset, Assets
from client.web.desk import Desk
from client.web.entrance import Problem
from client.web.guard import Rate, is_same_origin
from client.web.people import People, Refusal
from client.web.protocol.asks import AnyAsk
from client.web.routes.answers import Site, answer, guarded, refused
from client.web.routes.entering import Entering
from client.web.routes.moving import Moving
from client.web.tabs.asks import Asks
from client.web.tabs.outbox import Backlog, Outbox
from client.web.tabs.tab import Tab
from client.web.visits import visit_of

_log = logging.getLogger(__name__)

MOST_TABS = 20
"""Tabs of one person."""

_LAST_SECONDS = 3.0
_ASKS, _ASK_SECONDS = 200, 0.02


class Gateway:
    """The handlers. `app` serves them."""

    def __init__(self, people: People, desk: Desk, assets: Assets, site: Site) -> None:
        self._desk, self._assets = desk, assets
        self._backlog = Backlog()
        self._decoder: msgspec.json.Decoder[AnyAsk] = msgspec.json.Decoder(AnyAsk)
        entering = self._entering = Entering(people, desk, site)
        moving = self._moving = Moving(entering.find)
        routes = [
            Route("/", self._shell),
            Route("/healthz", self._health),
            Route("/session", entering.show),
            Route("/session", entering.sign_in, methods=["POST"]),
            Route("/session", entering.sign_out, methods=["DELETE"]),
            Route("/files", moving.begin, methods=["POST"]),
            Route("/files/of/{conversation}/{seq}/{number}", moving.download),
            Route("/files/{upload}", moving.go_on, methods=["GET", "PUT", "DELETE"]),
            Route("/static/{version}/{path:path}", self._static),
            *(Route(f"/{name}", self._at_root) for name in AT_ROOT),
            WebSocketRoute("/socket", self._socket),
        ]
        if base := site.base_path:
            routes = [Route(base, self._to_base), Mount(base, routes=routes)]
        served = Starlette(routes=routes)
        served.router.redirect_slashes = False  # it would name a scheme that a proxy may have changed
        self.app: ASGIApp = guarded(served, site.is_for_us)

    @property
    def spooled(self) -> int:
        """Bytes of files on their way."""
        return self._moving.spool.used

    # The page

    async def _shell(self, request: Request) -> Response:
        return self._file(request, self._assets.find(SHELL), "no-cache")

    async def _to_base(self, request: Request) -> Response:
        return Response(status_code=308, headers={"location": f"{request.url.path}/"})

    async def _at_root(self, request: Request) -> Response:
        name = request.url.path.rpartition("/")[2]
        return self._file(request, self._assets.find(name), "no-cache")

    async def _static(self, request: Request) -> Response:
        if request.path_params["version"] != self._assets.version:
            return refused(Problem("This file is of another version; load the page again."), 404)
        found = self._assets.find(request.path_params["path"])
        return self._file(request, found, "public, max-age=31536000, immutable")

    def _file(self, request: Request, asset: Asset | None, cache: str) -> Response:
        if asset is None:
            return refused(Problem("There is no such page."), 404)
        headers = {"cache-control": cache, "etag": asset.etag, "vary": "accept-encoding"}
        if request.headers.get("if-none-match") == asset.etag:
            return Response(status_code=304, headers=headers)
        data = asset.data
        if asset.packed and "gzip" in request.headers.get("accept-encoding", ""):
            data, headers["content-encoding"] = asset.packed, "gzip"
        return Response(data, headers=headers, media_type=asset.media_type)

    async def _health(self, _request: Request) -> Response:
        broker, role = self._desk.ready, self._desk.lets_in
        return answer({"broker": broker, "role": role}, 200 if broker and role else 503)

    # Tabs

    async def _socket(self, socket: WebSocket) -> None:
        found = None
        if is_same_origin(socket):
            with suppress(Refusal):
                found = await self._entering.come_back(socket)
        if found is None or len(found[0].tabs) >= MOST_TABS:
            visit_of(socket).limit = "tabs" if found else ""
            await socket.close(1008)
            return
        person = found[0]
        await socket.accept()
        outbox = Outbox(self._backlog)
        tab = Tab(person, outbox.put, outbox.close, self._assets.version)
        asks = Asks(tab, self._moving.uploads_of(person))
        person.join(tab)
        tab.begin()
        writing = asyncio.ensure_future(outbox.run(socket.send_text))
        tasks = [
            writing,
            asyncio.ensure_future(self._read(socket, asks)),
            asyncio.ensure_future(outbox.closing.wait()),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if outbox.closing.is_set() and not outbox.too_slow:
                await asyncio.wait([writing], timeout=_LAST_SECONDS)
        finally:
            person.part(tab)
            outbox.leave()
            sent = writing.done()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        visit_of(socket).slow = outbox.too_slow
        if sent:  # otherwise it does not read, and would not read this either
            with suppress(RuntimeError, WebSocketDisconnect):
                await socket.close()

    async def _read(self, socket: WebSocket, asks: Asks) -> None:
        rate = Rate(_ASKS, _ASK_SECONDS)
        async for text in socket.iter_text():
            if wait := rate.take(""):
                await asyncio.sleep(wait)
            try:
                asked = self._decoder.decode(text)
            except msgspec.MsgspecError:
                return
            try:
                asks.take(asked)
            except Exception:
                _log.exception("a tab ends by a fault")
                return
            del text, asked  # it may have been a password, and the next one may be long in coming
