import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messages.limits import MAX_MARKS, MAX_SHORT_TEXT, MAX_TEXT
from messages.text import (
    check_new_short_text,
    check_new_text,
    check_short_text,
    check_text,
    counted,
    decode_utf8,
    neutralise,
    refuse_undecoded,
    reveal,
)

CONTROLS = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))]
BIDI_CONTROLS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
MARKS = "\u061c\u200e\u200f"
FLAG = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
SURROGATES = ["\ud800", "\udbff", "\udc00", "\udfff"]

any_text = st.text(
    st.characters() | st.sampled_from([*CONTROLS, *BIDI_CONTROLS, *MARKS, *SURROGATES, "\u2028", "\ufeff"])
)


def code_point(char: str) -> str:
    return f"U+{ord(char):04X}"


def is_unsafe(char: str) -> bool:
    """What drives a terminal or breaks a line of a log, told from Unicode's data and not from our list."""
    tag_character = 0xE0000 <= ord(char) <= 0xE007F
    return unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs") or char in BIDI_CONTROLS or tag_character


class TestText:
    @pytest.mark.parametrize(
        "text",
        [
            "hello",
            " hello ",
            "two\nlines",
            "a\ttab",
            "👩‍👩‍👧‍👦 שלום สวัสดี 你好",
            "\u202eolleh",
            "\ud7ff\ue000",
        ],
    )
    def test_people_write_what_they_like_on_as_many_lines_as_they_like(self, text: str) -> None:
        check_text(text)

    def test_a_text_may_have_4000_characters_of_any_size(self) -> None:
        check_text("x" * MAX_TEXT)
        check_text("😀" * 4_000)

    def test_a_text_of_4001_characters_is_refused(self) -> None:
        with pytest.raises(ValueError, match="at most 4,000 characters"):
            check_text("x" * 4_001)

    @pytest.mark.parametrize(
        "text",
        [
            "e" + "\u0301" * MAX_MARKS,
            ("e" + "\u0301" * MAX_MARKS) * 100,
            "\u0301" * MAX_MARKS + " " + "\u0301",
            "\u2014" * 100,
            "\u2764\ufe0f" * 100,
            "\u0e17\u0e35\u0e48\u0e19\u0e35\u0e48",
            "\u0936\u0915\u094d\u0924\u093f",
            "\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd",
        ],
    )
    def test_a_letter_may_have_the_marks_that_languages_need(self, text: str) -> None:
        check_new_text(text)

    @pytest.mark.parametrize("mark", ["\u0301", "\u0334", "\u0e49", "\u20dd", "\U0001d165", "\u0903"])
    def test_a_new_text_with_stacked_marks_is_refused_and_a_stored_one_is_read(self, mark: str) -> None:
        text = "e" + mark * (MAX_MARKS + 1) + "e"
        with pytest.raises(ValueError, match="a letter has at most 12 marks"):
            check_new_text(text)
        check_text(text)

    @pytest.mark.parametrize("place", range(2 * MAX_MARKS + 2))
    def test_the_shortest_run_of_too_many_marks_is_found_at_each_place(self, place: int) -> None:
        with pytest.raises(ValueError, match="a letter has at most 12 marks"):
            check_new_text("x" * place + "e" + "\u0301" * (MAX_MARKS + 1) + "x" * 30)

    @given(st.lists(st.integers(0, 30), min_size=1, max_size=12))
    def test_a_run_of_marks_is_counted_wherever_it_stands(self, runs: list[int]) -> None:
        text = "".join("e" + "\u0301" * run for run in runs)
        if max(runs) > MAX_MARKS:
            with pytest.raises(ValueError, match="a letter has at most 12 marks"):
                check_new_text(text)
        else:
            check_new_text(text)

    @pytest.mark.parametrize(
        "text", ["", " ", "   ", "\n\t \n", "\u3000", "\u00a0\u2003\u3000", "\u2028\u2029"]
    )
    def test_a_blank_text_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match="not empty"):
            check_text(text)

    @pytest.mark.parametrize("char", [char for char in CONTROLS if char not in "\n\t"], ids=code_point)
    def test_a_control_character_other_than_newline_and_tab_is_refused(self, char: str) -> None:
        for text in (char, f"a{char}b", f"two\nlines{char}", " " + char):
            with pytest.raises(ValueError, match="without control characters other than newline and tab"):
                check_text(text)

    @pytest.mark.parametrize("char", SURROGATES, ids=code_point)
    def test_a_lone_surrogate_which_no_json_can_carry_is_refused(self, char: str) -> None:
        with pytest.raises(ValueError, match="is Unicode"):
            check_text(f"caf{char}")


class TestShortText:
    def test_a_new_one_has_no_more_marks_on_a_letter_than_a_message(self) -> None:
        check_new_short_text("e" + "\u0301" * MAX_MARKS)
        with pytest.raises(ValueError, match="a letter has at most 12 marks"):
            check_new_short_text("e" + "\u0301" * (MAX_MARKS + 1))
        check_short_text("e" + "\u0301" * (MAX_MARKS + 1))
        with pytest.raises(ValueError, match="one line"):
            check_new_short_text("two\nlines")

    @pytest.mark.parametrize(
        "text", ["", " ", "lunch", "déjeuner 🍜", "👩\u200d🍳\u3000", "x" * MAX_SHORT_TEXT]
    )
    def test_it_is_one_line_of_at_most_300_characters_perhaps_empty(self, text: str) -> None:
        check_short_text(text)

    def test_301_characters_are_refused(self) -> None:
        with pytest.raises(ValueError, match="at most 300 characters"):
            check_short_text("x" * 301)

    @pytest.mark.parametrize("char", [*CONTROLS, *SURROGATES], ids=code_point)
    def test_every_control_character_and_lone_surrogate_is_refused(self, char: str) -> None:
        with pytest.raises(ValueError, match="one line of Unicode"):
            check_short_text(f"a{char}b")


