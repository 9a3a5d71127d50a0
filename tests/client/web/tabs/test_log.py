"""The log of one tab: what it tells of changes, and which history it asks for."""

from __future__ import annotations

import pytest

from client.core.receiving.timeline import Timeline
from client.web.protocol.shown import Said
from client.web.tabs.log import FIRST, Log, LogQuery
from messages.events import Deleted, Message
from messages.replies import Page


def message(seq: int, sender: str = "anna") -> Message:
    return Message("#lobby", seq, f"id{seq}", sender, f"text {seq}", seq)


def say(one: Message, _timeline: Timeline) -> Said:
    return Said(one.seq, one.sender, one.at, deleted=one.deleted)


def opened(*seqs: int) -> Log:
    """Return a log that has these messages without a gap, all told."""
    log = Log("#lobby", lambda one: one if one.sender != "ignored" else None, say)
    query = LogQuery("q", "#lobby", limit=FIRST)
    log.take_page(Page("q", "#lobby", [message(seq) for seq in seqs], False, seqs[-1]), query)
    log.all()
    return log


def test_before_the_page_has_a_log_nothing_of_it_is_told() -> None:
    log = Log("#lobby", lambda one: one, say)
    log.take(message(1))
    assert log.changes() is None
    assert [one.seq for one in log.all()] == [1]
    assert log.changes() is None


def test_a_change_is_told_once_with_what_is_known_around_it() -> None:
    log = opened(1, 2)
    log.take(message(3))
    log.take(Deleted("#lobby", 4, 1, "d", "anna", 9))
    changed = log.changes()
    assert changed is not None
    assert [(one.seq, one.deleted) for one in changed.messages] == [(1, True), (3, False)]
    assert (changed.spans, changed.head, changed.begins) == (((1, 4),), 4, 1)
    assert log.changes() is None


def test_who_is_ignored_now_goes_from_the_page() -> None:
    log = opened(1, 2)
    log._present = lambda one: None if one.seq == 2 else one
    log.doubt()
    changed = log.changes()
    assert changed is not None
    assert ([one.seq for one in changed.messages], changed.gone) == ([1], (2,))


def test_messages_of_ignored_users_are_never_told() -> None:
    log = opened(1)
    log.take(message(2, "ignored"))
    changed = log.changes()
    assert changed is not None
    assert (changed.messages, changed.gone) == ((), ())


def test_it_asks_only_for_what_is_not_here() -> None:
    log = opened(*range(101, 161))
    log.timeline.begins = None
    nothing = {"around": None, "before": None, "after": None, "since": None}
    assert log.query(**nothing) == {"limit": FIRST}
    assert log.query(**{**nothing, "around": 130}) is None
    assert log.query(**{**nothing, "around": 50}) == {"before": 100, "limit": 100}
    assert log.query(**{**nothing, "before": 101}) == {"before": 101, "limit": 100}
    log.timeline.begins = 101
    assert log.query(**{**nothing, "before": 101}) is None
    with pytest.raises(ValueError, match="give one"):
        log.query(**{**nothing, "before": 1, "after": 2})


def test_it_counts_what_is_left_only_if_all_of_it_is_here() -> None:
    log = opened(1, 2, 3)
    assert log.left_after(1, "bert") == 2
    assert log.left_after(1, "anna") == 0
    log.head = 9
    assert log.left_after(1, "bert") is None
    assert (log.nearest(2), log.nearest(9)) == (2, 3)
