"""What a piece of a row means, without a word about how it looks. The themes say that."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple
from zlib import crc32

from client.text.styles import Style
from messages.names import canonical_key
from messages.rows import prefix, width


class Meaning(Enum):
    """What a piece means."""

    TEXT = auto()
    QUIET = auto()
    """What stands back."""
    STRONG = auto()
    CHOSEN = auto()
    NAME = auto()
    MEMBER = auto()
    """A name in a list of names."""
    OWN = auto()
    """The user's own name."""
    MENTION = auto()
    """What waits for the person."""
    KEYWORD = auto()
    """A message with one of the person's keywords."""
    NOTICE = auto()
    TIME = auto()
    RULE = auto()
    """A line that divides."""
    ERROR = auto()
    STATUS = auto()
    HIT = auto()
    """What a search has found."""
    PICTURE = auto()
    """A picture for a camera: white on black in every theme."""
    MARK = auto()
    """The characters of the markup."""
    LINK = auto()
    QUOTE = auto()
    CODE = auto()
    CODE_KEYWORD = auto()
    CODE_NAME = auto()
    CODE_BUILTIN = auto()
    CODE_TEXT = auto()
    CODE_NUMBER = auto()
    CODE_COMMENT = auto()


class Tone(NamedTuple):
    """The look of a piece: the style of its text, and its meaning.

    `hue` is the same for the same name; a theme chooses the colour of a name by it. With `reverse` it is part
    of what is chosen. `link` is an address that the piece leads to.
    """

    style: Style = Style.PLAIN
    meaning: Meaning = Meaning.TEXT
    hue: int = 0
    reverse: bool = False
    link: str = ""


PLAIN = Tone()
DIM = Tone(meaning=Meaning.QUIET)
BOLD = Tone(meaning=Meaning.STRONG)
CHOSEN = Tone(meaning=Meaning.CHOSEN)
OWN = Tone(meaning=Meaning.OWN)
WAITS = Tone(meaning=Meaning.MENTION)
KEYWORD = Tone(meaning=Meaning.KEYWORD)
NOTICE = Tone(meaning=Meaning.NOTICE)
TIME = Tone(meaning=Meaning.TIME)
RULE = Tone(meaning=Meaning.RULE)
BAD = Tone(meaning=Meaning.ERROR)
STATUS = Tone(meaning=Meaning.STATUS)
HIT = Tone(meaning=Meaning.HIT)
PICTURE = Tone(meaning=Meaning.PICTURE)
DELETED = Tone(Style.ITALIC, Meaning.QUIET)

Piece = tuple[str, Tone]
Row = list[Piece]


def text_of(row: Row) -> str:
    """Return the text of a row."""
    return "".join(text for text, _ in row)


def name_tone(name: str, meaning: Meaning = Meaning.NAME) -> Tone:
    """Return the look of a name, the same each time."""
    return Tone(meaning=meaning, hue=crc32(canonical_key(name).encode(errors="replace")))


def fitted(row: Row, columns: int) -> Row:
    """Return a row that is cut to so many columns."""
    fitting: Row = []
    for text, tone in row:
        if width(text) > columns:
            return [*fitting, (f"{prefix(text, columns - 1)}…" if columns > 1 else "", tone)]
        fitting.append((text, tone))
        columns -= width(text)
    return fitting
