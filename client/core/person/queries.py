"""Requests that a view makes for the person, whose replies it shows in another way than usual."""

from __future__ import annotations

from messages.amendments import Pins
from messages.events import Message
from messages.identity import Link, Whois
from messages.members import Members
from messages.replies import Page
from messages.requests import History, Topic, Whoami

RECENT = 5
"""How many messages are shown of a conversation that the person enters."""

RECENT_ENTRIES = 30
"""How many entries are asked for: there may be reactions and edits behind the last messages."""


class DirectQuery(Whois, frozen=True, gc=False, tag="whois"):
    """A `whois` that opens the direct conversation with a user."""


class RecentQuery(History, frozen=True, gc=False, tag="history"):
    """A `history` for the last messages of a conversation that the person enters."""


def recent_messages(page: Page) -> list[Message]:
    """Return the messages that are shown of the page of a `RecentQuery`."""
    return [entry for entry in page.messages if isinstance(entry, Message)][-RECENT:]


class ReadReceiptsQuery(Whoami, frozen=True, gc=False, tag="whoami"):
    """A `whoami` whose reply is shown as the setting of read receipts only."""


class TypingQuery(Whoami, frozen=True, gc=False, tag="whoami"):
    """A `whoami` whose reply is shown as the setting of typing only."""


class MembersQuery(Members, frozen=True, gc=False, tag="members"):
    """A `members` for a list that a view keeps."""


class FirstQuery(History, frozen=True, gc=False, tag="history"):
    """A `history` for the first entry since a time, to which a view goes."""


class MoreQuery(History, frozen=True, gc=False, tag="history"):
    """A `history` that goes on with a list of messages that a view shows."""


class PinsQuery(Pins, frozen=True, gc=False, tag="pins"):
    """A `pins` for a list that a view shows, and that has changed."""


class PinSignsQuery(Pins, frozen=True, gc=False, tag="pins"):
    """A `pins` for the signs of messages in a log."""


class TopicQuery(Topic, frozen=True, gc=False, tag="topic"):
    """A `topic` for a view that shows it all the time."""


class LinkPictureQuery(Link, frozen=True, gc=False, tag="link"):
    """A `link` whose code is shown as a picture alone, where that is possible."""


class ProfileQuery(Whois, frozen=True, gc=False, tag="whois"):
    """A `whois` for a view that shows all the time whether a user is here."""


QUIET = (
    RecentQuery,
    MembersQuery,
    FirstQuery,
    MoreQuery,
    PinsQuery,
    PinSignsQuery,
    TopicQuery,
    ProfileQuery,
)
"""Those that a view makes by itself, so that nobody waits for their replies when the program ends."""
