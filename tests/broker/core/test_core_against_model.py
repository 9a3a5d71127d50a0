"""Hypothesis drives the core and a plain model of it with the same requests, failures, restarts and time."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from operations import BATCHES, CONVERSATIONS, KINDS, NUMBERS, Choice
from photograph import photograph
from plain_chat import Outcome, PlainChat
from torture.figures import figure
from wired import Chat, Client, FragileStore, is_unavailable

from broker.core.delivery.pages import position_of
from broker.core.memory.model import Direct, Room
from broker.core.outbox import LogEvent
from broker.core.upkeep.timers import MISSED_HEARTBEATS
from messages.amendments import Delete, Edit, Pin, React
from messages.events import Amendment, AnyEntry, Lagged, Message, Position
from messages.limits import MAX_SEQ
from messages.replies import Error
from messages.requests import History, Login, Send
from messages.version import PROTOCOL

WIRE = {Edit: "edited", Delete: "deleted", React: "reacted", Pin: "pinned"}
SILENCE, RESUME = 15.0 * MISSED_HEARTBEATS, 60.0


class CoreAgainstModel(RuleBasedStateMachine):
    """Each rule does the same to both; the invariants compare them."""

    @initialize(devices=st.integers(0, 1), strangers=st.integers(0, 1))
    def begin(self, devices: int, strangers: int) -> None:
        self.store = FragileStore("epoch")
        self.chat = Chat(self.store, resume_seconds=RESUME, named_receipts=2)
        self.model = PlainChat()
        self.clients: dict[int, Client] = {}
        self.numbers = 0
        self.lagging: set[int] = set()
        self.lost_at: dict[str, float] = {}
        for name in ["alice", "bob", *["bob"] * devices]:
            self._connect_as(name, "key" if name == "bob" else None)
        for _ in range(strangers):
            self.connect(None)

    @rule(identity=st.sampled_from([None, "key"]))
    def connect(self, identity: str | None) -> None:
        self.numbers += 1
        self.clients[self.numbers] = self.chat.connect(identity=identity)

    def _connect_as(self, name: str, identity: str | None) -> None:
        self.connect(identity)
        self._ask([(len(self.clients) - 1, ("login", name, 9))])

    @rule(batch=BATCHES)
    def ask(self, batch: list[Choice]) -> None:
        """Put a batch together, perhaps of one request, and have it stored."""
        self._ask(batch)

    @rule(batch=BATCHES)
    def ask_in_vain(self, batch: list[Choice]) -> None:
        """Put a batch together that cannot be stored."""
        self._ask(batch, works=False)

    @rule(batch=BATCHES)
    def ask_again(self, batch: list[Choice]) -> None:
        """Do as clients do that are told to try again."""
        self._ask(batch, works=False)
        self._ask(batch)

    def _ask(self, batch: list[Choice], *, works: bool = True) -> None:
        before, model = photograph(self.chat.core), deepcopy(self.model)
        tokens, model.tokens = sorted(self.model.sessions), self.chat.randomness.tokens
        self.store.broken = not works
        noted = len(self.chat.notes)
        asked: list[tuple[int, str, Outcome]] = []
        woken: list[int] = []
        for choice, operation in batch:
            number = self._number(choice)
            if number in self.lagging:
                woken.append(number)
                self._wake(model, number)
            asked.append((number, *self._put(model, number, operation, tokens)))
        fails = self.store.broken = not works and bool(self.chat.core.state.journal)
        self.chat.flush()
        self.store.broken = False

        assert any(note.event is LogEvent.STORE_FAILED for note in self.chat.notes[noted:]) is fails
        if fails:
            for number in woken:
                self.lagging.add(number)
                self._wake(self.model, number)
                before["peers"][self.clients[number].peer.routing_id] = False  # type: ignore[index]
            if not any(client.gone or client.full for client in self.clients.values()):
                after = photograph(self.chat.core)
                for picture in (before, after) if woken else ():  # who woke is connected, and told counts
                    del picture["uncounted"]
                    for found in picture["conversations"].values():  # type: ignore[attr-defined]
                        del found["connected"]
                assert after == before
            expected = [(number, request, None) for number, request, _ in asked]
        else:
            self.model, expected = model, asked
        self._compare(expected)
        if fails:
            self.wait(1)  # in which it heals

    def _number(self, choice: int) -> int:
        """Return one of the connections, of which there are always two at least."""
        return sorted(self.clients)[choice % len(self.clients)]

    def _wake(self, model: PlainChat, number: int) -> None:
        self.lagging.remove(number)
        user = model.user_of(number)
        if user is not None:
            model.heard.setdefault(number, []).append(model.positions(user))

    def _put(
        self, model: PlainChat, number: int, operation: tuple[Any, ...], tokens: list[str]
    ) -> tuple[str, Outcome]:
        """Ask both for the same; return the request's id, and what the model says comes of it."""
        client, (command, *values) = self.clients[number], operation
        if command == "login":
            name, choice = values
            token = tokens[choice] if choice < len(tokens) else None
            outcome = model.ask(number, self.lagging, "login", name, token, client.peer.identity)
            return client.put(Login, PROTOCOL, name, token, amendments=True), outcome
        if command == "send":
            to, text, request = values
            request = request or self.chat.new_id()
            outcome = model.ask(number, self.lagging, "send", to, text, request)
            return client.put(Send, to, text, id=request), outcome
        if command == "amend":
            kind, to, seq, text, on, request = values
            request = request or self.chat.new_id()
            wire = WIRE[kind]
            outcome = model.ask(number, self.lagging, "amend", wire, to, seq, text, on, request)
            fields = {React: {"reaction": text, "on": on}, Pin: {"on": on}, Edit: {"text": text}, Delete: {}}
            return client.put(kind, to, seq, id=request, **fields[kind]), outcome
        outcome = model.ask(number, self.lagging, command, *values)
        return client.put(KINDS[command], *values), outcome

    def _compare(self, expected: list[tuple[int, str, Outcome | None]]) -> None:
        """Check what each client got: one reply a request, and all it should have heard, once, in order."""
        for number, client in list(self.clients.items()):
            heard = self.model.heard.pop(number, [])
            if client.gone or client.full:
                assert client.inbox == []
                if client.peer.lagging:
                    self.lagging.add(number)
            else:
                self._compare_replies(client, [(asked, due) for who, asked, due in expected if who == number])
                assert [
                    told for event in client.events(Lagged, Message, Amendment) for told in told_by(event)
                ] == heard
            self._notice_session(number, client)
        while len(self.clients) < 2:
            self.connect(None)
        lost = self.model.sessions.keys() - set(self.model.bound.values())
        self.lost_at = {token: self.lost_at.get(token, self.chat.now.elapsed) for token in lost}

    def _compare_replies(self, client: Client, expected: list[tuple[str, Outcome | None]]) -> None:
        replies = [document for document in client.inbox if hasattr(document, "re")]
        assert [reply.re for reply in replies] == [request for request, _ in expected]
        for reply, (_, outcome) in zip(replies, expected, strict=True):
            if outcome is None:
                assert is_unavailable(reply)
                continue
            assert (reply.code if isinstance(reply, Error) else None) == outcome.code, reply
            for field in ("seq", "name"):
                if outcome.code is None and hasattr(reply, field):
                    assert getattr(reply, field) == getattr(outcome, field)
            if outcome.members is not None:
                assert [one.name for one in reply.members] == outcome.members

    def _notice_session(self, number: int, client: Client) -> None:
        """Learn which connections are gone, if there was a reason."""
        session = client.peer.session
        if client.peer in self.chat.core.peers:
            assert (session.token if session else None) == self.model.bound.get(number)
            assert self.chat.now.elapsed - client.peer.heard <= SILENCE + 1
            return
        assert client.gone or self.chat.now.elapsed - client.peer.heard > SILENCE
        assert session is None
        self.model.bound.pop(number, None)
        self.lagging.discard(number)
        del self.clients[number]

    @rule(choice=NUMBERS)
    def stop_or_start_reading(self, choice: int) -> None:
        client = self.clients[self._number(choice)]
        client.full = not client.full

    @rule(choice=NUMBERS)
    def cut(self, choice: int) -> None:
        self.clients[self._number(choice)].gone = True

    @rule()
    def restart(self) -> None:
        """Have another broker go on with the store; some come back."""
        self.chat.restart()
        self.model.restart()
        for forgotten in (self.clients, self.lagging, self.lost_at):
            forgotten.clear()
        self._connect_as("alice", None)
        self._connect_as("bob", "key")

    @rule(seconds=st.sampled_from([1, 20, 50]))
    def wait(self, seconds: int) -> None:
        self.chat.forward(seconds)
        now = self.chat.now.elapsed
        for number in [number for number in self.lagging if self._reads(number)]:
            peer = self.clients[number].peer
            if not peer.lagging:  # it was tried again, perhaps before it had been silent for too long
                self._wake(self.model, number)
            elif peer in self.chat.core.peers:
                assert self.chat.core.state.lagging[peer] > now
        self._compare([])
        for token, lost_at in list(self.lost_at.items()):
            if token in self.chat.core.state.sessions:
                assert now - lost_at <= RESUME + 52  # a wait of 50 may have brought the loss itself
            else:
                assert now - lost_at + 50 >= RESUME
                del self.lost_at[token], self.model.sessions[token]

    def _reads(self, number: int) -> bool:
        client = self.clients[number]
        return not client.full and not client.gone

    @rule(choice=NUMBERS, conversation=CONVERSATIONS)
    def read_history(self, choice: int, conversation: str) -> None:
        """Read a whole conversation, which must be just what was accepted in it."""
        number = self._number(choice)
        client, user = self.clients[number], self.model.user_of(number)
        if user is None or client.full or client.gone or client.peer.lagging:
            return
        reply = client.ask(History, conversation, after=0, limit=100)
        self._compare([])
        outcome = deepcopy(self.model).ask(number, set(), "confirm", conversation, 0, 0)
        if outcome.code is not None:
            assert reply.code == outcome.code
            return
        keys = {self.model.seen_by(user, key).casefold(): key for key in self.model.logs if in_it(user, key)}
        key = keys.get(conversation.casefold())
        count = min(len(self.model.logs[key]), 100) if key else 0
        assert [shown(entry) for entry in reply.messages] == [
            self.model.entry(key, seq) for seq in range(1, count + 1)
        ]

    # What must be so after each step

    @invariant()
    def memory_is_as_the_model_says(self) -> None:
        state = self.chat.core.state
        found = {}
        for conversation in state.conversations.values():
            if isinstance(conversation, Room):
                found[conversation.name] = conversation
            elif isinstance(conversation, Direct):
                found[tuple(sorted(user.id for user in conversation.pair))] = conversation
        assert {key: conversation.head for key, conversation in found.items()} == {
            key: len(log) for key, log in self.model.logs.items()
        }
        assert {
            (key, user.id): (member.delivered, member.read)
            for key, conversation in found.items()
            for user, member in conversation.members.items()
        } == self.model.cursors
        assert {user.id for user in state.users.values() if user.discreet} == self.model.discreet
        assert {user.id: user.name for user in state.users.values()} == self.model.names
        assert state.sessions.keys() == self.model.sessions.keys()
        for key, conversation in found.items():
            assert {peer.routing_id for peer in conversation.connected} == {
                self.clients[number].peer.routing_id
                for number in self.model.bound
                if self.model.user_of(number) in self.model.members[key]
                and not self.clients[number].peer.lagging
            }

    @invariant()
    def the_store_has_what_memory_has(self) -> None:
        stored, state = self.store.load(), self.chat.core.state
        assert stored.heads == {c.id: c.head for c in state.conversations.values() if c.head}
        assert {(m.conversation, m.user): (m.delivered, m.read, m.joined) for m in stored.members} == {
            (c.id, user.id): (member.delivered, member.read, member.joined)
            for c in state.conversations.values()
            for user, member in c.members.items()
        }
        assert {user.id: user.name for user in stored.users} == self.model.names
        assert stored.next_user == state.next_user
        for conversation, head in stored.heads.items():
            page = self.store.page(conversation, 0, MAX_SEQ, head + 1)
            assert [message.seq for message in page] == list(range(1, head + 1))
            found = state.conversations[conversation]
            sent = [one.at for one in page if one.is_message]
            for user in found.members:
                position = position_of(self.chat.core._context, found, user)
                key = found.name if isinstance(found, Room) else tuple(sorted(one.id for one in found.pair))
                assert as_modelled(position) == self.model.position(user.id, key)
                assert position.at == (sent[-1] if sent else 0)
        state.changes.revert()  # no request has asked for what was counted here


