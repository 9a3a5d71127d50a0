"""The base class of facts."""

from __future__ import annotations

from typing import ClassVar

import msgspec


class Fact(msgspec.Struct, frozen=True):
    """A record that is stored until it is dropped. Its key is unique within its kind."""

    KIND: ClassVar[str]
    BY_USER: ClassVar[bool] = False
    """Whether facts of this kind are looked for by their `user`, as all users together may have very many."""

    @property
    def key(self) -> str:
        """The key, unique within the kind."""
        raise NotImplementedError
