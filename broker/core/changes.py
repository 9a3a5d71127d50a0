"""Changes to the broker's memory that can be taken back until they are committed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Changes:
    """A log of how to undo each change. Whoever changes state that must survive an error uses it."""

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
        """Take an item out of a dictionary, if it is there."""
        if key in target:
            self._undo.append((target.__setitem__, (key, target.pop(key))))

    def forget(self, cached: Callable[[], object]) -> None:
        """Clear something derived by calling `cached`, now and again if the changes are taken back."""
        self._undo.append((cached, ()))
        cached()

    def mark(self) -> int:
        """Return a point to which `revert` can go back."""
        return len(self._undo)

    def revert(self, mark: int = 0) -> None:
        """Undo everything since `mark`, last change first."""
        while len(self._undo) > mark:
            undo, arguments = self._undo.pop()
            undo(*arguments)

    def settle(self) -> None:
        """Make all changes final."""
        self._undo.clear()
