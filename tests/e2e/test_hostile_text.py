"""What peers say reaches a terminal only as text: it moves no cursor, sets no colour and asks for nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing

import msgspec
import pytest
import zmq
from eventually import DEADLINE, eventually
from live_broker import Dealer, end
from payloads import BIDI, ESCAPES, MARKS, payloads
from programs import House, Person
from torture.figures import figure

from messages.codec import encode
from messages.events import Event, Message, System, SystemKind
from messages.replies import Welcome
from messages.text import neutralise, reveal

PAYLOADS = figure(400, 10_000)
AT = 1_790_000_000_000
STYLES = ("reverse", "blink")
"""What no markup of a message does: that is bold, in italics, underlined, struck through, or cyan."""


def text_of(person: Person) -> str:
    """Return all rows as one text, after a check that each cell is text and nothing else."""
    rows = person.cells
    for row in rows:
        for cell in row:
            assert neutralise(cell.data) == cell.data
            assert cell.fg in ("default", "cyan")
            assert cell.bg == "default"
            assert not any(getattr(cell, style) for style in STYLES)
    return "".join(cell.data for row in rows for cell in row)


def assert_shown_as_text(
    person: Person, texts: list[str], written: Callable[[str], str] = neutralise
) -> None:
    """Check that all texts are there as they should be, and in their order."""
    shown, position = text_of(person), 0
    for text in texts:
        found = shown.find(written(text), position)
        assert found >= 0, text
        position = found
    for forbidden in (
        "\x1b]",
        "\x1bP",
        "\x1b_",
        "\x1b^",
        "\x1bX",
        "\x07",
        "\x0e",
        "\x9b",
        "\x9d",
        "\x90",
        *BIDI,
        *MARKS,
    ):
        assert forbidden not in person.heard


class Impostor:
    """What a client takes for a broker; it says whatever it likes."""

    def __init__(self) -> None:
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._router = self._context.socket(zmq.ROUTER)
        self._router.linger = 0
        self.url = f"tcp://127.0.0.1:{self._router.bind_to_random_port('tcp://127.0.0.1')}"
        self._peer = b""

    def welcome(self) -> None:
        assert self._router.poll(DEADLINE * 1_000), "the client logs in"
        self._peer, frame = self._router.recv_multipart()
        login = msgspec.json.decode(frame.split(b"\n")[0])
        self._say([Welcome(login["id"], login["name"], "token", "epoch", False, 3_600_000, [])])

    def say(self, events: list[Event]) -> None:
        for start in range(0, len(events), 32):
            self._say(events[start : start + 32])

    def _say(self, documents: list[msgspec.Struct]) -> None:  # type: ignore[type-arg,unused-ignore]
        self._router.send_multipart([self._peer, b"\n".join(map(encode, documents))])

    def close(self) -> None:
        self._router.close()
        end(self._context)


@pytest.fixture
def impostor() -> Iterator[Impostor]:
    with closing(Impostor()) as impostor:
        yield impostor


@pytest.mark.parametrize("where", ["text", "sender", "system"])
def test_whatever_a_broker_says_the_clients_screen_shows_only_text(
    house: House, impostor: Impostor, where: str
) -> None:
    alice = house.person(impostor.url, "--name", "alice")
    impostor.welcome()
    alice.sees("as alice.")
    before = alice.modes
    hostile = payloads(ESCAPES + BIDI, PAYLOADS)
    impostor.say([_event(where, number, text) for number, text in enumerate(hostile, 1)])
    impostor.say(
        [Message("#lobby", PAYLOADS + 1 if where != "system" else 1, "last", "bob", "that was all", AT)]
    )
    alice.sees("bob: that was all")
    assert alice.modes == before
    assert_shown_as_text(alice, hostile)


def _event(where: str, number: int, hostile: str) -> Event:
    if where == "system":
        return System(SystemKind.TOPIC, "bob", hostile, room="#lobby", topic=hostile)
    sender, text = (hostile, "hello") if where == "sender" else ("bob", hostile)
    return Message("#lobby", number, str(number), sender, text, AT)


_OWN = re.compile(
    "\x1b\\[[0-9;?]*[mHXCDJKhlnu]|\x1b\\[[?][0-9]+[$]p|\x1b\\]22;default\x07|\x1b[78]|\x1b\\]8;[^\x1b]*\x1b\\\\|\x1b\\]2;[^\x07]*\x07|\x1b\\[2[23];2t"
)
"""What the full screen itself sends."""


@pytest.mark.parametrize("size", [(8, 20), (24, 110)])
def test_whatever_a_broker_says_the_full_screen_shows_only_text(
    house: House, impostor: Impostor, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")  # of another terminal
    monkeypatch.setenv("LINES", "24")
    options = ("--connect", impostor.url, "--name", "alice", "--screen")
    with closing(Person(house.home, "chat-client", *options, size=size)) as alice:
        impostor.welcome()
        alice.sees("connected")
        before = alice.modes
        hostile = payloads(ESCAPES + BIDI, 80)
        impostor.say([_event("text", number, text) for number, text in enumerate(hostile, 1)])
        impostor.say([_event("sender", 80 + number, text) for number, text in enumerate(hostile, 1)])
        impostor.say([_event("system", 0, text) for text in hostile])
        impostor.say([Message("#lobby", 161, "last", "bob", "that was all", AT)])
        alice.sees("that was all")
        alice.type("\x1b[5~")
        alice.sees("more below")
        assert alice.modes == before
        assert not [text for text in hostile if not text.isprintable() and text in alice.heard]
        rest = _OWN.sub("", alice.heard)
        assert not re.search("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]", rest), rest
        assert not [part for part in BIDI if part in rest]
        assert alice.child.isalive()


@pytest.mark.parametrize("columns", [40, 80])
def test_no_text_begins_a_row_at_the_left_edge(house: House, impostor: Impostor, columns: int) -> None:
    options = ("--connect", impostor.url, "--name", "alice")
    with closing(Person(house.home, "chat-client", *options, size=(24, columns))) as alice:
        impostor.welcome()
        alice.sees("as alice.")
        imitation = "14:13 bob: I quit"
        texts = [
            *(
                f"ok{blank * count}{imitation}"
                for blank in " \u00a0\u3000\u2800x日"
                for count in range(columns)
            ),
            *(f"ok{chr(9) * count}{imitation}" for count in range(9)),
            f"ok\n{imitation}",
        ]
        impostor.say([Message("#lobby", n, str(n), "eve", text, AT) for n, text in enumerate(texts, 1)])
        impostor.say([Message("#lobby", len(texts) + 1, "last", "eve", "that was all", AT)])
        alice.sees("that was all")
        rows = ["".join(cell.data for cell in row).rstrip() for row in alice.cells]
        assert len(rows) > len(texts)
        assert not [row for row in rows if row[:1].strip() and "bob" in row and "eve" not in row]
        said = [row for row in rows if "eve:" in row]
        assert len(said) == len(texts) + 1


def test_whatever_peers_send_the_brokers_log_on_a_terminal_shows_only_text(house: House) -> None:
    broker = Person(house.home, "chat-broker", "--memory", "--bind", "tcp://127.0.0.1:0")
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    dealers: list[Dealer] = []
    try:
        line = broker.sees("Listening for connections on")
        before = broker.modes
        url = line.removeprefix("Listening for connections on ").removesuffix("...")
        said = payloads(BIDI + MARKS, PAYLOADS)
        for start in range(0, PAYLOADS, 50):  # who sends more that cannot be read is put out
            dealer = Dealer(context, url, f"bob-{start}").login()
            dealers.append(dealer)
            for number, hostile in enumerate(payloads(ESCAPES, PAYLOADS)[start : start + 50], start):
                assert dealer.ask("send", to="#lobby", text=said[number])["type"] == "accepted"
                dealer.send(json.dumps({"type": hostile, "id": "1", hostile: hostile}).encode())
                dealer.send(hostile.encode())
            dealer.settle()
        broker.sees(f"bob-{PAYLOADS - 50}")
        eventually(lambda: broker.screen is not None and reveal(said[-1]) in text_of(broker), "all is logged")
        assert broker.modes == before
        assert_shown_as_text(broker, said, reveal)
        assert (
            len(re.findall(r" info +127\.0\.0\.1 sent an invalid request", text_of(broker))) == 2 * PAYLOADS
        )
    finally:
        broker.close()
        for dealer in dealers:
            dealer.socket.close()
        end(context)
