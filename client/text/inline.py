"""Markup within a line: code, emphasis, strikes and links, by CommonMark's rules for delimiters."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from unicodedata import category

from client.text.styles import Style

Styles = list[int]
"""The style of each character, as a number: arithmetic with IntFlag is slow."""

_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_SPECIAL = re.compile(r"[\\`*_~\[]|https?://", re.IGNORECASE)
_LINK = re.compile(r"\[([^\[\]\n]+)\](\([^\s()<>]+(?:\([^\s()<>]*\)[^\s()<>]*)?\))")
_ADDRESS = re.compile(r"https?://[^\s<>\"`]+", re.IGNORECASE)
_BEHIND_ADDRESS = ".,;:!?'*_~"
_MARK = int(Style.MARK)


@dataclass(slots=True)
class _Delimiters:
    """A run of one delimiter; `start` and `left` are what is not used yet."""

    char: str
    start: int
    length: int
    left: int
    opens: bool
    closes: bool

    def fits(self, closer: _Delimiters) -> bool:
        """Whether this run and a later one can enclose a text (CommonMark, rules 9 and 10)."""
        if not (self.opens and self.char == closer.char and self.left):
            return False
        if self.char == "~":
            return True
        doubtful = self.closes or closer.opens
        odd = (self.length + closer.length) % 3 == 0 and (self.length % 3 or closer.length % 3)
        return not (doubtful and odd)


def style_inline(line: str) -> Styles:
    """Return the style of each character of a line."""
    return _Inline(line).styles()


class _Inline:
    def __init__(self, line: str) -> None:
        self._line = line
        self._marks: set[int] = set()
        self._changes: defaultdict[int, list[tuple[Style, int]]] = defaultdict(list)
        """At which places which styles begin (1) and end (-1)."""
        self._runs: list[_Delimiters] = []
        self._ticks: dict[int, list[int]] | None = None

    def styles(self) -> Styles:
        """Return the style of each character."""
        if not _SPECIAL.search(self._line):
            return [0] * len(self._line)
        self._scan()
        self._enclose()
        styles, open_, now = [], dict.fromkeys(Style, 0), 0
        for at in range(len(self._line)):
            if at in self._changes:
                for style, step in self._changes[at]:
                    open_[style] += step
                now = sum(int(style) for style, count in open_.items() if count)
            styles.append(now | (_MARK if at in self._marks else 0))
        return styles

    def _scan(self) -> None:
        at = 0
        while found := _SPECIAL.search(self._line, at):
            at = self._special(found.start(), found[0])

    def _special(self, at: int, found: str) -> int:
        """Take what begins with a special character. Return where to go on."""
        line = self._line
        match found:
            case "\\":
                if line[at + 1 : at + 2] in _PUNCTUATION:
                    self._marks.add(at)
                    return at + 2
                return at + 1
            case "`":
                return self._code(at)
            case "[":
                return self._link(at)
            case "*" | "_" | "~":
                return self._delimiters(at)
        address = _ADDRESS.match(line, at)
        end = at + (len(address[0].rstrip(_BEHIND_ADDRESS)) if address else 1)
        if address and address[0].endswith(")") and "(" not in address[0]:
            end -= len(address[0][: end - at]) - len(address[0][: end - at].rstrip(")"))
        self._enclosed(at, end, Style.LINK)
        return end

    def _code(self, at: int) -> int:
        """Take a run of backticks: with the next one of the same length it encloses code."""
        length = _length(self._line, at)
        if self._ticks is None:
            self._ticks = defaultdict(list)
            for run in reversed(list(re.finditer("`+", self._line))):
                self._ticks[len(run[0])].append(run.start())
        closers = self._ticks[length]
        while closers and closers[-1] <= at:
            closers.pop()
        if not closers:
            return at + length
        end = closers[-1]
        self._marks.update(range(at, at + length), range(end, end + length))
        self._enclosed(at, end + length, Style.CODE)
        return end + length

    def _link(self, at: int) -> int:
        """Take `[text](address)`. The text can have emphasis; the address stays visible."""
        found = _LINK.match(self._line, at)
        if found is None or "`" in found[0] or "\\" in found[0]:
            return at + 1
        self._marks.update((at, found.end(1)), range(*found.span(2)))
        self._enclosed(found.start(1), found.end(1), Style.LINK)
        return found.end()

    def _delimiters(self, at: int) -> int:
        line, char, length = self._line, self._line[at], _length(self._line, at)
        end = at + length
        before, after = _kind(line[at - 1 : at] if at else ""), _kind(line[end : end + 1])
        left = after != "blank" and (after != "punctuation" or before != "letter")
        right = before != "blank" and (before != "punctuation" or after != "letter")
        opens, closes = left, right
        if char == "_":
            opens = left and (not right or before == "punctuation")
            closes = right and (not left or after == "punctuation")
        if char != "~" or length == 2:
            self._runs.append(_Delimiters(char, at, length, length, opens, closes))
        return end

    def _enclose(self) -> None:
        """Find what delimiters enclose: each closing run from left to right, with the nearest opening one."""
        stack: list[_Delimiters] = []
        bottom: dict[tuple[str, bool, int], int] = {}
        for closer in self._runs:
            kind = (closer.char, closer.opens, closer.length % 3)
            while closer.closes and closer.left:
                lowest = bottom.get(kind, 0)
                found = next(
                    (at for at in range(len(stack) - 1, lowest - 1, -1) if stack[at].fits(closer)), None
                )
                if found is None:
                    bottom[kind] = len(stack)
                    break
                opener = stack[found]
                del stack[found + 1 :]
                self._pair(opener, closer)
                if not opener.left:
                    stack.pop()
                bottom = {one: min(low, len(stack)) for one, low in bottom.items()}
            if closer.opens and closer.left:
                stack.append(closer)

    def _pair(self, opener: _Delimiters, closer: _Delimiters) -> None:
        used = 2 if opener.left >= 2 and closer.left >= 2 else 1
        start = opener.start + opener.left - used
        self._marks.update(range(start, start + used), range(closer.start, closer.start + used))
        style = Style.STRIKE if opener.char == "~" else Style.BOLD if used == 2 else Style.ITALIC
        self._enclosed(start + used, closer.start, style)
        opener.left -= used
        closer.left -= used
        closer.start += used

    def _enclosed(self, start: int, end: int, style: Style) -> None:
        self._changes[start].append((style, 1))
        self._changes[end].append((style, -1))


def _length(line: str, at: int) -> int:
    return len(line) - at - len(line[at:].lstrip(line[at]))


def _kind(char: str) -> str:
    if not char or char.isspace():
        return "blank"
    return "punctuation" if char in _PUNCTUATION or category(char)[0] in "PS" else "letter"
