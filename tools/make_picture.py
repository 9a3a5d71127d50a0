"""Makes docs/picture.svg: two people and a script talk over a broker, each on their own terminal.

    make picture

The programs are the real ones, and the picture has the text of their terminals. Only the port and the times
of day are replaced, so that each run makes the same picture.
"""

from __future__ import annotations

import os
import re
from contextlib import ExitStack, closing
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from eventually import eventually
from programs import SCRIPTS, House, Person, house

PICTURE = Path(__file__).parents[1] / "docs" / "picture.svg"
DESCRIPTION = "alice, bob and a script talk over a broker, each on a terminal of their own"

_ROWS, _COLUMNS = 12, 84
_ENDPOINT = "tcp://127.0.0.1:9009"
_TIME = re.compile(r"^\d\d:\d\d ")

_FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
_CELL, _LINE, _BAR, _PAD, _GAP = 8.4, 19, 30, 14, 16  # pixels
_WIDTH = round(_COLUMNS * _CELL) + 2 * _PAD


class Window(NamedTuple):
    """The rows of one terminal, and its cursor: row and column, from 0."""

    title: str
    rows: list[str]
    cursor: tuple[int, int]


def main() -> None:
    """Make the picture."""
    with TemporaryDirectory() as home:
        PICTURE.write_text(draw(play(Path(home))), "utf-8")


# The session


def play(home: Path) -> list[Window]:
    """Run the programs and type on them; return the terminals at the end."""
    with house(home) as programs, ExitStack() as seats:
        _, endpoint = programs.broker("--memory", "--log-level", "warning")
        assert programs.client(endpoint, "bob", "who").wait() == 0  # so the broker knows bob, who is offline
        alice, bob, cron = (seats.enter_context(closing(_sit_down(programs, endpoint))) for _ in range(3))
        _talk(alice, bob)
        _report(cron)
        for person in (alice, bob):
            person.sees("monitor: the disk is 91% full")
        alice.type("I'll make some ro")
        alice.sees("I'll make some ro")
        seen = {"alice": alice, "bob": bob, "a script": cron}
        return [_look(title, person, endpoint) for title, person in seen.items()]


def _talk(alice: Person, bob: Person) -> None:
    """Write to bob, who is offline, and answer when he has logged in."""
    alice.enter("chat-client --name alice")
    alice.sees("as alice.")
    alice.enter("/receipts on")
    alice.sees("You are told of each receipt.")
    alice.enter("/msg bob the release is out")
    alice.sees("[@bob 1: accepted, waits for bob]")
    bob.enter("chat-client --name bob")
    bob.sees("alice (direct): the release is out")
    alice.sees("[@bob 1: delivered]")
    bob.type("w")  # a key press shows that bob has read
    alice.sees("[@bob 1: read]")
    bob.enter("ell done!")
    bob.sees("well done! [1: accepted]")
    alice.sees("bob: well done!")


def _report(cron: Person) -> None:
    """Send from a pipe, and show the history."""
    _run(cron, """echo "the disk is 91% full" | chat-client --name monitor send '#lobby' -""")
    _run(cron, "chat-client --name monitor history '#lobby' --limit 2")


def _run(person: Person, command: str) -> None:
    """Type a command, and wait for the next prompt."""
    person.enter(command)
    person.sees(command)
    eventually(lambda: person.screen[-1] == "$", f"{command} ends")


def _sit_down(programs: House, endpoint: str) -> Person:
    """Return a person at a shell whose programs find the broker."""
    script = f"export PATH='{SCRIPTS}:{os.defpath}' CHAT_CLIENT_CONNECT='{endpoint}' PS1='$ '; exec sh -i +m"
    return Person(programs.home, "/bin/sh", "-c", script, size=(_ROWS, _COLUMNS))


def _look(title: str, person: Person, endpoint: str) -> Window:
    rows = ["".join(cell.data for cell in row).rstrip() for row in person.cells]
    while not rows[-1]:
        rows.pop()
    shown = [_TIME.sub("12:00 ", row).replace(endpoint, _ENDPOINT) for row in rows]
    return Window(title, shown, person.cursor)


# The drawing


def draw(windows: list[Window]) -> str:
    """Return the windows as an SVG, one below the other."""
    parts = []
    top = 0
    for window in windows:
        parts.append(f'<g transform="translate(0 {top})">\n{_draw_window(window)}\n</g>')
        top += _height(window) + _GAP
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top - _GAP}"'
        f' width="{_WIDTH}" height="{top - _GAP}" role="img" font-family="{_FONT}" font-size="14">'
    )
    return "\n".join([head, f"<title>{escape(DESCRIPTION)}</title>", *parts, "</svg>", ""])


def texts(picture: str) -> list[str]:
    """Return the rows of text in a picture, still escaped."""
    return re.findall(r"<text [^>]*>(.*?)</text>", picture)


def _height(window: Window) -> int:
    return _BAR + _LINE * len(window.rows) + _PAD


def _draw_window(window: Window) -> str:
    height = _height(window)
    lines = [
        f'<rect width="{_WIDTH}" height="{height}" rx="8" fill="#1b1f27"/>',
        f'<path d="M0 {_BAR}V8a8 8 0 0 1 8-8H{_WIDTH - 8}a8 8 0 0 1 8 8V{_BAR}z" fill="#2b313c"/>',
        *(f'<circle cx="{18 + 18 * n}" cy="15" r="5.5" fill="#566072"/>' for n in range(3)),
        f'<text x="{_WIDTH / 2}" y="20" text-anchor="middle" font-size="13" fill="#aeb7c6">'
        f"{window.title}</text>",
    ]
    for number, row in enumerate(window.rows):
        if row:
            y = _BAR + _LINE * (number + 1)
            width = round(len(row) * _CELL, 1)
            lines.append(
                f'<text x="{_PAD}" y="{y}" textLength="{width}" lengthAdjust="spacingAndGlyphs"'
                f' xml:space="preserve" fill="#e2e6ee">{escape(row, quote=False)}</text>'
            )
    row, column = window.cursor
    x, y = round(_PAD + column * _CELL, 1), _BAR + _LINE * row + 5
    lines.append(f'<rect x="{x}" y="{y}" width="{_CELL}" height="18" fill="#8fd694"/>')
    return "\n".join(lines)


if __name__ == "__main__":
    main()
