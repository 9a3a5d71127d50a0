"""Asks a person whether a text that is too long for one message is to be sent as several."""

from __future__ import annotations

from collections.abc import Callable

from client.commands.registry import CommandHost
from client.core.sending.long_texts import TextTooLong, split_text
from client.views.complaints import sentence
from messages.text import check_new_text

LONG_TEXT_ADVICE = (
    "Put it into a file, and type in a shell: fold -s -w 4000 FILE | chat-client send '#ROOM' -"
)

PutBack = Callable[[str], bool]
"""Puts the text back on the line being typed, with a notice; returns False if that is not empty."""


def offer_parts(host: CommandHost, error: TextTooLong, put_back: PutBack) -> None:
    """Ask for a yes or no. Until there is a yes, nothing is sent.

    Raise ValueError if the parts cannot be sent either. If the place changes before the answer, the text goes
    back on the line.
    """
    parts = split_text(error.text)
    for part in parts:
        check_new_text(part)
    mark = host.composer.mark

    def answered(answer: str) -> None:
        if answer.lower() not in ("y", "yes"):
            put_back("Not sent. Ctrl-U clears the line.")
        elif host.composer.is_stale(mark):
            put_back(f"Not sent: {host.composer.cause}. Ctrl-U clears the line.")
        else:
            for part in parts:
                host.say(error.to, part)

    host.show(sentence(error))
    host.question([f"Send it as {len(parts)} messages to {error.to}, y or n? "], answered)
