from __future__ import annotations

import pytest
from click.testing import CliRunner

from client.cli import main


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["send", "#lobby"], "TEXT is empty"),
        (["send", "#lobby", "-", "--file", "x"], "TEXT - sends lines"),
        (["send", "#lobby", "--file", "-", "--file", "-"], "The standard input can be one --file only."),
        (["send", "#lobby", *["--file", "x"] * 11], "A message has at most 10 files."),
        (["send", "#lobby", "--file-name", "x"], "--file-name goes with exactly one --file."),
        (["get", "#lobby", "0"], "1<=x<="),
        (["get", "#lobby", "1", "--file", "11"], "1<=x<=10"),
        (["get", "lobby", "1"], "lobby"),
        (["get", "#lobby"], "Missing argument 'N'"),
    ],
)
def test_wrong_usage_is_refused_before_there_is_a_connection(arguments: list[str], why: str) -> None:
    result = CliRunner().invoke(main, ["--name", "alice", *arguments])
    assert result.exit_code == 2
    assert why in result.output


def test_help_says_that_nothing_is_overwritten() -> None:
    result = CliRunner().invoke(main, ["get", "--help"])
    assert result.exit_code == 0
    assert "Nothing is overwritten" in result.output
