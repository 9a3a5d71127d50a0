"""Names of keys, and the keys as they are set."""

from __future__ import annotations

import pytest

from client.editor.keyboard import Action, KeyDecoder, Other
from client.screen.keys import KEYS, ScreenKey
from client.screen.settings.key_names import EXAMPLES, sequences_of, shown
from client.screen.settings.key_table import FUNCTIONS, KeyTable, keys_with
from client.screen.terminal import Keys


@pytest.mark.parametrize(
    ("name", "sequences"),
    [
        ("ctrl-g", ["\x07"]),
        ("Ctrl-_", ["\x1f"]),
        ("alt-x", ["\x1bx"]),
        ("alt-.", ["\x1b."]),
        ("alt-shift-x", []),
        ("alt-shift-b", ["\x1bB"]),
        ("ctrl-alt-g", ["\x1b\x07"]),
        ("ctrl-shift-f", ["\x1b[102;6u", "\x1b[27;6;70~"]),
        ("f1", ["\x1bOP", "\x1b[11~", "\x1b[[A"]),
        ("f12", ["\x1b[24~"]),
        ("shift-f1", ["\x1b[1;2P"]),
        ("ctrl-f5", ["\x1b[15;5~"]),
        ("up", ["\x1b[A", "\x1bOA"]),
        ("shift-up", ["\x1b[1;2A", "\x1b[a"]),
        ("alt-ctrl-home", ["\x1b[1;7H"]),
        ("pgup", ["\x1b[5~"]),
        ("ctrl-page-down", ["\x1b[6;5~"]),
        ("insert", ["\x1b[2~"]),
    ],
)
def test_a_key_has_a_name(name: str, sequences: list[str]) -> None:
    if sequences:
        assert list(sequences_of(name)) == sequences
    else:
        with pytest.raises(ValueError, match=r"^no terminal sends a key "):
            sequences_of(name)


@pytest.mark.parametrize(
    "name",
    ["", "x", "ctrl", "ctrl-", "ctrl-gg", "ctrl-ctrl-g", "alt-[", "alt-shift-o", "shift-x", "f13", "ctrl-é"],
)
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"^no terminal sends a key .*; write such as ctrl-g, "):
        sequences_of(name)


def test_every_key_that_is_offered_reaches_the_screen_whole() -> None:
    for name in EXAMPLES:
        for sequence in sequences_of(name):
            assert KeyDecoder({sequence}).feed(sequence) == [Other(sequence)], name


def test_keys_are_shown_as_people_write_them() -> None:
    assert [shown(name) for name in ("ctrl-g", "alt-shift-x", "f5", "ctrl-page-up", "shift-up")] == [
        "Ctrl-G",
        "Alt-Shift-X",
        "F5",
        "Ctrl-PgUp",
        "Shift-Up",
    ]


def test_a_key_that_is_set_takes_the_place_of_the_usual_one_at_once() -> None:
    table = KeyTable()
    keys = Keys(table)
    assert keys.feed("\x1bOP\x07")[0] == [ScreenKey.HELP, Action.CANCEL]
    table.choose({"help": ("ctrl-g", "f12"), "rooms": ("f1",)})
    assert keys.feed("\x07\x1b[24~\x1bOP\x1b[18~")[0] == [ScreenKey.HELP, ScreenKey.HELP, ScreenKey.ROOMS]
    table.choose({"help": ()})
    assert keys.feed("\x1bOP\x1b[18~")[0] == [ScreenKey.ROOMS]
    table.choose({})
    assert table.keys == KEYS


@pytest.mark.parametrize(
    "name", ["ctrl-a", "ctrl-c", "ctrl-i", "ctrl-m", "ctrl-r", "alt-b", "left", "ctrl-right", "up"]
)
def test_a_key_that_is_needed_for_typing_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=rf"^{shown(name)} is needed for typing; choose another key$"):
        keys_with({"help": (name,)})


def test_a_key_has_one_function() -> None:
    with pytest.raises(ValueError, match=r"^the same key is set for keys.help and keys.rooms; "):
        keys_with({"rooms": ("f1",)})
    with pytest.raises(ValueError, match=r"^Alt-1 goes to a conversation by its place; "):
        keys_with({"rooms": ("alt-1",)})
    keys_with({"rooms": ("f8",), "members": ("f7",), "up": ("up",)})


def test_a_refused_key_changes_nothing() -> None:
    table = KeyTable()
    with pytest.raises(ValueError):
        table.choose({"help": ("f11",), "rooms": ("f11",)})
    assert table.pressed("\x1bOP") is ScreenKey.HELP
    assert table.pressed("\x1b[23~") is None


def test_each_function_has_a_name_that_toml_takes_without_quotes() -> None:
    assert len(FUNCTIONS) == len(KEYS)
    assert all(name.replace("-", "").isalpha() for name in FUNCTIONS)
