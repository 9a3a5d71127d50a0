"""Settings files: TOML whose keys are the long options, checked against the options there are."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection


def parse_settings(text: str, known: Collection[str]) -> dict[str, object]:
    """Return the settings in a TOML text by option name (`_` for `-`).

    Raise ValueError with a sentence if it is not TOML or has a key that is not in `known`.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"not TOML: {error}") from None
    settings = {key.replace("-", "_"): value for key, value in table.items()}
    for key in settings:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = f", did you mean {near[0].replace('_', '-')}?" if near else ""
            raise ValueError(f"unknown key {key.replace('_', '-')}{hint}")
    return settings
