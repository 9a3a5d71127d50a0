"""The types of the documents' fields, and their checks.

The annotations give JSON Schema its bounds. The checks give people their sentences: every document runs
them on itself, whether it is decoded or built by a program.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

from msgspec import Meta

from messages.limits import MAX_ID, MAX_NAME, MAX_PAGE, MAX_ROOM, MAX_SEQ, MAX_SHORT_TEXT, MAX_TEXT
from messages.names import MAX_DECOMPOSED

# The patterns match all that the broker takes. They state its rules for ASCII only, since not every engine
# for regular expressions knows \p{L}.
IP_ADDRESS = r"([0-9]{1,3}(\.[0-9]{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(%[^/]+)?)"
_LETTER = r"[^\s\x00-@\[-`{-\xa9]"
_USER = rf"{_LETTER}[^\s\x00-,./:-@\[-^`{{-\xa9]*"
_ADDRESS = rf"{_USER}(~[1-9][0-9]{{0,8}})?"
_ROOM = r"#[^\s\x00-,/:-@\[-^`{-\xa9]+"
_MOST_USER = MAX_NAME * MAX_DECOMPOSED
_MOST_ADDRESS = _MOST_USER + len("~999999999")
_MOST_ROOM = len("#") + MAX_ROOM * MAX_DECOMPOSED

RequestId = Annotated[
    str,
    Meta(
        description=f"1 to {MAX_ID} visible ASCII characters, chosen by the client",
        extra_json_schema={"minLength": 1, "maxLength": MAX_ID, "pattern": "^[!-~]+$"},
    ),
]
UserName = Annotated[
    str,
    Meta(
        description=f"1 to {MAX_NAME} visible letters, marks, digits, _ and - in NFC, the first a letter",
        extra_json_schema={"maxLength": _MOST_USER, "pattern": f"^{_USER}$"},
    ),
]
Address = Annotated[
    str,
    Meta(
        description="a user as shown: a name, or name~2 if several have it",
        extra_json_schema={"maxLength": _MOST_ADDRESS, "pattern": f"^{_ADDRESS}$"},
    ),
]
RoomName = Annotated[
    str,
    Meta(
        description=f"# and 1 to {MAX_ROOM} visible letters, marks, digits, _, - and . in NFC",
        extra_json_schema={"maxLength": _MOST_ROOM, "pattern": f"^{_ROOM}$"},
    ),
]
ConversationName = Annotated[
    str,
    Meta(
        description="#room or @user",
        extra_json_schema={"maxLength": _MOST_ROOM, "pattern": f"^({_ROOM}|@{_ADDRESS})$"},
    ),
]
Text = Annotated[
    str,
    Meta(
        description="not blank; no control characters but newline and tab",
        extra_json_schema={
            "minLength": 1,
            "maxLength": MAX_TEXT,
            "pattern": r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$",
        },
    ),
]
ShortText = Annotated[
    str,
    Meta(
        description="one line without control characters",
        extra_json_schema={"maxLength": MAX_SHORT_TEXT, "pattern": r"^[^\x00-\x1f\x7f-\x9f]*$"},
    ),
]
Seq = Annotated[int, Meta(ge=0, le=MAX_SEQ, description="a message's number in its conversation")]
At = Annotated[int, Meta(ge=0, le=MAX_SEQ, description="Unix time in milliseconds, set by the broker")]
Count = Annotated[int, Meta(ge=0, le=MAX_SEQ)]
UserId = Annotated[
    int, Meta(ge=0, le=MAX_SEQ, description="the user's number, which outlasts a new name; absent: none")
]
Limit = Annotated[int, Meta(ge=1, le=MAX_PAGE)]
Seconds = Annotated[int, Meta(ge=0, le=MAX_SEQ)]
Heartbeat = Annotated[
    int,
    Meta(
        ge=0,
        le=MAX_SEQ,
        description="milliseconds; a client that is silent for three of them is taken as gone",
    ),
]
Mentions = Annotated[
    tuple[str, ...],
    Meta(description="the users whom the text mentions, by their names at that time; absent: none"),
]
Everyone = Annotated[
    bool, Meta(description="the text mentions all members, or those who were online, as the reader was")
]
ConfirmInterval = Annotated[
    int, Meta(ge=0, le=MAX_SEQ, description="milliseconds to leave between two rounds of confirms")
]

_Checked = TypeVar("_Checked")


def check_id(value: str) -> None:
    """Raise ValueError unless `value` can be a request's id."""
    if not (0 < len(value) <= MAX_ID and value.isascii() and value.isprintable() and " " not in value):
        raise ValueError(f"`id` must be 1 to {MAX_ID} visible ASCII characters")


def check(field: str, parse: Callable[[str], _Checked], value: str) -> _Checked:
    """Return `parse(value)`. If it raises ValueError, put the field's name before the sentence."""
    try:
        return parse(value)
    except ValueError as error:
        raise ValueError(f"`{field}`: {error}") from None


def for_people(error: ValueError) -> str:
    """Return the sentence of a failed check without the fields' names, which only programs know."""
    fields, mark, sentence = str(error).partition("`: ")
    return sentence if mark and fields.startswith("`") else str(error)
