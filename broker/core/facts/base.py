"""What every lasting fact has."""

from __future__ import annotations

from typing import ClassVar

import msgspec


class Fact(msgspec.Struct, frozen=True):
    """Something that lasts until it is dropped. Within its kind no two have the same key."""

    KIND: ClassVar[str]

    @property
    def key(self) -> str:
        """What tells it from others of its kind."""
        raise NotImplementedError
