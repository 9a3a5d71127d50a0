"""How many connections a process may have, and what becomes of the shared context."""

from __future__ import annotations

import resource

import pytest
from driven import message
from linked_loop import Loop, in_loop

from client.transport import aio
from client.transport.contexts import SharedContext


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


def test_a_context_is_shared_until_the_last_holder_gives_it_back() -> None:
    shared = SharedContext()
    first, second = shared.acquire(), shared.acquire()
    assert first is second
    shared.release()
    assert not first.closed
    shared.release()
    assert first.closed
    third = shared.acquire()
    assert third is not first
    shared.release()


def test_an_owner_that_hands_over_in_changed_confirms_at_once(all_sockets_closed: None) -> None:
    async def work(loop: Loop) -> None:
        alice = loop.member(hands_over=True)
        await alice.open()
        await loop.log_in(alice)
        loop.say(message(1))
        assert (await loop.take("confirm"))["seq"] == 1

    in_loop(work)
