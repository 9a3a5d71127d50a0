"""A broker's core and clients' sessions, joined by links that a test delays, cuts and blocks."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from itertools import count
from typing import Any

from wired import BEGINNING, Chat, Client, FragileStore

from broker.core.memory.model import Moment
from broker.core.store import Entry, StoredMessage
from client.core.events import Ended, LoggedIn, Missing, SendAccepted, SendFailed, Sent
from client.core.options import LISTENING, Listening
from client.core.session import Session, SessionState
from messages.codec import decode_request, encode
from messages.events import Amendment, AnyEntry, Message
from messages.limits import MAX_SEQ
from messages.replies import Pong
from messages.requests import Ping, Request


class LoggingStore(FragileStore):
    """A store that a test can break. It knows the sender of each seq, even after dropping the message."""

    def __init__(self, epoch: str, capacity: int) -> None:
        super().__init__(epoch, capacity)
        self.authors: dict[tuple[str, int], int] = {}

    def commit(self, entries: Sequence[Entry]) -> None:
        super().commit(entries)
        for entry in entries:
            if isinstance(entry, StoredMessage):
                self.authors[entry.conversation, entry.seq] = entry.user


class View:
    """What one client was shown, by epoch."""

    def __init__(self) -> None:
        self.epoch = ""
        self.entries: defaultdict[str, list[AnyEntry | Missing]] = defaultdict(list)
        self.accepted: defaultdict[str, list[Sent]] = defaultdict(list)
        self.failed: list[Sent] = []
        self.starts: dict[tuple[str, str], int] = {}

    @property
    def messages(self) -> list[Message]:
        """Those of the last epoch."""
        return [entry for entry in self.entries[self.epoch] if isinstance(entry, Message)]

    def take(self, event: object) -> None:
        match event:
            case LoggedIn(welcome, again, new_log) if new_log or not again:
                self.epoch = welcome.epoch
                for position in welcome.conversations:
                    self.starts[self.epoch, position.conversation] = position.delivered
            case Message() | Amendment() | Missing():
                self.entries[self.epoch].append(event)
            case SendAccepted(sent):
                self.accepted[self.epoch].append(sent)
            case SendFailed(sent):
                self.failed.append(sent)


class Member:
    """One client: a session, its view, and its link to the broker while there is one."""

    def __init__(self, world: World, name: str, listening: Listening = LISTENING) -> None:
        ids = count(1)
        self.world = world
        self.session = Session(name, lambda: f"{name}-{next(ids)}", encode, listening=listening)
        self.view = View()
        self.sent: list[Sent] = []
        self.client: Client | None = None
        self.going: deque[Request] = deque()

    @property
    def stalled(self) -> bool:
        """Whether it does not read, so that its pipe is full."""
        return self.client is not None and self.client.full

    def stall(self, stalled: bool) -> None:
        if self.client:
            self.client.full = stalled

    def say(self, to: str, text: str) -> None:
        self.sent.append(self.session.send(to, text))

    def connect(self) -> None:
        if self.client is None:
            self.client = self.world.chat.connect()
            self.session.connected(self.world.seconds, "linked")

    def cut(self) -> None:
        """Lose the connection and all frames under way. The broker notices when it next sends."""
        if self.client:
            self.client.gone = True
            self.client.inbox.clear()
        self.client = None
        self.going.clear()
        self.session.disconnected("cut")

    def tick(self) -> bool:
        """Let the session act. Return whether it sent more than a ping."""
        self.session.tick(self.world.seconds)
        if self.session.wants_connection:
            self.session.wants_connection = False
            self.cut()
            self.connect()
        asked = [decode_request(line) for line in self.session.take_lines(self.world.seconds)]
        if self.client:
            self.going.extend(asked)
        return any(not isinstance(request, Ping) for request in asked)

    def deliver_requests(self, most: int) -> None:
        """Pass requests to the broker, which handles them as part of a batch."""
        for _ in range(min(most, len(self.going))):
            if self.client is None:
                return
            if self.client.peer not in self.world.chat.core.peers:  # it was forgotten: a newcomer
                forgotten, self.client = self.client, self.world.chat.connect()
                self.client.inbox, self.client.full = forgotten.inbox, forgotten.full
            self.client.put_all(self.going.popleft())

    def deliver_documents(self, most: int) -> int:
        """Pass the broker's documents to the session, if it reads. Count all that are not pongs."""
        if self.client is None or self.stalled:
            return 0
        arrived, self.client.inbox = self.client.inbox[:most], self.client.inbox[most:]
        for document in arrived:
            self.session.receive(document, self.world.seconds)  # type: ignore[arg-type]
        return sum(not isinstance(document, Pong) for document in arrived)

    def show(self, most: int) -> None:
        """Pass events to the view."""
        for _ in range(most):
            event = self.session.next_event()
            if event is None:
                return
            self.view.take(event)
            self.session.handed_over(event)
            if isinstance(event, Ended):  # a lost connection of one's own still holds the name: insist
                self.session.login(self.session.name)


