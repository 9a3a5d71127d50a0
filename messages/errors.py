"""The closed set of error codes, each with one sentence a person can act on.

ChatError
├── ProtocolError    the other side sent something that breaks the contract
└── RequestRefused   a request was understood and is refused
"""

from __future__ import annotations

from enum import StrEnum


class ErrorCode(StrEnum):
    """Why a request got no result. `sentence` is for people, `retryable` for programs."""

    sentence: str
    retryable: bool

    def __new__(cls, code: str, sentence: str, retryable: bool = False) -> ErrorCode:
        """Make a member whose value is `code`."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.sentence = sentence
        member.retryable = retryable
        return member

    FRAME_TOO_LARGE = "frame-too-large", "send frames of at most 65,536 bytes"
    TOO_MANY_DOCUMENTS = "too-many-documents", "send at most 64 documents in a frame"
    MALFORMED = "malformed", "send JSON in UTF-8, one document a line"
    INVALID = "invalid", "correct the field that the text names"
    UNKNOWN_TYPE = "unknown-type", "use a type this broker knows"
    PROTOCOL_UNSUPPORTED = "protocol-unsupported", "use a client that speaks protocol 1"
    ID_CHOSEN = "id-chosen", "connect without a routing id of your own"
    NOT_LOGGED_IN = "not-logged-in", "log in first"
    ALREADY_LOGGED_IN = "already-logged-in", "log out first"
    NAME_TAKEN = "name-taken", "choose another name, this one is in use", True
    NO_SUCH_USER = "no-such-user", "check the name, nobody here is called so"
    NO_SUCH_ROOM = "no-such-room", "check the name, or join the room to open it"
    NOT_IN_ROOM = "not-in-room", "join the room first"
    NOT_ONLINE = "not-online", "try again when they are here"
    TO_YOURSELF = "to-yourself", "choose somebody else"
    LOBBY_STAYS = "lobby-stays", "log out to leave the lobby"
    ID_REUSED = "id-reused", "use a new id for a new message"
    SEQ_UNKNOWN = "seq-unknown", "confirm only what was sent to you"
    ALREADY_CHALLENGED = "already-challenged", "wait until they have answered"
    UNAVAILABLE = "unavailable", "try again, the broker could not store this", True
    INTERNAL = "internal", "tell the operator, this is a fault of the broker"


class ChatError(Exception):
    """What goes wrong between broker and client: a code, and a text for a person."""

    def __init__(self, code: ErrorCode, text: str = "") -> None:
        super().__init__(text or code.sentence)
        self.code = code
        self.text = text or code.sentence


class ProtocolError(ChatError):
    """A frame or document breaks the contract. `re` is the request's id where one could be read."""

    def __init__(self, code: ErrorCode, text: str = "", re: str | None = None) -> None:
        super().__init__(code, text)
        self.re = re


class RequestRefused(ChatError):
    """A valid request is refused; nothing was changed."""
