"""System calls of a broker, as strace saw them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from eventually import eventually

CALLS = "pwrite64,write,fdatasync,fsync,sendto,sendmsg"
_LINE = re.compile(r"(?P<thread>\d+) +(?:<\.\.\. (?P<resumed>\w+) resumed>|(?P<begun>\w+)\()(?P<rest>.*)")


class Moment(NamedTuple):
    """A call has begun, or ended, or both at once where nothing came between. `text` is what strace shows."""

    call: str
    begun: bool
    ended: bool
    text: str


def strace(output: Path, *options: str) -> tuple[str, ...]:
    """Return the command that runs another one under strace, as one process; fail where that is missing."""
    program = shutil.which("strace")
    assert program, "these tests look at system calls: apt-get install strace"
    seen = ("-f", "-y", "-s", "400000", "-e", f"trace={CALLS}", "-o", str(output))
    return (program, "-D", *seen, *options)


def moments(output: Path) -> list[Moment]:
    """Return what strace has written, in the order in which it happened, once the process has ended."""

    def complete() -> list[str] | None:
        lines = output.read_text(encoding="ascii", errors="replace").splitlines()
        threads = {line.split()[0] for line in lines}
        return lines if sum(" +++ " in line for line in lines) >= len(threads) else None

    return list(_moments(eventually(complete, "strace has written to the end")))


def _moments(lines: Iterable[str]) -> Iterable[Moment]:
    arguments: dict[str, str] = {}
    for match in filter(None, map(_LINE.match, lines)):
        call, rest = match["begun"] or match["resumed"], match["rest"]
        unfinished = rest.endswith("<unfinished ...>")
        begun = arguments.pop(match["thread"], "") if match["resumed"] else ""
        if unfinished:
            arguments[match["thread"]] = rest
        yield Moment(call, bool(match["begun"]), not unfinished, begun + rest)
