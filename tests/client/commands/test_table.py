from __future__ import annotations

from typing import Any

import pytest
from driven import accepted, message, refusal
from fake_host import FakeHost

from client.commands import COMMANDS
from client.commands.help import GROUPS, grouped
from client.commands.registry import UsageError
from client.core.events import Replied
from client.core.person.queries import ReadReceiptsQuery
from messages.errors import ErrorCode
from messages.events import Receipt
from messages.game import Hand
from messages.replies import Found
from messages.requests import (
    Away,
    Count,
    Debug,
    History,
    Join,
    Leave,
    Nick,
    Play,
    ReadReceipts,
    Request,
    Rooms,
    Search,
    Send,
    Time,
    Topic,
    Who,
    Whoami,
)


@pytest.fixture
def host() -> FakeHost:
    return FakeHost()


REQUESTS: list[tuple[str, type[Request], dict[str, Any]]] = [
    ("/join dev", Join, {"room": "#dev"}),
    ("/join #dev", Join, {"room": "#dev"}),
    ("/leave", Leave, {"room": "#dev"}),
    ("/leave games", Leave, {"room": "#games"}),
    ("/part #games", Leave, {"room": "#games"}),
    ("/list", Rooms, {}),
    ("/rooms", Rooms, {}),
    ("/topic", Topic, {"room": "#dev"}),
    ("/topic all about  it", Topic, {"room": "#dev", "topic": "all about  it"}),
    ("/topic #games", Topic, {"room": "#games"}),
    ("/topic #games  all about it", Topic, {"room": "#games", "topic": "all about it"}),
    ("/names", Who, {"room": "#dev"}),
    ("/names games", Who, {"room": "#games"}),
    ("/who", Who, {}),
    ("/who #games", Who, {"room": "#games"}),
    ("/userlist", Who, {}),
    ("/count", Count, {}),
    ("/count games", Count, {"room": "#games"}),
    ("cmd!participants_count", Count, {}),
    ("/time", Time, {}),
    ("cmd!current_time", Time, {}),
    ("/whoami", Whoami, {}),
    ("/nick ada", Nick, {"name": "ada"}),
    ("/away", Away, {"text": "away"}),
    ("/away at lunch", Away, {"text": "at lunch"}),
    ("/back", Away, {}),
    ("/rps rock", Play, {"hand": Hand.ROCK}),
    ("/rps PAPER", Play, {"hand": Hand.PAPER}),
    ("/rps scissors @bob", Play, {"hand": Hand.SCISSORS, "opponent": "bob"}),
    ("/rps rock bob~2", Play, {"hand": Hand.ROCK, "opponent": "bob~2"}),
    ("cmd!start_game:rock", Play, {"hand": Hand.ROCK}),
    ("/history", History, {"conversation": "#dev", "limit": 20}),
    ("/history 5", History, {"conversation": "#dev", "limit": 5}),
    ("/history 5000", History, {"conversation": "#dev", "limit": 100}),
    ("/history bob", History, {"conversation": "@bob", "limit": 20}),
    ("/history @bob 7", History, {"conversation": "@bob", "limit": 7}),
    ("/history #games 7", History, {"conversation": "#games", "limit": 7}),
    ("/last", History, {"conversation": "#dev", "limit": 20}),
    ("/last 5", History, {"conversation": "#dev", "limit": 5}),
    ("/lastlog disk full", Search, {"words": "disk full", "conversation": "#dev"}),
    ("/last disk in:#games", Search, {"words": "disk", "conversation": "#games"}),
    ("/search disk full", Search, {"words": "disk full"}),
    ("/search disk from:bob in:#dev", Search, {"words": "disk", "sender": "bob", "conversation": "#dev"}),
    ("/readreceipts", Whoami, {}),
    ("/readreceipts on", ReadReceipts, {"on": True}),
    ("/readreceipts OFF", ReadReceipts, {"on": False}),
    ("/debug", Debug, {}),
]


@pytest.mark.parametrize(("line", "kind", "fields"), REQUESTS, ids=[line for line, _, _ in REQUESTS])
def test_a_command_asks_the_broker(
    host: FakeHost, line: str, kind: type[Request], fields: dict[str, Any]
) -> None:
    host.type(line)
    (request,) = host.driven.tick()
    assert request == kind(request.id, **fields)


def test_the_answer_to_readreceipts_is_known_from_that_to_whoami(host: FakeHost) -> None:
    host.type("/readreceipts")
    (request,) = host.driven.tick()
    host.driven.hear(refusal(request.id, ErrorCode.UNKNOWN_TYPE))
    (replied,) = host.driven.told()
    assert isinstance(replied, Replied)
    assert isinstance(replied.request, ReadReceiptsQuery)


