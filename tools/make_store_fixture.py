"""Make the database for tests of migrations: run a broker of a release, and send messages to it.

    python tools/make_store_fixture.py CHECKOUT TARGET.gz

CHECKOUT is the source tree of the release; this Python must have its dependencies. The script does not
import it: it runs the broker as a program and uses the wire protocol of that release. The broker runs twice.
In the first run its clock is set back by 100 days, so the second run prunes messages and forgets users.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import zmq
from zmq.utils import z85

_DAYS_BACK = 100
_MANY = 600
_LAUNCH = """
import runpy, sys, time
real, days = time.time_ns, int(sys.argv.pop(1))
time.time_ns = lambda: real() - days * 86_400 * 10**9
runpy.run_module("broker", run_name="__main__", alter_sys=True)
"""
_TEXTS = (
    "hello",
    "two\nlines\tand a tab",
    "Größe, café, naïve, Ωμέγα, Привет, Đặng",
    "日本語のテキスト、中文文本、한국어",
    "مرحبا بالعالم שלום עולם",
    "नमस्ते दुनिया สวัสดี ትግርኛ",
    "👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301 \u202eabc\u202c",
    "/me yawns",
    '\'; DROP TABLE messages; -- "quoted" %_\\',
    "x" * 4_000,
)


class Chat:
    """A data directory, and the broker on it."""

    def __init__(self, checkout: Path, directory: Path) -> None:
        self.checkout, self.data = checkout, directory / "data"
        self.ipc, self.tcp = f"ipc://{directory}/socket", "tcp://127.0.0.1:19009"
        self.key = b""
        self._context = zmq.Context()

    def _start(self, days: int, *arguments: str) -> subprocess.Popen[bytes]:
        environment = os.environ | {"PYTHONPATH": str(self.checkout), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-c", _LAUNCH, str(days), *arguments, "--data", str(self.data)]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)

    @contextmanager
    def broker(self, days: int, *options: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run the broker with its clock set back by some days, and stop it afterwards."""
        process = self._start(days, "--bind", self.ipc, "--bind", self.tcp, "--curve", *options)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()

    def invite(self, days: int, *options: str) -> str:
        """Return the token of a new invite."""
        process = self._start(days, "invite", "--endpoint", self.tcp, *options)
        printed = process.communicate()[0].decode()
        key, token = re.search(r"key=([\w-]+)&invite=([\w-]+)", printed).groups()  # type: ignore[union-attr]
        self.key = base64.urlsafe_b64decode(key + "=")
        return token

    def client(self, name: str, keys: tuple[bytes, bytes] | None = None, **login: Any) -> Client:
        """Log in over tcp with a key pair, or over ipc without one."""
        socket = self._context.socket(zmq.DEALER)
        if keys:
            socket.curve_serverkey = z85.encode(self.key)
            socket.curve_publickey, socket.curve_secretkey = keys
        socket.connect(self.tcp if keys else self.ipc)
        client = Client(socket)
        client.ask("login", protocol=1, name=name, **login)
        return client


