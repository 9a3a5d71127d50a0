"""The logs of the conversations, and what is said to the person in them."""

from __future__ import annotations

from collections.abc import Callable

from client.core.session import Session
from client.screen.log.layout import Layout
from client.screen.log.transcript import Notice, Transcript
from client.screen.model.conversations import ConversationList
from client.text.lines import Line
from messages.names import LOBBY
from messages.text import neutralise

_TAB = "    "


class Logs:
    """A log for each conversation that was looked at. `here` is the one in the middle."""

    def __init__(self, session: Session) -> None:
        self.here = LOBBY
        self.conversations = ConversationList()
        self.hint = ""
        """What is said in the line of the state until the next key."""
        self.on_change: Callable[[], None] = lambda: None
        self._session = session
        self._layouts: dict[str, Layout] = {}

    @property
    def layout(self) -> Layout:
        """The log of the conversation in the middle."""
        return self.layout_of(self.here)

    def layout_of(self, conversation: str) -> Layout:
        """Return the log of a conversation."""
        if conversation not in self._layouts:
            transcript = Transcript(self._session.name)
            transcript.head = self.conversations.of(conversation).head
            self._layouts[conversation] = Layout(transcript)
        return self._layouts[conversation]

    def notice(self, text: str, *, data: bool = False, where: str = "", time: str = "") -> None:
        """Put a notice into a log."""
        notice = Notice(neutralise(text.replace("\t", _TAB), keep="\n"), data, time)
        place = where or self.here
        transcript = self.layout_of(place).transcript
        transcript.head = max(transcript.head, self.conversations.of(place).head)
        transcript.add_notice(notice)
        self.on_change()

    def lines(self, lines: list[Line], where: str = "", time: str = "") -> None:
        """Put lines into a log."""
        for line in lines:
            self.notice(line.text, data=line.data, where=where, time=time)

    def tell(self, text: str) -> None:
        """Answer the person: in the log if its end is shown, else in the line of the state, until a key."""
        if self.layout.stays_at_end:
            self.notice(text)
        else:
            self.hint = neutralise(text)
            self.on_change()
