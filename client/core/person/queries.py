"""Requests that a view makes for the person, whose replies it shows in another way than usual."""

from __future__ import annotations

from messages.identity import Whois
from messages.members import Members
from messages.requests import History, Topic

RECENT = 5
"""How many messages are shown of a conversation that the person enters."""


class DirectQuery(Whois, frozen=True, gc=False, tag="whois"):
    """A `whois` that opens the direct conversation with a user."""


class RecentQuery(History, frozen=True, gc=False, tag="history"):
    """A `history` for the last messages of a conversation that the person enters."""


class MembersQuery(Members, frozen=True, gc=False, tag="members"):
    """A `members` for a list that a view keeps."""


class TopicQuery(Topic, frozen=True, gc=False, tag="topic"):
    """A `topic` for a view that shows it all the time."""
