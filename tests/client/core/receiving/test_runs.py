"""Runs of messages, and replies to several requests, are taken apart before the session takes them."""

import msgspec
from driven import AT, Driven, accepted, message

from client.core.events import SendAccepted
from client.core.receiving.runs import apart
from messages.events import Message
from messages.runs import Messages, RunMessage


def run(seq: int, *texts: str, **fields: bool) -> Messages:
    messages = [RunMessage(f"bob-{seq + index}", text) for index, text in enumerate(texts)]
    return Messages(conversation="#lobby", seq=seq, sender="bob", at=AT, messages=messages, **fields)


def test_a_run_is_its_messages_with_the_numbers_that_follow_the_first() -> None:
    assert [*apart(run(3, "text 3", "text 4"))] == [message(3), message(4)]


def test_what_a_message_of_a_run_has_for_itself_stays_with_it_and_the_rest_holds_for_all() -> None:
    answer = RunMessage("1", "@alice yes", 7, ("alice",), everyone=True)
    many = Messages(
        conversation="#tea",
        seq=8,
        sender="dora",
        at=AT,
        messages=[answer, RunMessage("2", "no")],
        bot=True,
        guest=True,
        sender_id=4,
    )
    own = {"mentions": ("alice",), "everyone": True}
    assert [*apart(many)] == [
        Message("#tea", 8, "1", "dora", "@alice yes", AT, 7, bot=True, guest=True, sender_id=4, **own),
        Message("#tea", 9, "2", "dora", "no", AT, bot=True, guest=True, sender_id=4),
    ]


def test_a_reply_to_several_requests_is_a_reply_to_each() -> None:
    several = msgspec.structs.replace(accepted("a", 5, recipients=3), also=("c", "b"))
    each = [accepted(re, seq, recipients=3) for re, seq in (("a", 5), ("c", 6), ("b", 7))]
    assert [*apart(several)] == each


def test_any_other_document_stays_as_it_is() -> None:
    assert [*apart(accepted("a", 5))] == [accepted("a", 5)]
    assert [*apart(message(1))] == [message(1)]


def test_a_session_shows_and_confirms_a_run_as_it_does_its_messages() -> None:
    driven = Driven()
    driven.welcome(driven.connect().id)
    driven.told()
    driven.hear(run(1, "text 1", "text 2"))
    assert [one for one in driven.told() if isinstance(one, Message)] == [message(1), message(2)]


def test_one_reply_answers_all_the_messages_that_it_names_and_no_other() -> None:
    driven = Driven()
    driven.welcome(driven.connect().id)
    sent = [driven.session.send("#lobby", text).request.id for text in ("one", "two", "three")]
    driven.tick()
    driven.told()
    driven.hear(msgspec.structs.replace(accepted(sent[0], 1), also=(sent[1],)))
    told = [(one.sent.request.id, one.reply.seq) for one in driven.told() if isinstance(one, SendAccepted)]
    assert told == [(sent[0], 1), (sent[1], 2)]
    driven.hear(accepted(sent[2], 3))
    assert [one.sent.request.id for one in driven.told() if isinstance(one, SendAccepted)] == [sent[2]]
