"""The keys of the full screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from textual import events

from client.editor.keyboard import Action, Pasted, Typed
from client.screen.keys import KEYS, PLACES, ScreenKey, key_groups
from client.screen.selecting.deeds import DEEDS
from client.screen.settings.key_table import KeyTable
from client.screen.terminal import Answers, Keys, title_sequence


@pytest.mark.parametrize(("key", "sequence"), [(key.key, one) for key in KEYS for one in key.sequences])
def test_each_key_is_known_also_in_pieces(key: ScreenKey, sequence: str) -> None:
    assert Keys().feed(f"a{sequence}b") == ([Typed("a"), key, Typed("b")], [])
    keys = Keys()
    assert [press for char in sequence for press in keys.feed(char)[0]] == [key]


def test_a_place_is_chosen_with_alt_and_a_digit() -> None:
    assert Keys().feed("\x1b3")[0] == [2]
    assert Keys().feed("\x1b0")[0] == [9]
    assert len(PLACES) == 10


def test_other_keys_are_those_of_the_line_editor_and_answers_go_to_textual() -> None:
    assert Keys().feed("\x10\r\x1b[200~a\x1b[A\nb\x1b[201~") == (
        [Action.OLDER, Action.ENTER, Pasted("a[A\nb")],
        [],
    )
    assert Keys().feed("\x1b[?2026;2$y\x1b[48;24;80;0;0t") == ([], ["\x1b[?2026;2$y", "\x1b[48;24;80;0;0t"])


def test_many_arrows_at_once_are_the_wheel() -> None:
    assert Keys().feed("\x1b[A" * 3)[0] == [ScreenKey.ROW_UP] * 3
    assert Keys().feed("\x1bOB" * 5)[0] == [ScreenKey.ROW_DOWN] * 5
    assert Keys().feed("\x1b[A" * 2)[0] == [ScreenKey.UP] * 2
    assert Keys().feed("aaa")[0] == [Typed("aaa")]


def test_escape_is_a_key_if_nothing_follows_it_soon() -> None:
    keys = Keys()
    assert keys.feed("\x1b") == ([], [])
    assert [keys.pause(), keys.pause()] == [[ScreenKey.ESCAPE], []]
    assert keys.feed("a")[0] == [Typed("a")]
    assert keys.pause() == []


def test_the_help_has_all_keys() -> None:
    rows = [row for listed in key_groups().values() for row in listed]
    assert all(rows.count((key.name, key.help)) == 1 for key in KEYS)
    assert {one.key for one in KEYS} == set(ScreenKey) - {ScreenKey.ESCAPE}


def test_the_help_shows_keys_as_they_are_set() -> None:
    table = KeyTable()
    table.choose({"help": ("ctrl-g", "shift-f1"), "rooms": ()})
    names = [name for rows in key_groups(table.keys).values() for name, _ in rows]
    assert "Ctrl-G, Shift-F1" in names
    assert not {"F7", ""} & {*names}


def test_the_title_of_the_window_is_given_back() -> None:
    assert title_sequence("(2) chat", "") == "\x1b[22;2t\x1b]2;(2) chat\a"
    assert title_sequence("(3) chat", "(2) chat") == "\x1b]2;(3) chat\a"
    assert title_sequence("", "(3) chat").endswith("\x1b[23;2t")
    assert title_sequence("", "") == ""


@pytest.mark.parametrize(
    "answer",
    [
        "\x1b[97;1:3u",  # kitty: a was released
        "\x1b[1;5:3D",
        "\x1b[99999999;1u",
        "\x1b[113;5u",  # Ctrl-Q, by which Textual would leave
        "\x1b[48;99999;9;99999;9t",
        "\x1b[?",
    ],
)
def test_answers_that_nobody_expects_do_nothing(answer: str) -> None:
    answers = Answers()
    assert answers.feed(answer) == []
    (size,) = answers.feed("\x1b[48;24;80;384;640t")
    assert isinstance(size, events.Resize)
    assert size.size == (80, 24)


def test_the_document_names_each_key_of_the_screen_and_of_a_selection() -> None:
    text = (Path(__file__).parents[3] / "docs/client.md").read_text()
    rows = [row.split(" | ")[0] for row in text.splitlines() if row.startswith("| ")]
    named = {name for row in rows for name in re.findall("[^ ;,|]+", row)}
    assert {name for key in KEYS for name in key.name.split(", ")} - {"Up", "Down"} <= named
    assert [deed.name for deed in DEEDS if f"`{deed.key}`" not in text] == []
