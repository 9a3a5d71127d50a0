"""Peers that go away: strangers are forgotten at once, users may come back."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from eventually import eventually
from live_broker import Stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    with closing(Stage("tcp://127.0.0.1:0")) as stage:
        yield stage


def test_strangers_that_have_spoken_and_gone_do_not_count_as_connections(stage: Stage) -> None:
    (alice,) = stage.users("alice")
    strangers = [stage.dealer(f"stranger {number}") for number in range(20)]
    for stranger in strangers:
        stranger.send(b"garbage")
    for stranger in strangers:
        assert stranger.event("error")["code"] == "malformed"
    assert len(stage.broker.core.peers) == 21
    for stranger in strangers:
        stranger.socket.close()
    eventually(lambda: len(stage.broker.core.peers) == 1, "the strangers are forgotten")
    assert alice.ask("count")["participants"] == 1


def test_a_user_whose_connection_is_closed_is_still_here_for_a_while(stage: Stage) -> None:
    alice, bob = stage.users("alice", "bob")
    bob.socket.close()
    stranger = stage.dealer("stranger")
    stranger.send(b"garbage")
    assert stranger.event("error")["code"] == "malformed"
    stranger.socket.close()
    eventually(lambda: len(stage.broker.core.peers) == 2, "the stranger is forgotten")
    assert alice.ask("count")["participants"] == 2
