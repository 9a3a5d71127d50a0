"""What encryption costs the broker: CPU per delivery in a room and per login, plain and with CURVE."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import zmq

from benchmarks.arrivals import Arrivals, CheckFailed, KnownFrame, KnownFrames
from benchmarks.processes import (
    ProgramFailed,
    choose_endpoint,
    exit_on_signals,
    read_cpu_seconds,
    read_machine_cpu_seconds,
    running_broker,
)
from benchmarks.workload import Workload
from broker.security.keys import KeyPair, load_or_make, make_keys
from messages.codec import decode_frame, encode, join_lines
from messages.events import Message
from messages.exits import Exit
from messages.limits import MAX_REQUEST_FRAME
from messages.names import LOBBY
from messages.replies import Accepted, Error, Welcome
from messages.requests import Confirm, Login, Request
from messages.version import PROTOCOL

_ANSWER_SECONDS = 20.0
_CONFIRM_SECONDS = 0.25


@dataclass(frozen=True)
class Figures:
    """What one round gave. Milliseconds and microseconds of the broker's CPU, shares of one core."""

    ms_per_login: float
    us_per_delivery: float
    deliveries_per_second: float
    messages_per_frame: float
    server_cpu_share: float
    other_cpu_share: float


class Client:
    """One member of the room, over libzmq, which speaks both mechanisms."""

    def __init__(
        self, context: zmq.Context[Any], url: str, broker_key: str, workload: Workload, name: str
    ) -> None:
        self.socket = context.socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.rcvhwm = 0
        if broker_key:
            keys = make_keys()
            self.socket.curve_serverkey = broker_key.encode()
            self.socket.curve_publickey = keys.public.encode()
            self.socket.curve_secretkey = keys.secret.encode()
        self.socket.connect(url)
        self.arrivals = Arrivals(name)
        self.sent = self.accepted = 0
        self.welcome = False
        self._workload = workload
        self._confirmed = 0

    def ask(self, request: Request) -> None:
        """Send one request."""
        self.socket.send(encode(request))

    def send(self, count: int) -> None:
        """Send so many messages."""
        numbers = range(self.sent + 1, self.sent + count + 1)
        self.sent += count
        documents = [self._workload.make_document(self.arrivals.name, number) for number in numbers]
        for frame in join_lines(documents, MAX_REQUEST_FRAME):
            self.socket.send(frame)

    def confirm(self) -> None:
        """Confirm all that has arrived, if anything has since the last time."""
        if (seq := self.arrivals.next_seq - 1) > self._confirmed:
            self._confirmed = seq
            self.ask(Confirm(id="confirm", conversation=LOBBY, seq=seq))

    def receive(self, known: KnownFrames) -> int:
        """Take in all that is there; return how many messages of one's own were accepted."""
        accepted = self.accepted
        while True:
            try:
                frame = self.socket.recv(zmq.DONTWAIT)
            except zmq.Again:
                return self.accepted - accepted
            for one in known.by_seq.get(self.arrivals.next_seq, ()):
                if one.wire == frame:
                    self.arrivals.note_known(one)
                    break
            else:
                self._decode(frame, known)

    def _decode(self, frame: bytes, known: KnownFrames) -> None:
        arrivals = self.arrivals
        begin, before, only_messages = arrivals.next_seq, arrivals.messages, True
        for document in decode_frame(frame):
            arrivals.documents += 1
            if type(document) is Message:
                arrivals.note_message(document)
                continue
            only_messages = False
            match document:
                case Accepted(seq=seq):
                    self.accepted += 1
                    arrivals.note_seq(seq)
                case Welcome(conversations=positions):
                    self.welcome = True
                    arrivals.begin_after(next(one.head for one in positions if one.conversation == LOBBY))
                case Error(code=code, text=text):
                    raise CheckFailed(f"{arrivals.name} got the error {code.value}: {text}")
        arrivals.frames += 1
        count = arrivals.messages - before
        if only_messages and count == arrivals.next_seq - begin:
            known.add(begin, KnownFrame(frame, count, arrivals.next_seq))


class Room:
    """All clients of one round."""

    def __init__(self, options: argparse.Namespace, url: str, broker_key: str, seats: ExitStack) -> None:
        context: zmq.Context[Any] = zmq.Context()
        seats.callback(context.destroy, 0)
        workload = Workload(LOBBY, options.text_size, secrets.token_hex(4))
        self._known = KnownFrames()
        self._poller = zmq.Poller()
        self._by_socket: dict[Any, Client] = {}
        self.clients: list[Client] = []
        for number in range(options.members):
            client = Client(context, url, broker_key, workload, f"m{number}")
            self.clients.append(client)
            self._by_socket[client.socket] = client
            self._poller.register(client.socket, zmq.POLLIN)
            client.ask(Login("login", PROTOCOL, f"m{number}"))
            self.until(lambda client=client: client.welcome)
        self._senders = self.clients[: options.senders]
        self._sending = True
        self._confirmed_at = time.perf_counter()
        for sender in self._senders:
            sender.send(options.in_flight)

    def turn(self) -> None:
        """Serve every client that has something, and let all confirm a few times a second."""
        for socket, _ in self._poller.poll(10):
            client = self._by_socket[socket]
            accepted = client.receive(self._known)
            if accepted and self._sending:
                client.send(accepted)

    def run(self, seconds: float) -> None:
        """Have them talk for a time."""
        end = time.perf_counter() + seconds
        while (now := time.perf_counter()) < end:
            self.turn()
            if now - self._confirmed_at > _CONFIRM_SECONDS:
                self._confirmed_at = now
                for client in self.clients:
                    client.confirm()

    def until(self, done: Any) -> None:
        """Serve all until something is so."""
        deadline = time.perf_counter() + _ANSWER_SECONDS
        while not done():
            if time.perf_counter() > deadline:
                raise CheckFailed(f"something is missing after {_ANSWER_SECONDS:.0f} s")
            self.turn()

    def drain(self) -> None:
        """Wait until every message has reached every member."""
        self._sending = False
        last = sum(sender.sent for sender in self._senders) + 1
        self.until(lambda: all(client.arrivals.next_seq == last for client in self.clients))

    def count(self) -> tuple[int, int]:
        """Return how many messages have arrived, and in how many frames."""
        arrivals = [client.arrivals for client in self.clients]
        return sum(one.messages for one in arrivals), sum(one.frames for one in arrivals)


