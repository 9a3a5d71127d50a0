"""Completion of the word being typed: commands, their arguments by kind, conversations and names."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice

from client.commands.help import GROUPS
from client.commands.registry import ScreenCommand, SlashCommand
from client.commands.table import COMMANDS
from client.core.lookups import PeopleLookup, RoomsLookup
from client.core.session import Session, SessionState
from client.files.paths import complete_path
from client.shorthand.shortcodes import emoji_beginning
from messages.game import Hand

_OPTIONAL = {"#ROOM", "CONVERSATION"}
_FREE = {"TEXT", "REASON", "WORDS"}
_ROOMS = {"ROOM", "#ROOM", "CONVERSATION"}
_PEOPLE = {"NAME", "TARGET", "CONVERSATION"}
_FILTER = re.compile(r"(?:from:|in:)", re.IGNORECASE)
_LITERALS = re.compile(r"[a-z0-9|]+")
_SHORTCODE = re.compile(r"([+-]?)(:[^\s:]+:?)")
_LEAST_SHORTCODE = 3


Clock = Callable[[], float]


def complete(
    session: Session,
    text: str,
    cursor: int,
    clock: Clock = time.monotonic,
    on_screen: Mapping[str, ScreenCommand] | None = None,
) -> list[str]:
    """Return the candidates, in order, for the word of `text` that ends at the index `cursor`.

    If there are none, ask the broker quietly, so that there may be some the next time. `on_screen` are the
    commands that only the full screen has.
    """
    first, blank, rest = text[:cursor].partition(" ")
    if blank and on_screen and first.lower() in on_screen:
        before, word = _parted(rest.lstrip(), len(rest.lstrip()))
        return _beginning(word, on_screen[first.lower()].words(before))
    if (path := _path(text[:cursor])) is not None:
        return complete_path(path)
    found = _candidates(session, *_parted(text, cursor))
    if not found:
        foresee(session, text, cursor, clock, missed=True)
    return found


def complete_unasked(
    session: Session, text: str, cursor: int, on_screen: Mapping[str, ScreenCommand]
) -> list[str]:
    """Return the candidates for a word that can be offered without being asked for.

    The word is a command, an argument of one, or begins with `#` or `@`, or is a shortcode of two letters or
    more. There are no paths, as a disk can be slow, and the broker is asked nothing.
    """
    before, word = _parted(text, cursor)
    first = before.partition(" ")[0].lower()
    if _path(text[:cursor]) is not None:
        return []
    if before and first in on_screen:
        return complete(session, text, cursor, on_screen=on_screen)
    begun = _SHORTCODE.fullmatch(word)
    wanted = word[:1] in ("#", "@") or (word.startswith("/") and not before) or _expected(before, word)
    if (begun and len(begun[2]) >= _LEAST_SHORTCODE) or (wanted and not begun):
        return _candidates(session, before, word)
    return []


def foresee(
    session: Session, text: str, cursor: int, clock: Clock = time.monotonic, *, missed: bool = False
) -> None:
    """Ask the broker quietly for what completion of this word would need, at most once a minute."""
    before, word = _parted(text, cursor)
    if session.state is not SessionState.READY:
        return
    expected = _expected(before, word) or []
    kinds = {*expected[: 2 if expected and expected[0] in _OPTIONAL else 1]}
    if kinds & _ROOMS or "#" in word:
        session.look_up(RoomsLookup, clock(), missed=missed)
    if kinds & _PEOPLE or word.startswith("@"):
        session.look_up(PeopleLookup, clock(), missed=missed)


def _candidates(session: Session, before: str, word: str) -> list[str]:
    if word.startswith("/") and not before:
        named = _beginning(word, (name + " " for name in COMMANDS.table))
        return sorted(named, key=lambda name: COMMANDS.table[name[:-1]].names[0] != name[:-1])
    if begun := _SHORTCODE.fullmatch(word):
        return [begun[1] + emoji for emoji in emoji_beginning(begun[2])]
    kinds = _expected(before, word)
    if kinds is None or word[:1] in ("#", "@"):
        return _in_text(session, word, " " if before else ": ", room_mark=_mark(kinds))
    found = (_of_kind(session, kind, word, _mark(kinds[at:])) for at, kind in enumerate(kinds[:2]))
    return sorted(set(chain.from_iterable(found if kinds and kinds[0] in _OPTIONAL else islice(found, 1))))


def _path(text: str) -> str | None:
    """Return what stands behind a command that begins with a path; None if there is no such command."""
    first, blank, rest = text.partition(" ")
    command = COMMANDS.table.get(first.lower())
    return rest if blank and command and _kinds(command)[:1] == ["PATH"] else None


def _parted(text: str, cursor: int) -> tuple[str, str]:
    """Return what stands before the word, and the word up to the cursor."""
    word = re.split(r"\s", text[:cursor])[-1]
    return text[: cursor - len(word)], word


def _expected(before: str, word: str) -> list[str] | None:
    """Return the kinds of this argument of a command and of those that can follow; None for a text."""
    first, *arguments = before.split() or [""]
    command = COMMANDS.table.get(first.lower())
    if command is None or not before[:1].strip():
        return None
    kinds = _kinds(command)
    for argument in arguments:
        while kinds and kinds[0] in _OPTIONAL and not _is_room(kinds[0], argument):
            kinds.pop(0)
        if kinds and kinds[0] not in _FREE:
            kinds.pop(0)
    is_text = kinds and kinds[0] in _FREE and not _FILTER.match(word)
    return None if is_text else kinds


def _kinds(command: SlashCommand) -> list[str]:
    """Return the words of a usage behind the command."""
    return re.findall(r"[^\s\[\]]+", command.usage)[1:]


def _is_room(kind: str, argument: str) -> bool:
    if kind == "CONVERSATION":
        return not argument.isdecimal() and argument.lower() != "since"
    return argument.startswith("#") or argument == "*"


def _mark(kinds: list[str] | None) -> str:
    """Return what follows an argument of the first kind: a blank if there can be another argument."""
    return " " if kinds and len(kinds) > 1 else ""


def _in_text(session: Session, word: str, mark: str, *, room_mark: str) -> list[str]:
    """Return conversations for a word that begins with a mark, else names."""
    if word.startswith("#"):
        return _beginning(word, (room + room_mark for room in _rooms(session)))
    if word.startswith("@"):
        directs = {name for name in session.conversations if name.startswith("@")}
        people = directs | {f"@{name}" for name in session.people}
        return _beginning(word, (person + (room_mark or mark.strip(":")) for person in people))
    found = _beginning(word, (name + mark for name in session.people))
    return [f"@{name}" for name in found] if session.finds_mentions else found


def _of_kind(session: Session, kind: str, word: str, mark: str) -> Iterator[str]:
    if _FILTER.match(word):
        filter_, _, value = word.partition(":")
        values = session.people if filter_.lower() == "from" else _rooms(session)
        yield from (f"{filter_}:{found} " for found in _beginning(value, values))
    if kind in ("ROOM", "CONVERSATION"):
        yield from (room + mark for room in _beginning(f"#{word}", _rooms(session)))
    if kind in _PEOPLE:
        yield from (name + mark for name in _beginning(word, session.people))
    for part in kind.split("|"):
        yield from (found + mark for found in _beginning(word, _words(part, word)))


def _words(kind: str, word: str) -> Iterable[str]:
    if kind == "COMMAND":
        names = [name for name in COMMANDS.table if name.startswith("/")]
        return names if word.startswith("/") else (name[1:] for name in names)
    if kind == "GROUP":
        return (heading.lower() for heading in GROUPS)
    if kind == "HAND":
        return list(Hand)
    if kind == "TIME":
        return ("today", "yesterday")
    return (kind,) if _LITERALS.fullmatch(kind) else ()


def _rooms(session: Session) -> set[str]:
    """Return the rooms that the user is in, and those that the broker has named."""
    return {name for name in session.conversations if name.startswith("#")} | {*session.known_rooms}


def _beginning(word: str, candidates: Iterable[str]) -> list[str]:
    return sorted(found for found in candidates if found.lower().startswith(word.lower()))
