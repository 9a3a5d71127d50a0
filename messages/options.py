"""Options that several programs have: the type of endpoints, and `--config`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, TypeVar

import click

from messages.endpoints import Endpoint, parse_endpoint
from messages.exits import Exit
from messages.sentences import tell
from messages.settings import parse_settings
from messages.text import decode_utf8

_Command = TypeVar("_Command", bound=Callable[..., Any])


class EndpointType(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """An endpoint that another process can reach."""

    name = "endpoint"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Endpoint:
        """Return the checked endpoint."""
        if isinstance(value, Endpoint):
            return value
        try:
            endpoint = parse_endpoint(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if endpoint.transport == "inproc":
            self.fail("inproc has no meaning between processes", param, ctx)
        return endpoint


class ConfigError(click.ClickException):
    """The file of `--config` is wrong, or cannot be read."""

    exit_code = int(Exit.USAGE)

    def __init__(self, program: str, message: str) -> None:
        super().__init__(message)
        self._program = program

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the sentence to stderr, without the usage."""
        tell(f"{self._program}: {self.message}")


def config_option(program: str, read: Callable[[Path], bytes]) -> Callable[[_Command], _Command]:
    """Return the option `--config` of a program.

    `read` returns a file's content, or raises OSError.
    """

    def use(ctx: click.Context, _param: click.Parameter, path: Path | None) -> Path | None:
        if path is not None:
            try:
                ctx.default_map = parse_settings(decode_utf8(read(path)), ctx)
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or error
                raise ConfigError(program, f"{path}: {reason}") from None
        return path

    return click.option(
        "--config",
        type=click.Path(dir_okay=False, path_type=Path),
        is_eager=True,
        callback=use,
        help="A TOML file whose keys are these options.",
    )
