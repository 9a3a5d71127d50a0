"""Who has which name, by the users' numbers, which outlast renames."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from sys import intern

from messages.names import canonical_key

MOST = 300
"""Users that are kept, besides those with a direct conversation: a process can have a thousand sessions.

A table that drops entries as it gets others has room for three times as many, so few more would double it.
"""

_TRIES = 8  # oldest ones that are looked at to drop one


class Users:
    """The users that this client has seen, under their names as it knows them. The oldest are dropped.

    `keeps` tells whether the number of a name's bearer must stay known, as messages to the name are for them.
    """

    def __init__(self, keeps: Callable[[str], bool] = lambda _name: False) -> None:
        self._keeps = keeps
        self._ids: dict[str, int] = {}  # by canonical name
        self._names: dict[int, str] = {}

    def learn(self, name: str, user_id: int) -> None:
        """Record whose name this is now."""
        self.forget(name)
        if (old := self._names.pop(user_id, None)) is not None:
            self._ids.pop(canonical_key(old), None)
        self._ids[intern(canonical_key(name))] = user_id
        self._names[user_id] = intern(name)  # the sessions of a process share it
        if len(self._names) > MOST:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        """Drop the oldest one, but those to keep count as new."""
        for _ in range(_TRIES):
            user_id, name = next(iter(self._names.items()))
            if not self._keeps(name):
                self.forget(name)
                return
            self._names[user_id] = self._names.pop(user_id)

    def forget(self, name: str) -> None:
        """Forget whose name this is."""
        user_id = self._ids.pop(canonical_key(name), None)
        if user_id is not None:
            self._names.pop(user_id, None)

    def id_of(self, name: str) -> int:
        """Return the number of the user with a name, 0 if it is not known."""
        return self._ids.get(canonical_key(name), 0)

    def name_of(self, user_id: int) -> str | None:
        """Return the name of a user as far as it is known."""
        return self._names.get(user_id)

    def rename(self, old: str, new: str) -> None:
        """Record a user's new name."""
        user_id = self.id_of(old)
        if user_id:
            self.learn(new, user_id)

    def moved(self, found: Mapping[str, int]) -> dict[str, str]:
        """Return the old and the new names of the known users who have other names in `found`."""
        known = {name: self._names.get(user_id, name) for name, user_id in found.items()}
        return {old: new for new, old in known.items() if canonical_key(old) != canonical_key(new)}
