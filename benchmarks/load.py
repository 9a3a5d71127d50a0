"""One round: members log in, senders send for a while, all must arrive. One epoll loop, one process."""

from __future__ import annotations

import secrets
import select
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from benchmarks.arrivals import Arrivals, CheckFailed, KnownFrames, ThoroughArrivals
from benchmarks.members import JOIN, LOGIN, LOGOUT, Member, Sender
from benchmarks.processes import read_cpu_seconds, read_machine_cpu_seconds, read_max_rss
from benchmarks.workload import Workload
from benchmarks.zmtp import Dealer, make_buffer, open_dealer
from messages.endpoints import parse_endpoint
from messages.names import LOBBY

_ANSWER_SECONDS = 20.0
_CONFIRMS_A_SECOND = 4


@dataclass(frozen=True)
class Load:
    """What is asked of the broker in each round. Counts, bytes and seconds."""

    room: str
    members: int
    senders: int
    text_size: int
    in_flight: int
    warm_up: float
    seconds: float
    messages: int | None
    thorough: bool


@dataclass(frozen=True)
class Round:
    """What one round gave. The server's figures are None when its process is not known."""

    seconds: float
    messages: int
    deliveries_per_second: float
    accepted_per_second: float
    documents_per_frame: float
    generator_cpu_share: float
    other_cpu_share: float | None
    server_cpu_share: float | None
    server_cpu_us_per_delivery: float | None
    server_max_rss_mib: float | None


class _Reading(NamedTuple):
    """Counters at one moment."""

    clock: float
    deliveries: int
    accepted: int
    documents: int
    frames: int
    generator_cpu: float
    server_cpu: float
    machine_cpu: float


def run_round(load: Load, endpoint: str, pid: int | None) -> Round:
    """Put the load on a broker. Raise CheckFailed unless every message arrived everywhere, once, in order."""
    generator = _Generator(load, endpoint, pid)
    try:
        return generator.run()
    finally:
        generator.close()


