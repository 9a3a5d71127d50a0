import re
import unicodedata
from collections.abc import Callable
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messages.fields import (
    Address,
    ConversationName,
    RequestId,
    RoomName,
    UserName,
    check,
    check_id,
    for_people,
)
from messages.limits import MAX_ID, MAX_NAME, MAX_ROOM
from messages.names import parse_address, parse_conversation, parse_room, parse_user

SEVERAL_SCRIPTS = "azAZéßक्१ก๑王Я\u0301"
SIGNS = "_-.~#@0129"
NEVER_ALLOWED = " \n\t\x00\x7f\u200e😀/+²Ⅷ"

texts = st.one_of(
    st.text(SEVERAL_SCRIPTS, max_size=70),
    st.text(SEVERAL_SCRIPTS + SIGNS, max_size=70),
    st.text(SEVERAL_SCRIPTS + SIGNS + NEVER_ALLOWED, max_size=70),
    st.from_regex(r"[#@]?[a-z]{1,33}(~[0-9]{1,10})?", fullmatch=True),
)


def published(field: object, text: str) -> bool:
    """Whether the JSON Schema of a field takes a text."""
    schema = get_args(field)[1].extra_json_schema
    pattern = schema["pattern"].removesuffix("$") + r"\Z"
    return len(text) <= schema["maxLength"] and bool(re.search(pattern, text))


def accepts(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("value", ["1", "9f1c2e7a-3b1d-4c5e-8f60-718293a4b5c6", "!~", "x" * MAX_ID])
def test_an_id_is_1_to_64_visible_ascii_characters(value: str) -> None:
    check_id(value)
    assert published(RequestId, value)


@pytest.mark.parametrize(
    "value", ["", " ", "a b", "1 ", "x\n", "\t", "\0", "\x7f", "é", "١", "\u200b", "😀", "\ud800"]
)
def test_anything_else_is_no_id(value: str) -> None:
    with pytest.raises(ValueError, match="`id` must be 1 to 64 visible ASCII characters"):
        check_id(value)
    assert not published(RequestId, value)


def test_an_id_of_65_characters_is_refused() -> None:
    with pytest.raises(ValueError, match="1 to 64"):
        check_id("x" * 65)


def test_a_check_returns_what_the_parser_returns() -> None:
    assert check("name", parse_user, "Alice") == parse_user("Alice")


def test_a_failed_check_names_the_field_before_the_reason() -> None:
    with pytest.raises(ValueError, match=r"^`opponent`: a name begins with a letter$"):
        check("opponent", parse_user, "1")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("`opponent`: a name begins with a letter", "a name begins with a letter"),
        ("`words`: `a: ` is no word", "`a: ` is no word"),
        ("`after`, `before` and `since`: give one of them", "give one of them"),
        ("`id` must be visible", "`id` must be visible"),
        ("in:x is neither; write `in`: #room", "in:x is neither; write `in`: #room"),
    ],
)
def test_people_are_not_told_the_names_of_fields(text: str, shown: str) -> None:
    assert for_people(ValueError(text)) == shown


NAMES = pytest.mark.parametrize(
    ("field", "parse"),
    [
        (UserName, parse_user),
        (Address, parse_address),
        (RoomName, parse_room),
        (ConversationName, parse_conversation),
    ],
    ids=["user", "address", "room", "conversation"],
)


@NAMES
@given(text=texts, form=st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
@settings(deadline=None)
def test_the_schema_takes_every_name_that_the_parser_takes(
    field: object, parse: Callable[[str], object], text: str, form: Any
) -> None:
    for name in (text, unicodedata.normalize(form, text)):
        assert published(field, name) or not accepts(parse, name)


@NAMES
@given(text=texts.map(lambda text: re.sub("[^ -~]", "x", text)))
@settings(deadline=None)
def test_the_schema_and_the_parser_take_the_same_names_in_ascii_if_they_are_short(
    field: object, parse: Callable[[str], object], text: str
) -> None:
    assert len(text) > MAX_NAME or published(field, text) == accepts(parse, text)


@pytest.mark.parametrize("letter", ["\u1f82", "\ud55c", "\u1ed9", "\u00e9"])
def test_the_schema_takes_the_longest_names_however_they_are_composed(letter: str) -> None:
    for form in ("NFC", "NFD"):
        user, room = (unicodedata.normalize(form, letter * most) for most in (MAX_NAME, MAX_ROOM))
        assert accepts(parse_user, user)
        assert published(UserName, user)
        assert published(Address, f"{user}~999999999")
        assert accepts(parse_room, f"#{room}")
        assert published(RoomName, f"#{room}")
        assert published(ConversationName, f"#{room}")
        assert published(ConversationName, f"@{user}~999999999")


def test_the_schema_takes_every_character_that_the_parser_takes() -> None:
    refused = [chr(code) for code in range(0x110000) if not published(UserName, chr(code))]
    assert {" ", "1", "~", "\u3000"} <= set(refused)
    assert not [char for char in refused if accepts(parse_user, char)]
    assert all(published(RoomName, f"#{char}") or not accepts(parse_room, f"#{char}") for char in refused)
