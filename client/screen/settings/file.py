"""Changes one setting in the settings file, and leaves all else in it as the person wrote it."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from client.screen.settings.kinds import Simple, in_toml

if TYPE_CHECKING:
    from tomlkit import TOMLDocument


class FileError(Exception):
    """The file cannot be changed; the text says why, as a clause."""


def store(path: Path, name: str, value: Simple | None) -> None:
    """Write a setting into a file, or take it out if it is None. Raise FileError."""
    try:
        from tomlkit.exceptions import TOMLKitError  # noqa: PLC0415 - only for who changes a setting
    except ImportError:
        raise FileError("it needs tomlkit; install chat-broker[tui]") from None
    place = path.resolve()  # a link stays a link
    try:
        before = place.read_text("utf-8") if place.exists() else ""
        after = changed(before, name, value)
        if after != before:
            _replace(place, after)
    except TOMLKitError as error:
        raise FileError(f"it is not TOML: {error}") from None
    except UnicodeDecodeError:
        raise FileError("it is not in UTF-8") from None
    except FileExistsError:
        raise FileError(f"{place.parent} is not a directory") from None
    except OSError as error:
        raise FileError(str(error.strerror or error)) from None


def changed(text: str, name: str, value: Simple | None) -> str:
    """Return a TOML text with a setting, or without it if the value is None."""
    import tomlkit  # noqa: PLC0415 - only for who changes a setting

    document = tomlkit.parse(text)
    top, _, function = name.rpartition(".")
    table: Any = document
    if top:
        if value is not None and top not in document:
            document[top] = tomlkit.table()
        table = document.get(top, {})
    key = next((one for one in table if one.replace("_", "-") == function), function)
    if value is None:
        if key in table:
            del table[key]
        if top in document and not table:
            del document[top]
    elif key in table or top:
        table[key] = in_toml(value)
    else:
        return _with_new(document, key, in_toml(value))
    return tomlkit.dumps(document)


def _with_new(document: TOMLDocument, key: str, value: object) -> str:
    """Return the text of a document with a new key behind the others, and before all tables."""
    import tomlkit  # noqa: PLC0415
    from tomlkit.items import AbstractTable  # noqa: PLC0415

    keys = [one for one, item in document.body if one is not None and not isinstance(item, AbstractTable)]
    if keys:
        document._insert_after(keys[-1].key, key, value)
        return tomlkit.dumps(document)
    if any(isinstance(item, AbstractTable) for _, item in document.body):
        return f"{tomlkit.dumps({key: value})}\n{tomlkit.dumps(document)}"  # what stands above a table is its
    document[key] = value
    return tomlkit.dumps(document)


def _replace(place: Path, text: str) -> None:
    """Replace a file at once. A new one can be read by its owner only; another keeps its mode."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    mode = 0o600
    with suppress(FileNotFoundError):
        found = place.stat()
        if not stat.S_ISREG(found.st_mode):
            raise OSError(0, "it is not a file")
        if not os.access(place, os.W_OK):
            raise OSError(0, "it must not be changed")
        mode = stat.S_IMODE(found.st_mode)
    new = place.with_name(f".{place.name}.{os.urandom(8).hex()}")
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            os.fchmod(descriptor, mode)
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        new.replace(place)
    finally:
        new.unlink(missing_ok=True)
