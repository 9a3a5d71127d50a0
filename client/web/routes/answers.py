"""Answers and the headers that all of them have, bodies with an end, and where requests may come from."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from client.web.entrance import Problem
from client.web.guard import Proxies, address_of, is_plain_host

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types worker"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}
_HTTPS_ONLY = "max-age=31536000"
"""Browsers ask for this name by https only, for a year. Where a proxy does TLS, that decides about it."""

MOST_FORM = 8_192
"""Bytes of a form."""

ELSEWHERE = Problem("This page is not from here; load it again.")
SIGN_IN = Problem("Sign in first.")
INCOMPLETE = Problem("This form is not complete; load the page again.")
_AMBIGUOUS = Problem("This request has two lengths.")
OFTEN = "You try too often; wait a moment."

encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Site:
    """How the gateway is reached. A `loopback` one takes no foreign host names but from its `proxies`.

    One that others can reach takes people in the clear only from its proxies, unless it is `insecure`.
    """

    proxies: Proxies = field(default_factory=Proxies)
    loopback: bool = True
    insecure: bool = False
    base_path: str = ""
    guests: bool = False
    sign_up: bool = True
    invited: bool = False

    def is_for_us(self, connection: HTTPConnection) -> bool:
        """Whether this may be answered: no foreign name leads here, and nobody else can read it."""
        peer = connection.client.host if connection.client else ""
        if peer in self.proxies:
            return True
        if self.loopback:
            return is_plain_host(connection.headers.get("host", ""))
        return self.insecure or connection.url.scheme in ("https", "wss")

    def is_secure(self, connection: HTTPConnection) -> bool:
        """Whether the browser is connected by TLS, here or at a named proxy."""
        peer = connection.client.host if connection.client else ""
        told = connection.headers.get("x-forwarded-proto", "") if peer in self.proxies else ""
        return connection.url.scheme in ("https", "wss") or told.rpartition(",")[2].strip() == "https"

    def address(self, connection: HTTPConnection) -> str:
        """Return the person's IP address."""
        return address_of(connection, self.proxies)


def answer(document: object, status: int = 200) -> Response:
    """Return a document as an answer."""
    return Response(encode(document), status, media_type="application/json")


def refused(problem: Problem, status: int) -> Response:
    """Return why something is not done."""
    return answer(problem, status)


async def body(request: Request, most: int) -> bytes:
    """Return the body of a request; raise ValueError if it is longer, or does not come."""
    data = bytearray()
    try:
        async with asyncio.timeout(30.0):
            async for part in request.stream():
                data += part
                if len(data) > most:
                    raise ValueError(f"send {most:,} bytes at most")
    except (ClientDisconnect, TimeoutError):
        raise ValueError("the upload did not come; send it again") from None
    return bytes(data)


def guarded(app: ASGIApp, is_for_us: Callable[[HTTPConnection], bool]) -> ASGIApp:
    """Return an app that sends the headers of `_HEADERS` with everything, and answers no foreign names."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await app(scope, receive, send)
            return
        served, headers = app, HTTPConnection(scope).headers
        if "transfer-encoding" in headers and "content-length" in headers:
            served = refused(_AMBIGUOUS, 400)
            served.headers["connection"] = "close"
        elif not is_for_us(HTTPConnection(scope)):
            served = refused(Problem("This gateway has no such name; use the address of the chat."), 421)

        async def put(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                _add_headers(message, tls=scope["scheme"] in ("https", "wss"))
            await send(message)

        await served(scope, receive, put)

    return serve


def _add_headers(message: MutableMapping[str, Any], *, tls: bool) -> None:
    headers = list(message.get("headers", ()))
    given = {name.lower() for name, _ in headers}
    wanted = _HEADERS | {"strict-transport-security": _HTTPS_ONLY} if tls else _HEADERS
    headers += [
        (name.encode(), value.encode()) for name, value in wanted.items() if name.encode() not in given
    ]
    message["headers"] = headers
