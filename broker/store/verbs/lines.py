"""The lines of an export: their types, decoding and checks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from broker.core.entries import PLAIN, EntryKind, Form
from broker.store.versions.earlier_facts import renamed
from messages.fields import Count, check, check_id
from messages.files import check_file_name, check_hash, check_media_type
from messages.names import parse_address, parse_room
from messages.reactions import check_reaction
from messages.text import check_short_text, check_text

VERSION = 3
"""The version of the format that is written. Version 1 has other names for the audit log, see `renamed`.

Before version 3 all entries were messages.
"""

_READ = (1, 2, VERSION)

_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_FIELD = re.compile(r"(?:field |at )`(?:\$\.)?(\w+)`$")  # as the decoder names it


class Header(msgspec.Struct, frozen=True, tag="export"):
    """The first line."""

    version: Count
    epoch: str
    next_user: Count


class User(msgspec.Struct, frozen=True, tag="user"):
    """A known user; see `broker.core.store.StoredUser`."""

    id: Count
    name: str
    away: str | None
    seen: Count
    discreet: bool


class Room(msgspec.Struct, frozen=True, tag="room"):
    """A room."""

    id: str
    name: str
    topic: str


class Conversation(msgspec.Struct, frozen=True, tag="conversation", omit_defaults=True):
    """A conversation. Its entries from `first` to `head` are stored. `amended` is the last amendment."""

    id: str
    first: Count
    head: Count
    amended: Count = 0


class Member(msgspec.Struct, frozen=True, tag="member"):
    """A member and their cursors; see `broker.core.store.StoredMember`."""

    conversation: str
    user: Count
    delivered: Count
    joined: Count
    read: Count
    at: Count


class LastSent(msgspec.Struct, frozen=True, tag="last-sent"):
    """The seq of the last message that a member sent."""

    conversation: str
    user: Count
    seq: Count


class Fact(msgspec.Struct, frozen=True, tag="fact"):
    """A fact; see `broker.core.store.StoredFact`."""

    kind: str
    key: str
    value: msgspec.Raw


class Message(msgspec.Struct, frozen=True, tag="message", omit_defaults=True):
    """A message or an amendment; see `broker.core.store.StoredMessage`."""

    conversation: str
    seq: Count
    id: str
    user: Count
    sender: str
    text: str
    at: Count
    to: str
    of: Count = 0
    kind: EntryKind = EntryKind.MESSAGE
    form: Form = PLAIN


class Content(msgspec.Struct, frozen=True, tag="content"):
    """Bytes of a file's content, of which `offset` are before these. Those of one content are together."""

    hash: str
    offset: Count
    data: bytes


class End(msgspec.Struct, frozen=True, tag="end"):
    """The last line. If it is missing, the file is cut off."""


class _Version(msgspec.Struct, frozen=True):
    """The part of the first line that all versions have."""

    version: int = 0


Line = Header | User | Room | Fact | Conversation | Member | LastSent | Message | Content | End


def decoded(lines: Iterable[bytes]) -> Iterator[Line]:
    """Yield the decoded lines, those of earlier versions as this version has them.

    Raise ValueError with a sentence that names the first invalid line.
    """
    decode = msgspec.json.Decoder(Line).decode
    version = VERSION
    for number, line in enumerate(lines, 1):
        try:
            if number == 1:
                version = msgspec.json.decode(line, type=_Version).version
                _check_version(version)
            found = decode(line)
        except _UNREADABLE as error:
            raise ValueError(f"line {number} is not a line of an export: {_reason(error)}") from None
        try:
            _check(found)
        except ValueError as error:
            raise ValueError(f"line {number} is invalid: {error}") from None
        yield _renamed(found) if version == 1 and isinstance(found, Fact) else found


def _renamed(fact: Fact) -> Fact:
    """Return a fact of an export 1 with the names of this version."""
    kind, value = renamed(fact.kind, bytes(fact.value))
    return Fact(kind, fact.key, msgspec.Raw(value))


def _reason(error: Exception) -> str:
    """Return what is wrong with a line, without the decoder's own words."""
    field = _FIELD.search(str(error)) if isinstance(error, msgspec.ValidationError) else None
    return f"its field `{field[1]}` is missing or wrong" if field else "it is not a JSON object"


def _check_version(version: int) -> None:
    if version and version not in _READ:
        raise ValueError(f"this export has version {version}; this program reads the versions 1 to {VERSION}")


def _check(line: Line) -> None:
    """Raise ValueError if a name or text breaks the rules that hold for clients."""
    match line:
        case User():
            check("name", parse_address, line.name)
            check("away", check_short_text, line.away or "")
        case Room():
            if line.id != f"#{check('name', parse_room, line.name).key}":
                raise ValueError(f"{line.id} is not the id of {line.name}")
            check("topic", check_short_text, line.topic)
        case Message():
            check_id(line.id)
            check("sender", parse_address, line.sender)
            if line.text or not (line.kind or line.form.deleted):
                check("text", check_text, line.text)
            own = [line.form.reaction] if line.kind is EntryKind.REACTED else []
            _check_form(line.form, own)
            if line.to:
                check("to", parse_address, line.to)
        case Content():
            check("hash", check_hash, line.hash)
        case _:
            pass


def _check_form(form: Form, reactions: Sequence[str]) -> None:
    given = (one.reaction for one in form.reactions)
    for reaction in (*reactions, *given, *(one for one, _, _ in form.taken_back)):
        check("reaction", check_reaction, reaction)
    for _, name in form.mentions.users if form.mentions else ():
        check("mentions", parse_address, name)
    for file in form.files:
        check("files", check_file_name, file.name)
        check("files", check_hash, file.hash)
        check("files", check_media_type, file.media_type)
