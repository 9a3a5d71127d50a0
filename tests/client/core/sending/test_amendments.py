"""The user's own amendments, as a session shows them."""

from driven import AT, accepted, message, page, ready

from messages.amendments import Edit, React
from messages.events import Edited, Message, Reacted
from messages.requests import Confirm, History


def test_an_accepted_amendment_is_shown_and_confirmed_like_a_message() -> None:
    alice = ready()
    alice.hear(message(1))
    alice.shown()
    edit = alice.session.ask(Edit, conversation="#lobby", seq=1, text="new")
    alice.tick()
    alice.hear(accepted(edit, 2))
    *_, shown = alice.shown()
    assert shown == Edited("#lobby", 2, 1, edit, "alice", AT, "new")
    assert alice.session.timeline("#lobby").messages[1].text == "new"
    assert [confirm.seq for confirm in alice.asked(Confirm, 1.0)] == [2]


def test_an_amendment_that_is_not_the_next_entry_comes_from_history() -> None:
    alice = ready()
    alice.hear(message(1))
    alice.shown()
    react = alice.session.ask(React, conversation="#lobby", seq=1, reaction="👍")
    alice.tick()
    alice.hear(accepted(react, 3))
    assert not any(isinstance(event, Reacted) for event in alice.shown())
    (history,) = (request for request in alice.tick(1.0) if isinstance(request, History))
    entry = Reacted("#lobby", 3, 1, react, "alice", AT, "👍", on=True)
    alice.hear(page(history.id, message(2), entry))  # type: ignore[arg-type]
    assert alice.shown() == [message(2), entry]
    (reaction,) = alice.session.timeline("#lobby").messages[1].reactions
    assert reaction.users == ["alice"]


def test_what_was_so_already_shows_nothing() -> None:
    alice = ready()
    alice.hear(message(1), Reacted("#lobby", 2, 1, "other", "alice", AT, "👍", on=True))
    alice.shown()
    react = alice.session.ask(React, conversation="#lobby", seq=1, reaction="👍")
    alice.tick()
    alice.hear(accepted(react, 2))
    assert not any(isinstance(event, Reacted) for event in alice.shown())


def test_amendments_are_counted_in_the_log_so_no_gap_is_seen() -> None:
    alice = ready()
    alice.hear(message(1), Edited("#lobby", 2, 1, "e", "bob", AT, "new"), message(3))
    assert [event.seq for event in alice.shown() if isinstance(event, Message | Edited)] == [1, 2, 3]
    assert [confirm.seq for confirm in alice.asked(Confirm, 1.0)] == [3]


def test_an_own_answer_is_in_the_timeline() -> None:
    alice = ready()
    sent = alice.session.send("#lobby", "yes", 1)
    alice.tick()
    alice.hear(accepted(sent.request.id, 2))
    assert alice.session.timeline("#lobby").messages[2].reply_to == 1
