"""Random scripts through a pipe at full speed: each text has the name and the place of the typed order."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from random import Random

from programs import House, Program, house
from torture.conftest import BrokerFactory
from torture.durable_broker import DurableBroker
from torture.figures import figure
from torture.proxy import Faults, Proxy
from torture.stored import Row, read_log

from messages.exits import Exit

SEED = 20_266
AT_ONCE = 4
DISTURBANCES = 6
LONGEST = 60.0
"""Seconds until a script is done, on a busy machine."""
LOCKED, TAKEN = "#vault", "holder"


class Script:
    """The lines of one person, and for each text who says it where by the typed order.

    `expected` are the texts that are said if only the taken name, the locked room and the lobby are refused.
    """

    def __init__(self, name: str, random: Random, length: int) -> None:
        self.name = name
        self.lines: list[str] = []
        self.meant: dict[str, tuple[str, str | None]] = {}
        self.expected: set[str] = set()
        self._random = random
        self._names = count(1)
        self._who, self._place = name, "#lobby"
        self._rooms = {"#lobby"}
        self._refused: set[str] = set()
        while len(self.lines) < length:
            self._add()

    def _add(self) -> None:
        lot = self._random.random()
        if lot < 0.07:
            self._nick(self._name())
        elif lot < 0.14:
            self._login(self._name())
        elif lot < 0.35 if self._place is None else lot < 0.2:
            self._join(self._room())
        elif lot < 0.24 if self._place else lot < 0.36:
            self._leave(self._random.choice(["", "", f"#{self.name}1"]))
        elif lot < 0.42:
            self.lines.append(self._random.choice(["/whoami", "/who", "/count", "/help", ""]))
        elif lot < 0.47:
            self._say(f"@{TAKEN}", f"/msg {TAKEN} ")
        else:
            self._say(self._place, "")

    def _name(self) -> str:
        return TAKEN if self._random.random() < 0.15 else f"{self.name}{next(self._names)}"

    def _room(self) -> str:
        if self._random.random() < 0.15:
            return self._random.choice([LOCKED, "#no room"])
        return f"#{self.name}{self._random.randrange(3)}"

    def _nick(self, name: str) -> None:
        self.lines.append(f"/nick {name}")
        self._who = name
        if name == TAKEN:
            self._refused.add("name")
        elif "session" not in self._refused:
            self._refused.discard("name")

    def _login(self, name: str) -> None:
        self.lines.append(f"/login {name}")
        self._who, self._place = name, None
        self._rooms = {"#lobby"}
        self._refused = {"name", "session"} if name == TAKEN else set()

    def _join(self, room: str) -> None:
        self.lines.append(f"/join {room}")
        self._place = room
        if room in (LOCKED, "#no room") or "name" in self._refused:
            self._refused.add("place")
        else:
            self._refused.discard("place")
            self._rooms.add(room)

    def _leave(self, room: str) -> None:
        self.lines.append(f"/leave {room}".rstrip())
        left = room or self._place
        if "name" in self._refused or left not in self._rooms or left == "#lobby":
            self._refused.add("place")
        self._rooms -= {left, "#lobby"} if "name" not in self._refused else set()
        self._rooms.add("#lobby")
        self._place = None if left == self._place else self._place

    def _say(self, to: str | None, words: str) -> None:
        text = f"{self.name} says {len(self.meant)}"
        self.lines.append(words + text)
        self.meant[text] = self._who, to
        if to is not None and not self._refused:
            self.expected.add(text)

    def check(self, rows: list[Row], program: Program, *, calm: bool) -> None:
        """Fail if a text has another name or place, is said twice, or is missing without a word.

        If nothing was lost, it is also wrong to refuse what the typed order allows.
        """
        said = [row for row in rows if row.text in self.meant]
        shown = "\n".join([*self.lines, "---", *program.out, "---", *program.err])
        for row in said:
            assert (row.sender, _place_of(row)) == self.meant[row.text], f"{row}\n{shown}"
        assert len({row.text for row in said}) == len(said), shown
        code = program.process.returncode
        assert code in (Exit.DONE, Exit.NOT_CONFIRMED) or (code == Exit.REFUSED and not calm), shown
        assert code != Exit.DONE or len(said) == len(self.meant), shown
        if calm:
            assert {row.text for row in said} == self.expected, shown


def _place_of(row: Row) -> str:
    return row.conversation if row.conversation.startswith("#") else f"@{TAKEN}"


def prepare(broker: DurableBroker, programs: House) -> Program:
    """Take the name and the room that scripts are refused."""
    holder = programs.client(broker.url, TAKEN, "--timeout", "60")
    holder.type(f"/join {LOCKED}\n/private on\n")
    holder.says("is private")
    return holder


def start(programs: House, url: str, script: Script) -> Program:
    program = programs.client(url, script.name, "--timeout", "60", "--finish", "60")
    program.type("".join(f"{line}\n" for line in script.lines))
    program.end_input()
    return program


def scripts(count: int, seed: int, length: int = 60) -> list[Script]:
    return [Script(f"p{seed + number}x", Random(seed + number), length) for number in range(count)]


def test_each_text_is_said_as_the_typed_order_gives_or_refused(
    make_broker: BrokerFactory, tmp_path: Path
) -> None:
    broker, written = make_broker(), scripts(figure(4, 800), SEED)
    with house(tmp_path) as programs:
        prepare(broker, programs)
        running = []
        for at in range(0, len(written), AT_ONCE):
            batch = [start(programs, broker.url, script) for script in written[at : at + AT_ONCE]]
            running += batch
            wait_for(batch)
    assert broker.stop() == 0
    rows = read_log(broker.data)
    for script, program in zip(written, running, strict=True):
        script.check(rows, program, calm=True)
    print(f"\n{len(written)} scripts: {sum(len(script.expected) for script in written):,} texts said")


def wait_for(programs: list[Program]) -> None:
    for program in programs:
        program.process.wait(LONGEST)
        program.wait()


def disturb(programs: list[Program], random: Random, happening: Callable[[], None]) -> int:
    """Let something happen at random moments while programs run, and wait for their end.

    Return how often it did: DISTURBANCES at most, so that they get on on a busy machine too.
    """
    times = 0
    while times < DISTURBANCES and (running := [p for p in programs if p.process.poll() is None]):
        with suppress(subprocess.TimeoutExpired):
            running[0].process.wait(random.uniform(0.01, 0.12))
            continue
        happening()
        times += 1
    wait_for(programs)
    return times


def test_the_same_holds_while_connections_are_cut(make_broker: BrokerFactory, tmp_path: Path) -> None:
    broker, written, cuts = make_broker(), scripts(figure(2, 200), SEED + 1_000), 0
    running: list[Program] = []
    with house(tmp_path) as programs:
        prepare(broker, programs)
        for at in range(0, len(written), AT_ONCE):
            batch = written[at : at + AT_ONCE]
            proxy = Proxy(broker.url, SEED, Faults(), len(batch))
            try:
                running += [
                    start(programs, url, script) for url, script in zip(proxy.urls, batch, strict=True)
                ]
                cuts += disturb(running[at:], Random(SEED + at), proxy.cut_all)
            finally:
                proxy.close()
    assert broker.stop() == 0
    rows = read_log(broker.data)
    for script, program in zip(written, running, strict=True):
        script.check(rows, program, calm=False)
    assert cuts
    print(f"\n{len(written)} scripts, {cuts} cuts: no text under another name or in another place")


def test_the_same_holds_while_the_broker_is_killed(make_broker: BrokerFactory, tmp_path: Path) -> None:
    broker, written, kills = make_broker(), scripts(figure(2, 200), SEED + 2_000, 40), 0

    def kill() -> None:
        broker.kill()
        broker.start_again()

    running: list[Program] = []
    with house(tmp_path) as programs:
        prepare(broker, programs)
        for at in range(0, len(written), AT_ONCE):
            running += [start(programs, broker.url, script) for script in written[at : at + AT_ONCE]]
            kills += disturb(running[at:], Random(SEED + at), kill)
    assert broker.stop() == 0
    rows = read_log(broker.data)
    for script, program in zip(written, running, strict=True):
        script.check(rows, program, calm=False)
    assert kills
    print(f"\n{len(written)} scripts, {kills} kills: no text under another name or in another place")
