"""What slash commands send, alike in all views."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from client.commands.registry import ScreenCommand
from client.core.composer import Composer
from client.core.events import Sent
from client.core.session import Session, SessionState
from client.views.files import LineFiles
from client.views.waiting import Entered


class SendingHost:
    """The part of a `CommandHost` that sends. A view says how it shows what was sent, and its notices."""

    session: Session
    composer: Composer[Entered]
    on_screen: Mapping[str, ScreenCommand] = MappingProxyType({})
    _welcomed = False
    _told_kept = False  # since the connection was lost

    @property
    def here(self) -> str:
        """The conversation that plain text goes to."""
        if self.composer.place is None:
            raise ValueError(f"{self.composer.cause}; name a room, or choose one with /join")
        return self.composer.place

    def earlier_own(self) -> int | None:
        """Return None: what was said before this start is shown only on demand."""
        return None

    def say(self, to: str, text: str, reply_to: int | None = None) -> None:
        """Send a message. If there is no connection, say once that it is kept."""
        self._sent(self.session.send(to, text, reply_to))

    def _sent(self, sent: Sent) -> None:
        self.show_sent(sent)
        if self.session.state is SessionState.OFFLINE and self._welcomed and not self._told_kept:
            self._told_kept = True
            self.notice("Kept; it will be sent when the broker is back.")

    def show_sent(self, sent: Sent) -> None:
        """Show that a message is on its way."""
        raise NotImplementedError

    def notice(self, text: str) -> None:
        """Show a notice."""
        raise NotImplementedError


class FilingHost(SendingHost):
    """A `SendingHost` of a person whose files are on this machine."""

    files: LineFiles

    def upload(self, path: str, text: str) -> None:
        """Send a file here when it is uploaded, perhaps with a text."""
        self._sent(self.session.send(self.here, text, None, [self.files.source(path)]))

    def get_files(self, seq: int, number: int | None) -> None:
        """Get one file of a message here, or all of them."""
        self.files.get(self.here, seq, number)
