"""Files: requests that upload and fetch content, their replies, and what a message says about a file."""

from __future__ import annotations

import re
from typing import Annotated

from msgspec import Meta, Struct

from messages.base import Reply, Request
from messages.fields import ConversationName, Seq, check, check_id
from messages.limits import (
    MAX_CHUNK,
    MAX_FETCH,
    MAX_FILE_NAME,
    MAX_FILES,
    MAX_MEDIA_TYPE,
    MAX_SEQ,
    MAX_TOKEN,
)
from messages.names import parse_conversation
from messages.text import check_new_line

_HASH = re.compile(r"[0-9a-f]{64}")
_BASE64 = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")

FileName = Annotated[
    str,
    Meta(
        description="the file's name, for people only: never a path. One line without control characters",
        extra_json_schema={
            "minLength": 1,
            "maxLength": MAX_FILE_NAME,
            "pattern": r"^[^\x00-\x1f\x7f-\x9f]+$",
        },
    ),
]
FileSize = Annotated[int, Meta(ge=0, le=MAX_SEQ, description="bytes of its content")]
Hash = Annotated[
    str,
    Meta(
        description="SHA-256 of the content, in lower-case hexadecimal digits",
        extra_json_schema={"pattern": f"^{_HASH.pattern}$"},
    ),
]
MediaType = Annotated[
    str,
    Meta(
        description="what the sender says that the content is, such as image/png; empty: unknown",
        extra_json_schema={"maxLength": MAX_MEDIA_TYPE, "pattern": f"^({_MEDIA_TYPE.pattern})?$"},
    ),
]
UploadId = Annotated[
    str,
    Meta(
        description="the upload's id, from `upload-state`",
        extra_json_schema={"minLength": 1, "maxLength": MAX_TOKEN, "pattern": "^[!-~]+$"},
    ),
]
UploadIds = Annotated[
    tuple[UploadId, ...],
    Meta(max_length=MAX_FILES, description="complete uploads of this user's, in the order to show"),
]
Offset = Annotated[int, Meta(ge=0, le=MAX_SEQ, description="bytes of the content before this place")]
FileNumber = Annotated[
    int, Meta(ge=1, le=MAX_FILES, description="which of the message's files, counted from 1")
]


def check_file_name(name: str) -> str:
    """Return a file's name. Raise ValueError with a sentence if it cannot be shown as one."""
    if not 0 < len(name) <= MAX_FILE_NAME or name.isspace():
        raise ValueError(f"a file's name has 1 to {MAX_FILE_NAME} characters, and is not blank")
    check_new_line(name)
    return name


def check_hash(value: str) -> str:
    """Return a hash. Raise ValueError with a sentence if it is none."""
    if not _HASH.fullmatch(value):
        raise ValueError("write the SHA-256 of the content in 64 lower-case hexadecimal digits")
    return value


def check_media_type(value: str) -> str:
    """Return a media type. Raise ValueError with a sentence if it is none."""
    if value and (len(value) > MAX_MEDIA_TYPE or not _MEDIA_TYPE.fullmatch(value)):
        raise ValueError("write a media type in lower case, such as image/png, or leave it out")
    return value


def check_upload(value: str) -> str:
    """Return an upload's id. Raise ValueError with a sentence if it cannot be one."""
    if not (0 < len(value) <= MAX_TOKEN and value.isascii() and value.isprintable() and " " not in value):
        raise ValueError("write the `upload` of an `upload-state`")
    return value


def check_uploads(uploads: tuple[str, ...]) -> None:
    """Raise ValueError with a sentence unless these can be the files of a message."""
    for upload in uploads:
        check("files", check_upload, upload)
    if len(uploads) > MAX_FILES or len(set(uploads)) < len(uploads):
        raise ValueError(f"`files`: a message has at most {MAX_FILES} files, each upload once")


class Upload(Request, frozen=True, gc=False, tag="upload"):
    """Begin to upload a file, or go on with it, perhaps from another device. The reply says from where."""

    name: FileName
    size: FileSize
    hash: Hash
    media_type: MediaType = ""

    def __post_init__(self) -> None:
        check_id(self.id)
        check("name", check_file_name, self.name)
        check("hash", check_hash, self.hash)
        check("media_type", check_media_type, self.media_type)


class Chunk(Request, frozen=True, gc=False, tag="chunk"):
    """Upload the next bytes of a file."""

    upload: UploadId
    offset: Offset
    data: Annotated[
        bytes,
        Meta(
            description=f"at most {MAX_CHUNK:,} bytes in base64 (RFC 4648, section 4)",
            extra_json_schema={"maxLength": (MAX_CHUNK + 2) // 3 * 4, "pattern": _BASE64},
        ),
    ]

    def __post_init__(self) -> None:
        check_id(self.id)
        check("upload", check_upload, self.upload)
        if len(self.data) > MAX_CHUNK:
            raise ValueError(f"`data`: a chunk has at most {MAX_CHUNK:,} bytes")


class Fetch(Request, frozen=True, gc=False, tag="fetch"):
    """Fetch some bytes of a message's file."""

    conversation: ConversationName
    seq: Annotated[Seq, Meta(description="the message")]
    file: FileNumber = 1
    offset: Offset = 0
    length: Annotated[int, Meta(ge=1, le=MAX_FETCH, description="bytes, at most")] = MAX_FETCH

    def __post_init__(self) -> None:
        check_id(self.id)
        check("conversation", parse_conversation, self.conversation)


FileRequest = Upload | Chunk | Fetch


class UploadState(Reply, frozen=True, gc=False, tag="upload-state"):
    """How far an upload is. Once it is complete, a `send` can name it."""

    upload: Annotated[str, Meta(description="the upload's id, for `chunk` and for the `files` of a `send`")]
    offset: Annotated[int, Meta(ge=0, le=MAX_SEQ, description="where the next chunk begins")]
    complete: Annotated[bool, Meta(description="the whole content is stored, and its hash is right")] = False


class Content(Reply, frozen=True, gc=False, tag="content"):
    """Bytes of a file, fewer than asked for only at its end."""

    offset: Offset
    data: Annotated[bytes, Meta(description="in base64")]


class File(Struct, frozen=True, gc=False, omit_defaults=True):
    """A file of a message. `name` and `media_type` are what the sender says. Check `size` and `hash`."""

    name: FileName
    size: FileSize
    hash: Hash
    media_type: MediaType = ""
