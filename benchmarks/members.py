"""The members of the room: all of them receive and confirm, some of them send."""

from __future__ import annotations

from benchmarks.arrivals import Arrivals, CheckFailed, KnownFrame, KnownFrames
from benchmarks.workload import Workload
from benchmarks.zmtp import COMMAND, MORE, Dealer, ZmtpError, find_frame
from messages.codec import decode_frame, encode, join_lines
from messages.events import AnyEvent, Goodbye, Lagged, Message
from messages.limits import MAX_REQUEST_FRAME
from messages.replies import Accepted, AnyReply, Done, Error, RoomState, Welcome
from messages.requests import Confirm, Join, Login, Logout, Request
from messages.version import PROTOCOL

LOGIN, JOIN, LOGOUT = "login", "join", "logout"
"""Ids of the requests whose replies a load waits for."""


class Member:
    """One member on a connection of its own. Without `known` it decodes every document."""

    def __init__(
        self,
        arrivals: Arrivals,
        workload: Workload,
        dealer: Dealer,
        buffer: bytearray,
        known: KnownFrames | None = None,
    ) -> None:
        self.name = arrivals.name
        self.arrivals = arrivals
        self.answered: set[str] = set()
        self._workload = workload
        self._dealer = dealer
        self._buffer = buffer
        self._known = known
        self._confirmed = 0

    def login(self) -> None:
        """Ask to log in; `answered` has LOGIN once that is done."""
        self._ask(Login(id=LOGIN, protocol=PROTOCOL, name=self.name))

    def join(self) -> None:
        """Ask to enter the room; `answered` has JOIN once that is done."""
        self._ask(Join(id=JOIN, room=self._workload.room))

    def logout(self) -> None:
        """Ask to log out; `answered` has LOGOUT once that is done."""
        self._ask(Logout(id=LOGOUT))

    def confirm(self) -> None:
        """Confirm all that has arrived, if anything has since the last time."""
        seq = self.arrivals.next_seq - 1
        if seq > self._confirmed:
            self._confirmed = seq
            self._ask(Confirm(id="confirm", conversation=self._workload.room, seq=seq))

    def flush(self) -> None:
        """Send what the socket did not take before."""
        self._dealer.flush()

    def close(self) -> None:
        """Hang up."""
        self._dealer.close()

    def receive(self) -> None:
        """Take in what has arrived, frame by frame."""
        buffer, arrivals = self._buffer, self.arrivals
        known = self._known.by_seq if self._known else {}
        start, end = 0, self._dealer.receive()
        while start < end:
            for frame in known.get(arrivals.next_seq, ()):
                if buffer.startswith(frame.wire, start, end):
                    arrivals.note_known(frame)
                    start += len(frame.wire)
                    break
            else:
                after = self._receive_frame(start, end)
                if after == start:
                    self._dealer.keep(start, end)
                    return
                start = after

    def _receive_frame(self, start: int, end: int) -> int:
        """Decode the frame at `start`. Return where it ends, or `start` if it is not whole."""
        found = find_frame(self._buffer, start, end)
        if found is None:
            return start
        body = bytes(self._buffer[found.start : found.end])
        if found.flags & COMMAND:
            self._dealer.answer(body)
        elif found.flags & MORE:
            raise ZmtpError("a message of several frames")
        else:
            self._receive_payload(body, bytes(self._buffer[start : found.end]))
        return found.end

    def _receive_payload(self, payload: bytes, wire: bytes) -> None:
        arrivals = self.arrivals
        seq, documents, messages = arrivals.next_seq, arrivals.documents, arrivals.messages
        for document in decode_frame(payload):
            arrivals.documents += 1
            if type(document) is not Message:
                self._receive_other(document)
            elif document.conversation == self._workload.room:
                arrivals.note_message(document)
        arrivals.frames += 1
        messages = arrivals.messages - messages
        if self._known and messages == arrivals.documents - documents == arrivals.next_seq - seq:
            self._known.add(seq, KnownFrame(wire, messages, arrivals.next_seq))

    def _receive_other(self, document: AnyReply | AnyEvent) -> None:
        match document:
            case Welcome(re=re, conversations=conversations):
                heads = {position.conversation: position.head for position in conversations}
                self._enter(re, heads.get(self._workload.room, 0))
            case RoomState(re=re, head=head):
                self._enter(re, head)
            case Done(re=re):
                self.answered.add(re)
            case Error(code=code, text=text):
                raise CheckFailed(f"{self.name} got the error {code.value}: {text}")
            case Lagged():
                raise CheckFailed(f"{self.name} lagged: the load generator was too slow for the broker")
            case Goodbye(text=text):
                raise CheckFailed(f"{self.name} was sent away: {text}")

    def _enter(self, re: str, head: int) -> None:
        self.answered.add(re)
        self.arrivals.begin_after(head)
        self._confirmed = head

    def _ask(self, request: Request) -> None:
        self._dealer.send(encode(request))


class Sender(Member):
    """A member that also sends: while `sending`, a new message for each one that is accepted."""

    sending = False
    sent = 0
    accepted = 0

    def begin(self, in_flight: int) -> None:
        """Send the first messages, which stay so many from now on."""
        self.sending = True
        self._send(in_flight)

    def receive(self) -> None:
        """Take in what has arrived, and send as many messages as were accepted."""
        before = self.accepted
        super().receive()
        if self.sending and self.accepted > before:
            self._send(self.accepted - before)

    def _receive_other(self, document: AnyReply | AnyEvent) -> None:
        if type(document) is Accepted:
            self.accepted += 1
            self.arrivals.note_seq(document.seq)
        else:
            super()._receive_other(document)

    def _send(self, count: int) -> None:
        numbers = range(self.sent + 1, self.sent + count + 1)
        self.sent += count
        documents = [self._workload.make_document(self.name, number) for number in numbers]
        for frame in join_lines(documents, MAX_REQUEST_FRAME):
            self._dealer.send(frame)
