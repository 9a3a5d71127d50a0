"""The options of chat-client that are wrong."""

import pytest
from click.testing import CliRunner

from client.cli import main


@pytest.mark.parametrize("arguments", [["--name", "ann"], ["--name", "ann", "who"]])
def test_a_variable_that_is_no_option_is_refused(arguments: list[str]) -> None:
    result = CliRunner().invoke(main, arguments, env={"CHAT_CLIENT_CONECT": "tcp://127.0.0.1:1"})
    assert result.exit_code == 2
    assert "Unknown variable CHAT_CLIENT_CONECT, did you mean CHAT_CLIENT_CONNECT?" in result.stderr
