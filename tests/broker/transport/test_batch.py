import json
from unittest.mock import patch

import msgspec
import pytest
import zmq
from hypothesis import given
from hypothesis import strategies as st

from broker.core.memory.model import Peer
from broker.core.outbox import Delivery
from broker.transport import batch
from broker.transport.batch import FEW, SHARED_BYTES, SHORTEST, Payload, gather
from messages.events import AnyEvent, Message
from messages.limits import MAX_BROKER_DOCUMENTS, MAX_BROKER_FRAME
from messages.replies import AnyReply, Done, Pong

ALICE, BOB, CAROL = (Peer(b"\0%d" % number, "10.0.0.1", 0.0) for number in range(3))


def said(seq: int, size: int = 5) -> Message:
    return Message("#lobby", seq, str(seq), "alice", "a" * size, 0)


def lines(frame: Payload) -> list[dict[str, object]]:
    return [json.loads(line) for line in bytes(frame).split(b"\n")]


def test_each_peer_gets_its_documents_in_order_in_one_frame() -> None:
    found = dict(
        gather(
            [
                Delivery((BOB, CAROL), (said(1),), None),
                Delivery((ALICE,), (Done("1"),), None),
                Delivery((BOB,), (Pong("2"),), None),
                Delivery((ALICE, BOB, CAROL), (said(2),), ALICE),
            ]
        )
    )
    assert found.keys() == {ALICE, BOB, CAROL}
    assert [[document.get("re", document.get("seq")) for document in lines(f)] for f in found[ALICE]] == [
        ["1"]
    ]
    assert [[document.get("re", document.get("seq")) for document in lines(f)] for f in found[BOB]] == [
        [1, "2", 2]
    ]
    assert [[document["seq"] for document in lines(f)] for f in found[CAROL]] == [[1, 2]]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([(ALICE,), (BOB,), (ALICE, BOB), (BOB, CAROL), (ALICE, BOB, CAROL)]),
            st.sampled_from([None, ALICE, BOB, CAROL]),
            st.integers(1, 3),
        )
    ),
    st.sampled_from([0, 1, 2, FEW]),
)
def test_each_peer_gets_its_documents_in_order(
    told: list[tuple[tuple[Peer, ...], Peer | None, int]], few: int
) -> None:
    deliveries = [
        Delivery(peers, [said(10 * number + step) for step in range(count)], but)
        for number, (peers, but, count) in enumerate(told)
    ]
    expected = {
        peer: [
            10 * number + step
            for number, (peers, but, count) in enumerate(told)
            if peer in peers and peer is not but
            for step in range(count)
        ]
        for peer in (ALICE, BOB, CAROL)
    }
    with patch.object(batch, "FEW", few):
        found = list(gather(deliveries))
    assert len(found) == len(dict(found))
    assert {peer: [line["seq"] for f in frames for line in lines(f)] for peer, frames in found} == {
        peer: numbers for peer, numbers in expected.items() if numbers
    }


def test_nothing_to_deliver_is_no_frame() -> None:
    assert list(gather([])) == []
    assert list(gather([Delivery((ALICE,), (Done("1"),), ALICE)])) == []


def crowd(size: int) -> tuple[Peer, ...]:
    return tuple(Peer(b"\0%d" % number, "10.0.0.1", 0.0) for number in range(size))


def test_peers_that_get_the_same_share_the_same_bytes() -> None:
    peers = crowd(FEW + 1)
    found = dict(gather([Delivery(peers, (said(seq),), None) for seq in range(3)]))
    assert len({id(frames) for frames in found.values()}) == 1


def test_peers_with_documents_for_them_alone_are_served_first() -> None:
    peers = crowd(3 * FEW)
    deliveries = [Delivery(peers, (said(1),), peers[-1]), Delivery((peers[-1],), (Done("1"),), None)]
    assert next(iter(gather(deliveries)))[0] is peers[-1]


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=30))
def test_a_growing_audience_gets_the_messages_sent_meanwhile(steps: list[tuple[bool, bool]]) -> None:
    others, peers, deliveries = crowd(FEW + 1), crowd(FEW), []
    expected: dict[Peer, list[int]] = {}
    for number, (grows, elsewhere) in enumerate(steps):
        if grows:
            peers += crowd(1)
        audience = others if elsewhere else peers
        deliveries.append(Delivery(audience, (said(number),), None))
        for peer in audience:
            expected.setdefault(peer, []).append(number)
    found = {peer: [line["seq"] for f in frames for line in lines(f)] for peer, frames in gather(deliveries)}
    assert found == expected


@pytest.mark.parametrize(
    ("peers", "size", "kind"),
    [(FEW + 1, 10, bytes), (FEW + 1, SHARED_BYTES, zmq.Frame), (1, SHARED_BYTES, bytes)],
)
def test_large_frames_for_many_are_handed_over_by_reference(
    peers: int, size: int, kind: type[Payload]
) -> None:
    gathered = gather([Delivery(crowd(peers), (said(1, size),), None)])
    assert {type(frame) for _, frames in gathered for frame in frames} == {kind}


def test_no_document_is_so_short_that_too_many_fit_into_a_frame_that_is_not_counted() -> None:
    for kind in (*AnyReply.__args__, *AnyEvent.__args__):
        required = [field.encode_name for field in msgspec.structs.fields(kind) if field.required]
        assert len(f'{{"type":"{kind.__struct_config__.tag}"}}') + 5 * len(required) >= SHORTEST


@pytest.mark.parametrize(
    ("count", "size"), [(MAX_BROKER_DOCUMENTS + 1, 5), (1_200, 5), (300, 3_000), (10, 100_000)]
)
def test_frames_keep_to_the_limits(count: int, size: int) -> None:
    ((_, frames),) = gather([Delivery((ALICE,), (said(seq, size),), None) for seq in range(count)])
    assert [document["seq"] for frame in frames for document in lines(frame)] == list(range(count))
    assert max(len(lines(frame)) for frame in frames) <= MAX_BROKER_DOCUMENTS
    assert max(len(bytes(frame)) for frame in frames) <= MAX_BROKER_FRAME
