"""A broker with a gateway for browsers, and pages that are plain HTTP and WebSocket clients."""

from __future__ import annotations

import http.client
import json
import signal
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from eventually import DEADLINE, eventually
from programs import House, Program, house
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

Document = dict[str, Any]
PASSWORD = "correct horse"
_REFS = count(1)


class Answer:
    """One answer over HTTP."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.data = response.read()

    @property
    def said(self) -> Document:
        return dict(json.loads(self.data))


class Browser:
    """The cookies of one browser at one IP address, and its requests."""

    def __init__(self, url: str, address: str) -> None:
        self.url, self.address = url, address
        self.scheme, self.host, self.base, *_ = urlsplit(url)
        self.tls = ssl._create_unverified_context() if self.scheme == "https" else None
        self.source: tuple[str, int] | None = None
        """Where its connections come from, if that is not the usual address."""
        self.cookie = ""
        self.pages: list[Page] = []

    def ask(self, method: str, path: str, body: Any = None, **headers: str | None) -> Answer:
        """Send a request as a page of this gateway does. Headers that are None are left out."""
        given = {
            "Origin": f"{self.scheme}://{self.host}",
            "X-Forwarded-For": self.address,
            "Cookie": self.cookie or None,
        }
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = body if isinstance(body, bytes | None) else json.dumps(body)
        given_to = {"timeout": DEADLINE, "source_address": self.source}
        connection = http.client.HTTPConnection(self.host, **given_to)
        if self.tls:
            connection = http.client.HTTPSConnection(self.host, **given_to, context=self.tls)
        try:
            sent = {name: value for name, value in given.items() if value is not None}
            connection.request(method, f"{self.base}{path}", data, sent)
            answer = Answer(connection.getresponse())
        finally:
            connection.close()
        if (cookie := answer.headers.get("set-cookie")) is not None:
            self.cookie = cookie.partition(";")[0] if "Max-Age=0" not in cookie else ""
        return answer

    def sign_in(self, name: str, **form: Any) -> Answer:
        return self.ask("POST", "/session", {"name": name, **form})

    def guest(self, name: str) -> Browser:
        answer = self.sign_in(name, guest=True)
        assert answer.status == 200, answer.data
        return self

    def sign_up(self, name: str) -> Browser:
        answer = self.sign_in(name, sign_up=True, password=PASSWORD)
        assert answer.status == 200, answer.data
        return self

    def page(self, **headers: str) -> Page:
        """Open a tab."""
        given = {"Cookie": self.cookie, "X-Forwarded-For": self.address, **headers}
        origin = given.pop("Origin", f"{self.scheme}://{self.host}")
        socket = connect(
            f"{self.scheme.replace('http', 'ws')}://{self.host}{self.base}/socket",
            ssl=self.tls,
            source_address=self.source,
            origin=origin,  # type: ignore[arg-type]
            additional_headers=given,
            compression=None,
            open_timeout=DEADLINE,
            close_timeout=DEADLINE,
            max_size=None,
            max_queue=None,
        ).__enter__()  # it is closed with the town
        self.pages.append(Page(socket))
        return self.pages[-1]

    def refusal(self, **headers: str) -> int:
        """Return the status with which a tab is refused."""
        try:
            self.page(**headers)
        except InvalidStatus as refused:
            return int(refused.response.status_code)
        return 0


class Page:
    """One tab: what it has got, in order, and what it asks."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.inbox: list[Document] = []

    def put(self, kind: str, **fields: Any) -> str:
        fields = {"ref": f"ref-{next(_REFS)}", **fields}
        self.socket.send(json.dumps({"type": kind, **fields}))
        return str(fields["ref"])

    def ask(self, kind: str, **fields: Any) -> Document:
        """Send a question and return its answer."""
        ref = self.put(kind, **fields)
        return self.take(
            lambda said: said.get("ref") == ref and said["type"] != "notice", f"an answer to {kind}"
        )

    def event(self, kind: str, **fields: Any) -> Document:
        """Return the next document of a kind with these fields."""
        return self.take(
            lambda said: said["type"] == kind and fields.items() <= said.items(), f"{kind} {fields or ''}"
        )

    def take(self, wanted: Callable[[Document], object], what: str) -> Document:
        looked_at = 0
        while True:
            for index in range(looked_at, len(self.inbox)):
                if wanted(self.inbox[index]):
                    return self.inbox.pop(index)
            looked_at = len(self.inbox)
            try:
                self.inbox += map(json.loads, str(self.socket.recv(timeout=DEADLINE)).split("\n"))
            except TimeoutError:
                raise AssertionError(f"there was no {what}, but {self.inbox}") from None

    def message(self, text: str) -> Document:
        """Return the message with this text as soon as it comes or changes."""

        def has(said: Document) -> bool:
            messages = said.get("messages", ())
            return said["type"] in ("changed", "log") and any(plain(one) == text for one in messages)

        said = self.take(has, f"message {text!r}")
        return next(one for one in said["messages"] if plain(one) == text)

    def say(self, text: str, to: str = "#lobby", **fields: Any) -> int:
        """Send a message, and return its number."""
        ref = self.put("send", to=to, text=text, **fields)
        sent = self.take(
            lambda said: said["type"] == "sent" and said["ref"] == ref and said["state"] != "sending",
            "it is sent",
        )
        assert sent["state"] != "failed", sent
        return int(sent["seq"])

    def command(self, line: str, conversation: str = "#lobby") -> Document:
        """Run a command, and return what it says."""
        ref = self.put("command", conversation=conversation, line=line)
        return self.take(
            lambda said: said["type"] == "notice" and said.get("ref") == ref, f"what {line} says"
        )

    def close(self) -> None:
        self.socket.close()


