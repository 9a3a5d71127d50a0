"""Makes docs/picture.svg: two people and a script talk over a broker, each on their own terminal.

    make picture

The programs are the real ones, and the picture has the text of their terminals. Only the port and the times
of day are replaced, so that each run makes the same picture.
"""

from __future__ import annotations

import os
import re
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory

from eventually import eventually
from programs import SCRIPTS, House, Person, house

from tools.terminal_svg import Window, draw, plain

PICTURE = Path(__file__).parents[1] / "docs" / "picture.svg"
DESCRIPTION = "alice, bob and a script talk over a broker, each on a terminal of their own"

_ROWS, _COLUMNS = 12, 84
_ENDPOINT = "tcp://127.0.0.1:9009"
_TIME = re.compile(r"^\d\d:\d\d ")


def main() -> None:
    """Make the picture."""
    with TemporaryDirectory() as home:
        PICTURE.write_text(draw(play(Path(home)), DESCRIPTION), "utf-8")


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
    return Window(title, plain(shown), person.cursor, _COLUMNS)


if __name__ == "__main__":
    main()
