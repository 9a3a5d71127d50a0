"""The table of settings, and what of it stands in the file."""

from __future__ import annotations

import tomllib
from typing import Any

import click
import pytest

from client.cli import main
from client.screen.settings.kinds import in_toml, shown
from client.screen.settings.table import BELL, KEYS, NOTICES, SETTINGS, find, readers
from client.screen.settings.times import Times
from messages.settings import parse_settings


def read(text: str) -> dict[str, object]:
    return parse_settings(text, click.Context(main), readers).others


def test_settings_of_the_screen_stand_beside_options() -> None:
    text = 'name = "ann"\ntheme = "dark"\nreceipts = false\nconversations_width = 30\n'
    text += '[keys]\nhelp = ["F10", "alt-x"]'
    parsed = parse_settings(text, click.Context(main), readers)
    assert parsed.options == {"name": "ann"}
    assert parsed.others == {
        "theme": "dark",
        "receipts": False,
        "conversations-width": 30,
        "keys": {"help": ("f10", "alt-x")},
    }


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("them = 1", "unknown key them, did you mean theme?"),
        ("conection = 1", "unknown key conection, did you mean connect?"),
        ("theme = 'blue'", "theme: write one of terminal, dark, light, contrast, mono in quotes"),
        ("theme = ['dark']", "theme: write one of terminal, dark, light, contrast, mono in quotes"),
        ("times = true", "times: write one of 24h, seconds, 12h, off in quotes"),
        ("receipts = 'on'", "receipts: write true or false"),
        ("members-width = 61", "members-width: write a whole number from 0 to 60"),
        ("members-width = true", "members-width: write a whole number from 0 to 60"),
        (
            "members-width = 1\nmembers_width = 2",
            "members-width is given twice, with - and with _; leave one out",
        ),
        ("keys = 1", 'keys: write a table [keys] with lines such as help = "f1"'),
        ("keys.hlep = 'f1'", "keys: unknown key hlep, did you mean help?"),
        ("keys.help = 1", 'keys: help: write a key in quotes, such as "ctrl-g", or a list of keys'),
        ("keys.help = 'ctrl-a'", "keys: Ctrl-A is needed for typing; choose another key"),
        (
            "keys.page-up = 'f9'\nkeys.page_up = 'f9'",
            "keys: page-up is given twice, with - and with _; leave one out",
        ),
        (
            "keys.help = 'f7'",
            "keys: the same key is set for keys.help and keys.rooms; give one of them another",
        ),
    ],
)
def test_what_is_wrong_in_the_file_is_said_with_its_key(text: str, complaint: str) -> None:
    with pytest.raises(ValueError) as refused:
        read(text)
    assert str(refused.value) == complaint


def test_a_value_is_the_same_typed_and_in_the_file() -> None:
    for setting in SETTINGS.values():
        text = shown(setting.default)
        assert setting.parse(text.upper() if setting not in KEYS else text) == setting.default
        assert setting.read(in_toml(setting.default)) == setting.default
        for word in setting.words:
            assert setting.read(in_toml(setting.parse(word))) == setting.parse(word)


@pytest.mark.parametrize(
    ("name", "typed"), [("theme", "blue"), ("receipts", "maybe"), ("members-width", "-1")]
)
def test_other_values_are_refused_with_advice(name: str, typed: str) -> None:
    with pytest.raises(ValueError, match=r"^write "):
        find(name).parse(typed)


def test_options_that_are_settings_take_the_same_words() -> None:
    options = {str(one.name): one for one in main.params}
    for setting in (BELL, NOTICES):
        option = options[setting.name]
        assert isinstance(option.type, click.Choice)
        assert setting.is_option
        assert (tuple(option.type.choices), option.default) == (setting.words, setting.default)


def test_no_setting_of_the_screen_has_the_name_of_an_option_or_a_verb() -> None:
    taken = {str(one.name).replace("_", "-") for one in main.params} | set(main.commands)
    assert not taken & readers().keys()


def test_a_key_of_the_file_can_be_written_without_quotes() -> None:
    for name, setting in SETTINGS.items():
        line: Any = tomllib.loads(f"{name} = 1")
        assert line
        assert setting.help


def test_times() -> None:
    from datetime import datetime

    night, noon = datetime(2026, 1, 1, 0, 5, 9), datetime(2026, 1, 1, 14, 30)
    assert [one.text(night) for one in Times] == ["00:05", "00:05:09", "12:05am", ""]
    assert Times.HALF_DAYS.text(noon) == "2:30pm"
    assert all(len(one.text(night)) == one.columns for one in Times)
