"""Clients that put a broker under load and note what it acknowledges, over plain DEALER sockets."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from itertools import count
from random import Random
from types import TracebackType
from typing import Any

import zmq
from eventually import DEADLINE
from torture.stored import Acked, Ledger

Document = dict[str, Any]

_DOWN = zmq.EVENT_DISCONNECTED | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
_EVENT = b'{"type":"message"'
_KINDS = {"send": "", "edit": "edited", "delete": "deleted", "react": "reacted", "pin": "pinned"}

MOST_PINNED = 8
"""Messages that a talker has pinned at one time: with all talkers fewer than a conversation may have."""


class Wire:
    """One connection of one user, until it is lost."""

    def __init__(self, context: zmq.Context[Any], url: str) -> None:
        self.socket = context.socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.reconnect_ivl = 20
        self.monitor = self.socket.get_monitor_socket(_DOWN)
        self.poller = zmq.Poller()
        self.poller.register(self.socket, zmq.POLLIN)
        self.poller.register(self.monitor, zmq.POLLIN)
        self.socket.connect(url)

    def put(self, documents: Iterable[Document]) -> None:
        lines = [json.dumps(document).encode() for document in documents]
        for start in range(0, len(lines), 64):
            self.socket.send(b"\n".join(lines[start : start + 64]))

    def read(self) -> list[Document] | None:
        """Return replies, none if there was nothing for a moment; None once the connection is lost."""
        ready = dict(self.poller.poll(100))
        if self.monitor in ready:
            return None
        if self.socket not in ready:
            return []
        lines = self.socket.recv().split(b"\n")
        return [json.loads(line) for line in lines if not line.startswith(_EVENT)]

    def close(self) -> None:
        self.socket.disable_monitor()
        self.monitor.close()
        self.socket.close()


class Talker:
    """A user who always has some sends unanswered, and sends them again after each lost connection."""

    def __init__(self, load: Load, name: str, to: tuple[str, ...], window: int) -> None:
        self.name = name
        self._load = load
        self._to = to
        self._window = window
        self._random = Random(f"{name} {load.seed}")
        self._ids = count(1)
        self._unanswered: dict[str, Document] = {}
        self._known = False
        self._said: dict[str, tuple[str, int]] = {}
        """The last accepted messages without an amendment on its way: conversation and seq by id."""
        self._changing: dict[str, str] = {}
        """By the id of an amendment on its way, the id of the message."""
        self._reacted: dict[str, bool] = {}
        self._pinned: set[str] = set()
        self._answered: dict[str, int] = {}
        """The last accepted message of each conversation."""
        self.failure: BaseException | None = None
        self.thread = threading.Thread(target=self._run, name=name)

    def _run(self) -> None:
        try:
            while self._unanswered or not self._load.finishing.is_set():
                if self._load.given_up.is_set():
                    raise AssertionError(f"{self.name} still waits for {len(self._unanswered)} replies")
                wire = Wire(self._load.context, self._load.url)
                try:
                    self._talk(wire)
                finally:
                    wire.close()
        except BaseException as failure:
            self.failure = failure

    def _talk(self, wire: Wire) -> None:
        """Log in, send what was not answered, and talk until the connection is lost or all is over."""
        login = {"type": "login", "id": "login", "protocol": 1, "name": self.name}
        wire.put([login])
        ready = False
        while not self._load.given_up.is_set():
            replies = wire.read()
            if replies is None or (ready and not self._unanswered and self._load.finishing.is_set()):
                return
            for reply in replies:
                if reply["type"] == "welcome":
                    if not self._known:  # so that everybody can be written to
                        self._load.all_known.wait(DEADLINE)
                    ready = self._known = True
                    wire.put(self._unanswered.values())
                elif reply.get("re") == "login":
                    wire.put([login])
                else:
                    self._take(wire, reply)
            if ready and not self._load.finishing.is_set():
                wire.put(self._new_sends())

    def _take(self, wire: Wire, reply: Document) -> None:
        sent = self._unanswered.get(reply.get("re", ""))
        if sent is None:
            return
        if reply["type"] == "accepted":
            del self._unanswered[sent["id"]]
            place, seq, kind = reply["conversation"], reply["seq"], _KINDS[sent["type"]]
            text, of = ("", sent["seq"]) if kind else (sent["text"], sent.get("reply_to", 0))
            self._load.ledger.enter(Acked(sent["id"], place, seq, text, kind, of))
            self._said_now(sent, seq)
        elif reply["retryable"]:
            wire.put([sent])
        elif sent["type"] != "send" or "reply_to" in sent:  # its message was accepted, and is lost
            del self._unanswered[sent["id"]]
            self._load.ledger.refused.append(sent["id"])
        else:
            raise AssertionError(f"{self.name} was refused {sent}: {reply}")

    def _new_sends(self) -> list[Document]:
        """Return new sends, as many as fill the window; some of random sizes, some in bursts."""
        sends = []
        while len(self._unanswered) + len(sends) < self._window:
            name = f"{self.name}-{next(self._ids)}"
            if self._said and self._random.random() < 0.3:
                sends.append(self._amendment(name))
                continue
            padding = "x" * self._random.choice((0, 10, 100, 100, 1_000))
            to = self._random.choice(self._to)
            send = {"type": "send", "id": name, "to": to, "text": f"{name} {padding}"}
            if self._random.random() < 0.2 and to in self._answered:
                send["reply_to"] = self._answered[to]
            sends.append(send)
        self._unanswered |= {send["id"]: send for send in sends}
        return sends

    def _said_now(self, sent: Document, seq: int) -> None:
        """Note that something was accepted, so that the message can be amended next."""
        if sent["type"] == "send":
            self._said[sent["id"]] = sent["to"], seq
            self._answered[sent["to"]] = seq
            if len(self._said) > 20 + MOST_PINNED:
                del self._said[next(one for one in self._said if one not in self._pinned)]
        else:
            message = self._changing.pop(sent["id"])
            if sent["type"] != "delete":
                self._said[message] = sent["conversation"], sent["seq"]

    def _amendment(self, name: str) -> Document:
        """Return a request that changes one of the last messages, and makes an entry in any case."""
        message = self._random.choice(list(self._said))
        to, seq = self._said.pop(message)
        self._changing[name] = message
        request: Document = {"id": name, "conversation": to, "seq": seq}
        match self._random.choice(("edit", "delete", "react", "react", "pin")):
            case "edit":
                self._load.ledger.changed[message] = f"{name} edited"
                return request | {"type": "edit", "text": f"{name} edited"}
            case "delete":
                self._load.ledger.changed[message] = ""
                self._pinned.discard(message)
                return request | {"type": "delete"}
            case "pin" if message in self._pinned:
                self._pinned.remove(message)
                return request | {"type": "pin", "on": False}
            case "pin" if len(self._pinned) < MOST_PINNED:
                self._pinned.add(message)
                return request | {"type": "pin"}
        on = self._reacted[message] = not self._reacted.get(message, False)
        return request | {"type": "react", "reaction": "👍", "on": on}


class Load:
    """Several talkers at once, each with a thread and a connection of its own."""

    def __init__(self, url: str, ledger: Ledger, seed: int, talkers: int = 4, window: int = 48) -> None:
        self.url = url
        self.ledger = ledger
        self.seed = seed
        self.context: zmq.Context[Any] = zmq.Context()
        self.finishing = threading.Event()
        self.given_up = threading.Event()
        self.all_known = threading.Barrier(talkers)
        names = [f"talker{number}" for number in range(talkers)]
        self.talkers = [
            Talker(self, name, ("#lobby", "#lobby", f"@{names[number - 1]}"), window)
            for number, name in enumerate(names)
        ]

    def __enter__(self) -> Load:
        for talker in self.talkers:
            talker.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, _e: object, _t: TracebackType | None) -> None:
        """Wait until all sends are answered, and end all threads. Fail if one is not answered."""
        self.finishing.set()
        if kind:
            self.given_up.set()
        for talker in self.talkers:
            talker.thread.join(DEADLINE)
        self.given_up.set()
        for talker in self.talkers:
            talker.thread.join(DEADLINE)
        self.context.destroy(linger=0)
        if kind is None:
            failures = [talker.failure for talker in self.talkers if talker.failure]
            assert not failures, failures
