import sys
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messages.limits import MAX_NAME, MAX_ROOM
from messages.names import (
    LOBBY,
    Kind,
    Name,
    canonical_key,
    parse_address,
    parse_conversation,
    parse_room,
    parse_user,
)

PEOPLE = {
    "Latin": "Ólafur_the-3rd",
    "Devanagari": "देवनागरी",
    "Thai": "สมชาย",
    "Chinese": "王小明",
    "Cyrillic": "Алёна",
    "Arabic": "محمد",
    "Hebrew": "דוד",
    "Korean": "김철수",
    "a capital beyond the basic plane": "𐐀lan",
}
NOT_BEGINNING_WITH_A_LETTER = {
    "digit": "1alice",
    "Thai digit": "๑alice",
    "underscore": "_alice",
    "hyphen": "-alice",
    "space": " alice",
    "mark": "\u0301alice",
    "@": "@alice",
    "#": "#alice",
    "emoji": "😀",
    "control": "\x1balice",
    "bidi mark": "\u200falice",
}
NOT_ALLOWED_INSIDE = {
    "space": "al ice",
    "ideographic space": "al\u3000ice",
    "@": "al@ice",
    "#": "al#ice",
    "tilde": "al~ice",
    "full stop at the end": "alice.",
    "emoji": "alice😀",
    "C0 control": "al\x07ice",
    "C1 control": "al\x9bice",
    "NUL": "alice\0",
    "bidi mark": "al\u200eice",
    "bidi override": "al\u202eice",
    "zero width joiner": "al\u200dice",
    "byte order mark": "alice\ufeff",
    "tag character": "alice\U000e0041",
    "lone surrogate": "alice\ud800",
    "newline at the end": "alice\n",
    "roman numeral, which is no decimal digit": "alice\u2167",
}
INVISIBLE_LETTERS_AND_MARKS = [
    "\u034f",
    "\u115f",
    "\u1160",
    "\u17b4",
    "\u180b",
    "\u180f",
    "\u3164",
    "\ufe00",
    "\ufe0f",
    "\uffa0",
    "\U000e0100",
    "\U000e01ef",
]


