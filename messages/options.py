"""Options that several programs have: the type of endpoints, and `--config`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeVar

import click

from messages.endpoints import Endpoint, parse_endpoint
from messages.exits import Exit
from messages.sentences import tell
from messages.settings import Readers, parse_settings
from messages.text import decode_utf8, neutralise

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


class SettingsFile(NamedTuple):
    """The settings file of a program, and those of its keys that are no options. There may be no file yet.

    `sources` says where the values of some options come from, as click names it.
    """

    path: Path | None = None
    others: Mapping[str, object] = {}
    sources: Mapping[str, str] = {}


NO_FILE = SettingsFile()


def config_option(
    program: str,
    read: Callable[[Path], bytes],
    *,
    help: str = "A TOML file whose keys are these options.",
    usual: Callable[[], Path | None] = lambda: None,
    others: Callable[[], Readers] = dict,
) -> Callable[[_Command], _Command]:
    """Return the option `--config` of a program. Its value is a `SettingsFile`.

    `read` returns a file's content, or raises OSError. `usual` is the file that is read if it exists and no
    other one is given. `others` are the keys that are no options.
    """

    def use(ctx: click.Context, _param: click.Parameter, given: Path | None) -> SettingsFile:
        path = given or usual()
        if path is None:
            return NO_FILE
        try:
            settings = parse_settings(decode_utf8(read(path)), ctx, others)
        except (OSError, ValueError) as error:
            if given is None and isinstance(error, FileNotFoundError | NotADirectoryError):
                return SettingsFile(path)
            reason = getattr(error, "strerror", None) or error
            raise ConfigError(program, f"{neutralise(str(path))}: {reason}") from None
        ctx.default_map = settings.options
        return SettingsFile(path, settings.others)

    return click.option(
        "--config",
        type=click.Path(dir_okay=False, path_type=Path),
        is_eager=True,
        callback=use,
        help=help,
    )
