import os
import signal

import pytest
from eventually import eventually
from launch_stage import Stage, finish

from client.launcher.windows import find_emulator

# Like many emulators, this one leaves the window to another process and ends at once.
EMULATOR = """#!/bin/sh
echo "$@" >>"$FAKE_RECORDS/emulator"
shift 3
"$@" </dev/null >/dev/null 2>&1 &
"""


@pytest.fixture(autouse=True)
def _desktop(stage: Stage) -> None:
    stage.add_tools("sh")
    stage.environment["DISPLAY"] = ":0"
    add_emulator(stage, EMULATOR)


def add_emulator(stage: Stage, script: str) -> None:
    emulator = stage.tools / "x-terminal-emulator"
    emulator.write_text(script)
    emulator.chmod(0o755)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_client_has_a_window_and_a_signal_ends_all(stage: Stage, number: signal.Signals) -> None:
    launcher = stage.launch("--clients", "2")
    clients = stage.await_started("client", 2)
    assert [each.arguments for each in clients] == [
        f"--connect tcp://127.0.0.1:4242 --name {name}" for name in ("alice", "bob")
    ]
    launcher.send_signal(number)
    code, out, _ = finish(launcher)
    assert code == (130 if number is signal.SIGINT else 0)
    assert "Listening for connections" in out
    stage.assert_all_ended(brokers=1, clients=2)
    windows = (stage.records / "emulator").read_text().splitlines()
    assert sorted(line.split()[:3] for line in windows) == [["-T", "alice", "-e"], ["-T", "bob", "-e"]]


def test_clients_that_leave_leave_the_others_alone(stage: Stage) -> None:
    launcher = stage.launch()
    alice, *_ = stage.await_started("client", 3)
    os.kill(alice.pid, signal.SIGTERM)
    eventually(lambda: len(stage.left()) == 3, "broker, bob and carol are left")
    launcher.terminate()
    assert finish(launcher)[0] == 0
    stage.assert_all_ended(brokers=1, clients=3)


@pytest.mark.parametrize(("number", "expected"), [(signal.SIGTERM, 0), (signal.SIGKILL, 137)])
def test_the_end_of_the_broker_ends_all(stage: Stage, number: signal.Signals, expected: int) -> None:
    launcher = stage.launch()
    stage.await_started("client", 3)
    os.kill(stage.started("broker")[0].pid, number)
    assert finish(launcher)[0] == expected
    stage.assert_all_ended(brokers=1, clients=3)


def test_a_broker_that_cannot_start_opens_no_window(stage: Stage) -> None:
    code, _, err = finish(stage.launch(FAKE_BROKER="fail"))
    assert (code, err) == (3, "chat-broker: tcp://127.0.0.1:9009 is in use, choose another endpoint\n")
    assert not (stage.records / "emulator").exists()


def test_a_window_that_opens_when_all_is_over_stays_empty(stage: Stage) -> None:
    add_emulator(stage, '#!/bin/sh\nprintf "%s\\n" "$@" >"$FAKE_RECORDS/emulator"\n')
    launcher = stage.launch("--clients", "1")
    window = stage.records / "emulator"
    eventually(lambda: window.exists() and "--name\nalice\n" in window.read_text(), "a window asked for")
    launcher.terminate()
    finish(launcher)
    options = window.read_text().split("\n")[:-1]
    assert os.spawnve(os.P_WAIT, "/bin/sh", options[3:], stage.environment) != 0
    stage.assert_all_ended(brokers=1, clients=0)


def test_an_emulator_needs_a_display(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(stage.tools))
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert find_emulator() is None
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert find_emulator() == "x-terminal-emulator"
