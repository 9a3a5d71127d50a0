"""The full screen on a terminal, beside a real broker."""

from __future__ import annotations

import os
import re
import signal
import subprocess

import pytest
from eventually import DEADLINE, eventually
from programs import SCRIPTS, House, environment

from messages.endpoints import chat_address
from messages.exits import Exit
from messages.keys import fingerprint, key_from_bytes, key_to_address


def drafts(house: House) -> str:
    kept = house.home / ".local" / "state" / "chat-client" / "drafts.json"
    return kept.read_text("utf-8") if kept.exists() else ""


def test_people_talk_and_lose_the_broker_and_get_it_back(house: House) -> None:
    broker, endpoint = house.broker()
    alice = house.at_terminal("chat-client", "--connect", endpoint, "-n", "alice", "--screen")
    alice.sees("connected")
    bob = house.client(endpoint, "bob")
    bob.type("hello @alice\n")
    alice.sees("│ hello @alice")
    assert alice.title == "(1) chat"
    alice.type("hello \u65e5\u672c bob\r")
    bob.says("hello \u65e5\u672c bob")
    alice.type("s/hello/good day/\r")
    alice.sees("│ good day \u65e5\u672c bob")
    bob.type("/react 2 :ok:\n")
    alice.sees("reacted")
    broker.process.send_signal(signal.SIGKILL)
    alice.sees("no connection, trying")
    alice.type("are you there?\r")
    alice.sees("1 on the way")
    house.broker(bind=endpoint)
    bob.says("are you there?")
    alice.sees("The connection is back.")
    alice.type("\x04")
    assert alice.wait() == 0
    left = alice.heard.rpartition("\x1b[?1049l")
    assert left[1], "the terminal is as it was"
    assert "\x1b[?25h" in left[2]
    assert "Traceback" not in alice.heard


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals_leave_in_order_and_there_are_no_colours_if_none_are_wanted(
    house: House, number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    _, endpoint = house.broker()
    alice = house.at_terminal("chat-client", "--connect", endpoint, "-n", "alice", "--screen")
    alice.sees("connected")
    alice.type("`code` and **bold**\r")
    alice.sees("│ `code` and **bold**")
    alice.type("half a thou")
    alice.sees("#lobby> half a thou")
    alice.child.kill(number)
    assert alice.wait() == 0
    assert "half a thou" in drafts(house)
    styles = {part for found in re.findall(r"\x1b\[([0-9;]*)m", alice.heard) for part in found.split(";")}
    assert styles <= {"", "0", "1", "2", "3", "4", "7", "9", "39", "49"}


def test_a_theme_from_the_usual_file_is_written_in_the_colours_that_the_terminal_has(house: House) -> None:
    file = house.home / ".config" / "chat-client" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('# mine\ntheme = "dark"\n')
    alice = house.at_terminal(
        "chat-client", "-n", "alice", "--screen", "--connect", "127.0.0.1:1", term="xterm"
    )
    alice.sees("no connection, trying")
    assert "\x1b[1;91;40m" in alice.heard, "bright red, which can be read on black"
    alice.type("/set keys.help ctrl-g\r")
    alice.sees("keys.help is ctrl-g now, and in")
    alice.sees("~/.config/chat-client/config.toml.")
    alice.type("\x07")
    alice.sees("Ctrl-G")
    alice.type("q\x03\x03")
    alice.wait()
    assert not re.search(r"\x1b\[[0-9;]*[34]8;[25];", alice.heard)
    assert file.read_text() == '# mine\ntheme = "dark"\n\n[keys]\nhelp = "ctrl-g"\n'


def test_it_ends_when_its_terminal_is_closed(house: House) -> None:
    _, endpoint = house.broker()
    far, near = os.openpty()
    with subprocess.Popen(
        [SCRIPTS / "chat-client", "--connect", endpoint, "-n", "alice", "--screen"],
        stdin=near,
        stdout=near,
        stderr=near,
        env=environment(house.home),
        start_new_session=True,
    ) as screen:
        os.close(near)
        try:
            heard = b""
            while b"connected" not in heard:
                heard += os.read(far, 65_536)
            os.write(far, b"half a thought")
            while b"thought" not in heard:
                heard += os.read(far, 65_536)
        finally:
            os.close(far)
        assert screen.wait(DEADLINE) == 128 + signal.SIGHUP
    assert "half a thought" in drafts(house)


def test_a_draft_outlives_kill_9_and_is_sent_after_the_next_start(house: House) -> None:
    _, endpoint = house.broker()
    alice = house.at_terminal("chat-client", "--connect", endpoint, "-n", "alice", "--screen")
    alice.sees("connected")
    alice.type("half a thought")
    eventually(lambda: "half a thought" in drafts(house), "the draft is kept")
    alice.child.kill(signal.SIGKILL)
    again = house.at_terminal("chat-client", "--connect", endpoint, "-n", "alice", "--screen")
    again.sees("#lobby> half a thought")
    again.sees("connected")
    bob = house.client(endpoint, "bob")
    again.type("\r")
    bob.says("half a thought")
    eventually(lambda: drafts(house) == "{}", "nothing is kept of what was sent")


def test_without_a_terminal_that_can_do_it_there_is_line_mode(house: House) -> None:
    _, endpoint = house.broker()
    alice = house.at_terminal("chat-client", "--connect", endpoint, "-n", "alice", "--screen", term="dumb")
    alice.sees("the full screen needs a terminal that can move its cursor; this is line mode")
    alice.sees("Connected to")


def test_a_new_key_is_asked_about_and_a_changed_one_refused(house: House) -> None:
    url = "tcp://127.0.0.1:9"  # nothing listens there, and nothing is sent
    first, second = (key_from_bytes(bytes([number] * 32)) for number in (1, 2))
    options = ("-n", "alice", "--screen", "--connect")
    new = house.at_terminal("chat-client", *options, chat_address(url, first))
    new.sees(fingerprint(first))
    new.type("n")
    assert new.wait() == Exit.REFUSED
    known = house.home / ".config/chat-client/known_brokers"
    assert not known.exists()
    known.write_text(f"{url} {key_to_address(first)} 2026-01-01\n")
    changed = house.at_terminal("chat-client", *options, chat_address(url, second))
    changed.sees("any key: leave")
    assert fingerprint(first) in changed.heard
    assert fingerprint(second) in changed.heard
    changed.type("y")
    assert changed.wait() == Exit.REFUSED
    assert f"THE KEY OF {url} HAS CHANGED" in " ".join(changed.heard.rpartition("\x1b[?1049l")[2].split())