class TestNeutralise:
    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("\x1b[2J", "\\x1b[2J"),
            ("\x9b2J", "\\x9b2J"),
            ("a\r\nb\0", "a\\x0d\\x0ab\\x00"),
            ("\u202eevil", "\\u202eevil"),
            ("\u2028", "\\u2028"),
            ("\ud800", "\\ud800"),
            ("\U000e0041", "\\U000e0041"),
        ],
    )
    def test_what_could_drive_a_terminal_is_written_as_its_escape(self, text: str, shown: str) -> None:
        assert neutralise(text) == shown

    @pytest.mark.parametrize(
        "text", ["", "plain", "naïve 王小明 👩‍🚀 ❤️", "a\u00a0b\u3000c", "שלום", "ｗｉｄｅ", "\\x1b"]
    )
    def test_a_harmless_text_stays_as_it_is(self, text: str) -> None:
        assert neutralise(text) == text

    def test_the_caller_may_keep_characters_it_can_show(self) -> None:
        assert neutralise("a\nb\tc\x1b", keep="\n\t") == "a\nb\tc\\x1b"

    def test_no_unsafe_character_of_all_there_are_gets_through_and_no_letter_is_lost(self) -> None:
        for code in range(sys.maxunicode + 1):
            shown = neutralise(chr(code))
            assert not any(map(is_unsafe, shown))
            if unicodedata.category(chr(code))[0] in "LMNPS":
                assert shown == chr(code)

    @given(any_text)
    @settings(deadline=None)
    def test_no_unsafe_character_is_left_in_any_text(self, text: str) -> None:
        assert not any(map(is_unsafe, neutralise(text)))

    @pytest.mark.parametrize("text", [FLAG, f"x{FLAG}{FLAG}y", "\u05d0\u200f!", "1\u200e2", "\u061c1"])
    def test_flags_and_direction_marks_stay_for_people_and_are_escaped_in_logs(self, text: str) -> None:
        assert neutralise(text) == text
        assert reveal(text).isprintable()

    @pytest.mark.parametrize(
        "text",
        [FLAG[1:], FLAG[:-1], FLAG[0] + FLAG[-1], FLAG[:-1] + "\U000e0067" * 3 + FLAG[-1], "a" + FLAG[1:]],
    )
    def test_tag_characters_that_are_no_flag_could_hide_words(self, text: str) -> None:
        assert "\\U000e0067" in neutralise(text) or "\\U000e007f" in neutralise(text)

    def test_a_log_shows_all_that_is_hidden_but_what_its_writer_keeps(self) -> None:
        assert reveal("a\nb\u200f\u202e\x1b", keep="\n") == "a\nb\\u200f\\u202e\\x1b"

    @given(any_text)
    @settings(deadline=None)
    def test_a_neutralised_text_is_not_changed_again(self, text: str) -> None:
        shown = neutralise(text)
        assert neutralise(shown) == shown

    @given(any_text, st.text(st.sampled_from("\n\t\u200e"), max_size=2))
    @settings(deadline=None)
    def test_the_only_unsafe_characters_left_are_those_to_keep(self, text: str, keep: str) -> None:
        assert {char for char in neutralise(text, keep=keep) if is_unsafe(char)} <= set(keep)


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 days"), (1, "1 day"), (2, "2 days"), (1_200, "1,200 days")]
)
def test_things_are_counted_in_words(number: int, words: str) -> None:
    assert counted(number, "day") == words


def test_a_byte_order_mark_is_no_part_of_a_file() -> None:
    assert decode_utf8(b"\xef\xbb\xbfone\xef\xbb\xbf") == "one\ufeff"


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b"\xff\xfeo", "line 1, byte 1 is 0xff"),
        (b"one\n\xc3\xbc\xfcx\n\xff", "line 2, byte 3 is 0xfc"),
        (b"one\ntwo\xe6\x97", "line 2, byte 4 is 0xe6"),
    ],
)
def test_the_first_byte_that_is_not_utf8_is_named(data: bytes, where: str) -> None:
    with pytest.raises(ValueError, match=f"^{where}, which is not UTF-8; convert the file with iconv"):
        decode_utf8(data)


def test_a_byte_of_the_command_line_that_is_not_utf8_is_named() -> None:
    refuse_undecoded("gr\u00fc\u00dfe")
    with pytest.raises(ValueError, match=r"^byte 4 is 0xff, which is not UTF-8$"):
        refuse_undecoded(b"a\xc3\xbc\xffb\xfe".decode(errors="surrogateescape"))


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 messages were"), (1, "1 message was"), (2, "2 messages were"), (1_200, "1,200 messages were")],
)
def test_a_number_of_things_is_said_with_its_plural_and_verb(number: int, said: str) -> None:
    assert counted(number, "message", "was", "were") == said
    assert counted(number, "message") == said.rpartition(" ")[0]
