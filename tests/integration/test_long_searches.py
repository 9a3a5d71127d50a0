"""A search beside other requests, on a real broker: it is carried out between the batches."""

from collections.abc import Iterator

import pytest
from live_broker import Stage, StageFactory

from broker.core.store import Part, Query
from broker.store.memory import MemoryStore


class LongStore(MemoryStore):
    """A store whose searches go on until the test ends them."""

    over = False

    def search(self, query: Query) -> Iterator[Part]:
        while not self.over:
            yield Part((), None)


@pytest.fixture
def store() -> LongStore:
    return LongStore("epoch")


@pytest.fixture
def stage(make_stage: StageFactory, store: LongStore) -> Stage:
    return make_stage(store=store)


def test_others_and_the_searcher_are_served_while_a_search_goes_on(stage: Stage, store: LongStore) -> None:
    alice, bob = stage.users("alice", "bob")
    search = alice.put("search", words="lunch")
    for client in (alice, bob):
        for _ in range(10):
            assert client.ask("time")["type"] == "clock"
    assert not alice.inbox
    store.over = True
    assert alice.reply(search) == {"type": "found", "re": search, "messages": []}


def test_a_reply_does_not_wait_for_another_request(stage: Stage, store: LongStore) -> None:
    (alice,) = stage.users("alice")
    store.over = True
    assert [alice.ask("search", words="lunch")["type"] for _ in range(3)] == ["found"] * 3


def test_a_broker_that_stops_answers_searches_and_says_goodbye(stage: Stage) -> None:
    (alice,) = stage.users("alice")
    search = alice.put("search", words="lunch")
    alice.ask("time")
    stage.stop()
    assert alice.reply(search)["code"] == "unavailable"
    assert alice.event("goodbye")
