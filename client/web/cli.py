"""The command `chat-web`: its options, and how it ends."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import click

from client.option_types import ENDPOINT, NAME, Checked, Seconds
from messages.endpoints import DEFAULT_PORT, Endpoint, parse_endpoint
from messages.exits import Exit
from messages.sentences import tell
from messages.settings import refuse_unknown_variables
from messages.version import __version__

_INSTALL = "chat-web needs more libraries; install chat-broker[web], as with pipx install 'chat-broker[web]'"


def _listen(text: str) -> tuple[str, int, bool]:
    """Return the host, the port, and whether only this machine can reach them."""
    endpoint = parse_endpoint(text if "://" in text else f"tcp://{text}", "8080")
    if endpoint.transport != "tcp":
        raise ValueError("write HOST:PORT")
    host = endpoint.host.strip("[]")
    return ("0.0.0.0" if host == "*" else host), int(endpoint.url.rpartition(":")[2]), endpoint.local  # noqa: S104


def _path(text: str) -> str:
    path = text.strip("/")
    if not path.isascii() or any(char in path for char in "?#% ") or ".." in path:
        raise ValueError("a path has letters, digits, - and /, such as /chat")
    return f"/{path}" if path else ""


@click.command(
    "chat-web", context_settings={"auto_envvar_prefix": "CHAT_WEB", "help_option_names": ["-h", "--help"]}
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
    help="The certificate for TLS, in PEM.",
)
@click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Its key, in PEM.",
)
@click.option(
    "--proxy",
    "proxies",
    type=Checked("address", lambda text: str(ip_address(text))),
    multiple=True,
    metavar="ADDRESS",
    help="Believe the addresses that a proxy at this IP address forwards; repeatable.",
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
    "--terminals",
    type=ENDPOINT,
    metavar="ENDPOINT",
    help="The broker's address for terminals, which the page shows to link one; by default that of "
    "--connect.",
)
@click.option("--parent", type=click.IntRange(1), hidden=True, help="End with this process.")
@click.version_option(__version__, prog_name="chat-web")
@click.pass_context
def main(ctx: click.Context, /, **options: Any) -> None:
    """Serve the chat to browsers.

    Every option can also be set as CHAT_WEB_OPTION in the environment.
    """
    refuse_unknown_variables(ctx, os.environ)
    host, port, local = options["listen"]
    if (options["cert"] is None) != (options["key"] is None):
        raise click.UsageError("Give --cert and --key together.", ctx)
    if not (local or options["cert"] or options["proxies"] or options["insecure"]):
        raise click.UsageError(
            "Others could read what goes to this address: give --cert and --key, or listen on 127.0.0.1 "
            "behind a proxy, or give --insecure.",
            ctx,
        )
    if any(find_spec(one) is None for one in ("starlette", "uvicorn", "wsproto")):
        tell(f"chat-web: {_INSTALL}")
        sys.exit(Exit.CANNOT_START)
    _run(host, port, local, options)


def _run(host: str, port: int, local: bool, options: dict[str, Any]) -> None:
    from client.exits import ClientExit, open_missing_streams  # noqa: PLC0415 - --help needs no ZeroMQ
    from client.keys import KeyFileError  # noqa: PLC0415
    from client.web.routes.answers import Site  # noqa: PLC0415
    from client.web.serving import Options, Process  # noqa: PLC0415

    open_missing_streams()
    endpoint: Endpoint = options["connect"]
    site = Site(
        frozenset(options["proxies"]),
        local,
        options["insecure"],
        options["base_path"],
        options["guests"],
        options["sign_up"] != "off",
        options["sign_up"] == "invited",
    )
    try:
        code = Process(
            Options(
                *(host, port, endpoint, options["identity"], options["name"], options["timeout"], site),
                *(options["cert"], options["key"], options["parent"] or 0),
                terminals=options["terminals"],
            )
        ).run()
    except ClientExit as end:
        code = end.code
        if end.text:
            tell(f"chat-web: {end.text}")
    except KeyFileError as error:
        code = Exit.FAILED
        tell(f"chat-web: {error}")
    sys.exit(code)
