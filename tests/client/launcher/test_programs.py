import signal
import subprocess
import sys
from pathlib import Path

import pytest
from eventually import eventually

from client.launcher import programs
from client.launcher.programs import LaunchFailed, alive, await_listening, end_all, reachable, stop
from client.launcher.signals import SignalWatch

DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(600)"
)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "WAIT", 0.05)


def start_deaf() -> subprocess.Popen[bytes]:
    """Start a child that SIGTERM does not end."""
    child = subprocess.Popen([sys.executable, "-IS", "-c", DEAF], stdout=subprocess.PIPE)
    assert child.stdout
    with child.stdout as said:
        assert said.readline()
    return child


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        ("tcp://0.0.0.0:9009", "tcp://127.0.0.1:9009"),
        ("tcp://*:9009", "tcp://127.0.0.1:9009"),
        ("tcp://[::]:9009", "tcp://[::1]:9009"),
        ("tcp://192.0.2.1:9009", "tcp://192.0.2.1:9009"),
        ("ipc:///run/chat", "ipc:///run/chat"),
    ],
)
def test_a_client_reaches_a_broker_that_listens_everywhere_by_loopback(bound: str, expected: str) -> None:
    assert reachable(bound) == expected


@pytest.mark.usefixtures("hasty")
def test_a_broker_that_says_nothing_is_waited_for_no_longer_than_it_may() -> None:
    with SignalWatch(children=False) as signals, pytest.raises(LaunchFailed) as failed:
        await_listening(lambda: ("still thinking\n", None), signals)
    assert failed.value.exit_code == 3


def test_a_broker_that_ends_without_listening_failed_even_with_code_0() -> None:
    with SignalWatch(children=False) as signals, pytest.raises(LaunchFailed) as failed:
        await_listening(lambda: ("", 0), signals)
    assert failed.value.exit_code == 1


def test_a_brokers_last_words_cannot_drive_the_terminal() -> None:
    assert programs.broker_failed("first\n\x1b[2Jlast\n\n", 1).message == "\\x1b[2Jlast"


def test_it_says_how_to_chat_with_a_broker_that_runs_already_and_that_one_was_killed() -> None:
    words = "chat-broker: tcp://127.0.0.1:9009 is in use; stop the program that uses it\n"
    said = programs.broker_failed(words, 3).message
    assert said.endswith("If that is a broker, chat with it: chat-client --connect tcp://127.0.0.1:9009")
    assert (
        programs.broker_failed("alice asked for topic", 137).message
        == "chat-launcher: the broker was ended by signal 9"
    )


@pytest.mark.usefixtures("hasty")
def test_a_child_that_does_not_end_when_told_to_is_killed() -> None:
    assert stop(start_deaf()) == 128 + signal.SIGKILL


@pytest.mark.usefixtures("hasty")
def test_a_process_that_does_not_end_when_told_to_is_killed() -> None:
    child = start_deaf()
    end_all(lambda: [child.pid] if alive(child.pid) else [])
    assert child.wait() == -signal.SIGKILL


def test_a_process_that_ended_unnoticed_is_not_alive() -> None:
    child = subprocess.Popen([sys.executable, "-IS", "-c", ""])
    eventually(lambda: not alive(child.pid), "it ended, and nobody has waited for it")
    child.wait()
    assert not alive(child.pid)


def test_without_proc_a_process_is_alive_while_it_can_be_signalled(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", fail)
    child = start_deaf()
    assert alive(child.pid)
    child.kill()
    child.wait()
    assert not alive(child.pid)
