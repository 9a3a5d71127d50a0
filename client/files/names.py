"""Names of files: for others to see, and from others for use on this disk. No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import category, normalize

from messages.files import check_file_name
from messages.limits import MAX_FILE_NAME

UNNAMED = "file"
"""The name of a file if nothing of its name can be used."""

_MOST_BYTES = 200  # of 255 that file systems take; the rest is for a number and the mark of a part
_MOST_ENDING = 20
_MOST_FREE = 1_000
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SPECIAL = re.compile(r'[<>:"|?*\x00]')  # on other systems' disks, and in shells
_HIDDEN = {"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"}
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE)  # devices of Windows


def name_to_show(name: str) -> str:
    """Return the name of a file of this machine as others are to see it; it can be sent."""
    shown = _CONTROLS.sub("_", normalize("NFC", name))
    if len(shown) > MAX_FILE_NAME:
        stem, ending = _parted(shown, MAX_FILE_NAME)
        shown = stem[: MAX_FILE_NAME - len(ending)] + ending
    try:
        return check_file_name(shown)
    except ValueError:  # blank, or with many marks
        return UNNAMED


def safe_name(name: str) -> str:
    """Return a name for this disk that is like one that somebody else has chosen.

    It is a name in one directory, not hidden, no option for a command, no device, without control, direction
    and other invisible characters, and not too long for a number behind it.
    """
    name = normalize("NFC", name.replace("\\", "/").rstrip("/").rpartition("/")[2])
    name = "".join(" " if category(char) == "Zs" else char for char in name if category(char) not in _HIDDEN)
    name = _SPECIAL.sub("_", name).strip(" .").lstrip("-. ~")
    stem, ending = _parted(name, _MOST_BYTES)
    name = (_cut(stem, _MOST_BYTES - len(ending.encode())) + ending).strip(" .")
    if not name:
        return UNNAMED
    return f"_{name}" if _RESERVED.fullmatch(name.partition(".")[0].strip()) else name


def free_names(name: str) -> Iterator[str]:
    """Yield a name, and the same with a number before its ending: `plan.pdf`, `plan (2).pdf`."""
    yield name
    stem, ending = _parted(name, _MOST_BYTES)
    for number in range(2, _MOST_FREE):
        yield f"{stem} ({number}){ending}"


def short_name(name: str, most: int) -> str:
    """Return a name for a line of text, with its middle left out if it has more than `most` characters."""
    return name if len(name) <= most else f"{name[: most - most // 3]}…{name[1 - most // 3 :]}"


def _parted(name: str, most: int) -> tuple[str, str]:
    """Return a name without its ending, and the ending, such as .pdf or .tar.gz; empty if it is long."""
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending.encode()) > min(_MOST_ENDING, most) or " " in ending:
        return name, ""
    if stem.lower().endswith(".tar"):
        return stem[:-4], f"{stem[-4:]}.{ending}"
    return stem, dot + ending


def _cut(text: str, most: int) -> str:
    """Return the beginning of a text in at most so many bytes of UTF-8."""
    return text.encode()[:most].decode(errors="ignore").rstrip(" ")
