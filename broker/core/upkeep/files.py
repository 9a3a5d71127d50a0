"""Upkeep of files: what is missing at the start, uploads that end unsent, files of messages that are gone."""

from __future__ import annotations

from broker.core.context import Context
from broker.core.facts.files import Uploading
from broker.core.outbox import LogEvent
from messages.replies import Durability

UPLOAD_DAY = 86_400_000
"""Milliseconds after which an upload ends if no message names it."""

LOOK_SECONDS = 60.0
"""The interval in which uploads are looked at."""


def check_contents(context: Context) -> None:
    """At the start, remove content that nothing holds, as after a crash, and log if some is missing."""
    files, uploads = context.state.files, context.state.facts.of(Uploading)
    open_ones = {one.id for one in uploads.values() if not one.complete}
    sizes = {key: size for key, (size, _) in files.contents.items() if key not in open_ones}
    contents = context.store.contents
    contents.outcomes()  # of an earlier core
    files.lost.update(contents.keep_only(sizes, open_ones))
    for upload in [one for one in uploads.values() if one.complete and one.hash in files.lost]:
        files.drop(upload)
    if files.lost:
        context.outbox.log(LogEvent.FILES_LOST, count=len(files.lost))


class FileUpkeep:
    """Ends uploads that are old, and takes the files of messages that a store in memory has dropped."""

    def __init__(self) -> None:
        self._look_at = 0.0

    def tick(self, context: Context) -> None:
        """Look once a minute."""
        if context.now.elapsed < self._look_at or context.state.read_only:
            return
        self._look_at = context.now.elapsed + LOOK_SECONDS
        files, uploads = context.state.files, context.state.facts.of(Uploading)
        if context.may_expire:
            oldest = context.now.at - UPLOAD_DAY
            for upload in [one for one in uploads.values() if one.at < oldest]:
                files.drop(upload)
        for forgotten in [one for one in context.transfers.progress if one not in uploads]:
            files.ended[forgotten] = None  # it was begun in a batch that was undone
        if context.store.durability is Durability.MEMORY:
            for conversation, seqs in files.places.items():
                _drop_gone(context, conversation, list(seqs))


def _drop_gone(context: Context, conversation: str, seqs: list[int]) -> None:
    """Take the files of a conversation's messages that the store does not have any more."""
    for seq in seqs:
        if context.store.page(conversation, seq - 1, seq + 1, 1):
            return
        context.state.files.detach(conversation, [seq])
