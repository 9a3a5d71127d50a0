"""All conversations of this client: messages that arrived, are to be fetched, or are to be confirmed."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping

from client.core.events import Missing, Skipped
from client.core.options import Listening
from client.core.receiving.inbox import Inbox, Worklist, can_be_asked_for
from client.core.receiving.pace import Pace
from messages.errors import ErrorCode
from messages.events import AnyAmendment, AnyEntry, Message, Position
from messages.limits import MAX_PAGE
from messages.names import canonical_key
from messages.replies import Error, Page
from messages.requests import Confirm, History

FETCH_AGAIN_SECONDS = 0.5
"""Pause before history is fetched again after a refusal."""
_Lost = list[AnyEntry | Missing]
_Shown = list[AnyEntry | Missing | Skipped]
_NEVER = float("-inf")
_NOT_OURS = (ErrorCode.NOT_IN_ROOM, ErrorCode.NO_SUCH_ROOM)


class Mailbox:
    """Inboxes by conversation. If the session does not listen, they fetch, confirm and keep nothing."""

    def __init__(self, new_id: Callable[[], str], listening: Listening) -> None:
        self._new_id = new_id
        self._brief = listening.brief
        self._listen = listening.on
        self._only = None if listening.only is None else canonical_key(listening.only)
        self._inboxes: dict[str, Inbox] = {}
        self._work = Worklist()
        self._asked: dict[str, tuple[History | Confirm, Inbox]] = {}
        self.pace = Pace()
        self._fetch_at = _NEVER

    @property
    def conversations(self) -> list[str]:
        """The names of all known conversations."""
        return list(self._inboxes)

    def open(self, positions: Iterable[Position], *, anew: bool) -> list[str]:
        """Take the positions of a welcome or of `lagged`; earlier requests may stay unanswered.

        `anew` if all earlier state is void. Return the result of `learn`.
        """
        self._asked.clear()
        if anew:
            self._inboxes.clear()
            self._work.clear()
        for inbox in self._inboxes.values():
            inbox.fetching = False
            self._work.note(inbox)
        return self.learn(positions)

    def learn(self, positions: Iterable[Position]) -> list[str]:
        """Record heads and cursors; a new conversation begins at the user's cursor.

        Return the conversations that are not the ones which had these names before.
        """
        others = []
        for position in positions:
            name = position.conversation
            inbox = self._inboxes.get(name)
            if inbox is not None and position.head < inbox.have:
                self._work.forget(inbox)
                others.append(name)
                inbox = None
            if inbox is None:
                if not self._is_for_us(name):
                    continue
                inbox = self._inboxes[name] = Inbox(
                    name, position.delivered, position.head if self._brief else 0
                )
            inbox.learn_head(position.head)
            inbox.confirmed, inbox.read = position.delivered, position.read
            self._work.note(inbox)
        return others

    def knows(self, conversation: str) -> bool:
        """Whether a conversation is known by exactly this name."""
        return conversation in self._inboxes

    def close(self, conversation: str) -> None:
        """Forget a room that was left, in whatever case its name is written."""
        key = canonical_key(conversation)
        for name in [name for name in self._inboxes if canonical_key(name) == key]:
            self._work.forget(self._inboxes.pop(name))

    def rename_all(self, names: Mapping[str, str]) -> None:
        """Record the new names of direct conversations, by their old ones. Two may have exchanged theirs."""
        moved = {new: self._inboxes.pop(old, None) for old, new in names.items()}
        if self._only is not None:
            by_key = {canonical_key(old): new for old, new in names.items()}
            self._only = canonical_key(by_key.get(self._only, self._only))
        for new, inbox in moved.items():
            if inbox is not None:
                self.close(new)
                self._work.forget(inbox)
                if can_be_asked_for(new):
                    inbox.conversation = new
                    self._inboxes[new] = inbox
                    self._work.note(inbox)

    def doubt(self, conversation: str) -> None:
        """Record that a user came online, who may be another one with the same name."""
        inbox = self._inboxes.get(conversation)
        if inbox is not None:
            inbox.doubtful = True

    def is_other(self, conversation: str, seq: int) -> bool:
        """Whether the `seq` of a new message shows that this is another conversation with the same name.

        If so, forget the earlier conversation.
        """
        inbox = self._inboxes.get(conversation)
        if inbox is None or not inbox.doubtful or seq in inbox.found:
            return False
        inbox.doubtful = False
        if seq > inbox.have:
            return False
        self.close(conversation)
        return True

    def arrive(self, message: AnyEntry) -> list[AnyEntry]:
        """Take a live entry; return the entries that can be shown now."""
        return self._arrive(message.conversation, message.seq, message)

    def amended(self, entry: AnyAmendment) -> list[AnyEntry]:
        """Take an accepted amendment of this user's. If it is not the next entry, history will have it."""
        inbox = self._inboxes.get(entry.conversation)
        if inbox is not None and entry.seq != inbox.head + 1:
            inbox.learn_head(entry.seq)
            self._work.note(inbox)
        return self.arrive(entry) if inbox is not None and entry.seq > inbox.head else []

    def sent(self, conversation: str, seq: int) -> list[AnyEntry] | None:
        """Record the seq of a message of this user, and return the messages that can be shown now.

        Return None if history has had it.
        """
        known = self._inboxes.get(conversation)
        if known is None and conversation.startswith("#"):
            return []  # it was left before `accepted` came
        new = known is None or seq > known.have
        shown = self._arrive(conversation, seq, None)
        return shown if new else None

    def _arrive(self, conversation: str, seq: int, message: AnyEntry | None) -> list[AnyEntry]:
        inbox = self._inbox(conversation, seq)
        if inbox is None:
            return [message] if message is not None and self._listen and self._only is None else []
        if not self._listen:
            inbox.pass_over(seq)
            return []
        shown = inbox.arrive(seq, message)
        self._work.note(inbox)
        return shown

    def read(self, conversation: str, upto: int) -> None:
        """Record that the person has read a conversation's messages handed over, up to a seq."""
        inbox = self._inboxes.get(conversation)
        if inbox is not None:
            inbox.see(upto)
            self._work.note(inbox)

    def fill(self, page: Page, own: Callable[[Message], bool], names: Container[str] = ()) -> _Shown | None:
        """Take a page if this mailbox asked for it, and return what can be shown now.

        `own` returns whether this client sent a message for which `accepted` is still to come; `names` are
        the names of this user.
        """
        request, inbox = self._asked.pop(page.re, (None, None))
        if request is None or inbox is None:
            return None
        if self._inboxes.get(inbox.conversation) is not inbox:  # it was left meanwhile
            return []
        inbox.fetching = False
        shown: _Shown = inbox.skip(page.messages[0]) if inbox.too_far_behind and page.messages else []
        hidden = {m.seq for m in page.messages if m.seq <= inbox.missed_to and m.sender in names}
        hidden |= {m.seq for m in page.messages if isinstance(m, Message) and own(m)}
        shown += inbox.fill(
            ((m.seq, None if m.seq in hidden else m) for m in page.messages), last=not page.more
        )
        if page.more and isinstance(request, History) and inbox.have == request.after:  # no progress
            shown += inbox.fill((), last=True)
        self._work.note(inbox)
        return shown

    def done(self, request_id: str) -> bool:
        """Record an empty reply; return whether it answers a request of this mailbox."""
        return self._asked.pop(request_id, None) is not None

    def refused(self, error: Error, now: float) -> list[AnyEntry | Missing] | None:
        """Take the refusal of a request of this mailbox, and return what can be shown now."""
        request, inbox = self._asked.pop(error.re or "", (None, None))
        if request is None or inbox is None:
            return None
        if isinstance(request, History):
            return self._fetch_refused(request, inbox, error, now)
        if error.retryable or request.conversation != inbox.conversation:
            inbox.confirmed = inbox.read = 0
            self._note(inbox)
        return []

    def _fetch_refused(self, request: History, inbox: Inbox, error: Error, now: float) -> _Lost:
        inbox.fetching = False
        if error.retryable or request.conversation != inbox.conversation:  # it was renamed meanwhile
            self._fetch_at = now + FETCH_AGAIN_SECONDS
            self._note(inbox)
            return []
        if self._inboxes.get(inbox.conversation) is not inbox:  # it was left meanwhile
            return []
        if error.code is ErrorCode.NO_SUCH_USER:  # a renaming was missed: it goes on under the new name
            self.close(inbox.conversation)
            return []
        if error.code in _NOT_OURS:
            self.close(inbox.conversation)
        shown = inbox.fill((), last=True)
        self._note(inbox)
        return shown

    def handed_over(self, message: AnyEntry) -> None:
        """Record that the view took an entry."""
        inbox = self._inboxes.get(message.conversation)
        if inbox is None or not inbox.awaits(message):  # its conversation was renamed meanwhile, or left
            inbox = next((one for one in self._inboxes.values() if one.awaits(message)), None)
        if inbox is not None:
            inbox.handed_over(message.seq)
            self._work.note(inbox)

    @property
    def all_confirmed(self) -> bool:
        """Whether there is nothing to confirm."""
        return not (self._listen and self._work.unconfirmed)

    @property
    def due_at(self) -> float:
        """The time of the next fetch or confirm; infinity if there is none."""
        due = float("inf")
        if not self.all_confirmed:
            due = self.pace.due_at
        if self._listen and self._work.behind:
            due = min(due, self._fetch_at)
        return due

    def due(self, now: float) -> Iterator[History | Confirm]:
        """Yield fetches of missing messages and, after each pause, confirms of those that arrived."""
        if not self._listen:
            return
        if now >= self._fetch_at:
            for inbox in list(self._work.behind):
                inbox.fetching = True
                self._work.note(inbox)
                limit = 1 if inbox.too_far_behind else MAX_PAGE
                history = History(self._new_id(), inbox.conversation, after=inbox.have, limit=limit)
                self._asked[history.id] = history, inbox
                yield history
        in_rooms = any(inbox.conversation.startswith("#") for inbox in self._work.unconfirmed)
        self.pace.wait_turn(now, in_rooms=in_rooms)
        if now >= self.pace.due_at:
            for confirm in self.confirms():
                self.pace.confirmed(now)
                yield confirm

    def confirms(self) -> Iterator[Confirm]:
        """Yield confirms of everything handed over, without a pause."""
        for inbox in list(self._work.unconfirmed) if self._listen else ():
            newly_read = inbox.seen if inbox.seen > inbox.read else None
            inbox.confirmed, inbox.read = inbox.confirmable, max(inbox.read, inbox.seen)
            self._work.note(inbox)
            confirm = Confirm(self._new_id(), inbox.conversation, inbox.confirmed, newly_read)
            self._asked[confirm.id] = confirm, inbox
            yield confirm

    def _note(self, inbox: Inbox) -> None:
        """Record the change of an inbox, unless it was left meanwhile."""
        if self._inboxes.get(inbox.conversation) is inbox:
            self._work.note(inbox)

    def _inbox(self, conversation: str, seq: int) -> Inbox | None:
        inbox = self._inboxes.get(conversation)
        if inbox is None and self._is_for_us(conversation):
            # A room may have been joined from another device; a direct conversation begins here.
            have = seq - 1 if conversation.startswith("#") else 0
            inbox = self._inboxes[conversation] = Inbox(conversation, have)
        return inbox

    def _is_for_us(self, conversation: str) -> bool:
        return self._only in (None, canonical_key(conversation)) and can_be_asked_for(conversation)
