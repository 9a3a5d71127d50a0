"""The options for rates and caps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from broker.core.settings import Caps
from broker.options.values import without_repetition
from messages.limits import MAX_REQUEST_DOCUMENTS

_Command = TypeVar("_Command", bound=Callable[..., Any])

CAPS = (
    *("rooms-per-user", "sessions-per-user", "sessions-per-address"),
    *("logins", "joins", "openings", "topics", "changes"),
    *("sign-ups", "guests"),
)
"""The names of `--cap`."""

_MOST = 1_000_000
_DEFAULT = Caps()


def _check_caps(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, int]:
    caps: list[tuple[str, int]] = []
    for value in values:
        name, _, number = value.partition("=")
        if name not in CAPS:
            raise click.BadParameter(f"unknown limit {name}; choose one of {', '.join(CAPS)}")
        if not (number.isascii() and number.isdigit() and len(number) <= 7 and 1 <= int(number) <= _MOST):
            raise click.BadParameter(f"{value}: write NAME=N, with N from 1 to {_MOST:,}")
        caps.append((name, int(number)))
    try:
        numbers = without_repetition(caps)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    return {name.replace("-", "_"): number for name, number in numbers.items()}


_OPTIONS = (
    click.option(
        "--rate",
        type=click.FloatRange(1, _MOST),
        default=_DEFAULT.rate,
        show_default=True,
        metavar="REQUESTS/S",
        help="Requests a second that a user may send; ten times as many from this machine.",
    ),
    click.option(
        "--burst",
        type=click.IntRange(MAX_REQUEST_DOCUMENTS, _MOST),
        default=_DEFAULT.burst,
        show_default=True,
        metavar="N",
        help="Requests that a user may send at once before --rate applies.",
    ),
    click.option("--no-rate-limit", is_flag=True, help="Limit no rate; for networks you trust."),
    click.option("--rate-limit-local", is_flag=True, help="Limit loopback and ipc like other addresses."),
    click.option(
        "--most-users",
        type=click.IntRange(1),
        default=_DEFAULT.users,
        show_default=True,
        metavar="N",
        help="The maximum number of known users.",
    ),
    click.option(
        "--most-rooms",
        type=click.IntRange(1),
        default=_DEFAULT.rooms,
        show_default=True,
        metavar="N",
        help="The maximum number of rooms.",
    ),
    click.option(
        "--max-file",
        type=click.IntRange(0, _MOST),
        default=25,
        show_default=True,
        metavar="MB",
        help="The largest file that users may send, in megabytes; 0: no files.",
    ),
    click.option(
        "--files-per-user",
        type=click.IntRange(1, _MOST),
        default=1_000,
        show_default=True,
        metavar="MB",
        help="The megabytes of all files of a user together.",
    ),
    click.option(
        "--files-total",
        type=click.IntRange(1, _MOST),
        default=10_000,
        show_default=True,
        metavar="MB",
        help="The megabytes of all files of all users.",
    ),
    click.option(
        "--cap",
        multiple=True,
        callback=_check_caps,
        metavar="NAME=N",
        help=f"Set one of these limits: {', '.join(CAPS)}. Repeatable.",
    ),
)


def limit_options(command: _Command) -> _Command:
    """Add these options to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
