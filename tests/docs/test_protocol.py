"""Plays every `chat` block of docs/protocol.md against a broker, and runs the client that it shows.

The rules by which blocks are read stand in the document, under "How to read the examples".
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import zmq
from docs.fenced import Block
from eventually import DEADLINE, eventually
from live_broker import Dealer, Stage
from published import assert_fits
from shell_verbs import entry

from broker.core.access.tickets import ticket_secret
from broker.core.facts.kinds import BoundKey, GrantedRole
from broker.core.settings import NamePolicy, Settings
from broker.core.store import StoredUser
from broker.security.keys import make_keys
from broker.store.memory import DEFAULT_CAPACITY, MemoryStore
from docs import fenced

EXAMPLES = fenced.blocks("docs/protocol.md", "chat*", "python")

SPOKEN = re.compile(r"(\w*)([<>]) (.+)")
LOGGED_IN = re.compile(r"-- (.+) (?:is|are) logged in")
LOST = re.compile(r"-- (\w+)'s connection is lost")
KNOWS = re.compile(r"-- (\w+) knows what (\w+) knows")
STOPS = re.compile(r"-- the broker stops")
SILENT = re.compile(r"-- \w+ is silent for more than [\d.]+ seconds")

ANY_NUMBER = {"at", "since", "seen", "idle", "edited"}
LEFT_OUT = {"welcome": {"version", "limits", "abilities"}}


class Client:
    """One connection of an example, and what it knows. It connects when it first sends."""

    def __init__(self, stage: Stage, name: str) -> None:
        self._stage = stage
        self._name = name
        self._dealer: Dealer | None = None
        self._last_frame = b""
        self.knows: dict[str, str] = {}

    @property
    def connected(self) -> bool:
        return self._dealer is not None

    def send(self, *lines: str) -> None:
        if self._dealer is None:
            self._dealer = self._stage.dealer(self._name)
        self._last_frame = "\n".join(map(self._fill_in, lines)).encode()
        self._dealer.send(self._last_frame)

    def login(self, name: str) -> None:
        login = {"type": "login", "id": "login", "protocol": 1, "name": name, "amendments": True}
        self.send(json.dumps(login))
        assert self.receive()["type"] == "welcome"

    def _fill_in(self, line: str) -> str:
        """Put what this client knows in the place of each `…`."""
        if "…" not in line:
            return line
        document = json.loads(line)
        filled = {field: self.knows[field] if value == "…" else value for field, value in document.items()}
        if filled.get("files") == ["…"]:
            filled["files"] = [self.knows["upload"]]
        return json.dumps(filled)

    def receive(self) -> dict[str, Any]:
        """Return the next document, whatever it is."""
        assert self._dealer, f"{self._name} is not connected"
        assert self._dealer.inbox or self._dealer.read(DEADLINE), f"{self._name} got nothing"
        document = self._dealer.inbox.pop(0)
        assert_fits(document)
        self.knows |= {field: value for field, value in document.items() if isinstance(value, str)}
        return document

    def expect(self, documented: dict[str, Any]) -> None:
        """Check that the next document is what is documented; ask again where that may help."""

        def comes() -> bool:
            got = self.receive()
            if got.get("retryable") and documented["type"] != "error":
                assert self._dealer
                self._dealer.send(self._last_frame)
                return False
            for field in LEFT_OUT.get(documented["type"], set()) - documented.keys():
                got.pop(field, None)
            assert pattern(documented) == got
            return True

        eventually(comes, f"{documented}")

    def expect_nothing(self) -> None:
        """Check that nothing has come that is not shown; what is sent after it would come later."""
        self.send('{"type":"ping","id":"the-end"}')
        assert self.receive().get("re") == "the-end"

    def expect_silence(self) -> None:
        """Check that nothing has come that is not shown, from a broker that has ended."""
        assert self._dealer
        assert not self._dealer.inbox
        assert not self._dealer.read(0)

    def disconnect(self) -> None:
        assert self._dealer, f"{self._name} is not connected"
        self._dealer.socket.close()
        self._dealer = None


class Matching:
    """Equal to every value that a documented one stands for."""

    def __init__(self, documented: object) -> None:
        self._documented = documented
        self._text = (
            re.compile(".*".join(map(re.escape, documented.split("…"))), re.DOTALL)
            if isinstance(documented, str) and "…" in documented
            else None
        )

    def __eq__(self, got: object) -> bool:
        if self._text:
            return isinstance(got, str) and bool(got) and self._text.fullmatch(got) is not None
        return type(got) is type(self._documented)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self._documented)


def pattern(documented: object) -> object:
    """Return what compares equal to all that a documented value stands for."""
    match documented:
        case dict():
            return {
                field: Matching(value) if field in ANY_NUMBER else pattern(value)
                for field, value in documented.items()
            }
        case list():
            return [pattern(item) for item in documented]
        case str() if "…" in documented:
            return Matching(documented)
    return documented


def broker_for(words: list[str]) -> Stage:
    """Return a broker with the settings that a block asks for."""
    settings: dict[str, Any] = {}
    keep = DEFAULT_CAPACITY
    for word in words:
        match word.split("="):
            case ["names", names]:
                settings["names"] = NamePolicy(names)
            case ["heartbeat", milliseconds]:
                settings["heartbeat"] = int(milliseconds)
            case ["named-receipts", members]:
                settings["named_receipts"] = int(members)
            case ["max-file", size]:
                settings["max_file"] = int(size)
            case ["gateway"]:
                return gateway()
            case ["keep", messages]:
                keep = int(messages)
            case _:
                raise AssertionError(f"no such setting: {word}")
    return Stage("inproc://broker", Settings(**settings), MemoryStore("epoch", keep))


def gateway() -> Stage:
    """Return a broker all of whose clients have the key of a gateway with guests and accounts."""
    store, keys, client = MemoryStore("epoch"), make_keys(), make_keys()
    facts = BoundKey(client.public, 1, 0), GrantedRole(1, "gateway", 0, guests=True, accounts=True)
    store.commit([StoredUser(1, "web", None, 0), *map(entry, facts)])
    settings = Settings(ticket_secret=ticket_secret(keys.secret.encode()))
    return Stage("tcp://127.0.0.1:0", settings, store, keys, client)


def speaker(line: str) -> tuple[str, str]:
    """Return who speaks in a line, and whether it is said or heard."""
    if line.startswith("--"):
        return "", "-"
    found = SPOKEN.fullmatch(line)
    assert found, f"neither something sent or got nor something that happens: {line}"
    return found[1], found[2]


def words_of(line: str) -> str:
    """Return what is said in a line."""
    return line.partition(" ")[2]


class Play:
    """The clients of one example, on a broker."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._clients: dict[str, Client] = {}
        self._stopped = False

    def play(self, body: str) -> None:
        for (who, direction), lines in groupby(body.splitlines(), speaker):
            spoken = list(lines)
            match direction:
                case ">":
                    self._client(who).send(*map(words_of, spoken))
                case "<":
                    for line in spoken:
                        self._client(who).expect(json.loads(words_of(line)))
                case _:
                    for line in spoken:
                        self._direct(line)
        for client in self._clients.values():
            if self._stopped:
                client.expect_silence()
            elif client.connected:
                client.expect_nothing()

    def _client(self, name: str) -> Client:
        return self._clients.setdefault(name, Client(self._stage, name))

    def _direct(self, line: str) -> None:
        if found := LOGGED_IN.fullmatch(line):
            self._log_in(found[1].split(" and "))
        elif found := LOST.fullmatch(line):
            self._client(found[1]).disconnect()
        elif found := KNOWS.fullmatch(line):
            self._client(found[1]).knows |= self._client(found[2]).knows
        elif STOPS.fullmatch(line):
            self._stage.stop()
            self._stopped = True
        else:
            assert SILENT.fullmatch(line), f"nobody knows how to do this: {line}"

    def _log_in(self, names: list[str]) -> None:
        """Log users in, and let them read what they get while others come."""
        for number, name in enumerate(names):
            self._client(name).login(name)
            for earlier in names[:number]:
                assert self._client(earlier).receive()["kind"] == "joined"


