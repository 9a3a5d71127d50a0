"""The list of conversations as a tab has it. Only those are looked at that an event may have changed."""

from __future__ import annotations

from client.core.events import Changed, ClientEvent, SendAccepted, SendDelivered, TypingChanged
from client.web.following import ALL
from client.web.person import Person
from client.web.protocol.shown import Conversation
from client.web.protocol.tells import Conversations
from messages.events import Amendment, Message, Receipt
from messages.text import neutralise


class Listing:
    """What the page knows of each conversation of a person."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._known: dict[str, Conversation] = {}
        self._doubtful: set[str] = set()
        self._all_doubtful = True

    def __contains__(self, conversation: str) -> bool:
        """Whether the page knows a conversation."""
        return conversation in self._known

    def clear(self) -> None:
        """Tell all again."""
        self._known.clear()

    def rename(self, old: str, new: str) -> bool:
        """Give a conversation another name; return whether the page knows it."""
        if old not in self._known:
            return False
        self._known[new] = self._known.pop(old)
        return True

    def doubt(self, conversation: str = ALL) -> None:
        """Look at a conversation the next time, if there is such a one, or at `ALL` of them."""
        if conversation == ALL:
            self._all_doubtful = True
        elif conversation in self._known:
            self._doubtful.add(conversation)

    def follow(self, event: ClientEvent) -> None:
        """Look at the conversations that an event is about; at all of them if that is not plain."""
        match event:
            case Message(conversation=name) | TypingChanged(conversation=name):
                self._doubtful.add(name)
            case SendAccepted(_, reply):
                self._doubtful.add(reply.conversation)
            case Changed() | Receipt() | SendDelivered() | Amendment():
                pass
            case _:
                self._all_doubtful = True

    def changes(self) -> Conversations | None:
        """Return what has changed since it was last told; None if nothing has."""
        anew, doubtful = not self._known, self._doubtful
        look_at_all = anew or self._all_doubtful or not doubtful <= self._known.keys()
        self._doubtful, self._all_doubtful = set(), False
        if look_at_all:
            names = self._person.conversations.ordered(self._person.session.conversations)
            now = {name: self._conversation(name) for name in names}
            gone = tuple(name for name in self._known if name not in now)
        else:
            now = {name: self._conversation(name) for name in doubtful}
            gone = ()
        changed = tuple(one for name, one in now.items() if self._known.get(name) != one)
        if look_at_all:
            self._known = now
        else:
            self._known.update(now)
        return Conversations(changed, all=anew, gone=gone) if changed or gone else None

    def _conversation(self, name: str) -> Conversation:
        waiting = self._person.conversations.of(name)
        return Conversation(
            name,
            self._person.conversations.rank(name)[0],
            waiting.unread,
            waiting.mentioned,
            waiting.head,
            waiting.read,
            waiting.level,
            neutralise(self._person.topics.get(name, "")),
            self._person.session.typists(name),
        )
