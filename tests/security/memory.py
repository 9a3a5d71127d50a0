"""Looks for texts in all memory that a process can write."""

from __future__ import annotations

import re
from pathlib import Path


def copies(pid: int, secret: str) -> int:
    """Return how often a text is in the memory of a process, in UTF-8, UTF-16 or UTF-32."""
    needles = [re.escape(secret.encode(kind)) for kind in ("utf-8", "utf-16-le", "utf-32-le")]
    wanted, found = re.compile(b"|".join(needles)), 0
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, rights, *_ = line.split()
            if "w" not in rights or line.endswith(("[vvar]", "[vsyscall]")):
                continue
            start, end = (int(number, 16) for number in span.split("-"))
            memory.seek(start)
            found += len(wanted.findall(memory.read(end - start)))
    return found
