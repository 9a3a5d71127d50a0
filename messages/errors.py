"""The error codes, each with a sentence that tells a person what to do.

ChatError
├── ProtocolError    the other side sent something that breaks the contract
└── RequestRefused   a request was understood and is refused
"""

from __future__ import annotations

from enum import StrEnum


class ErrorCode(StrEnum):
    """Why a request was not carried out. `sentence` is for people, `retryable` for programs."""

    sentence: str
    retryable: bool

    def __new__(cls, code: str, sentence: str, retryable: bool = False) -> ErrorCode:
        """Make a member whose value is `code`."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.sentence = sentence
        member.retryable = retryable
        return member

    FRAME_TOO_LARGE = "frame-too-large", "the frame is too large; send at most 65,536 bytes"
    TOO_MANY_DOCUMENTS = "too-many-documents", "the frame has too many documents; send at most 64"
    MALFORMED = "malformed", "this cannot be read; send JSON in UTF-8, one document a line"
    INVALID = "invalid", "a field is wrong; correct the one that the text names"
    UNKNOWN_TYPE = "unknown-type", "this broker does not know the type; check its spelling"
    PROTOCOL_UNSUPPORTED = "protocol-unsupported", "this broker speaks protocol 1; use a client that does"
    ROUTING_ID_SET = "routing-id-set", "a routing id is set on the connection; connect without one"
    NOT_LOGGED_IN = "not-logged-in", "nobody is logged in here; log in first"
    ALREADY_LOGGED_IN = "already-logged-in", "this connection is logged in; log out first"
    NAME_TAKEN = "name-taken", "this name is in use; choose another", True
    NAME_NOT_YOURS = (
        "name-not-yours",
        "this name is bound to another key; choose another, or link this device",
    )
    KEY_IN_USE = "key-in-use", "this key is another user's; log in as that user, then use /nick"
    KEY_REVOKED = (
        "key-revoked",
        "this key was revoked; move its file away, then link a new one, or ask an operator to free the name",
    )
    NOT_ADMITTED = "not-admitted", "this chat is not open to everyone; ask the operator for an invite"
    INVITE_INVALID = (
        "invite-invalid",
        "this invite is expired, used up, revoked or from another broker; ask for a new one",
    )
    LINK_INVALID = "link-invalid", "this code is wrong, used or expired; show a new one with /link"
    TOO_MANY_ATTEMPTS = "too-many-attempts", "too many wrong tries; wait a minute, then try again", True
    NO_KEY = "no-key", "this connection has no key of yours; connect encrypted, and log in there"
    NO_SUCH_KEY = "no-such-key", "none of your keys starts with this; /keys lists them"
    LAST_KEY = "last-key", "this is your only key; link another device first"
    WRONG_PASSWORD = "wrong-password", "name or password is wrong; correct them, or set one with /password"
    TICKET_INVALID = "ticket-invalid", "this ticket is expired or ended; log in with the password"
    NOT_A_GATEWAY = "not-a-gateway", "only a gateway logs in for others; log in with your own key"
    NO_GUESTS = "no-guests", "this gateway takes no guests; log in with a password, or ask the operator"
    NAME_TOO_SIMILAR = "name-too-similar", "this name looks like one in use; choose another"
    NO_SUCH_USER = "no-such-user", "no user has this name; check it"
    OTHER_USER = (
        "other-user",
        "this name belongs to another user now; send it again if you mean that one",
    )
    NO_SUCH_ROOM = "no-such-room", "there is no such room; check the name, or join it to open it"
    NOT_IN_ROOM = "not-in-room", "you are not in this room; join it first"
    NOT_ONLINE = "not-online", "this user is not online; try again when they are online"
    NOT_PERMITTED = "not-permitted", "you may not do this; ask an operator"
    BANNED = "banned", "you are banned; ask an operator"
    MUTED = "muted", "you are muted here; wait, or ask an operator"
    NO_SUCH_BAN = "no-such-ban", "there is no such ban; /bans lists all of them"
    TO_YOURSELF = "to-yourself", "this is you; choose somebody else"
    LOBBY_PROTECTED = "lobby-protected", "the lobby cannot be left; log out instead"
    ID_REUSED = "id-reused", "another message has this id; use a new id for a new message"
    NO_SUCH_MESSAGE = "no-such-message", "there is no such message here; check its number with /history"
    NOT_YOURS = "not-yours", "this message is not yours; change only your own"
    TOO_LATE = "too-late", "it is too late to change this message; send a new one"
    MESSAGE_DELETED = "message-deleted", "this message was deleted; send a new one"
    NO_SUCH_SESSION = "no-such-session", "you have no session with this number; /sessions lists them"
    NO_SUCH_FILE = "no-such-file", "there is no such file here; check its number, or upload it again"
    FILE_TOO_LARGE = "file-too-large", "this file is too large for this chat; send a smaller one"
    QUOTA_REACHED = (
        "quota-reached",
        "there is no room for this file; delete messages with files, then try again",
    )
    FILE_DAMAGED = "file-damaged", "the content differs from the file's size or hash; upload the file again"
    SEQ_UNKNOWN = "seq-unknown", "there is no such message; confirm only what was sent to you"
    ALREADY_CHALLENGED = "already-challenged", "this user has not answered yet; wait for the answer"
    LIMIT_REACHED = (
        "limit-reached",
        "the limit is reached; leave a room, log out a session or come back later",
    )
    TOO_MANY_REQUESTS = (
        "too-many-requests",
        "this is too much at once; try again more slowly",
        True,
    )
    UNAVAILABLE = "unavailable", "the broker cannot store this now; try again", True
    INTERNAL = "internal", "this is a fault of the broker; tell the operator"


class ChatError(Exception):
    """An error between broker and client: a code, and a text for a person.

    `retry_after` is how many milliseconds to wait before the next try; 0 if waiting does not help.
    """

    def __init__(self, code: ErrorCode, text: str = "", *, retry_after: int = 0) -> None:
        super().__init__(text or code.sentence)
        self.code = code
        self.text = text or code.sentence
        self.retry_after = retry_after
        self.offset: int | None = None
        """Where an upload goes on, if that is why."""


class ProtocolError(ChatError):
    """A frame or document breaks the contract. `re` is the request's id, or None if it cannot be read."""

    def __init__(self, code: ErrorCode, text: str = "", re: str | None = None) -> None:
        super().__init__(code, text)
        self.re = re


class RequestRefused(ChatError):
    """A valid request is refused; nothing was changed."""
