from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from driven import AT, accepted, refusal

from client.core.events import (
    ClientEvent,
    EarlierDelivered,
    Ended,
    LoggedIn,
    LoggedOut,
    Lost,
    Missing,
    Outage,
    Removed,
    Replied,
    SendAccepted,
    SendDelivered,
    SendFailed,
    Sent,
    Skipped,
)
from client.text.render import Line, accepted_text, local_time, render, state_text
from messages.errors import ErrorCode
from messages.events import (
    Game,
    Goodbye,
    GoodbyeReason,
    Lagged,
    Message,
    Position,
    Positions,
    Receipt,
    System,
    SystemKind,
)
from messages.game import GameKind, Hand, Outcome
from messages.limits import MAX_SEQ
from messages.replies import Counted, Pong, Welcome
from messages.requests import Count, Ping, Send

SEND = Send("1", "#lobby", "hello")
TAKEN = ErrorCode.NAME_TAKEN.sentence


def lines(event: ClientEvent) -> list[Line]:
    return list(render(event, "alice", "#lobby"))


def said(text: str, conversation: str = "#lobby", sender: str = "bob") -> str:
    (line,) = lines(Message(conversation, 1, "1", sender, text, AT))
    assert line.data
    return line.text


def notice(event: ClientEvent) -> str:
    (line,) = lines(event)
    assert not line.data
    return line.text


def welcome(*positions: Position, title: str = "", motd: str = "") -> Welcome:
    return Welcome("1", "alice", "token", "epoch", False, 15_000, list(positions), title, motd)


class TestMessages:
    def test_a_message_here_is_its_sender_and_its_text(self) -> None:
        assert said("hello") == "bob: hello"

    def test_one_of_another_room_names_it(self) -> None:
        assert said("hello", "#dev") == "#dev bob: hello"

    def test_a_direct_one_is_marked(self) -> None:
        assert said("hello", "@bob") == "bob (direct): hello"

    def test_ones_own_direct_one_says_to_whom_it_went(self) -> None:
        assert said("hello", "@bob", "alice") == "alice (direct to bob): hello"

    @pytest.mark.parametrize(
        ("conversation", "shown"),
        [("#lobby", "* bob waves"), ("#dev", "#dev * bob waves"), ("@bob", "(direct) * bob waves")],
    )
    def test_what_somebody_does_is_told_as_a_sentence(self, conversation: str, shown: str) -> None:
        assert said("/me waves", conversation) == shown

    @pytest.mark.parametrize("text", ["/me", "/menu", " /me waves", "/Me waves"])
    def test_what_only_looks_like_it_is_a_text(self, text: str) -> None:
        assert said(text) == f"bob: {text}"

    def test_the_lines_behind_the_first_are_indented_so_that_none_looks_like_another_message(self) -> None:
        assert said("one\n12:00 eve: two\n\nthree") == "bob: one\n      12:00 eve: two\n      \n      three"

    def test_a_tab_stays_a_tab(self) -> None:
        assert said("a\tb") == "bob: a\tb"

    def test_its_time_is_that_of_this_machine(self) -> None:
        assert local_time(AT) == datetime.fromtimestamp(AT / 1000, UTC)
        assert local_time(AT).utcoffset() == datetime.fromtimestamp(AT / 1000).astimezone().utcoffset()

    def test_a_time_that_no_calendar_has_is_shown_as_the_last_it_has(self) -> None:
        assert local_time(MAX_SEQ).year in (9998, 9999)


