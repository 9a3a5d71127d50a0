"""Lists of messages: what a reply has is shown in a sheet, and kept as it is now while the sheet is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from client.core.events import Changed, ClientEvent, LoggedIn, Renamed, Replied
from client.core.person.queries import MoreQuery, PinsQuery
from client.screen.finding.showing import Showing
from client.screen.host import ScreenHost
from client.screen.sheets.listing import Listing, Uses
from client.text.replies import refusal_text
from client.text.times import local_time
from messages.amendments import Pins
from messages.events import Amendment, AnyEntry, Message, Pinned, System, SystemKind
from messages.limits import MAX_PAGE
from messages.replies import Error, Page, PinList
from messages.requests import History


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a list has: a thread, the pinned messages, or else those from a time on."""

    place: str
    home: str
    """Where the person was when it was opened."""
    thread: int | None = None
    pins: bool = False


class Lists:
    """The last list that was shown."""

    def __init__(self, host: ScreenHost, showing: Showing) -> None:
        self._host = host
        self._showing = showing
        self._kind = _Kind("", "")
        self._sheet: Listing | None = None

    # Opening

    def _open(self, kind: _Kind, title: str, messages: Iterable[Message], *, last: bool = True) -> Listing:
        host = self._host
        uses = Uses(self._go, self._answer, self._more, self._is_lost)
        sheet = Listing(title, host.session.name, uses, answers=kind.thread or 0, last=last)
        sheet.put(messages, host.state.conversations.of(kind.place).head)
        self._kind, self._sheet = kind, sheet
        return sheet

    def _page(self, request: History, page: Page) -> bool:
        messages = _messages(page.messages)
        here, place = self._host.state.here, page.conversation
        if not messages:
            return False
        kind = _Kind(place, here, request.thread)
        if request.thread is not None:
            sheet = self._open(kind, f"Thread of {request.thread:,} in {place}", messages)
        elif request.since is not None:
            since = local_time(request.since)
            sheet = self._open(kind, f"{place} since {since:%Y-%m-%d %H:%M}", messages, last=False)
        elif place == here:  # they are in the log
            self._host.state.go_to(messages[0].seq)
            return True
        else:
            sheet = self._open(kind, f"The last messages of {place}", messages)
        sheet.more = page.more and (request.thread is not None or request.since is not None)
        self._showing.present(sheet)
        return True

    def _pins(self, pins: PinList) -> bool:
        if not pins.messages:
            return False
        kind = _Kind(pins.conversation, self._host.state.here, pins=True)
        sheet = self._open(kind, f"Pinned in {pins.conversation}", pins.messages)
        sheet.pin(message.seq for message in pins.messages)
        self._showing.present(sheet)
        return True

    # What the sheet does

    def _go(self, seq: int) -> None:
        self._showing.go(self._kind.place, seq, select=True)

    def _answer(self, seq: int) -> None:
        if self._kind.place == self._host.state.here:
            self._host.begin_reply(seq)
        else:
            self._go(seq)

    def _more(self, after: int) -> None:
        kind = self._kind
        self._host.session.ask(
            MoreQuery, conversation=kind.place, after=after, thread=kind.thread, limit=MAX_PAGE
        )

    def _is_lost(self) -> bool:
        return self._host.state.here != self._kind.home

    # Events

    def take(self, event: ClientEvent) -> bool:
        """Take an event. Return whether it is a reply that this shows."""
        if isinstance(event, Replied):
            return self._replied(event)
        if self._sheet is not None and self._sheet.is_open:
            self._follow(self._sheet, event)
        return False

    def _replied(self, event: Replied) -> bool:
        request, reply = event.request, event.reply
        if isinstance(request, MoreQuery | PinsQuery):
            if self._sheet is not None and self._sheet.is_open and request.conversation == self._kind.place:
                self._continued(self._sheet, reply)
            return True
        if type(request) is History and isinstance(reply, Page):
            return self._page(request, reply)
        return type(request) is Pins and isinstance(reply, PinList) and self._pins(reply)

    def _continued(self, sheet: Listing, reply: object) -> None:
        head = self._host.state.conversations.of(self._kind.place).head
        match reply:
            case Page():
                sheet.more = reply.more
                sheet.put(_messages(reply.messages), head)
            case PinList():
                sheet.put(reply.messages, head, anew=True)
                sheet.pin(message.seq for message in reply.messages)
            case Error():
                sheet.more = False
                self._host.state.tell(f"Refused: {refusal_text(reply)}.")

    def _follow(self, sheet: Listing, event: ClientEvent) -> None:
        kind = self._kind
        match event:
            case LoggedIn() if event.new_log or not event.again:
                sheet.close()
            case LoggedIn():
                self._refresh(sheet)
            case Changed(conversation, seqs) if conversation == kind.place:
                known = self._known
                for message in (known[seq] for seq in sorted(seqs) if seq in known):
                    if message.seq in sheet.seqs or self._belongs(sheet, message):
                        sheet.put([message])
            case Pinned(conversation=place) if kind.pins and place == kind.place:
                self._refresh(sheet)
            case Amendment(conversation=place) if place == kind.place and event.of not in self._known:
                sheet.amend(event)
            case System(kind=SystemKind.RENAMED, user=old, name=str() as new) | Renamed(old, new):
                sheet.rename(old, new)
                names = {f"@{old}": f"@{new}"}
                self._kind = replace(
                    kind,
                    place=names.get(kind.place, kind.place),
                    home=names.get(kind.home, kind.home),
                )

    @property
    def _known(self) -> Mapping[int, Message]:
        """The messages of the conversation that the client keeps as they are now."""
        return self._host.session.timeline(self._kind.place).messages

    def _belongs(self, sheet: Listing, message: Message) -> bool:
        """Whether a message that is not in the list belongs to it."""
        if self._kind.pins or sheet.more:
            return False
        if self._kind.thread is not None:
            return message.reply_to in sheet.seqs
        return bool(sheet.seqs) and message.seq > sheet.seqs[-1]

    def _refresh(self, sheet: Listing) -> None:
        """Get what this client was not told."""
        if self._kind.pins:
            self._host.session.ask(PinsQuery, conversation=self._kind.place)
        elif not sheet.more and sheet.seqs:
            self._more(sheet.seqs[-1])


def _messages(entries: Iterable[AnyEntry]) -> list[Message]:
    return [entry for entry in entries if isinstance(entry, Message)]
