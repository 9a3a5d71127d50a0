"""Decodes the characters that a terminal sends into pressed keys and pasted text."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from enum import Enum, auto

from client.editor.inputs import LINE_LIMIT

_PASTE_BEGIN, _PASTE_END = "\x1b[200~", "\x1b[201~"
_FORBIDDEN = r"\x00-\x1f\x7f-\x9f\ud800-\udfff"
_TOKEN = re.compile(
    rf"""
      (?P<typed> [^{_FORBIDDEN}]+ )
    | (?P<sequence> \x1b (?: \[ (?: \[ [ -~] | [0-?]* [ -/]* [@-Z\\-~] )    # CSI, and F1 on Linux's console
                           | O [0-?]* [@-~]                                 # SS3
                           | [\]PX^_] [^\x07\x1b]* (?: \x07 | \x1b\\ ) ) )  # OSC and its like: late answers
    | (?P<unfinished> \x1b (?: \[ (?: \[ | [0-?]{{0,64}} [ -/]{{0,8}} ) | O [0-?]{{0,64}} )? \Z )
    | (?P<broken> \x1b (?: \[ (?: \[ | [0-?]* [ -/]* ) | O [0-?]* | (?= \x1b ) ) )
    | (?P<alt> \x1b . )
    """,
    re.VERBOSE | re.DOTALL,
)
_NOT_PASTED = re.compile(rf"(?![\n\t])[{_FORBIDDEN}]")


def is_typeable(text: str) -> bool:
    """Whether a terminal can have sent a text as typed or pasted characters: nothing in it controls one."""
    return _NOT_PASTED.search(text) is None


class Action(Enum):
    """The function of a key."""

    ENTER = auto()
    NEWLINE = auto()
    BREAK_LINE = auto()
    BACKSPACE = auto()
    DELETE = auto()
    DELETE_OR_END = auto()
    LEFT = auto()
    RIGHT = auto()
    HOME = auto()
    END = auto()
    WORD_LEFT = auto()
    WORD_RIGHT = auto()
    KILL_TO_END = auto()
    KILL_TO_START = auto()
    KILL_WORD_LEFT = auto()
    KILL_WORD_RIGHT = auto()
    KILL_TO_BLANK = auto()
    YANK = auto()
    TRANSPOSE = auto()
    TRANSPOSE_WORDS = auto()
    UPPER = auto()
    LOWER = auto()
    CAPITALISE = auto()
    UNDO = auto()
    OLDER = auto()
    NEWER = auto()
    SEARCH = auto()
    CANCEL = auto()
    COMPLETE = auto()
    COMPLETE_BACK = auto()
    INTERRUPT = auto()
    CLEAR = auto()
    SUSPEND = auto()


@dataclass(frozen=True, slots=True)
class Typed:
    """Printable characters."""

    text: str


@dataclass(frozen=True, slots=True)
class Pasted:
    """A bracketed paste: printable characters, newlines and tabs, without newlines at the end."""

    text: str


@dataclass(frozen=True, slots=True)
class Other:
    """A key that a view has its own use for, or an answer of the terminal: the sequence as it came."""

    sequence: str


Press = Action | Typed | Pasted | Other

_BINDINGS = {
    Action.ENTER: ("\r", "\x1bOM"),
    Action.NEWLINE: ("\n",),
    Action.BREAK_LINE: ("\x1b\r", "\x1b\n", "\x1b[13;2u", "\x1b[13;5u", "\x1b[27;2;13~", "\x1b[27;5;13~"),
    Action.BACKSPACE: ("\x7f", "\x08"),
    Action.DELETE: ("\x1b[3~", "\x1b[3;2~"),
    Action.DELETE_OR_END: ("\x04",),
    Action.LEFT: ("\x02", "\x1b[D", "\x1bOD", "\x1b[1;2D"),
    Action.RIGHT: ("\x06", "\x1b[C", "\x1bOC", "\x1b[1;2C"),
    Action.HOME: ("\x01", "\x1b[H", "\x1bOH", "\x1b[1~", "\x1b[7~", "\x1b[1;2H"),
    Action.END: ("\x05", "\x1b[F", "\x1bOF", "\x1b[4~", "\x1b[8~", "\x1b[1;2F"),
    Action.WORD_LEFT: ("\x1bb", "\x1b[1;5D", "\x1b[1;3D", "\x1b[5D", "\x1bOd"),
    Action.WORD_RIGHT: ("\x1bf", "\x1b[1;5C", "\x1b[1;3C", "\x1b[5C", "\x1bOc"),
    Action.KILL_TO_END: ("\x0b",),
    Action.KILL_TO_START: ("\x15",),
    Action.KILL_WORD_LEFT: ("\x1b\x7f", "\x1b\x08", "\x1b[127;5u", "\x1b[27;5;127~"),
    Action.KILL_WORD_RIGHT: ("\x1bd", "\x1b[3;5~", "\x1b[3;3~"),
    Action.KILL_TO_BLANK: ("\x17",),
    Action.YANK: ("\x19",),
    Action.TRANSPOSE: ("\x14",),
    Action.TRANSPOSE_WORDS: ("\x1bt",),
    Action.UPPER: ("\x1bu",),
    Action.LOWER: ("\x1bl",),
    Action.CAPITALISE: ("\x1bc",),
    Action.UNDO: ("\x1f",),
    Action.OLDER: ("\x10", "\x1b[A", "\x1bOA"),
    Action.NEWER: ("\x0e", "\x1b[B", "\x1bOB"),
    Action.SEARCH: ("\x12",),
    Action.CANCEL: ("\x07",),
    Action.COMPLETE: ("\t",),
    Action.COMPLETE_BACK: ("\x1b[Z",),
    Action.INTERRUPT: ("\x03",),
    Action.CLEAR: ("\x0c",),
    Action.SUSPEND: ("\x1a",),
}
_ACTIONS = {sent: action for action, sequences in _BINDINGS.items() for sent in sequences}


def action_of(sequence: str) -> Action | None:
    """Return what a key does in the editor; None if it does nothing there."""
    return _ACTIONS.get(sequence)


class KeyDecoder:
    """Decodes characters, in any pieces, into presses. Unknown sequences are ignored.

    If `others` are given, these sequences and all unknown ones become an `Other`. A paste is cut after
    `most_pasted` characters.
    """

    def __init__(self, others: Container[str] | None = None, most_pasted: int = LINE_LIMIT) -> None:
        self._others = others
        self._most_pasted = most_pasted
        self._waiting = ""
        self._escape_taken = False
        self._paste: str | None = None

    def take_escape(self) -> bool:
        """Return whether Escape came last, and then take it as that key, although it can begin a sequence.

        If it does begin one, the sequence is still decoded; other characters after it are separate keys.
        """
        self._escape_taken = self._escape_waits
        return self._escape_taken

    @property
    def _escape_waits(self) -> bool:
        return self._waiting == "\x1b" and self._paste is None

    def feed(self, text: str) -> list[Press]:
        """Take the next characters."""
        lone_escape, taken = self._escape_waits, self._escape_taken
        text, self._waiting, self._escape_taken = self._waiting + text, "", False
        presses: list[Press] = []
        at = 0
        while at < len(text):
            if self._paste is not None:
                at = self._take_paste(text, at, presses)
                continue
            match = _TOKEN.match(text, at)
            kind, token = (match.lastgroup, match[0]) if match else ("control", text[at])
            if kind == "unfinished":
                self._waiting = token
            elif kind == "typed":
                presses.append(Typed(token))
            elif token == _PASTE_BEGIN:
                self._paste = ""
            elif kind == "alt" and at == 0 and lone_escape and (taken or not self._is_bound(token)):
                token = token[0]  # the key itself, pressed before
            elif self._is_other(token):
                presses.append(Other(token))
            elif token in _ACTIONS:
                presses.append(_ACTIONS[token])
            at += len(token)
        return presses

    def _is_bound(self, token: str) -> bool:
        return token in _ACTIONS or token in (self._others or ())

    def _is_other(self, token: str) -> bool:
        if self._others is None:
            return False
        return token in self._others or (token[0] == "\x1b" and len(token) > 1 and token not in _ACTIONS)

    def _take_paste(self, text: str, at: int, presses: list[Press]) -> int:
        """Take pasted text, up to its end or to where the end may begin. Return the index after it."""
        end = text.find(_PASTE_END, at)
        stop = end if end >= 0 else max(at, len(text) - len(_PASTE_END) + 1)
        paste = ((self._paste or "") + text[at:stop])[: self._most_pasted]
        if end < 0:
            self._paste, self._waiting = paste, text[stop:]
            return len(text)
        self._paste = None
        pasted = paste.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
        presses.append(Pasted(_NOT_PASTED.sub("", pasted)))
        return end + len(_PASTE_END)
