"""The table of settings in docs/client.md is the one of the program."""

from __future__ import annotations

import re

from docs.fenced import ROOT

from client.screen.settings.kinds import shown
from client.screen.settings.table import SETTINGS
from client.screen.settings.themes import THEMES

SECTION = (
    (ROOT / "docs" / "client.md").read_text("utf-8").partition("\n## Settings\n")[2].partition("\n## ")[0]
)


def test_the_table_of_settings_is_that_of_the_program() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in SECTION.splitlines()
        if line[:2] == "| "
    ]
    listed = {row[0].strip("`"): [cell.replace("`", "") for cell in row[1:]] for row in rows[2:]}
    keys = listed.pop("keys.FUNCTION")
    assert keys[1] == "the keys of a function"
    own = {name: one for name, one in SETTINGS.items() if not name.startswith("keys.")}
    assert list(listed) == list(own)
    for name, (default, meaning, values) in listed.items():
        assert (default, values) == (shown(own[name].default), own[name].values)
        assert meaning.startswith(own[name].help)


def test_all_themes_are_described() -> None:
    described = SECTION.partition("**Themes.**")[2].partition("\n\n")[0]
    assert set(re.findall(r"`([a-z]+)`", described)) == THEMES.keys()
