"""The simplest model of a broker, with which the core is compared."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from messages.errors import ErrorCode

LOBBY = "#lobby"
Key = str | tuple[int, int]
"""A conversation: a room's name, or the pair of two users."""


class Said(NamedTuple):
    """One message of a log; its seq is its place."""

    user: int
    sender: str
    id: str
    text: str
    kind: str = ""
    of: int = 0
    edited: bool = False
    deleted: int = 0
    reactions: tuple[tuple[str, int, int], ...] = ()
    """Each with its user and entry."""
    mentions: tuple[tuple[int, str], ...] = ()
    """Each user with their name then."""
    everyone: bool = False

    def is_for(self, user: int) -> bool:
        return user != self.user and (self.everyone or user in dict(self.mentions))


class Outcome(NamedTuple):
    """The result of a request: a refusal, or the seq, the name or the members in the reply if it has them."""

    code: ErrorCode | None = None
    seq: int | None = None
    name: str | None = None
    members: list[str] | None = None


class Refused(Exception):
    """A request is refused with a code."""


_HANDLERS = {"members": "members_of"}


def called(text: str) -> list[str]:
    """Return the names behind an @, in order, each once."""
    return list(dict.fromkeys(name.casefold() for name in re.findall(r"@(\w+)", text)))


@dataclass
class PlainChat:
    """Users and rooms by name, logs as lists, sessions by token, connections by number."""

    users: dict[str, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    members: dict[Key, set[int]] = field(default_factory=lambda: {LOBBY: set()})
    logs: dict[Key, list[Said]] = field(default_factory=lambda: {LOBBY: []})
    cursors: dict[tuple[Key, int], tuple[int, int]] = field(default_factory=dict)
    """The positions of each member: delivered and read."""
    discreet: set[int] = field(default_factory=set)
    levels: dict[tuple[int, Key], str] = field(default_factory=dict)
    sent: dict[tuple[int, str], tuple[Key, str, object, int]] = field(default_factory=dict)
    pins: dict[Key, dict[int, int]] = field(default_factory=dict)
    """By message, the entry that pinned it."""
    sessions: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)
    bound: dict[int, str] = field(default_factory=dict)
    tokens: int = 0
    heard: dict[int, list[object]] = field(default_factory=dict)
    """What each connection gets in a batch: (conversation, seq, text), or its positions after lagging."""

    # What a test looks at

    def user_of(self, client: int) -> int | None:
        return self.sessions[self.bound[client]][0] if client in self.bound else None

    def positions(self, user: int) -> set[tuple[object, ...]]:
        """Return the positions: cursors, unread messages, those that mention the user, and the level."""
        return {self.position(user, key) for key, members in self.members.items() if user in members}

    def position(self, user: int, key: Key) -> tuple[object, ...]:
        log, cursors = self.logs[key], self.cursors[key, user]
        unread = sum(said.user != user and said.text != "" for said in log[cursors[1] :])
        mentioned = sum(said.is_for(user) for said in log[cursors[1] :])
        level = self.levels.get((user, key), "default")
        return self.seen_by(user, key), len(log), *cursors, unread, mentioned, level

    def restart(self) -> None:
        """Drop all connections and sessions, and nothing else."""
        for forgotten in (self.sessions, self.bound, self.heard):
            forgotten.clear()

    def seen_by(self, user: int, key: Key) -> str:
        if isinstance(key, str):
            return key
        return f"@{self.names[key[1] if key[0] == user else key[0]]}"

    # Requests

    def ask(self, client: int, lagging: set[int], command: str, *values: str | int | None) -> Outcome:
        """Carry out one request of a connection, for connections of which some lag."""
        handler: Callable[..., Outcome] = getattr(self, _HANDLERS.get(command, command.replace("-", "_")))
        try:
            if command == "login":
                return handler(client, *values)
            user = self.user_of(client)
            if user is None:
                raise Refused(ErrorCode.NOT_LOGGED_IN)
            if command in ("send", "amend"):
                return handler(client, user, lagging, *values)
            return handler(client, *values) if command == "logout" else handler(user, *values)
        except Refused as refused:
            return Outcome(code=refused.args[0])

    def login(self, client: int, name: str, token: str | None, identity: str | None) -> Outcome:
        if client in self.bound:
            raise Refused(ErrorCode.ALREADY_LOGGED_IN)
        if token in self.sessions and self.sessions[token][1] == identity:
            for other in [other for other, bound in self.bound.items() if bound == token]:
                del self.bound[other]
        else:
            user = self._bearer(name, identity)
            self.tokens += 1
            token = f"token-{self.tokens}"
            self.sessions[token] = (user, identity)
        self.bound[client] = token
        return Outcome(name=self.names[self.sessions[token][0]])

    def _bearer(self, name: str, identity: str | None) -> int:
        user = self._checked_bearer(name, identity)
        if user not in self.keys.values() and identity is not None:
            self.keys[identity] = user
        return user

    def _checked_bearer(self, name: str, identity: str | None) -> int:
        user = self.users.get(name.casefold())
        owner = self.keys.get(identity) if identity else None
        if owner is not None:
            if owner != user:
                raise Refused(ErrorCode.KEY_IN_USE)
            return owner
        if user in self.keys.values():
            raise Refused(ErrorCode.NAME_NOT_YOURS)
        if user is None:
            user = len(self.names) + 1
            self.users[name.casefold()], self.names[user] = user, name
            self._enter(LOBBY, user)
            return user
        theirs = [token for token, (owner, _) in self.sessions.items() if owner == user]
        if not any(token in theirs for token in self.bound.values()):
            for token in theirs:
                del self.sessions[token]
        else:
            raise Refused(ErrorCode.NAME_TAKEN)
        return user

    def logout(self, client: int) -> Outcome:
        del self.sessions[self.bound.pop(client)]
        return Outcome()

    def ping(self, _user: int) -> Outcome:
        return Outcome()

    def send(self, client: int, user: int, lagging: set[int], to: str, text: str, request: str) -> Outcome:
        if (user, request) in self.sent:  # which stays accepted, wherever and whoever all are now
            known, name, said, seq = self.sent[user, request]
            if (to.casefold() != name and not self._is(user, to, known)) or said != text:
                raise Refused(ErrorCode.ID_REUSED)
            return Outcome(seq=seq)
        key = self._resolve(user, to)
        if key not in self.logs:
            self.logs[key] = []
            for each in key:
                self._enter(key, int(each))
        found = called(text)
        members = self.members[key]
        met = [self.users[name] for name in found if self.users.get(name) in members - {user}]
        mentions = tuple((one, self.names[one]) for one in met)
        everyone = "all" in found and isinstance(key, str)
        said = Said(user, self.names[user], request, text, mentions=mentions, everyone=everyone)
        self.logs[key].append(said)
        seq = len(self.logs[key])
        self.sent[user, request] = (key, to.casefold(), text, seq)
        self._tell(client, lagging, key, seq, text)
        return Outcome(seq=seq)

    def _tell(self, client: int, lagging: set[int], key: Key, seq: int, *what: object) -> None:
        for other in self.bound:
            reader = self.user_of(other)
            if (
                reader is not None
                and other != client
                and reader in self.members[key]
                and other not in lagging
            ):
                self.heard.setdefault(other, []).append((self.seen_by(reader, key), seq, *what))

    def amend(
        self,
        client: int,
        user: int,
        lagging: set[int],
        kind: str,
        to: str,
        of: int,
        value: str,
        on: bool,
        request: str,
    ) -> Outcome:
        """Change what was said, and append that it was changed."""
        body = (kind, of, value, on)
        if (user, request) in self.sent:
            known, name, said, seq = self.sent[user, request]
            if (to.casefold() != name and not self._is(user, to, known)) or said != body:
                raise Refused(ErrorCode.ID_REUSED)
            return Outcome(seq=seq)
        key = self._resolve(user, to)
        log = self.logs.get(key, [])
        if not 0 < of <= len(log) or log[of - 1].kind:
            raise Refused(ErrorCode.NO_SUCH_MESSAGE)
        seq = len(log) + 1
        already = getattr(self, f"_{kind}")(key, log[of - 1], user, of, value, on, seq)
        if already:
            return Outcome(seq=already)
        log.append(Said(user, self.names[user], request, "", kind, of, reactions=((value, user, on),)))
        self.sent[user, request] = (key, to.casefold(), body, seq)
        self._tell(client, lagging, key, seq, kind, of, value, on)
        return Outcome(seq=seq)

    def _edited(self, key: Key, old: Said, user: int, of: int, value: str, _on: bool, _seq: int) -> int:
        if old.user != user:
            raise Refused(ErrorCode.NOT_YOURS)
        if old.deleted:
            raise Refused(ErrorCode.MESSAGE_DELETED)
        found, mentioned = called(value), dict(old.mentions)
        known = {name.casefold(): one for one, name in old.mentions}
        known |= {self.names[one].casefold(): one for one in mentioned}
        kept = {known[name] for name in found if name in known}
        self.logs[key][of - 1] = old._replace(
            text=value,
            edited=True,
            mentions=tuple(one for one in old.mentions if one[0] in kept),
            everyone=old.everyone and "all" in found,
        )
        return 0

    def _deleted(self, key: Key, old: Said, user: int, of: int, _value: str, _on: bool, seq: int) -> int:
        if old.user != user:
            raise Refused(ErrorCode.NOT_YOURS)
        if not old.deleted:
            self.pins.get(key, {}).pop(of, None)
            self.logs[key][of - 1] = old._replace(text="", edited=False, deleted=seq, reactions=())._replace(
                mentions=(), everyone=False
            )
        return old.deleted

    def _reacted(self, key: Key, old: Said, user: int, of: int, value: str, on: bool, seq: int) -> int:
        entry = next((entry for one, who, entry in old.reactions if (one, who) == (value, user)), 0)
        if bool(entry) is on:
            return entry or of
        if old.deleted:
            raise Refused(ErrorCode.MESSAGE_DELETED)
        kept = tuple(one for one in old.reactions if one[:2] != (value, user))
        self.logs[key][of - 1] = old._replace(reactions=(*kept, *([(value, user, seq)] if on else [])))
        return 0

    def _pinned(self, key: Key, old: Said, _user: int, of: int, _value: str, on: bool, seq: int) -> int:
        pins = self.pins.setdefault(key, {})
        if (of in pins) is on:
            return pins.get(of, of)
        if old.deleted:
            raise Refused(ErrorCode.MESSAGE_DELETED)
        if on:
            pins[of] = seq
        else:
            del pins[of]
        return 0

    def entry(self, key: Key, seq: int) -> tuple[object, ...]:
        """Return an entry as history shows it."""
        said = self.logs[key][seq - 1]
        if not said.kind:
            counted = {}
            for reaction, user, _ in said.reactions:
                counted.setdefault(reaction, []).append(self.names[user])
            start = seq, said.sender, said.id, said.text, said.edited, bool(said.deleted), counted
            return *start, [name for _, name in said.mentions], said.everyone
        value, _, on = said.reactions[0]
        text = self.logs[key][said.of - 1].text if said.kind == "edited" else value
        return seq, said.sender, said.id, said.kind, said.of, text, bool(on)

    def confirm(self, user: int, conversation: str, seq: int, read: int) -> Outcome:
        key = self._resolve(user, conversation)
        if seq > len(self.logs.get(key, ())):
            raise Refused(ErrorCode.SEQ_UNKNOWN)
        if key in self.logs:
            delivered, before = self.cursors[key, user]
            self.cursors[key, user] = max(seq, delivered), max(read, before)
        return Outcome()

    def read_receipts(self, user: int, on: bool) -> Outcome:
        (self.discreet.discard if on else self.discreet.add)(user)
        return Outcome()

    def notify(self, user: int, conversation: str, level: str) -> Outcome:
        self.levels[user, self._resolve(user, conversation)] = level
        return Outcome()

    def typing(self, user: int, conversation: str) -> Outcome:
        self._resolve(user, conversation)
        return Outcome()

    def members_of(self, user: int, room: str) -> Outcome:
        key = self._resolve(user, room)
        return Outcome(members=[self.names[one] for one in sorted(self.members[key])])

    def join(self, user: int, room: str) -> Outcome:
        self.logs.setdefault(room, [])
        if user not in self.members.setdefault(room, set()):
            self._enter(room, user)
        return Outcome(seq=len(self.logs[room]))

    def leave(self, user: int, room: str) -> Outcome:
        key = self._resolve(user, room)
        if room == LOBBY:
            raise Refused(ErrorCode.LOBBY_PROTECTED)
        self.members[key].remove(user)
        del self.cursors[key, user]
        return Outcome()

    def nick(self, user: int, name: str) -> Outcome:
        if self.users.get(name.casefold(), user) != user:
            raise Refused(ErrorCode.NAME_TAKEN)
        del self.users[self.names[user].casefold()]
        self.users[name.casefold()], self.names[user] = user, name
        return Outcome(name=name)

    def _enter(self, key: Key, user: int) -> None:
        self.members.setdefault(key, set()).add(user)
        self.cursors[key, user] = len(self.logs[key]), len(self.logs[key])

    def _resolve(self, user: int, name: str) -> Key:
        key = self._named(user, name)
        if key in self.members and user not in self.members[key]:
            raise Refused(ErrorCode.NOT_IN_ROOM)
        return key

    def _is(self, user: int, name: str, key: Key) -> bool:
        try:
            return self._named(user, name) == key
        except Refused:
            return False

    def _named(self, user: int, name: str) -> Key:
        if name.startswith("#"):
            if name not in self.logs:
                raise Refused(ErrorCode.NO_SUCH_ROOM)
            return name
        other = self.users.get(name[1:].casefold())
        if other is None:
            raise Refused(ErrorCode.NO_SUCH_USER)
        if other == user:
            raise Refused(ErrorCode.TO_YOURSELF)
        return min(user, other), max(user, other)
