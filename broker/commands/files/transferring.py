"""Commands that upload and fetch the content of files."""

from __future__ import annotations

from functools import partial

from broker.core.access.guests import is_guest
from broker.core.contents import Outcome, Result
from broker.core.context import Context
from broker.core.execution.refusals import unavailable
from broker.core.facts.files import Uploading
from broker.core.rates import TOKEN_BYTES_SHIFT
from broker.core.registry import Later, Registry
from broker.core.transfers import Progress
from messages.errors import ErrorCode, RequestRefused
from messages.files import Chunk, Content, Fetch, Upload, UploadState
from messages.limits import MAX_UPLOADS

registry = Registry()

BYTES_PER_TOKEN = 65_536
"""Bytes of a file that cost as much as a request. A chunk costs half a request at least, a fetch a whole."""


def cap_upload(context: Context, request: Upload) -> None:
    """Refuse an upload that is too large, or for which there is no room."""
    settings, files, user = context.settings, context.state.files, context.user
    if not settings.max_file:
        raise RequestRefused(ErrorCode.NOT_PERMITTED, "this chat has no files; send a text")
    if is_guest(context.state, user):
        raise RequestRefused(ErrorCode.NOT_PERMITTED, "guests send no files; sign up first, or send a text")
    if request.size > settings.max_file:
        text = f"a file in this chat has at most {settings.max_file:,} bytes; send a smaller one"
        raise RequestRefused(ErrorCode.FILE_TOO_LARGE, text)
    if _same(context, request) is not None or files.holds(user.id, request.hash, request.size):
        return
    if files.used_by(user.id) + request.size > settings.files_per_user:
        text = f"your files may have {settings.files_per_user:,} bytes together; delete messages with files"
        raise RequestRefused(ErrorCode.QUOTA_REACHED, text)
    if files.total + request.size > settings.files_total:
        text = "all files of this chat together have reached the limit; ask the operator"
        raise RequestRefused(ErrorCode.QUOTA_REACHED, text)


@registry.command(Upload, "begin to upload a file, or go on with it", cap=cap_upload)
def upload(context: Context, request: Upload) -> UploadState | Later:
    """Begin an upload, or say where one of this user's goes on."""
    transfers = context.transfers
    known = _same(context, request) or _new(context, request)
    if known.complete:
        return UploadState(request.id, known.id, known.size, True)
    if (progress := transfers.progress.get(known.id)) is not None:
        return UploadState(request.id, known.id, progress.offset)
    ticket = transfers.wait(context.peer, context.session, request, 0, partial(_begun, request, known.id))
    transfers.contents.begin(ticket, known.id, known.size, known.hash)
    return Later(ticket)


def _same(context: Context, request: Upload) -> Uploading | None:
    """Return the user's upload of this file, if there is one."""
    wanted = (request.name, request.size, request.hash, request.media_type)
    theirs = context.state.files.uploads_of(context.user.id)
    return next((one for one in theirs if (one.name, one.size, one.hash, one.media_type) == wanted), None)


def _new(context: Context, request: Upload) -> Uploading:
    """Add an upload. It is complete if the user holds the content. If there are many, the oldest ends."""
    files, user = context.state.files, context.user.id
    theirs = files.uploads_of(user)
    for oldest in theirs[: max(len(theirs) + 1 - MAX_UPLOADS, 0)]:
        files.drop(oldest)
    made = Uploading(
        *(context.randomness.token(), user, request.name, request.size, request.hash, request.media_type),
        context.now.at,
    )
    files.open(made)
    if files.holds(user, request.hash, request.size):
        return files.complete(made)
    context.transfers.begin(made.id, made.size, made.hash)
    return made


def _begun(request: Upload, upload: str, context: Context, outcome: Outcome) -> UploadState:
    """Return how far an upload got that was begun by an earlier run of the broker."""
    known = context.state.facts.get(Uploading, upload)
    if known is None:
        raise RequestRefused(ErrorCode.NO_SUCH_FILE)
    if outcome.result is Result.FAILED:
        raise unavailable(outcome.reason)
    progress = context.transfers.progress.setdefault(upload, Progress(known.size, known.hash, outcome.offset))
    return UploadState(request.id, upload, progress.offset)


