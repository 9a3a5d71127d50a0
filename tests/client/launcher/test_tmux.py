import os
import signal
import subprocess

import pexpect
import pytest
from eventually import eventually
from launch_stage import LAUNCH, Stage, finish

from client.launcher.programs import alive
from client.screen.available import LEAST_ROWS

PANES = ("list-panes", "-a", "-F", "#{pane_title}")


@pytest.fixture(autouse=True)
def _tmux(stage: Stage) -> None:
    stage.add_tools("tmux", "tail")


def start_detached(stage: Stage, *arguments: str, clients: int = 3) -> tuple[subprocess.Popen[str], str]:
    """Start a launcher without a terminal. Return it, and its tmux server's name, once all is there."""
    launcher = stage.launch(*arguments)
    stage.await_started("client", clients)
    return launcher, f"chat-launcher-{launcher.pid}"


def assert_server_gone(stage: Stage, server: str) -> None:
    assert stage.tmux(server, *PANES).returncode != 0
    assert not list(stage.directory.glob(f"tmux-*/{server}"))


def test_without_a_terminal_tmux_runs_detached_and_how_to_attach_is_said(stage: Stage) -> None:
    launcher, server = start_detached(stage, "--bind", "127.0.0.1:0")
    titles = ["broker", "alice", "bob", "carol"]
    eventually(lambda: stage.tmux(server, *PANES).stdout.split() == titles, "panes with titles")
    assert stage.tmux(server, "show-options", "-gv", "mouse").stdout == "on\n"
    launcher.send_signal(signal.SIGTERM)
    code, _, err = finish(launcher)
    assert (code, err) == (
        0,
        f"The chat runs in tmux. To see it, type: tmux -L {server} attach-session -t chat\n",
    )
    assert stage.started("broker")[0].arguments == "--bind tcp://127.0.0.1:0"
    assert [each.arguments for each in stage.started("client")] == [
        f"--connect tcp://127.0.0.1:4242 --name {name}" for name in ("alice", "bob", "carol")
    ]
    stage.assert_all_ended(brokers=1, clients=3)
    assert all(each.signals[0] == "SIGTERM" for each in stage.started("client"))
    assert_server_gone(stage, server)


def test_the_users_settings_for_tmux_do_no_harm(stage: Stage) -> None:
    settings = ("destroy-unattached on", "base-index 1", "-w pane-base-index 1", "-w automatic-rename on")
    lines = "".join(f"set-option -g {setting}\n" for setting in (*settings, "prefix C-a"))
    (stage.directory / "home" / ".tmux.conf").write_text(lines)
    launcher, server = start_detached(stage)
    assert stage.tmux(server, "show-options", "-gv", "prefix").stdout == "C-a\n"
    launcher.terminate()
    assert finish(launcher)[0] == 0
    stage.assert_all_ended(brokers=1, clients=3)


def test_many_clients_fit(stage: Stage) -> None:
    launcher, _ = start_detached(stage, "--clients", "20", clients=20)
    launcher.terminate()
    assert finish(launcher)[0] == 0
    stage.assert_all_ended(brokers=1, clients=20)


def test_in_a_small_terminal_there_are_several_windows_with_room_for_panes(
    stage: Stage,
) -> None:
    launcher = stage.launch("--clients", "8", COLUMNS="80", LINES="24")
    stage.await_started("client", 8)
    server = f"chat-launcher-{launcher.pid}"
    listed = ("list-panes", "-a", "-F", "#{window_index} #{pane_height} #{pane_title}")
    panes = [line.split() for line in stage.tmux(server, *listed).stdout.splitlines()]
    assert [title for _window, _height, title in panes][:2] == ["broker", "alice"]
    assert [window for window, _height, _title in panes] == ["0"] * 4 + ["1"] * 4 + ["2"]
    assert min(int(height) for _window, height, _title in panes) >= LEAST_ROWS
    launcher.terminate()
    assert finish(launcher)[0] == 0
    stage.assert_all_ended(brokers=1, clients=8)
    assert_server_gone(stage, server)


