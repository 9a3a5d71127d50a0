"""The bots in examples/, run as a reader would run them."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from eventually import DEADLINE, eventually
from house import House, texts
from sockets import all_sockets_closed

from client.chat import Chat
from messages.errors import ChatError
from messages.replies import UserList
from messages.requests import Who

__all__ = ["all_sockets_closed"]

ROOT = Path(__file__).parents[2]


@pytest.fixture
def house(all_sockets_closed: None) -> Iterator[House]:
    house = House("tcp://127.0.0.1:0")
    house.open(heartbeat=60_000)  # so that nothing else wakes a bot
    yield house
    house.close()


@pytest.fixture(params=["echo_bot.py", "async_echo_bot.py"])
def bot(house: House, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(ROOT / "examples" / request.param), house.url]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def online(chat: Chat) -> list[str]:
    users = chat.ask(Who)
    assert isinstance(users, UserList)
    return [user.name for user in users.users]


def test_it_says_back_what_is_said_to_it_and_leaves_when_it_is_interrupted(
    house: House, bot: subprocess.Popen[str]
) -> None:
    with house.chat("alice") as alice:
        eventually(lambda: "echo" in online(alice), "the bot is there")
        for text in ("hello", "two\nlines", "Привет"):
            alice.send("@echo", text)
            assert texts(alice, 1) == [text]
        sent = alice.send("#lobby", "is it quiet here?")
        assert alice.wait_delivered(sent, timeout=DEADLINE)
        alice.send("@echo", "the end")
        assert texts(alice, 1) == ["the end"]
        bot.send_signal(signal.SIGINT)
        bot.wait(DEADLINE)
        eventually(lambda: "echo" not in online(alice), "the bot has left")
    house.chat("echo").close()


def test_its_name_is_its_own_and_it_comes_back_to_a_broker_that_was_restarted(
    house: House, bot: subprocess.Popen[str]
) -> None:
    with house.chat("alice") as alice:
        eventually(lambda: "echo" in online(alice), "the bot is there")
        with pytest.raises(ChatError, match="in use"):
            house.chat("echo")
    house.shut()
    house.open()
    with house.chat("alice") as alice:
        eventually(lambda: "echo" in online(alice), "the bot is back after a restart")
        alice.send("@echo", "still there?")
        assert texts(alice, 1) == ["still there?"]


@pytest.mark.parametrize("bot", ["async_echo_bot.py"], indirect=True)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_although_it_does_not_interrupt_the_wait_of_its_loop(
    house: House, bot: subprocess.Popen[str], number: signal.Signals
) -> None:
    """As if it came right before the wait began: another thread gets it."""
    with house.chat("alice") as alice:
        eventually(lambda: "echo" in online(alice), "the bot is there")
        turns = [-1] * 20
        eventually(lambda: turns.append(waits(bot.pid)) or turns[-1] == turns[-20], "its loop waits")
        threads = (int(path.name) for path in Path(f"/proc/{bot.pid}/task").iterdir())
        other = next(thread for thread in threads if thread != bot.pid and takes_signals(bot.pid, thread))
        assert ctypes.CDLL(None).tgkill(bot.pid, other, number) == 0
        assert bot.wait(DEADLINE) == 0
        assert "echo" not in online(alice)
    assert bot.stderr
    assert bot.stderr.read() == ""


def takes_signals(process: int, thread: int) -> bool:
    """Whether a thread has blocked no signals: those of ZeroMQ have blocked all."""
    status = Path(f"/proc/{process}/task/{thread}/status").read_text()
    return int(status.partition("SigBlk:")[2].split()[0], 16) == 0


def waits(process: int) -> int:
    """Return how often the main thread has waited."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("\nvoluntary_ctxt_switches:")[2].split()[0])
