"""Which bytes of a file a browser asks for: the header Range, as RFC 9110 has it (section 14)."""

from __future__ import annotations

import re

from client.web.files.problems import NotSatisfiableError

_RANGE = re.compile(r"bytes=(\d{0,16})-(\d{0,16})", re.ASCII)


def span_of(header: str, size: int) -> tuple[int, int] | None:
    """Return the first byte and the one behind the last; None if all of it is asked for.

    Several ranges at once, and what cannot be read, count as all. Raise NotSatisfiableError if the file ends
    before the range.
    """
    found = _RANGE.fullmatch(header.strip())
    if found is None or found[0] == "bytes=-":
        return None
    first, last = found.groups()
    if not first:
        if not int(last) or not size:
            raise NotSatisfiableError(size)
        return max(0, size - int(last)), size
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise NotSatisfiableError(size)
    return int(first), min(int(last) + 1, size) if last else size
