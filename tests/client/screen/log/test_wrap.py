"""Styled text in rows."""

from __future__ import annotations

import pytest

from client.screen.log.body import linked, styled
from client.screen.log.wrap import wrapped
from client.screen.tones import PLAIN, Tone, text_of
from client.text.styles import Style
from messages.rows import width


def rows(text: str, columns: int) -> list[str]:
    return [text_of(row) for row in wrapped([(text, PLAIN)], columns)]


def test_a_text_is_broken_at_blanks_and_a_word_that_is_too_long_within() -> None:
    assert rows("the quick brown fox", 10) == ["the quick", "brown fox"]
    assert rows("abcdefgh ij", 3) == ["abc", "def", "gh", "ij"]
    assert rows("a\n\nb", 5) == ["a", "", "b"]
    assert rows("", 5) == [""]


@pytest.mark.parametrize(
    "text", ["日本語のとても長い文", "👨‍👩‍👧‍👦 family 👍🏽", "e\u0301" * 30, "a 日 b 本 c", "🇩🇪🇫🇷🇮🇹"]
)
@pytest.mark.parametrize("columns", [1, 2, 3, 7, 20])
def test_no_row_is_wider_than_it_may_be_and_nothing_is_lost(text: str, columns: int) -> None:
    found = rows(text, columns)
    assert "".join(found).replace(" ", "") == text.replace(" ", "")
    assert all(width(row) <= max(columns, 2) for row in found)


def test_a_style_goes_on_in_the_next_row() -> None:
    first, second, _ = wrapped(styled("so **very bold** it is"), 10)
    assert (text_of(first), text_of(second)) == ("so **very", "bold** it")
    bold = Tone(style=Style.BOLD)
    assert ("very", bold) in first
    assert ("bold", bold) in second


def test_an_address_is_a_link_and_other_text_is_not() -> None:
    pieces = dict(styled("see https://example.org/a, or [this](https://x.org)"))
    assert pieces["https://example.org/a"].link == "https://example.org/a"
    assert pieces["this"].link == pieces["](https://x.org)"].link == "https://x.org"
    assert pieces["see "].link == pieces["["].link == ""


def test_an_address_in_a_topic_or_a_notice_is_a_link() -> None:
    pieces = linked("see (https://x.org/a?b=1), or https://é.org.", PLAIN)
    assert [(text, tone.link) for text, tone in pieces] == [
        ("see (", ""),
        ("https://x.org/a?b=1", "https://x.org/a?b=1"),
        ("), or ", ""),
        ("https://é.org", "https://%C3%A9.org"),
        (".", ""),
    ]
    assert linked("http:// https://" + "a" * 3_000, PLAIN)[-1][1].link == "", "too long"


def test_hostile_addresses_stay_in_their_link() -> None:
    for hostile in ("https://a\\x1b]8;;evil", "https://a;b\\x07c", "https://a\u202eb", "https://a\u00a0b"):
        for _, tone in styled(hostile):
            assert tone.link.isascii()
            assert " " not in tone.link
            assert tone.link.isprintable()
