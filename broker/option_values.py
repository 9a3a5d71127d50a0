"""Where a broker keeps what it stores, and for how long, as its options say it."""

from __future__ import annotations

import os
from pathlib import Path

from messages.endpoints import parse_endpoint
from messages.names import parse_room

_MOST_DAYS = 36_500


def data_directory(given: Path | None) -> Path:
    """Return the directory that was given, or chat-broker's own by the XDG base directory specification.

    Raise ValueError with a sentence if there is none.
    """
    if given is not None:
        return given
    configured = Path(os.environ.get("XDG_DATA_HOME", ""))
    if configured.is_absolute():
        return configured / "chat-broker"
    try:
        return Path.home() / ".local" / "share" / "chat-broker"
    except RuntimeError:
        raise ValueError("say with --data where to keep messages: there is no home directory") from None


def parse_retain(text: str) -> tuple[str | None, int]:
    """Return a room's id, or None for all conversations, and the days that `[#ROOM=]DAYS` gives.

    Raise ValueError with a sentence if it is something else.
    """
    room, equals, days = text.rpartition("=")
    if equals:
        room = f"#{parse_room(room).key}"
    if not (days.isascii() and days.isdigit() and int(days) <= _MOST_DAYS):
        raise ValueError(f"{text}: give a number of days, 0 for ever, or #ROOM=DAYS")
    return room or None, int(days)


def parse_http(text: str) -> tuple[str, int]:
    """Return the host and the port of `HOST:PORT`, or of `:PORT` on this machine only.

    Raise ValueError with a sentence if it is neither.
    """
    if "://" in text or ":" not in text:
        raise ValueError(f"{text}: write HOST:PORT or :PORT")
    endpoint = parse_endpoint(f"127.0.0.1{text}" if text.startswith(":") else text)
    host = "0.0.0.0" if endpoint.host == "*" else endpoint.host.strip("[]")  # noqa: S104 - asked for in so many words
    return host, int(endpoint.url.rpartition(":")[2])