@registry.command(Chunk, "upload the next bytes of a file", activity=False, logged=False)
def chunk(context: Context, request: Chunk) -> UploadState | Later:
    """Hand the next bytes of an upload over to be written."""
    transfers, size = context.transfers, len(request.data)
    kib = _bytes_on_wire(size) >> TOKEN_BYTES_SHIFT  # what the frame has cost at least
    context.peer.credit += max(kib - max(size / BYTES_PER_TOKEN, 0.5), 0.0)
    known = context.state.facts.get(Uploading, request.upload)
    if known is None or known.user != context.user.id:
        raise RequestRefused(ErrorCode.NO_SUCH_FILE, "this upload has ended; upload the file again")
    if known.complete:
        return UploadState(request.id, known.id, known.size, True)
    progress = transfers.progress.get(known.id)
    if progress is None:
        raise RequestRefused(ErrorCode.INVALID, "`upload`: ask with `upload` where it goes on")
    if request.offset != progress.offset:
        raise _elsewhere(progress.offset)
    ticket = transfers.wait(context.peer, context.session, request, size, partial(_written, request))
    progress.offset += size
    transfers.contents.write(ticket, known.id, request.offset, request.data)
    return Later(ticket)


def _written(request: Chunk, context: Context, outcome: Outcome) -> UploadState:
    """Return how far an upload is after a chunk."""
    files, upload = context.state.files, request.upload
    known = context.state.facts.get(Uploading, upload)
    if known is None:
        raise RequestRefused(ErrorCode.NO_SUCH_FILE, "this upload has ended; upload the file again")
    match outcome.result:
        case Result.GOING_ON:
            return UploadState(request.id, upload, outcome.offset)
        case Result.COMPLETE:
            if not known.complete:
                files.complete(known)
            return UploadState(request.id, upload, known.size, True)
        case Result.DAMAGED:
            files.drop(known)
            raise RequestRefused(ErrorCode.FILE_DAMAGED)
        case Result.ELSEWHERE:
            raise _elsewhere(outcome.offset)
        case _:
            if (progress := context.transfers.progress.get(upload)) is not None:
                progress.offset = outcome.offset
            raise unavailable(outcome.reason)


def _bytes_on_wire(size: int) -> int:
    """Return how many bytes base64 makes of some bytes."""
    return (size + 2) // 3 * 4


def _elsewhere(offset: int) -> RequestRefused:
    refusal = RequestRefused(ErrorCode.INVALID, f"`offset`: this upload goes on at {offset:,}")
    refusal.offset = offset
    return refusal


@registry.command(
    Fetch,
    "fetch bytes of a message's file",
    conversation="conversation",
    member=True,
    activity=False,
    logged=False,
)
def fetch(context: Context, request: Fetch) -> Content | Later:
    """Read bytes of a file of a message."""
    found = context.present(context.conversation, request.seq)
    if found is None or not found.is_message:
        raise RequestRefused(ErrorCode.NO_SUCH_MESSAGE)
    if found.form.deleted:
        raise RequestRefused(ErrorCode.MESSAGE_DELETED)
    if request.file > len(found.form.files):
        raise RequestRefused(ErrorCode.NO_SUCH_FILE)
    file = found.form.files[request.file - 1]
    if request.offset > file.size:
        raise RequestRefused(ErrorCode.INVALID, f"`offset`: this file has {file.size:,} bytes")
    length = min(request.length, file.size - request.offset)
    if not length:
        return Content(request.id, request.offset, b"")
    peer, finish = context.peer, partial(_fetched, request)
    ticket = context.transfers.wait(peer, context.session, request, length, finish)
    context.limiter.charge(peer, max(length / BYTES_PER_TOKEN - 1, 0), context.now.elapsed)
    context.transfers.contents.read(ticket, file.hash, request.offset, length)
    return Later(ticket)


def _fetched(request: Fetch, _context: Context, outcome: Outcome) -> Content:
    """Return the bytes that were read."""
    if outcome.result is Result.MISSING:
        text = "the broker has lost the content of this file; tell the operator"
        raise RequestRefused(ErrorCode.FILE_DAMAGED, text)
    if outcome.result is Result.FAILED:
        raise unavailable(outcome.reason)
    return Content(request.id, request.offset, outcome.data)
