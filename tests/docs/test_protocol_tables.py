"""Compares the tables of docs/protocol.md with the types, commands and numbers they describe."""

from __future__ import annotations

import re
from dataclasses import asdict
from enum import Enum
from pathlib import Path
from typing import Any

import msgspec
import pytest
from docs.fenced import blocks
from published import assert_fits, fits

from broker.commands import COMMANDS
from broker.core.rates import SHORTEST_HOLD
from broker.core.settings import Settings
from broker.core.upkeep.timers import MISSED_HEARTBEATS
from broker.store.memory import DEFAULT_CAPACITY
from messages import limits, operations
from messages.base import Reply
from messages.codec import decode_frame, decode_request, encode
from messages.errors import ErrorCode, ProtocolError
from messages.events import AnyEvent, Position
from messages.files import File
from messages.identity import KeyEntry
from messages.members import MemberEntry
from messages.moderation import AuditEntry, BanEntry
from messages.notices import QuietSpan
from messages.replies import AnyReply, Limits, RoomEntry, UserEntry
from messages.requests import AnyRequest
from messages.runs import RunMessage
from messages.sessions import SessionEntry
from messages.version import PROTOCOL

DOCUMENT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text("utf-8")
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
EXAMPLES = blocks("docs/protocol.md", "json")

REQUESTS, REPLIES, EVENTS = ((kinds.__args__) for kinds in (AnyRequest, AnyReply, AnyEvent))
PARTS = {
    Position: "position",
    RunMessage: "run message",
    RoomEntry: "room entry",
    BanEntry: "ban entry",
    AuditEntry: "audit entry",
    UserEntry: "user entry",
    KeyEntry: "key entry",
    QuietSpan: "quiet span",
    MemberEntry: "member entry",
    SessionEntry: "session entry",
    Limits: "limits",
    File: "file",
}
PLURALS = {
    "Position": "positions",
    "RoomEntry": "room entries",
    "UserEntry": "user entries",
    "KeyEntry": "key entries",
    "MemberEntry": "member entries",
    "RunMessage": "run messages",
    "SessionEntry": "session entries",
    "Message": "messages",
    "Reaction": "reactions",
    "BanEntry": "ban entries",
    "AuditEntry": "audit entries",
    "QuietSpan": "quiet spans",
    "File": "files",
}


def tag(kind: type[msgspec.Struct]) -> str:
    return str(kind.__struct_config__.tag)


def heading(kind: type[msgspec.Struct]) -> str:
    return PARTS.get(kind) or f"`{tag(kind)}`"


def section(title: str, text: str = FENCE.sub("", DOCUMENT)) -> str:
    """Return what stands under a heading, up to the next heading, without its examples."""
    _, found, rest = text.partition(f"# {title}\n")
    assert found, f"there is no section {title}"
    return HEADING.split(rest, maxsplit=1)[0]