DONE = [
    ("/msg bob good  morning", ("say", "@bob", "good  morning")),
    ("/msg @bob hi", ("say", "@bob", "hi")),
    ("/msg #games hi", ("say", "#games", "hi")),
    ("/msg bob\thi\nthere", ("say", "@bob", "hi\nthere")),
    ("/message bob hi", ("say", "@bob", "hi")),
    ("/1 bob hi", ("say", "@bob", "hi")),
    ("/msgall hi all", ("say", "#lobby", "hi all")),
    ("/clear", ("clear",)),
    ("/quit", ("quit",)),
    ("/exit", ("quit",)),
    ("/logout", ("quit",)),
    ("/3", ("quit",)),
    ("cmd!client_exit", ("quit",)),
]


@pytest.mark.parametrize(("line", "done"), DONE, ids=[line for line, _ in DONE])
def test_a_command_has_the_host_do_something(host: FakeHost, line: str, done: tuple[str, ...]) -> None:
    host.type(line)
    assert host.done == [done]
    assert host.driven.tick() == []


@pytest.mark.parametrize(
    "line",
    [
        "/msg",
        "/msg bob",
        "/msg bob   ",
        "/message bob",
        "/msgall",
        "/join",
        "/join a b",
        "/nick",
        "/login",
        "/rps",
        "/rps well",
        "/rps bob rock",
        "cmd!start_game",
        "cmd!start_game:",
        "/history 0",
        "/history #dev 0",
        "/history 5 5",
        "/history bob alice",
        "/history bob 5 5",
        "/history since",
        "/history bob today",
        "/readreceipts maybe",
    ],
)
def test_a_command_typed_in_a_wrong_way_does_nothing_but_show_its_usage(host: FakeHost, line: str) -> None:
    with pytest.raises(UsageError):
        host.type(line)
    assert host.done == host.driven.tick() == []


@pytest.mark.parametrize(
    "line",
    [
        "/join a!",
        "/leave a!",
        "/who a!",
        "/names a!",
        "/nick a b",
        "/rps rock 1bob",
        "/history 1bob",
        "/topic #",
        "/away " + "x" * 301,
        "/topic " + "x" * 301,
    ],
    ids=lambda line: line[:20],
)
def test_a_value_that_the_broker_would_refuse_is_refused_with_a_sentence(host: FakeHost, line: str) -> None:
    with pytest.raises(ValueError, match=r"`\w+`: \w+"):
        host.type(line)
    assert host.driven.tick() == []


@pytest.mark.parametrize(
    ("line", "conversation"),
    [
        ("/history since 2026-11-20T12:00Z", "#dev"),
        ("/history since 2026-11-20 12:00Z", "#dev"),
        ("/history bob SINCE 2026-11-20T12:00Z", "@bob"),
    ],
)
def test_history_since_a_time_is_a_page_from_then_on(host: FakeHost, line: str, conversation: str) -> None:
    host.type(line)
    (request,) = host.driven.asked(History)
    assert (request.conversation, request.since, request.limit) == (conversation, 1_795_176_000_000, 100)


@pytest.mark.parametrize("line", ["/history since soon", "/search disk after:soon"])
def test_a_time_that_is_none_is_refused_with_how_to_write_one(host: FakeHost, line: str) -> None:
    with pytest.raises(ValueError, match="soon is not a time; write it like"):
        host.type(line)
    assert host.driven.tick() == []


class TestSearch:
    @pytest.mark.parametrize("line", ["/search", "/search more"])
    def test_alone_it_goes_on_with_what_is_older(self, host: FakeHost, line: str) -> None:
        host.type("/search disk from:bob")
        (first,) = host.driven.asked(Search)
        host.driven.hear(Found(first.id, [message(9)], next="older"))
        host.driven.told()
        host.type(line)
        (second,) = host.driven.asked(Search)
        assert (second.words, second.sender, second.page) == ("disk", "bob", "older")
        host.driven.hear(Found(second.id, []))
        host.driven.told()
        host.type(line)
        assert host.shown == ["There are no older hits. Type /search WORDS for a new search."]
        assert host.driven.tick() == []

    @pytest.mark.parametrize("line", ["/search", "/search more"])
    def test_before_anything_was_looked_for_it_says_so(self, host: FakeHost, line: str) -> None:
        host.type(line)
        assert host.shown == ["There was no search yet. Type /search WORDS to begin one."]


@pytest.mark.parametrize("line", ["/message", "/1"])
def test_a_message_without_recipient_and_text_asks_for_them(host: FakeHost, line: str) -> None:
    host.type(line)
    assert host.prompts == ["Recipient: ", "Text: "]
    host.then(" bob ", "good morning")
    assert host.done == [("say", "@bob", "good morning")]


