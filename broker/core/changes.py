"""The undo log of the broker's memory: changes can be undone until they are committed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Changes:
    """An undo log. State that an error must not leave half changed is changed through it."""

    def __init__(self) -> None:
        self._undo: list[tuple[Callable[..., object], tuple[Any, ...]]] = []

    def set(self, target: object, attribute: str, value: object) -> None:
        """Set an attribute."""
        self._undo.append((setattr, (target, attribute, getattr(target, attribute))))
        setattr(target, attribute, value)

    def put(self, target: dict[_Key, _Value], key: _Key, value: _Value) -> None:
        """Set a dictionary's item."""
        if key in target:
            self._undo.append((target.__setitem__, (key, target[key])))
        else:
            self._undo.append((target.pop, (key, None)))
        target[key] = value

    def drop(self, target: dict[_Key, _Value], key: _Key) -> None:
        """Delete a dictionary's item, if it exists."""
        if key in target:
            self._undo.append((target.__setitem__, (key, target.pop(key))))

    def forget(self, clear: Callable[[], object]) -> None:
        """Clear a cache by calling `clear`, now and again if the changes are undone."""
        self._undo.append((clear, ()))
        clear()

    def note(self, undo: Callable[..., object], *arguments: Any) -> None:
        """Note how to undo changes that the caller makes itself: by calling `undo` with these arguments."""
        self._undo.append((undo, arguments))

    def mark(self) -> int:
        """Return a mark for `revert`."""
        return len(self._undo)

    def revert(self, mark: int = 0) -> None:
        """Undo everything since `mark`, last change first."""
        while len(self._undo) > mark:
            undo, arguments = self._undo.pop()
            undo(*arguments)

    def settle(self) -> None:
        """Make all changes final."""
        self._undo.clear()