def table(text: str, first: str) -> list[list[str]]:
    """Return the cells of the table whose first column is called `first`, without its head."""
    lines = iter(text.splitlines())
    assert any(line.startswith(f"| {first} |") for line in lines), f"there is no table of {first}"
    next(lines)
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def quoted(text: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", text))


def number(text: str) -> int:
    return int(text.replace(",", ""))


def word_for(kind: msgspec.inspect.Type) -> str:  # noqa: C901 - one case for each kind of type
    """Return the word by which the document calls a field's type."""
    match kind:
        case msgspec.inspect.StrType() | msgspec.inspect.EnumType() | msgspec.inspect.BytesType():
            return "string"
        case msgspec.inspect.IntType():
            return "integer"
        case msgspec.inspect.BoolType():
            return "boolean"
        case msgspec.inspect.Metadata(type=inner):
            return word_for(inner)
        case msgspec.inspect.ListType(item_type=msgspec.inspect.UnionType()):
            return "list of entries"
        case msgspec.inspect.VarTupleType(item_type=item):
            return word_for(msgspec.inspect.ListType(item))
        case msgspec.inspect.ListType(item_type=msgspec.inspect.StructType(cls=item)):
            return f"list of {PLURALS[item.__name__]}"
        case msgspec.inspect.StructType(cls=item):
            return PARTS[item]
        case msgspec.inspect.ListType(item_type=item):
            return f"list of {word_for(item)}s"
        case msgspec.inspect.UnionType(types=kinds):
            (inner,) = (one for one in kinds if not isinstance(one, msgspec.inspect.NoneType))
            return word_for(inner)
    raise AssertionError(f"no word for {kind}")


def enum_of(kind: Any) -> type[Enum] | None:
    """Return the set of values that a field's type is, if it is one."""
    return next((one.cls for one in getattr(kind, "types", [kind]) if hasattr(one, "cls")), None)


def fields(kind: type[msgspec.Struct]) -> tuple[msgspec.inspect.Field, ...]:
    described = msgspec.inspect.type_info(kind)
    assert isinstance(described, msgspec.inspect.StructType)
    return described.fields


def own_fields(kind: type[msgspec.Struct]) -> list[msgspec.inspect.Field]:
    """Return the fields that a type's section describes: `id` and `re` are described once for all."""
    of_all = "id" if kind in REQUESTS else "re" if issubclass(kind, Reply) else None
    return [field for field in fields(kind) if field.encode_name != of_all]


def described_type(field: msgspec.inspect.Field) -> str:
    word = word_for(field.type)
    if not field.required:
        return f"{word}, optional"
    return f"{word} or null" if isinstance(field.type, msgspec.inspect.UnionType) else word


@pytest.mark.parametrize("kind", [*REQUESTS, *REPLIES, *EVENTS, *PARTS], ids=heading)
def test_a_type_has_a_section_whose_table_has_just_its_fields(kind: type[msgspec.Struct]) -> None:
    described, own = section(heading(kind)), own_fields(kind)
    rows = table(described, "field") if own else []
    assert own or "| field |" not in described
    assert [(name, word) for name, word, _ in rows] == [
        (f"`{field.encode_name}`", described_type(field)) for field in own
    ]


def test_every_request_has_an_id_and_every_reply_repeats_it() -> None:
    assert all(fields(kind)[0].encode_name == "id" for kind in REQUESTS)
    assert all(fields(kind)[0].encode_name == "re" for kind in REPLIES)
    assert "Every request has `type` and `id`" in DOCUMENT
    assert "Every reply has `type` and `re`" in DOCUMENT


@pytest.mark.parametrize("kind", [*REQUESTS, *REPLIES, *EVENTS], ids=heading)
def test_a_field_with_a_set_of_values_has_all_of_them_named(kind: type[msgspec.Struct]) -> None:
    own = own_fields(kind)
    rows = table(section(heading(kind)), "field") if own else []
    meanings = {name.strip("`"): meaning for name, _, meaning in rows}
    for field in own:
        values = enum_of(field.type)
        if values is not None and issubclass(values, str) and values is not ErrorCode:
            assert quoted(meanings[field.encode_name]) >= {str(value) for value in values}


def test_there_is_no_section_about_a_type_that_does_not_exist() -> None:
    described = {found for found in HEADING.findall(FENCE.sub("", DOCUMENT)) if found.startswith("`")}
    assert described == {heading(kind) for kind in (*REQUESTS, *REPLIES, *EVENTS)}


def examples() -> list[str]:
    """Return all documents that stand in examples, without those that are meant to be wrong or vary."""
    found = []
    for language, body in FENCE.findall(DOCUMENT):
        lines = body.splitlines()
        found += (
            [line.partition(" ")[2] for line in lines] if language == "chat" else lines * (language == "json")
        )
    return [line for line in found if line.startswith("{")]


@pytest.mark.parametrize("kind", [*REQUESTS, *REPLIES, *EVENTS], ids=heading)
def test_a_type_has_an_example(kind: type[msgspec.Struct]) -> None:
    assert any(line.startswith(f'{{"type":"{tag(kind)}"') for line in examples())


@pytest.mark.parametrize(
    "line",
    [line for block in EXAMPLES for line in block.body.splitlines()],
)
def test_an_example_of_one_document_is_valid_and_has_no_field_too_many(line: str) -> None:
    kind = msgspec.json.decode(line)["type"]
    asked = kind in {tag(request) for request in REQUESTS}
    decoded = decode_request(line.encode()) if asked else next(decode_frame(line.encode()))
    assert msgspec.json.decode(encode(decoded)) == msgspec.json.decode(line)
    assert_fits(msgspec.json.decode(line))


REQUESTS_SHOWN = [
    line
    for language, body in FENCE.findall(DOCUMENT)
    if language == "chat"
    for line in re.findall(r"^\w*> (\{.*\})$", body, re.MULTILINE)
]


@pytest.mark.parametrize("line", REQUESTS_SHOWN)
def test_a_request_of_an_example_fits_the_published_schema_unless_the_broker_refuses_it(line: str) -> None:
    document = msgspec.json.decode(line)
    try:
        decode_request(line.encode())
        taken = True
    except ProtocolError:
        taken = False
    assert (document["type"] in map(tag, REQUESTS) and fits(document)) == taken


def test_the_table_of_requests_is_that_of_the_commands() -> None:
    rows = {name.strip("`"): cells for name, *cells in table(section("Reference: requests"), "request")}
    assert rows.keys() == {command.name for command in COMMANDS.values()}
    for command in COMMANDS.values():
        what, answered_by, needs, activity = rows[command.name]
        assert what == command.help
        assert quoted(answered_by) == {tag(reply) for reply in operations.REPLIES[command.request]}
        assert needs == ", ".join(["login"] * command.login + ["room"] * command.member)
        assert activity == ("yes" if command.activity else "no")


def test_the_table_of_errors_is_that_of_the_codes() -> None:
    rows = table(section("Error codes"), "code")
    assert [row[:3] for row in rows] == [
        [f"`{code}`", code.sentence, "yes" if code.retryable else "no"] for code in ErrorCode
    ]


def test_every_error_code_that_the_text_names_exists() -> None:
    named = {
        word
        for row in re.findall(r"[Rr]efused with (.+?)(?:\.\s|$)", DOCUMENT, re.DOTALL)
        for word in quoted(row)
    }
    assert named <= {*map(str, ErrorCode), *(tag(kind) for kind in REQUESTS)}


def test_the_limits_are_those_that_hold() -> None:
    rows = {name.strip("`"): number(value) for _, value, name in table(section("Limits"), "what")}
    assert rows == {name: value for name, value in vars(limits).items() if name.isupper()}


def test_the_default_settings_are_those_of_a_broker() -> None:
    _, _, second = section("Limits").partition("By default they are:")
    settings = Settings()
    assert {name.strip("`"): number(value) for _, value, name in table(second, "what")} == {
        "heartbeat": settings.heartbeat,
        "missed_heartbeats": MISSED_HEARTBEATS,
        "resume_seconds": settings.resume_seconds,
        "challenge_seconds": settings.challenge_seconds,
        "named_receipts": settings.named_receipts,
        "most_faults": settings.most_faults,
        "keep": DEFAULT_CAPACITY,
        "shortest_hold": SHORTEST_HOLD * 1_000,
        **{name: cap for name, cap in asdict(settings.caps).items() if name not in ("local", "peers")},
    }


def test_the_protocols_version_is_the_last_in_the_list_of_changes() -> None:
    assert [number for number, _ in table(section("Changes"), "protocol")][-1] == str(PROTOCOL)
    assert f"in version {PROTOCOL}." in DOCUMENT


def test_links_within_the_document_lead_to_sections() -> None:
    titles = HEADING.findall(FENCE.sub("", DOCUMENT))
    anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
    assert set(re.findall(r"\]\(#([^)]+)\)", DOCUMENT)) <= anchors
