"""A session on a real socket: frames out and in, and whatever else its owner reads."""

from __future__ import annotations

import os
import time
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
import zmq
from eventually import DEADLINE, eventually
from fake_broker import FakeBroker
from live_broker import end

from client.core.session import SessionState
from client.transport.connection import Connection
from client.transport.link import new_id, new_session
from messages.limits import MAX_REQUEST_FRAME
from messages.replies import Accepted, Done, Durability


class TestFrames:
    def test_many_requests_go_in_few_frames_and_all_arrive_in_order(self, fake: FakeBroker) -> None:
        fake.welcome()
        for number in range(150):
            fake.session.send("#lobby", f"text {number}")
        fake.frames.clear()
        texts = [msgspec.json.decode(line)["text"] for line in fake.lines(150)]
        assert texts == [f"text {number}" for number in range(150)]
        assert [frame.count(b"\n") + 1 for frame in fake.frames] == [64, 64, 22]

    def test_long_ones_are_spread_over_frames_that_a_broker_takes(self, fake: FakeBroker) -> None:
        fake.welcome()
        for _ in range(40):
            fake.session.send("#lobby", "x" * 4_000)
        fake.frames.clear()
        assert len(fake.lines(40)) == 40
        assert all(len(frame) <= MAX_REQUEST_FRAME for frame in fake.frames)

    def test_what_cannot_be_taken_now_goes_later_and_once(
        self, fake: FakeBroker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fake.welcome()
        take = fake.connection.link.dealer.send
        monkeypatch.setattr(fake.connection.link.dealer, "send", lambda frame: False)
        fake.session.send("#lobby", "hello")
        fake.turn()
        fake.turn()
        monkeypatch.setattr(fake.connection.link.dealer, "send", take)
        fake.frames.clear()
        send = fake.take("send")
        fake.say(Accepted(send["id"], "#lobby", 1, 1, Durability.MEMORY, 0))
        eventually(lambda: fake.turn() or not fake.session.unanswered, "it is accepted")
        assert len([frame for frame in fake.frames if b'"send"' in frame]) == 1

    def test_each_frame_that_goes_or_comes_can_be_traced(self, fake: FakeBroker) -> None:
        fake.welcome()
        (out, login), (into, welcome) = fake.traced[:2]
        assert (out, into) == (">", "<")
        assert b'"type":"login"' in login
        assert b'"type":"welcome"' in welcome


class TestTurn:
    def test_descriptors_that_can_be_read_or_have_ended_are_returned(self, fake: FakeBroker) -> None:
        readable, writable = os.pipe()
        ended, closed = os.pipe()
        os.close(closed)
        try:
            assert fake.connection.turn(0.0, [readable]) == set()
            os.write(writable, b"x")
            assert fake.connection.turn(DEADLINE, [readable, ended]) == {readable, ended}
        finally:
            for fd in (readable, writable, ended):
                os.close(fd)

    def test_it_waits_no_longer_than_it_may(self, fake: FakeBroker) -> None:
        fake.welcome()
        started = time.monotonic()
        fake.connection.turn(0.05)
        assert time.monotonic() - started < DEADLINE / 2

    def test_pings_are_due_when_a_second_of_the_clock_begins(
        self, fake: FakeBroker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fake.welcome()
        now = time.monotonic()
        clocks = SimpleNamespace(monotonic=lambda: now, time=lambda: now - 0.25)
        monkeypatch.setattr("client.transport.link.time", clocks)
        monkeypatch.setattr("client.transport.connection.time", clocks)
        fake.connection.turn(0.0)
        assert (now + fake.session.next_tick(now)) % 1.0 == pytest.approx(0.25)

    def test_closing_says_what_is_due_and_a_second_time_does_nothing(self, fake: FakeBroker) -> None:
        fake.welcome()
        fake.session.logout()
        fake.connection.close()
        fake.connection.close()
        assert eventually(lambda: b'"logout"' in b"".join(fake.gather()), "it was said")


def test_a_context_that_was_given_is_left_as_it_is(all_sockets_closed: None) -> None:
    context: zmq.Context[Any] = zmq.Context()
    Connection(new_session("alice"), "inproc://nobody", context).close()
    assert not context.closed
    end(context)


def test_an_endpoint_that_nobody_can_connect_to_leaves_nothing_open(all_sockets_closed: None) -> None:
    with pytest.raises(ValueError, match="cannot connect to this"):
        Connection(new_session("alice"), "tcp://*:9009")


def test_ids_differ_and_can_be_request_ids() -> None:
    ids = {new_id() for _ in range(1_000)}
    assert len(ids) == 1_000
    assert all(len(each) <= 64 and each.isalnum() for each in ids)


def test_over_inproc_the_connection_is_there_at_once(all_sockets_closed: None) -> None:
    context: zmq.Context[Any] = zmq.Context()
    router = context.socket(zmq.ROUTER)
    router.bind("inproc://broker")
    session = new_session("alice")
    connection = Connection(session, "inproc://broker", context)
    connection.turn(DEADLINE)
    assert session.state is SessionState.STRANGER
    connection.turn(0.0)
    assert router.poll(0)
    connection.close()
    router.close(0)
    end(context)


class TestOutput:
    def test_a_turn_ends_when_nobody_reads_the_output(self, fake: FakeBroker) -> None:
        reader, writer = os.pipe()
        fake.welcome()
        assert fake.connection.turn(0.0, output=writer) == set()
        os.close(reader)
        with pytest.raises(BrokenPipeError):
            fake.connection.turn(DEADLINE, output=writer)
        os.close(writer)

    def test_what_can_be_read_is_read_first(self, fake: FakeBroker) -> None:
        reader, writer = os.pipe()
        source, sink = os.pipe()
        fake.welcome()
        os.close(reader)
        os.write(sink, b"text\n")
        assert fake.connection.turn(DEADLINE, [source], writer) == {source}
        os.read(source, 100)
        with pytest.raises(BrokenPipeError):
            fake.connection.turn(DEADLINE, [source], writer)
        for fd in (writer, source, sink):
            os.close(fd)

    def test_whoever_leaves_waits_for_the_answer_to_the_logout(self, fake: FakeBroker) -> None:
        fake.welcome()
        fake.connection.log_out(0.0)
        assert fake.session.state is SessionState.LOGGING_OUT
        logout = fake.take("logout")
        fake.say(Done(logout["id"]))
        fake.connection.log_out(DEADLINE)
        assert fake.session.state is SessionState.STRANGER
