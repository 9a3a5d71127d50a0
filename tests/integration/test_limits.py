"""Limits over real sockets: a frame is weighed before it is read, and clients keep to the rate."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from house import House
from live_broker import Stage

from broker.core.settings import Caps, Settings

CAPS = Caps(rate=100, burst=64, local=True)


@pytest.fixture
def limited() -> Iterator[Stage]:
    stage = Stage("tcp://127.0.0.1:0", Settings(caps=CAPS))
    yield stage
    stage.close()


def test_a_frame_that_is_too_much_is_refused_as_a_whole_before_it_is_read(limited: Stage) -> None:
    alice = limited.dealer("alice").login()
    alice.send(b"\n".join([b'{"type":"nonsense","id":"n"}'] * 60))
    alice.send(b"\n".join([b'{"type":"nonsense","id":"m%d"}' % n for n in range(59)] + [b"\xff"]))
    answers = [alice.take(lambda document: "re" in document, "an answer") for _ in range(120)]
    assert [a["code"] for a in answers[:60]] == ["unknown-type"] * 60
    assert {a["code"] for a in answers[60:]} == {"too-many-requests"}
    assert [a["re"] for a in answers[60:]] == [f"m{n}" for n in range(59)] + [None]
    assert all(a["retryable"] and a["retry_after"] >= 250 for a in answers[60:])


def test_a_connection_with_a_chosen_id_is_limited_like_any_stranger(limited: Stage) -> None:
    chosen = limited.dealer("chosen", IDENTITY=b"chosen")
    for _ in range(100):
        chosen.send(json.dumps(chosen.request("ping")).encode())
    codes = [chosen.take(lambda document: "re" in document, "an answer")["code"] for _ in range(70)]
    assert codes.count("routing-id-set") >= 1
    assert "too-many-requests" in codes


def test_a_program_that_sends_more_than_the_rate_is_shown_no_error_and_keeps_its_order() -> None:
    house = House("tcp://127.0.0.1:0")
    try:
        house.open(caps=CAPS)
        bob, alice = house.chat("bob"), house.chat("alice")
        sent = [alice._steps.session.send("#lobby", str(number)) for number in range(150)]
        alice.send("#lobby", "the end")
        assert all(one.accepted for one in sent)
        assert [one.seq for one in sent] == list(range(1, 151))
        assert next(bob.messages(timeout=5)).text == "0"
    finally:
        house.close()
