"""The operator's screen on a terminal, beside a real broker."""

from __future__ import annotations

import os
import re
import signal
import subprocess

from eventually import DEADLINE
from programs import SCRIPTS, House, environment

from messages.exits import Exit


def test_an_operator_sees_and_kicks_a_user_and_the_end_of_the_broker(house: House) -> None:
    broker, endpoint = house.broker()
    bob = house.person(endpoint, "--name", "bob")
    bob.enter("hello")
    bob.sees("[1: accepted]")
    screen = house.at_terminal("chat-broker", "top", "--interval", "0.2")
    screen.sees("bob")
    assert screen.screen[0].startswith("chat-broker  well, up ")
    screen.type("k")
    screen.sees("Kick bob from the chat?")
    screen.type("spam\r")
    screen.sees("bob is kicked from the chat")
    screen.sees("kick bob: spam")
    bob.sees("the operator removed you from the chat: spam")
    assert bob.wait() == Exit.REFUSED
    assert "in no room" not in bob.heard, "what ends says nothing of rooms"
    broker.process.send_signal(signal.SIGKILL)
    screen.sees("no answer since")
    screen.child.kill(signal.SIGTERM)
    assert screen.wait() == 128 + signal.SIGTERM
    left = screen.heard.rpartition("\x1b[?1049l")
    assert left[1], "the terminal is as it was"
    assert "\x1b[?25h" in left[2]
    assert "Traceback" not in screen.heard


def test_it_has_no_colours_if_none_are_wanted_and_ends_when_its_terminal_is_closed(house: House) -> None:
    house.broker()
    far, near = os.openpty()
    with subprocess.Popen(
        [SCRIPTS / "chat-broker", "top"],
        stdin=near,
        stdout=near,
        stderr=near,
        env=environment(house.home) | {"NO_COLOR": "1"},
        start_new_session=True,
    ) as screen:
        os.close(near)
        try:
            heard = b""
            while b" help" not in heard:
                heard += os.read(far, 65_536)
        finally:
            os.close(far)
        styles = {part for found in re.findall(rb"\x1b\[([0-9;]*)m", heard) for part in found.split(b";")}
        assert styles <= {b"", b"0", b"1", b"2", b"4", b"7", b"39", b"49"}
        assert screen.wait(DEADLINE) == 128 + signal.SIGHUP
