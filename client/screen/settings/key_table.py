"""The keys of the full screen as they are set."""

from __future__ import annotations

from collections.abc import Mapping

from client.editor.keyboard import Action, action_of
from client.screen.keys import KEYS, PLACES, Key, ScreenKey
from client.screen.settings.key_names import sequences_of, shown

FUNCTIONS = {key.key.value.replace(" ", "-"): key for key in KEYS}
"""What a key can be set for, by its name."""

_FREE = frozenset({Action.CANCEL})
"""What the line editor has another key for: Escape."""

Chosen = Mapping[str, tuple[str, ...]]
"""The names of keys by function. A function that is left out has its usual keys."""


def keys_with(chosen: Chosen) -> tuple[Key, ...]:
    """Return the keys with those that are chosen in place of the usual ones.

    Raise ValueError with a sentence if the composer needs one of them, or two functions have the same.
    """
    keys = tuple(_chosen(key, chosen[name]) if name in chosen else key for name, key in FUNCTIONS.items())
    taken: dict[str, str] = {}
    for name, key in zip(FUNCTIONS, keys, strict=True):
        for sequence in key.sequences:
            if (other := taken.setdefault(sequence, name)) != name:
                raise ValueError(
                    f"the same key is set for keys.{other} and keys.{name}; give one of them another"
                )
    return keys


def _chosen(key: Key, names: tuple[str, ...]) -> Key:
    sequences: list[str] = []
    for name in names:
        for sequence in sequences_of(name):
            if sequence in PLACES:
                raise ValueError(f"{shown(name)} goes to a conversation by its place; choose another key")
            if action_of(sequence) not in {None, *_FREE} and sequence not in key.sequences:
                raise ValueError(f"{shown(name)} is needed for typing; choose another key")
            sequences.append(sequence)
    return key._replace(sequences=tuple(sequences), name=", ".join(map(shown, names)))


class KeyTable:
    """What each sequence of a terminal does. Reading it in another thread is safe."""

    def __init__(self) -> None:
        self.keys: tuple[Key, ...] = KEYS
        self._pressed: dict[str, ScreenKey | int] = {}
        self.choose({})

    def choose(self, chosen: Chosen) -> None:
        """Set the keys. Raise ValueError with a sentence if that is not possible."""
        self.keys = keys_with(chosen)
        self._pressed = {sequence: key.key for key in self.keys for sequence in key.sequences} | PLACES

    def name_of(self, function: ScreenKey) -> str:
        """Return how people call the keys of a function; empty if it has none."""
        return next((key.name for key in self.keys if key.key is function), "")

    def __contains__(self, sequence: object) -> bool:
        """Whether the composer must not take a sequence."""
        return sequence in self._pressed

    def pressed(self, sequence: str) -> ScreenKey | int | None:
        """Return the function of a sequence, or the place of a conversation; None if it is no such key."""
        return self._pressed.get(sequence)
