"""A fault of the program on the full screen: the person gets the terminal back, and one sentence."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import termios

import pytest
from eventually import DEADLINE
from programs import House, environment

BROKEN = {
    "an event of the connection, raised by a timer": "client.screen.model.state:ScreenState.take",
    "drawing": "client.screen.log.layout:Layout.view",
    "a key": "client.screen.composer.field:Field.take",
    "a worker": "client.screen.connecting:Connecting.open",
    "leaving": "client.screen.connecting:Connecting.close",
}
PROGRAM = """
import importlib, sys
module, _, path = sys.argv.pop(1).partition(":")
kind, _, name = path.partition(".")
def broken(*arguments, **options):
    raise ZeroDivisionError("a secret text")
setattr(getattr(importlib.import_module(module), kind), name, broken)
from client.cli import main
main()
"""


@pytest.mark.parametrize("what", BROKEN)
def test_a_fault_restores_the_terminal_and_says_one_sentence(house: House, what: str) -> None:
    far, near = os.openpty()
    termios.tcsetwinsize(far, (24, 300))
    before = termios.tcgetattr(near)
    arguments = ["--connect", house.endpoint(), "-n", "alice", "--screen"]
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, BROKEN[what], *arguments],
        stdin=near,
        stdout=near,
        stderr=near,
        env=environment(house.home) | {"TERM": "xterm-256color"},
        start_new_session=True,
    ) as screen:
        os.set_blocking(far, False)
        heard, typed = b"", what not in ("a key", "leaving")
        try:
            while b"fault.log\r\n" not in heard and len(heard) < 100_000:
                assert select.select([far], [], [], DEADLINE)[0], heard
                heard += os.read(far, 65_536)
                if b"\x1b[?7l" in heard and not typed:
                    typed = bool(os.write(far, b"\x04"))
            screen.wait(DEADLINE)
        finally:
            screen.kill()
    heard += os.read(far, 65_536) if select.select([far], [], [], 0)[0] else b""
    after = termios.tcgetattr(near)
    os.close(near)
    os.close(far)
    shown = heard.decode().rpartition("\x1b[?1049l")[2]
    assert "\x1b[?25h" in shown
    log = house.home / ".local" / "state" / "chat-client" / "fault.log"
    assert f"chat-client: the full screen has ended by a fault; the details are in {log}" in shown
    assert "Traceback" not in shown
    assert "a secret text" not in shown
    assert screen.returncode == 1
    assert after == before
    assert "ZeroDivisionError: a secret text" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_signal_while_the_program_loads_restores_the_terminal(house: House) -> None:
    far, near = os.openpty()
    termios.tcsetwinsize(far, (24, 80))
    before = termios.tcgetattr(near)
    program = "import os, signal; from client.screen.tty.curtain import drawn_curtain\n"
    program += "with drawn_curtain('#lobby> '):\n assert os.read(0, 9) == b'\\r'\n"
    program += " os.kill(os.getpid(), signal.SIGTERM); signal.pause()"
    heard, typed = b"", False
    with subprocess.Popen([sys.executable, "-c", program], stdin=near, stdout=near, stderr=near) as loading:
        while not typed and len(heard) < 10_000:
            assert select.select([far], [], [], DEADLINE)[0], heard
            heard += os.read(far, 65_536)
            if b"#lobby> " in heard:
                typed = bool(os.write(far, b"\r"))
        assert loading.wait(DEADLINE) == 128 + 15, "Enter is not Ctrl-J"
    while b"\x1b[?25h" not in heard and len(heard) < 10_000:
        assert select.select([far], [], [], DEADLINE)[0], heard
        heard += os.read(far, 65_536)
    assert b"#lobby> " in heard
    assert termios.tcgetattr(near) == before
    os.close(near)
    os.close(far)