@pytest.mark.parametrize(("number", "expected"), [(signal.SIGINT, 130), (signal.SIGHUP, 0)])
def test_a_signal_takes_down_all(stage: Stage, number: signal.Signals, expected: int) -> None:
    launcher, server = start_detached(stage)
    launcher.send_signal(number)
    assert finish(launcher)[0] == expected
    stage.assert_all_ended(brokers=1, clients=3)
    assert_server_gone(stage, server)


def test_the_end_of_the_session_ends_even_a_broker_that_reloads_on_a_hangup(stage: Stage) -> None:
    launcher = stage.launch("--clients", "2", FAKE_BROKER="reload")
    stage.await_started("client", 2)
    stage.tmux(f"chat-launcher-{launcher.pid}", "kill-session")
    assert finish(launcher)[0] == 0
    stage.assert_all_ended(brokers=1, clients=2)


def test_a_session_that_is_ended_before_all_is_in_it_ends_the_launch_well(stage: Stage) -> None:
    wrapper = stage.tools / "tmux"
    tmux = wrapper.resolve()
    wrapper.unlink()
    wrapper.write_text(
        f'#!/bin/sh\ncase "$*" in *split-window*) {tmux} "$1" "$2" kill-session;; esac\nexec {tmux} "$@"\n'
    )
    wrapper.chmod(0o755)
    launcher = stage.launch()
    code, _, err = finish(launcher)
    assert (code, err) == (0, "")
    stage.assert_all_ended(brokers=1, clients=0)


def test_the_end_of_the_broker_takes_down_all(stage: Stage) -> None:
    launcher, server = start_detached(stage)
    os.kill(stage.started("broker")[0].pid, signal.SIGTERM)
    assert finish(launcher)[0] == 0
    stage.assert_all_ended(brokers=1, clients=3)
    assert_server_gone(stage, server)


def test_a_broker_that_is_killed_is_a_failure(stage: Stage) -> None:
    launcher, _ = start_detached(stage)
    os.kill(stage.started("broker")[0].pid, signal.SIGKILL)
    assert finish(launcher)[0] == 1
    stage.assert_all_ended(brokers=1, clients=3)


def test_a_broker_that_cannot_start_speaks_for_itself(stage: Stage) -> None:
    launcher = stage.launch(FAKE_BROKER="fail")
    code, out, err = finish(launcher)
    assert (code, out) == (3, "")
    assert err == "chat-broker: tcp://127.0.0.1:9009 is in use, choose another endpoint\n"
    stage.assert_all_ended(brokers=1, clients=0)
    assert_server_gone(stage, f"chat-launcher-{launcher.pid}")


def test_a_broker_that_ends_at_once_is_a_failure(stage: Stage) -> None:
    code, _, err = finish(stage.launch(FAKE_BROKER="quit"))
    assert (code, err) == (7, "chat-launcher: the broker ended with code 7 and no output\n")


def test_clients_that_leave_leave_the_others_alone(stage: Stage) -> None:
    launcher, server = start_detached(stage)
    os.kill(stage.started("client")[1].pid, signal.SIGTERM)
    eventually(lambda: stage.tmux(server, *PANES).stdout.split() == ["broker", "alice", "carol"], "bob left")
    launcher.terminate()
    assert finish(launcher)[0] == 0


def test_what_a_client_that_failed_has_said_stays_on_the_screen(stage: Stage) -> None:
    launcher = stage.launch("--clients", "1", FAKE_CLIENT="fail")
    server = f"chat-launcher-{launcher.pid}"
    shown = ("capture-pane", "-p", "-t", "chat:.{bottom}")
    eventually(lambda: "is in use" in stage.tmux(server, *shown).stdout, "the client's last words")
    launcher.terminate()
    assert finish(launcher)[0] == 0


def test_tmux_may_end_before_the_broker_listens(stage: Stage) -> None:
    launcher = stage.launch(FAKE_BROKER="mute")
    stage.await_started("broker")
    stage.tmux(f"chat-launcher-{launcher.pid}", "kill-server")
    assert finish(launcher)[0] == 1
    stage.assert_all_ended(brokers=1, clients=0)


