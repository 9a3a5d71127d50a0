"""An export that was altered: import refuses it in a sentence, or a broker runs with it and all is whole."""

from __future__ import annotations

import json
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torture.figures import figure
from wired import Chat

from broker.core.facts.kinds import BoundKey
from broker.store.sqlite import SqliteStore
from broker.store.verbs.copies import verify
from broker.store.verbs.dump import export, load
from messages.errors import ErrorCode
from messages.moderation import Audit, Bans
from messages.replies import Error
from messages.requests import History, Login, Rooms, Search, Send, Who
from messages.version import PROTOCOL

EXAMPLES = figure(25, 10_000)
OWN_UID = 1_000

DEEP = "[" * 100_000
NUMBERS = (0, 1, 2, 3, 5, 6, 7, 99, 2**53 - 1, 2**53, 2**63, 2**70, -1, 1.5)
WORDS = (
    "", " ", "x", "alice", "Alice", "a b", "#lobby", "#LOBBY", "#nowhere", "@1|@2", "@2|@1", "@1|@99",
    "@1|@1", "operator", "king", "\x1b[2J", "x" * 5_000, "7", "10.0.0.0/8", "zz", "user", "\u0130",
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(NUMBERS), st.sampled_from(WORDS), st.sampled_from([None, True, [], [1], {}, {"a": 1}])
)


@pytest.fixture
def lines(earlier: Path) -> list[bytes]:
    """An export with lines and facts of every kind."""
    found: list[bytes] = []
    export(earlier / "chat.db", found.append)
    return found


def kind_of(line: bytes) -> tuple[str, str]:
    document = json.loads(line)
    return document["type"], document.get("kind", "")


@st.composite
def altered(draw: st.DrawFn, lines: list[bytes]) -> list[bytes]:
    """Return an export with one field changed, or one line missing, doubled or with a value too deep."""
    kinds: dict[tuple[str, str], list[int]] = {}
    for number, line in enumerate(lines):
        kinds.setdefault(kind_of(line), []).append(number)
    number = draw(st.sampled_from(kinds[draw(st.sampled_from(sorted(kinds)))]))
    document = json.loads(lines[number])
    match draw(st.sampled_from(["field"] * 12 + ["other"] * 6 + ["missing", "twice", "deep"])):
        case "missing":
            new = []
        case "twice":
            new = [lines[number]] * 2
        case "deep":
            new = [lines[number].replace(b'"value":', b'"value":' + DEEP.encode())]
        case "field":
            place = draw_place(draw, document)
            place[0][place[1]] = draw(VALUES)
            new = [json.dumps(document).encode()]
        case _:  # the value that another line of this kind has
            place = draw_place(draw, document)
            other = json.loads(lines[draw(st.sampled_from(kinds[kind_of(lines[number])]))])
            inner = other if place[0] is document else other["value"]
            place[0][place[1]] = inner.get(place[1])
            new = [json.dumps(document).encode()]
    return [*lines[:number], *new, *lines[number + 1 :]]


def draw_place(draw: st.DrawFn, document: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Return an object and the name of a field of it: of a line, or of the fact in it."""
    fact = document.get("value")
    objects = [document, fact] if isinstance(fact, dict) else [document]
    chosen = draw(st.sampled_from(objects))
    return chosen, draw(st.sampled_from(sorted(chosen)))


@given(st.data())
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_an_altered_export_is_refused_or_a_broker_runs_with_it(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], data: st.DataObject
) -> None:
    export_of_another = data.draw(altered(lines))
    new = tmp_path_factory.mktemp("new")
    with suppress(ValueError):
        load(export_of_another, new, "imported")
    if not (new / "chat.db").exists():
        assert [path.name for path in new.iterdir()] == ["lock"]
        return
    verify(new / "chat.db")
    talk(new)
    verify(new / "chat.db")


def test_the_export_itself_is_imported_and_a_broker_runs_with_it(lines: list[bytes], tmp_path: Path) -> None:
    load(lines, tmp_path / "new", "imported")
    assert talk(tmp_path / "new") > 5


def talk(directory: Path) -> int:
    """Let everybody in, and let them ask for all that is stored. Return how many got in."""
    reports: list[str] = []
    with closing(SqliteStore(directory, "never used", reports.append)) as store:
        chat = Chat(store, own_uid=OWN_UID)
        state = chat.core.state
        operator = chat.connect(uid=OWN_UID)
        operator.login("zora")
        keys = {bound.user: bound.identity for bound in state.facts.of(BoundKey).values()}
        inside = [operator]
        for user in list(state.users_by_id.values()):
            client = chat.connect(identity=keys.get(user.id))
            reply = client.ask(Login, PROTOCOL, user.name)
            if not isinstance(reply, Error):
                inside.append(client)
        for client in inside:
            assert answered(client.ask(Who))
            assert answered(client.ask(Rooms))
            assert answered(client.ask(Search, "hello"))
            for name in [user.name for user in state.users.values()]:
                assert answered(client.ask(Send, f"@{name}", "hello"))
        for room in [room.name for room in state.rooms()]:
            assert answered(operator.ask(Bans, room))
            assert answered(operator.ask(History, room, limit=100))
            assert answered(operator.ask(Send, room, "hello"))
        assert answered(operator.ask(Bans))
        assert answered(operator.ask(Audit))
        while store.upkeep():
            pass
    assert not [report for report in reports if "damaged" in report]
    return len(inside)


def answered(reply: object) -> bool:
    """Return whether a request was done, or was refused for another reason than the store's."""
    return not isinstance(reply, Error) or reply.code is not ErrorCode.UNAVAILABLE
