"""Brokers that say what none says, say nothing, or are none: the client leaves them and tries again."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
import zmq
from driven import message
from eventually import eventually
from fake_broker import FakeBroker
from live_broker import Stage, end
from network import Network

import client.core.session
import client.transport.connection
import client.transport.dealer
import client.transport.link
from client.core.events import LoggedIn, Lost, SendAccepted
from client.transport.connection import Connection
from client.transport.link import new_session
from messages.codec import encode
from messages.events import Message, Position
from messages.limits import MAX_BROKER_FRAME

GARBAGE = [
    b"",
    b"\xff\xfe",
    b"hello",
    b"[]",
    b'{"type":"pong"',
    b"\n" * 100,
    b"[" * 50_000,
    b"x" * (MAX_BROKER_FRAME + 1),
]


class TestGarbage:
    @pytest.mark.parametrize("frame", GARBAGE, ids=lambda frame: frame[:20].decode("ascii", "replace"))
    def test_a_broker_that_says_what_none_says_is_left_and_tried_again(
        self, fake: FakeBroker, frame: bytes
    ) -> None:
        fake.welcome()
        fake.say_frame(frame)
        assert fake.await_told(Lost).why.startswith("the server there is not a chat broker: ")
        assert fake.welcome()["session"] == "token"
        fake.say(message(1))
        assert fake.await_told(Message) == message(1)

    def test_what_came_before_it_counts_and_what_comes_after_it_does_not(self, fake: FakeBroker) -> None:
        fake.welcome(Position("#lobby", 0, 0))
        fake.say_frame(encode(message(1)) + b"\ngarbage\n" + encode(message(2)))
        fake.say(message(3))
        assert fake.await_told(Message) == message(1)
        assert isinstance(fake.await_told(object), Lost)
        fake.take("login")
        assert fake.events == []

    def test_it_is_not_tried_all_the_time(self, fake: FakeBroker) -> None:
        started = time.monotonic()
        for _ in range(4):
            fake.take("login")
            fake.say_frame(b"garbage")
        assert time.monotonic() - started > 0.2

    def test_a_frame_that_zeromq_itself_refuses_costs_the_connection_and_not_the_client(
        self, fake: FakeBroker
    ) -> None:
        fake.welcome()
        fake.say_frame(b"x" * (4 * MAX_BROKER_FRAME + 100))
        assert fake.await_told(Lost).why == "the connection was lost"
        assert fake.welcome()["session"] == "token"

    def test_messages_of_several_frames_and_documents_of_a_later_version_are_passed_over(
        self, fake: FakeBroker
    ) -> None:
        fake.welcome()
        fake.say_frame(encode(message(1)), encode(message(2)))
        fake.say_frame(b'{"type":"reaction","emoji":1}\n{"type":"goodbye","reason":"bored","text":""}')
        fake.say(message(1))
        assert fake.await_told(object) == message(1)

    def test_a_flood_does_not_keep_the_client_from_answering(
        self, fake: FakeBroker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(client.transport.connection, "_MOST_DOCUMENTS", 5)
        fake.welcome()
        for seq in range(1, 21):
            fake.say(message(seq))
        assert fake.take("confirm")["seq"] <= 5


class TestSilence:
    def test_who_does_not_answer_the_login_is_left_and_tried_again(self, fake: FakeBroker) -> None:
        first = fake.take("login")
        second = fake.take("login")
        assert second["id"] != first["id"]
        assert fake.events == []

    def test_who_is_silent_for_three_heartbeats_is_left_and_tried_again(self, fake: FakeBroker) -> None:
        fake.welcome(heartbeat=100)
        fake.take("ping")
        assert fake.await_told(Lost).why == "the broker is silent"
        assert fake.take("login")["session"] == "token"

    def test_something_that_speaks_another_protocol_is_left_alone_until_a_broker_is_there(
        self, all_sockets_closed: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(client.core.session, "WELCOME_SECONDS", 0.3)
        monkeypatch.setattr(client.transport.link, "_REBUILD_PAUSE", 0.1)
        server = socket.create_server(("127.0.0.1", 0))
        port = server.getsockname()[1]
        greeted = threading.Event()

        def greet() -> None:
            connection, _address = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" + b"x" * 500)
            greeted.set()

        thread = threading.Thread(target=greet)
        thread.start()
        connection = Connection(new_session("alice"), f"tcp://127.0.0.1:{port}")
        eventually(lambda: connection.turn(0.01) or greeted.is_set(), "it was greeted")
        thread.join()
        server.close()
        context: zmq.Context[Any] = zmq.Context()
        router = context.socket(zmq.ROUTER)

        def bound() -> bool:
            try:
                router.bind(f"tcp://127.0.0.1:{port}")
            except zmq.ZMQError:
                return False
            return True

        eventually(bound, "the port is free")
        eventually(lambda: connection.turn(0.01) or router.poll(0), "the client logs in")
        assert b'"type":"login"' in router.recv_multipart()[1]
        connection.close()
        router.close(0)
        end(context)

    def test_a_connection_that_was_lost_and_made_again_unnoticed_is_logged_in_again(
        self, all_sockets_closed: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(client.transport.dealer, "_RECONNECT_MS", (1, 1))
        stage = Stage("tcp://127.0.0.1:*")
        network = Network(urlsplit(stage.url).port or 0)
        session = new_session("alice")
        connection = Connection(session, f"tcp://127.0.0.1:{network.port}")
        try:
            eventually(lambda: connection.turn(0.01) or session.next_event(), "alice is in")
            socket = connection.link.dealer.socket
            network.cut()
            eventually(lambda: network.passed == 2 and socket.poll(0, zmq.POLLOUT), "there is another one")
            session.send("#lobby", "hello")
            eventually(lambda: connection.turn(0.01) or not session.unanswered, "hello is accepted")
            assert [type(event) for event in iter(session.next_event, None)] == [LoggedIn, SendAccepted]
        finally:
            connection.close()
            network.close()
            stage.close()
