"""Hypothesis uploads, sends, fetches and deletes files, and compares what is held with a plain model."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from torture.figures import figure
from wired import Chat, Client, FragileStore, is_unavailable

from broker.core.changes import Changes
from broker.core.memory.holdings import Holdings
from broker.core.upkeep.files import UPLOAD_DAY
from messages.amendments import Delete
from messages.errors import ErrorCode
from messages.files import Chunk, Fetch, Upload
from messages.moderation import RoomRules
from messages.replies import Error
from messages.requests import Join, Send

ROOM, QUOTA, TOTAL = "#tea", 24, 40
DATA = [b"", b"tea", b"milk and sugar", b"a whole cake"]
NAMES = ["alice", "bob"]

names, data, numbers = st.sampled_from(NAMES), st.sampled_from(DATA), st.integers(0, 99)


@dataclass
class Begun:
    """An upload as its user knows it."""

    id: str
    user: str
    name: str
    data: bytes
    at: int
    least: int = 0
    """Bytes that the broker has said that it has."""
    complete: bool = False


class FilesAgainstModel(RuleBasedStateMachine):
    """Each rule is one request of a user, with a store that works or fails."""

    @initialize()
    def begin(self) -> None:
        self.store = FragileStore("epoch")
        self.chat = Chat(self.store, max_file=100, files_per_user=QUOTA, files_total=TOTAL)
        self.clients: dict[str, Client] = {}
        self.uploads: list[Begun] = []
        self.messages: dict[int, tuple[str, list[bytes]]] = {}
        self.deleted: set[int] = set()
        self._log_in()
        for client in self.clients.values():
            client.ask(Join, ROOM)
        self.clients["alice"].ask(RoomRules, ROOM, private=True)
        self.clients["carol"] = self.chat.login("carol")

    def _log_in(self) -> None:
        self.clients = {name: self.chat.login(name) for name in [*NAMES, *self.clients.keys() - NAMES]}

    def _ask(self, works: bool, name: str, *request: Any, **fields: Any) -> Any:
        self.store.broken = not works
        reply = self.clients[name].ask(*request, **fields)
        self.chat.mend()
        return None if is_unavailable(reply) else reply

    @rule(name=names, data=data, title=st.sampled_from("ab"), works=st.booleans())
    def upload(self, name: str, data: bytes, title: str, works: bool) -> None:
        begun = next((u for u in self.uploads if (u.user, u.name, u.data) == (name, title, data)), None)
        owned = begun is not None or data in self._held_by(name)
        room = self._used(name) + len(data) <= QUOTA and self._total() + len(data) <= TOTAL
        now = self.chat.now.at
        reply = self._ask(works, name, Upload, title, len(data), sha256(data).hexdigest())
        if reply is None:
            return
        if isinstance(reply, Error):
            assert (reply.code, owned or room) == (ErrorCode.QUOTA_REACHED, False)
            return
        assert owned or room
        if begun is None:
            begun = Begun(reply.upload, name, title, data, now)
            begun.complete = data in self._held_by(name)
            self.uploads.append(begun)
        assert (reply.upload, reply.complete) == (begun.id, begun.complete)
        assert begun.least <= reply.offset <= len(data)
        begun.least = reply.offset

    @rule(number=numbers, length=st.sampled_from([1, 99]), works=st.booleans())
    def chunk(self, number: int, length: int, works: bool) -> None:
        if not self.uploads:
            return
        one = self.uploads[number % len(self.uploads)]
        part = one.data[one.least : one.least + length]
        reply = self._ask(works, one.user, Chunk, one.id, one.least, part)
        if isinstance(reply, Error):  # it is further than was said, or must be resumed after a restart
            assert (reply.code, one.complete) == (ErrorCode.INVALID, False)
        elif reply is None:
            one.least = 0  # what is complete in vain is begun anew after a restart
        else:
            one.least, one.complete = reply.offset, reply.complete
            assert one.complete == (one.least == len(one.data))

    @rule(number=numbers, name=names, works=st.booleans())
    def send(self, number: int, name: str, works: bool) -> None:
        if not self.uploads:
            return
        one = self.uploads[number % len(self.uploads)]
        also = [u for u in self.uploads if u.user == name and u.complete and u is not one][:1]
        reply = self._ask(works, name, Send, ROOM, "here", files=tuple(u.id for u in (one, *also)))
        if isinstance(reply, Error):
            assert (reply.code, one.user == name and one.complete) == (ErrorCode.NO_SUCH_FILE, False)
        elif reply is not None:
            assert one.user == name
            assert one.complete
            self.messages[reply.seq] = name, [one.data, *(u.data for u in also)]
            self.uploads = [u for u in self.uploads if u not in (one, *also)]

    @rule(number=numbers, works=st.booleans())
    def delete(self, number: int, works: bool) -> None:
        if self.messages:
            seq = sorted(self.messages)[number % len(self.messages)]
            if self._ask(works, self.messages[seq][0], Delete, ROOM, seq) is not None:
                del self.messages[seq]
                self.deleted.add(seq)

    @rule()
    def restart(self) -> None:
        self.chat.restart()
        self._log_in()

    @rule()
    def half_a_day_passes(self) -> None:
        moment = self.chat.now
        self.chat.now = type(moment)(moment.at + UPLOAD_DAY // 2, moment.elapsed + UPLOAD_DAY / 2_000)
        self.chat.tick()
        self.restart()
        oldest = self.chat.now.at - UPLOAD_DAY
        self.uploads = [one for one in self.uploads if one.at >= oldest]

    # What holds at any time

    def _held_by(self, name: str) -> set[bytes]:
        sent = {one for user, files in self.messages.values() if user == name for one in files}
        return sent | {one.data for one in self.uploads if one.user == name and one.complete}

    def _going_on(self, name: str) -> int:
        return sum(len(one.data) for one in self.uploads if one.user == name and not one.complete)

    def _used(self, name: str) -> int:
        return sum(map(len, self._held_by(name))) + self._going_on(name)

    def _total(self) -> int:
        held = set().union(*map(self._held_by, NAMES))
        return sum(map(len, held)) + sum(map(self._going_on, NAMES))

    @invariant()
    def what_is_counted_is_what_is_held(self) -> None:
        state = self.chat.core.state
        counted, anew = state.files, Holdings(state.facts, Changes())
        for name in ("_held", "contents", "total"):
            assert getattr(counted, name) == getattr(anew, name), name
        assert counted.total == self._total()
        for number, name in enumerate(NAMES, 1):
            assert counted.used_by(number) == self._used(name)
        assert not counted.ended
        assert not counted.unneeded.keys() & counted.contents.keys()

    @invariant()
    def what_is_stored_is_what_is_held(self) -> None:
        held = {sha256(one).hexdigest() for name in NAMES for one in self._held_by(name)}
        progress = self.chat.core.transfers.progress
        going_on = {one.hash for one in progress.values() if one.finishing}
        stored = set(self.store.contents._contents)
        assert held <= stored <= held | going_on

    @invariant()
    def members_fetch_what_was_sent_and_nobody_else_does(self) -> None:
        for seq, (_, files) in self.messages.items():
            got = [self.clients["bob"].ask(Fetch, ROOM, seq, number + 1).data for number in range(len(files))]
            assert got == files
        for seq in [*self.messages, *self.deleted, 999]:
            assert self.clients["carol"].refused(Fetch, ROOM, seq) is ErrorCode.NO_SUCH_ROOM
        for seq in self.deleted:
            assert self.clients["bob"].refused(Fetch, ROOM, seq) is ErrorCode.MESSAGE_DELETED


FilesAgainstModel.TestCase.settings = settings(
    max_examples=figure(20, 2_000), stateful_step_count=figure(25, 50), deadline=None
)
TestFilesAgainstModel = FilesAgainstModel.TestCase
