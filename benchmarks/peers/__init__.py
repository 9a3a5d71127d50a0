"""The compared servers, ours first. Each has a module."""

from __future__ import annotations

from benchmarks.peers.bare import BareRooms, Echo
from benchmarks.peers.inspircd import Inspircd
from benchmarks.peers.mosquitto import Mosquitto
from benchmarks.peers.nats import JetStream, JetStreamSynced, NatsCore
from benchmarks.peers.ngircd import Ngircd
from benchmarks.peers.ours import Ours, OursOnDisk, OursReacting, OursShort, OursToLibzmq, OursWithCurve
from benchmarks.peers.peer import Peer
from benchmarks.peers.prosody import Prosody
from benchmarks.peers.redis import Redis

PEERS: dict[str, Peer] = {
    peer.name: peer
    for peer in (
        Ours(),
        OursOnDisk(),
        OursToLibzmq(),
        OursWithCurve(),
        OursShort(),
        OursReacting(),
        Ngircd(),
        Inspircd(),
        Mosquitto(),
        NatsCore(),
        JetStream(),
        JetStreamSynced(),
        Redis(),
        Prosody(),
        Echo(),
        BareRooms(),
    )
}
