"""One user's requests, replies and messages, with the files that are on their way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from client.core.events import Sent
from client.core.exchange import Exchange
from client.core.files.upload import Upload
from client.core.options import Listening
from client.core.receiving.runs import apart
from client.core.transfers.parcels import Parcels, names_text
from client.core.transfers.transfers import Transfers
from messages.base import Request
from messages.errors import ErrorCode
from messages.events import AnyEvent
from messages.replies import Accepted, AnyReply, Error, Welcome


class FileExchange(Exchange):
    """An exchange that moves files too."""

    def __init__(
        self,
        name: str,
        new_id: Callable[[], str],
        encode: Callable[[Request], bytes],
        listening: Listening,
        *,
        bot: bool = False,
    ) -> None:
        super().__init__(name, new_id, encode, listening, bot=bot)
        self.transfers = Transfers(new_id, self.pending, self.events)
        self.parcels = Parcels(self.pending, self.sent_log, self.events, self.transfers)
        self._has_news = False

    @property
    def unanswered(self) -> set[str]:
        """The ids of the requests without a reply, and of the messages that wait for their files."""
        return self.pending.ids | self.parcels.waiting

    def send_files(self, to: str, text: str, reply_to: int | None, uploads: Sequence[Upload]) -> Sent:
        """Send a text when its files are uploaded; raise ValueError with a sentence if it cannot be sent."""
        request = self._message(to, text or names_text(one.name for one in uploads), reply_to)
        sent = self.sent_log.add(request)
        self.parcels.add(sent, uploads)
        self.parcels.advance()
        return sent

    def drop(self, ids: set[str], code: ErrorCode, why: str) -> None:
        """Give up requests that must not be sent any more."""
        self.parcels.drop(ids, code, why)
        super().drop(ids, code, why)

    def abandon(self) -> set[str]:
        """Stop all files, as another user is going to log in. Return the ids that this one leaves behind."""
        self.transfers.stop_all("you are another user now")
        self.parcels.advance()
        return self.pending.ids

    # The connection

    def due(self, now: float) -> Iterator[Request]:
        """Yield the requests to send now, beside those that wait for a reply: see `Exchange.due`."""
        yield from super().due(now)
        before = len(self.events)
        if self.transfers:
            yield from self.transfers.due(now)
            self.parcels.advance()
        self._has_news = len(self.events) > before

    def due_in(self, now: float) -> float:
        """Return in how many seconds there are such requests; infinity if there will be none."""
        if self._has_news and self.events:  # nothing comes that would wake the view
            return 0.0
        due = self.due_at - now
        return min(due, self.transfers.due_in(now)) if self.transfers else due

    def connection_lost(self) -> None:
        """Mark all requests to be sent again on the next connection."""
        self.pending.connection_lost()
        self.transfers.connection_lost()

    def welcome(self, welcome: Welcome, *, anew: bool, forgotten: bool) -> int:
        """Take a welcome: see `Exchange.welcome`."""
        self.transfers.set_limit(welcome.max_file)
        return super().welcome(welcome, anew=anew, forgotten=forgotten)

    def receive(self, document: AnyReply | AnyEvent, now: float) -> None:
        """Take one document that is not about the login."""
        for one in apart(document):
            if self.transfers and isinstance(one, AnyReply) and self.transfers.receive(one, now):
                self.parcels.advance()
            else:
                super().receive(one, now)

    def _accepted(self, reply: Accepted) -> None:
        super()._accepted(reply)
        self.parcels.ended(reply.re)

    def _refused(self, error: Error, now: float) -> None:
        if self.parcels.take_back(error):
            return
        super()._refused(error, now)
        if not self.sent_log.awaits(error.re):
            self.parcels.ended(error.re)

    def _unsent_to(self, conversation: str) -> set[str]:
        return super()._unsent_to(conversation) | self.parcels.waiting_to(conversation)
