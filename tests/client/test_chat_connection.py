"""Programs whose broker is not there, goes, comes back, or is none."""

from __future__ import annotations

import socket
import threading
import time

import pytest
from eventually import DEADLINE
from house import House, texts

from broker.store.memory import MemoryStore
from client.chat import Chat, ChatClosed
from client.core.events import ClientEvent, LoggedIn, Lost, Missing, SendAccepted
from messages.errors import ChatError, ErrorCode
from messages.events import Message
from messages.requests import Join

SOON = {"heartbeat": 100}
"""Over inproc only silence tells that a broker has gone."""


def until_back(chat: Chat) -> list[ClientEvent]:
    """Return what is told until the connection is back, with that."""
    events: list[ClientEvent] = []
    for event in chat.events(timeout=DEADLINE):
        events.append(event)
        if isinstance(event, LoggedIn) and event.again:
            return events
    raise AssertionError(f"it did not come back, but {events}")


class TestNobodyThere:
    def test_it_is_told_where_nobody_was_found_and_why(self, house: House) -> None:
        house.open()  # so that the endpoint is known
        house.shut()
        reasons = {"tcp": "connection refused, no broker listens there"}
        reason = reasons.get(house.url.partition(":")[0], "no broker answers there")
        with pytest.raises(ChatClosed) as caught:
            house.chat("alice", timeout=0.1)
        assert str(caught.value) == f"Unable to connect to {house.url}: {reason}"

    def test_it_is_waited_for_as_long_as_was_asked(self, house: House) -> None:
        house.open()
        house.shut()
        opening = threading.Timer(0.3, house.open)
        opening.start()
        try:
            assert house.chat("alice").name == "alice"
        finally:
            opening.join()

    def test_something_else_that_listens_there_is_told_as_that(self, all_sockets_closed: None) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            with pytest.raises(ChatClosed, match="a server is there, but it does not answer"):
                Chat(f"127.0.0.1:{port}", name="alice", timeout=0.2)

    def test_a_host_that_does_not_exist_is_told_as_that(
        self, all_sockets_closed: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def getaddrinfo(*_: object, **__: object) -> list[object]:
            raise socket.gaierror(-2, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        with pytest.raises(ChatClosed, match="there is no such host"):
            Chat("tcp://nowhere.invalid:9009", name="alice", timeout=0.2)

    @pytest.mark.parametrize("endpoint", ["no host", "tcp://*:9009", "udp://127.0.0.1:9009"])
    def test_what_is_no_endpoint_is_refused_at_once(self, endpoint: str, tcp_house: House) -> None:
        tcp_house.open()
        started = time.monotonic()
        with pytest.raises(ValueError, match=r"write |cannot connect to this"):
            Chat(endpoint, name="alice")
        assert time.monotonic() - started < DEADLINE / 2


class TestRestart:
    def test_the_program_comes_back_by_itself(self, house: House) -> None:
        house.open(**SOON)
        with house.chat("alice") as alice:
            house.shut()
            house.open(**SOON)
            *_, lost, back = until_back(alice)
            assert isinstance(lost, Lost)
            assert isinstance(back, LoggedIn)
            assert not back.new_log
            assert alice.send("#lobby", "I am back").accepted

    def test_what_is_said_meanwhile_is_kept_and_said_then_once(self, house: House) -> None:
        house.open(**SOON)
        with house.chat("alice") as alice, house.chat("bob") as bob:
            alice.send("#lobby", "one")
            house.shut()
            for text in ("two", "three"):
                with pytest.raises(TimeoutError):
                    alice.send("#lobby", text, timeout=0.02)
            house.open(**SOON)
            alice.send("#lobby", "four")
            assert texts(bob, 4) == ["one", "two", "three", "four"]
            told = [event for event in alice.events(timeout=0.1) if isinstance(event, SendAccepted)]
            assert [event.sent.seq for event in told] == [1, 2, 3, 4]

    def test_what_was_missed_is_fetched_page_by_page_and_in_order(self, tcp_house: House) -> None:
        tcp_house.open(**SOON)
        with tcp_house.chat("alice") as alice:
            alice.ask(Join, room="#dev")
        with tcp_house.chat("bob", listen=False) as bob:
            bob.ask(Join, room="#dev")
            for number in range(230):
                bob.send("#dev", f"text {number}")
        with tcp_house.chat("alice") as alice:
            assert texts(alice, 230) == [f"text {number}" for number in range(230)]

    def test_another_log_is_told_and_begins_anew(self, tcp_house: House) -> None:
        tcp_house.open(**SOON)
        with tcp_house.chat("alice") as alice, tcp_house.chat("bob") as bob:
            alice.send("#lobby", "old")
            texts(bob, 1)
            tcp_house.shut()
            tcp_house.store = MemoryStore("epoch-2")
            tcp_house.open(**SOON)
            until_back(alice)
            back = until_back(bob)[-1]
            assert isinstance(back, LoggedIn)
            assert back.new_log
            assert alice.send("#lobby", "new").seq == 1
            assert texts(bob, 1) == ["new"]

    def test_what_the_broker_no_longer_holds_is_named(self, tcp_house: House) -> None:
        tcp_house.store = MemoryStore("epoch-1", capacity=2)
        tcp_house.open()
        tcp_house.chat("alice").close()
        with tcp_house.chat("bob", listen=False) as bob:
            for number in range(5):
                bob.send("#lobby", f"text {number}")
        with tcp_house.chat("alice") as alice:
            events = [e for e in alice.events(timeout=0.2) if isinstance(e, Missing | Message)]
        assert events[0] == Missing("#lobby", 1, 3)
        assert [event.seq for event in events[1:] if isinstance(event, Message)] == [4, 5]

    def test_a_name_that_another_has_taken_meanwhile_ends_the_session(self, tcp_house: House) -> None:
        tcp_house.open(**SOON)
        with tcp_house.chat("alice") as alice:
            tcp_house.shut()
            tcp_house.open()
            tcp_house.dealer("other").login("alice")
            for _ in range(2):
                with pytest.raises(ChatError) as caught:
                    alice.send("#lobby", "hello")
                assert caught.value.code is ErrorCode.NAME_TAKEN

    def test_a_program_that_does_not_wait_for_long_is_taken_up_again(self, tcp_house: House) -> None:
        tcp_house.open(**SOON)
        with tcp_house.chat("alice") as alice, tcp_house.chat("bob") as bob:
            left = threading.Event()

            def watch() -> None:
                for event in bob.events(timeout=DEADLINE):
                    if getattr(event, "reason", "") == "timed out":
                        left.set()
                        return

            watching = threading.Thread(target=watch)
            watching.start()
            assert left.wait(DEADLINE)
            watching.join()
            assert alice.send("#lobby", "here I am").accepted


def test_closing_without_a_broker_takes_no_longer_than_was_asked(house: House) -> None:
    house.open(**SOON)
    alice = house.chat("alice")
    house.shut()
    with pytest.raises(TimeoutError):
        alice.send("#lobby", "hello", timeout=0.02)
    started = time.monotonic()
    alice.close(timeout=0.1)
    assert time.monotonic() - started < DEADLINE / 2
