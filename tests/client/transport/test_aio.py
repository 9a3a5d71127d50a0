"""Sessions in an asyncio loop, and how many of them a process may have."""

from __future__ import annotations

import resource
from types import SimpleNamespace

import pytest
from driven import message
from eventually import eventually_in_loop
from linked_loop import Loop, in_loop

from client.transport import aio
from messages.events import Message


@pytest.mark.parametrize(
    ("soft", "hard", "raised", "most"),
    [
        (1_024, 10_000, True, 2_000),
        (1_000, 1_000, False, 200),
        (1_024, 1_048_576, True, 4_368),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, False, 4_368),
    ],
)
def test_the_limit_of_open_files_is_raised_and_four_fifths_of_it_are_used(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, raised: bool, most: int
) -> None:
    limits: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _kind: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _kind, pair: limits.append(pair))
    assert aio.most_connections() == most
    assert limits == ([(hard, hard)] if raised else [])


def test_a_limit_that_cannot_be_raised_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_kind: int, _pair: tuple[int, int]) -> None:
        raise ValueError("not allowed to raise maximum limit")

    monkeypatch.setattr(resource, "getrlimit", lambda _kind: (1_000, 5_000))
    monkeypatch.setattr(resource, "setrlimit", refuse)
    assert aio.most_connections() == 200


def test_an_owner_that_hands_over_in_changed_confirms_at_once(all_sockets_closed: None) -> None:
    async def work(loop: Loop) -> None:
        alice = loop.member(hands_over=True)
        await alice.open()
        await loop.log_in(alice)
        loop.say(message(1))
        assert (await loop.take("confirm"))["seq"] == 1

    in_loop(work)


def test_more_than_a_hundred_documents_that_zeromq_reports_once_are_taken_in_turns_of_a_hundred(
    all_sockets_closed: None,
) -> None:
    async def work(loop: Loop) -> None:
        alice = loop.member()
        await alice.open()
        await loop.log_in(alice)
        alice.turns.clear()
        for seq in range(1, 251):
            loop.say(message(seq))
        await eventually_in_loop(lambda: len(alice.told(Message)) == 250, "all arrive")
        assert [len(turn) for turn in alice.turns if turn] == [100, 100, 50]
        assert [told.seq for told in alice.told(Message)] == list(range(1, 251))

    in_loop(work)


def test_a_connection_that_replaces_another_is_watched(all_sockets_closed: None) -> None:
    async def work(loop: Loop) -> None:
        alice = loop.member()
        await alice.open()
        await loop.log_in(alice)
        loop.say_frame(b"garbage")
        await loop.log_in(alice)
        loop.say(message(1))
        await eventually_in_loop(lambda: alice.told(Message), "the message arrives")

    in_loop(work)


def test_each_session_of_a_process_pings_in_its_own_part_of_a_second(
    all_sockets_closed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    chances = iter((0.25, 0.75))
    monkeypatch.setattr(aio, "random", SimpleNamespace(random=lambda: next(chances)))

    async def work(loop: Loop) -> None:
        for member in (loop.member("alice"), loop.member("bob")):
            await member.open()
            await loop.log_in(member)
        first, second = (member.session.next_tick(0.0) for member in loop.members)
        assert (second - first) % 1.0 == pytest.approx(0.5, abs=0.05)

    in_loop(work)


def test_after_an_error_a_session_is_not_served_any_more_and_its_owner_is_called_once(
    all_sockets_closed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[float] = []

    def fail(now: float, _most: int) -> None:
        tries.append(now)
        raise MemoryError("no room")

    async def work(loop: Loop) -> None:
        alice, bob = loop.member("alice"), loop.member("bob")
        await alice.open()
        await loop.log_in(alice)
        alice.turns.clear()
        monkeypatch.setattr(alice.connection.link, "advance", fail)
        monkeypatch.setattr(alice.connection.link, "due_in", lambda _now: 0.0)
        loop.say(message(1))
        loop.say(message(2))
        await eventually_in_loop(lambda: alice.connection.error, "the error is kept")
        assert str(alice.connection.error) == "no room"
        alice.connection.wake()
        loop.say(message(3))
        await bob.open()
        await loop.log_in(bob)
        assert (len(tries), len(alice.turns)) == (1, 1)

    in_loop(work)
