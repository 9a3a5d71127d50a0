"""The parts of the command line that both programs share."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from broker.cli import main as broker_command
from client.cli import main as client_command
from messages.verb_group import VerbGroup


@click.group(cls=VerbGroup, invoke_without_command=True, context_settings={"auto_envvar_prefix": "TEA"})
@click.option("--minutes", type=click.FloatRange(0.1, 9))
@click.option("--cups", type=click.IntRange(1, 9))
def tea(minutes: float | None, cups: int | None) -> None:
    """Make tea."""


@pytest.mark.parametrize(
    ("arguments", "environment", "sentence"),
    [
        (["--minutes", "abc"], {}, "Invalid value for '--minutes': 'abc' is not a number."),
        (["--cups", "1.5"], {}, "Invalid value for '--cups': '1.5' is not a whole number."),
        (["--cups", "10"], {}, "Invalid value for '--cups': 10 is not in the range 1<=x<=9."),
        ([], {"TEA_MINUTES": "abc"}, "Invalid value for TEA_MINUTES: 'abc' is not a number."),
        ([], {"TEA_CUPS": "10"}, "Invalid value for TEA_CUPS: 10 is not in the range 1<=x<=9."),
    ],
)
def test_a_wrong_value_is_named_by_where_it_was_given(
    arguments: list[str], environment: dict[str, str], sentence: str
) -> None:
    result = CliRunner().invoke(tea, arguments, env=environment)
    assert result.exit_code == 2
    assert result.stderr.endswith(f"Error: {sentence}\n")


@pytest.mark.parametrize("command", [broker_command, client_command], ids=["broker", "client"])
def test_the_help_calls_verbs_by_this_name_everywhere(command: click.Command) -> None:
    shown = CliRunner().invoke(command, ["--help"]).stdout
    assert "[VERB [ARGS]...]" in shown
    assert "\nVerbs:\n" in shown
    assert "COMMAND" not in shown
    assert "Commands:" not in shown
