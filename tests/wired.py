"""A broker's core without sockets. Requests go in, and the test reads what each client gets."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from itertools import count
from typing import Any

from eventually import DEADLINE

from broker.commands import ADMIN_COMMANDS, COMMANDS
from broker.core.core import Core
from broker.core.memory.model import Moment, Peer
from broker.core.outbox import Delivery, LogEntry, LogEvent
from broker.core.settings import Caps, NamePolicy, Settings
from broker.core.store import Entry, Store, StoreError
from broker.store.memory import MemoryStore
from broker.transport.intake import Intake
from messages.admin import ADMIN_REPLIES
from messages.codec import decode_admin_reply, decode_frame, encode, encode_all
from messages.documents import Document
from messages.errors import ErrorCode
from messages.events import Event
from messages.game import Hand
from messages.operations import REPLIES
from messages.replies import Error, Welcome
from messages.requests import Login, Request
from messages.version import PROTOCOL

ALL = COMMANDS | ADMIN_COMMANDS
UNLIMITED = Caps(rate=0.0, rooms_per_user=1_000_000)
BEGINNING = Moment(1_790_000_000_000, 1_000.0)


class FixedRandomness:
    """Tokens in order, and the hand that the test sets."""

    def __init__(self) -> None:
        self.tokens = 0
        self.shown = Hand.ROCK

    def token(self) -> str:
        self.tokens += 1
        return f"token-{self.tokens}"

    def hand(self) -> Hand:
        return self.shown


class FragileStore(MemoryStore):
    """A store that a test can break."""

    broken = False

    def commit(self, entries: Sequence[Entry]) -> None:
        if self.broken:
            raise StoreError("no space left on the device")
        super().commit(entries)

    def probe(self) -> None:
        if self.broken:
            raise StoreError("no space left on the device")


class Client:
    """One connection of a test."""

    def __init__(self, chat: Chat, peer: Peer) -> None:
        self._chat = chat
        self.peer = peer
        self.inbox: list[Document] = []
        self.full = False
        """Whether it does not read, so that its pipe is full."""
        self.gone = False
        """Whether its connection is closed. The broker notices when it next sends."""

    def put(self, kind: type[Request], *values: Any, id: str | None = None, **fields: Any) -> str:
        """Send a request as part of a batch, and return its id."""
        request = kind(id or self._chat.new_id(), *values, **fields)
        self.put_all(request)
        return request.id

    def put_all(self, *requests: Request) -> None:
        """Send several requests in one frame, as part of a batch."""
        self.put_frame(b"\n".join(map(encode, requests)))

    def put_frame(self, payload: bytes) -> None:
        """Send a frame of any bytes, as part of a batch."""
        core = self._chat.core
        core.begin(self._chat.now)
        if self.peer not in core.peers:  # it was taken as gone
            core.connect(self.peer)
        self._chat.intake.take(self.peer, payload)
        self._chat.intake.take_waiting()

    def ask(self, kind: type[Request], *values: Any, id: str | None = None, **fields: Any) -> Any:
        """Send a request in a batch of its own, and return its only reply."""
        asked = self.put(kind, *values, id=id, **fields)
        self._chat.flush()
        reply = self.reply(asked)
        assert isinstance(reply, (*(REPLIES | ADMIN_REPLIES)[kind], Error)), reply
        return reply

    def refused(self, kind: type[Request], *values: Any, **fields: Any) -> ErrorCode:
        """Send a request that is refused, and return the code."""
        reply = self.ask(kind, *values, **fields)
        assert isinstance(reply, Error), reply
        assert reply.retryable == (reply.code.retryable or reply.retry_after > 0)
        assert reply.text
        return reply.code

    def garble(self, id: str | None = None) -> None:
        """Send a document that cannot be decoded, as part of a batch."""
        self.put_frame(b'{"type":"send"}' if id is None else b'{"type":"send","id":"%s"}' % id.encode())

    def login(self, name: str, session: str | None = None) -> Welcome:
        welcome = self.ask(Login, PROTOCOL, name, session, amendments=True)
        assert isinstance(welcome, Welcome), welcome
        return welcome

    def reply(self, id: str) -> Any:
        """Return the only reply to a request, and remove it from the inbox."""
        found = [document for document in self.inbox if getattr(document, "re", None) == id]
        assert len(found) == 1, f"{len(found)} replies to {id}: {found}"
        self.inbox.remove(found[0])
        return found[0]

    def events(self, *kinds: type[Event]) -> list[Any]:
        """Return the events since the last call, of some kinds or of all. Empty the inbox."""
        found = [document for document in self.inbox if isinstance(document, kinds or Event)]
        self.inbox.clear()
        return found

    def texts(self) -> list[str]:
        """Return the texts of the events that have one, and empty the inbox."""
        return [event.text for event in self.events() if hasattr(event, "text")]


class Chat:
    """A core, its store and its clock, with the loop that a transport runs around them."""

    def __init__(self, store: Store | None = None, names: str = "unique", **settings: Any) -> None:
        settings.setdefault("caps", UNLIMITED)
        self.store = store or FragileStore("epoch")
        self._outcomes = threading.Event()
        self.store.contents.on_outcome = self._outcomes.set
        self.randomness = FixedRandomness()
        self.now = BEGINNING
        self.core = Core(self.store, Settings(NamePolicy(names), **settings), self.randomness, ALL, self.now)
        self.intake = Intake(self.core)
        self.notes: list[LogEntry] = []
        self._clients: dict[Peer, Client] = {}
        self._ids = count(1)

    def new_id(self) -> str:
        return f"r{next(self._ids)}"

    def connect(
        self,
        address: str = "10.0.0.1",
        identity: str | None = None,
        *,
        uid: int | None = None,
        admin: bool = False,
    ) -> Client:
        place = address if uid is None else f"this machine (user {uid}, process 7)"
        peer = Peer(b"\0%d" % len(self._clients), place, self.now.elapsed, identity, uid=uid, admin=admin)
        client = self._clients[peer] = Client(self, peer)
        self.core.connect(peer)
        return client

    def login(self, name: str, *, identity: str | None = None, session: str | None = None) -> Client:
        client = self.connect(identity=identity)
        client.login(name, session)
        return client

    def users(self, *names: str) -> list[Client]:
        """Log users in, and empty their inboxes."""
        clients = [self.login(name) for name in names]
        for client in clients:
            client.events()
        return clients

    def forward(self, seconds: float) -> None:
        """Let time pass, second by second, with its effects."""
        while seconds > 0:
            step = min(seconds, 1.0)
            seconds -= step
            self.now = Moment(self.now.at + round(step * 1000), self.now.elapsed + step)
            self.tick()

    def mend(self) -> None:
        """Repair a broken store, and let the core notice."""
        assert isinstance(self.store, FragileStore)
        self.store.broken = False
        self.forward(1)

    def restart(self) -> None:
        """Start a new core with the stored data and no connections."""
        self.core = Core(self.store, self.core.settings, self.randomness, ALL, self.now)
        self.intake = Intake(self.core)

    def tick(self) -> None:
        self.core.begin(self.now)
        self.core.tick()
        self.flush()

    def flush(self) -> None:
        """Commit and send, and carry out requests that take long."""
        self.deliver()
        while self.core.jobs:
            self.core.advance(lambda: self.now.elapsed, 1.0)
            self.deliver()
        while self.core.transfers:
            assert self._outcomes.wait(DEADLINE), "content is not written or read"
            self._outcomes.clear()
            self.deliver()

    def deliver(self) -> None:
        """Commit and send. Repeat it if sending finds clients that are gone."""
        while True:
            deliveries, notes = self.core.commit()
            self.notes += notes
            if not deliveries:
                return
            gone = []
            for client, documents in self._gather(deliveries).items():
                if client.gone and not client.peer.lagging:
                    gone.append(client.peer)
                else:
                    self._send(client, documents)
            self.core.lose(gone, "connection lost")

    def _gather(self, deliveries: list[Delivery]) -> dict[Client, list[Document]]:
        gathered: dict[Client, list[Document]] = {}
        for peers, documents, but in deliveries:
            lines = encode_all(documents)
            if any(peer.admin for peer in peers):
                assert [decode_admin_reply(line) for line in lines.split(b"\n")] == list(documents)
            else:
                assert list(decode_frame(lines)) == list(documents)
            for peer in peers:
                if peer is not but:
                    gathered.setdefault(self._clients[peer], []).extend(documents)
        return gathered

    def _send(self, client: Client, documents: list[Document]) -> None:
        if client.peer.lagging:
            return
        if client.full:
            self.core.lag(client.peer)
        else:
            client.inbox += documents

    def noted(self, told: LogEvent) -> list[dict[str, object]]:
        """Return the fields of the log's entries of one kind."""
        return [dict(note.fields) for note in self.notes if note.event is told]


def is_unavailable(reply: object) -> bool:
    """Return whether a reply says that the store has failed, and to try again."""
    return isinstance(reply, Error) and reply.code is ErrorCode.UNAVAILABLE and reply.retryable
