"""What the senders say, made so that every receiver can tell what it should have got."""

from __future__ import annotations

from messages.codec import encode
from messages.events import Message
from messages.requests import Send


class Workload:
    """Numbered messages to a room. `run` keeps the ids of one run apart from those of earlier runs.

    The document is built and checked once, and then only filled in: its texts are plain ASCII.
    """

    def __init__(self, room: str, text_size: int, run: str) -> None:
        self.room = room
        self._text_size = text_size
        self._run = run
        sample = encode(Send(id=run, to=room, text="?")).decode()
        self._begin, _, rest = sample.partition(run)
        self._middle, _, self._end = rest.rpartition("?")

    def make_document(self, sender: str, number: int) -> bytes:
        """Return the encoded `send` of a sender's message, the first being number 1."""
        text = self._make_text(sender, number)
        return f"{self._begin}{self._run}-{number}{self._middle}{text}{self._end}".encode()

    def number_of(self, message: Message) -> int | None:
        """Return which of its sender's messages this is; None if it is not what was sent."""
        run, _, digits = message.id.rpartition("-")
        if run != self._run or not digits.isdecimal():
            return None
        number = int(digits)
        return number if message.text == self._make_text(message.sender, number) else None

    def _make_text(self, sender: str, number: int) -> str:
        """Return a text of `text_size` characters that tells who sent it and which one it is."""
        return f"{sender} {number} ".ljust(self._text_size, ".")
