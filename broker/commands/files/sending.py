"""Naming uploads in a message."""

from __future__ import annotations

from collections.abc import Iterable

from broker.core.context import Context
from broker.core.entries import Attachment
from broker.core.facts.files import Uploading
from messages.errors import ErrorCode, RequestRefused


def named_uploads(context: Context, ids: Iterable[str]) -> list[Uploading]:
    """Return complete uploads of the user of the request. Raise RequestRefused if one is none."""
    facts, user = context.state.facts, context.user.id
    found = []
    for one in ids:
        upload = facts.get(Uploading, one)
        if upload is None or upload.user != user or not upload.complete:
            text = "one of these files is not uploaded, or has ended unsent; upload it, then send again"
            raise RequestRefused(ErrorCode.NO_SUCH_FILE, text)
        found.append(upload)
    return found


def attachments(uploads: Iterable[Uploading]) -> tuple[Attachment, ...]:
    """Return uploads as the files of a message."""
    return tuple(Attachment(one.id, one.name, one.size, one.hash, one.media_type) for one in uploads)
