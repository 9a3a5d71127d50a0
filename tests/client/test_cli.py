"""The command line of chat-client: wrong options, and what a start loads."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from client.cli import main
from client.start import Start


@pytest.mark.parametrize("arguments", [["--name", "ann"], ["--name", "ann", "who"]])
def test_a_variable_that_is_no_option_is_refused(arguments: list[str]) -> None:
    result = CliRunner().invoke(main, arguments, env={"CHAT_CLIENT_CONECT": "tcp://127.0.0.1:1"})
    assert result.exit_code == 2
    assert "Unknown variable CHAT_CLIENT_CONECT, did you mean CHAT_CLIENT_CONNECT?" in result.stderr


def test_a_start_is_quick_because_it_loads_neither_asyncio_nor_the_editor() -> None:
    late = {"asyncio", "wcwidth", "emoji", "client.text.markup", "textual", "rich"}
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
