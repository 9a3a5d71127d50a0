"""The command `chat-broker`: its options, and the sentences for what is wrong with them."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click

from broker.limit_options import limit_options
from broker.places import parse_retain
from broker.verbs import VERBS
from messages.endpoints import DEFAULT_ENDPOINT, Endpoint, parse_endpoint
from messages.exits import Exit
from messages.settings import parse_settings
from messages.text import check_short_text, check_text
from messages.version import __version__


def fail(text: str, code: Exit = Exit.CANNOT_START) -> NoReturn:
    """End the process with one sentence on stderr."""
    click.echo(f"chat-broker: {text}", err=True)
    sys.exit(code)


class _EndpointType(click.ParamType):  # type: ignore[type-arg,unused-ignore]
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


def _read_config(ctx: click.Context, _param: click.Parameter, path: Path | None) -> Path | None:
    if path is None:
        return None
    options = {str(option.name): option for option in ctx.command.params if isinstance(option, click.Option)}
    try:
        settings = parse_settings(path.read_text(encoding="utf-8"), options.keys() - {"config", "version"})
    except (OSError, ValueError) as error:
        fail(f"{path}: {getattr(error, 'strerror', None) or error}", Exit.USAGE)
    ctx.default_map = {
        key: [str(value)] if options[key].multiple and not isinstance(value, list) else value
        for key, value in settings.items()
    }
    return path


def _check_heartbeat(_ctx: click.Context, _param: click.Parameter, seconds: float) -> float:
    if math.isnan(seconds):
        raise click.BadParameter("nan is not a number of seconds")
    return seconds


def _check_title(_ctx: click.Context, _param: click.Parameter, title: str) -> str:
    return _checked(check_short_text, title)


def _check_motd(_ctx: click.Context, _param: click.Parameter, motd: str) -> str:
    return _checked(check_text, motd) if motd else motd


def _checked(check: Callable[[str], None], text: str) -> str:
    try:
        check(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    return text


def _check_retain(
    _ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]
) -> dict[str | None, int]:
    """Return days by room id, and under None those for all others."""
    try:
        return dict(parse_retain(value) for value in values)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.group(
    invoke_without_command=True,
    context_settings={"auto_envvar_prefix": "CHAT_BROKER", "help_option_names": ["-h", "--help"]},
)
@click.option(
    "--bind",
    type=_EndpointType(),
    multiple=True,
    default=[DEFAULT_ENDPOINT],
    show_default=True,
    metavar="ENDPOINT",
    help="Where to listen: tcp://HOST:PORT, HOST:PORT or ipc://PATH. Repeatable.",
)
@click.option("--insecure", is_flag=True, help="Allow unencrypted tcp that other machines can reach.")
@click.option(
    "--names",
    type=click.Choice(["unique", "shared"]),
    default="unique",
    show_default=True,
    help="Refuse a name in use, or let several bear it (alice, alice~2).",
)
@click.option("--title", default="", callback=_check_title, help="What this chat is called.")
@click.option("--motd", default="", callback=_check_motd, help="Message of the day, shown at login.")
@click.option(
    "--heartbeat",
    type=click.FloatRange(0.1, 3600),
    callback=_check_heartbeat,
    default=15.0,
    show_default=True,
    metavar="SECONDS",
    help="How often clients show life; after three times this in silence they are gone.",
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where messages are kept; chat-broker in the XDG data directory if not given.",
)
@click.option("--memory", is_flag=True, help="Keep nothing on disk: all is gone when the broker ends.")
@click.option(
    "--keep",
    type=click.IntRange(1),
    default=100_000,
    show_default=True,
    metavar="N",
    help="How many messages are held with --memory.",
)
@click.option(
    "--retain",
    multiple=True,
    callback=_check_retain,
    metavar="[#ROOM=]DAYS",
    help="Delete messages after so many days, in all conversations or one room. Repeatable.",
)
@click.option(
    "--forget-after",
    type=click.IntRange(0),
    default=90,
    show_default=True,
    metavar="DAYS",
    help="Forget who does not come back and has no direct conversation; 0 for never.",
)
@limit_options
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "notice", "warning", "error"]),
    default="info",
    show_default=True,
    help="info tells of messages and commands, notice of logins and leaves.",
)
@click.option(
    "--log-file", type=click.Path(dir_okay=False, path_type=Path), help="Log here, rotating at 10 MB."
)
@click.option("--log-json", is_flag=True, help="Log JSON, one object a line.")
@click.option(
    "--syslog",
    is_flag=False,
    flag_value="/dev/log",
    default=None,
    metavar="[ADDRESS]",
    help="Log to syslog: /dev/log, or a socket's path, or HOST:PORT.",
)
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    is_eager=True,
    callback=_read_config,
    help="TOML file whose keys are these options.",
)
@click.version_option(__version__, prog_name="chat-broker")
@click.pass_context
def main(ctx: click.Context, /, **options: Any) -> None:
    """Run a chat for everyone who connects with chat-client.

    Without a verb the broker runs until it is interrupted; the verbs look after what it keeps. Every option
    can also be set as CHAT_BROKER_OPTION in the environment or as a key of the TOML file given with
    --config. The command line goes before the environment, the environment before the file.
    """
    ctx.obj = options
    if ctx.invoked_subcommand is None:
        _serve(options)


def _serve(options: dict[str, Any]) -> NoReturn:
    if options["memory"] and options["data"]:
        raise click.UsageError("Give --data or --memory, not both.")
    for endpoint in options["bind"]:
        if not endpoint.local and not options["insecure"]:
            fail(
                f"{endpoint.url} can be reached by other machines and nothing on it is encrypted; "
                "bind 127.0.0.1, or add --insecure if you trust the network"
            )
    from broker.serve import BrokerFailedError, CannotStartError, serve  # noqa: PLC0415 - --help and --version need no ZeroMQ

    try:
        serve(options)
    except CannotStartError as error:
        fail(str(error))
    except BrokerFailedError as error:
        fail(str(error), Exit.FAILED)
    sys.exit(Exit.DONE)


for verb in VERBS:
    main.add_command(verb)
