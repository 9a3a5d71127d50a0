"""Gathers a batch's deliveries into frames: encodes each document once, and sends to each peer once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import zmq

from broker.core.memory.model import Peer
from broker.core.outbox import Delivery
from messages.codec import encode_all, join_lines
from messages.limits import MAX_BROKER_DOCUMENTS, MAX_BROKER_FRAME

SHARED_BYTES = 2_048
"""From this size on, ZeroMQ gets a frame for several peers by reference, and does not copy it for each."""

Payload = bytes | zmq.Frame

Gathered = tuple[Peer, tuple[Payload, ...]]
"""A peer and its frames."""

FEW = 16
"""What is for an audience of up to this many is gathered peer by peer."""

SHORTEST = 16
"""Bytes that each document has at least. So the documents of a short frame need not be counted."""

GROWING = 4
"""This many audiences may grow by turns, as a room's and the lobby's do while people join both."""

_Numbers = defaultdict[Peer, list[int]]
"""Numbers of deliveries or of streams, by peer."""


class _Stream:
    """An audience, and the numbers of the deliveries for it.

    An audience that grows while peers join stays one stream, else each newcomer would cost as much as all
    members. `late` holds each newcomer, and how many numbers came before it.
    """

    __slots__ = ("late", "latest", "numbers", "peers")

    def __init__(self, peers: tuple[Peer, ...]) -> None:
        self.peers = self.latest = peers
        self.numbers: list[int] = []
        self.late: list[tuple[Peer, int]] = []

    def grow(self, peers: tuple[Peer, ...]) -> bool:
        """Go on with an audience if it is the latest one with more peers at its end. Return whether it is."""
        known = len(self.latest)
        if len(peers) <= known or peers[:known] != self.latest:
            return False
        self.late += [(peer, len(self.numbers)) for peer in peers[known:]]
        self.latest = peers
        return True


def gather(deliveries: Sequence[Delivery]) -> Iterable[Gathered]:
    """Return each peer with its frames: all its documents in order, joined.

    It is a list if they are few. Otherwise a peer's documents are joined when its turn comes.
    """
    if max([len(peers) for peers, _, _ in deliveries], default=0) <= FEW:
        return _gather_singly(deliveries)
    return _gather_by_audience(deliveries)


def _gather_singly(deliveries: Iterable[Delivery]) -> Iterable[Gathered]:
    blocks: defaultdict[Peer, list[bytes]] = defaultdict(list)
    for peers, documents, but in deliveries:
        block = encode_all(documents)
        for peer in peers:
            if peer is not but:
                blocks[peer].append(block)
    if len(blocks) <= FEW:
        return [(peer, _join(own)) for peer, own in blocks.items()]
    return ((peer, _join(own)) for peer, own in blocks.items())


def _gather_by_audience(deliveries: Sequence[Delivery]) -> Iterator[Gathered]:
    """Yield each peer with its frames, and join the frames once for all peers with the same documents.

    Most peers get the same documents as the others in their rooms, and share frames. Lines are joined for a
    single peer only if it gets a document alone, or is excluded from one. Such peers come first: usually they
    have just sent, so their next request can arrive while the others are served.
    """
    blocks = [encode_all(delivery.documents) for delivery in deliveries]
    streams, single, excluded = _sort_out(deliveries)
    streams_of = _streams_by_peer(streams)
    for peer in single | excluded:
        numbers = [*single.get(peer, ())]
        for index in streams_of.pop(peer, ()):
            numbers += streams[index].numbers
        if peer in excluded:
            left_out = set(excluded[peer])
            numbers = [number for number in numbers if number not in left_out]
        if numbers:
            numbers.sort()
            yield peer, _join([blocks[number] for number in numbers])
    shared: dict[tuple[int, ...], tuple[Payload, ...]] = {}
    for peer, indices in streams_of.items():
        frames = shared.get(key := tuple(indices))
        if frames is None:
            numbers = sorted(chain.from_iterable(streams[index].numbers for index in indices))
            frames = shared[key] = tuple(map(_shareable, _join([blocks[number] for number in numbers])))
        yield peer, frames


def _sort_out(deliveries: Iterable[Delivery]) -> tuple[list[_Stream], _Numbers, _Numbers]:
    """Return the numbers of the deliveries to audiences, to single peers, and those that exclude a peer."""
    streams: list[_Stream] = []
    by_audience: dict[int, _Stream] = {}
    single: _Numbers = defaultdict(list)
    excluded: _Numbers = defaultdict(list)
    for number, (peers, _, but) in enumerate(deliveries):
        if len(peers) <= FEW:
            for peer in peers:
                if peer is not but:
                    single[peer].append(number)
            continue
        stream = by_audience.get(id(peers))
        if stream is None or stream.latest is not peers:
            stream = next((one for one in reversed(streams[-GROWING:]) if one.grow(peers)), None)
            if stream is None:
                streams.append(stream := _Stream(peers))
            by_audience[id(peers)] = stream
        stream.numbers.append(number)
        if but is not None:
            excluded[but].append(number)
    for stream in streams:
        for peer, begin in stream.late:
            single[peer] += stream.numbers[begin:]
    return streams, single, excluded


def _streams_by_peer(streams: Iterable[_Stream]) -> _Numbers:
    """Return for each peer the indices of the streams that had it from the beginning."""
    found: _Numbers = defaultdict(list)
    for index, stream in enumerate(streams):
        for peer in stream.peers:
            found[peer].append(index)
    return found


def _join(blocks: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return blocks of lines joined into frames: usually one frame."""
    frame = blocks[0] if len(blocks) == 1 else b"\n".join(blocks)
    if len(frame) < SHORTEST * MAX_BROKER_DOCUMENTS or (
        len(frame) <= MAX_BROKER_FRAME and frame.count(b"\n") < MAX_BROKER_DOCUMENTS
    ):
        return (frame,)
    return tuple(join_lines(frame.split(b"\n"), MAX_BROKER_FRAME, MAX_BROKER_DOCUMENTS))


def _shareable(frame: bytes) -> Payload:
    return frame if len(frame) < SHARED_BYTES else zmq.Frame(frame, copy=True)
