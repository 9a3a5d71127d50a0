"""The interface of a session for a view, except login and logout."""

from __future__ import annotations

from collections.abc import Container, Sequence

from client.core.events import Changed, ClientEvent, Sent
from client.core.files.download import Download, OpenSink
from client.core.files.ports import Source
from client.core.files.transfer import Transfer
from client.core.files.upload import Upload, check_size
from client.core.last_search import LastSearch
from client.core.lookups import Lookup, Lookups
from client.core.receiving.fetches import FETCH, Fetch, Fetches
from client.core.receiving.timeline import Timeline
from client.core.sending.long_texts import check_length
from client.core.transfers.exchange import FileExchange
from messages.base import Request
from messages.events import Amendment, Message
from messages.files import check_file_name
from messages.limits import MAX_FILES
from messages.replies import Welcome
from messages.requests import Search


class SessionView:
    """A session's requests, messages and events, for a view."""

    def __init__(self, exchange: FileExchange) -> None:
        self._exchange = exchange
        self._events = exchange.events
        self._lookups = Lookups(exchange.people)
        self._last_search = LastSearch()
        self._fetches = Fetches()

    def send(
        self, to: str, text: str, reply_to: int | None = None, files: Sequence[Source | Upload] = ()
    ) -> Sent:
        """Send a text to `#room` or `@user`, with files when these are uploaded.

        Raise ValueError with a sentence if it cannot be sent. Without a text, the files' names are the text.
        """
        check_length(to, text)
        if len(files) > MAX_FILES:
            raise ValueError(f"a message has at most {MAX_FILES} files")
        if not files:
            return self._exchange.send(to, text, reply_to)
        uploads = [file if isinstance(file, Upload) else self._upload(file) for file in files]
        return self._exchange.send_files(to, text, reply_to, uploads)

    def upload(self, source: Source) -> Upload:
        """Upload a file that a later message can have. Raise ValueError if this chat does not take it."""
        upload = self._upload(source)
        self._exchange.transfers.add(upload)
        return upload

    def _upload(self, source: Source) -> Upload:
        check_file_name(source.name)
        if (most := self._exchange.transfers.max_file) is not None:
            check_size(source.name, source.size, most)
        return Upload(source, self._exchange.transfers.new_id)

    def download(self, conversation: str, seq: int, number: int, open_sink: OpenSink) -> Download:
        """Fetch file `number` of a message, counted from 1. Raise ValueError if a value is wrong."""
        known = self.timeline(conversation).messages.get(seq)
        transfers = self._exchange.transfers
        download = Download(conversation, seq, number, open_sink, transfers.new_id, known=known)
        transfers.add(download)
        return download

    @property
    def max_file(self) -> int:
        """The most bytes of a file in this chat; 0 if it takes none, or before the first welcome."""
        return self._exchange.transfers.max_file or 0

    @property
    def transfers(self) -> list[Transfer]:
        """The files on their way: those that move now first."""
        return self._exchange.transfers.going

    def stop_transfers(self, why: str) -> None:
        """End all transfers, and give up the messages whose files are not complete."""
        self._exchange.transfers.stop_all(why)
        self._exchange.parcels.advance()

    def ask(self, kind: type[Request], **fields: object) -> str:
        """Make a request of another kind and return its id; raise ValueError if a field is wrong."""
        return self._exchange.ask(kind, **fields)

    def look_up(self, kind: Lookup, now: float, *, missed: bool = False) -> None:
        """Ask quietly for the names that completion needs, unless they were asked for a short time ago.

        `missed`: the known ones did not do.
        """
        if self._lookups.is_due(kind, now, missed=missed):
            self.ask(kind)

    @property
    def known_rooms(self) -> list[str]:
        """The rooms that the broker has named, whether the user is in them or not."""
        return self._lookups.rooms

    def read(self, conversation: str, upto: int) -> None:
        """Record that a person has read a conversation's messages handed over, up to the seq `upto`.

        The next confirm tells the broker.
        """
        self._exchange.mailbox.read(conversation, upto)

    def typed(self, conversation: str, draft: str, now: float) -> None:
        """Record that the person types a text to a conversation; the others there are told of it."""
        self._exchange.typing.typed(conversation, draft, now)

    def typists(self, conversation: str) -> tuple[str, ...]:
        """Return who types in a conversation now, but no ignored users. `TypingChanged` says when to look."""
        return self._exchange.ignored.others(self._exchange.typing.who(conversation))

    def allow_typing(self, *, on: bool) -> None:
        """Set whether this client tells that the person types, and keeps who else does."""
        self._exchange.typing.allowed = on

    @property
    def welcome(self) -> Welcome | None:
        """The last welcome: the broker's version, its limits and its abilities. None before the first."""
        return self._exchange.welcomed

    @property
    def online(self) -> int:
        """How many users are online, as last told, if the chat is a crowd; else 0."""
        return self._exchange.online

    @property
    def name(self) -> str:
        """The user's name; from a login to its welcome, the name asked for."""
        return self._exchange.name

    def user_id_of(self, name: str) -> int:
        """Return the number of the user who has a name, 0 if it is not known."""
        return self._exchange.users.id_of(name)

    @property
    def finds_mentions(self) -> bool:
        """Whether the broker finds the names that a text mentions as `@name`."""
        return self._exchange.finds_mentions

    @property
    def next_search(self) -> Search | None:
        """The request for older hits of the last search; None if there are none."""
        return self._last_search.older

    @property
    def has_searched(self) -> bool:
        """Whether there was a search, with hits or without."""
        return self._last_search.happened

    @property
    def unanswered(self) -> int:
        """The number of requests without a reply."""
        return len(self._exchange.pending) + len(self._exchange.parcels.waiting)

    def unanswered_of(self, kinds: tuple[type[Request], ...]) -> int:
        """Return the number of requests of some kinds without a reply."""
        return self._exchange.pending.count(kinds)

    @property
    def unanswered_ids(self) -> set[str]:
        """The ids of the requests without a reply."""
        return self._exchange.unanswered

    def give_up(self, ids: Container[str]) -> bool:
        """Give up the questions among these requests, for which nobody waits any more.

        Requests that change something stay. Return whether there were any questions.
        """
        return self._exchange.pending.give_up(ids)

    @property
    def oldest_sent_at(self) -> float | None:
        """When the first request that is on its way was sent (monotonic seconds); None if none is."""
        return self._exchange.pending.sent_at

    @property
    def unaccepted(self) -> list[Sent]:
        """The user's messages that the broker has neither accepted nor refused."""
        return self._exchange.sent_log.unaccepted

    @property
    def conversations(self) -> list[str]:
        """The known conversations."""
        return self._exchange.mailbox.conversations

    @property
    def people(self) -> list[str]:
        """The names of other users seen so far, the last one at the end."""
        return self._exchange.people.others(self.name)

    @property
    def all_confirmed(self) -> bool:
        """Whether the broker knows of everything handed over."""
        return self._exchange.mailbox.all_confirmed

    def timeline(self, conversation: str) -> Timeline:
        """Return the messages of a conversation as they are now, as far as this client knows them.

        If the user ignores somebody, it is a copy without what they said and how they reacted.
        """
        return self._exchange.ignored.timeline(self._exchange.timelines.of(conversation))

    def amended(self, event: ClientEvent) -> Message | None:
        """Return the message that an amendment is about, as it is now, if this client knows it."""
        if not isinstance(event, Amendment):
            return None
        known = self._exchange.timelines.of(event.conversation).messages.get(event.of)
        return self._exchange.ignored.message(known)

    def fetch(self, conversation: str, *, before: int | None = None, after: int | None = None) -> None:
        """Ask quietly for messages before or after a seq, or for the last ones, unless that is asked already.

        `Changed` tells that they came; `Replied` tells if they were refused.
        """
        if self._fetches.begin(conversation, before, after):
            self.ask(Fetch, conversation=conversation, before=before, after=after, limit=FETCH)

    @property
    def fetches(self) -> bool:
        """Whether messages that were fetched are on their way."""
        return bool(self._fetches)

    def shown(self, message: Message) -> Message | None:
        """Return a message as it is to be shown; None if its sender is ignored now."""
        return self._exchange.ignored.message(message)

    def look_at(self, conversation: str, seq: int | None) -> None:
        """Keep the messages around a seq in the conversation's timeline; with None, the last ones."""
        self._exchange.timelines.of(conversation).look_at(seq)

    def recent_sent(self, most: int) -> list[Sent]:
        """Return the user's last messages, accepted or not, oldest first."""
        return self._exchange.sent_log.recent(most)

    def next_event(self) -> ClientEvent | None:
        """Return the next event to show; None if there is none."""
        ignored = self._exchange.ignored
        while self._events:
            event = self._events.popleft()
            if self._lookups.take(event) or self._fetches.take(event):
                continue
            self._last_search.take(event)
            if isinstance(event, Changed):
                self._exchange.timelines.told(event)
            shown = ignored.take(event)
            if shown is not None:
                return shown
            self.handed_over(event)  # it arrived, though it is not shown
        return None

    def handed_over(self, event: ClientEvent) -> None:
        """Record that an event was shown. A message or amendment is confirmed only then."""
        if isinstance(event, Message | Amendment):
            self._exchange.mailbox.handed_over(event)
