"""A batch's deliveries, gathered into few frames: each document is encoded once, each peer sent to once."""

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
"""From this size on a frame that several peers get is handed to ZeroMQ by reference, not copied for each."""

Payload = bytes | zmq.Frame

FEW = 16
"""Up to so many frames a batch is put together peer by peer."""

GROWING = 4
"""So many audiences may grow by turns, as those of a room and of the lobby do while people come into both."""

_Numbers = defaultdict[Peer, list[int]]
"""Numbers of deliveries or of streams, by peers."""


class _Stream:
    """An audience, and the numbers of the deliveries that are for it.

    An audience that grows while peers come in stays one stream, or each newcomer would cost as much as there
    are members. `late` holds who has come, and behind how many of the numbers.
    """

    __slots__ = ("late", "latest", "numbers", "peers")

    def __init__(self, peers: tuple[Peer, ...]) -> None:
        self.peers = self.latest = peers
        self.numbers: list[int] = []
        self.late: list[tuple[Peer, int]] = []

    def grow(self, peers: tuple[Peer, ...]) -> bool:
        """Go on with an audience that has the peers of the latest one and others behind them, if it has."""
        known = len(self.latest)
        if len(peers) <= known or peers[:known] != self.latest:
            return False
        self.late += [(peer, len(self.numbers)) for peer in peers[known:]]
        self.latest = peers
        return True


def gather(deliveries: Sequence[Delivery]) -> list[tuple[Peer, tuple[Payload, ...]]]:
    """Return each peer with the frames it gets: all its documents in order, joined."""
    if len(deliveries) <= FEW and sum([len(peers) for peers, _, _ in deliveries]) <= FEW:
        return _gather_singly(deliveries)
    return list(_gather_by_audience(deliveries))


def _gather_singly(deliveries: Iterable[Delivery]) -> list[tuple[Peer, tuple[Payload, ...]]]:
    blocks: dict[Peer, list[bytes]] = {}
    for peers, documents, but in deliveries:
        block = encode_all(documents)
        for peer in peers:
            if peer is not but:
                blocks.setdefault(peer, []).append(block)
    return [(peer, _join(own)) for peer, own in blocks.items()]


def _gather_by_audience(deliveries: Sequence[Delivery]) -> Iterator[tuple[Peer, tuple[Payload, ...]]]:
    """Yield the same, put together once for all who hear the same.

    Most peers get what the others in their rooms get, and share the same frames; only for those who get
    something of their own, or are left out of something, the lines are put together one by one. These come
    first: mostly they have spoken, and what they say next can come in while the others are served.
    """
    blocks = [encode_all(delivery.documents) for delivery in deliveries]
    streams, own, spared = _sort_out(deliveries)
    heard = _heard(streams)
    for peer in own | spared:
        numbers = [*own.get(peer, ())]
        for index in heard.pop(peer, ()):
            numbers += streams[index].numbers
        if peer in spared:
            left_out = set(spared[peer])
            numbers = [number for number in numbers if number not in left_out]
        if numbers:
            numbers.sort()
            yield peer, _join([blocks[number] for number in numbers])
    shared: dict[tuple[int, ...], tuple[Payload, ...]] = {}
    for peer, indices in heard.items():
        frames = shared.get(key := tuple(indices))
        if frames is None:
            numbers = sorted(chain.from_iterable(streams[index].numbers for index in indices))
            frames = shared[key] = _join([blocks[number] for number in numbers])
        yield peer, frames


def _sort_out(deliveries: Iterable[Delivery]) -> tuple[list[_Stream], _Numbers, _Numbers]:
    """Return what each audience gets, what single peers get, and what peers are left out of, by numbers."""
    streams: list[_Stream] = []
    by_audience: dict[int, _Stream] = {}
    own, spared = _Numbers(list), _Numbers(list)
    for number, (peers, _, but) in enumerate(deliveries):
        if len(peers) == 1:
            if peers[0] is not but:
                own[peers[0]].append(number)
            continue
        stream = by_audience.get(id(peers))
        if stream is None or stream.latest is not peers:
            stream = next((one for one in reversed(streams[-GROWING:]) if one.grow(peers)), None)
            if stream is None:
                streams.append(stream := _Stream(peers))
            by_audience[id(peers)] = stream
        stream.numbers.append(number)
        if but is not None:
            spared[but].append(number)
    for stream in streams:
        for peer, begin in stream.late:
            own[peer] += stream.numbers[begin:]
    return streams, own, spared


def _heard(streams: Iterable[_Stream]) -> _Numbers:
    """Return for each peer the indices of the streams that it is in from their beginning."""
    heard = _Numbers(list)
    for index, stream in enumerate(streams):
        for peer in stream.peers:
            heard[peer].append(index)
    return heard


def _join(blocks: Sequence[bytes]) -> tuple[Payload, ...]:
    """Return the frames that hold documents, each block being some as lines: mostly one frame."""
    frame = b"\n".join(blocks)
    if len(frame) <= MAX_BROKER_FRAME and frame.count(b"\n") < MAX_BROKER_DOCUMENTS:
        return (_shareable(frame),)
    frames = join_lines(frame.split(b"\n"), MAX_BROKER_FRAME, MAX_BROKER_DOCUMENTS)
    return tuple(map(_shareable, frames))


def _shareable(frame: bytes) -> Payload:
    return frame if len(frame) < SHARED_BYTES else zmq.Frame(frame, copy=True)