def plain(message: Document) -> str:
    """Return the text of a message."""
    return "".join(piece["text"] for piece in message.get("pieces", ()))


class Town:
    """The broker, the gateway, and all browsers of a test."""

    def __init__(self, built: House, home: Path) -> None:
        self._house, self._home = built, home
        self._addresses = count(1)
        self._browsers: list[Browser] = []
        self.broker = self.gateway = None  # type: Program | None
        self.address = self.url = ""
        self._way: Callable[[str], str] = str
        self.door = f"ipc://{home}/door"
        """Where terminals connect, if the broker was told to bind it."""

    def open_broker(self, *arguments: str) -> None:
        bind = f"tcp://127.0.0.1:{urlsplit(self.address).port or 0}"
        data = ("--data", str(self._home / "broker"))
        self.broker, endpoint = self._house.broker("--curve", *data, *arguments, bind=bind)
        told = next(line for line in self.broker.out if line.startswith("Clients connect to "))
        self.address = (
            told.removeprefix("Clients connect to ").strip().replace("9009", str(urlsplit(endpoint).port))
        )

    def invite(self, *arguments: str) -> str:
        """Return an invite's address."""
        where = f"127.0.0.1:{urlsplit(self.address).port}"
        data = ("--data", str(self._home / "broker"), "--endpoint", where)
        program = self._house.program("chat-broker", "invite", *data, *arguments)
        assert program.wait() == 0, program.err
        return program.out[0].strip()

    def open_gateway(self, *arguments: str, connect: str = "", port: int = 0) -> None:
        """Start the gateway; again at the same port."""
        port = port or urlsplit(self.url).port or 0
        identity = ("--identity", str(self._home / "gateway.key"))
        fixed = ("--listen", f"127.0.0.1:{port}", "--connect", connect or self._way(self.address), *identity)
        self.gateway = self._house.program("chat-web", *fixed, "--guests", "--proxy", "127.0.0.1", *arguments)
        line = self.gateway.says("The chat is at ")
        self.url = line.removeprefix("The chat is at ").strip().rstrip("/")

    def open(self, *arguments: str, way: Callable[[str], str] = str) -> None:
        """Start both; `way` makes of the broker's address the one that the gateway uses."""
        self.open_broker(*arguments)
        self._way = way
        self.open_gateway(connect=way(self.invite("--role", "gateway", "--guests", "--accounts")))

    def browser(self, address: str = "") -> Browser:
        """Return another browser, at an address of its own."""
        number = next(self._addresses)
        self._browsers.append(Browser(self.url, address or f"198.51.{number // 250}.{number % 250 + 1}"))
        return self._browsers[-1]

    def guest(self, name: str) -> Page:
        """Return a page of a new guest that looks at the lobby."""
        page = self.browser().guest(name).page()
        page.event("welcome")
        page.ask("open", conversation="#lobby")
        return page

    def kill(self, program: Program | None) -> None:
        assert program
        program.process.send_signal(signal.SIGKILL)
        program.process.wait(DEADLINE)

    def close(self) -> None:
        for browser in self._browsers:
            for page in browser.pages:
                page.close()


@contextmanager
def town(home: Path) -> Iterator[Town]:
    """Give a broker with a gateway, and end both."""
    with house(home) as built:
        made = Town(built, home)
        try:
            yield made
        finally:
            made.close()


def health(town: Town) -> Document:
    return town.browser().ask("GET", "/healthz").said


__all__ = ["PASSWORD", "Browser", "Page", "Town", "eventually", "health", "plain", "town"]
