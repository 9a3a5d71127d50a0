"""Who holds which content: uploads and messages. Every change can be undone, and is journaled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from broker.core.changes import Changes
from broker.core.facts.collection import Facts
from broker.core.facts.files import Attached, Held, Uploading, attached_key


class Holdings:
    """Counts what uploads and messages hold. Content that nothing holds any more is in `unneeded`.

    An upload that is not complete holds its size under its id, others hold their content's hash. A user who
    holds a content several times is charged for it once.
    """

    def __init__(self, facts: Facts, changes: Changes) -> None:
        """Count what the facts say."""
        self._facts = facts
        self._changes = changes
        self._held: dict[tuple[str, int], int] = {}
        self._by_user: dict[int, int] = {}
        self.contents: dict[str, tuple[int, int]] = {}
        """Sizes, and how many users hold it, by hash or upload id."""
        self.places: dict[str, dict[int, None]] = {}
        """The seqs of messages with files, by conversation id."""
        self.total = 0
        """Bytes of all that is held, each content once."""
        self.unneeded: dict[str, None] = {}
        """Hashes that nothing holds since the last commit."""
        self.ended: dict[str, None] = {}
        """Uploads that are complete or dropped since the last commit."""
        self.lost: set[str] = set()
        """Hashes of content that was missing at the start."""
        for upload in facts.of(Uploading).values():
            self._take(upload.user, _key_of(upload), upload.size)
        for attached in facts.of(Attached).values():
            self._place(attached)
        changes.settle()

    def used_by(self, user: int) -> int:
        """Return the bytes that a user holds."""
        return self._by_user.get(user, 0)

    def holds(self, user: int, hash: str, size: int) -> bool:
        """Return whether a user holds a content of this size that is not lost."""
        return (hash, user) in self._held and hash not in self.lost and self.contents[hash][0] == size

    def uploads_of(self, user: int) -> list[Uploading]:
        """Return a user's uploads, the oldest first."""
        found = (one for one in self._facts.of(Uploading).values() if one.user == user)
        return sorted(found, key=lambda one: one.at)

    def open(self, upload: Uploading) -> None:
        """Add an upload."""
        self._facts.keep(upload)
        self._take(upload.user, _key_of(upload), upload.size)

    def complete(self, upload: Uploading) -> Uploading:
        """Note that an upload is complete, and return it."""
        complete = msgspec.structs.replace(upload, complete=True)
        self._facts.keep(complete)
        self._take(upload.user, upload.hash, upload.size)
        self._release(upload.user, upload.id)
        self._changes.drop(self.unneeded, upload.id)  # it is no hash
        self._changes.put(self.ended, upload.id, None)
        self.lost.discard(upload.hash)
        return complete

    def drop(self, upload: Uploading) -> None:
        """End an upload."""
        self._facts.drop(upload)
        self._release(upload.user, _key_of(upload))
        self._changes.put(self.ended, upload.id, None)
        self._changes.drop(self.unneeded, upload.id)
        if upload.hash not in self.contents:  # it may have become complete in a batch that was undone
            self._changes.put(self.unneeded, upload.hash, None)

    def attach(self, conversation: str, seq: int, user: int, uploads: Sequence[Uploading]) -> None:
        """Give complete uploads to a message."""
        attached = Attached(conversation, seq, user, tuple(Held(one.hash, one.size) for one in uploads))
        self._facts.keep(attached)
        self._place(attached)
        for upload in uploads:
            self.drop(upload)

    def detach(self, conversation: str, seqs: Iterable[int]) -> None:
        """Take their files from messages, if they have any."""
        for seq in seqs:
            attached = self._facts.get(Attached, attached_key(conversation, seq))
            if attached is not None:
                self._facts.drop(attached)
                self._changes.drop(self.places[conversation], seq)
                for one in attached.contents:
                    self._release(attached.user, one.hash)

    def detach_before(self, conversation: str, first: int) -> None:
        """Take their files from the messages before a seq."""
        self.detach(conversation, [seq for seq in self.places.get(conversation, ()) if seq < first])

    def _place(self, attached: Attached) -> None:
        self._changes.put(self.places.setdefault(attached.conversation, {}), attached.seq, None)
        for one in attached.contents:
            self._take(attached.user, one.hash, one.size)

    def _take(self, user: int, key: str, size: int) -> None:
        put = self._changes.put
        count = self._held.get((key, user), 0)
        put(self._held, (key, user), count + 1)
        if count:
            return
        _, holders = self.contents.get(key, (size, 0))
        put(self.contents, key, (size, holders + 1))
        put(self._by_user, user, self.used_by(user) + size)
        if not holders:
            self._changes.set(self, "total", self.total + size)
            self._changes.drop(self.unneeded, key)

    def _release(self, user: int, key: str) -> None:
        put = self._changes.put
        if (count := self._held[key, user]) > 1:
            put(self._held, (key, user), count - 1)
            return
        self._changes.drop(self._held, (key, user))
        size, holders = self.contents[key]
        put(self._by_user, user, self.used_by(user) - size)
        if holders > 1:
            put(self.contents, key, (size, holders - 1))
            return
        self._changes.drop(self.contents, key)
        self._changes.set(self, "total", self.total - size)
        put(self.unneeded, key, None)


def _key_of(upload: Uploading) -> str:
    return upload.hash if upload.complete else upload.id
