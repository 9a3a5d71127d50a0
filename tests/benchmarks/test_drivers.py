"""Each kind of workload, small, on our broker, and on other servers where installed. Nothing is timed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from benchmarks import generator, talk
from benchmarks.drivers import Length, measure
from benchmarks.generator import CheckFailed, Generator
from benchmarks.peers import PEERS
from benchmarks.peers.bare import Echo
from benchmarks.peers.peer import Peer
from benchmarks.targets import CURVE, PLAIN
from benchmarks.workloads import WORKLOADS
from benchmarks.zmtp import encode_frame

USERS = 12
SHORT = Length(warm_up=0.0, seconds=0.1, checked=3)
EACH_KIND = (
    "fanout-100-100-32",
    "fanout-2-1000-256",
    "fanout-1000-1000-1",
    "rate-1000",
    "rooms-1000",
    "rooms-1000-busy",
    "rooms-1000-shared",
    "direct-100",
    "alone",
    "idle-10000",
    "storm-5000",
)
INSTALLED = [name for name, peer in PEERS.items() if not name.startswith("chat-broker") and peer.find()[0]]


@pytest.mark.parametrize("name", EACH_KIND)
def test_each_kind_of_workload_gives_figures_of_our_broker(name: str) -> None:
    figures = measure(WORKLOADS[name].shrunk(USERS), PEERS["chat-broker"], SHORT)
    assert figures
    assert all(value >= 0 for value in figures.values())


@pytest.mark.parametrize("peer", [PLAIN, CURVE])
@pytest.mark.parametrize("name", ["curve-fanout-100", "curve-storm-5000"])
def test_what_encryption_costs_is_measured_with_the_same_clients(name: str, peer: str) -> None:
    figures = measure(WORKLOADS[name].shrunk(USERS), PEERS[peer], SHORT)
    assert figures["deliveries" if name == "curve-fanout-100" else "seconds"] > 0


def test_clients_without_the_key_do_not_get_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PEERS[CURVE], "find_key", lambda directory: "")
    monkeypatch.setattr(generator, "ENTER_SECONDS", 0.5)
    with pytest.raises(CheckFailed, match="12 of 12 users are not logged in"):
        measure(WORKLOADS["curve-storm-5000"].shrunk(USERS), PEERS[CURVE], SHORT)


@pytest.mark.parametrize("peer", ["chat-broker, 20 characters", "chat-broker, reactions"])
def test_reactions_are_measured_beside_short_messages(peer: str) -> None:
    assert measure(WORKLOADS["reactions-100"].shrunk(USERS), PEERS[peer], SHORT)["deliveries"] > 0


def test_every_kind_is_tried() -> None:
    tried = {WORKLOADS[name].kind for name in EACH_KIND} | {"reactions"}
    assert tried == {one.kind for one in WORKLOADS.values()}


def test_what_is_on_disk_is_measured_as_well() -> None:
    figures = measure(WORKLOADS["fanout-100-100-32"].shrunk(USERS), PEERS["chat-broker on disk"], SHORT)
    assert figures["deliveries"] > 0


def test_what_comes_may_be_acknowledged_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Generator, "quick_ack", True)
    figures = measure(WORKLOADS["fanout-10-100-8"], PEERS["chat-broker"], SHORT)
    assert figures["deliveries"] > 0


@pytest.mark.parametrize("name", INSTALLED)
def test_an_installed_server_does_what_it_is_said_to_do(name: str) -> None:
    kinds = {one.kind: one for one in WORKLOADS.values() if one.text == 100}
    for kind in sorted(PEERS[name].serves - {"idle", "storm"}):
        assert measure(kinds[kind].shrunk(USERS), PEERS[name], SHORT)


class Losing(Echo):
    """Never hears of a message whose number ends in 2."""

    def say(self, to: str, texts: Sequence[bytes], first: int) -> bytes:
        return b"".join(encode_frame(text) for text in texts if not text.rstrip(b".").endswith(b"2"))


class Doubling(Echo):
    """Sends message 2 in the place of message 3."""

    def say(self, to: str, texts: Sequence[bytes], first: int) -> bytes:
        return b"".join(encode_frame(text.replace(b"00000003", b"00000002")) for text in texts)


class Misleading(Echo):
    """Sends what was said in another room."""

    def say(self, to: str, texts: Sequence[bytes], first: int) -> bytes:
        return b"".join(encode_frame(text.replace(b"00000.", b"00001.")) for text in texts)


class Cutting(Echo):
    """Leaves out the end of a text."""

    def say(self, to: str, texts: Sequence[bytes], first: int) -> bytes:
        return b"".join(encode_frame(text[:-1]) for text in texts)


@pytest.mark.parametrize(
    "peer", [Losing(), Doubling(), Misleading(), Cutting()], ids=lambda peer: type(peer).__name__
)
def test_a_server_that_does_not_deliver_what_was_said_gets_no_figures(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talk, "DRAIN_SECONDS", 0.5)
    with pytest.raises(CheckFailed, match=r"instead of|not the messages sent"):
        measure(WORKLOADS["alone"], peer, SHORT)


def test_a_server_that_ends_gets_no_figures() -> None:
    class Ending(Echo):
        def say(self, to: str, texts: Sequence[bytes], first: int) -> bytes:
            return b"\xff" * 16  # no ZMTP: libzmq hangs up

    with pytest.raises((CheckFailed, ConnectionError)):
        measure(WORKLOADS["alone"], Ending(), SHORT)
