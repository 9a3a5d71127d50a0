"""The base directories of a user, by the XDG base directory specification."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def base_directory(environ: Mapping[str, str], variable: str, beneath: str) -> Path:
    """Return the directory that `variable` names, else `beneath` in the home directory.

    Paths that are not absolute are ignored. Raise ValueError with a sentence if there is no home directory:
    if HOME is empty, Python would take the root directory.
    """
    configured = Path(environ.get(variable, ""))
    if configured.is_absolute():
        return configured
    if not Path(environ.get("HOME", "/")).is_absolute():
        raise ValueError(f"HOME is not an absolute path; set HOME or {variable} to one")
    try:
        return Path.home() / beneath
    except RuntimeError:
        raise ValueError(f"there is no home directory; set HOME or {variable}") from None
