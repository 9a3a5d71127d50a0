"""The markup of messages, a small part of CommonMark, as runs of styled text.

The runs together are exactly the text: each character stays, and those of the markup get a style of their
own. There is no HTML, and no image. Only a fenced block of code goes beyond its line. The time is linear in
the length of the text, whatever it is.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from client.text.inline import Styles, style_inline
from client.text.styles import Run, Style

_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})(?P<info>.*)")
_QUOTE = re.compile(r" {0,3}(?:> ?)+")
_BULLET = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])(?=\s+\S)")


class Part(NamedTuple):
    """A part of a text. `info` is what stands behind the fence of a block of code; None if it is no code."""

    text: str
    info: str | None = None


def parts(text: str) -> list[Part]:
    """Return the blocks of code of a text, without their fences, and what is between them."""
    if "```" not in text and "~~~" not in text:
        return [Part(text)]
    found: list[Part] = []
    lines: list[str] = []
    fence, info = "", None
    for line in text.split("\n"):
        opened = "" if fence else _opened(line)
        if not opened and not (fence and _closes(line, fence)):
            lines.append(line)
            continue
        if lines or fence:
            found.append(Part("\n".join(lines), info))
        fence, lines = opened, []
        info = line.strip().lstrip(fence[0]).strip() if fence else None
    return [*found, Part("\n".join(lines), info)] if lines or fence else found


def parse(text: str) -> list[Run]:
    """Return the runs of a text that is neutralised, in order. Lines end with a line feed."""
    styles: Styles = []
    fence = ""
    for line in text.splitlines(keepends=True) if "\n" in text else [text]:
        if fence:
            closes = _closes(line, fence)
            styles += [int(Style.MARK if closes else Style.CODE)] * len(line)
            fence = "" if closes else fence
        elif fence := _opened(line):
            styles += [int(Style.MARK)] * len(line)
        else:
            styles += _styled_line(line)
    return _runs(text, styles)


def _opened(line: str) -> str:
    """Return the fence of a line that opens a block of code; empty if it does not."""
    found = _FENCE.fullmatch(line.rstrip("\n"))
    if found is None or (found["fence"][0] == "`" and "`" in found["info"]):
        return ""
    return found["fence"]


def _closes(line: str, fence: str) -> bool:
    bare = line.strip()
    return len(bare) >= len(fence) and not bare.strip(fence[0])


def _styled_line(line: str) -> Styles:
    styles = [0] * len(line)
    start, around = 0, Style.PLAIN
    if quoted := _QUOTE.match(line):
        start, around = quoted.end(), Style.QUOTE
        styles[:start] = [int(Style.MARK)] * start
    if bullet := _BULLET.match(line, start):
        styles[start : bullet.end()] = [int(Style.BULLET)] * (bullet.end() - start)
        start = bullet.end()
    styles[start:] = [int(around) | style for style in style_inline(line[start:])]
    return styles


def _runs(text: str, styles: Styles) -> list[Run]:
    runs, start = [], 0
    for at in range(1, len(text) + 1):
        if at == len(text) or styles[at] != styles[start]:
            runs.append(Run(text[start:at], Style(styles[start])))
            start = at
    return runs
