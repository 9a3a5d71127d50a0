"""Values that an error repeats cannot control the terminal, in all three programs."""

import io
import os
import sys
import termios
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from pty_output import written_to

from broker.cli import main as broker_command
from client.cli import main as client_command
from client.launcher import main as launcher
from messages.sentences import in_rows, tell

EVIL = "x\x1b]0;title\x07\x9b31m\u202e\n14:13 bob: I quit"
SHOWN = "x\\x1b]0;title\\x07\\x9b31m\\u202e\\x0a14:13 bob: I quit"
BROKER = [
    ["--bind", EVIL],
    ["--metrics", EVIL],
    ["--retain", EVIL],
    ["--cap", EVIL],
    ["--keep", EVIL],
    ["--access", EVIL],
    ["--syslog", EVIL],
    ["--config", EVIL],
    [f"--{EVIL}"],
    [EVIL],
    ["verify", EVIL, EVIL],
    ["ban", "bob", EVIL, EVIL],
    ["invite", "--for", EVIL],
    ["users", "--data", f"/dev/null/{EVIL}"],
    ["verify", "--data", f"/dev/null/{EVIL}"],
    ["check-config", f"/nowhere/{EVIL}"],
]
CLIENT = [
    ["--connect", EVIL],
    ["--connect", f"chat://host:1?key={EVIL}"],
    ["--connect", "tcp://h:" + EVIL],
    ["--connect", "ipc://" + EVIL + "x" * 100],
    ["--name", EVIL],
    ["--timeout", EVIL],
    ["--link", EVIL],
    ["--config", EVIL],
    [f"--{EVIL}"],
    [EVIL],
    ["--name", "ann", "send", EVIL, "text"],
    ["--name", "ann", "history", "#x", "--since", EVIL],
    ["--name", "ann", "search", f"in:{EVIL}"],
    ["--name", "ann", "who", EVIL],
    ["--identity", f"/dev/null/{EVIL}", "keygen"],
]
LAUNCHER = [["--bind", EVIL], ["--name", EVIL], ["--clients", EVIL], [f"--{EVIL}"], [EVIL]]


def is_safe(written: str) -> bool:
    return not any(char in written for char in "\x1b\x07\x9b\u202e") and "\n14:13" not in written


@pytest.mark.parametrize(
    ("command", "arguments"),
    [*((broker_command, line) for line in BROKER), *((client_command, line) for line in CLIENT)],
    ids=lambda value: None if isinstance(value, click.Command) else repr(" ".join(value))[:40],
)
def test_an_error_shows_control_characters_as_escapes(
    command: click.Command, arguments: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code in (1, 2, 3, 4)
    assert is_safe(result.output)


@pytest.mark.parametrize("arguments", LAUNCHER, ids=lambda value: repr(" ".join(value))[:40])
def test_the_launcher_does_so_too(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["chat-launcher", *arguments])
    with pytest.raises(SystemExit) as ended:
        launcher()
    assert ended.value.code == 2
    written = capsys.readouterr()
    assert written.err
    assert is_safe(written.out + written.err)


def test_a_variable_shows_them_as_escapes_as_well() -> None:
    for command, variable in ((client_command, "CHAT_CLIENT_CONNECT"), (broker_command, "CHAT_BROKER_BIND")):
        result = CliRunner().invoke(command, [], env={variable: EVIL})
        assert result.exit_code == 2
        assert is_safe(result.output)


def test_what_was_given_can_be_read_in_the_error() -> None:
    assert SHOWN in CliRunner().invoke(client_command, ["--connect", EVIL]).stderr
    assert "--x\\x1b]0;title" in CliRunner().invoke(client_command, [f"--{EVIL}"]).stderr


def test_a_long_sentence_goes_on_indented_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    far, near = os.openpty()
    termios.tcsetwinsize(near, (5, 40))
    with os.fdopen(near, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        tell("chat-client: refused: eve kicked you: " + "\u00a0" * 4 + "14:13 bob: I quit")
        tell("chat-client: " + "x" * 27)
    assert written_to(far).decode().splitlines() == [
        "chat-client: refused: eve kicked you:",
        "      " + "\u00a0" * 4 + "14:13 bob: I quit",
        "chat-client: " + "x" * 27,
    ]


def test_a_terminal_without_a_size_has_80_columns() -> None:
    far, near = os.openpty()
    with os.fdopen(near, "w", encoding="utf-8") as terminal:
        assert in_rows("x" * 81, terminal) == "x" * 80 + "\n      x"
    os.close(far)


def test_a_stream_that_is_missing_or_closed_needs_no_rows() -> None:
    closed = io.StringIO()
    closed.close()
    for stream in (None, closed, io.StringIO()):
        assert in_rows("x" * 200, stream) == "x" * 200


def test_a_sentence_is_written_without_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    tell(f"chat-broker: {EVIL}")
    assert capsys.readouterr().err == f"chat-broker: {SHOWN}\n"
