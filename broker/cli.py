"""The command `chat-broker`: its options, and the error sentences for wrong ones."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import click

from broker.exits import fail
from broker.options.checks import checked_options
from broker.options.limits import limit_options
from broker.options.options import Options
from broker.options.values import Directory, parse_http, parse_retain, without_repetition
from broker.shell.verbs import SHELL_VERBS
from broker.top.verb import top
from broker.verbs import VERBS
from messages.endpoints import DEFAULT_ENDPOINT, Endpoint
from messages.exits import Exit
from messages.options import EndpointType, config_option
from messages.settings import refuse_unknown_variables
from messages.text import check_new_short_text, check_new_text, refuse_undecoded
from messages.verb_group import VerbGroup
from messages.version import __version__

_ARGUMENTS = "chat-broker.arguments"


class _BoundEndpointType(EndpointType):
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Endpoint:
        """Return the checked endpoint to listen on."""
        endpoint = super().convert(value, param, ctx)
        if endpoint.key:
            self.fail("chat:// addresses are for clients; bind tcp://HOST:PORT", param, ctx)
        return endpoint


def _check_heartbeat(_ctx: click.Context, _param: click.Parameter, seconds: float) -> float:
    if math.isnan(seconds):
        raise click.BadParameter("nan is not a number of seconds")
    return seconds


def _check_title(_ctx: click.Context, _param: click.Parameter, title: str) -> str:
    return _checked(check_new_short_text, title)


def _check_motd(_ctx: click.Context, _param: click.Parameter, motd: str) -> str:
    return _checked(check_new_text, motd) if motd else motd


def _checked(check: Callable[[str], None], text: str) -> str:
    try:
        refuse_undecoded(text)
        check(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    return text


def _check_retain(
    _ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]
) -> dict[str | None, int]:
    """Return days by room id; the key None stands for all other conversations."""
    try:
        return without_repetition([parse_retain(value) for value in values])
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _check_metrics(_ctx: click.Context, _param: click.Parameter, text: str | None) -> tuple[str, int] | None:
    """Return a host and a port."""
    try:
        return None if text is None else parse_http(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


class _Command(VerbGroup):
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Remember the arguments, to read the options again later."""
        ctx.meta[_ARGUMENTS] = tuple(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Ctrl-C ends it without a message."""
        refuse_unknown_variables(ctx, os.environ)
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            sys.exit(Exit.INTERRUPTED)


@click.group(
    "chat-broker",
    cls=_Command,
    invoke_without_command=True,
    context_settings={"auto_envvar_prefix": "CHAT_BROKER", "help_option_names": ["-h", "--help"]},
)
@click.option(
    "--bind",
    type=_BoundEndpointType(),
    multiple=True,
    default=[DEFAULT_ENDPOINT],
    show_default=True,
    metavar="ENDPOINT",
    help="Where to listen: tcp://HOST:PORT, HOST:PORT or ipc://PATH. Repeatable.",
)
@click.option("--insecure", is_flag=True, help="Encrypt nothing, not even tcp that other machines can reach.")
@click.option("--curve", is_flag=True, help="Encrypt loopback tcp as well, for tunnels.")
@click.option(
    "--key",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The file of the broker's key; it is made if it does not exist. By default curve.key in the data "
    "directory.",
)
@click.option(
    "--names",
    type=click.Choice(["unique", "shared"]),
    default="unique",
    show_default=True,
    help="unique refuses a name in use; shared lets several users have it (alice, alice~2).",
)
@click.option(
    "--access",
    type=click.Choice(["open", "known", "invited"]),
    default="open",
    show_default=True,
    help="Who may log in: anyone, only users with a bound key, or also users with an invite.",
)
@click.option("--title", default="", callback=_check_title, help="The title of this chat.")
@click.option("--motd", default="", callback=_check_motd, help="The message of the day, shown at login.")
@click.option(
    "--heartbeat",
    type=click.FloatRange(0.1, 3600),
    callback=_check_heartbeat,
    default=15.0,
    show_default=True,
    metavar="SECONDS",
    help="Seconds between heartbeats; a client that is silent for three times as long is logged out.",
)
@click.option(
    "--data",
    type=Directory(),
    metavar="DIR",
    help="The data directory; by default chat-broker in the XDG data directory.",
)
@click.option("--memory", is_flag=True, help="Keep nothing on disk: all data is gone when the broker ends.")
@click.option("--no-admin", is_flag=True, help="Do not open the admin channel in the data directory.")
@click.option(
    "--keep",
    type=click.IntRange(1),
    default=100_000,
    show_default=True,
    metavar="N",
    help="Messages to keep with --memory.",
)
@click.option(
    "--retain",
    multiple=True,
    callback=_check_retain,
    metavar="[#ROOM=]DAYS",
    help="Delete messages after so many days: 30 in all conversations, #dev=7 in one room. Repeatable.",
)
@click.option(
    "--forget-after",
    type=click.IntRange(0),
    default=90,
    show_default=True,
    metavar="DAYS",
    help="Forget users who stay away for so many days and have no direct conversation; 0 for never.",
)
@click.option(
    "--edit-for",
    type=click.FloatRange(0, 1_000_000),
    metavar="HOURS",
    help="Let users edit and delete their messages for so many hours only, such as 0.5; by default for ever.",
)
@click.option(
    "--ticket-days",
    type=click.IntRange(0, 365),
    default=30,
    show_default=True,
    metavar="DAYS",
    help="How many days users of a gateway stay signed in without their password; 0: not at all.",
)
@click.option(
    "--trust-clock",
    is_flag=True,
    help="Let messages expire and users be forgotten also after a jump of the clock by more than a day.",
)
@limit_options
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "notice", "warning", "error"]),
    default="info",
    show_default=True,
    help="notice logs logins and logouts, info also messages and commands.",
)
@click.option(
    "--log-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Log to this file, not to stderr; five old files of 10 MB are kept.",
)
@click.option("--log-json", is_flag=True, help="Log JSON, one object a line.")
@click.option(
    "--syslog",
    is_flag=False,
    flag_value="/dev/log",
    default=None,
    metavar="[ADDRESS]",
    help="Log to syslog at /dev/log, a socket's path or HOST:PORT.",
)
@click.option(
    "--metrics",
    callback=_check_metrics,
    metavar="[HOST]:PORT",
    help="Serve /metrics for Prometheus, /healthz and /readyz over http; the default host is 127.0.0.1.",
)
@config_option("chat-broker", Path.read_bytes)
@click.version_option(__version__, prog_name="chat-broker")
@click.pass_context
def main(ctx: click.Context, /, **options: Any) -> None:
    """Run a chat for everyone who connects with chat-client.

    Without a verb, the broker runs until it is interrupted. The verbs manage its data. Every option can also
    be set as CHAT_BROKER_OPTION in the environment, or in the TOML file of --config. The command line
    overrides the environment, and the environment overrides the file.
    """
    if ctx.invoked_subcommand is None:
        _serve(checked_options(options), ctx.meta[_ARGUMENTS])


def _reread(arguments: Sequence[str]) -> Options:
    """Return the options of these arguments, the environment and the file, as they are now.

    Raise ValueError with a sentence if one is wrong.
    """
    try:
        with main.make_context("chat-broker", list(arguments)) as ctx:
            return checked_options(ctx.params)
    except click.ClickException as error:
        raise ValueError(error.format_message()) from None


def _serve(options: Options, arguments: Sequence[str]) -> NoReturn:
    from broker.serve import BrokerFailedError, CannotStartError, serve  # noqa: PLC0415 - --help and --version need no ZeroMQ

    try:
        serve(options, partial(_reread, arguments))
    except CannotStartError as error:
        fail(str(error), Exit.CANNOT_START)
    except BrokerFailedError as error:
        fail(str(error), Exit.FAILED)
    sys.exit(Exit.DONE)


for verb in (*VERBS, *SHELL_VERBS, top):
    main.add_command(verb)
