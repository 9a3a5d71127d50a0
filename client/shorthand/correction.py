"""Corrections of one's last message, as IRC users write them: `s/teh/the/`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FORM = re.compile(r"s/((?:\\.|[^/\\])+)/(?:((?:\\.|[^/\\])*)/(g?)|((?!\s)(?:\\.|[^/\\])+))", re.DOTALL)
_ESCAPED = re.compile(r"\\([/\\])")


@dataclass(frozen=True, slots=True)
class Correction:
    """Replace the first `old`, or `everywhere`, by `new`. Both are literal texts."""

    old: str
    new: str
    everywhere: bool

    def of(self, text: str) -> str:
        """Return a corrected text. Raise ValueError with a sentence if nothing in it is to be corrected."""
        if self.old not in text:
            how = "to say the line itself, type a space before it"
            raise ValueError(f"your last message here does not contain {self.old}; {how}")
        return text.replace(self.old, self.new, -1 if self.everywhere else 1)


def parse_correction(line: str) -> Correction | None:
    r"""Return the correction of a line such as `s/old/new/` or `s/old/new/g`; None if it has another form.

    The last slash can be left out, unless the new text is empty or begins with a blank. A slash in the texts
    is written as `\/`, and a backslash before a slash as `\\`.
    """
    found = _FORM.fullmatch(line.rstrip())
    if found is None:
        return None
    old, new = (_ESCAPED.sub(r"\1", part) for part in (found[1], found[2] or found[4] or ""))
    return Correction(old, new, everywhere=bool(found[3]))
