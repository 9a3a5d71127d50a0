"""The kinds of settings: what values there are, and how they are typed, read from TOML and shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from client.screen.settings.key_names import EXAMPLES, sequences_of

Value = TypeVar("Value")
Simple = str | bool | int | tuple[str, ...]
"""A value of any setting."""


@dataclass(frozen=True, slots=True)
class Setting(Generic[Value]):
    """One setting.

    `parse` and `read` return the value of a typed text, and of a value in a TOML file; they raise ValueError
    with advice. If it `is_option`, it is also an option of the command, and the command checks the file.
    """

    name: str
    help: str
    values: str
    """The possible values, for people."""
    default: Value
    words: tuple[str, ...]
    """What Tab offers as the value."""
    parse: Callable[[str], Value]
    read: Callable[[object], Value]
    is_option: bool = False


def shown(value: Simple) -> str:
    """Return a value as it is typed."""
    match value:
        case bool():
            return "on" if value else "off"
        case tuple():
            return " ".join(value) or "none"
        case _:
            return str(value)


def in_toml(value: Simple) -> str | bool | int | list[str]:
    """Return a value as it stands in the file."""
    if isinstance(value, tuple):
        return value[0] if len(value) == 1 else list(value)
    return value


def choice(
    name: str, help: str, words: Iterable[str], default: str, *, is_option: bool = False
) -> Setting[str]:
    """Return a setting whose value is one of some words."""
    known = tuple(words)

    def parse(text: str) -> str:
        if text.lower() not in known:
            raise ValueError(f"write one of {', '.join(known)}")
        return text.lower()

    def read(value: object) -> str:
        if value not in known:
            raise ValueError(f"write one of {', '.join(known)} in quotes")
        return str(value)

    return Setting(name, help, ", ".join(known), default, known, parse, read, is_option)


def switch(name: str, help: str, *, default: bool, is_option: bool = False) -> Setting[bool]:
    """Return a setting that is on or off."""
    words = {"on": True, "off": False, "true": True, "false": False, "yes": True, "no": False}

    def parse(text: str) -> bool:
        if text.lower() not in words:
            raise ValueError("write on or off")
        return words[text.lower()]

    def read(value: object) -> bool:
        if not isinstance(value, bool):
            raise ValueError("write true or false")
        return value

    return Setting(name, help, "on, off", default, ("on", "off"), parse, read, is_option)


def number(name: str, help: str, least: int, most: int, default: int) -> Setting[int]:
    """Return a setting that is a whole number."""
    advice = f"write a whole number from {least} to {most}"

    def read(value: object) -> int:
        if type(value) is not int or not least <= value <= most:
            raise ValueError(advice)
        return value

    def parse(text: str) -> int:
        return read(int(text) if text.isascii() and text.isdigit() else None)

    return Setting(name, help, f"{least} to {most}", default, (), parse, read)


def keys(function: str, help: str, default: tuple[str, ...]) -> Setting[tuple[str, ...]]:
    """Return the setting for the keys of a function. `default` is what people call the usual ones."""

    def parse(text: str) -> tuple[str, ...]:
        names = () if text.lower() in ("none", "off") else tuple(text.lower().replace(",", " ").split())
        for name in names:
            sequences_of(name)
        return names

    def read(value: object) -> tuple[str, ...]:
        listed = value if isinstance(value, list) else [value]
        names = tuple(one.lower() for one in listed if isinstance(one, str))
        if len(names) < len(listed):
            raise ValueError('write a key in quotes, such as "ctrl-g", or a list of keys')
        for one in names:
            sequences_of(one)
        return names

    words = (*EXAMPLES, "none")
    return Setting(f"keys.{function}", help, "ctrl-g, alt-x, f5 …, none", default, words, parse, read)
