"""The bots in examples/, run as a reader would run them."""

from __future__ import annotations

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
    house.open()
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
