from __future__ import annotations

import pytest

from messages.limits import MAX_KEYWORDS, MAX_QUIET_SPANS
from messages.notices import Day, Keywords, Notify, QuietHours, QuietSpan, check_keyword, check_zone

NIGHT = QuietSpan([Day.MON], "22:00", "07:00")


@pytest.mark.parametrize("word", ["deploy", "C++", "#42", "猫", "नमस्ते", "🔥", "👩‍🚀", "x" * 64])
def test_a_keyword_is_a_visible_word_of_any_script(word: str) -> None:
    assert check_keyword(word) == word
    assert Keywords("1", [word]).words == [word]


@pytest.mark.parametrize(
    "word", ["", " ", "two words", "\n", "\x1b[2J", "\u202ex", "\u0301", "\u200b", "x" * 65]
)
def test_no_other_text_is_a_keyword(word: str) -> None:
    with pytest.raises(ValueError, match="`words`: "):
        Keywords("1", ["deploy", word])


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5"])
def test_a_zone_is_one_as_the_iana_database_names_them(zone: str) -> None:
    assert check_zone(zone) == zone


@pytest.mark.parametrize("zone", ["", "/etc/passwd", "../UTC", "Europe/", "a b", "x" * 65])
def test_a_path_and_the_like_is_no_zone(zone: str) -> None:
    with pytest.raises(ValueError, match="`zone`: write a time zone"):
        QuietHours("1", [NIGHT], zone)


def test_quiet_spans_have_days_times_and_a_zone() -> None:
    with pytest.raises(ValueError, match="`days`: name at least one day"):
        QuietSpan([], "22:00", "07:00")
    with pytest.raises(ValueError, match="`days`: name at least one day, and each once"):
        QuietSpan([Day.MON, Day.MON], "22:00", "07:00")
    for wrong in ("24:00", "7:00", "22:60", "22", "noon", ""):
        with pytest.raises(ValueError, match="`end`: write hours and minutes"):
            QuietSpan([Day.MON], "22:00", wrong)
    with pytest.raises(ValueError, match="`zone`: give the time zone"):
        QuietHours("1", [NIGHT])
    assert QuietHours("1", []).spans == []


def test_lists_are_bounded() -> None:
    assert Keywords("1", ["deploy"] * MAX_KEYWORDS)
    with pytest.raises(ValueError, match="`words`: give at most 50 keywords"):
        Keywords("1", ["deploy"] * (MAX_KEYWORDS + 1))
    assert QuietHours("1", [NIGHT] * MAX_QUIET_SPANS, "UTC")
    with pytest.raises(ValueError, match="`spans`: give at most 14 spans"):
        QuietHours("1", [NIGHT] * (MAX_QUIET_SPANS + 1), "UTC")


def test_a_level_is_for_a_conversation() -> None:
    with pytest.raises(ValueError, match="`conversation`: a conversation is written"):
        Notify("1", "lobby")
