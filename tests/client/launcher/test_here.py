import os
import signal
import stat
from pathlib import Path

import pexpect
import pytest
from eventually import eventually
from launch_stage import LAUNCH, Stage, finish

from client.launcher.broker import Broker
from client.launcher.programs import LaunchFailed, alive


def test_the_clients_code_is_returned_and_the_broker_is_stopped(stage: Stage) -> None:
    code, _, err = finish(stage.launch("--here", FAKE_CLIENT="quit"))
    assert code == 7
    stage.assert_all_ended(brokers=1, clients=1)
    assert stage.started("broker")[0].signals == ["SIGTERM"]
    assert "The broker listens on tcp://127.0.0.1:4242" in err


def test_the_client_connects_to_where_the_broker_says_it_listens(stage: Stage) -> None:
    finish(stage.launch("--here", "--bind", "127.0.0.1:0", FAKE_CLIENT="quit"))
    assert stage.started("broker")[0].arguments == "--bind tcp://127.0.0.1:0"
    assert stage.started("client")[0].arguments == "--connect tcp://127.0.0.1:4242"


@pytest.mark.parametrize(
    ("option", "setting"),
    [
        (["--memory"], "CHAT_BROKER_MEMORY=true"),
        (["--data", "kept"], "CHAT_BROKER_DATA={directory}/kept"),
        ([], ""),
    ],
)
def test_where_messages_are_kept_is_passed_on(stage: Stage, option: list[str], setting: str) -> None:
    finish(stage.launch("--here", *option, FAKE_CLIENT="quit"))
    (broker,) = stage.started("broker")
    environment = (stage.records / f"environment-{broker.pid}").read_text()
    assert environment == setting.format(directory=stage.directory)


def test_a_name_is_passed_on(stage: Stage) -> None:
    finish(stage.launch("--here", "--name", "zoe", FAKE_CLIENT="quit"))
    assert stage.started("client")[0].arguments.endswith("--name zoe")


def test_a_broker_that_cannot_start_speaks_for_itself(stage: Stage) -> None:
    code, out, err = finish(stage.launch("--here", FAKE_BROKER="fail"))
    assert (code, out) == (3, "")
    assert err == "chat-broker: tcp://127.0.0.1:9009 is in use, choose another endpoint\n"
    stage.assert_all_ended(brokers=1, clients=0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_takes_down_both(stage: Stage, number: signal.Signals) -> None:
    launcher = stage.launch("--here")
    stage.await_started("client")
    launcher.send_signal(number)
    assert finish(launcher)[0] == 0
    stage.assert_all_ended(brokers=1, clients=1)


def test_even_a_launcher_that_is_killed_leaves_nothing_behind(stage: Stage) -> None:
    launcher = stage.launch("--here")
    stage.await_started("client")
    launcher.kill()
    eventually(lambda: not stage.left(), "nothing left")
    assert stage.started("broker")[0].signals == ["SIGTERM"]


def test_ctrl_c_in_a_terminal_is_left_to_the_client(stage: Stage) -> None:
    with pexpect.spawn(str(stage.python), [*LAUNCH, "--here"], env=stage.environment) as terminal:
        stage.await_started("client")
        terminal.sendintr()
        terminal.expect("SIGINT")
        terminal.sendintr()
        terminal.expect("SIGINT")
        assert all(alive(each.pid) for kind in ("broker", "client") for each in stage.started(kind))
        terminal.kill(signal.SIGTERM)
        terminal.expect(pexpect.EOF)
    assert terminal.exitstatus == 0
    stage.assert_all_ended(brokers=1, clients=1)
    assert "SIGINT" not in stage.started("broker")[0].signals


def test_the_client_is_ended_when_the_broker_ends(stage: Stage) -> None:
    launcher = stage.launch("--here")
    stage.await_started("client")
    os.kill(stage.started("broker")[0].pid, signal.SIGTERM)
    code, _, err = finish(launcher)
    assert code == 0
    assert err.endswith("The broker has ended.\n")
    stage.assert_all_ended(brokers=1, clients=1)


def test_a_broker_that_is_killed_is_a_failure(stage: Stage) -> None:
    launcher = stage.launch("--here")
    stage.await_started("client")
    os.kill(stage.started("broker")[0].pid, signal.SIGKILL)
    assert finish(launcher)[0] == 128 + signal.SIGKILL
    stage.assert_all_ended(brokers=1, clients=1)


def test_the_log_is_for_its_owner_only_and_old_ones_go(stage: Stage) -> None:
    logs = stage.directory / "state" / "chat-broker"
    logs.mkdir(parents=True)
    for number in range(15):
        (logs / f"broker-old{number}.log").touch()
    launcher = stage.launch("--here", FAKE_CLIENT="quit")
    finish(launcher)
    log = logs / f"broker-{launcher.pid}.log"
    assert log.read_text().startswith("Listening for connections on tcp://0.0.0.0:4242...\n")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert len(list(logs.iterdir())) == 10


def test_without_a_state_directory_the_log_is_in_the_home_directory(stage: Stage) -> None:
    finish(stage.launch("--here", XDG_STATE_HOME="", FAKE_CLIENT="quit"))
    assert list(stage.directory.glob("home/.local/state/chat-broker/broker-*.log"))


def test_a_directory_that_cannot_be_written_is_told_in_a_sentence(stage: Stage) -> None:
    (stage.directory / "state").touch()
    code, _, err = finish(stage.launch("--here"))
    assert code == 1
    assert err == f"chat-launcher: {stage.directory}/state/chat-broker: Not a directory\n"


def test_without_any_home_directory_the_user_is_told_what_to_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail() -> Path:
        raise RuntimeError

    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setattr("client.launcher.broker.Path.home", fail)
    monkeypatch.setattr("client.launcher.programs.shutil.which", lambda name, **_: name)
    with pytest.raises(LaunchFailed, match="set HOME or XDG_STATE_HOME"):
        Broker("tcp://127.0.0.1:9009")