@pytest.mark.parametrize(
    "block", [one for one in EXAMPLES if one.kind != "python"], ids=lambda block: f"line-{block.line}"
)
def test_an_example_is_what_clients_and_broker_say(block: Block) -> None:
    with closing(broker_for(block.kind.split()[1:])) as stage:
        Play(stage).play(block.body)


@pytest.mark.parametrize(
    ("documented", "got"),
    [
        ({"type": "pong", "re": "1"}, {"type": "pong", "re": "2"}),
        ({"type": "pong", "re": "1"}, {"type": "pong", "re": "1", "more": True}),
        ({"type": "clock", "re": "1", "at": 5}, {"type": "clock", "re": "1", "at": "5"}),
        ({"text": "from … here"}, {"text": "from there"}),
        ({"session": "…"}, {"session": ""}),
        ({"heads": [1, 2]}, {"heads": [1]}),
    ],
)
def test_an_example_that_is_not_what_comes_is_noticed(documented: object, got: object) -> None:
    assert pattern(documented) != got
    assert pattern(documented) == documented


def test_an_example_that_leaves_something_out_is_noticed() -> None:
    with closing(broker_for([])) as stage, pytest.raises(AssertionError, match="the-end"):
        Play(stage).play('> {"type":"ping","id":"1"}\n')


