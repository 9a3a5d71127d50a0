"""Values of options that need a check of their own: the data directory, retention, http addresses."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from messages.directories import base_directory
from messages.endpoints import parse_endpoint
from messages.names import parse_room

_MOST_DAYS = 36_500

_Name = TypeVar("_Name", str, str | None)


class Directory(click.Path):
    """A directory's path, which may not exist yet."""

    def __init__(self) -> None:
        super().__init__(file_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path. Refuse an empty one, which would mean the current directory."""
        if value == "":
            self.fail("the name of the directory is empty", param, ctx)
        return super().convert(value, param, ctx)


data_option = click.option(
    "--data",
    type=Directory(),
    metavar="DIR",
    help="The broker's data directory, if it is not the default one.",
)
"""The option of each verb that works on a data directory."""


def data_directory(given: Path | None) -> Path:
    """Return the given directory, or the default one of the XDG base directory specification.

    Raise ValueError with a sentence if there is neither.
    """
    if given is not None:
        return given
    try:
        return base_directory(os.environ, "XDG_DATA_HOME", ".local/share") / "chat-broker"
    except ValueError as error:
        raise ValueError(f"{error}, or give a data directory with --data") from None


def parse_retain(text: str) -> tuple[str | None, int]:
    """Return the room's id and the days of `[#ROOM=]DAYS`. The id is None for all conversations.

    Raise ValueError with a sentence if the text is something else.
    """
    room, equals, days = text.rpartition("=")
    if equals:
        room = f"#{parse_room(room).key}"
    if not (days.isascii() and days.isdigit() and int(days) <= _MOST_DAYS):
        raise ValueError(f"{text}: give a number of days, 0 for ever, or #ROOM=DAYS")
    return room or None, int(days)


def without_repetition(given: Iterable[tuple[_Name, int]]) -> dict[_Name, int]:
    """Return numbers by name; None stands for all. Raise ValueError with a sentence if one is given twice."""
    numbers: dict[_Name, int] = {}
    for name, number in given:
        if name in numbers:
            shown = "the number for all" if name is None else name
            raise ValueError(f"{shown} is given twice, as {numbers[name]} and as {number}; leave one out")
        numbers[name] = number
    return numbers


def parse_http(text: str) -> tuple[str, int]:
    """Return the host and the port of `HOST:PORT`. The host of `:PORT` is 127.0.0.1.

    Raise ValueError with a sentence if the text is something else.
    """
    if "://" in text or ":" not in text:
        raise ValueError(f"{text}: write HOST:PORT or :PORT")
    endpoint = parse_endpoint(f"127.0.0.1{text}" if text.startswith(":") else text)
    host = "0.0.0.0" if endpoint.host == "*" else endpoint.host.strip("[]")  # noqa: S104 - the operator wrote *
    return host, int(endpoint.url.rpartition(":")[2])
