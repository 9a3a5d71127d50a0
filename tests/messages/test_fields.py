import re
import unicodedata
from collections.abc import Callable
from typing import get_args

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
from messages.limits import MAX_ID
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


def published(field: object) -> re.Pattern[str]:
    r"""Return the pattern in a field's JSON Schema, its \p{…} (which `re` lacks) made to match stand-ins."""
    pattern = get_args(field)[1].extra_json_schema["pattern"].removesuffix("$") + r"\Z"
    return re.compile(pattern.replace(r"\p{L}", "l").replace(r"\p{M}", "m").replace(r"\p{Nd}", "0-9d"))


def stand_in(char: str) -> str:
    if char.isascii() and not char.isalpha():
        return char
    category = unicodedata.category(char)
    return "d" if category == "Nd" else {"L": "l", "M": "m"}.get(category[0], char)


def accepts(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("value", ["1", "9f1c2e7a-3b1d-4c5e-8f60-718293a4b5c6", "!~", "x" * MAX_ID])
def test_an_id_is_1_to_64_visible_ascii_characters(value: str) -> None:
    check_id(value)
    assert published(RequestId).match(value)


@pytest.mark.parametrize(
    "value", ["", " ", "a b", "1 ", "x\n", "\t", "\0", "\x7f", "é", "١", "\u200b", "😀", "\ud800"]
)
def test_anything_else_is_no_id(value: str) -> None:
    with pytest.raises(ValueError, match="`id` must be 1 to 64 visible ASCII characters"):
        check_id(value)
    assert not published(RequestId).match(value)


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


@pytest.mark.parametrize(
    ("field", "parse"),
    [
        (UserName, parse_user),
        (Address, parse_address),
        (RoomName, parse_room),
        (ConversationName, parse_conversation),
    ],
    ids=["user", "address", "room", "conversation"],
)
@given(text=texts)
@settings(deadline=None)
def test_the_published_pattern_and_the_parser_accept_the_same_composed_names(
    field: object, parse: Callable[[str], object], text: str
) -> None:
    composed = unicodedata.normalize("NFC", text)
    in_schema = published(field).match("".join(map(stand_in, composed)))
    assert accepts(parse, composed) == bool(in_schema)
