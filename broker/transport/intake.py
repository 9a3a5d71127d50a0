"""Takes in a peer's frame: the checks in the order that security needs, without a socket.

If the peer is barred, its frame is ignored. Otherwise the peer counts as alive. The frame is split, checked
against the peer's rate, and refused, or decoded and handled. If the peer is not logged in, the frame waits.
"""

from __future__ import annotations

from broker.core.core import Core
from broker.core.memory.model import Peer
from broker.transport.newcomers import Newcomers
from messages.codec import decode_admin_request, decode_request, decode_requests, request_id, split_frame
from messages.errors import ErrorCode, ProtocolError


class Intake:
    """Takes in the frames of all peers for a core."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._newcomers = Newcomers()

    @property
    def waiting(self) -> int:
        """The number of newcomers' frames that wait."""
        return len(self._newcomers)

    @property
    def full(self) -> bool:
        """Whether no more frames of newcomers may wait."""
        return self._newcomers.full

    def take(self, peer: Peer, payload: bytes) -> int:
        """Take in one frame. Return how many of its documents were handled: 0 if it waits."""
        core = self._core
        if peer.barred:
            core.ignore(peer)
            return 1
        core.hear(peer)
        try:
            if peer.routing_id[0] != 0:
                raise ProtocolError(ErrorCode.ROUTING_ID_SET)
            lines = split_frame(payload)
        except ProtocolError as error:
            if wait := core.admit(peer, 1, len(payload)):
                core.throttle(peer, wait, (None,))
            else:
                core.refuse(peer, error)
            return 1
        if wait := core.admit(peer, len(lines), len(payload)):
            core.throttle(peer, wait, map(request_id, lines))
            return len(lines)
        if (peer.session is None and not peer.admin) or peer.waiting:
            self._newcomers.add(peer, lines, len(payload))
            return 0
        return self._read(peer, lines)

    def take_waiting(self) -> list[Peer]:
        """Handle the share of newcomers' frames for this batch; return the peers that have logged in."""
        inside = []
        for peer, lines in self._newcomers.due(self._core.peers):
            self._read(peer, lines)
            if peer.session is not None:
                inside.append(peer)
        return inside

    def _read(self, peer: Peer, lines: list[bytes]) -> int:
        """Handle a frame's documents, and return how many it has."""
        try:
            requests = list(map(decode_admin_request, lines)) if peer.admin else decode_requests(lines)
        except ProtocolError:
            self._read_singly(peer, lines)
        else:
            if len(requests) == 1:
                self._core.handle(peer, requests[0])
            else:
                self._core.handle_all(peer, requests)
        return len(lines)

    def _read_singly(self, peer: Peer, lines: list[bytes]) -> None:
        """Handle documents one by one, as one of them is invalid."""
        decode = decode_admin_request if peer.admin else decode_request
        for line in lines:
            try:
                request = decode(line)
            except ProtocolError as error:
                self._core.refuse(peer, error)
            else:
                self._core.handle(peer, request)
