from collections import deque

import pytest
from driven import AT, message, page, ready, refusal
from msgspec.structs import replace

from client.core.events import Changed, ClientEvent, Missing, Replied
from client.core.receiving import timeline
from client.core.receiving.fetches import Fetch
from client.core.receiving.timeline import Timeline, Timelines
from messages.errors import ErrorCode
from messages.events import Deleted, Edited, Pinned, Reacted, Reaction
from messages.replies import PinList
from messages.requests import History

BASE = ("bob", AT + 1)


def edited(seq: int, of: int, text: str) -> Edited:
    return Edited("#lobby", seq, of, f"e{seq}", *BASE, text)


def reacted(seq: int, of: int, *, on: bool = True, who: str = "bob") -> Reacted:
    return Reacted("#lobby", seq, of, f"r{seq}", who, AT, "👍", on)


def test_amendments_change_the_message_each_once() -> None:
    one = Timeline()
    for entry in (message(1), edited(2, 1, "new"), reacted(3, 1), reacted(3, 1), reacted(4, 1, who="carol")):
        one.take(entry)
    assert one.messages[1].text == "new"
    assert one.messages[1].edited == AT + 1
    assert one.messages[1].reactions == (Reaction("👍", 2, ["bob", "carol"]),)
    one.take(reacted(5, 1, on=False))
    assert one.messages[1].reactions == (Reaction("👍", 1, ["carol"]),)
    one.take(Pinned("#lobby", 6, 1, "p", *BASE, on=True))
    assert one.pinned == {1}
    one.take(Deleted("#lobby", 7, 1, "d", *BASE))
    assert (one.messages[1].text, one.messages[1].deleted, one.messages[1].reactions) == ("", True, ())
    assert one.pinned == set()


def test_an_edit_takes_mentions_away_and_adds_none() -> None:
    one = Timeline()
    one.take(replace(message(1), mentions=("bob", "carol"), everyone=True, bot=True))
    one.take(replace(edited(2, 1, "new"), mentions=("bob", "dave"), everyone=True))
    assert (one.messages[1].mentions, one.messages[1].everyone) == (("bob",), True)
    one.take(replace(edited(3, 1, "newer"), mentions=("bob",)))
    assert (one.messages[1].mentions, one.messages[1].everyone) == (("bob",), False)
    one.take(Deleted("#lobby", 4, 1, "d", *BASE))
    assert (one.messages[1].mentions, one.messages[1].bot) == ((), True)


def test_very_many_mentions_are_not_compared_with_each_other() -> None:
    class Name(str):
        compared = 0
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            Name.compared += 1
            return super().__eq__(other)

    names = tuple(Name(number) for number in range(200))
    one = Timeline()
    one.take(replace(message(1), mentions=names))
    one.take(replace(edited(2, 1, "new"), mentions=tuple(Name(number) for number in range(100, 300))))
    assert one.messages[1].mentions == names[100:]
    assert Name.compared < 1_000


def test_a_mention_keeps_the_name_at_its_time() -> None:
    one = Timeline()
    one.take(replace(message(1), mentions=("bob",)))
    one.rename("bob", "rob")
    assert one.messages[1].mentions == ("bob",)


def test_a_page_has_the_present_form_so_older_amendments_are_not_applied_again() -> None:
    one = Timeline()
    present = replace(message(1), text="newest", edited=AT, reactions=(Reaction("👍", 1, ["bob"]),))
    one.take_page(replace(page("r1", present), head=3))
    one.take(edited(2, 1, "newer"))
    one.take(reacted(3, 1))
    assert one.messages[1] == present
    one.take(edited(4, 1, "last"))
    one.take_page(replace(page("r1", present), head=3))
    assert one.messages[1].text == "last"


def test_an_amendment_of_an_unknown_message_or_without_a_text_changes_nothing() -> None:
    one = Timeline()
    one.take(edited(2, 1, "new"))
    assert one.messages == {}
    one.take(message(3))
    one.take(edited(4, 3, ""))
    assert one.messages == {3: message(3)}


def test_the_oldest_messages_and_the_quietest_conversations_are_dropped() -> None:
    all_of_them = Timelines()
    for seq in range(1, timeline.MOST_MESSAGES + 3):
        all_of_them.take(message(seq))
    assert min(all_of_them.of("#lobby").messages) == 3
    for number in range(timeline.MOST_TIMELINES):
        all_of_them.take(message(1, f"#room{number}"))
    assert all_of_them.of("#lobby").messages == {}


def test_a_renamed_user_is_named_anew_in_reactions_and_direct_conversations() -> None:
    all_of_them = Timelines()
    all_of_them.take(message(1))
    all_of_them.take(reacted(2, 1))
    all_of_them.take(message(1, "@bob"))
    all_of_them.rename("bob", "zoe")
    assert all_of_them.of("#lobby").messages[1].reactions == (Reaction("👍", 1, ["zoe"]),)
    assert 1 in all_of_them.of("@zoe").messages
    assert all_of_them.of("@bob").messages == {}


def numbers(one: Timeline) -> tuple[list[int], list[tuple[int, int]]]:
    return one.seqs, list(one.known)


