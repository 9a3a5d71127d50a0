"""Transcripts for tests of the log."""

from __future__ import annotations

from collections.abc import Sequence

from driven import AT

from client.core.events import Sent
from client.core.receiving.timeline import Timeline
from client.screen.log.layout import Layout
from client.screen.log.transcript import Transcript
from client.screen.tones import text_of
from messages.events import Message
from messages.replies import Page
from messages.requests import History

MINUTE = 60_000


def said(seq: int, text: str = "", sender: str = "bob", **more: object) -> Message:
    at = AT + seq * 10 * MINUTE
    return Message("#lobby", seq, f"i{seq}", sender, text or f"text {seq}", at, **more)  # type: ignore[arg-type]


def transcript(*messages: Message, me: str = "alice", sending: Sequence[Sent] = ()) -> Transcript:
    one = Transcript(me)
    timeline = Timeline()
    for message in messages:
        timeline.take(message)
    one.head = messages[-1].seq if messages else 0
    one.update(timeline, sending)
    return one


def put_in_front(one: Transcript, *messages: Message) -> None:
    """Take a page of older messages."""
    before = one.timeline.seqs[0]
    page = Page("r", "#lobby", list(messages), more=messages[0].seq > 1, head=one.head)
    one.timeline.take_page(page, History("r", "#lobby", before=before))
    one.update(one.timeline, ())


def texts(layout: Layout, columns: int = 60, height: int = 12) -> list[str]:
    return [text_of(row).rstrip() for row in layout.view(columns, height)]
