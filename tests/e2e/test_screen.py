"""The full screen on a terminal, beside a real broker."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import socket
import subprocess

import pytest
from eventually import DEADLINE, eventually
from programs import SCRIPTS, House, Person, environment

from messages.endpoints import chat_address
from messages.exits import Exit
from messages.keys import fingerprint, key_from_bytes, key_to_address

MODES = ("7", "25", "1000", "1004", "1006", "1049", "2004", "2048")
"""Modes of a terminal: wrapping, the cursor, the mouse, focus, the other screen, pastes, sizes."""

USUAL = {"7", "25"}
"""The modes that are on if no program has changed them."""


def drafts(house: House) -> str:
    kept = house.home / ".local" / "state" / "chat-client" / "drafts.json"
    return kept.read_text("utf-8") if kept.exists() else ""


def assert_left_as_it_was(person: Person) -> None:
    """Check that the terminal has its own screen, modes and title again."""
    for mode in MODES:
        on, off = person.heard.rfind(f"\x1b[?{mode}h"), person.heard.rfind(f"\x1b[?{mode}l")
        assert on > off if mode in USUAL and off >= 0 else on <= off, mode
    assert person.heard.count("\x1b[22;2t") == person.heard.count("\x1b[23;2t")
    assert "Traceback" not in person.heard


def test_two_people_do_everything_and_nothing_is_lost_with_the_broker(house: House) -> None:
    broker, endpoint = house.broker()
    (house.home / "notes.txt").write_text("a file")
    alice, bob = (
        house.at_terminal(
            *("chat-client", "--connect", endpoint, "-n", name, "--downloads", str(house.home)), as_usual=True
        )
        for name in ("alice", "bob")
    )
    for person in (alice, bob):
        person.sees("connected")
    bob.type("hello @alice\r")
    alice.sees("│ hello @alice")
    assert alice.title == "(1) chat"
    alice.type("hello \u65e5\u672c bob\r")
    bob.sees("│ hello \u65e5\u672c bob")
    alice.type("s/hello/good day/\r")
    bob.sees("│ good day \u65e5\u672c bob")
    bob.type("/react @alice :ok:\r")
    alice.sees("reacted")
    alice.type(f"/upload {house.home}/notes.txt see this\r")
    bob.sees("notes.txt")
    bob.type("/get\r")
    second = house.home / "notes (2).txt"
    eventually(lambda: bob.screen and second.exists() and second.read_text() == "a file", "bob has the file")

    broker.process.send_signal(signal.SIGKILL)
    texts = ["one from alice", "one from bob"]
    for person, text in zip((alice, bob), texts, strict=True):
        person.sees("no connection, trying")
        person.type(f"{text}\r")
        person.sees("1 on the way")
    house.broker(bind=endpoint)
    for person in (alice, bob):
        person.sees("The connection is back.")
        for text in texts:
            person.sees(f"│ {text}")

    alice.type("/join #dev\r")
    alice.sees("#dev>")
    bob.type("/join #dev\r")
    bob.sees("#dev>")
    bob.type("a word for #dev only")
    bob.sees("#dev> a word for #dev only")
    alice.type("/kick bob\r")
    bob.sees("no room> a word for #dev only")
    bob.type("\r")
    bob.sees("no room> a word for #dev only")
    for rows, columns in ((8, 20), (40, 160), (10, 60), (24, 80)):
        alice.resize(rows, columns)
    alice.type("at the end\r")
    alice.sees("│ at the end")

    for person in (alice, bob):
        person.type("\x15\x04")
        assert person.wait() == 0
        assert_left_as_it_was(person)
    for room, told in (
        (
            "#lobby",
            ["hello @alice", "good day \u65e5\u672c bob", "see this", "one from alice", "one from bob"],
        ),
        ("#dev", ["at the end"]),
    ):
        reader = house.client(endpoint, "reader", "history", "--json", room)
        assert reader.wait() == 0
        entries = map(json.loads, reader.out)
        assert sorted(entry["text"] for entry in entries if entry["type"] == "message") == sorted(told)


def test_with_the_launcher_it_stops_and_goes_on_and_its_terminal_is_as_before(house: House) -> None:
    """A shell runs them, as only a shell lets stopped programs go on."""
    shell = house.at_terminal("/bin/sh", "-i", as_usual=True)
    shell.enter(f"cd {house.home}; stty -g >before; PS1='ready$ '")
    shell.enter(f"{SCRIPTS}/chat-launcher --here --bind 127.0.0.1:0 -n alice")
    shell.sees("connected")
    shell.type("a draft\x1b[20~")
    shell.sees("The mouse is on")
    shell.type("\x1a")
    shell.sees("Stopped")
    assert_left_as_it_was(shell)
    stopped = len(shell.heard)
    shell.enter("stty -g >stopped; fg")
    eventually(lambda: shell.screen and "a draft" in shell.heard[stopped:], "the screen is drawn again")
    assert "\x1b[?1000h" in shell.heard[stopped:], "the mouse is on again"
    shell.type("\x03\x03")
    shell.sees("ready$")
    assert_left_as_it_was(shell)
    shell.enter("echo code $? >code; stty -g >after; exit")
    assert shell.wait() == 0
    assert len({(house.home / name).read_text() for name in ("before", "stopped", "after")}) == 1
    assert (house.home / "code").read_text() == "code 130\n"
    port = re.search(r"The broker listens on tcp://127.0.0.1:(\d+)", shell.heard)
    assert port
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(port[1]))) == errno.ECONNREFUSED, "the broker is gone"


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
    assert_left_as_it_was(alice)
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
    bob.type("here I am\n")
    again.sees("│ here I am")
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
