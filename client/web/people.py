"""Everybody who is signed in, by the cookies of their browsers, and how they come and go."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from client.core.options import Credentials
from client.transport.aio import TooManyConnections
from client.trust import Trust
from client.web.checking import wrong_in
from client.web.cookie import Cookie
from client.web.entrance import Problem, SignIn
from client.web.guard import Places, key_of
from client.web.person import Person
from messages.endpoints import chat_address
from messages.errors import ErrorCode
from messages.replies import Error

_log = logging.getLogger(__name__)

IDLE_SECONDS = 90.0
"""A person without a tab for so long is let go. Their next page takes the session up again by its ticket."""

ENTER_SECONDS = 15.0
"""A login takes so long at most."""

LEAVE_SECONDS = 86_400.0
"""If the broker is away for longer, the gateway gives up to end the tickets of those who signed out."""

MOST_LEAVING = 1_000
"""People who signed out while the broker was away."""

_CODE_CHARACTERS = 8

MOST_ENTERING = 200
"""Logins on their way at the same time."""

MOST_HASHED, MOST_HASHED_OF_ADDRESS = 100, 20
"""Those of them with a password, which may wait long: the broker hashes few in a second."""

_FIELDS = {
    ErrorCode.WRONG_PASSWORD: "password",
    ErrorCode.NAME_TAKEN: "name",
    ErrorCode.NAME_NOT_YOURS: "name",
    ErrorCode.NAME_TOO_SIMILAR: "name",
    ErrorCode.NOT_ADMITTED: "invite",
    ErrorCode.INVITE_INVALID: "invite",
    ErrorCode.LINK_INVALID: "code",
}
_UNKNOWN = "somebody"
"""A name for a login whose code says whose it is."""

_UNREACHABLE = "The chat cannot be reached now; try again in a moment."
_ANEW = "Sign in again."
_NO_GATEWAY = "This page may not let people in any more; tell who runs it."
_BUSY = "Too many people sign in at the same time; try again in a moment."


class Refusal(Exception):
    """Nobody is signed in, and `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.text)
        self.problem = problem


@dataclass(slots=True)
class Entry:
    """A person and whether their browser keeps the cookie when it is closed."""

    person: Person
    remember: bool


class People:
    """Signs people in with the broker at `url`."""

    def __init__(self, url: str, trust: Trust, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._url, self._trust, self._clock = url, trust, clock
        self.address = chat_address(trust.url, trust.broker_key)
        """The broker's address for terminals, which a page shows with a code."""
        self._entries: dict[str, Entry] = {}
        self._entering: dict[str, asyncio.Task[Entry]] = {}
        self._hashed = Places(MOST_HASHED_OF_ADDRESS, MOST_HASHED)
        self._closing: set[asyncio.Task[None]] = set()
        self.on_no_role: Callable[[], None] = lambda: None
        """Called if the broker lets nobody in, as this is no gateway."""
        self._leaving: dict[str, tuple[Person, float]] = {}
        """Who signed out while the broker was away, and since when: their tickets are to end."""

    async def sign_in(self, form: SignIn, address: str) -> Cookie:
        """Let somebody in; raise Refusal if the broker does not, or cannot be reached."""
        name, link = form.name, None if form.code is None else _code(form.code)
        if link is not None:
            name = _UNKNOWN
        if not (form.guest or form.password or link):
            raise Refusal(Problem("Type your password.", field="password"))
        credentials = Credentials(
            invite=form.invite or None,
            on_behalf=True,
            address=address,
            link=link,
            password=None if form.guest or link else form.password,
            sign_up=form.sign_up and not form.guest and not link,
            guest=form.guest and not link,
            remember=True,
        )
        key = secrets.token_urlsafe(18)
        return self._cookie(key, await self._enter(key, name, credentials, remember=form.remember))

    async def come_back(self, cookie: Cookie, address: str) -> tuple[Person, Cookie]:
        """Return who has a cookie, and the cookie as it is now; raise Refusal if it holds no more."""
        entry = self._entries.get(cookie.id)
        if cookie.id in self._leaving:
            raise Refusal(Problem(_ANEW))
        if entry is None or entry.person.ended:
            credentials = Credentials(
                on_behalf=True, address=address, ticket=cookie.ticket, guest=cookie.guest, remember=True
            )
            entry = await self._enter(cookie.id, cookie.name, credentials, remember=cookie.remember)
        return entry.person, self._cookie(cookie.id, entry)

    async def sign_out(self, cookie: Cookie, address: str) -> None:
        """End the session and the ticket of a cookie: now, or when the broker is there again."""
        if (entry := self._entries.get(cookie.id)) is not None:
            entry.person.sign_out()
        elif cookie.id not in self._leaving and len(self._leaving) < MOST_LEAVING:
            credentials = Credentials(
                on_behalf=True, address=address, ticket=cookie.ticket, guest=cookie.guest, remember=True
            )
            if wrong_in(cookie.name, credentials):
                return
            with suppress(TooManyConnections):  # then the ticket ends by itself
                person = Person(cookie.name, credentials)
                person.sign_out()
                self._leave(cookie.id, person)
                await person.connect(self._url, self._trust)

    def _leave(self, key: str, person: Person) -> None:
        self._leaving[key] = person, self._clock()
        person.on_end = lambda: self._left(key)

    def _left(self, key: str) -> None:
        if (leaving := self._leaving.pop(key, None)) is not None:
            self._close(leaving[0])

    async def _enter(self, key: str, name: str, credentials: Credentials, *, remember: bool) -> Entry:
        """Log somebody in, once for all tabs that ask for it."""
        if (wrong := wrong_in(name, credentials)) is not None:
            raise Refusal(wrong)
        task = self._entering.get(key)
        if task is None:
            leave = self._take_place(credentials)
            task = asyncio.ensure_future(self._log_in(key, name, credentials, remember=remember))
            self._entering[key] = task
            task.add_done_callback(lambda done: self._entered(key, done, leave))
        try:
            return await asyncio.shield(task)
        finally:
            del task, credentials  # a refusal knows this frame, and would keep the password with the task

    def _take_place(self, credentials: Credentials) -> Callable[[], None]:
        """Take a place for a login, and return what gives it back."""
        if len(self._entering) < MOST_ENTERING:
            if credentials.password is None:
                return lambda: None
            if (leave := self._hashed.take(key_of(credentials.address or ""))) is not None:
                return leave
        raise Refusal(Problem(_BUSY, retry_after=2_000))

    def _entered(self, key: str, task: asyncio.Task[Entry], leave: Callable[[], None]) -> None:
        del self._entering[key]
        leave()
        if not task.cancelled():
            task.exception()  # whoever waited has it

    async def _log_in(self, key: str, name: str, credentials: Credentials, *, remember: bool) -> Entry:
        person = Person(name, credentials)
        person.address = self.address
        try:
            await person.connect(self._url, self._trust)
            refusal = await asyncio.wait_for(asyncio.shield(person.entered), ENTER_SECONDS)
        except TooManyConnections:
            raise Refusal(Problem(_BUSY, retry_after=5_000)) from None
        except asyncio.CancelledError:
            await person.close()
            raise
        except TimeoutError:
            await person.close()
            told = person.session.login_error
            raise Refusal(_problem(told) if told else Problem(_UNREACHABLE, retry_after=2_000)) from None
        if refusal is not None:
            await person.close()
            if refusal.code is ErrorCode.NOT_A_GATEWAY:
                self.on_no_role()
            raise Refusal(_problem(refusal))
        if person.ended:  # while this waited for its turn
            await person.close()
            raise Refusal(Problem(_ANEW))
        entry = self._entries[key] = Entry(person, remember)
        person.on_end = lambda: self._let_go(key, entry)
        return entry

    def _cookie(self, key: str, entry: Entry) -> Cookie:
        person = entry.person
        ticket = person.session.credentials.ticket or ""
        return Cookie(key, person.name, ticket, person.guest, entry.remember)

    def find(self, cookie: Cookie | None) -> Person | None:
        """Return who has a cookie, if they are here."""
        entry = self._entries.get(cookie.id) if cookie is not None else None
        return entry.person if entry is not None else None

    def count(self) -> tuple[int, int]:
        """Return how many browsers are signed in, and how many tabs they have."""
        return len(self._entries), sum(len(entry.person.tabs) for entry in self._entries.values())

    def _let_go(self, key: str, entry: Entry) -> None:
        if self._entries.get(key) is entry:
            del self._entries[key]
        if entry.person.signs_out and len(self._leaving) < MOST_LEAVING:
            self._leave(key, entry.person)
        else:
            self._close(entry.person)

    def _close(self, person: Person) -> None:
        task = asyncio.ensure_future(person.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def tick(self) -> None:
        """Let those go who have had no tab for a while, and look after the tabs of the others."""
        now = self._clock()
        for key in [key for key, (_, since) in self._leaving.items() if now - since > LEAVE_SECONDS]:
            self._left(key)
        for key, entry in [*self._entries.items()]:
            with _apart():
                self._look_after(key, entry, now)

    def _look_after(self, key: str, entry: Entry, now: float) -> None:
        person = entry.person
        for care in person.ticking:
            care()
        for tab in [*person.tabs]:
            tab.tick(now)
        is_idle = not person.tabs and now - person.idle_since > IDLE_SECONDS
        if is_idle and not person.session.unaccepted:
            self._let_go(key, entry)

    def beat(self) -> None:
        """Show all pages that the gateway is there."""
        now = self._clock()
        for entry in [*self._entries.values()]:
            for tab in [*entry.person.tabs]:
                with _apart():
                    tab.beat(now)

    async def close(self) -> None:
        """Let everybody go. Their tickets hold."""
        for task in [*self._entering.values()]:
            task.cancel()
        for key, entry in [*self._entries.items()]:
            self._let_go(key, entry)
        for key in [*self._leaving]:
            self._left(key)
        await asyncio.gather(*self._closing, return_exceptions=True)


@contextmanager
def _apart() -> Iterator[None]:
    """Log a fault: what is wrong for one person must not hold up the others."""
    try:
        yield
    except Exception:
        _log.exception("looking after a person has failed")


def _code(typed: str) -> str:
    """Return a code as the broker knows it; raise Refusal if it cannot be one."""
    code = "".join(typed.split()).replace("-", "").upper()
    if not (code.isascii() and code.isalnum() and len(code) == _CODE_CHARACTERS):
        text = f"A code has {_CODE_CHARACTERS} letters and digits, as /link web shows it in the terminal."
        raise Refusal(Problem(text, field="code"))
    return code


def _problem(error: Error) -> Problem:
    code = error.code
    if code in (ErrorCode.TICKET_INVALID, ErrorCode.NOT_LOGGED_IN):
        return Problem(_ANEW, str(code))
    if code is ErrorCode.NOT_A_GATEWAY:
        return Problem(_NO_GATEWAY, str(code))
    text = f"{error.text[:1].upper()}{error.text[1:]}."
    return Problem(text, str(code), _FIELDS.get(code, ""), error.retry_after)
