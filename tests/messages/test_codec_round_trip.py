import types
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from published import assert_fits, fits
from torture.figures import figure

from messages.amendments import ReactionText
from messages.codec import decode_frame, decode_request, encode
from messages.events import AnyEvent
from messages.fields import Address, ConversationName, RequestId, RoomName, ShortText, Text, UserName
from messages.files import FileName, Hash, MediaType, UploadId, UploadIds
from messages.identity import KeyPrefix, Password, Token
from messages.limits import MAX_SEQ
from messages.moderation import Ban, Role, SetRole, Unban
from messages.names import parse_room
from messages.notices import Day, Keyword, QuietHours, QuietSpan, TimeOfDay, Zone
from messages.replies import AnyReply
from messages.requests import AnyRequest, Confirm, History, Login, Search

Strategy = st.SearchStrategy[Any]

EXAMPLES = figure(10, 3_000)
"""Of each kind of document."""


def is_allowed_in_names(char: str) -> bool:
    try:
        parse_room("#" + char)
    except ValueError:
        return False
    return True


tokens = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=200)
prefixes = st.from_regex("(SHA256:)?[A-Za-z0-9+/]{8,43}", fullmatch=True)
letters = st.characters(categories=["L"]).filter(is_allowed_in_names)
name_characters = st.characters(categories=["L", "M", "Nd"], include_characters="_-").filter(
    is_allowed_in_names
)
users = st.builds(str.__add__, letters, st.text(name_characters, max_size=9))
addresses = users | st.builds("{}~{}".format, users, st.integers(1, 999_999_999))
rooms = st.text(name_characters | st.just("."), min_size=1, max_size=20).map("#".__add__)
visible_ascii = st.characters(min_codepoint=0x21, max_codepoint=0x7E)
uploads = st.text(visible_ascii, min_size=1, max_size=40)
text_characters = st.characters(exclude_categories=["Cs", "Cc"])

CHECKED_TEXTS: list[tuple[object, Strategy]] = [
    (RequestId, st.text(visible_ascii, min_size=1, max_size=64)),
    (UserName, users),
    (Address, addresses),
    (RoomName, rooms),
    (ConversationName, rooms | addresses.map("@".__add__)),
    (ReactionText, st.sampled_from(["👍", "❤️", "👩‍🚀", "+1", "नमस्ते"])),
    (Keyword, st.sampled_from(["deploy", "猫", "नमस्ते", "c++"])),
    (TimeOfDay, st.times().map("{:%H:%M}".format)),
    (Zone, st.sampled_from(["Europe/Berlin", "UTC", "Etc/GMT+5"])),
    (KeyPrefix, prefixes),
    (FileName, st.text(text_characters, min_size=1, max_size=30).filter(lambda name: not name.isspace())),
    (Hash, st.from_regex("[0-9a-f]{64}", fullmatch=True)),
    (MediaType, st.sampled_from(["", "text/plain", "application/vnd.ms-excel"])),
    (UploadId, uploads),
    (UploadIds, st.lists(uploads, max_size=3, unique=True).map(tuple)),
    (Token, tokens),
    (Password, st.text(text_characters, min_size=8, max_size=256)),
    (ShortText, st.text(text_characters, max_size=300)),
    (
        Text,
        st.text(text_characters | st.sampled_from("\n\t"), min_size=1).filter(
            lambda text: not text.isspace()
        ),
    ),
]


def values(annotation: Any) -> Strategy:
    """Return a strategy for the values that a field with this annotation can have."""
    for field, strategy in CHECKED_TEXTS:
        if annotation == field:
            return strategy
    arguments = get_args(annotation)
    if get_origin(annotation) in (Union, types.UnionType):
        return st.one_of(map(values, arguments))
    if get_origin(annotation) is list:
        return st.lists(values(arguments[0]), max_size=3)
    if get_origin(annotation) is tuple:
        return st.lists(values(arguments[0]), max_size=3).map(tuple)
    if get_origin(annotation) is Annotated:
        bounds = arguments[1]
        return values(arguments[0]) if bounds.ge is None else st.integers(bounds.ge, bounds.le)
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return documents(annotation)
    return st.from_type(annotation)


def documents(kind: type[msgspec.Struct]) -> Strategy:
    """Return a strategy for the documents of one type, made out of the annotations of its fields."""
    fields = {name: values(hint) for name, hint in get_type_hints(kind, include_extras=True).items()}
    variants: list[dict[str, Strategy]] = [{}]
    if kind is Login:
        ips = st.none() | st.ip_addresses().map(str)
        variants = [{"name": users}, {"name": addresses, "session": st.text(min_size=1)}]
        variants = [{**variant, "address": ips} for variant in variants]
    if kind is History:
        questions = ("after", "before", "since")
        variants = [
            {"thread": st.none(), **{other: st.none() for other in questions if other != asked}}
            for asked in questions
        ]
        variants.append({"before": st.none(), "since": st.none()})
    if kind is Confirm:
        variants = [{"read": st.none()}, {"seq": st.integers(9, MAX_SEQ), "read": st.integers(0, 9)}]
    if kind in (Ban, Unban):
        whom = {"name": addresses, "key": st.just("SHA256:" + "a" * 43), "address": st.just("10.0.0.0/8")}
        variants = [{f: s if f == one else st.none() for f, s in whom.items()} for one in whom]
    if kind is SetRole:
        variants = [{"role": st.just(Role.OPERATOR)}, {"room": rooms}]
    if kind is QuietSpan:
        variants = [{"days": st.lists(st.sampled_from(Day), min_size=1, unique=True)}]
    if kind is QuietHours:
        variants = [{"zone": values(Zone)}, {"spans": st.none() | st.just([])}]
    if kind is Search:
        words = st.text(text_characters, min_size=1, max_size=300).filter(
            lambda text: not any(word.endswith("*") and len(word) < 3 for word in text.split())
        )
        variants = [{"words": words.filter(str.strip)}, {"words": st.just(""), "sender": addresses}]
    return st.one_of(st.builds(kind, **{**fields, **variant}) for variant in variants)


def assert_fits_only_whole(kind: type[msgspec.Struct], line: bytes) -> None:
    """Check that the published schema takes a document, and refuses it without a required field."""
    document = msgspec.json.decode(line)
    assert_fits(document)
    for field in msgspec.structs.fields(kind):
        if field.required:
            assert not fits({name: value for name, value in document.items() if name != field.name})


@pytest.mark.parametrize("kind", AnyRequest.__args__)
@given(data=st.data())
@settings(deadline=None, max_examples=EXAMPLES)
def test_the_broker_reads_what_a_client_wrote(kind: type[msgspec.Struct], data: st.DataObject) -> None:
    request = data.draw(documents(kind))
    line = encode(request)
    assert_fits_only_whole(kind, line)
    assert b"\n" not in line
    assert decode_request(line) == request


@pytest.mark.parametrize("kind", (AnyReply | AnyEvent).__args__)
@given(data=st.data())
@settings(deadline=None, max_examples=EXAMPLES)
def test_a_client_reads_what_the_broker_wrote(kind: type[msgspec.Struct], data: st.DataObject) -> None:
    document = data.draw(documents(kind))
    line = encode(document)
    assert_fits_only_whole(kind, line)
    assert b"\n" not in line
    assert list(decode_frame(line)) == [document]
