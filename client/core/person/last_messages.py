"""The last messages of each conversation as the person was shown them, for commands that name none."""

from __future__ import annotations

from bisect import insort
from typing import NamedTuple

from client.core.events import ClientEvent, LoggedIn, Renamed, Replied, SendAccepted
from client.core.person.queries import RecentQuery, recent_messages
from messages.events import Deleted, Message, System, SystemKind
from messages.names import canonical_key
from messages.replies import Page

_MOST = 100
"""Messages that are remembered of a conversation, and conversations."""


class _Shown(NamedTuple):
    seq: int
    sender: str
    own: bool
    mark: int
    """When it was shown."""


class LastMessages:
    """Which messages were shown, and when. Marks tell the order in which things happened."""

    def __init__(self) -> None:
        self._shown: dict[str, list[_Shown]] = {}
        """In the order of their numbers."""

    def take(self, event: ClientEvent, me: str, mark: int) -> bool:
        """Take an event that is shown to the user `me`. Return whether it shows another's message."""
        match event:
            case Message():
                return self._note(event, me, mark)
            case SendAccepted(sent):
                self._add(sent.conversation, _Shown(sent.seq, me, own=True, mark=0))
            case Replied(request, Page() as page):
                entries = recent_messages(page) if isinstance(request, RecentQuery) else page.messages
                messages = (one for one in entries if isinstance(one, Message))
                return sum(self._note(one, me, mark) for one in messages) > 0
            case Deleted():
                kept = [one for one in self._of(event.conversation) if one.seq != event.of]
                self._shown[event.conversation] = kept
            case System(kind=SystemKind.RENAMED, user=old, name=str() as new) | Renamed(old, new):
                self._rename(old, new)
            case LoggedIn(again=again, new_log=new_log) if new_log or not again:
                self._shown.clear()
        return False

    def others(self, conversation: str, mark: int, name: str = "") -> int:
        """Return the last message of others, or of one of them, that was shown at a mark.

        Raise ValueError with a sentence if there is none.
        """
        key = canonical_key(name)
        for one in reversed(self._of(conversation)):
            if not one.own and one.mark <= mark and (not name or canonical_key(one.sender) == key):
                return one.seq
        whose = f"no message of {name}" if name else "no message of others"
        raise ValueError(f"{whose} was shown here before you began to type; give the number of one")

    def own(self, conversation: str) -> int:
        """Return this user's last message. Raise ValueError with a sentence if there is none."""
        for one in reversed(self._of(conversation)):
            if one.own:
                return one.seq
        raise ValueError("no message of yours was shown here that could be meant; give the number of one")

    def any(self, conversation: str, mark: int) -> int:
        """Return the last message, of whomever. Raise ValueError with a sentence if there is none."""
        for one in reversed(self._of(conversation)):
            if one.mark <= mark:
                return one.seq
        raise ValueError("no message was shown here before you began to type; give the number of one")

    def numbers(self, conversation: str, most: int) -> list[int]:
        """Return the numbers of the last messages, oldest first."""
        return [one.seq for one in self._of(conversation)][-most:]

    def _of(self, conversation: str) -> list[_Shown]:
        return self._shown.get(conversation, [])

    def _note(self, message: Message, me: str, mark: int) -> bool:
        own = message.sender == me
        if message.deleted:
            return False
        return self._add(message.conversation, _Shown(message.seq, message.sender, own, mark)) and not own

    def _add(self, conversation: str, one: _Shown) -> bool:
        """Add a message in its place. Return whether it was not shown before."""
        shown = self._shown.get(conversation)
        if shown is None:
            shown = self._shown[conversation] = []
            if len(self._shown) > _MOST:
                del self._shown[next(iter(self._shown))]
        if shown and one.seq <= shown[-1].seq and any(one.seq == known.seq for known in shown):
            return False
        insort(shown, one, key=lambda known: known.seq)
        del shown[:-_MOST]
        return True

    def _rename(self, old: str, new: str) -> None:
        if (direct := self._shown.pop(f"@{old}", None)) is not None:
            self._shown[f"@{new}"] = direct
        for conversation, shown in self._shown.items():
            self._shown[conversation] = [
                one._replace(sender=new) if one.sender == old else one for one in shown
            ]
