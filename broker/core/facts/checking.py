"""Checks that a stored fact can be used: an export may have been changed, and a database put together."""

from __future__ import annotations

import re
from collections.abc import Iterator

from broker.core.facts.base import Fact
from broker.core.facts.collection import KINDS, decode_fact
from broker.core.facts.files import check_file_fact
from broker.core.facts.kinds import (
    ROLES,
    BoundKey,
    EndedTickets,
    GrantedRole,
    InviteUse,
    NewKey,
    PasswordHash,
    RevokedKey,
)
from broker.core.facts.moderation import (
    AuditRecord,
    Banned,
    Ignoring,
    Invitation,
    MissedNotice,
    Muted,
    OpenedRoom,
    Pins,
    Rank,
    RoomSettings,
)
from broker.core.facts.notices import ChosenKeywords, ChosenLevels, ChosenQuietHours
from broker.core.facts.unchanged import UnchangedRequests
from broker.core.store import StoreError
from messages.events import SystemKind
from messages.keys import key_to_bytes
from messages.limits import MAX_SEQ
from messages.moderation import Role
from messages.names import parse_room
from messages.notices import NoticeLevel, check_keyword, check_zone

_DIRECT = re.compile(r"@([1-9][0-9]{0,15})\|@([1-9][0-9]{0,15})")
_BANNED_BY = ("user", "name", "key", "address")
MISSED_KINDS = (SystemKind.INVITED, SystemKind.KICKED, SystemKind.BANNED, SystemKind.ROLE)
"""The kinds of notices that are kept for users who are away."""


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
        _check_entries(fact)
        check_file_fact(fact)
    except StoreError:
        raise ValueError(f"the {kind} {key} cannot be read by this version") from None
    except ValueError as error:
        raise ValueError(f"the {kind} {key} cannot be used: {error}") from None


def _users(fact: Fact) -> Iterator[int]:
    """Yield the ids of all users that a fact names."""
    if (user := getattr(fact, "user", None)) is not None:
        yield user
    match fact:
        case Ignoring():
            yield from fact.others
        case Banned(what="user"):
            yield int(fact.value)
        case NewKey():
            yield fact.users - 1
        case MissedNotice() if fact.by:
            yield fact.by
        case ChosenLevels():
            pairs = filter(None, map(_DIRECT.fullmatch, fact.levels))
            yield from (int(one) for pair in pairs for one in pair.groups())


def _numbers(fact: Fact) -> Iterator[int]:
    """Yield all numbers of a fact."""
    for name in fact.__struct_fields__:
        value = getattr(fact, name)
        if type(value) is int:
            yield value
    if isinstance(fact, EndedTickets):
        yield from (at for _, at in fact.families)


def _check_entries(fact: Fact) -> None:
    """Raise ValueError if a fact names entries that cannot be."""
    match fact:
        case Pins():
            pairs = (*fact.pinned, *fact.unpinned)
            possible = all(0 < seq < entry <= MAX_SEQ for seq, entry in pairs)
            _refuse_unless(possible, "a pin comes before its message")
        case UnchangedRequests():
            possible = all(0 < one.of <= one.entry <= MAX_SEQ for one in fact.requests)
            _refuse_unless(possible, "an entry comes before its message")
        case _:
            pass


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
            _check_place(fact.room)
        case MissedNotice():
            _check_notice(fact)
        case AuditRecord():
            _refuse_unless(fact.number >= 1, "its number is too low")
        case _:
            _check_notices(fact)


def _check_notices(fact: Fact) -> None:
    match fact:
        case ChosenLevels():
            _refuse_unless(bool(fact.levels), "it has no level")
            _refuse_unless(NoticeLevel.DEFAULT not in fact.levels.values(), "a default is not stored")
            for place in fact.levels:
                pair = _DIRECT.fullmatch(place)
                if pair is None:
                    _check_room(place)
                elif not (int(pair[1]) < int(pair[2]) and str(fact.user) in pair.groups()):
                    raise ValueError(f"{place} is not a conversation of the user")
        case ChosenKeywords():
            _refuse_unless(bool(fact.words), "it has no keyword")
            for word in fact.words:
                check_keyword(word)
        case ChosenQuietHours():
            _refuse_unless(bool(fact.spans), "it has no span")
            check_zone(fact.zone)


def _check_notice(notice: MissedNotice) -> None:
    _refuse_unless(notice.kind in MISSED_KINDS, f"nobody misses a notice of {notice.kind}")
    _refuse_unless(notice.role in ("", *Role), f"there is no role {notice.role}")
    _check_place(notice.room)


def _check_place(room: str) -> None:
    """Raise ValueError unless `room` is the id of a room, or empty for the whole chat."""
    if room:
        _check_room(room)


def _check_room(room: str) -> None:
    _refuse_unless(room == f"#{parse_room(room).key}", f"{room} is not the id of a room")


def _refuse_unless(holds: bool, sentence: str) -> None:
    if not holds:
        raise ValueError(sentence)
