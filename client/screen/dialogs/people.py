"""What can be done with a person: talking to them, looking at them, and moderation with a reason."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from client.commands.moderation import ban_question
from client.screen.hosts.asking import AskingHost
from client.screen.sheets.chooser import Choice
from client.when import duration_text, parse_duration
from messages.base import Request
from messages.limits import MAX_SANCTION_SECONDS
from messages.members import MemberEntry
from messages.moderation import Ban, Kick, Mute, Role
from messages.names import LOBBY

_RANKS = {Role.MEMBER: 0, Role.MODERATOR: 1, Role.OPERATOR: 2}
_DURATIONS = {"10m": 600, "1h": 3_600, "1d": 86_400, "7d": 604_800, "for ever": None}
_DURATION = "write a duration as 10m, 1h30m or 7d, at most 3650d"


class Person:
    """A user, and the room in which the person looks at them."""

    def __init__(self, host: AskingHost, name: str) -> None:
        self.host = host
        self.name = name
        self.room = room_of(host)

    @property
    def _scope(self) -> str | None:
        """The room from which they can be removed; None is the whole chat, as nobody can leave the lobby."""
        return None if self.room == LOBBY else self.room

    @property
    def _where(self) -> str:
        return self._scope or "the whole chat"

    def run(self, command: str) -> None:
        """Run a command with the name."""
        self.host.run(f"{command} {self.name}")

    def kick(self) -> None:
        """Remove them, with a reason, after a question."""

        def reasoned(reason: str) -> None:
            question = f"Kick {self.name} from {self._where}{f' ({reason})' if reason else ''}?"
            self._surely(question, Kick, name=self.name, room=self._scope, reason=reason)

        self._ask_reason(f"Kick {self.name} from {self._where}", reasoned)

    def ban(self) -> None:
        """Keep them out, for a time and with a reason, after a question."""

        def reasoned(seconds: int | None, reason: str) -> None:
            question = ban_question(self.name, self._scope, seconds, reason)
            self._surely(question, Ban, name=self.name, room=self._scope, seconds=seconds, reason=reason)

        title = f"Ban {self.name} from {self._where}"
        self._ask_duration(title, lambda seconds: self._ask_reason(title, partial(reasoned, seconds)))

    def mute(self) -> None:
        """Keep them from speaking, for a time and with a reason, after a question."""

        def reasoned(seconds: int | None, reason: str) -> None:
            time = f"for {duration_text(seconds)}" if seconds else "for ever"
            question = f"Mute {self.name} in {self.room} {time}{f' ({reason})' if reason else ''}?"
            self._surely(question, Mute, name=self.name, room=self.room, seconds=seconds, reason=reason)

        title = f"Mute {self.name} in {self.room}"
        self._ask_duration(title, lambda seconds: self._ask_reason(title, partial(reasoned, seconds)))

    def give(self, role: Role) -> None:
        """Give or take a role, after a question."""
        if role is Role.MEMBER:
            question, line = (
                f"Take the role of {self.name} in {self.room} away?",
                f"/deop {self.room} {self.name}",
            )
        else:
            question = f"Make {self.name} {role} of {self.room}?"
            line = f"/op {self.room} {self.name}{' moderator' if role is Role.MODERATOR else ''}"
        self.host.confirm(question, lambda: self.host.run(line))

    def _ask_duration(self, title: str, then: Callable[[int | None], None]) -> None:
        self.host.choose(
            "For how long: ",
            title,
            [Choice(name, value=seconds) for name, seconds in _DURATIONS.items()],
            lambda choice: then(_seconds(choice)),
            other=_duration,
        )

    def _ask_reason(self, title: str, then: Callable[[str], None]) -> None:
        self.host.ask(
            "Reason: ", title, ["The reason is shown to everybody there. It can be left out."], then
        )

    def _surely(self, question: str, kind: type[Request], **fields: object) -> None:
        kind("check", **fields)
        self.host.confirm(question, lambda: self.host.session.ask(kind, **fields))


def _duration(text: str) -> Choice | None:
    seconds = parse_duration(text.replace(" ", ""))
    if seconds is None:
        return None
    if not 1 <= seconds <= MAX_SANCTION_SECONDS:
        raise ValueError(_DURATION)
    return Choice(text, value=seconds)


def _seconds(choice: Choice) -> int | None:
    return choice.value if isinstance(choice.value, int) else None


class PersonDeed(NamedTuple):
    """What can be done with a person; if it `moderates`, by somebody with a higher role in the room."""

    name: str
    help: str
    run: Callable[[Person], None]
    moderates: bool = False
    needs: Role = Role.MEMBER


PERSON_DEEDS = (
    PersonDeed("message", "open the direct conversation", lambda one: one.run("/query")),
    PersonDeed("mention", "put the name into what you type", lambda one: one.host.mention(one.name)),
    PersonDeed("whois", "who they are, and their keys", lambda one: one.run("/whois")),
    PersonDeed("invite", "invite them into this room", lambda one: one.run("/invite")),
    PersonDeed("ignore", "hide what they say", lambda one: one.run("/ignore")),
    PersonDeed("unignore", "show what they say again", lambda one: one.run("/unignore")),
    PersonDeed("kick", "remove them, with a reason", Person.kick, moderates=True),
    PersonDeed("mute", "keep them from speaking, for a time", Person.mute, moderates=True),
    PersonDeed("unmute", "let them speak again", lambda one: one.run("/unmute"), moderates=True),
    PersonDeed("ban", "keep them out, for a time", Person.ban, moderates=True),
    PersonDeed("make moderator", "of this room", lambda one: one.give(Role.MODERATOR), needs=Role.OPERATOR),
    PersonDeed("make operator", "of this room", lambda one: one.give(Role.OPERATOR), needs=Role.OPERATOR),
    PersonDeed("make member", "take the role away", lambda one: one.give(Role.MEMBER), needs=Role.OPERATOR),
)
"""What can be done with a person."""


def room_of(host: AskingHost) -> str:
    """Return the room whose members are meant: the lobby in a direct conversation."""
    return host.state.here if host.state.here.startswith("#") else LOBBY


def deeds_with(host: AskingHost, name: str) -> list[PersonDeed]:
    """Return what the person can do with another, by the roles of both in the room."""
    roles = {one.name: one.role for one in host.state.members.of(room_of(host))}
    own, theirs = roles.get(host.session.name, Role.MEMBER), roles.get(name, Role.MEMBER)
    above = own is Role.OPERATOR or _RANKS[own] > _RANKS[theirs]
    found = [one for one in PERSON_DEEDS if (above or not one.moderates) and _RANKS[own] >= _RANKS[one.needs]]
    if name in roles and room_of(host) == host.state.here:
        found = [one for one in found if one.name != "invite"]
    return found if name != host.session.name else [one for one in found if one.name == "whois"]


def ask_deed(host: AskingHost, name: str) -> None:
    """Let the person choose what to do with another."""
    by_name = {one.name: one for one in deeds_with(host, name)}
    choices = [Choice(one.name, one.help) for one in by_name.values()]
    host.choose("Do: ", name, choices, lambda choice: by_name[choice.name].run(Person(host, name)))


def member_choices(host: AskingHost) -> list[Choice]:
    """Return the members of the room, in the order of the list."""
    return [Choice(one.name, member_words(one)) for one in host.state.members.of(room_of(host))]


def member_words(member: MemberEntry) -> str:
    """Return the role of a member, and whether they are here."""
    role = "" if member.role is Role.MEMBER else str(member.role)
    here = "here" if member.online else "not here"
    away = "" if member.away is None else f"away: {member.away}" if member.away else "away"
    return ", ".join(filter(None, (role, away if member.online and away else here)))


def ask_person(host: AskingHost, then: Callable[[str], None] | None = None) -> None:
    """Let the person choose a member of the room, and what to do with them, or call `then` with the name."""
    host.state.look_at_members()
    if host.state.here.startswith("@") and then is None:
        ask_deed(host, host.state.here[1:])
        return
    do = then or partial(ask_deed, host)
    host.choose(
        "Who: ", f"Members of {room_of(host)}", partial(member_choices, host), lambda one: do(one.name)
    )
