"""The options about rates and caps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from broker.core.settings import Caps
from messages.limits import MAX_REQUEST_DOCUMENTS

_Command = TypeVar("_Command", bound=Callable[..., Any])

CAPS = (
    *("rooms-per-user", "sessions-per-user", "sessions-per-address"),
    *("logins", "joins", "openings", "topics", "changes"),
)
"""What `--cap` can set."""

_MOST = 1_000_000
_DEFAULT = Caps()


def _check_caps(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, int]:
    caps = {}
    for value in values:
        name, _, number = value.partition("=")
        if name not in CAPS:
            raise click.BadParameter(f"{name!r} is none of {', '.join(CAPS)}")
        if not (number.isascii() and number.isdigit() and len(number) <= 7 and 1 <= int(number) <= _MOST):
            raise click.BadParameter(f"{value}: write NAME=N, with N from 1 to {_MOST:,}")
        caps[name.replace("-", "_")] = int(number)
    return caps


_OPTIONS = (
    click.option(
        "--rate",
        type=click.FloatRange(1, _MOST),
        default=_DEFAULT.rate,
        show_default=True,
        metavar="REQUESTS/S",
        help="How many requests a second are taken of a user; ten times as many on this machine.",
    ),
    click.option(
        "--burst",
        type=click.IntRange(MAX_REQUEST_DOCUMENTS, _MOST),
        default=_DEFAULT.burst,
        show_default=True,
        metavar="N",
        help="How many requests of a user may come at once before --rate holds.",
    ),
    click.option("--no-rate-limit", is_flag=True, help="Take whatever comes; for networks you trust."),
    click.option("--rate-limit-local", is_flag=True, help="Limit loopback and ipc like other addresses."),
    click.option(
        "--most-users",
        type=click.IntRange(1),
        default=_DEFAULT.users,
        show_default=True,
        metavar="N",
        help="How many users may be known.",
    ),
    click.option(
        "--most-rooms",
        type=click.IntRange(1),
        default=_DEFAULT.rooms,
        show_default=True,
        metavar="N",
        help="How many rooms there may be.",
    ),
    click.option(
        "--cap",
        multiple=True,
        callback=_check_caps,
        metavar="NAME=N",
        help=f"Another number for one of {', '.join(CAPS)}. Repeatable.",
    ),
)


def limit_options(command: _Command) -> _Command:
    """Give a command these options."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
