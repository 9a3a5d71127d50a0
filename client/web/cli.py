"""The command `chat-web`: its options, and how it ends."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from functools import partial
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from client.option_types import ENDPOINT, NAME, Checked, Seconds
from messages.endpoints import DEFAULT_PORT, Endpoint, parse_endpoint
from messages.exits import Exit
from messages.options import config_option
from messages.sentences import tell
from messages.settings import refuse_unknown_variables
from messages.version import __version__

if TYPE_CHECKING:
    from client.web.operating.options import Options

_ARGUMENTS = "chat-web.arguments"
_INSTALL = "chat-web needs more libraries; install chat-broker[web], as with pipx install 'chat-broker[web]'"


def _listen(text: str) -> tuple[str, int, bool]:
    """Return the host, the port, and whether only this machine can reach them."""
    text = f"127.0.0.1{text}" if text.startswith(":") else text
    endpoint = parse_endpoint(text if "://" in text else f"tcp://{text}", "8080")
    if endpoint.transport != "tcp":
        raise ValueError("write HOST:PORT")
    host = endpoint.host.strip("[]")
    return ("0.0.0.0" if host == "*" else host), int(endpoint.url.rpartition(":")[2]), endpoint.local  # noqa: S104


def _path(text: str) -> str:
    path = text.strip("/")
    if path and not re.fullmatch(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*", path):
        raise ValueError("a path has letters, digits, -, _ and /, such as /chat")
    return f"/{path}" if path else ""


class _Command(click.Command):
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Remember the arguments, to read the options again later."""
        ctx.meta[_ARGUMENTS] = tuple(args)
        return super().parse_args(ctx, args)


@click.command(
    "chat-web",
    cls=_Command,
    context_settings={"auto_envvar_prefix": "CHAT_WEB", "help_option_names": ["-h", "--help"]},
)
@click.option(
    "--listen",
    type=Checked("address", _listen),
    default="127.0.0.1:8080",
    show_default=True,
    metavar="HOST:PORT",
    help="Where browsers connect. Port 0 is any free port.",
)
@click.option(
    "--connect",
    type=ENDPOINT,
    required=True,
    metavar="ENDPOINT",
    help="The broker: chat://HOST:PORT?key=KEY, the first time with the invite that chat-broker "
    f"invite --role gateway prints. Without a PORT it is {DEFAULT_PORT}.",
)
@click.option(
    "--identity",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The file of the gateway's key; it is made if it does not exist. By default identity.key in the XDG "
    "configuration directory.",
)
@click.option(
    "-n", "--name", type=NAME, default="web", show_default=True, help="The gateway's own name in the chat."
)
@click.option(
    "--sign-up",
    type=click.Choice(["open", "invited", "off"]),
    default="open",
    show_default=True,
    help="What the page offers to people without an account. The broker's --access decides who may sign up.",
)
@click.option(
    "--guests", is_flag=True, help="Offer people to come as guests; the invite must have --guests too."
)
@click.option(
    "--cert",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The certificate for TLS with its chain, in PEM. SIGHUP has it read again.",
)
@click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Its key, in PEM, without a passphrase.",
)
@click.option(
    "--proxy",
    "proxies",
    type=Checked("address", lambda text: str(ip_network(text))),
    multiple=True,
    metavar="ADDRESS",
    help="Believe the addresses that proxies at this IP address, or in this network, forward; repeatable.",
)
@click.option(
    "--base-path", type=Checked("path", _path), default="", metavar="PATH", help="Serve below this path."
)
@click.option(
    "--insecure", is_flag=True, help="Serve http that other machines can reach, without TLS or a proxy."
)
@click.option(
    "--timeout",
    type=Seconds(),
    default=15.0,
    show_default=True,
    metavar="SECONDS",
    help="Seconds to wait for the broker at the start.",
)
@click.option(
    "--access-log",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    metavar="FILE",
    help="Log each request to this file, without secrets; - is stdout. Five old files of 10 MB are kept.",
)
@click.option("--log-json", is_flag=True, help="Log JSON, one object a line.")
@click.option(
    "--metrics",
    type=Checked("address", _listen),
    metavar="[HOST]:PORT",
    help="Serve /metrics for Prometheus over http; the default host is 127.0.0.1.",
)
@click.option(
    "--terminals",
    type=ENDPOINT,
    metavar="ENDPOINT",
    help="The broker's address for terminals, which the page shows to link one; by default that of "
    "--connect.",
)
@config_option("chat-web", Path.read_bytes)
@click.option("--parent", type=click.IntRange(1), hidden=True, help="End with this process.")
@click.version_option(__version__, prog_name="chat-web")
@click.pass_context
def main(ctx: click.Context, /, **given: Any) -> None:
    """Serve the chat to browsers.

    Every option can also be set as CHAT_WEB_OPTION in the environment, or in the TOML file of --config. The
    command line overrides the environment, and the environment overrides the file.
    """
    refuse_unknown_variables(ctx, os.environ)
    _check(ctx, given)
    if any(find_spec(one) is None for one in ("starlette", "uvicorn", "wsproto")):
        tell(f"chat-web: {_INSTALL}")
        sys.exit(Exit.CANNOT_START)
    _run(given, ctx.meta[_ARGUMENTS])