def kinds(names: dict[str, str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("name", names.values(), ids=names.keys())


def code_point(char: str) -> str:
    return f"U+{ord(char):04X}"


class TestUser:
    @kinds(PEOPLE)
    def test_people_of_any_script_use_their_own_names(self, name: str) -> None:
        assert parse_user(name).shown == name

    def test_a_name_is_shown_as_it_was_chosen_and_compared_without_case(self) -> None:
        assert parse_user("Alice") == Name(Kind.DIRECT, "Alice", "alice")

    def test_a_name_may_have_one_character_or_32(self) -> None:
        assert parse_user("x").shown == "x"
        assert parse_user("x" * MAX_NAME).shown == "x" * 32

    @pytest.mark.parametrize("name", ["", "x" * 33], ids=["none", "33"])
    def test_a_name_with_no_character_or_33_is_refused(self, name: str) -> None:
        with pytest.raises(ValueError, match="1 to 32 characters"):
            parse_user(name)

    @kinds(NOT_BEGINNING_WITH_A_LETTER)
    def test_a_name_begins_with_a_letter(self, name: str) -> None:
        with pytest.raises(ValueError, match="begins with a letter"):
            parse_user(name)

    @kinds(NOT_ALLOWED_INSIDE)
    def test_a_name_has_nothing_but_letters_marks_digits_underscores_and_hyphens(self, name: str) -> None:
        with pytest.raises(ValueError, match="letters, digits, _ and - only"):
            parse_user(name)

    @pytest.mark.parametrize("char", INVISIBLE_LETTERS_AND_MARKS, ids=code_point)
    def test_a_letter_or_mark_that_shows_as_nothing_is_refused(self, char: str) -> None:
        with pytest.raises(ValueError, match="visible letters"):
            parse_user("alice" + char)

    def test_a_composed_and_a_decomposed_name_are_the_same(self) -> None:
        assert parse_user("Zoe\u0308") == parse_user("Zo\u00eb")
        assert parse_user("Zoe\u0308").shown == "Zo\u00eb"

    def test_the_length_is_counted_after_composition(self) -> None:
        assert len(parse_user("e\u0301" * MAX_NAME).shown) == MAX_NAME
        assert len(parse_user("\u03b1\u0313\u0300\u0345" * MAX_NAME).shown) == MAX_NAME
        with pytest.raises(ValueError, match="1 to 32 characters"):
            parse_user("\u03b1\u0313\u0300\u0345" * MAX_NAME + "x")

    def test_two_names_that_differ_only_in_case_have_the_same_key(self) -> None:
        assert parse_user("Straße").key == parse_user("STRASSE").key == "strasse"
        assert parse_user("ΣΊΣΥΦΟΣ").key == parse_user("σίσυφος").key

    @pytest.mark.parametrize(
        "marks",
        ["\u0301\u0316" * 50_000, "\u0301" * 50_000 + "\u0316" * 50_000],
        ids=["by turns", "in two runs"],
    )
    def test_a_name_of_a_hundred_thousand_marks_is_refused_at_once(self, marks: str) -> None:
        start = time.process_time()
        with pytest.raises(ValueError, match="1 to 32 characters"):
            parse_user("a" + marks)
        assert time.process_time() - start < 1, "normalising all of it takes a minute"


class TestAddress:
    def test_a_plain_name_is_an_address(self) -> None:
        assert parse_address("Alice") == parse_user("Alice")

    def test_a_number_tells_apart_those_who_bear_the_same_name(self) -> None:
        assert parse_address("Alice~2") == Name(Kind.DIRECT, "Alice~2", "alice~2")
        assert parse_address("Alice~999999999").key == "alice~999999999"

    def test_the_number_does_not_count_among_the_32_characters(self) -> None:
        assert parse_address("x" * MAX_NAME + "~2").shown == "x" * MAX_NAME + "~2"

    @pytest.mark.parametrize(
        "address",
        ["alice~", "alice~0", "alice~02", "alice~-1", "alice~2~3", "alice~२", "alice~x", "alice~1234567890"],
    )
    def test_after_the_tilde_stands_a_number_without_leading_zero(self, address: str) -> None:
        with pytest.raises(ValueError, match="the number that the broker gave"):
            parse_address(address)

    @pytest.mark.parametrize("address", ["~2", "1~2", "al ice~2", "@alice~2"])
    def test_before_the_tilde_stands_a_name(self, address: str) -> None:
        with pytest.raises(ValueError, match="a name"):
            parse_address(address)


class TestRoom:
    def test_a_room_is_shown_without_its_sign_and_compared_without_case(self) -> None:
        assert parse_room("#Lobby") == Name(Kind.ROOM, "Lobby", "lobby")

    @pytest.mark.parametrize(
        "room", ["#7", "#_", "#-", "#.", "#v1.2_beta-3", "#कक्ष", "#ห้อง", "#房间", "#зал"]
    )
    def test_a_room_is_named_in_any_script_and_begins_with_anything_allowed(self, room: str) -> None:
        assert parse_room(room).shown == room[1:]

    def test_the_lobby_is_a_room(self) -> None:
        assert LOBBY == "#lobby"
        assert parse_room(LOBBY).kind == Kind.ROOM

    def test_a_room_may_have_64_characters(self) -> None:
        assert len(parse_room("#" + "e\u0301" * MAX_ROOM).shown) == 64

    @pytest.mark.parametrize("room", ["#", "#" + "x" * 65], ids=["none", "65"])
    def test_a_room_with_no_character_or_65_is_refused(self, room: str) -> None:
        with pytest.raises(ValueError, match="1 to 64 characters"):
            parse_room(room)

    @pytest.mark.parametrize("room", ["", "lobby", "@lobby", " #lobby", "\uff03lobby"])
    def test_a_room_begins_with_its_sign(self, room: str) -> None:
        with pytest.raises(ValueError, match="begins with #"):
            parse_room(room)

    @pytest.mark.parametrize(
        "char", [" ", "#", "@", "~", "/", "😀", "\n", "\x1b", "\u202e", "\u3164"], ids=code_point
    )
    def test_a_room_has_nothing_but_letters_marks_digits_and_three_signs(self, char: str) -> None:
        with pytest.raises(ValueError, match=r"letters, digits, _, - and \. only"):
            parse_room("#lobby" + char)

    def test_a_room_of_a_hundred_thousand_marks_is_refused_at_once(self) -> None:
        start = time.process_time()
        with pytest.raises(ValueError, match="1 to 64 characters"):
            parse_room("#a" + "\u0301\u0316" * 50_000)
        assert time.process_time() - start < 1, "normalising all of it takes a minute"


class TestConversation:
    def test_it_is_a_room_or_a_user(self) -> None:
        assert parse_conversation("#Lobby") == parse_room("#Lobby")
        assert parse_conversation("@Alice~2") == parse_address("Alice~2")

    @pytest.mark.parametrize("name", ["", "lobby", "alice", " #lobby", "!alice"])
    def test_its_first_character_tells_which(self, name: str) -> None:
        with pytest.raises(ValueError, match="#room or @user"):
            parse_conversation(name)

    @pytest.mark.parametrize("name", ["#", "@", "##lobby", "@@alice", "@#alice", "#@alice", "@alice\n"])
    def test_what_follows_is_a_name(self, name: str) -> None:
        with pytest.raises(ValueError, match="name"):
            parse_conversation(name)


class TestCanonicalKey:
    @pytest.mark.parametrize(
        ("one", "other"), [("ß", "SS"), ("é", "E\u0301"), ("ς", "Σ"), ("Ꭰ", "ꭰ"), ("\u212b", "å")]
    )
    def test_case_and_composition_make_no_difference(self, one: str, other: str) -> None:
        assert canonical_key(one) == canonical_key(other)

    def test_different_letters_make_a_difference(self) -> None:
        assert canonical_key("alice") != canonical_key("аlice"), "the second begins with a Cyrillic letter"

    @given(st.text())
    @settings(deadline=None)
    def test_the_key_of_a_key_is_the_key(self, name: str) -> None:
        key = canonical_key(name)
        assert canonical_key(key) == key

    @given(st.text())
    @settings(deadline=None)
    def test_a_name_and_its_decomposition_have_the_same_key(self, name: str) -> None:
        assert canonical_key(unicodedata.normalize("NFD", name)) == canonical_key(name)

    def test_the_key_of_every_single_character_is_its_own_key(self) -> None:
        for code in range(sys.maxunicode + 1):
            key = canonical_key(chr(code))
            assert canonical_key(key) == key
