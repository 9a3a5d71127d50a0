"""Scrolling a transcript."""

from __future__ import annotations

import pytest
from transcripts import put_in_front, said, texts, transcript

from client.screen.log.gaps import Wish
from client.screen.log.layout import Layout
from client.screen.log.transcript import Notice, Transcript


def at(first: int, last: int) -> Transcript:
    return transcript(*map(said, range(first, last + 1)))


def test_the_end_is_shown_and_stays_shown_until_somebody_scrolls_up() -> None:
    one = at(1, 50)
    layout = Layout(one)
    assert texts(layout)[-1].endswith("text 50")
    one.timeline.take(said(51))
    one.update(one.timeline, [])
    assert texts(layout)[-1].endswith("text 51")
    layout.scroll(-3)
    assert not layout.stays_at_end
    before = texts(layout)
    assert before[-1].endswith("text 48")
    one.timeline.take(said(52))
    one.update(one.timeline, [])
    assert texts(layout) == before
    layout.scroll(2)
    assert not layout.stays_at_end
    layout.scroll(100)
    assert layout.stays_at_end
    assert texts(layout)[-1].endswith("text 52")


def test_rows_that_were_scrolled_past_are_not_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("client.screen.log.layout._MOST_BLOCKS", 20)
    layout = Layout(at(1, 200))
    for _ in range(40):
        before = texts(layout)
        layout.scroll(-3)
    assert texts(layout) != before
    assert len(layout._cache) < 60


def test_nothing_moves_when_older_messages_are_put_in_front() -> None:
    one = at(100, 150)
    layout = Layout(one)
    texts(layout)
    layout.scroll(-1_000)
    before = texts(layout)
    assert Wish(before=100) in layout.wishes
    put_in_front(one, *map(said, range(50, 100)))
    assert texts(layout)[1:] == before[1:]
    assert texts(layout)[0].endswith("text 99")  # the line for the day is further up now


def test_pages_up_and_down_come_back_to_the_same_rows() -> None:
    layout = Layout(transcript(*(said(n, "word " * (n % 40 + 1)) for n in range(1, 80))))
    texts(layout)
    seen = []
    for _ in range(6):
        layout.scroll(-11)
        seen.append(texts(layout))
    for before in reversed(seen[:-1]):
        layout.scroll(11)
        assert texts(layout) == before


def test_the_first_entry_shown_stays_when_the_width_changes() -> None:
    layout = Layout(transcript(*(said(n, "word " * 30) for n in range(1, 60))))
    texts(layout)
    layout.scroll(-60)
    top = layout.top
    assert top is not None
    texts(layout, columns=33)
    texts(layout, columns=90)
    assert layout.top == top


def test_messages_that_are_dropped_far_away_move_nothing(in_utc: None) -> None:
    one = at(1, 60)
    layout = Layout(one)
    texts(layout)
    layout.scroll(-20)
    before = texts(layout)
    one.timeline._forget_before(30)
    one.update(one.timeline, [])
    assert texts(layout) == before


def test_an_entry_that_is_gone_is_replaced_by_the_next_one() -> None:
    one = at(1, 60)
    layout = Layout(one)
    texts(layout)
    layout.show((10, 0))
    assert "text 10" in "".join(texts(layout)[:2])
    one.timeline._forget_before(20)
    one.update(one.timeline, [])
    assert "text 20" in "".join(texts(layout)[:3])


def test_it_wants_what_could_be_shown_soon() -> None:
    assert Layout(Transcript("alice")).wishes == set()
    empty = Layout(Transcript("alice"))
    empty.view(60, 10)
    assert empty.wishes == set(), "there is nothing to get"
    empty.transcript.head = 5
    empty.view(60, 10)
    assert empty.wishes == {Wish()}
    one = at(1, 50)
    layout = Layout(one)
    texts(layout)
    assert layout.wishes == set()
    one.timeline.take(said(70))
    one.update(one.timeline, [])
    texts(layout)
    assert layout.wishes == {Wish(before=70)}
    one.head = 90
    texts(layout)
    assert Wish() in layout.wishes


def test_pages_without_a_message_are_not_asked_for_again() -> None:
    one = at(500, 520)
    layout = Layout(one)
    texts(layout)
    assert layout.wishes == {Wish(before=500)}
    one.timeline.known.add(400, 499)  # only amendments of earlier messages
    texts(layout)
    assert layout.wishes == {Wish(before=400)}


def test_the_last_message_is_shown_only_if_its_end_is() -> None:
    layout = Layout(transcript(*(said(n, "word " * 30) for n in range(1, 60))))
    texts(layout)
    assert layout.last_shown == 59
    layout.scroll(-2)
    texts(layout)
    assert layout.last_shown == 58


def test_only_what_is_shown_is_laid_out() -> None:
    layout = Layout(at(1, 1_000))
    texts(layout)
    assert len(layout._cache) < 40


def test_a_notice_that_stands_behind_what_is_not_here_keeps_nothing_from_staying_in_place() -> None:
    one = at(100, 150)
    one.head = 150
    one._notices = {(0, 1): Notice("hello", data=False), (40, 2): Notice("in a gap", data=False)}
    one.update(one.timeline, [])
    layout = Layout(one)
    texts(layout)
    layout.scroll(-1_000)
    before = texts(layout)
    assert before[1].endswith("text 100")
    put_in_front(one, *map(said, range(41, 100)))
    assert texts(layout)[1:] == before[1:]
    layout.scroll(-1_000)
    put_in_front(one, *map(said, range(1, 41)))
    layout.scroll(-1_000)
    assert "hello" in texts(layout)[0]


def test_a_gap_is_filled_from_the_side_that_stays_in_place() -> None:
    one = at(1, 50)
    for seq in range(80, 120):
        one.timeline.take(said(seq))
    one.head = 119
    one.update(one.timeline, [])
    layout = Layout(one)
    texts(layout)
    layout.show((45, 0))
    texts(layout)
    assert layout.wishes == {Wish(after=50)}
    layout.show((80, 0))
    texts(layout)
    assert layout.wishes == {Wish(before=80)}
    layout.show((110, 0))
    one.head = 130
    texts(layout)
    assert layout.wishes == {Wish(before=80), Wish()}


def test_a_sheet_hides_no_chosen_message_and_the_log_follows_the_end_behind_it() -> None:
    layout = Layout(at(1, 30))
    texts(layout)
    layout.hold()
    layout.chosen = 30, 0
    assert texts(layout, height=8)[-1].endswith("│ text 30")
    layout.chosen = None
    layout.release()
    texts(layout)
    assert layout.stays_at_end, "new messages scroll the log again"
