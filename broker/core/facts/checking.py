"""Checks that a stored fact can be used: an export may have been changed, and a database put together."""

from __future__ import annotations

from collections.abc import Iterator

from broker.core.facts.base import Fact
from broker.core.facts.collection import KINDS, decode_fact
from broker.core.facts.files import Attached, Uploading, check_file_fact
from broker.core.facts.kinds import (
    ROLES,
    BoundKey,
    GrantedRole,
    InviteUse,
    NewKey,
    PasswordHash,
    RevokedKey,
    Unannounced,
)
from broker.core.facts.moderation import (
    AuditRecord,
    Banned,
    Ignoring,
    Invitation,
    Muted,
    OpenedRoom,
    Pins,
    Rank,
    RoomSettings,
)
from broker.core.store import StoreError
from messages.keys import key_to_bytes
from messages.limits import MAX_SEQ
from messages.moderation import Role
from messages.names import parse_room

_BANNED_BY = ("user", "name", "key", "address")


def check_fact(kind: str, key: str, value: bytes, next_user: int) -> None:
    """Raise ValueError if a fact cannot be used. Kinds that a later version has written are not checked.

    `next_user` is the id that the next new user will get: all users that facts name have lower ones.
    """
    if kind not in KINDS:
        return
    try:
        fact = decode_fact(kind, value)
        if fact.key != key:
            raise ValueError("its key is another one")
        for user in _users(fact):
            if not 1 <= user < next_user:
                raise ValueError(f"there was no user {user}")
        for number in _numbers(fact):
            if not 0 <= number <= MAX_SEQ:
                raise ValueError(f"{number} is no such number")
        _check_words(fact)
        check_file_fact(fact)
        if isinstance(fact, Pins) and not all(0 < seq < entry <= MAX_SEQ for seq, entry in fact.pinned):
            raise ValueError("a pin comes before its message")
    except StoreError:
        raise ValueError(f"the {kind} {key} cannot be read by this version") from None
    except ValueError as error:
        raise ValueError(f"the {kind} {key} cannot be used: {error}") from None


def _users(fact: Fact) -> Iterator[int]:
    """Yield the ids of all users that a fact names."""
    match fact:
        case Ignoring():
            yield fact.user
            yield from fact.others
        case Banned(what="user"):
            yield int(fact.value)
        case NewKey():
            yield fact.user
            yield fact.users - 1
        case BoundKey() | RevokedKey() | GrantedRole() | PasswordHash() | Unannounced():
            yield fact.user
        case Rank() | OpenedRoom() | Invitation() | Muted() | Uploading() | Attached():
            yield fact.user


def _numbers(fact: Fact) -> Iterator[int]:
    """Yield all numbers of a fact."""
    for name in fact.__struct_fields__:
        value = getattr(fact, name)
        if type(value) is int:
            yield value


def _check_words(fact: Fact) -> None:
    """Raise ValueError if a word of a fact is none that the broker knows."""
    match fact:
        case BoundKey() | RevokedKey():
            key_to_bytes(fact.identity)
        case InviteUse():
            bytes.fromhex(fact.nonce)
        case PasswordHash():
            _refuse_unless(fact.encoded.startswith("$argon2id$"), "it is not a password's hash")
        case GrantedRole():
            _refuse_unless(fact.role in ROLES, f"there is no role {fact.role}")
        case Rank():
            _refuse_unless(fact.role in list(Role), f"there is no role {fact.role}")
            _check_room(fact.room)
        case Invitation() | Muted() | RoomSettings() | OpenedRoom():
            _check_room(fact.room)
        case Banned():
            _refuse_unless(fact.what in _BANNED_BY, f"nobody is banned by {fact.what}")
            if fact.room:
                _check_room(fact.room)
        case AuditRecord():
            _refuse_unless(fact.number >= 1, "its number is too low")


def _check_room(room: str) -> None:
    _refuse_unless(room == f"#{parse_room(room).key}", f"{room} is not the id of a room")


def _refuse_unless(holds: bool, sentence: str) -> None:
    if not holds:
        raise ValueError(sentence)
