"""The verbs that edit, delete, react and list pins, with a broker in a thread."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import closing

import pytest
from eventually import DEADLINE
from house import House

from client import verbs as other_verbs
from client.amending import verbs
from client.core.options import NOT_LISTENING, Listening
from client.exits import ClientExit
from client.line.screen import Screen
from client.transport.connection import Connection
from client.transport.link import new_session
from client.verb_session import VerbSession
from client.views.reader import Source
from messages.exits import Exit


class Verbs:
    """Runs verbs one after the other, each as a program of its own would."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.err = io.StringIO()

    def run(
        self,
        work: Callable[[VerbSession], Exit],
        *,
        as_json: bool = False,
        name: str = "ci",
        only: str | None = None,
    ) -> list[str]:
        out = io.StringIO()
        listening = NOT_LISTENING if only is None else Listening(only=only)
        session = new_session(name, listening=listening, unannounced=True)
        with closing(Connection(session, self.house.url)) as connection:
            verb = VerbSession(session, connection, Screen(out, self.err, as_json=as_json))
            verb.begin(DEADLINE)
            assert work(verb) is Exit.DONE
            connection.log_out(DEADLINE)
        return out.getvalue().splitlines()

    def history(self, **fields: int) -> list[str]:
        wanted: dict[str, int | None] = {"limit": None, "since": None, **fields}
        return [line[6:] for line in self.run(lambda verb: other_verbs.history(verb, "#dev", **wanted))]


@pytest.fixture
def shell(tcp_house: House) -> Verbs:
    tcp_house.open()
    return Verbs(tcp_house)


def test_what_verbs_change_is_seen_in_the_history(shell: Verbs) -> None:
    source = Source(-1)
    for text in ("one", "two"):
        shell.run(lambda verb, text=text: other_verbs.send(verb, "#dev", text, source, 5.0))  # type: ignore[misc]
    shell.run(lambda verb: other_verbs.send(verb, "#dev", "yes", source, 5.0, reply_to=1))
    (answer,) = shell.run(lambda verb: verbs.edit(verb, "#dev", 1, "uno", strips=True), as_json=True)
    assert (json.loads(answer)["type"], json.loads(answer)["seq"]) == ("accepted", 4)
    assert shell.run(lambda verb: verbs.delete(verb, "#dev", 2)) == []
    assert shell.run(lambda verb: verbs.react(verb, "#dev", 1, "🎉", on=True)) == []
    whole = "\n".join(shell.history())
    assert all(part in whole for part in ("uno", "edited", "deleted", "🎉 1", "answers 1")), whole
    assert shell.run(lambda verb: verbs.react(verb, "#dev", 1, "🎉", on=False)) == []
    assert "🎉" not in "\n".join(shell.history())
    thread = shell.history(thread=1)
    assert len(thread) == 2
    assert thread[1].endswith("yes")


def test_pins_are_written_as_in_the_history_and_nothing_if_there_are_none(shell: Verbs) -> None:
    shell.run(lambda verb: other_verbs.send(verb, "#dev", "the rules", Source(-1), 5.0))
    assert shell.run(lambda verb: verbs.pins(verb, "#dev")) == []
    with closing(shell.house.chat("ci")) as chat:
        chat.pin("#dev", 1)
    (line,) = shell.run(lambda verb: verbs.pins(verb, "#dev"))
    assert line.endswith("#dev 1 ci: the rules")
    (document,) = shell.run(lambda verb: verbs.pins(verb, "#dev"), as_json=True)
    assert json.loads(document)["text"] == "the rules"


def test_what_is_refused_is_told_in_a_sentence_and_fails(shell: Verbs) -> None:
    shell.run(lambda verb: other_verbs.send(verb, "#dev", "mine", Source(-1), 5.0))
    with pytest.raises(ClientExit) as end:
        shell.run(lambda verb: verbs.edit(verb, "#dev", 1, "yours", strips=True), name="eve")
    assert end.value.code is Exit.FAILED
    with pytest.raises(ClientExit) as end:
        shell.run(lambda verb: verbs.react(verb, "#dev", 1, "two words", on=True))
    assert end.value.code is Exit.USAGE
    with pytest.raises(ClientExit) as end:
        shell.run(lambda verb: verbs.delete(verb, "#dev", 99))
    assert "no such message" in end.value.text


def test_a_tail_names_what_an_edit_or_a_reaction_is_about(shell: Verbs) -> None:
    def follow(verb: VerbSession) -> Exit:
        with closing(shell.house.chat("bob")) as bob:
            bob.send("#lobby", "hello")
            bob.react("#lobby", 1, "👍")
            bob.send("#lobby", "bye")
        return other_verbs.tail(verb, "#lobby", 2)

    said, reacted, _ = shell.run(follow, only="#lobby")
    assert said[6:] == "#lobby bob: hello"
    assert reacted[6:] == "* #lobby bob: 👍 to 1 (hello)"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"one\ntwo\n\n", "one\ntwo"),
        (b"\xef\xbb\xbfa \x1b[1mb\x1b[0m", "a b"),
        ("é".encode(), "é"),
    ],
)
def test_all_of_the_input_is_one_text(data: bytes, text: str) -> None:
    assert verbs.read_text(io.BytesIO(data), strips=True) == text


@pytest.mark.parametrize(("data", "why"), [(b"a\n\xff", "line 2, byte 1"), (b"x" * 300_000, "too long")])
def test_an_input_that_is_no_text_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(ClientExit) as end:
        verbs.read_text(io.BytesIO(data), strips=True)
    assert why in end.value.text
