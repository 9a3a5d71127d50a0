"""The help: what is in it, and how it is narrowed down."""

from __future__ import annotations

import pytest

from client.commands import COMMANDS
from client.editor.keyboard import Action, Typed
from client.screen.keys import KEYS, ScreenKey
from client.screen.sheets.help import Help, help_sections
from client.screen.tones import text_of


def rows(sheet: Help, columns: int, height: int = 1_000) -> list[str]:
    sheet.height(columns, height)
    return [text_of(row) for row in sheet.body(columns, height)]


@pytest.mark.parametrize("columns", [20, 60, 100])
def test_the_help_has_all_commands_and_keys_and_fits(columns: int) -> None:
    shown = rows(Help(help_sections("")), columns)
    assert all(len(row) <= columns for row in shown)
    text = "".join("".join(shown).split())
    for usage in [one.usage for one in COMMANDS.listed] + [key.name for key in KEYS]:
        assert "".join(usage.split()) in text


def test_letters_find_what_has_them_and_the_height_stays() -> None:
    sheet = Help(help_sections(""))
    height = sheet.height(80, 500)
    sheet.take(Typed("kick"))
    assert [row.split("  ")[1] for row in rows(sheet, 80) if row.startswith("  /")][:1] == [
        "/kick [#ROOM] NAME [REASON]"
    ]
    assert sheet.height(80, 500) == height
    assert sheet.title == "Help: kick"
    sheet.take(Typed(" zzz"))
    assert rows(sheet, 80) == ["nothing has these letters"]
    for _ in range(4):
        sheet.take(Action.BACKSPACE)
    assert any("/kick" in row for row in rows(sheet, 80))
    sheet.take(Action.KILL_TO_START)
    assert sheet.title == "Help"
    assert len(rows(sheet, 80)) == height


def test_the_help_scrolls_in_a_small_window_and_enter_closes_it() -> None:
    sheet = Help(help_sections(""))
    first = rows(sheet, 20, 4)
    sheet.take(ScreenKey.PAGE_DOWN)
    second = rows(sheet, 20, 4)
    assert len(first) == len(second) == 4
    assert first[-1] == second[0]
    assert sheet.take(Action.ENTER)
    assert not sheet.is_open


@pytest.mark.parametrize(
    ("topic", "headings"),
    [
        ("kick", ["/kick"]),
        ("/K", ["/kick"]),
        ("rooms", ["/list", "Rooms"]),
        ("Moderation", ["Moderation"]),
        ("signs", ["Signs"]),
        ("keys", ["/keys", "Keys: Screen", "Keys: Conversations", "Keys: Messages", "Keys: Typing"]),
    ],
)
def test_a_topic_has_its_sections_only(topic: str, headings: list[str]) -> None:
    assert [section.heading for section in help_sections(topic)] == headings


def test_a_topic_that_does_not_exist_is_told() -> None:
    with pytest.raises(ValueError, match="there is no command frob; /help lists them"):
        help_sections("frob")
