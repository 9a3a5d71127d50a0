import pytest
from photograph import photograph
from wired import Chat, FragileStore

from broker.core.changes import Changes
from broker.core.facts.collection import KINDS, Facts
from broker.core.facts.kinds import BoundKey
from broker.core.store import StoredFact, StoreError

KEY = BoundKey("rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7", 1, 1_790_000_000_000)


def keep(chat: Chat, fact: BoundKey) -> None:
    chat.core.state.facts.keep(fact)
    chat.flush()


def test_a_fact_lasts_over_a_restart_until_it_is_dropped() -> None:
    store = FragileStore("epoch")
    keep(Chat(store), KEY)
    chat = Chat(store)
    assert chat.core.state.facts.get(BoundKey, KEY.identity) == KEY
    chat.core.state.facts.drop(KEY)
    chat.flush()
    assert Chat(store).core.state.facts.of(BoundKey) == {}


def test_a_fact_takes_the_place_of_one_with_its_key() -> None:
    store = FragileStore("epoch")
    chat = Chat(store)
    keep(chat, KEY)
    other = BoundKey(KEY.identity, 2, 0)
    keep(chat, other)
    assert Chat(store).core.state.facts.of(BoundKey) == {KEY.identity: other}


@pytest.mark.parametrize("change", ["keep", "drop"])
def test_what_could_not_be_stored_does_not_hold(change: str) -> None:
    store = FragileStore("epoch")
    chat = Chat(store)
    if change == "drop":
        keep(chat, KEY)
    before = photograph(chat.core), dict(chat.core.state.facts.of(BoundKey))
    store.broken = True
    getattr(chat.core.state.facts, change)(KEY)
    chat.flush()
    assert (photograph(chat.core), dict(chat.core.state.facts.of(BoundKey))) == before


@pytest.mark.parametrize("value", [b"{}", b"null", b"\xff", b"{"])
def test_a_fact_that_is_none_keeps_the_broker_from_starting_with_a_sentence(value: bytes) -> None:
    store = FragileStore("epoch")
    store.commit([StoredFact("ban", "user 1 ", value)])
    with pytest.raises(StoreError, match="has a ban that this version cannot read; restore a backup"):
        Chat(store)


def test_what_a_later_version_has_stored_is_left_alone() -> None:
    store = FragileStore("epoch")
    later = StoredFact("omen", "comet", b"{}")
    store.commit([later])
    keep(Chat(store), KEY)
    assert store.load().facts[later.kind, later.key] == later.value


def test_kinds_have_names_of_their_own() -> None:
    assert {kind.KIND for kind in KINDS.values()} == KINDS.keys()
    assert all(Facts({}, Changes(), []).of(kind) == {} for kind in KINDS.values())
