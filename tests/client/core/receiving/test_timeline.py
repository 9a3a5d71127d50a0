from driven import AT, message, page
from msgspec.structs import replace

from client.core.receiving import timeline
from client.core.receiving.timeline import Timeline, Timelines
from messages.events import Deleted, Edited, Pinned, Reacted, Reaction

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
