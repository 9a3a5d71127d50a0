"""Finds the names that a text mentions, as `@name`. Who may be mentioned is decided elsewhere.

Nothing counts in code, quotes, URLs and e-mail addresses. All steps take time in proportion to the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from unicodedata import category

from messages.limits import MAX_NAME
from messages.names import MAX_DECOMPOSED, canonical_key

_UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f"  # Myanmar
    "\u1780-\u17ff"  # Khmer
    "\u3005\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f\U0001aff0-\U0001b16f"  # Kana
    "\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"  # Han
)
"""Scripts that write no spaces between words."""
_MOST_RUN = MAX_NAME * MAX_DECOMPOSED
_MOST_KEY = 3 * MAX_NAME  # one character folds to three at most

_unspaced = re.compile(f"[{_UNSPACED}]")
_ascii_run = re.compile(r"[A-Za-z0-9_-]*").match
_number = re.compile(r"~[1-9][0-9]{0,8}(?!\w)").match

_CANDIDATE = re.compile(
    r"(?<![A-Za-z0-9@])(?<![A-Za-z0-9@][-+_])@(?=[A-Za-z]|[^\x00-\x7f])([A-Za-z0-9_-]*)(?=([^\x00-\x7f]|@\w)?)"
)
"""An @ that may begin a mention, and the ASCII of its name. The second group is set if more may follow."""

_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_BACKTICKS = re.compile("`+")

_URL = re.compile(
    r"(?:(?<=[A-Za-z0-9+.-])://|(?i:www\.|mailto:|xmpp:|sips?:|tel:)|(?<=\w)\.[^\W\d_]{2,}(?::\d+)?/)"
    r"(?:[^\s<>\"()\u3000-\u3002\uff08-\uff0c]|\([^\s<>\"()]*\))*"
)  # from the `://` on: what stands before it has no @


def find_mentions(text: str, is_name: Callable[[str], bool]) -> list[str]:
    """Return the canonical keys of the names that stand after an @, in order, each once.

    `is_name` tells whether a canonical key is a name. Of several that fit, the longest counts.
    """
    found: dict[str, None] = {}
    tried: set[tuple[str, str]] = set()
    words = _without_urls(_spoken(text))
    for candidate in _CANDIDATE.finditer(words):
        begin, end = candidate.span(1)
        if candidate[2]:
            end = _end_of_run(words, end, begin + _MOST_RUN + 1)
        number = _number(words, end)
        one = words[begin:end], number[0] if number else ""
        if one in tried or _is_address(words, end) or _is_joined(words, begin - 1):
            continue
        tried.add(one)
        if name := _longest(*one, is_name):
            found[name] = None
    return list(found)


def _without_urls(text: str) -> str:
    return _URL.sub(" ", text) if "/" in text or ":" in text or "ww." in text.lower() else text


def _end_of_run(words: str, end: int, most: int) -> int:
    """Return where the letters, marks, digits, _ and - end, or where they are too many for a name."""
    most = min(len(words), most)
    while end < most:
        if words[end].isascii():
            run = _ascii_run(words, end, most)
            if run is None or run.end() == end:
                break
            end = run.end()
        elif _is_named(words[end]):
            end += 1
        else:
            break
    return end


def _is_named(char: str) -> bool:
    kind = category(char)
    return kind[0] in "LM" or kind == "Nd"


def _is_joined(words: str, at: int) -> bool:
    """Return whether what stands before the @ belongs to it, as in an e-mail address."""
    before = words[at - 1] if at else " "
    if before in "-+_" and at > 1:
        before = words[at - 2]
    return not before.isascii() and _is_named(before) and not _unspaced.match(before)


def _is_address(words: str, end: int) -> bool:
    """Return whether another @ follows at once, as in @user@host."""
    return words[end : end + 1] == "@" and _is_named(words[end + 1 : end + 2] or " ")


def _longest(run: str, number: str, is_name: Callable[[str], bool]) -> str:
    """Return the longest name at the beginning of a run, or an empty text if there is none."""
    key = canonical_key(run)
    if len(run) <= _MOST_RUN and len(key) <= _MOST_KEY:
        if number and is_name(key + number):
            return key + number
        if is_name(key):
            return key
    flags = _unspaced.sub("\0", key)
    if "\0" not in flags:
        return ""
    for end in range(min(len(key) - 1, _MOST_KEY), 0, -1):
        if "\0" in (flags[end], flags[end - 1]) and is_name(key[:end]) and category(key[end])[0] == "L":
            return key[:end]
    return ""


def _spoken(text: str) -> str:
    """Return a text without code and quotes."""
    if "`" not in text and "~~~" not in text and ">" not in text:
        return text
    fence, paragraph, spoken = "", list[str](), list[str]()
    for line in text.split("\n"):
        first = line.lstrip(" ")[:1]
        opening = _FENCE.match(line) if first and first in "`~" else None
        if fence:
            if opening and opening[1].startswith(fence) and not line[opening.end() :].strip():
                fence = ""
        elif opening or first == ">" or not first.strip():
            spoken += _outside_code("\n".join(paragraph))
            paragraph, fence = [], opening[1] if opening else ""
        else:
            paragraph.append(line)
    spoken += _outside_code("\n".join(paragraph))
    return " ".join(spoken)


def _outside_code(paragraph: str) -> list[str]:
    """Return the pieces of a paragraph between its code spans; see CommonMark 0.31, section 6.1."""
    if "@" not in paragraph:
        return []
    runs = [found.span() for found in _BACKTICKS.finditer(paragraph)]
    by_length: dict[int, list[int]] = {}
    for place, (start, end) in enumerate(runs):
        by_length.setdefault(end - start, []).append(place)
    pieces, begin, place = list[str](), 0, 0
    while place < len(runs):
        start, end = runs[place]
        closing = by_length.get(end - start - _is_escaped(paragraph, start), [])
        following = bisect_right(closing, place)
        if following < len(closing):
            pieces.append(paragraph[begin:start])
            place = closing[following]
            begin = runs[place][1]
        place += 1
    return [*pieces, paragraph[begin:]]


def _is_escaped(paragraph: str, start: int) -> bool:
    """Return whether a backslash takes its meaning from the first backtick of a run."""
    slashes = start
    while slashes and paragraph[slashes - 1] == "\\":
        slashes -= 1
    return (start - slashes) % 2 == 1
