from __future__ import annotations

from datetime import datetime

import pytest
from driven import AT, accepted, message, page, refusal
from reply_texts import reply_texts

from client.core.person.queries import DirectQuery, ReadReceiptsQuery, RecentQuery
from client.text.entries import indented
from client.text.replies import UNINDEXED
from client.text.times import local_time
from messages.codec import decode_request, encode
from messages.errors import ErrorCode
from messages.events import Message, Reacted
from messages.game import Hand, Outcome
from messages.identity import Profile
from messages.replies import (
    AnyReply,
    Challenged,
    Clock,
    Counted,
    Done,
    Found,
    OwnProfile,
    Page,
    Played,
    Pong,
    RoomEntry,
    RoomList,
    RoomState,
    UserEntry,
    UserList,
    Welcome,
)
from messages.requests import Away, Debug, History, Leave, Ping, ReadReceipts, Request, Whoami

ASKED = Ping("1")
STAMP = f"{local_time(AT):%Y-%m-%d %H:%M}"


def shown(reply: AnyReply, request: Request = ASKED) -> list[str]:
    return reply_texts(request, reply)


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        (refusal("1", ErrorCode.NOT_IN_ROOM), "Refused: you are not in this room; join it first."),
        (
            refusal("1", ErrorCode.UNKNOWN_TYPE),
            "Refused: this broker is too old for this; its operator can upgrade it.",
        ),
        (Counted("1", 1), "1 user online"),
        (Counted("1", 3, "#dev"), "3 users online in #dev"),
        (RoomState("1", "#dev", "", 1, 0, 0), "#dev: 1 member, 0 messages, no topic"),
        (RoomState("1", "#dev", "All of it", 2, 1, 0), "#dev: 2 members, 1 message, topic: All of it"),
        (
            Played("1", Hand.ROCK, Hand.PAPER, Outcome.LOST),
            "You show rock, the broker paper: lost.",
        ),
        (Played("1", Hand.ROCK, Hand.ROCK, Outcome.DRAW, "bob"), "You show rock, bob rock: draw."),
        (Challenged("1", "bob", 30), "bob was challenged and has 30 s to answer."),
        (page("1"), "#lobby has no messages."),
        (page("1", message(7)), f"{STAMP} #lobby 7 bob: text 7"),
        (UserList("1", []), "0 users online:"),
        (Found("1", []), "Nothing was found."),
    ],
    ids=lambda value: "" if isinstance(value, str) else type(value).__name__,
)
def test_a_reply_is_said_in_a_line(reply: AnyReply, text: str) -> None:
    assert shown(reply) == [text]


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        (Leave("1", "#dev"), "You left #dev."),
        (Away("1", "at lunch"), "You are shown as away."),
        (Away("1", ""), "You are shown as away."),
        (Away("1"), "You are back."),
        (ReadReceipts("1", True), "Others are told what you have read."),
        (ReadReceipts("1", False), "Others are not told what you have read."),
        (Debug("1"), "The broker has printed its connections."),
    ],
    ids=lambda value: "" if isinstance(value, str) else type(value).__name__,
)
def test_what_was_done_is_said_by_what_was_asked(request_: Request, text: str) -> None:
    assert shown(Done("1"), request_) == [text]


@pytest.mark.parametrize(
    "reply", [Done("1"), Pong("1"), accepted("1", 7), Welcome("1", "alice", "t", "e", False, 1, [])]
)
def test_what_tells_a_person_nothing_is_not_said(reply: AnyReply) -> None:
    assert shown(reply) == []


def test_the_brokers_time_is_shown_in_this_machines_time_zone() -> None:
    (line,) = shown(Clock("1", AT))
    shown_time = datetime.strptime(line, "The broker's time is %Y-%m-%d %H:%M:%S %z")
    assert shown_time.timestamp() == AT // 1_000
    assert shown_time.utcoffset() == local_time(AT).utcoffset()


def test_users_are_listed_with_what_keeps_them_from_answering() -> None:
    users = [
        UserEntry("alice", 0),
        UserEntry("bob", 59, "at lunch"),
        UserEntry("carol", 60),
        UserEntry("dave", 7_300, ""),
        UserEntry("echo", 120, bot=True),
    ]
    assert shown(UserList("1", users, "#dev")) == [
        "5 users online in #dev:",
        "  alice",
        "  bob (away: at lunch)",
        "  carol (idle 1 min)",
        "  dave (away, idle 121 min)",
        "  echo [bot] (idle 2 min)",
    ]


def test_rooms_are_listed_in_columns_with_a_mark_where_one_is() -> None:
    rooms = [RoomEntry("#lobby", "", 12, True), RoomEntry("#development", "All of it", 3, False)]
    assert shown(RoomList("1", rooms)) == [
        "  room          members  topic (* you are in it)",
        "* #lobby             12",
        "  #development        3  All of it",
    ]


def test_no_rooms_are_no_lines() -> None:
    assert shown(RoomList("1", [])) == []


