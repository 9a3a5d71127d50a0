"""A batch's deliveries, gathered into few frames: each document is encoded once, each peer sent to once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import zmq

from broker.core.model import Peer
from broker.core.outbox import Delivery
from messages.codec import encode, join_lines
from messages.limits import MAX_BROKER_FRAME

SHARED_BYTES = 2_048
"""From this size on a frame that several peers get is handed to ZeroMQ by reference, not copied for each."""

Payload = bytes | zmq.Frame


def gather(deliveries: Iterable[Delivery]) -> Iterator[tuple[Peer, tuple[Payload, ...]]]:
    """Yield each peer with the frames it gets: all its documents in order, joined.

    Peers that get the same documents share the same frames.
    """
    lines: defaultdict[Peer, list[bytes]] = defaultdict(list)
    last: tuple[Peer, ...] = ()
    same: list[bytes] = []  # what all of `last` get, one document behind the other
    for peers, document, but in deliveries:
        line = encode(document)
        if peers is last and but is None:
            same.append(line)
            continue
        for peer in last:
            lines[peer] += same
        last, same = (), []
        if but is None:
            last, same = peers, [line]
        else:
            for peer in peers:
                if peer is not but:
                    lines[peer].append(line)
    for peer in last:
        lines[peer] += same
    frames: dict[tuple[bytes, ...], tuple[Payload, ...]] = {}
    for peer, gathered in lines.items():
        key = tuple(gathered)
        shared = frames.get(key)
        if shared is None:
            shared = frames[key] = tuple(map(_shareable, join_lines(gathered, MAX_BROKER_FRAME)))
        yield peer, shared


def _shareable(frame: bytes) -> Payload:
    return frame if len(frame) < SHARED_BYTES else zmq.Frame(frame, copy=True)
