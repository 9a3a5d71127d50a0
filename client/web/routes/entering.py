"""Signing in and out over HTTP, and the cookie of a browser."""

from __future__ import annotations

import msgspec
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from client.web.cookie import Cookie, read_cookie, write_cookie
from client.web.desk import Desk
from client.web.entrance import Entered, Problem, SignIn
from client.web.guard import Rate, is_same_origin, key_of
from client.web.people import People, Refusal
from client.web.person import Person
from client.web.routes.answers import ELSEWHERE, INCOMPLETE, MOST_FORM, OFTEN, Site, answer, body, refused
from client.web.visits import visit_of

_SECONDS_KEPT = 30 * 86_400
_BURST, _SECONDS = 30, 2.0
_NOT_OFFERED = Problem("This chat does not let people in like this; load the page again.", "not-permitted")


class Entering:
    """The handlers for `session`."""

    def __init__(self, people: People, desk: Desk, site: Site) -> None:
        self._people, self._desk, self._site = people, desk, site
        self._rate = Rate(_BURST, _SECONDS)

    async def show(self, request: Request) -> Response:
        """Say who is signed in, after a restart by their ticket."""
        try:
            found = await self.come_back(request)
        except Refusal as refusal:
            if refusal.problem.retry_after:
                return refused(refusal.problem, 503)
            found = None
        return self._entered(request, found[1] if found else None)

    async def sign_in(self, request: Request) -> Response:
        """Sign somebody in."""
        if not is_same_origin(request):
            return refused(ELSEWHERE, 403)
        address = self._site.address(request)
        visit = visit_of(request)
        if wait := self._rate.take(key_of(address)):
            visit.outcome = "too-often"
            return refused(Problem(OFTEN, retry_after=int(wait * 1_000) + 1), 429)
        try:
            form = msgspec.json.decode(await body(request, MOST_FORM), type=SignIn)
            visit.sign_in(form.name)
            if (form.guest and not self._site.guests) or (form.sign_up and not self._site.sign_up):
                raise Refusal(_NOT_OFFERED)
            cookie = await self._people.sign_in(form, address)
        except (msgspec.MsgspecError, ValueError):
            return refused(INCOMPLETE, 400)
        except Refusal as refusal:
            visit.outcome = refusal.problem.code or refusal.problem.field or "unavailable"
            return refused(refusal.problem, 503 if refusal.problem.retry_after else 403)
        visit.outcome = "signed in"
        earlier = self._cookie(request)
        if earlier is not None and not self._is_often(earlier, address):
            await self._people.sign_out(earlier, address)  # its ticket would be good for days
        return self._entered(request, cookie)

    async def sign_out(self, request: Request) -> Response:
        """Sign the person of this browser out."""
        if not is_same_origin(request):
            return refused(ELSEWHERE, 403)
        cookie, address = self._cookie(request), self._site.address(request)
        if cookie is not None and not self._is_often(cookie, address):
            await self._people.sign_out(cookie, address)
        return self._entered(request, None)

    def find(self, connection: HTTPConnection) -> Person | None:
        """Return who is signed in, if they are here."""
        return self._people.find(self._cookie(connection))

    async def come_back(self, connection: HTTPConnection) -> tuple[Person, Cookie] | None:
        """Return who is signed in; None if nobody is. Raise Refusal if their ticket holds no more."""
        cookie = self._cookie(connection)
        if cookie is None:
            return None
        address = self._site.address(connection)
        if self._is_often(cookie, address):
            raise Refusal(Problem(OFTEN, retry_after=5_000))
        return await self._people.come_back(cookie, address)

    def _is_often(self, cookie: Cookie, address: str) -> bool:
        """Whether too many come from an address who are not here."""
        return self._people.find(cookie) is None and self._rate.take(f"again {key_of(address)}") > 0

    def _entered(self, request: Request, cookie: Cookie | None) -> Response:
        site = self._site
        name = cookie.name if cookie else ""
        guests, sign_up = site.guests and self._desk.can("guest"), site.sign_up and self._desk.can("sign-up")
        form = Entered(
            name, self._desk.title or "Chat", guests, sign_up, site.invited, self._desk.can("account")
        )
        response, key = answer(form), self._cookie_name(request)
        path, secure = site.base_path or "/", site.is_secure(request)
        kept = {"path": path, "secure": secure, "httponly": True, "samesite": "strict"}
        if cookie is not None:
            age = _SECONDS_KEPT if cookie.remember else None
            response.set_cookie(key, write_cookie(cookie), max_age=age, **kept)  # type: ignore[arg-type]
        elif key in request.cookies:
            response.delete_cookie(key, **kept)  # type: ignore[arg-type]
        return response

    def _cookie(self, connection: HTTPConnection) -> Cookie | None:
        return read_cookie(connection.cookies.get(self._cookie_name(connection), ""))

    def _cookie_name(self, connection: HTTPConnection) -> str:
        """Return the cookie's name. Without TLS it has the port, as browsers share cookies between ports.

        It has the base path too, as a browser sends to a page also the cookies of those above it.
        """
        below = self._site.base_path.replace("/", "-")
        if self._site.is_secure(connection):
            return f"__Secure-chat{below}" if below else "__Host-chat"
        try:
            port = connection.url.port
        except ValueError:  # the Host is none
            port = None
        return f"chat-{port or 80}{below}"