class SmallClient:
    """The program that the document shows, started as carol."""

    def __init__(self, directory: Path, url: str) -> None:
        example = fenced.block("docs/protocol.md", "python")
        program = directory / "small_client.py"
        program.write_text(example.body, "utf-8")
        self._process = subprocess.Popen(
            [sys.executable, program, url, "carol"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> SmallClient:
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:
            self._process.kill()

    def finish(self) -> tuple[str, str]:
        return self._process.communicate(timeout=DEADLINE)


def joined(name: str, user_id: int) -> dict[str, object]:
    text = f"{name} joined the chat"
    return {"type": "system", "kind": "joined", "user": name, "text": text, "user_id": user_id}


def test_the_small_client_talks_and_confirms_until_the_broker_ends(tmp_path: Path) -> None:
    with closing(Stage("tcp://127.0.0.1:0")) as stage:
        bob = Client(stage, "bob")
        bob.login("bob")
        with SmallClient(tmp_path, stage.url) as carol:
            bob.expect(joined("carol", 2))
            assert bob.receive()["text"] == "hello"
            bob.send('{"type":"send","id":"1","to":"@carol","text":"hello carol"}')
            assert bob.receive()["type"] == "accepted"
            bob.expect({"type": "receipt", "conversation": "@carol", "delivered": 1, "user": "carol"})
            stage.stop()
            assert carol.finish() == ("@bob: bob: hello carol\n", "the broker is shutting down\n")


def test_the_small_client_fetches_what_it_missed(tmp_path: Path) -> None:
    texts = [str(number) for number in range(60)]
    with closing(Stage("tcp://127.0.0.1:0")) as stage:
        bob = Client(stage, "bob")
        for name in ("carol", "bob"):
            bob.login(name)
            bob.send('{"type":"logout","id":"1"}')
            assert bob.receive()["type"] == "done"
        bob.login("bob")
        bob.send(*(json.dumps({"type": "send", "id": text, "to": "@carol", "text": text}) for text in texts))
        assert [bob.receive()["type"] for _ in texts] == ["accepted"] * len(texts)
        with SmallClient(tmp_path, stage.url) as carol:
            bob.expect(joined("carol", 1))
            eventually(lambda: bob.receive().get("delivered") == len(texts), "a receipt for all")
            stage.stop()
            out, _err = carol.finish()
    assert out.splitlines() == [f"@bob: bob: {text}" for text in texts]


class Impostor:
    """A ROUTER that says what a test wants it to say."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        self.socket = context.socket(zmq.ROUTER)
        self.socket.linger = 0
        self.url = f"tcp://127.0.0.1:{self.socket.bind_to_random_port('tcp://127.0.0.1')}"
        self._peer = b""

    def receive(self, kind: str) -> dict[str, Any]:
        assert self.socket.poll(round(DEADLINE * 1000)), f"no {kind} came"
        self._peer, frame = self.socket.recv_multipart()
        document: dict[str, Any] = json.loads(frame)
        assert document["type"] == kind
        return document

    def answer(self, **document: object) -> None:
        self.socket.send_multipart([self._peer, json.dumps(document).encode()])


def test_the_small_client_shows_life_and_logs_in_again_with_its_token(tmp_path: Path) -> None:
    with zmq.Context() as context:
        impostor = Impostor(context)
        with impostor.socket, SmallClient(tmp_path, impostor.url):
            login = impostor.receive("login")
            assert (login["protocol"], login["name"], login.get("session")) == (1, "carol", None)
            welcome = {"name": "carol~2", "session": "token", "heartbeat": 100, "conversations": []}
            impostor.answer(type="welcome", re=login["id"], **welcome)
            impostor.receive("send")
            impostor.receive("ping")
            impostor.answer(type="error", code="not-logged-in", text="log in first")
            login = impostor.receive("login")
            assert (login["protocol"], login["name"], login["session"]) == (1, "carol~2", "token")