def _check(ctx: click.Context, given: dict[str, Any]) -> None:
    """Raise UsageError if options contradict each other."""
    if (given["cert"] is None) != (given["key"] is None):
        raise click.UsageError("Give --cert and --key together.", ctx)
    local = given["listen"][2]
    if not (local or given["cert"] or given["proxies"] or given["insecure"]):
        raise click.UsageError(
            "Others could read what goes to this address: give --cert and --key, or listen on 127.0.0.1 "
            "behind a proxy, or give --insecure.",
            ctx,
        )


def _options(given: dict[str, Any]) -> Options:
    from client.web.guard import Proxies  # noqa: PLC0415 - --help needs no starlette
    from client.web.operating.options import Options  # noqa: PLC0415
    from client.web.routes.answers import Site  # noqa: PLC0415

    host, port, local = given["listen"]
    endpoint: Endpoint = given["connect"]
    return Options(
        host=host,
        port=port,
        endpoint=endpoint,
        identity=given["identity"],
        name=given["name"],
        timeout=given["timeout"],
        site=Site(
            Proxies(given["proxies"]),
            local,
            given["insecure"],
            given["base_path"],
            given["guests"],
            given["sign_up"] != "off",
            given["sign_up"] == "invited",
        ),
        certificate=given["cert"],
        key=given["key"],
        access_log=given["access_log"],
        log_json=given["log_json"],
        metrics=given["metrics"] and given["metrics"][:2],
        parent=given["parent"] or 0,
        terminals=given["terminals"],
    )


def _reread(arguments: Sequence[str]) -> Options:
    """Return the options of these arguments, the environment and the file, as they are now.

    Raise ValueError with a sentence if one is wrong.
    """
    try:
        with main.make_context("chat-web", list(arguments)) as ctx:
            _check(ctx, ctx.params)
            return _options(ctx.params)
    except click.ClickException as error:
        raise ValueError(error.format_message()) from None


def _run(given: dict[str, Any], arguments: Sequence[str]) -> None:
    from client.exits import ClientExit, open_missing_streams  # noqa: PLC0415 - --help needs no ZeroMQ
    from client.keys import KeyFileError  # noqa: PLC0415
    from client.web.serving import Process  # noqa: PLC0415

    open_missing_streams()
    try:
        code = Process(_options(given), partial(_reread, arguments)).run()
    except ClientExit as end:
        code = end.code
        if end.text:
            tell(f"chat-web: {end.text}")
    except KeyFileError as error:
        code = Exit.FAILED
        tell(f"chat-web: {error}")
    sys.exit(code)