def run_round(options: argparse.Namespace, keys: KeyPair | None, key_file: Path) -> Figures:
    """Measure a broker of its own, with CURVE if there are keys."""
    endpoint = choose_endpoint()
    arguments = ["--memory", *options.broker_arguments]
    if keys:
        arguments += ["--curve", "--key", str(key_file)]
    with running_broker(endpoint, arguments) as broker, ExitStack() as seats:
        pid, before = broker.pid, read_cpu_seconds(broker.pid)
        room = Room(options, endpoint, keys.public if keys else "", seats)
        login = read_cpu_seconds(pid) - before
        room.run(options.warm_up)
        begun, (messages, frames) = list(_clocks(pid)), room.count()
        room.run(options.seconds)
        ended, (messages_then, frames_then) = list(_clocks(pid)), room.count()
        room.drain()
    seconds, server, own, machine = (then - now for then, now in zip(ended, begun, strict=True))
    deliveries = messages_then - messages
    return Figures(
        ms_per_login=login * 1e3 / options.members,
        us_per_delivery=server * 1e6 / deliveries,
        deliveries_per_second=deliveries / seconds,
        messages_per_frame=deliveries / max(1, frames_then - frames),
        server_cpu_share=server / seconds,
        other_cpu_share=max(0.0, machine - server - own) / seconds,
    )


def _clocks(pid: int) -> Iterator[float]:
    yield time.perf_counter()
    yield read_cpu_seconds(pid)
    yield time.process_time()
    yield read_machine_cpu_seconds()


def main() -> Exit:
    """Run the rounds and print what they gave."""
    exit_on_signals()
    options = _parse_arguments()
    rounds: dict[str, list[Figures]] = {"plain": [], "curve": []}
    with tempfile.TemporaryDirectory(prefix="chat-benchmark-") as directory:
        key_file = Path(directory) / "curve.key"
        keys = load_or_make(key_file)
        try:
            for _ in range(options.rounds):
                for name, found in rounds.items():
                    found.append(run_round(options, keys if name == "curve" else None, key_file))
                    if not options.json:
                        print(f"{name:6}", _format(found[-1]), flush=True)
        except (CheckFailed, ProgramFailed, zmq.ZMQError, OSError) as error:
            print(f"failed: {error}", file=sys.stderr)
            return Exit.FAILED
    middle = {name: _median(found) for name, found in rounds.items()}
    ratio = middle["curve"].us_per_delivery / middle["plain"].us_per_delivery
    if options.json:
        all_rounds = {name: [asdict(one) for one in found] for name, found in rounds.items()}
        medians = {name: asdict(one) for name, one in middle.items()}
        print(json.dumps({"rounds": all_rounds, "median": medians, "ratio": ratio}, indent=2))
    else:
        for name, one in middle.items():
            print(f"{name:6}", _format(one), " median")
        print(f"CURVE costs {ratio:.2f} times the plain CPU per delivery")
    return Exit.DONE


def _median(found: list[Figures]) -> Figures:
    """Return the median of each figure by itself."""
    columns = zip(*(asdict(one).values() for one in found), strict=True)
    return Figures(*map(median, columns))


def _format(one: Figures) -> str:
    return (
        f"{one.us_per_delivery:6.3f} µs/delivery  {one.deliveries_per_second:11,.0f} deliveries/s"
        f"  {one.messages_per_frame:5.1f} messages/frame  {one.ms_per_login:5.2f} ms/login"
        f"  server {one.server_cpu_share:4.0%}  others {one.other_cpu_share:4.0%}"
    )


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.curve", description=__doc__, epilog="What follows -- goes to the broker."
    )
    parser.add_argument("--members", type=int, default=100, help="(default %(default)s)")
    parser.add_argument("--senders", type=int, default=4, help="how many of them send (default %(default)s)")
    parser.add_argument("--text-size", type=int, default=100, help="characters (default %(default)s)")
    parser.add_argument("--in-flight", type=int, default=32, help="messages per sender (default %(default)s)")
    parser.add_argument("--warm-up", type=float, default=1.0, help="seconds (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=4.0, help="of measuring (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="of each (default %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("broker_arguments", nargs="*", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
