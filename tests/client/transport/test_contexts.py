"""What becomes of the shared context."""

from __future__ import annotations

import os

import pytest

from client.transport.contexts import SharedContext


def test_a_context_is_shared_until_the_last_holder_gives_it_back() -> None:
    shared = SharedContext()
    first, second = shared.acquire(), shared.acquire()
    assert first is second
    shared.release(first)
    assert not first.closed
    shared.release(second)
    assert first.closed
    third = shared.acquire()
    assert third is not first
    shared.release(third)


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # it is multi-threaded
def test_a_child_of_fork_that_releases_its_parents_context_still_counts_its_own() -> None:
    shared = SharedContext()
    inherited = shared.acquire()
    child = os.fork()
    if child == 0:
        shared.release(inherited)
        own = [shared.acquire() for _ in range(2)]
        shared.release(own[0])
        os._exit(0 if shared.holders == 1 and not own[1].closed else 1)
    assert os.waitpid(child, 0) == (child, 0)
    shared.release(inherited)
    assert inherited.closed
