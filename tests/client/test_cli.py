"""The command line of chat-client: wrong options, and what a start loads."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from client.cli import main
from client.start import Start
from messages.endpoints import chat_address
from messages.keys import key_from_bytes
from messages.options import SettingsFile


@pytest.mark.parametrize("arguments", [["--name", "ann"], ["--name", "ann", "who"]])
def test_a_variable_that_is_no_option_is_refused(arguments: list[str]) -> None:
    result = CliRunner().invoke(main, arguments, env={"CHAT_CLIENT_CONECT": "tcp://127.0.0.1:1"})
    assert result.exit_code == 2
    assert "Unknown variable CHAT_CLIENT_CONECT, did you mean CHAT_CLIENT_CONNECT?" in result.stderr


def test_a_start_is_quick_because_it_loads_neither_asyncio_nor_the_editor() -> None:
    late = {"asyncio", "wcwidth", "emoji", "client.text.markup", "textual", "rich", "client.screen.keys"}
    code = f"import sys, client.cli, client.start; print({late} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize(("arguments", "bot"), [([], False), (["--bot"], True)])
def test_a_client_logs_in_as_a_bot_if_it_is_told_so(
    arguments: list[str], bot: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Start] = []
    monkeypatch.setattr(Start, "who", lambda start, _room: started.append(start))
    CliRunner().invoke(main, [*arguments, "--name", "ann", "who"], catch_exceptions=False)
    assert [start._credentials.login("1", "ann", None, unannounced=True).bot for start in started] == [bot]


def test_an_address_with_the_code_of_another_device_needs_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Start] = []
    monkeypatch.setattr(Start, "who", lambda start, _room: started.append(start))
    address = chat_address("tcp://chat.example.org:9009", key_from_bytes(bytes(32)), link="K7QXN2FP")
    CliRunner().invoke(main, ["--connect", address, "who"], catch_exceptions=False)
    login = started[0]._credentials.login("1", str(started[0].name), None, unannounced=True)
    assert (login.name, login.link) == ("linked", "K7QXN2FP")


@pytest.fixture
def usual(tmp_path: Path) -> Path:
    """The settings file that is read by default."""
    file = tmp_path / "config" / "chat-client" / "config.toml"
    file.parent.mkdir(parents=True)
    return file


def started(monkeypatch: pytest.MonkeyPatch, *arguments: str, **environ: str) -> Start:
    """Return what a verb would run with."""
    starts: list[Start] = []
    monkeypatch.setattr(Start, "who", lambda start, _room: starts.append(start))
    CliRunner().invoke(main, [*arguments, "who"], env=environ, catch_exceptions=False)
    return starts[0]


def test_a_settings_file_is_read_by_default_by_verbs_too(
    usual: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual.write_text('name = "ann"\nbell = "all"\ntheme = "dark"\n')
    start = started(monkeypatch)
    assert (start.name, start.bell) == ("ann", "all")
    assert start.config == SettingsFile(
        usual, {"theme": "dark"}, {"bell": "DEFAULT_MAP", "notices": "DEFAULT"}
    )


def test_flags_stand_above_the_environment_and_that_above_the_file(
    usual: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual.write_text('name = "ann"\nbell = "all"\nnotices = "none"\n')
    start = started(monkeypatch, "--bell", "off", CHAT_CLIENT_BELL="direct", CHAT_CLIENT_NOTICES="osc9")
    assert (start.name, start.bell, start.notices) == ("ann", "off", "osc9")
    assert start.config.sources == {"bell": "COMMANDLINE", "notices": "ENVIRONMENT"}


def test_another_file_takes_the_place_of_the_usual_one(
    usual: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual.write_text("broken")
    other = tmp_path / "other.toml"
    other.write_text('name = "bea"\n')
    assert started(monkeypatch, "--config", str(other)).name == "bea"
    assert started(monkeypatch, CHAT_CLIENT_CONFIG=str(other)).config.path == other
    assert started(monkeypatch, "--config", "/dev/null", "--name", "cy").name == "cy"


def test_there_need_be_no_file_and_no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = started(monkeypatch, "--name", "ann")
    assert start.config.path == tmp_path / "config" / "chat-client" / "config.toml"
    assert started(monkeypatch, "--name", "ann", HOME="", XDG_CONFIG_HOME="").config.path is None


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("them = 1", "unknown key them, did you mean theme?"),
        ("theme = ", "not TOML: Invalid value (at end of document)"),
        ("keys.help = 'ctrl-a'", "keys: Ctrl-A is needed for typing; choose another key"),
    ],
)
@pytest.mark.parametrize("verb", [[], ["who"]])
def test_a_broken_file_is_one_sentence_and_a_usage_error(
    usual: Path, content: str, complaint: str, verb: list[str]
) -> None:
    usual.write_text(content)
    result = CliRunner().invoke(main, ["--name", "ann", *verb])
    assert (result.exit_code, result.stdout) == (2, "")
    assert " ".join(result.stderr.split()) == f"chat-client: {usual}: {complaint}"


def test_a_file_that_cannot_be_read_is_said(usual: Path) -> None:
    usual.mkdir()
    result = CliRunner().invoke(main, ["--name", "ann", "who"])
    assert (result.exit_code, result.stderr.split(": ")[-1]) == (2, "Is a directory\n")