def test_an_answer_that_is_missing_is_a_usage_error(host: FakeHost) -> None:
    host.type("/message")
    for answers in (("", ""), ("bob", " ")):
        with pytest.raises(UsageError):
            host.then(*answers)


class TestReceipts:
    def test_who_has_sent_nothing_is_told_so(self, host: FakeHost) -> None:
        host.type("/receipts")
        assert host.shown == ["You have sent nothing since this client started."]

    def test_the_last_ten_messages_are_shown_with_their_state(self, host: FakeHost) -> None:
        for number in range(12):
            host.session.send("#dev", f"text {number}")
        host.session.send("@bob", "x" * 50)
        sends = [request for request in host.driven.tick() if isinstance(request, Send)]
        host.driven.hear(*(accepted(send.id, seq, "#dev", 3) for seq, send in enumerate(sends[:11], 1)))
        host.driven.hear(Receipt("#dev", 5, "bob"), refusal(sends[11].id, ErrorCode.NOT_IN_ROOM))
        host.type("/receipts")
        assert host.shown == [
            "#dev 3: delivered to 1 of 3; got by bob: text 2",
            "#dev 4: delivered to 1 of 3; got by bob: text 3",
            "#dev 5: delivered to 1 of 3; got by bob: text 4",
            *(f"#dev {number + 1}: accepted: text {number}" for number in range(5, 11)),
            f"@bob: sending: {'x' * 40}",
        ]

    def test_nothing_in_it_can_move_the_cursor(self, host: FakeHost) -> None:
        host.session.send("@bob", "two\nlines \u202e")
        (send,) = host.driven.tick()
        host.driven.hear(accepted(send.id, 1, "@\x1b[2J"))
        host.type("/receipts")
        assert host.shown == ["@\\x1b[2J 1: accepted: two⏎lines \\u202e"]


class TestHelp:
    @pytest.mark.parametrize("line", ["/help", "/2", "/h", "/?"])
    def test_it_lists_every_command_in_its_group_with_its_usage_and_help(
        self, host: FakeHost, line: str
    ) -> None:
        host.type(line)
        *lines, last = host.shown
        for heading, commands in grouped(COMMANDS).items():
            assert lines.pop(0) == f"{heading}:"
            for command in commands:
                shown = lines.pop(0)
                assert shown.startswith(f"  {command.usage} ")
                assert shown.endswith(f"  {command.help}")
        assert not lines
        assert "//" in last

    def test_every_command_is_in_one_group(self) -> None:
        names = [name for names in GROUPS.values() for name in names.split()]
        assert sorted(names) == sorted(command.names[0] for command in COMMANDS.listed)

    def test_a_group_can_be_asked_for(self, host: FakeHost) -> None:
        host.type("/help moderation")
        assert host.shown[0] == "Moderation:"
        assert host.shown[1].startswith("  /kick ")
        assert len(host.shown) == 1 + len(grouped(COMMANDS)["Moderation"])

    def test_a_group_with_the_name_of_a_command_comes_behind_it(self, host: FakeHost) -> None:
        host.type("/help rooms")
        assert host.shown[0].startswith("/list: list the rooms")
        assert host.shown[1] == "Rooms:"

    @pytest.mark.parametrize("command", COMMANDS.listed, ids=lambda command: command.names[0])
    def test_every_command_has_a_usage_that_names_it_and_a_help(self, command: Any) -> None:
        assert command.usage.split()[0] == command.names[0]
        assert command.help.strip()
        assert len(command.help) < 80
        assert all(name == name.lower() for name in command.names)

    @pytest.mark.parametrize("name", COMMANDS.table)
    def test_every_name_of_a_command_can_be_asked_about(self, host: FakeHost, name: str) -> None:
        command = COMMANDS.table[name]
        host.type(f"/help {name}")
        assert host.shown[0].startswith(f"{command.usage}: {command.help}")
        assert all(alias in host.shown[0] for alias in command.names)

    def test_the_slash_may_be_left_out_and_the_case_is_no_matter(self, host: FakeHost) -> None:
        host.type("/help JOIN")
        assert host.shown == [
            "/join ROOM: enter a room and talk there; this opens the room if it does not exist (also /j)"
        ]

    def test_of_an_unknown_command_it_says_that_there_is_none(self, host: FakeHost) -> None:
        with pytest.raises(ValueError, match="there is no command /nonsense; /help lists them"):
            host.type("/help nonsense")


def test_each_word_of_the_older_chats_is_understood() -> None:
    older = "cmd!participants_count cmd!current_time cmd!start_game cmd!client_exit /login /msg /msgall "
    older += "/userlist /logout /whoami /debug /message /1 /help /2 /exit /3"
    assert set(older.split()) <= set(COMMANDS.table)
