"""The addresses of a text with markup: which run leads where."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from client.text.styles import Run, Style

_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_BEHIND_TEXT = re.compile(r"\]\((https?://.+)\)", re.IGNORECASE)
_MOST_ADDRESS = 2_000
"""Terminals take no longer ones."""

_ADDRESS_CHARACTERS = "".join(map(chr, range(0x21, 0x7F)))


def linked_runs(runs: Iterable[Run]) -> list[tuple[Run, str]]:
    """Return the runs of a text, each with the address that it leads to, or with an empty one."""
    found: list[tuple[Run, str]] = []
    link = ""
    for run in reversed(list(runs)):  # an address stands behind the text that leads to it
        if run.style & Style.MARK:
            behind = _BEHIND_TEXT.fullmatch(run.text)
            link = ascii_address(behind[1]) if behind else "" if run.text == "[" else link
            found.append((run, link if behind else ""))
        elif run.style & Style.LINK:
            own = _ADDRESS.fullmatch(run.text)
            found.append((run, ascii_address(own[0]) if own else link))
        else:
            found.append((run, ""))
    return found[::-1]


def ascii_address(address: str) -> str:
    """Return an address in ASCII, as terminals and browsers want it; empty if it is too long."""
    link = quote(address, safe=_ADDRESS_CHARACTERS)
    return link if len(link) <= _MOST_ADDRESS else ""