def test_detaching_ends_all(stage: Stage) -> None:
    with pexpect.spawn(
        str(stage.python), LAUNCH, env=stage.environment, dimensions=(40, 120), encoding="utf-8"
    ) as terminal:
        stage.await_started("client", 3)
        terminal.expect("C-b d: end")
        terminal.send("\x02d")
        terminal.expect(pexpect.EOF)
    assert terminal.exitstatus == 0
    stage.assert_all_ended(brokers=1, clients=3)
    assert_server_gone(stage, f"chat-launcher-{terminal.pid}")


def test_a_terminal_that_is_closed_ends_all(stage: Stage) -> None:
    with pexpect.spawn(str(stage.python), LAUNCH, env=stage.environment, dimensions=(40, 120)) as terminal:
        stage.await_started("client", 3)
        terminal.expect("C-b d: end")
    server = f"chat-launcher-{terminal.pid}"
    eventually(lambda: not list(stage.directory.glob(f"tmux-*/{server}")), "the server's socket gone")
    eventually(lambda: not any(alive(each.pid) for each in stage.started("client")), "the clients gone")
    stage.assert_all_ended(brokers=1, clients=3)


def test_the_sentence_of_a_broker_that_failed_is_there_after_tmux_has_gone(stage: Stage) -> None:
    with pexpect.spawn(
        str(stage.python), LAUNCH, env=stage.environment, dimensions=(40, 120), encoding="utf-8"
    ) as terminal:
        stage.await_started("client", 3)
        terminal.expect("C-b d: end")
        os.kill(stage.started("broker")[0].pid, signal.SIGKILL)
        terminal.expect("Listening for connections.*\n")
        terminal.expect(pexpect.EOF)
    assert terminal.exitstatus == 1
    stage.assert_all_ended(brokers=1, clients=3)


def test_a_terminal_that_tmux_cannot_use_is_a_failure(stage: Stage) -> None:
    environment = {**stage.environment, "TERM": "none-such"}
    with pexpect.spawn(str(stage.python), LAUNCH, env=environment, encoding="utf-8") as terminal:
        terminal.expect(pexpect.EOF)
    assert terminal.exitstatus == 1
    assert len(stage.started("broker")) == 1
    assert not stage.left()  # clients may have been ended before they did anything


class TestInsideTmux:
    """The launcher is started in a pane of the user's own tmux."""

    @pytest.fixture(autouse=True)
    def _user(self, stage: Stage) -> None:
        launch = (str(stage.python), *LAUNCH)
        size = ("-x", "160", "-y", "50")
        started = stage.tmux("user", "new-session", "-d", "-n", "work", *size, "--", *launch)
        assert not started.returncode, started.stderr
        stage.tmux("user", "set-option", "-g", "remain-on-exit", "on")
        stage.await_started("client", 3)

    def windows(self, stage: Stage) -> list[str]:
        # This tmux as well can miss the end of a process until it is told to look: its issue 311.
        os.kill(int(stage.tmux("user", "display-message", "-p", "#{pid}").stdout), signal.SIGCHLD)
        listed = ("list-windows", "-F", "#{window_name}:#{window_panes}:#{window_active}:#{pane_dead_status}")
        return stage.tmux("user", *listed).stdout.split()

    def test_it_opens_one_more_window_and_shows_it(self, stage: Stage) -> None:
        eventually(lambda: self.windows(stage) == ["work:1:0:", "chat:4:1:"], "a window before the user")

    def test_ctrl_c_where_it_was_started_ends_all_and_closes_the_window(self, stage: Stage) -> None:
        eventually(lambda: "chat:4:1:" in self.windows(stage), "a window before the user")
        stage.tmux("user", "send-keys", "-t", "work", "C-c")
        eventually(lambda: self.windows(stage) == ["work:1:1:130"], "only the user's window")
        stage.assert_all_ended(brokers=1, clients=3)

    def test_closing_the_window_ends_all(self, stage: Stage) -> None:
        eventually(lambda: "chat:4:1:" in self.windows(stage), "a window before the user")
        stage.tmux("user", "kill-window", "-t", "chat")
        eventually(lambda: self.windows(stage) == ["work:1:1:0"], "only the user's window")
        stage.assert_all_ended(brokers=1, clients=3)
