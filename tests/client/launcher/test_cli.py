import signal
import sys

import pytest
from eventually import eventually
from launch_stage import Stage, finish

from client.launcher import main
from messages.version import __version__


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run the entry point in this process. Return its exit code."""
    monkeypatch.setattr(sys, "argv", ["chat-launcher", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_version(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "--version") == 0
    assert capsys.readouterr().out == f"chat-launcher, version {__version__}\n"


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help(flag: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, flag) == 0
    assert "Exit codes: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--bind", "nowhere"], "nowhere: write the port too, such as tcp://nowhere:9009"),
        (["--bind", "inproc://x"], "inproc has no meaning between processes"),
        (["--clients", "0"], "0 is not in the range 1<=x<=20"),
        (["--name", "2fast"], "a name begins with a letter"),
        (["--clients", "1", "--name", "ann", "--name", "ben"], "2 names are given for 1 client"),
        (["--here", "--clients", "2"], "--here starts one client"),
        (["--here", "--name", "ann", "--name", "ben"], "--here starts one client"),
    ],
)
def test_wrong_usage_is_told_and_code_2(
    arguments: list[str],
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, *arguments) == 2
    assert sentence in capsys.readouterr().err


def test_a_variable_that_is_no_option_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHAT_LAUNCHER_CLIENT", "2")
    assert run(monkeypatch) == 2
    assert (
        "Unknown variable CHAT_LAUNCHER_CLIENT, did you mean CHAT_LAUNCHER_CLIENTS?"
        in capsys.readouterr().err
    )


def test_without_tmux_and_display_it_says_what_to_type_and_is_the_broker(stage: Stage) -> None:
    launcher = stage.launch("--clients", "4", "--name", "zoë", "--name", "bob", "--bind", "0.0.0.0:7")
    broker, *_ = stage.await_started("broker")
    assert (broker.pid, broker.arguments) == (launcher.pid, "--bind tcp://0.0.0.0:7")
    launcher.terminate()
    code, out, err = finish(launcher)
    client = stage.python.with_name("chat-client")
    assert (code, out.splitlines()[0]) == (0, "Listening for connections on tcp://0.0.0.0:4242...")
    assert err.splitlines() == [
        "There is neither tmux nor a display here. Type in other terminals:",
        *(
            f"  {client} --connect tcp://127.0.0.1:7 --name {name}"
            for name in ("'zoë'", "bob", "alice", "carol")
        ),
    ]


def test_the_broker_takes_the_launchers_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """As above, in this process: what ran before an exec is in no measurement of coverage."""
    became: list[list[str]] = []
    monkeypatch.setattr(
        "shutil.which", lambda name, **_: f"/opt/{name}" if name.startswith("chat-") else None
    )
    monkeypatch.setattr("os.execv", lambda program, command: became.append(command))
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr(sys, "argv", ["chat-launcher", "--bind", "127.0.0.1:0"])
    with pytest.raises(SystemExit):
        main()
    assert became == [["/opt/chat-broker", "--bind", "tcp://127.0.0.1:0"]]


def test_a_program_on_path_is_typed_by_its_name(stage: Stage) -> None:
    path = f"{stage.tools}:{stage.python.parent}"
    launcher = stage.launch("--name", "zoe", "--bind", "127.0.0.1:0", PATH=path)
    stage.await_started("broker")
    launcher.terminate()
    assert finish(launcher)[2].splitlines()[1:] == [
        "  chat-client --connect tcp://127.0.0.1:0 --name zoe",
        "with the port that the broker prints now, instead of 0.",
    ]


def test_a_program_that_is_not_there_is_named(stage: Stage) -> None:
    stage.python.with_name("chat-broker").unlink()
    code, _, err = finish(stage.launch("--here"))
    assert code == 3
    assert err == f"chat-launcher: chat-broker is neither beside {stage.python} nor on PATH\n"


def test_programs_on_path_are_found(stage: Stage) -> None:
    for name in ("chat-broker", "chat-client"):
        stage.python.with_name(name).rename(stage.tools / name)
    assert finish(stage.launch("--here", FAKE_CLIENT="quit"))[0] == 7


def test_a_hangup_that_is_ignored_stays_ignored(stage: Stage) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        launcher = stage.launch("--here")
    finally:
        signal.signal(signal.SIGHUP, before)
    stage.await_started("client")
    launcher.send_signal(signal.SIGHUP)
    launcher.send_signal(signal.SIGTERM)
    eventually(lambda: launcher.poll() is not None, "the launcher ended")
    assert "SIGHUP" not in stage.started("client")[0].signals
