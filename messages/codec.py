"""Encode documents into frames, and decode frames. Decoding raises ProtocolError and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from messages.admin import AdminReply, AdminRequest
from messages.documents import Document
from messages.errors import ErrorCode, ProtocolError
from messages.events import AnyEvent
from messages.fields import check_id
from messages.limits import MAX_BROKER_DOCUMENTS, MAX_BROKER_FRAME, MAX_REQUEST_DOCUMENTS, MAX_REQUEST_FRAME
from messages.replies import AnyReply
from messages.requests import AnyRequest
from messages.text import reveal
from messages.validation import NO_OBJECT, complaint, unreadable


class _Outline(msgspec.Struct, gc=False):
    """The two fields that every request has, read if the request is not valid."""

    id: object = None
    type: object = None


_requests: msgspec.json.Decoder[AnyRequest] = msgspec.json.Decoder(AnyRequest)
_broker_documents: msgspec.json.Decoder[AnyReply | AnyEvent] = msgspec.json.Decoder(AnyReply | AnyEvent)
_admin_requests: msgspec.json.Decoder[AdminRequest] = msgspec.json.Decoder(AdminRequest)
_admin_replies: msgspec.json.Decoder[AdminReply] = msgspec.json.Decoder(AdminReply)
_outlines = msgspec.json.Decoder(_Outline)
_encoder = msgspec.json.Encoder()
_CHEAP = 45_056  # bytes of the longest line in which the id is looked for: more than a `chunk` has
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

REQUEST_TYPES = frozenset(kind.__struct_config__.tag for kind in AnyRequest.__args__)

encode = _encoder.encode
"""Return one document as JSON bytes, without a line end."""


def encode_all(documents: Sequence[Document]) -> bytes:
    """Return documents as JSON Lines, without a line end behind the last one."""
    if len(documents) == 1:
        return encode(documents[0])
    return _encoder.encode_lines(documents)[:-1]


def split_frame(
    frame: bytes, most_bytes: int = MAX_REQUEST_FRAME, most_documents: int = MAX_REQUEST_DOCUMENTS
) -> list[bytes]:
    """Return a frame's lines, one document each. Raise ProtocolError on a frame of a wrong size.

    One line end after the last document is allowed, as in JSON Lines.
    """
    if len(frame) > most_bytes:
        raise ProtocolError(
            ErrorCode.FRAME_TOO_LARGE, f"the frame is too large; send at most {most_bytes:,} bytes"
        )
    lines = frame.split(b"\n", most_documents + 1)
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    if len(lines) > most_documents:
        raise ProtocolError(ErrorCode.TOO_MANY_DOCUMENTS)
    return lines


def decode_request(line: bytes) -> AnyRequest:
    """Return the request in one line. Raise ProtocolError, with the request's id if it has one."""
    try:
        return _requests.decode(line)
    except _UNREADABLE as error:
        raise _explain(line, error) from None


def decode_requests(lines: Iterable[bytes]) -> list[AnyRequest]:
    """Return the requests in several lines, without a call for each. Raise ProtocolError if one is invalid.

    The error does not say which: `decode_request` does.
    """
    try:
        return list(map(_requests.decode, lines))
    except _UNREADABLE:
        raise ProtocolError(ErrorCode.MALFORMED) from None


def decode_admin_request(line: bytes) -> AdminRequest:
    """Return the request in a line from the admin channel. Raise ProtocolError if it is none of its own."""
    try:
        return _admin_requests.decode(line)
    except _UNREADABLE as error:
        text = "the admin channel does not take this request; use the chat-broker that runs, and its verbs"
        if isinstance(error.__cause__, ValueError):
            text = str(error.__cause__)
        raise ProtocolError(ErrorCode.INVALID, text, request_id(line)) from None


def decode_admin_reply(line: bytes) -> AdminReply:
    """Return the reply in a line from the admin channel. Raise ProtocolError if it is not one."""
    try:
        return _admin_replies.decode(line)
    except _UNREADABLE as error:
        raise ProtocolError(ErrorCode.MALFORMED, unreadable(error)) from None


def request_id(line: bytes) -> str | None:
    """Return the id of the request in a line, or None if the line has none or is too long to look."""
    try:
        return _request_id(_outline(line)) if len(line) <= _CHEAP else None
    except _UNREADABLE:
        return None


def decode_frame(frame: bytes) -> Iterator[AnyReply | AnyEvent]:
    """Yield the documents in one frame from the broker. Skip those that this version does not know.

    These are documents of another type, and those with a value that their type does not allow here. Raise
    ProtocolError on a frame of a wrong size and on a line that is no JSON object in UTF-8.
    """
    for line in split_frame(frame, MAX_BROKER_FRAME, MAX_BROKER_DOCUMENTS):
        try:
            yield _broker_documents.decode(line)
        except _UNREADABLE as error:
            if not isinstance(error, msgspec.ValidationError) or not _is_object(line):
                sentence = NO_OBJECT if isinstance(error, msgspec.ValidationError) else unreadable(error)
                raise ProtocolError(ErrorCode.MALFORMED, sentence) from None


def join_lines(
    lines: list[bytes], most_bytes: int, most_documents: int = MAX_REQUEST_DOCUMENTS
) -> Iterable[bytes]:
    """Join encoded documents into as few frames as the limits on a frame allow, in order.

    A document that is larger than a frame can be is put alone into a frame that is too large.
    """
    if not lines:
        return ()
    if len(lines) <= most_documents:
        frame = b"\n".join(lines)
        if len(frame) <= most_bytes:
            return (frame,)
    return _pack(lines, most_bytes, most_documents)


def _pack(lines: list[bytes], most_bytes: int, most_documents: int) -> Iterator[bytes]:
    start, size = 0, 0
    for index, line in enumerate(lines):
        size += len(line) + 1
        if index > start and (index - start == most_documents or size - 1 > most_bytes):
            yield b"\n".join(lines[start:index])
            start, size = index, len(line) + 1
    yield b"\n".join(lines[start:])


def _outline(line: bytes) -> _Outline:
    """Return the outline of a JSON document. Raise the decoder's error if the line is not JSON."""
    try:
        return _outlines.decode(line)
    except msgspec.ValidationError:
        return _Outline()


def _is_object(line: bytes) -> bool:
    try:
        _outlines.decode(line)
    except _UNREADABLE:
        return False
    return True


def _explain(line: bytes, error: Exception) -> ProtocolError:
    """Return the error that says why a line is no valid request, with the id if it has one."""
    try:
        outline = _outline(line)
    except _UNREADABLE as fault:
        return ProtocolError(ErrorCode.MALFORMED, unreadable(fault))
    re = _request_id(outline)
    if not isinstance(error, msgspec.ValidationError):
        return ProtocolError(ErrorCode.MALFORMED, unreadable(error), re)
    if isinstance(outline.type, str) and outline.type not in REQUEST_TYPES:
        return ProtocolError(
            ErrorCode.UNKNOWN_TYPE,
            f"no request has the type {outline.type[:30]!r}; check its spelling",
            re,
        )
    tag = outline.type if isinstance(outline.type, str) else None
    return ProtocolError(ErrorCode.INVALID, _short(complaint(error, tag)), re)


def _request_id(outline: _Outline) -> str | None:
    if not isinstance(outline.id, str):
        return None
    try:
        check_id(outline.id)
    except ValueError:
        return None
    return outline.id


def _short(sentence: str) -> str:
    """Return a sentence that is safe for a terminal, with a long value that it quotes cut short."""
    text = reveal(sentence)
    return text if len(text) <= 200 else f"{text[:120]} … {text[-60:]}"
