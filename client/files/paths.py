"""Paths as people type them behind a command: with quotes, backslashes and ~, and completed by Tab."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

_PATH = re.compile(r"""\s*(?:"([^"]*)("?)|'([^']*)('?)|((?:\\.|[^\s\\])*\\?))""", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SPECIAL = re.compile(r"""([\s\\"'])""")
_MOST = 1_000


def split_path(text: str) -> tuple[str, str]:
    """Return the path at the beginning of a text, with the home directory for ~, and the rest."""
    path, _, end = _parse(text)
    return os.path.expanduser(path), text[end:].strip()  # noqa: PTH111 - a path may be empty


def complete_path(text: str) -> list[str]:
    """Return the candidates for the path that a text ends with, without what is before its last blank.

    If the path is finished, there are none.
    """
    path, quote, end = _parse(text)
    if end < len(text) or (quote and text.rstrip().endswith(quote) and len(text.strip()) > 1):
        return []
    word = re.split(r"\s", text)[-1]
    before = text[: len(text) - len(word)]
    start = len(text) - len(text.lstrip())
    directory, slash, beginning = path.rpartition("/")
    typed = text[: text.rfind("/") + 1] if slash else text[:start] + quote
    found = []
    for name, is_directory in _entries(directory + slash, beginning):
        ending = "/" if is_directory else f"{quote} "
        whole = typed + (name if quote else _SPECIAL.sub(r"\\\1", name)) + ending
        if whole.startswith(before):
            found.append(whole[len(before) :])
    return sorted(found)


def _parse(text: str) -> tuple[str, str, int]:
    """Return a path without quotes and backslashes, its opening quote, and where it ends."""
    match = _PATH.match(text)
    if match is None:
        return "", "", 0
    if match[1] is not None:
        return match[1], '"', match.end()
    if match[3] is not None:
        return match[3], "'", match.end()
    return _ESCAPED.sub(r"\1", match[5]), "", match.end()


def _entries(directory: str, beginning: str) -> Iterator[tuple[str, bool]]:
    """Yield the names in a directory that begin so, and whether each is a directory."""
    try:
        with os.scandir(Path(os.path.expanduser(directory or "."))) as entries:  # noqa: PTH111
            for number, entry in enumerate(entries):
                hidden = entry.name.startswith(".") and not beginning.startswith(".")
                if (
                    number < _MOST
                    and entry.name.startswith(beginning)
                    and not hidden
                    and entry.name.isprintable()
                ):
                    yield entry.name, entry.is_dir()
    except OSError:
        return
