"""The limits that both sides rely on. docs/protocol.md states each of them."""

MAX_REQUEST_FRAME = 65_536
"""Bytes in one frame from a client to the broker."""

MAX_BROKER_FRAME = 262_144
"""Bytes in one frame from the broker to a client."""

MAX_REQUEST_DOCUMENTS = 64
"""Documents in one frame from a client to the broker."""

MAX_BROKER_DOCUMENTS = 512
"""Documents in one frame from the broker to a client."""

MAX_TEXT = 4_000
"""Characters (code points) of a message's text."""

MAX_REACTION = 16
"""Characters (code points) of a reaction."""

MAX_OWN_REACTIONS = 20
"""Different reactions of one user to one message."""

MAX_REACTIONS = 20
"""Different reactions to one message, of all users together."""

MAX_REACTED = 2_000
"""Reactions of all users to one message."""

MAX_REACTION_NAMES = 10
"""Users who are named beside a reaction. If there are more, they are counted."""

MAX_MENTIONS = 100
"""Users whom one message mentions. Further names are text like any other."""

MAX_PINS = 100
"""Pinned messages of a conversation."""

MAX_MARKS = 12
"""Combining marks in a row in a text that a request sets."""

MAX_FILES = 10
"""Files of a message."""

MAX_FILE_NAME = 255
"""Characters (code points) of a file's name."""

MAX_MEDIA_TYPE = 100
"""Characters of a file's media type."""

MAX_CHUNK = 32_768
"""Bytes of a file in one `chunk`, before base64."""

MAX_CHUNKS = 16
"""Chunks and fetches of a client that wait for their replies. The broker refuses more than twice as many."""

MAX_FETCH = 131_072
"""Bytes of a file in one `content`, before base64."""

MAX_UPLOADS = 32
"""Uploads of a user that no message names yet. If there are more, the oldest ends."""

MAX_SHORT_TEXT = 300
"""Characters of a topic or an away text."""

MAX_NAME = 32
"""Characters of a user's name."""

MAX_ROOM = 64
"""Characters of a room's name after its `#`."""

MAX_ID = 64
"""Visible ASCII characters of a request's id."""

MAX_SEQ = 2**53 - 1
"""The largest integer, which every JSON reader can hold exactly."""

MIN_PASSWORD = 8
"""Fewest characters of a password."""

MAX_PASSWORD = 256
"""Most characters of a password."""

MAX_TOKEN = 200
"""Characters of an invite, of a link's code and of an address in a login."""

MAX_PAGE = 100
"""Messages in one `page`."""

PAGE_BYTES = MAX_BROKER_FRAME // 2
"""A `page` ends early rather than grow past this many bytes of encoded messages."""

MAX_SANCTION_SECONDS = 315_360_000
"""Seconds of the longest ban or mute that ends: ten years."""

MAX_SANCTIONS = 1_000
"""Bans, mutes and invitations in one room at one time, and bans in the whole chat."""

MAX_IGNORED = 500
"""Users whom one user ignores."""

MAX_LEVELS = 1_000
"""Conversations for which one user has chosen which messages ring."""

MAX_KEYWORDS = 50
"""Keywords of one user."""

MAX_KEYWORD = 64
"""Characters of a keyword."""

MAX_QUIET_SPANS = 14
"""Spans in which one user's clients are quiet."""

MAX_ZONE = 64
"""Characters of a time zone's name."""

TYPING_MEMBERS = 50
"""Members of the largest conversation in which `typing` is passed on."""

WATCH_SECONDS = 90
"""Seconds for which a `members` with `watch` says that somebody looks at the list."""

TYPING_SECONDS = 3
"""Seconds between two `is-typing` of one user in one conversation, at least."""

CONFIRM_INTERVAL = 250
"""Milliseconds that a client waits at least between two rounds of confirms."""

MAX_UNREAD = 1_000
"""Unread messages are counted up to this number."""