def test_messages_around_where_the_person_looks_are_kept_and_the_others_leave_gaps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(timeline, "MOST_MESSAGES", 3)
    one = Timeline()
    for seq in range(1, 6):
        one.take(message(seq))
    assert numbers(one) == ([3, 4, 5], [(3, 5)])
    one.look_at(2)
    one.take_page(page("r1", 1, 2), History("r1", "#lobby", before=3))
    assert numbers(one) == ([1, 2, 3], [(1, 3)])
    one.take(message(6))
    assert numbers(one) == ([1, 2, 3], [(1, 3)])
    one.look_at(None)
    one.take(message(7))
    assert numbers(one) == ([2, 3, 7], [(2, 3), (7, 7)])


def test_a_page_leaves_no_gap_to_where_it_was_asked_to_begin() -> None:
    one = Timeline()
    one.take(message(9))
    one.take_page(page("r1", 5, 7, more=True), History("r1", "#lobby", before=9))
    assert (list(one.known), one.begins, one.known_before(9)) == ([(5, 9)], None, 5)
    one.take_page(page("r2", 4), History("r2", "#lobby", before=5))
    assert (list(one.known), one.begins) == ([(4, 9)], 4)
    one.take_page(page("r3", 14), History("r3", "#lobby", after=11, limit=1))
    assert list(one.known) == [(4, 9), (12, 14)]
    one.take_page(page("r4", 16, 20), History("r4", "#lobby", thread=16))
    assert list(one.known) == [(4, 9), (12, 14)]
    assert one.seqs == [4, 5, 7, 9, 14, 16, 20]


def test_a_page_with_nothing_shows_where_the_log_begins_if_it_says_where_it_ends() -> None:
    one = Timeline()
    one.take_page(page("r1"), History("r1", "#lobby", before=5))
    assert (one.begins, list(one.known)) == (None, [])
    one.take_page(replace(page("r2"), head=9), History("r2", "#lobby", before=5))
    assert (one.begins, list(one.known)) == (5, [])
    one.take_page(replace(page("r3"), head=9), History("r3", "#lobby", before=20))
    assert (one.begins, list(one.known)) == (10, [])


def test_what_is_stored_no_more_is_forgotten() -> None:
    one = Timeline()
    one.take(message(1))
    one.take(Missing("#lobby", 2, 4))
    one.take(message(5))
    assert numbers(one) == ([5], [(5, 5)])


def test_a_list_of_pins_is_believed_as_far_as_it_goes() -> None:
    one = Timeline()
    one.take(message(1))
    one.pinned = {1, 2}
    one.take_pins(PinList("r1", "#lobby", [message(2), message(3)], more=True))
    assert one.pinned == {1, 2, 3}
    one.take_pins(PinList("r2", "#lobby", [message(3)]))
    assert one.pinned == {3}


def test_changes_of_a_conversation_are_told_once_until_the_view_takes_them() -> None:
    events: deque[ClientEvent] = deque()
    all_of_them = Timelines(events)
    all_of_them.take(message(1))
    all_of_them.take(reacted(2, 1))
    all_of_them.take(message(3))
    all_of_them.take(message(1, "@bob"))
    first, second = events
    assert (first, second) == (Changed("#lobby", {1, 3}), Changed("@bob", {1}))
    all_of_them.told(first)
    all_of_them.rename("bob", "zoe")
    assert [*events][2:] == [Changed("#lobby", {1}), Changed("@zoe", {1})]


def test_older_messages_are_asked_for_quietly_and_once() -> None:
    driven = ready()
    driven.session.fetch("#lobby", before=9)
    driven.session.fetch("#lobby", before=9)
    (asked,) = driven.asked(History)
    driven.hear(page(asked.id, 7, 8))
    assert driven.told() == []
    assert driven.session.timeline("#lobby").seqs == [7, 8]
    driven.session.fetch("#lobby", before=9)
    (again,) = driven.asked(History)
    driven.hear(refusal(again.id, ErrorCode.NOT_IN_ROOM))
    (told,) = driven.told()
    assert isinstance(told, Replied)
    assert isinstance(told.request, Fetch)


def test_all_timelines_together_keep_a_bounded_number_of_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "MOST_IN_ALL", 10)
    monkeypatch.setattr(timeline, "LEAST_MESSAGES", 2)
    events = deque[ClientEvent]()
    kept = Timelines(events)
    for room in ("#a", "#b", "#c"):
        for seq in range(1, 5):
            kept.take(replace(message(seq), conversation=room))
    assert [kept.of(room).seqs for room in ("#a", "#b", "#c")] == [[3, 4], [1, 2, 3, 4], [1, 2, 3, 4]]
    assert Changed("#a", {1, 2, 3, 4}) in events
    for seq in range(5, 30):
        kept.take(replace(message(seq), conversation="#b"))
        assert sum(len(kept.of(room).seqs) for room in ("#a", "#b", "#c")) <= 10
    assert [kept.of(room).seqs for room in ("#a", "#c")] == [[3, 4], [3, 4]]  # they were quiet for longest
    assert kept.of("#b").seqs[-3:] == [27, 28, 29]
    kept.forget("#b")
    for seq in range(5, 11):
        kept.take(replace(message(seq), conversation="#c"))
    assert kept.of("#c").seqs == [3, 4, 5, 6, 7, 8, 9, 10]