class Client:
    """A connection that makes requests and waits for each reply."""

    _ids = count(1)

    def __init__(self, socket: zmq.Socket[bytes]) -> None:
        self._socket = socket

    def ask(self, kind: str, *, id: str = "", **fields: Any) -> dict[str, Any]:
        """Make a request, and return the reply, which must not be an error."""
        request = {"type": kind, "id": id or f"request-{next(self._ids)}", **fields}
        return self.ask_all([request])[-1]

    def ask_all(self, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Make several requests in one frame, and return the replies."""
        self._socket.send("\n".join(map(json.dumps, requests)).encode())
        wanted = {request["id"] for request in requests}
        replies: list[dict[str, Any]] = []
        while len(replies) < len(requests):
            if not self._socket.poll(10_000):
                raise SystemExit(f"no reply to {requests[0]}")
            for line in self._socket.recv().splitlines():
                document = json.loads(line)
                if document.get("re") in wanted:
                    replies.append(document)
        for reply in replies:
            if reply["type"] == "error":
                raise SystemExit(f"{requests[0]}: {reply}")
        return replies

    def say(self, to: str, *texts: str) -> None:
        """Send some texts in one frame."""
        self.ask_all(
            [{"type": "send", "id": f"said-{next(self._ids)}", "to": to, "text": text} for text in texts]
        )


def first_run(chat: Chat, keys: dict[str, tuple[bytes, bytes]]) -> None:
    """Send the messages to be pruned, as all users, and moderate."""
    with chat.broker(_DAYS_BACK):
        root = chat.client("root")
        operator, gateway = (chat.invite(_DAYS_BACK, "--role", role) for role in ("operator", "gateway"))
        alice = chat.client("Alice", keys["alice"])
        dave = chat.client("dave", keys["dave"], invite=operator)
        gate = chat.client("gate", keys["gate"], invite=gateway)
        bob, carol = chat.client("bob", keys["bob"]), chat.client("carol", keys["carol"])
        guest, lost = chat.client("гость"), chat.client("lost")
        for client in (alice, bob, carol, dave, guest, lost, root):
            client.ask("join", room="#tea")
            client.say("#tea", "said long ago", *_TEXTS[:3])
            client.say("#lobby", "said long ago")
        alice.ask("join", room="#Straße")
        alice.say("#Straße", *_TEXTS)
        alice.say("@bob", "said long ago, in private")
        bob.say("@alice", "an answer")
        for client in (carol, dave, gate, guest):  # the broker forgets no user with a direct conversation
            client.say("@alice", "hello", "hello again")
        moderate(chat, root, alice, dave, keys)
        lost.ask("leave", room="#tea")
        lost.ask("logout")


def moderate(
    chat: Chat, root: Client, alice: Client, dave: Client, keys: dict[str, tuple[bytes, bytes]]
) -> None:
    """Store each kind of key, rule, ban and role."""
    code = alice.ask("link")["code"]
    chat.client("alice", keys["tablet"], link=code)
    code = alice.ask("link")["code"]
    chat.client("alice", keys["stolen"], link=code)
    alice.ask("revoke", key=fingerprint(keys["stolen"]))
    alice.ask("password", password="correct horse battery")  # noqa: S106 - the chat exists only here
    alice.ask("join", room="#den")
    alice.ask("room-rules", room="#den", private=True, topic_locked=True)
    alice.ask("topic", room="#den", topic="Größe 日本 🫖")
    alice.ask("invite-user", room="#den", name="bob")
    alice.ask("room-rules", room="#Straße", topic_locked=True)
    root.ask("ban", name="bob", room="#Straße", reason="spam")
    root.ask("ban", address="203.0.113.0/24", reason="flooding")
    root.ask("ban", key=fingerprint(keys["mallory"]), seconds=300_000_000)
    root.ask("mute", name="bob", room="#lobby", reason="noise")
    root.ask("rank", name="alice", role="moderator", room="#tea")
    dave.ask("kick", name="carol", room="#tea")
    root.ask("reset-keys", name="carol")
    alice.ask("ignore", name="dave")


def second_run(chat: Chat, keys: dict[str, tuple[bytes, bytes]]) -> None:
    """Prune and forget, change some things, and stop before all messages are indexed."""
    with chat.broker(0, "--retain", "30", "--retain", "#Straße=0", "--forget-after", "60"):
        alice, bob = chat.client("alice", keys["alice"]), chat.client("bob", keys["bob"])
        while alice.ask("history", conversation="@bob")["messages"]:
            time.sleep(0.2)
        chat.client("carol", keys["carol again"]).ask("nick", name="Carla")
        chat.client("гость").ask("nick", name="Günther")
        bob.ask("away", text="lunch 🍜 昼食")
        bob.ask("read-receipts", on=False)
        alice.say("#tea", *_TEXTS)
        alice.say("@bob", "a question\nover two lines")
        bob.say("@alice", "an answer, confirmed")
        alice.ask("send", id="sent-again", to="#tea", text="this can be sent again")
        bob.ask("confirm", conversation="#tea", seq=30, read=29)
        alice.ask("confirm", conversation="@bob", seq=4, read=3)
        time.sleep(3)  # until everything so far is indexed
        for first in range(0, _MANY, 60):
            bob.say("#tea", *(f"fox number {number}" for number in range(first, first + 60)))


def fingerprint(keys: tuple[bytes, bytes]) -> str:
    """Return the fingerprint of a public key."""
    return "SHA256:" + base64.b64encode(sha256(z85.decode(keys[0])).digest()).decode().rstrip("=")


def main() -> None:
    """Make the database."""
    checkout, target = map(Path, sys.argv[1:])
    people = ("alice", "tablet", "stolen", "bob", "carol", "carol again", "dave", "gate", "mallory")
    keys = {name: zmq.curve_keypair() for name in people}
    with TemporaryDirectory() as directory:
        chat = Chat(checkout.resolve(), Path(directory))
        first_run(chat, keys)
        second_run(chat, keys)
        path = chat.data / "chat.db"
        with closing(sqlite3.connect(path)) as connection:
            upto, last = connection.execute(
                "SELECT (SELECT upto FROM indexing), max(number) FROM messages"
            ).fetchone()
            if not upto or upto >= last:
                raise SystemExit("everything is indexed; run this again")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with gzip.GzipFile(target, "wb", 9, mtime=0) as file:
            file.write(path.read_bytes())


if __name__ == "__main__":
    main()
