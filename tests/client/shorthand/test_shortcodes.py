from __future__ import annotations

import pytest

from client.shorthand.lines import CORRECTION, REACTION, command_of
from client.shorthand.shortcodes import emoji_beginning, is_emoji, with_emoji
from messages.reactions import check_reaction

SELECTOR = "\ufe0f"
"""Asks for the coloured form of the character before; some emoji are spelt without it."""


@pytest.mark.parametrize(
    ("word", "emoji"),
    [
        (":ok:", "🆗"),
        (":+1:", "👍"),
        (":Tada:", "🎉"),
        ("+1", "👍"),
        ("tada", "🎉"),
        ("lgtm", "lgtm"),
        ("👍", "👍"),
    ],
)
def test_a_shortcode_becomes_its_emoji_and_other_words_stay(word: str, emoji: str) -> None:
    assert with_emoji(word) == emoji


def test_the_first_letters_find_emoji_the_usual_and_the_shortest_names_first() -> None:
    assert emoji_beginning(":th")[:2] == ["👍", "👎"]
    assert emoji_beginning(":smi")[0] == "😄"
    assert emoji_beginning(":smile:") == ["😄"]
    assert emoji_beginning(":nosuchthing") == emoji_beginning(":nosuchthing:") == emoji_beginning("smi") == []


def test_every_emoji_that_a_shortcode_has_is_a_reaction_and_is_known_as_one() -> None:
    for first in "abcdefghijklmnopqrstuvwxyz":
        for emoji in emoji_beginning(f":{first}"):
            assert check_reaction(emoji).rstrip(SELECTOR) == emoji.rstrip(SELECTOR)
            assert is_emoji(emoji)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("+:ok:", REACTION),
        ("-:ok: ", REACTION),
        ("+👍", REACTION),
        ("-❤️", REACTION),
        ("+1", None),
        ("+:ok: and more", None),
        ("+👍👍", None),
        ("+é", None),
        ("-", None),
        ("- point", None),
        (" +👍", None),
        ("s/a/b/", CORRECTION),
        ("//s/a/b/", None),
        ("super/sub/text/", None),
    ],
)
def test_a_line_is_a_command_in_short_only_in_its_form(line: str, command: str | None) -> None:
    assert command_of(line) == command
