"""The types of the options and arguments of `chat-client`."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from client.when import parse_when
from messages.endpoints import address_to_connect
from messages.limits import MAX_TOKEN
from messages.names import parse_conversation, parse_room, parse_user
from messages.text import refuse_undecoded


class Checked(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """A value that `check` makes from a string. `check` raises ValueError with a sentence if it cannot."""

    def __init__(self, name: str, check: Callable[[str], object]) -> None:
        self.name = name
        self._check = check

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the checked value."""
        if not isinstance(value, str):
            return value
        try:
            refuse_undecoded(value)
            return self._check(value)
        except ValueError as error:
            self.fail(f"{value}: {error}" if value not in str(error) else str(error), param, ctx)


class Seconds(click.FloatRange):
    """A number of seconds, at least 0.1. It cannot be nan."""

    def __init__(self) -> None:
        super().__init__(0.1, 1_000_000)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the seconds."""
        seconds = super().convert(value, param, ctx)
        if math.isnan(seconds):
            self.fail(f"{value!r} is not a number of seconds.", param, ctx)
        return seconds


def _conversation(text: str) -> str:
    parse_conversation(text)
    return text


def _room(text: str) -> str:
    parse_room(text)
    return text


def _time(text: str) -> int:
    return parse_when(text, datetime.now())


def _code(text: str) -> str:
    if not (len(text) <= MAX_TOKEN and text.isascii() and text.isprintable()):
        raise ValueError("this is not a code; /link shows one, of 8 letters and digits")
    return text


TEXT = Checked("text", str)
TIME = Checked("time", _time)
ENDPOINT = Checked("endpoint", address_to_connect)
NAME = Checked("name", lambda text: parse_user(text).shown)
CODE = Checked("code", _code)
CONVERSATION = Checked("conversation", _conversation)
ROOM = Checked("room", _room)
