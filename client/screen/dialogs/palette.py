"""The palette: commands, conversations, members, and functions of keys, found by some letters."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from client.commands.help import grouped
from client.commands.registry import SlashCommand
from client.commands.table import COMMANDS
from client.screen.dialogs.people import (
    PERSON_DEEDS,
    Person,
    PersonDeed,
    ask_deed,
    ask_person,
    member_words,
    room_of,
)
from client.screen.hosts.asking import AskingHost
from client.screen.keys import ScreenKey
from client.screen.sheets.chooser import Choice
from messages.moderation import Role

_MOST_RECENT = 8


class Entry(NamedTuple):
    """What a choice stands for: a kind and a name, and what is done with it."""

    kind: str
    name: str
    run: Callable[[], None]


class Palette:
    """Shows all that can be done, what was chosen last first. `press` does what a key does."""

    def __init__(self, host: AskingHost, press: Callable[[ScreenKey], None]) -> None:
        self._host = host
        self._press = press
        self._recent: deque[tuple[str, str]] = deque(maxlen=_MOST_RECENT)

    def open(self) -> None:
        """Let the person choose."""
        host = self._host
        host.state.look_at_members()
        known = host.state.members.of(room_of(host))
        choices = self.choices()

        def offer() -> list[Choice]:
            """Return the same choices until the list of members has changed, as it may come just now."""
            nonlocal known, choices
            if (now := host.state.members.of(room_of(host))) != known:
                known, choices = now, self.choices()
            return choices

        host.choose("Find: ", "Commands, conversations, members, keys", offer, self._run)

    def choices(self) -> list[Choice]:
        """Return all choices: those that were chosen last first."""
        found = [
            *self._conversations(),
            *self._commands(),
            *self._moderation(),
            *self._members(),
            *self._keys(),
        ]
        by_name = {_key(one): one for one in found}
        recent = [by_name[name] for name in reversed(self._recent) if name in by_name]
        return [*recent, *(one for one in found if _key(one) not in self._recent)]

    def _run(self, choice: Choice) -> None:
        if isinstance(entry := choice.value, Entry):
            key = entry.kind, entry.name
            if key in self._recent:
                self._recent.remove(key)
            self._recent.append(key)
            entry.run()

    def _conversations(self) -> list[Choice]:
        go = self._host.go
        return [
            place._replace(value=Entry("place", place.name, partial(go, place.name)))
            for place in self._host.places()
        ]

    def _commands(self) -> list[Choice]:
        commands = [command for listed in grouped(COMMANDS).values() for command in listed]
        return [self._command(command) for command in commands]

    def _command(self, command: SlashCommand) -> Choice:
        name, *aliases = command.names
        arguments = command.usage.removeprefix(name).strip()
        also = f"(also {' '.join(aliases)})" if aliases else ""
        beside = "  ".join(filter(None, (arguments, command.help, also)))
        return Choice(name, beside, Entry("command", name, partial(self._begin, command)))

    def _begin(self, command: SlashCommand) -> None:
        name = command.names[0]
        if not name.startswith("/"):  # a short form, such as s/old/new/
            self._host.begin_line(name[:2])
        elif needs_arguments(command):
            self._host.begin_line(f"{name} ")
        else:
            self._host.run(name)

    def _moderation(self) -> list[Choice]:
        """Return what can be done with a member whom the person chooses then, if they have a role here."""
        members = self._host.state.members.of(room_of(self._host))
        own = next((one.role for one in members if one.name == self._host.session.name), Role.MEMBER)
        if own is Role.MEMBER:
            return []
        return [
            Choice(
                f"{deed.name} …",
                f"a member: {deed.help}",
                Entry("deed", deed.name, partial(self._whom, deed)),
            )
            for deed in PERSON_DEEDS
            if deed.moderates or (deed.needs is Role.OPERATOR and own is Role.OPERATOR)
        ]

    def _whom(self, deed: PersonDeed) -> None:
        ask_person(self._host, lambda name: deed.run(Person(self._host, name)))

    def _members(self) -> list[Choice]:
        room = room_of(self._host)
        return [
            Choice(
                one.name,
                f"in {room}: {member_words(one)}",
                Entry("member", one.name, partial(ask_deed, self._host, one.name)),
            )
            for one in self._host.state.members.of(room)
        ]

    def _keys(self) -> list[Choice]:
        return [
            Choice(key.name or key.key.value, key.help, Entry("key", key.name, partial(self._press, key.key)))
            for key in self._host.keys
        ]


def needs_arguments(command: SlashCommand) -> bool:
    """Whether a command cannot be run by its name alone, as its usage says."""
    usage = command.usage
    while (shorter := re.sub(r"\[[^\[\]]*\]", "", usage)) != usage:
        usage = shorter
    return len(usage.split()) > 1


def _key(choice: Choice) -> tuple[str, str]:
    return (choice.value.kind, choice.value.name) if isinstance(choice.value, Entry) else ("", choice.name)
