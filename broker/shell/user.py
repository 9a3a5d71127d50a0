"""The verb `user`: showing one user, exporting what they have said, and removing them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from broker.core.access.guests import is_guest
from broker.core.facts.base import Fact
from broker.core.facts.files import Uploading
from broker.core.facts.kinds import EndedTickets, Guest, NewKey, PasswordHash, RevokedKey
from broker.core.facts.moderation import AuditRecord, Banned, Ignoring, Invitation, Muted, OpenedRoom, Rank
from broker.core.facts.notices import ChosenKeywords, ChosenLevels, ChosenQuietHours
from broker.core.facts.unchanged import UnchangedRequests
from broker.core.memory.model import Conversation, Direct, Room, User
from broker.core.memory.state import State
from broker.shell.errors import RefusedError
from broker.shell.listing import describe, roles_of
from broker.shell.output import shown_time, write_json, write_line
from broker.shell.shell import Shell, confirm
from broker.store.files.naming import new_file
from broker.store.verbs.looking import count_sent, sent
from messages.admin import Forget, Forgotten
from messages.keys import fingerprint
from messages.names import parse_address
from messages.text import counted, neutralise

_OfOneUser = (
    RevokedKey
    | NewKey
    | PasswordHash
    | Guest
    | EndedTickets
    | Rank
    | OpenedRoom
    | Invitation
    | Muted
    | Ignoring
    | UnchangedRequests
    | ChosenLevels
    | ChosenKeywords
    | ChosenQuietHours
    | Uploading
)
"""A fact about one user, besides those that the user's own line has."""


def show(shell: Shell, name: str) -> None:
    """Show what is stored about a user."""
    state = shell.state()
    user = _find(state, name)
    found = _described(shell, state, user)
    if shell.as_json:
        write_json([found])
        return
    keys = [
        f"{key['fingerprint']}, since {shown_time(key['since'])}, last used {shown_time(key['seen'])}"
        for key in found["keys"]
    ]
    lines = {
        "name": [user.name],
        "number": [str(user.id)],
        "last seen": [shown_time(user.seen)],
        "away": [user.away or "-"],
        "keys": keys or ["-"],
        "password": ["yes" if found["password"] else "no"],
        **({"guest": ["yes"]} if found["guest"] else {}),
        "roles": [roles_of(found)],
        "rooms": [", ".join(found["rooms"]) or "-"],
        "direct": [", ".join(found["direct"]) or "-"],
        "messages": [f"{found['messages']:,}"],
        "banned": ["yes" if found["banned"] else "no"],
    }
    for head, texts in lines.items():
        for text in texts:
            write_line(neutralise(f"{head:<10} {text}"))
            head = ""  # noqa: PLW2901 - further lines have none


def _described(shell: Shell, state: State, user: User) -> dict[str, Any]:
    found = describe(state, user)
    found["direct"] = sorted(c.seen_by(user) for c in user.conversations.values() if isinstance(c, Direct))
    found["password"] = state.facts.get(PasswordHash, str(user.id)) is not None
    found["guest"] = is_guest(state, user)
    found["read_receipts"] = not user.discreet
    found["messages"] = count_sent(shell.directory, user.id)
    return found


def _find(state: State, name: str) -> User:
    try:
        user = state.users.get(parse_address(name).key)
    except ValueError:
        user = None
    if user is None:
        raise RefusedError(f"no user has the name {neutralise(name)}; chat-broker users lists them")
    return user


def export(shell: Shell, name: str, file: Path) -> None:
    """Write all that a user has said, and what is stored about them, as JSON Lines."""
    state = shell.state()
    user = _find(state, name)
    if str(file) == "-":
        write_json(_exported(shell, state, user))
        return
    with new_file(file) as lines:
        count = _write(lines, _exported(shell, state, user))
    shell.say(f"{counted(count, 'line')} about {user.name} written to {file}", lines=count, file=str(file))


def _write(file: BinaryIO, objects: Iterator[dict[str, Any]]) -> int:
    count = 0
    for one in objects:
        file.write(msgspec.json.encode(one) + b"\n")
        count += 1
    return count


def _exported(shell: Shell, state: State, user: User) -> Iterator[dict[str, Any]]:
    """Yield the user, memberships, facts and messages, each with a `type`."""
    yield {"type": "user", **_described(shell, state, user)}
    for conversation in user.conversations.values():
        member = conversation.members[user]
        yield {"type": "member", "conversation": conversation.seen_by(user), **member._asdict()}
    for fact in _facts(state, user):
        fields = msgspec.to_builtins(fact)
        for secret in ("encoded", "mark"):  # the hash of a password, and what a guest's tickets stand for
            fields.pop(secret, None)
        yield {"type": "audit" if isinstance(fact, AuditRecord) else fact.KIND, **fields}
    for message in sent(shell.directory, user.id):
        place = state.conversations.get(message.conversation)
        files = [{"name": one.name, "size": one.size, "hash": one.hash} for one in message.form.files]
        yield {
            "type": "message",
            "conversation": _shown(place, user) if place else message.conversation,
            "seq": message.seq,
            "id": message.id,
            "sender": message.sender,
            "at": message.at,
            "text": message.text,
            **({"files": files} if files else {}),
        }


def _shown(place: Conversation, user: User) -> str:
    return place.name if isinstance(place, Room) else place.seen_by(user)


def _facts(state: State, user: User) -> Iterator[Fact]:
    """Yield the facts about a user. Entries of the audit log are found by the user's present name."""
    facts = state.facts
    theirs: tuple[Iterable[_OfOneUser], ...] = (
        facts.of(RevokedKey).values(),
        facts.of(NewKey).values(),
        facts.of(PasswordHash).values(),
        facts.of(Guest).values(),
        facts.of(EndedTickets).values(),
        facts.of(Rank).values(),
        facts.of(OpenedRoom).values(),
        facts.of(Invitation).values(),
        facts.of(Muted).values(),
        facts.of(Ignoring).values(),
        facts.of(UnchangedRequests).values(),
        facts.of(ChosenLevels).values(),
        facts.of(ChosenKeywords).values(),
        facts.of(ChosenQuietHours).values(),
        facts.of(Uploading).values(),
    )
    yield from (fact for fact in chain.from_iterable(theirs) if fact.user == user.id)
    targets = {("user", str(user.id)), ("name", user.key), *(("key", fingerprint(key)) for key in user.keys)}
    yield from (ban for ban in facts.of(Banned).values() if (ban.what, ban.value) in targets)
    for record in state.facts.of(AuditRecord).values():
        if user.name in (record.by, record.target):
            yield record


def forget(shell: Shell, name: str, *, messages: bool, yes: bool) -> None:
    """Remove a user from the running broker, with their texts if `messages` is true."""
    if not yes:
        _find(shell.state(), name)  # before the question
    what = "keys, direct conversations and all messages" if messages else "keys and direct conversations"
    confirm(f"Remove {name} with {what}?", yes=yes)
    removed = 0
    with shell.channel() as channel:
        while True:
            reply = channel.ask(Forget, name, messages=messages)
            assert isinstance(reply, Forgotten)  # noqa: S101 - the channel has no other reply to this
            removed += reply.messages
            if reply.done:
                break
    done = f"{name} is removed"
    if messages:
        done += f", and {counted(removed, 'message')}; backups, exports and logs may still hold them"
    shell.say(done, name=name, messages=removed)
