"""Leaving while something is unsent and the broker does not answer."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import pytest
from eventually import DEADLINE
from programs import SCRIPTS, House, Person, Program, environment

from messages.exits import Exit

SOON = 3.0
"""Seconds: one, and two more for a busy machine. Without the signal it takes 30."""

WAITS = "Waiting for the broker: 1 message is not confirmed by the broker. Ctrl-C leaves at once."


def with_something_unsent(house: House, how: str) -> tuple[Program, Person]:
    """Have alice enter a text while the broker is dead or stopped."""
    broker, endpoint = house.broker()
    alice = house.person(endpoint, "--name", "alice")
    alice.sees("as alice.")
    if how == "dead":
        broker.process.kill()
        broker.wait()
        alice.sees("Lost the broker")
    else:
        broker.process.send_signal(signal.SIGSTOP)
    alice.enter("unsent")
    alice.sees("unsent")
    return broker, alice


LEAVE = {
    "/quit": lambda person: person.enter("/quit"),
    "Ctrl-D": lambda person: person.type("\x04"),
    "SIGTERM": lambda person: person.child.kill(signal.SIGTERM),
    "SIGHUP": lambda person: person.child.kill(signal.SIGHUP),
}


@pytest.mark.parametrize(
    ("leave", "how"),
    [
        ("/quit", "dead"),
        ("/quit", "stopped"),
        ("Ctrl-D", "stopped"),
        ("SIGTERM", "stopped"),
        ("SIGHUP", "dead"),
    ],
)
def test_what_is_waited_for_is_told_at_once_and_ctrl_c_leaves(house: House, leave: str, how: str) -> None:
    _broker, alice = with_something_unsent(house, how)
    LEAVE[leave](alice)
    alice.sees(WAITS)
    begun = time.monotonic()
    alice.type("\x03")
    assert alice.wait() == Exit.INTERRUPTED
    assert time.monotonic() - begun < SOON
    assert "chat-client: 1 message was not confirmed by the broker" in alice.heard


@pytest.mark.parametrize(("number", "how"), [(signal.SIGTERM, "stopped"), (signal.SIGHUP, "dead")])
def test_a_signal_ends_the_wait_too(house: House, number: signal.Signals, how: str) -> None:
    _broker, alice = with_something_unsent(house, how)
    alice.enter("/quit")
    alice.sees(WAITS)
    begun = time.monotonic()
    alice.child.kill(number)
    assert alice.wait() == Exit.NOT_CONFIRMED
    assert time.monotonic() - begun < SOON


def test_ctrl_c_says_what_is_unsent_and_leaves_when_it_is_repeated(house: House) -> None:
    _broker, alice = with_something_unsent(house, "stopped")
    alice.type("\x03")
    alice.sees("Press Ctrl-C again to leave, or Ctrl-D. Now 1 message is not confirmed by the broker.")
    alice.type("\x03")
    assert alice.wait() == Exit.INTERRUPTED


def test_what_is_typed_while_one_leaves_does_not_keep_one(house: House) -> None:
    _broker, alice = with_something_unsent(house, "stopped")
    alice.type("a draft")
    alice.child.kill(signal.SIGTERM)
    alice.sees(WAITS)
    alice.type("more\x03")
    assert alice.wait() == Exit.INTERRUPTED


def test_ctrl_z_stops_the_client_while_it_waits(house: House) -> None:
    broker, endpoint = house.broker()
    client = f"{SCRIPTS}/chat-client --connect {endpoint} --name alice"
    alice = house.at_terminal("/bin/bash", "-c", f"set -m; {client}; echo stopped; fg; echo code $?")
    alice.sees("as alice.")
    broker.process.send_signal(signal.SIGSTOP)
    alice.enter("unsent")
    alice.enter("/quit")
    alice.sees(WAITS)
    alice.type("\x1a")
    alice.sees("stopped")
    alice.type("\x03")
    alice.sees("code 130")


def test_lines_and_commands_without_an_answer_are_counted(house: House) -> None:
    _broker, alice = with_something_unsent(house, "stopped")
    alice.enter("/join dev")
    alice.enter("behind")
    alice.enter("/quit")
    alice.sees("1 message is not confirmed by the broker; 1 line is not sent; 1 command is not answered.")
    alice.child.kill(signal.SIGTERM)
    assert alice.wait() == Exit.NOT_CONFIRMED


def test_a_broker_that_comes_back_gets_everything(house: House) -> None:
    broker, alice = with_something_unsent(house, "stopped")
    alice.enter("/quit")
    alice.sees(WAITS)
    broker.process.send_signal(signal.SIGCONT)
    assert alice.wait() == Exit.DONE


def test_a_broker_that_answers_is_waited_for_without_a_word(house: House) -> None:
    endpoint = house.endpoint()
    alice = house.person(endpoint, "--name", "alice")
    alice.sees("as alice.")
    alice.type("said\r/quit\r")
    assert alice.wait() == Exit.DONE
    assert "Waiting" not in alice.heard


@pytest.mark.parametrize("term", ["xterm-256color", "dumb"])
def test_a_terminal_that_is_closed_ends_the_client_with_6_if_something_is_unsent(
    house: House, term: str
) -> None:
    broker, endpoint = house.broker()
    near, far = os.openpty()
    arguments = ["--connect", endpoint, "--name", "alice", "--finish", "0.5"]
    client = subprocess.Popen(
        ["setsid", "--ctty", SCRIPTS / "chat-client", *arguments],
        stdin=far,
        stdout=far,
        stderr=far,
        env=environment(house.home) | {"TERM": term},
    )
    os.close(far)

    def hear(text: bytes) -> None:
        heard = b""
        while text not in heard:
            heard += os.read(near, 65_536)

    hear(b"as alice.")
    broker.process.kill()
    hear(b"Lost the broker")
    os.write(near, b"unsent\r")
    hear(b"Kept")
    os.close(near)
    assert client.wait(DEADLINE) == Exit.NOT_CONFIRMED


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (signal.SIGINT, Exit.INTERRUPTED),
        (signal.SIGTERM, Exit.NOT_CONFIRMED),
        (signal.SIGHUP, Exit.NOT_CONFIRMED),
    ],
)
@pytest.mark.parametrize(
    "arguments", [("--json",), ("send", "--json", "#lobby", "-")], ids=["line mode", "send"]
)
def test_a_pipe_says_what_it_waits_for_and_ends_at_a_signal(
    house: House, number: signal.Signals, code: Exit, arguments: tuple[str, ...]
) -> None:
    broker, endpoint = house.broker()
    client = house.client(endpoint, "ci", *arguments)
    client.type("sent\n")
    client.says('"accepted"')
    broker.process.send_signal(signal.SIGSTOP)
    client.type("unsent\n")
    client.end_input()
    client.says("Waiting for the broker")
    begun = time.monotonic()
    client.process.send_signal(number)
    assert client.wait() == code
    assert time.monotonic() - begun < SOON
    assert "confirmed by the broker" in client.err[-1]
