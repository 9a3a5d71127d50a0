"""The verb `invite`: one string to paste, made with the broker's key and without its database."""

from __future__ import annotations

import secrets
import sys
import time
from pathlib import Path
from typing import Any

import click

from broker.core.access.invites import MOST_USES, invite_secret, make_invite
from broker.option_values import data_directory
from messages.endpoints import Endpoint, chat_address, parse_endpoint
from messages.exits import Exit
from messages.keys import KeyPair

_HOUR = 3_600_000  # in milliseconds
_MOST_HOURS = 87_600
_ANY_ADDRESS = ("*", "0.0.0.0", "[::]")  # noqa: S104 - where a broker listens on all addresses

_SAY_WHERE = "say with --endpoint where people reach the broker, like tcp://chat.example.org:9009"


def write_invite(keys: KeyPair, endpoint: Endpoint, *, uses: int, hours: int, role: str = "") -> str:
    """Return `chat://HOST:PORT?key=…&invite=…` for an endpoint at which people reach the broker.

    Raise ValueError with a sentence if nobody could use it.
    """
    if endpoint.transport != "tcp" or endpoint.host in _ANY_ADDRESS or endpoint.url.endswith(":0"):
        raise ValueError(_SAY_WHERE)
    expires = time.time_ns() // 1_000_000 + hours * _HOUR
    token = make_invite(invite_secret(keys.secret.encode()), secrets.token_bytes(9), expires, uses, role)
    return chat_address(endpoint.url, keys.public, token)


def _endpoint(_ctx: click.Context, _param: click.Parameter, text: str | None) -> Endpoint | None:
    try:
        return parse_endpoint(text) if text is not None else None
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _keys(place: Path) -> KeyPair:
    """Return the broker's keys from their file, or from that in its data directory; it must be there."""
    from broker.security.keys import KEY_FILE, KeyFileError, load_or_make  # noqa: PLC0415 - ZeroMQ takes long

    file = place / KEY_FILE if place.is_dir() or not place.exists() else place
    if not file.exists():
        raise ValueError(
            f"no broker has made {file} yet; start it, or say with --data where it keeps its data"
        )
    try:
        return load_or_make(file)
    except KeyFileError as error:
        raise ValueError(str(error)) from None


@click.command("invite")
@click.option(
    "--uses",
    type=click.IntRange(1, MOST_USES),
    default=1,
    show_default=True,
    metavar="N",
    help="How many people it lets in.",
)
@click.option(
    "--hours",
    type=click.IntRange(1, _MOST_HOURS),
    default=168,
    show_default=True,
    metavar="N",
    help="How long it is good.",
)
@click.option("--role", type=click.Choice(["operator", "gateway"]), help="What it makes of who uses it.")
@click.option(
    "--endpoint",
    callback=_endpoint,
    metavar="URL",
    help="Where people reach the broker, if not at its --bind.",
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="The broker's data directory, if it is not the usual one.",
)
@click.pass_context
def invite(
    ctx: click.Context,
    uses: int,
    hours: int,
    role: str | None,
    endpoint: Endpoint | None,
    data: Path | None,
) -> None:
    """Print an invite: one string that lets N people in, by chat-client --connect."""
    options: dict[str, Any] = ctx.find_root().params
    reached = endpoint or next((one for one in options.get("bind", ()) if not one.local), None)
    try:
        if reached is None:
            raise ValueError(_SAY_WHERE)
        keys = _keys(options.get("key") or data_directory(data or options.get("data")))
        click.echo(write_invite(keys, reached, uses=uses, hours=hours, role=role or ""))
    except (OSError, ValueError) as error:
        click.echo(f"chat-broker: {getattr(error, 'strerror', None) or error}", err=True)
        sys.exit(Exit.FAILED)