def test_history_is_shown_with_place_and_time_and_further_lines_indented() -> None:
    told = Message("#dev", 7, "1", "bob", "one\n2026-01-01 12:00 #dev 8 eve: two", AT)
    assert shown(page("1", told, message(9, "#dev"))) == [
        f"{STAMP} #dev 7 bob: one\n      2026-01-01 12:00 #dev 8 eve: two",
        f"{STAMP} #dev 9 bob: text 9",
    ]


def test_only_a_messages_text_may_have_several_lines() -> None:
    assert shown(RoomState("1", "#dev", "one\ntwo", 1, 0, 0)) == [
        "#dev: 1 member, 0 messages, topic: one\\x0atwo"
    ]


def test_an_indented_text_keeps_its_tabs() -> None:
    assert indented("a\tb\nc") == "a\tb\n      c"


@pytest.mark.parametrize(
    ("you", "lines"),
    [
        (
            OwnProfile("1", "alice", "10.0.0.1", AT, 1, ["#dev", "#lobby"]),
            ["You are alice from 10.0.0.1, in #dev #lobby", "Others are told what you have read."],
        ),
        (
            OwnProfile(
                "1", "alice", "10.0.0.1", AT, 2, ["#lobby"], "at lunch", read_receipts=False, more=True
            ),
            [
                "You are alice from 10.0.0.1, in #lobby … and others, 2 sessions, away: at lunch",
                "Others are not told what you have read.",
            ],
        ),
    ],
    ids=["here", "away"],
)
def test_who_one_is_is_told_with_what_others_are_told(you: OwnProfile, lines: list[str]) -> None:
    assert shown(you) == lines


def test_whether_reading_is_told_is_told_alone() -> None:
    request = ReadReceiptsQuery("1")
    you = OwnProfile("1", "alice", "10.0.0.1", AT, 1, ["#lobby"], read_receipts=False)
    assert reply_texts(request, you) == ["Others are not told what you have read."]
    assert decode_request(encode(request)) == Whoami("1")


def test_a_list_that_was_cut_says_that_there_are_others() -> None:
    assert shown(UserList("1", [UserEntry("alice", 0)], more=True)) == [
        "more than 1 user online:",
        "  alice",
        "  … and others",
    ]
    assert shown(RoomList("1", [RoomEntry("#lobby", "", 12, True)], more=True))[-1] == "… and others"


class TestSince:
    SINCE = History("1", "#lobby", since=AT)

    def test_what_goes_on_says_so(self) -> None:
        assert shown(page("1", 7, more=True), self.SINCE) == [
            f"{STAMP} #lobby 7 bob: text 7",
            "… and others; ask again with a later time.",
        ]
        assert len(shown(page("1", 7), self.SINCE)) == len(shown(page("1", 7, more=True))) == 1

    def test_nothing_since_then_is_not_nothing_at_all(self) -> None:
        assert shown(page("1"), self.SINCE) == ["#lobby has no messages since then."]


class TestFound:
    def test_it_is_shown_oldest_first_with_what_is_left(self) -> None:
        found = Found("1", [message(9), message(7, "@bob")], next="older", unindexed=1)
        assert shown(found) == [
            f"{STAMP} @bob 7 bob: text 7",
            f"{STAMP} #lobby 9 bob: text 9",
            UNINDEXED,
            "/search shows older hits.",
        ]

    def test_a_search_that_ended_early_says_so(self) -> None:
        early = Found("1", [], next="older", incomplete=True)
        assert shown(early) == ["Nothing was found so far.", "/search looks further back."]
        assert shown(Found("1", [message(9)], next="older", incomplete=True))[1:] == [
            "/search looks further back."
        ]

    def test_nothing_found_may_be_because_not_all_was_searched(self) -> None:
        assert shown(Found("1", [], unindexed=1)) == ["Nothing was found.", UNINDEXED]


def test_the_last_messages_of_a_place_are_marked_as_what_they_are() -> None:
    request = RecentQuery("1", "#dev", limit=5)
    assert shown(page("1", 3, 4, conversation="#dev"), request) == [
        "The last 2 messages of #dev until now:",
        f"  {STAMP} bob: text 3",
        f"  {STAMP} bob: text 4",
    ]
    assert shown(page("1", 3, conversation="#dev"), request)[0] == "The last message of #dev until now:"
    assert shown(page("1", conversation="#dev"), request) == []
    assert shown(refusal("1", ErrorCode.NOT_IN_ROOM), request) == []


def test_what_was_done_to_the_last_messages_takes_no_place_among_them() -> None:
    told = [Reacted("#dev", seq, 3, str(seq), "bob", AT, "👍", on=True) for seq in range(10, 16)]
    entries = Page("1", "#dev", [*(message(seq, "#dev") for seq in range(3, 10)), *told], False)
    assert shown(entries, RecentQuery("1", "#dev")) == [
        "The last 5 messages of #dev until now:",
        *(f"  {STAMP} bob: text {seq}" for seq in range(5, 10)),
    ]


@pytest.mark.parametrize(
    ("online", "told"),
    [
        (True, "What you type now goes to bob only."),
        (False, "What you type now goes to bob only. bob is not online, and gets it later."),
    ],
)
def test_to_whom_a_direct_conversation_is_said(online: bool, told: str) -> None:
    assert shown(Profile("1", "bob", [], online=online, seen=0), DirectQuery("1", "bob")) == [told]