class World:
    """A broker and its clients. Time passes only by `forward`."""

    def __init__(
        self, *names: str, capacity: int = 100_000, listening: Listening = LISTENING, **settings: Any
    ) -> None:
        self._epochs = count(1)
        self._capacity = capacity
        self._settings = settings
        self._listening = listening
        self.now = BEGINNING
        self.may_be_missing: set[str] = set()
        """Conversations in which a client may report a message as missing although the log has it."""
        self.stores: dict[str, LoggingStore] = {}
        self.store = self._new_store()
        self.chat = Chat(self.store, **settings)
        self.members = [Member(self, name, listening) for name in names]

    def add(self, name: str) -> Member:
        """Let another client come."""
        self.members.append(Member(self, name, self._listening))
        return self.members[-1]

    @property
    def seconds(self) -> float:
        """The time on the clients' clock, which differs from the broker's."""
        return self.now.elapsed - 900.0

    def _new_store(self) -> LoggingStore:
        epoch = f"epoch-{next(self._epochs)}"
        self.stores[epoch] = LoggingStore(epoch, self._capacity)
        return self.stores[epoch]

    def restart(self, *, empty: bool = False) -> None:
        """Replace the broker with another one that has its store, or an empty one."""
        self.store.broken = False
        if empty:
            self.store = self._new_store()
        last, self.chat = self.chat.randomness.token(), Chat(self.store, **self._settings)
        while self.chat.randomness.token() != last:
            pass  # so that no token is given twice
        for member in self.members:
            member.cut()
        self.forward(0.0)

    def forward(self, seconds: float) -> None:
        self.now = Moment(self.now.at + round(seconds * 1000), self.now.elapsed + seconds)
        self.chat.now = self.now
        self.chat.tick()

    def round(self) -> bool:
        """Let all clients and the broker act. Return whether there was more than pings."""
        busy = False
        for member in self.members:
            busy |= member.tick()
        for member in self.members:
            member.deliver_requests(1_000)
        self.chat.flush()
        for member in self.members:
            busy |= member.deliver_documents(1_000) > 0
            member.show(10_000)
        return busy

    def calm_down(self) -> None:
        """Repair all links and the store, and go on until nothing is left to do."""
        self.store.broken = False
        for member in self.members:
            member.stall(False)
            member.connect()
        quiet = 0
        while quiet < 80:  # rounds of half a second: longer than anybody waits before trying again
            self.forward(0.5)
            quiet = 0 if self.round() else quiet + 1
        assert all(member.session.state is SessionState.READY for member in self.members)
        assert not any(member.session.unanswered for member in self.members)

    # What the broker's log holds

    def log(self, epoch: str) -> dict[str, tuple[str, int]]:
        """Return the conversation and seq of each text of an epoch's log."""
        store = self.stores[epoch]
        pages = {name: store.page(name, 0, MAX_SEQ, 1_000_000) for name in store.load().heads}
        places = [(stored.text, (name, stored.seq)) for name, page in pages.items() for stored in page]
        assert len(dict(places)) == len(places), "a text was stored twice"
        return dict(places)