class _Generator:
    """All members of one round."""

    def __init__(self, load: Load, endpoint: str, pid: int | None) -> None:
        self._load = load
        self._pid = pid
        self._epoll = select.epoll()
        self._members: list[Member] = []
        self._by_descriptor: dict[int, Member] = {}
        self._confirms = 0
        self._confirms_begin: float | None = None
        try:
            self._connect(endpoint)
        except BaseException:
            self.close()
            raise
        self._senders = [member for member in self._members if isinstance(member, Sender)]

    def _connect(self, endpoint: str) -> None:
        load = self._load
        workload = Workload(load.room, load.text_size, secrets.token_hex(4))
        known = None if load.thorough else KnownFrames()
        buffer = make_buffer()
        host, _, port = parse_endpoint(endpoint).url.removeprefix("tcp://").rpartition(":")
        for number in range(load.members):
            name = f"m{number}"
            dealer = Dealer(open_dealer(host.strip("[]"), int(port), _ANSWER_SECONDS), self._epoll, buffer)
            arrivals = ThoroughArrivals(name, workload) if load.thorough else Arrivals(name)
            if number < load.senders:
                member: Member = Sender(arrivals, workload, dealer, buffer)
            else:
                member = Member(arrivals, workload, dealer, buffer, known)
            self._members.append(member)
            self._by_descriptor[dealer.fileno()] = member

    def close(self) -> None:
        """Hang up everywhere."""
        for member in self._members:
            member.close()
        self._epoll.close()

    def run(self) -> Round:
        """Go through the round from login to logout."""
        load = self._load
        self._ask_all(Member.login, LOGIN)
        if load.room != LOBBY:
            self._ask_all(Member.join, JOIN)
        head = max(member.arrivals.next_seq for member in self._members) - 1
        self._confirms_begin = time.perf_counter()
        for sender in self._senders:
            sender.begin(load.in_flight)
        self._turn_for(load.warm_up, None)
        before = self._read()
        self._turn_for(load.seconds, load.messages)
        after = self._read()
        for sender in self._senders:
            sender.sending = False
        self._drain(head)
        self._confirms_begin = None
        max_rss = read_max_rss(self._pid) / 2**20 if self._pid else None
        for member in self._members:
            member.confirm()
        self._ask_all(Member.logout, LOGOUT)
        return _compare(before, after, sum(sender.sent for sender in self._senders), max_rss)

    def _ask_all(self, ask: Callable[[Member], None], request_id: str) -> None:
        for member in self._members:
            ask(member)
        self._turn_until(lambda: all(request_id in member.answered for member in self._members), request_id)

    def _drain(self, head: int) -> None:
        """Wait until all that was sent has arrived. What came twice or out of order failed before."""
        next_seq = head + sum(sender.sent for sender in self._senders) + 1
        waiting = list(self._members)
        deadline = time.perf_counter() + _ANSWER_SECONDS
        while waiting := [member for member in waiting if member.arrivals.next_seq != next_seq]:
            if time.perf_counter() > deadline:
                first = waiting[0]
                raise CheckFailed(
                    f"{len(waiting)} members did not get everything: "
                    f"{first.name} misses message {first.arrivals.next_seq} of {next_seq - 1}"
                )
            self._turn()

    def _turn_for(self, seconds: float, messages: int | None) -> None:
        """Run for a time, or until so many messages were accepted."""
        end = time.perf_counter() + seconds
        enough = None if messages is None else self._accepted() + messages
        while time.perf_counter() < end and (enough is None or self._accepted() < enough):
            self._turn()

    def _turn_until(self, done: Callable[[], bool], waiting_for: str) -> None:
        deadline = time.perf_counter() + _ANSWER_SECONDS
        while not done():
            if time.perf_counter() > deadline:
                raise CheckFailed(f"after {_ANSWER_SECONDS:.0f} s still waiting for {waiting_for}")
            self._turn()

    def _turn(self) -> None:
        """Serve every connection that has something, and let some members confirm."""
        members = self._by_descriptor
        for descriptor, events in self._epoll.poll(0.01):
            member = members[descriptor]
            if events & select.EPOLLOUT:
                member.flush()
            if events & ~select.EPOLLOUT:
                member.receive()
        if self._confirms_begin is not None:
            self._confirm(time.perf_counter() - self._confirms_begin)

    def _confirm(self, elapsed: float) -> None:
        """Let the members confirm one after the other, each of them a few times a second."""
        due = int(elapsed * _CONFIRMS_A_SECOND * len(self._members))
        for turn in range(self._confirms, min(due, self._confirms + len(self._members))):
            self._members[turn % len(self._members)].confirm()
        self._confirms = due

    def _accepted(self) -> int:
        return sum(sender.accepted for sender in self._senders)

    def _read(self) -> _Reading:
        arrivals = [member.arrivals for member in self._members]
        return _Reading(
            clock=time.perf_counter(),
            deliveries=sum(one.messages for one in arrivals),
            accepted=self._accepted(),
            documents=sum(one.documents for one in arrivals),
            frames=sum(one.frames for one in arrivals),
            generator_cpu=time.process_time(),
            server_cpu=read_cpu_seconds(self._pid) if self._pid else 0.0,
            machine_cpu=read_machine_cpu_seconds(),
        )


def _compare(before: _Reading, after: _Reading, messages: int, max_rss: float | None) -> Round:
    seconds = after.clock - before.clock
    deliveries = after.deliveries - before.deliveries
    server_cpu = after.server_cpu - before.server_cpu
    generator_cpu = after.generator_cpu - before.generator_cpu
    other_cpu = max(0.0, after.machine_cpu - before.machine_cpu - server_cpu - generator_cpu)
    known = max_rss is not None
    return Round(
        seconds=seconds,
        messages=messages,
        deliveries_per_second=deliveries / seconds,
        accepted_per_second=(after.accepted - before.accepted) / seconds,
        documents_per_frame=(after.documents - before.documents) / max(1, after.frames - before.frames),
        generator_cpu_share=generator_cpu / seconds,
        other_cpu_share=other_cpu / seconds if known else None,
        server_cpu_share=server_cpu / seconds if known else None,
        server_cpu_us_per_delivery=server_cpu * 1e6 / max(1, deliveries) if known else None,
        server_max_rss_mib=max_rss,
    )
