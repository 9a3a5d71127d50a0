"""How a line of text shows the files of a message. Peers' names are neutralised here."""

from __future__ import annotations

from client.core.files.sizes import size_text
from client.core.transfers.parcels import file_text
from client.files.names import short_name
from messages.events import Message
from messages.files import File
from messages.text import reveal

_MOST_NAME = 60
_BRACKETS = str.maketrans("[]", "()")


def file_mark(message: Message) -> str:
    """Return the files of a message in brackets, to stand behind the sender's name, where no text can stand.

    The number in front is the message's. With several files, each has its own number too:
    `[12: plan.pdf 1.2 MB]`, `[12: 1 plan.pdf 1.2 MB, 2 me.png 80 kB]`.
    """
    if not message.files:
        return ""
    which = f"{message.seq}: " if message.seq else ""  # an own message that is not accepted yet has none
    if len(message.files) == 1:
        return f" [{which}{_file(message.files[0])}]"
    return f" [{which}{', '.join(f'{number} {_file(file)}' for number, file in enumerate(message.files, 1))}]"


def said_by_hand(message: Message) -> bool:
    """Whether a message has a text beside the names of its files."""
    return not message.files or message.text != file_text(message.files)


def _file(file: File) -> str:
    return f"{reveal(short_name(file.name, _MOST_NAME)).translate(_BRACKETS)} {size_text(file.size)}"
