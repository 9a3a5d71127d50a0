"""The command line of a program with verbs: its help, and its errors about options."""

from __future__ import annotations

import re
from typing import Any

import click
from click.core import ParameterSource

from messages.program import Program

_NO_NUMBER = re.compile(r"(.+) is not a valid (float|integer) range\.")
_NUMBERS = {"float": "number", "integer": "whole number"}


class VerbGroup(Program, click.Group):
    """A program with verbs. An error about an option names the environment variable that has the value."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.subcommand_metavar = "[VERB [ARGS]...]"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the command line and the environment. Raise click.UsageError if an option is wrong."""
        try:
            return super().parse_args(ctx, args)
        except click.BadParameter as error:
            found = _NO_NUMBER.fullmatch(error.message)
            text = f"{found[1]} is not a {_NUMBERS[found[2]]}." if found else error.message
            name = error.param.name if error.param else None
            given = name and ctx.get_parameter_source(name) is ParameterSource.ENVIRONMENT
            hint = f"{ctx.auto_envvar_prefix}_{name.upper()}" if name and given else error.param_hint
            raise click.BadParameter(text, error.ctx, error.param, hint) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of verbs."""
        longest = max(map(len, self.commands))
        rows = [
            (name, self.commands[name].get_short_help_str(formatter.width - 6 - longest))
            for name in self.list_commands(ctx)
        ]
        with formatter.section("Verbs"):
            formatter.write_dl(rows)
