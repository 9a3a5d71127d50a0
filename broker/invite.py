"""The verb `invite`: one address to paste, made with the broker's key and without its database."""

from __future__ import annotations

import secrets
import sys
import time
from pathlib import Path
from typing import Any

import click

from broker.core.access.invites import (
    MOST_PER_ADDRESS,
    MOST_USES,
    invite_secret,
    make_invite,
    read_invite,
)
from broker.directory.invite_list import note
from broker.options.values import data_directory, data_option
from messages.endpoints import Endpoint, chat_address, parse_endpoint
from messages.exits import Exit
from messages.keys import KeyPair
from messages.sentences import tell

_HOUR = 3_600_000  # in milliseconds
_MOST_HOURS = 87_600
_ANY_ADDRESS = ("*", "0.0.0.0", "[::]")  # noqa: S104 - hosts that stand for all addresses

_NO_ADDRESS = (
    "give the address at which clients reach the broker, like --endpoint tcp://chat.example.org:9009"
)


def write_invite(
    keys: KeyPair,
    endpoint: Endpoint,
    *,
    uses: int,
    hours: int,
    role: str = "",
    guests: bool = False,
    per_address: int = 0,
    accounts: bool = False,
    directory: Path | None = None,
) -> str:
    """Return `chat://HOST:PORT?key=…&invite=…` for an endpoint at which clients reach the broker.

    The invite is added to the list of `directory`, if that exists. Raise ValueError with a sentence if other
    machines cannot connect to the endpoint, OSError if the list cannot be written.
    """
    if endpoint.transport != "tcp" or endpoint.host in _ANY_ADDRESS or endpoint.url.endswith(":0"):
        raise ValueError(_NO_ADDRESS)
    now, secret = time.time_ns() // 1_000_000, invite_secret(keys.secret.encode())
    nonce, expires = secrets.token_bytes(9), now + hours * _HOUR
    numbers = expires, uses, role
    token = make_invite(secret, nonce, *numbers, guests=guests, per_address=per_address, accounts=accounts)
    invite = read_invite(secret, token)
    if invite is not None and directory is not None and directory.is_dir():
        note(directory, invite, now)
    return chat_address(endpoint.url, keys.public, token)


def _endpoint(_ctx: click.Context, _param: click.Parameter, text: str | None) -> Endpoint | None:
    try:
        return parse_endpoint(text) if text is not None else None
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def broker_keys(file: Path | None, directory: Path) -> KeyPair:
    """Return the broker's keys, from their file or from the data directory.

    If no file is given, use the `--key` before the verb. Raise ValueError with a sentence if there is no
    usable key: a new one would not be the broker's.
    """
    from broker.security.keys import KEY_FILE, KeyFileError, load  # noqa: PLC0415 - ZeroMQ takes long

    given = file or click.get_current_context().find_root().params["key"]
    try:
        return load(given or directory / KEY_FILE)
    except KeyFileError as error:
        raise ValueError(str(error)) from None


key_option = click.option(
    "--key",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The file of the broker's key, if it is not in the data directory.",
)


@click.command("invite")
@click.option(
    "--uses",
    type=click.IntRange(1, MOST_USES),
    default=1,
    show_default=True,
    metavar="N",
    help="How many people can use it.",
)
@click.option(
    "--hours",
    type=click.IntRange(1, _MOST_HOURS),
    default=168,
    show_default=True,
    metavar="N",
    help="Hours until it expires.",
)
@click.option(
    "--role",
    type=click.Choice(["operator", "gateway"]),
    help="The role of the people who use it.  [default: none]",
)
@click.option("--guests", is_flag=True, help="With --role gateway: it may log guests in, without a password.")
@click.option(
    "--accounts",
    is_flag=True,
    help="With --role gateway: who has only a password may change it there, and link a key; codes of other "
    "devices let people in.",
)
@click.option(
    "--per-address",
    type=click.IntRange(1, MOST_PER_ADDRESS),
    metavar="N",
    help="With --role gateway: its most sessions of people at one address.  [default: the broker's limit]",
)
@click.option(
    "--endpoint",
    callback=_endpoint,
    metavar="URL",
    help="The address at which clients reach the broker, if it is not --bind.",
)
@data_option
@key_option
@click.pass_context
def invite(
    ctx: click.Context, /, endpoint: Endpoint | None, data: Path | None, key: Path | None, **given: Any
) -> None:
    """Print an invite: an address for chat-client --connect with which N people can log in."""
    options: dict[str, Any] = ctx.find_root().params
    reached = endpoint or next((one for one in options.get("bind", ()) if not one.local), None)
    given["role"], given["per_address"] = given["role"] or "", given["per_address"] or 0
    granted = given["guests"] or given["per_address"] or given["accounts"]
    if granted and given["role"] != "gateway":
        raise click.UsageError("--guests, --accounts and --per-address belong to --role gateway.")
    try:
        if reached is None:
            raise ValueError(_NO_ADDRESS)
        directory = data_directory(data or options.get("data"))
        keys = broker_keys(key, directory)
        address = write_invite(keys, reached, directory=directory, **given)
    except (OSError, ValueError) as error:
        named = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) and error.filename else ""
        tell(f"chat-broker: {named or getattr(error, 'strerror', None) or error}")
        sys.exit(Exit.FAILED)
    click.echo(address)
