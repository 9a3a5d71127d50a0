"""A batch's deliveries, gathered into few frames: each document is encoded once, each peer sent to once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import zmq

from broker.core.model import Peer
from broker.core.outbox import Delivery
from messages.codec import encode_all, join_lines
from messages.limits import MAX_BROKER_DOCUMENTS, MAX_BROKER_FRAME

SHARED_BYTES = 2_048
"""From this size on a frame that several peers get is handed to ZeroMQ by reference, not copied for each."""

Payload = bytes | zmq.Frame

_Numbers = defaultdict[Peer, list[int]]
"""Numbers of deliveries, by peers."""


def gather(deliveries: Sequence[Delivery]) -> Iterator[tuple[Peer, tuple[Payload, ...]]]:
    """Yield each peer with the frames it gets: all its documents in order, joined.

    Most peers get what the others in their rooms get, and share the same frames; only for those who get
    something of their own, or are left out of something, the lines are put together one by one.
    """
    blocks = [encode_all(documents) for _, documents, _ in deliveries]
    streams, own, spared = _sort_out(deliveries)
    heard = _heard(peers for peers, _ in streams)
    said = [numbers for _, numbers in streams]
    for peer in own | spared:
        its = set(own.get(peer, ())).union(*(said[index] for index in heard.get(peer, ())))
        its.difference_update(spared.get(peer, ()))
        if its:
            yield peer, _frames(blocks, its)
    frames: dict[tuple[int, ...], tuple[Payload, ...]] = {}
    for peer, indices in heard.items():
        if peer in own or peer in spared:
            continue
        shared = frames.get(indices)
        if shared is None:
            numbers = chain.from_iterable(said[index] for index in indices)
            shared = frames[indices] = _frames(blocks, numbers)
        yield peer, shared


def _sort_out(
    deliveries: Iterable[Delivery],
) -> tuple[list[tuple[tuple[Peer, ...], list[int]]], _Numbers, _Numbers]:
    """Return what each audience gets, what single peers get, and what peers are left out of, by numbers."""
    streams: dict[int, tuple[tuple[Peer, ...], list[int]]] = {}
    own, spared = _Numbers(list), _Numbers(list)
    for number, (peers, _, but) in enumerate(deliveries):
        if len(peers) == 1:
            if peers[0] is not but:
                own[peers[0]].append(number)
            continue
        stream = streams.get(id(peers))
        if stream is None:
            stream = streams[id(peers)] = peers, []
        stream[1].append(number)
        if but is not None:
            spared[but].append(number)
    return list(streams.values()), own, spared


def _heard(audiences: Iterable[tuple[Peer, ...]]) -> dict[Peer, tuple[int, ...]]:
    """Return for each peer the indices of the audiences that it is in."""
    heard: dict[Peer, tuple[int, ...]] = {}
    for index, peers in enumerate(audiences):
        only = (index,)
        for peer in peers:
            others = heard.get(peer)
            heard[peer] = only if others is None else others + only
    return heard


def _frames(blocks: list[bytes], numbers: Iterable[int]) -> tuple[Payload, ...]:
    """Return the frames that hold these blocks of lines in order, mostly one."""
    frame = b"\n".join([blocks[number] for number in sorted(numbers)])
    if len(frame) <= MAX_BROKER_FRAME and frame.count(b"\n") < MAX_BROKER_DOCUMENTS:
        return (_shareable(frame),)
    return tuple(map(_shareable, join_lines(frame.split(b"\n"), MAX_BROKER_FRAME, MAX_BROKER_DOCUMENTS)))


def _shareable(frame: bytes) -> Payload:
    return frame if len(frame) < SHARED_BYTES else zmq.Frame(frame, copy=True)
