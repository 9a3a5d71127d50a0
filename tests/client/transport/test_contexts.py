"""What becomes of the shared context."""

from __future__ import annotations

from client.transport.contexts import SharedContext


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
