"""Makes docs/screen*.svg and docs/top.svg: the full screen, a narrow one, and the operator's screen.

    make screens

The programs are the real ones, and the pictures have the text and the colours of their terminals. Only ports,
days and times of day are replaced. What the operator's screen has measured differs from run to run.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from eventually import eventually
from programs import House, Person, house

from client.chat import Chat
from messages.moderation import Role, SetRole
from messages.requests import Join, Topic
from tools.terminal_svg import Window, draw, shown

DOCS = Path(__file__).parents[1] / "docs"
WIDE, NARROW = (30, 100), (16, 40)
"""Rows and columns."""

_REPLACED = (
    (r"\b\d\d:\d\d:\d\d\b", "09:41:12"),
    (r"(?<![\d:])\d\d:\d\d(?![\d:])", "09:41"),
    (r"\b\d\d-\d\d(?= 09:41)", "12-01"),
    (r"\w+day, \d{4}-\d\d-\d\d [─ ]*(?=[│ ]|$)", "Tuesday, 2026-12-01 ─"),
    (r"\d{4}-\d\d-\d\d", "2026-12-01"),
    (r"127\.0\.0\.1:\d{5}", "127.0.0.1:9009 "),
)
_CODE = """this was it, the retry never got a **new deadline**:
```python
def retry(self):
    # each attempt has its own
    self.until = now() + 5.0
    return self.send("again")
```"""
_TEST = "def test_each_attempt_has_its_own_time():\n    ...\n"


def main() -> None:
    """Make the pictures."""
    with TemporaryDirectory() as home, stage(Path(home)) as people:
        operator = people.operate()
        people.talk()
        _write("screen", look("alice", people.alice), "alice talks with others in panes")
        _write("screen-search", people.search(), "alice walks through what a search has found")
        _write("top", look("chat-broker top", operator), "an operator sees what the broker does")
        _write("screen-narrow", people.narrow(), "the same in 40 columns and 16 rows")


def _write(name: str, window: Window, description: str) -> None:
    (DOCS / f"{name}.svg").write_text(draw([window], description), "utf-8")


def look(title: str, person: Person) -> Window:
    """Return what a person sees, without what differs from run to run."""
    assert person.screen
    rows, columns = WIDE
    return Window(title, shown(person.heard, columns, rows, _REPLACED), None, columns)


@contextmanager
def stage(home: Path) -> Iterator[Stage]:
    """Give a stage in an empty directory."""
    with house(home) as programs, ExitStack() as seats:
        yield Stage(programs, seats)


class Stage:
    """A broker, alice at a full screen, and others, who are programs."""

    def __init__(self, programs: House, seats: ExitStack) -> None:
        self._programs = programs
        self._seats = seats
        _, endpoint = programs.broker("--log-level", "warning")
        self._bob, self._carol, self._dave, self._ci = (
            seats.enter_context(Chat(endpoint, name=name, bot=name == "ci"))
            for name in ("bob", "carol", "dave", "ci")
        )
        self._bob.ask(Join, room="#dev")
        self._bob.ask(Topic, room="#dev", topic="release 2.4 on Thursday")
        for room in ("#ops", "#random"):
            self._dave.ask(Join, room=room)
        for chat in (self._carol, self._ci):
            chat.ask(Join, room="#dev")
        self.alice = self._sit_down("chat-client", "--connect", endpoint, "--name", "alice", "--screen")
        self.alice.sees("connected")
        for room in ("#ops", "#random", "#dev"):
            self.alice.enter(f"/join {room}")
            self.alice.sees(f"{room}>")
        self.alice.enter("/clear")

    def _sit_down(self, program: str, *arguments: str) -> Person:
        person = Person(self._programs.home, program, *arguments, size=WIDE)
        return self._seats.enter_context(closing(person))

    def talk(self) -> None:
        """Let all of them talk, so that each thing that the log can show is there once."""
        alice, bob, carol, dave, ci = self.alice, self._bob, self._carol, self._dave, self._ci
        bob.ask(SetRole, name="carol", role=Role.MODERATOR, room="#dev")
        bob.send("#dev", "morning! the nightly build is green again")
        ci.send("#dev", "build 412 passed in 3 min 12 s")
        code = carol.send("#dev", _CODE).seq
        assert code
        for chat, reaction in ((bob, "\N{THUMBS UP SIGN}"), (ci, "\N{PARTY POPPER}")):
            chat.react("#dev", code, reaction)
        alice.sees("reacted")
        alice.enter(f"/reply {code} nice find, is there a *test* for it?")
        alice.sees("nice find")
        test = self._programs.home / "test_retry.py"
        test.write_text(_TEST, "utf-8")
        carol.send("#dev", "there is now, see https://example.org/review/87", files=[test])
        planned = bob.send("#dev", "I take it into 2.3").seq
        assert planned
        bob.edit("#dev", planned, "I take it into 2.4")
        bob.pin("#dev", code)
        alice.sees("into 2.4")
        dave.send("#random", "who is in for lunch at noon?")
        dave.send("#random", "the new place has ramen")
        dave.send("#ops", "@alice the disk of db2 is at 91%")
        carol.send("@alice", "do you have a minute?")
        for name in ("!@carol", "!#ops", " #random"):
            alice.sees(name)
        alice.type("great, then I'll ship it after lu")
        alice.sees("after lu")
        bob.typing("#dev")
        alice.sees("bob types")

    def search(self) -> Window:
        """Return what alice sees while she searches; she stops searching then."""
        alice = self.alice
        alice.type("\x1bOS")  # F4
        alice.sees("Search everywhere:")
        alice.enter("build")
        alice.sees("of 2")
        window = look("alice", alice)
        alice.type("\x1b")
        alice.sees("after lu")
        return window

    def narrow(self) -> Window:
        """Make alice's terminal small, and return what she sees then."""
        alice = self.alice
        alice.resize(*NARROW)
        eventually(lambda: alice.screen[0].startswith("#dev"), "the conversations are folded away")
        begun = len(alice.heard)
        alice.type("\x0c")
        eventually(lambda: alice.screen and "complete to" in alice.heard[begun:], "all is drawn again")
        heard = alice.heard[begun:]
        return Window("alice", shown(heard, NARROW[1], NARROW[0], _REPLACED), None, NARROW[1])

    def operate(self) -> Person:
        """Return an operator who has seen a few turns of the broker."""
        operator = self._sit_down("chat-broker", "top", "--interval", "0.5")
        operator.sees("alice")
        return operator


if __name__ == "__main__":
    main()
