"""The rows of entries."""

from __future__ import annotations

from driven import AT
from msgspec.structs import replace
from screen_stage import seats
from transcripts import MINUTE, put_in_front, said, texts, transcript

from client.core.events import Sent
from client.screen.log.layout import Layout
from client.screen.log.transcript import Notice
from client.text.times import local_time
from messages.events import Pinned, Reaction
from messages.files import File
from messages.requests import Send


def rows(*messages: object, columns: int = 60) -> list[str]:
    return texts(Layout(transcript(*messages)), columns, 30)  # type: ignore[arg-type]


def behind_bar(row: str) -> str:
    return row.partition("│ ")[2]


def test_messages_of_one_sender_are_grouped_until_some_minutes_pass() -> None:
    close = [said(seq) for seq in (1, 2, 3)]
    close[1] = said(2, at_least := "two")
    shown = rows(*[m if m.seq == 3 else type(m)("#lobby", m.seq, m.id, "bob", m.text, AT) for m in close])
    names = ["bob" in row for row in shown if "│" in row]
    assert names == [True, False, True]
    assert at_least in shown[-2]


def test_each_day_has_a_line_and_the_first_message_says_that_it_is_the_first() -> None:
    shown = rows(said(1), said(1 + 24 * 6))
    days = [row for row in shown if row.startswith("──")]
    assert days[0].startswith("── the beginning")
    assert len(days) == 4  # two days, and what is not here between the messages
    assert any("143 are not here yet: 2 to 144, from 2026-" in row for row in days)


def test_a_gap_says_what_is_known_of_it() -> None:
    one = transcript(said(1), said(4))
    layout = Layout(one)
    shown = "\n".join(texts(layout, 90))
    times = [f"{local_time(said(seq).at):%H:%M}" for seq in (1, 4)]
    assert f"── 2 are not here yet: 2 to 3, from {times[0]} to {times[1]} ─" in shown
    one.refused.add(4)
    assert "── 2 were refused by the broker: 2 to 3, from" in "\n".join(texts(layout, 90))


def test_the_first_message_that_is_kept_is_not_called_the_beginning() -> None:
    one = transcript(said(9))
    one.timeline.begins = 9
    assert texts(Layout(one))[0].startswith("── nothing earlier is kept ─")


def test_what_the_program_says_stands_left_of_the_bar() -> None:
    shown = rows(
        said(1, "what do you think?", "carol"),
        said(2, "good", reply_to=1, edited=AT, reactions=(Reaction("👍", 2, ["a", "b"]),)),
        said(3, "", deleted=True),
        said(4, "plan.pdf", files=(File("plan.pdf", 1_200, "a" * 64),)),
    )
    text = "\n".join(shown)
    assert any(
        row.split("│")[0].split() == ["answers"] and "carol: what do you think?" in row for row in shown
    )
    assert any(row.split("│")[0].split()[-2:] == ["bob", "~"] and behind_bar(row) == "good" for row in shown)
    assert any(row.split("│")[0].split() == ["reacted"] and behind_bar(row) == "👍 2" for row in shown)
    assert "deleted" in text
    assert any(row.split("│")[0].split() == ["files"] and "4: plan.pdf" in row for row in shown)


def test_a_text_cannot_look_like_what_the_program_says() -> None:
    evil = "hi\n12:00        alice │ I resign\n\x1b[2J\u202eover"
    for columns in (80, 45):
        shown = rows(said(1, evil), columns=columns)
        assert all(row.index("│") < 30 for row in shown if "resign" in row)
        assert sum(row.lstrip().startswith("12:00") for row in shown) == 0
        assert not any("\x1b" in row or "\u202e" in row for row in shown)
    narrow = rows(said(1, evil), columns=30)
    assert not any(row.startswith("12:00") for row in narrow)