class TestOwn:
    def test_an_accepted_message_is_told_with_its_seq(self) -> None:
        sent = Sent(SEND, "#lobby", 7, 3)
        assert notice(SendAccepted(sent, accepted("1", 7))) == f"[7: accepted] {SEND.text}"

    def test_even_if_its_receipt_was_faster(self) -> None:
        sent = Sent(SEND, "#dev", 7, 1, {"bob"})
        assert notice(SendAccepted(sent, accepted("1", 7, "#dev"))) == f"[#dev 7: accepted] {SEND.text}"
        assert accepted_text(sent, "#dev") == "[7: accepted]"

    def test_one_that_waits_says_for_whom(self) -> None:
        sent = Sent(SEND, "@bob\x1b", 7, 1, recipient_offline=True)
        assert notice(SendAccepted(sent, accepted("1", 7))) == (
            f"[@bob\\x1b 7: accepted, waits for bob\\x1b] {SEND.text}"
        )
        assert (
            accepted_text(Sent(SEND, "@bob", 7, 1, recipient_offline=True), "@bob")
            == "[7: accepted, waits for bob]"
        )

    def test_of_several_that_were_delivered_the_last_is_told(self) -> None:
        sent = [Sent(SEND, "#dev", seq, 3, {"bob"}) for seq in (7, 8)]
        assert notice(SendDelivered(sent)) == "[#dev 8: delivered to 1 of 3]"

    def test_a_refused_one_is_told_with_the_beginning_of_its_text(self) -> None:
        sent = Sent(Send("1", "#lobby", "hello\n" + "x" * 50), error=refusal("1", ErrorCode.NOT_IN_ROOM))
        assert (
            notice(SendFailed(sent))
            == f"[not sent: you are not in this room; join it first] hello⏎{'x' * 34}"
        )

    @pytest.mark.parametrize(
        ("sent", "text"),
        [
            (Sent(SEND), "[sending]"),
            (Sent(SEND, "#lobby", 7, 3), "[7: accepted]"),
            (
                Sent(SEND, "#lobby", 7, 3, {"bob", "eve"}, read_by={"eve"}),
                "[7: delivered to 2 of 3, read by 1]",
            ),
            (Sent(SEND, "@bob", 7, 1, recipient_offline=True), "[@bob 7: accepted, waits for bob]"),
            (Sent(SEND, "@bob", 7, 1, {"bob"}, recipient_offline=True), "[@bob 7: delivered]"),
            (Sent(SEND, "@bob", 7, 1, {"bob"}, read_by={"bob"}), "[@bob 7: read]"),
            (Sent(SEND, "@bob", 7, 1, {"bob"}), "[@bob 7: delivered]"),
            (
                Sent(SEND, error=refusal("1", ErrorCode.NOT_IN_ROOM)),
                "[not sent: you are not in this room; join it first]",
            ),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_a_state_stands_in_brackets(self, sent: Sent, text: str) -> None:
        assert state_text(sent, "#lobby") == text


class TestConnection:
    def test_the_first_welcome_says_where_and_as_whom(self) -> None:
        assert notice(LoggedIn(welcome(), again=False, new_log=False, endpoint="tcp://h:1")) == (
            "Connected to tcp://h:1 as alice."
        )

    def test_it_says_what_the_broker_has_to_say_and_what_waits(self) -> None:
        positions = Position("#lobby", 9, 7, unread=2), Position("@bob", 3, 0, unread=3)
        said = welcome(*positions, title="The Den", motd="Be kind.")
        event = LoggedIn(said, again=False, new_log=False, endpoint="tcp://h:1")
        assert [line.text for line in lines(event)] == [
            "Connected to The Den, tcp://h:1 as alice.",
            "Be kind.",
            "Unread: @bob 3, #lobby 2.",
        ]
        assert not any(line.data for line in lines(event))

    def test_mentions_among_the_unread_messages_come_first(self) -> None:
        positions = Position("#dev", 9, 0, unread=1_000), Position("#tea", 9, 7, unread=2, mentioned=1)
        event = LoggedIn(welcome(*positions), again=False, new_log=False)
        assert lines(event)[-1].text == "Unread: #tea 2 (1 with a mention of you), #dev 1,000+."

    def test_it_says_if_one_is_still_shown_as_away(self) -> None:
        away = msgspec.structs.replace(welcome(), away="lunch\x1b")
        assert lines(LoggedIn(away, again=False, new_log=False))[-1].text == (
            "You are still shown as away: lunch\\x1b."
        )
        assert notice(LoggedIn(away, again=True, new_log=False)) == "The connection is back."

    def test_of_very_many_unread_conversations_the_fullest_are_named(self) -> None:
        positions = [Position(f"#room-{n:02}", 9, 9, unread=n) for n in range(13)]
        event = LoggedIn(welcome(*positions, Position("#flood", 1, 1, unread=1_000)), False, False)
        names = ", ".join(f"#room-{n:02} {n}" for n in range(12, 3, -1))
        assert lines(event)[-1].text == f"Unread: #flood 1,000+, {names} and 3 others."

    def test_what_further_conversations_hold_is_told_when_they_come(self) -> None:
        assert notice(Positions([Position("#dev", 3, 3, unread=3), Position("#lobby", 1, 1)])) == (
            "Also unread: #dev 3."
        )
        assert lines(Positions([Position("#lobby", 1, 1)])) == []

    def test_a_welcome_back_says_that_and_no_more(self) -> None:
        unread = Position("#lobby", 9, 7, unread=2)
        event = LoggedIn(welcome(unread, motd="Be kind."), again=True, new_log=False)
        assert notice(event) == "The connection is back."

    def test_a_new_log_is_told(self) -> None:
        event = LoggedIn(welcome(), again=True, new_log=True)
        assert [line.text for line in lines(event)] == [
            "The connection is back.",
            "The broker has begun a new log: earlier messages may be gone, or differ from what you saw. "
            "Your messages that it has not accepted are sent again.",
        ]

    @pytest.mark.parametrize(
        ("gone", "text"),
        [
            (1, "1 message that it had accepted from you is gone."),
            (2_000, "2,000 messages that it had accepted from you are gone."),
        ],
    )
    def test_how_many_of_ones_own_are_gone_is_told(self, gone: int, text: str) -> None:
        assert lines(LoggedIn(welcome(), again=True, new_log=True, gone=gone))[-1].text == text

    @pytest.mark.parametrize(
        ("event", "text"),
        [
            (
                Lost("cut"),
                "Lost the broker (cut). The client tries to reconnect, and sends your messages then.",
            ),
            (Ended(refusal("1", ErrorCode.NAME_TAKEN)), f"The broker refused the login: {TAKEN}."),
            (LoggedOut(), "Logged out."),
            (
                Goodbye(GoodbyeReason.SHUTTING_DOWN, "done"),
                "Done. The client tries to reconnect, and sends your messages then.",
            ),
            (Goodbye(GoodbyeReason.REPLACED, "taken up"), "The broker says goodbye: taken up."),
            (Lagged([]), "You read too slowly and missed some messages; they are being fetched."),
            (
                Removed("#tea", while_away=True),
                "You are no longer in #tea: you were removed, or have left it on another device.",
            ),
            (Missing("#dev", 3, 7), "Messages 3 to 7 of #dev are lost."),
            (
                Skipped("#dev", 49_800, 1_790_000_000_000),
                "49,800 earlier messages of #dev: /history #dev since "
                f"{local_time(1_790_000_000_000):%Y-%m-%dT%H:%M}",
            ),
            (Missing("#dev", 3, 3), "Message 3 of #dev is lost."),
            (System(SystemKind.JOINED, "bob", "bob joined the chat"), "bob joined the chat"),
            (
                Game(GameKind.CHALLENGED, "bob", 30),
                "bob challenges you to rock, paper, scissors: answer with /rps HAND bob within 30 s.",
            ),
            (
                Game(GameKind.PLAYED, "bob", None, Hand.ROCK, Hand.PAPER, Outcome.LOST),
                "bob shows paper, you rock: lost.",
            ),
            (EarlierDelivered("bob", 7, 0), "bob has your direct messages up to 7."),
            (EarlierDelivered("bob", 7, 7), "bob has read your direct messages up to 7."),
            (
                EarlierDelivered("bob", 9, 7),
                "bob has your direct messages up to 9, and has read them up to 7.",
            ),
            (EarlierDelivered("\x1b", 7, 0), "\\x1b has your direct messages up to 7."),
            (Outage(over=False), "The broker cannot store messages now; yours are kept and sent again."),
            (
                Outage(over=False, text="the broker cannot store this now: its disk is full; try again"),
                "The broker cannot store this now: its disk is full; your messages are kept and sent again.",
            ),
            (Outage(over=True), "The broker stores messages again."),
            (Game(GameKind.EXPIRED, "bob"), "The game with bob was not played in time."),
        ],
        ids=lambda value: type(value).__name__ if isinstance(value, msgspec.Struct) else "",
    )
    def test_what_happens_is_told_in_a_sentence(self, event: ClientEvent, text: str) -> None:
        assert notice(event) == text


def test_a_reply_is_what_was_asked_for() -> None:
    assert lines(Replied(Count("1"), Counted("1", 3))) == [Line("3 users online", data=True)]


@pytest.mark.parametrize("event", [Receipt("#lobby", 7, "bob"), Replied(Ping("1"), Pong("1"))])
def test_what_is_told_otherwise_or_is_nothing_to_a_person_is_not_written(event: ClientEvent) -> None:
    assert lines(event) == []
