"""Counts and logs each request."""

from __future__ import annotations

import time

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from client.web.assets import AT_ROOT
from client.web.operating.log import AccessLog
from client.web.operating.meter import Meter
from client.web.routes.answers import Site
from client.web.visits import KEY, Visit

_WHOLE = ("/", "/session", "/files", "/healthz", "/socket", *(f"/{name}" for name in AT_ROOT))
_BEGINNINGS = ("/files/of/", "/files/", "/static/")
_OUTCOMES = {200: "done", 400: "invalid", 403: "refused", 429: "limited", 503: "unavailable"}


def shown_path(path: str, base_path: str) -> str:
    """Return a path for the log: without the ids of files, and `-` if it is none of the gateway's."""
    below = path.removeprefix(base_path)
    if below in _WHOLE:
        return path
    for beginning in _BEGINNINGS:
        if below.startswith(beginning):
            return f"{base_path}{beginning}*"
    return "-"


class Watched:
    """An app whose requests are counted and logged."""

    def __init__(self, app: ASGIApp, site: Site, meter: Meter, log: AccessLog) -> None:
        self._app, self._site, self._meter, self._log = app, site, meter, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        visit = Visit(scope.get("method", "GET"), scope["path"], time.monotonic())
        scope[KEY] = visit

        async def take() -> Message:
            message = await receive()
            visit.received += len(message.get("body", b""))
            return message

        async def put(message: Message) -> None:
            if message["type"] == "websocket.accept":
                visit.status = 101
            elif message["type"] == "websocket.close":
                visit.status = visit.status or 403
            visit.status = message.get("status", visit.status)
            visit.sent += len(message.get("body", b"")) + len(message.get("text") or "")
            await send(message)

        try:
            await self._app(scope, take, put)
        finally:
            self._count(visit)
            self._write(visit, self._site.address(HTTPConnection(scope)))

    def _count(self, visit: Visit) -> None:
        meter, below = self._meter, visit.path.removeprefix(self._site.base_path)
        meter.count_answer(visit.status)
        if below.startswith("/files/of/"):
            meter.downloaded += visit.sent
        elif visit.method == "PUT" and below.startswith("/files/"):
            meter.uploaded += visit.received
        elif visit.method == "POST" and below == "/session":
            meter.sign_ins[_OUTCOMES.get(visit.status, "unavailable")] += 1
        meter.slow_tabs += visit.slow
        if visit.limit or visit.status == 429:
            meter.limited[visit.limit or "requests"] += 1

    def _write(self, visit: Visit, address: str) -> None:
        milliseconds = round((time.monotonic() - visit.begun) * 1_000)
        fields: dict[str, object] = {
            "address": address,
            "method": visit.method,
            "path": shown_path(visit.path, self._site.base_path),
            "status": visit.status,
            "bytes": visit.sent,
            "ms": milliseconds,
        }
        text = "{address} {method} {path} {status} {bytes} bytes {ms} ms".format_map(fields)
        if visit.outcome:
            fields |= {"name": visit.name, "outcome": visit.outcome}
            text += f" {visit.name or '?'}: {visit.outcome}"
        self._log.write(text, fields)