def told_by(event: Lagged | AnyEntry) -> list[object]:
    """Return an event as the model writes it."""
    if isinstance(event, Lagged):
        return [set(map(as_modelled, event.conversations))]
    if isinstance(event, Message):
        return [(event.conversation, event.seq, event.text)]
    value = getattr(event, "text", getattr(event, "reaction", ""))
    return [(event.conversation, event.seq, tag(event), event.of, value, getattr(event, "on", True))]


def as_modelled(position: Position) -> tuple[object, ...]:
    """Return a position as the model writes it."""
    cursors = position.head, position.delivered, position.read
    return position.conversation, *cursors, position.unread, position.mentioned, position.level


def shown(entry: AnyEntry) -> tuple[object, ...]:
    """Return an entry of history as the model writes it."""
    start = entry.seq, entry.sender, entry.id
    if isinstance(entry, Message):
        counted = {one.reaction: one.users for one in entry.reactions}
        present = entry.text, bool(entry.edited), entry.deleted, counted
        return *start, *present, list(entry.mentions), entry.everyone
    value = getattr(entry, "text", getattr(entry, "reaction", ""))
    return *start, tag(entry), entry.of, value, getattr(entry, "on", True)


def tag(entry: AnyEntry) -> str:
    return str(entry.__struct_config__.tag)


def in_it(user: int, key: object) -> bool:
    return isinstance(key, str) or user in key  # type: ignore[operator]


TestCoreAgainstModel = CoreAgainstModel.TestCase
TestCoreAgainstModel.settings = settings(
    max_examples=figure(40, 4_000),
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