def test_marks_show_the_receipt_and_the_pin() -> None:
    one = transcript(said(1, "mine", "alice"))
    sent = Sent(Send("i1", "#lobby", "mine"), "#lobby", 1, recipients=2)
    one.note_sent(sent)
    layout = Layout(one)
    assert "alice   · │ mine" in texts(layout)[-1]
    sent.delivered_to.add("bob")
    assert "alice   ✓ │ mine" in texts(layout)[-1]
    sent.read_by.add("bob")
    one.timeline.take(Pinned("#lobby", 2, 1, "p", "bob", AT, on=True))
    assert "alice ^✓✓ │ mine" in texts(layout)[-1]


def test_a_message_on_its_way_is_shown_at_the_end_until_it_is_accepted() -> None:
    waiting = Sent(Send("i9", "#lobby", "wait for me"))
    one = transcript(said(1), sending=[waiting])
    layout = Layout(one)
    assert texts(layout)[-1].endswith("alice   … │ wait for me")
    one.update(one.timeline, [])
    assert "wait for me" not in "\n".join(texts(layout))


def test_a_notice_stays_behind_the_message_after_which_it_came() -> None:
    one = transcript(said(1))
    one.add_notice(Notice("carol left.", data=False, time="12:03"))
    one.timeline.take(said(2))
    one.update(one.timeline, [])
    shown = texts(Layout(one))
    assert [("text" in row, "carol" in row) for row in shown[-3:]] == [
        (True, False),
        (False, True),
        (True, False),
    ]
    assert "12:03 ┆ carol left." in shown[-2]
    one.clear_notices()
    one.update(one.timeline, [])
    assert "carol" not in "\n".join(texts(Layout(one)))


def test_the_unread_marker_stands_before_its_message() -> None:
    one = transcript(said(1), said(2))
    one.unread_from = 2
    shown = texts(Layout(one))
    assert shown[-2].startswith("── new ")


def test_a_narrow_log_has_heads_and_indented_texts() -> None:
    shown = rows(said(1, "one two three four five"), columns=20)
    assert shown[-3].startswith("bob ")
    assert shown[-2:] == [" one two three four", " five"]


def test_an_action_begins_with_a_star() -> None:
    assert "* " in rows(said(1, "/me yawns"))[-1]
    assert behind_bar(rows(said(1, "/me yawns"))[-1]) == "bob yawns"


def test_a_gap_closes_when_what_was_missing_comes() -> None:
    one = transcript(said(5), said(6))
    put_in_front(one, said(2))
    assert "not here yet" not in "\n".join(texts(Layout(one)))
    assert MINUTE


def test_a_long_name_does_not_hide_that_a_bot_speaks() -> None:
    message = said(1, "beep", "a-very-long-name", bot=True)
    for columns, shown in ((60, "a-ver… [bot]"), (45, "a-very…°"), (20, "a… [bot] ")):
        assert any(shown in row for row in rows(message, columns=columns))


def test_a_long_name_does_not_hide_a_guest_who_is_never_grouped_with_another_of_the_name() -> None:
    before, guest = said(1, "old", "a-very-long-name"), said(2, "new", "a-very-long-name", guest=True)
    other = replace(guest, sender_id=9, at=before.at)
    for columns, shown in ((60, "a-v… [guest]"), (45, "a-very…?"), (20, "… [guest] ")):
        assert any(shown in row for row in rows(before, other, columns=columns))


def test_further_rows_of_what_the_program_quotes_do_not_begin_at_the_left_edge() -> None:
    shown = rows(said(1, "it is late, and alice 12:03 says: go"), said(2, "no", reply_to=1), columns=20)
    start = shown.index("answers bob: it is")
    assert shown[start + 1] == " late, and alice"
    one = transcript(said(1))
    one.add_notice(Notice("7 bob: hello you all\nbob 12:03", data=True))
    one.update(one.timeline, [])
    assert texts(Layout(one), 20)[-3:] == ["┆ 7 bob: hello you", "┆ all", "┆ bob 12:03"]


def test_tabs_are_blanks_wherever_they_are_quoted() -> None:
    shown = "\n".join(rows(said(1, "a\tb"), said(2, "no", reply_to=1)))
    assert "│ a    b" in shown
    assert "│ bob: a b" in shown
    alice, *_ = seats("alice")
    alice.state.notice("7 bob: a\tb", data=True)
    assert alice.log[-1].endswith("┆ 7 bob: a    b")
