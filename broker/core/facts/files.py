"""The facts about files: uploads that no message names yet, and which messages hold which content."""

from __future__ import annotations

import re
from typing import ClassVar

import msgspec

from broker.core.facts.base import Fact
from messages.files import check_file_name, check_hash, check_media_type
from messages.limits import MAX_FILES

_UPLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Uploading(Fact, frozen=True):
    """An upload of a user, begun `at` (Unix ms). If it is `complete`, a message can name it."""

    KIND: ClassVar[str] = "upload"

    id: str
    user: int
    name: str
    size: int
    hash: str
    media_type: str
    at: int
    complete: bool = False

    @property
    def key(self) -> str:
        """The id."""
        return self.id


class Held(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A content that is held: its hash and size."""

    hash: str
    size: int


class Attached(Fact, frozen=True):
    """The contents that a message holds. They count for `user`, who sent it."""

    KIND: ClassVar[str] = "files"

    conversation: str
    seq: int
    user: int
    contents: tuple[Held, ...]

    @property
    def key(self) -> str:
        """The conversation and the number."""
        return attached_key(self.conversation, self.seq)


FILE_FACTS: tuple[type[Fact], ...] = (Uploading, Attached)


def attached_key(conversation: str, seq: int) -> str:
    """Return the key of an Attached."""
    return f"{conversation} {seq}"


def check_file_fact(fact: Fact) -> None:
    """Raise ValueError if a fact about files is none that the broker makes. An id names a file."""
    match fact:
        case Uploading():
            if not _UPLOAD.fullmatch(fact.id):
                raise ValueError("its id is none of an upload")
            check_file_name(fact.name)
            check_hash(fact.hash)
            check_media_type(fact.media_type)
        case Attached():
            for one in fact.contents:
                check_hash(one.hash)
            if not 0 < len(fact.contents) <= MAX_FILES or min(one.size for one in fact.contents) < 0:
                raise ValueError("no message has such files")
