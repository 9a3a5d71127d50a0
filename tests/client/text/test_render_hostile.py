"""Whatever stands in a document, nothing in a line can drive a terminal or look like another line."""

from __future__ import annotations

import re
import types
import unicodedata
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torture.figures import figure

from client.core.events import (
    ClientEvent,
    Ended,
    LoggedIn,
    Lost,
    Missing,
    Replied,
    SendAccepted,
    SendDelivered,
    SendFailed,
    Sent,
)
from client.text.render import render
from messages.events import AnyEvent
from messages.notices import Day, QuietSpan
from messages.replies import Accepted, AnyReply, Error, Welcome
from messages.requests import Ping, Send

DIRECTION_MARKS = "\u061c\u200e\u200f"  # they do no more than a letter of their direction
BIDI_CONTROLS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
SEQUENCES = ["\x1b[2J", "\x1b]0;x\x07", "\x9b31m", "\r", "\b", "\x00", "\n12:00 eve: hi", "\u2028", "\u202e"]
ISOLATED = re.compile("\u2068([^\u2066-\u2069]*)\u2069")  # the program's own, around a reaction
PREFIXES = ["", "@", "#", "/me "]

hostile = st.one_of(
    st.just("alice"),
    st.text(st.characters() | st.sampled_from([*"\n\t", *DIRECTION_MARKS, *BIDI_CONTROLS]), max_size=12),
    st.builds(
        "{}{}{}".format, st.sampled_from(["", "@", "#", "/me "]), st.text(), st.sampled_from(SEQUENCES)
    ),
)


def is_unsafe(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs") or char in BIDI_CONTROLS


def values(annotation: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for a field's values as a hostile broker might fill it."""
    if annotation is str:
        return hostile
    arguments = get_args(annotation)
    if get_origin(annotation) in (Union, types.UnionType):
        return st.one_of(map(values, arguments))
    if get_origin(annotation) is list:
        return st.lists(values(arguments[0]), max_size=2)
    if get_origin(annotation) is Annotated:
        bounds = arguments[1]
        return values(arguments[0]) if bounds.ge is None else st.integers(bounds.ge, bounds.le)
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return documents(annotation)
    return st.from_type(annotation)


def documents(kind: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    if kind is QuietSpan:  # it checks itself, whoever sends it
        return st.just(QuietSpan([Day.MON], "22:00", "07:00"))
    hints = get_type_hints(kind, include_extras=True)
    return st.builds(kind, **{name: values(hint) for name, hint in hints.items()})


def assert_harmless(event: ClientEvent) -> None:
    for here in ("#lobby", "@bob"):
        for line in render(event, "alice", here):
            first, *others = line.text.split("\n")
            assert all(other.startswith("      ") for other in others)
            shown = ISOLATED.sub(r"\1", "".join((first, *others)).replace("\t", ""))
            assert not [char for char in shown if is_unsafe(char)]


@pytest.mark.parametrize("kind", AnyEvent.__args__)
@given(data=st.data())
@settings(deadline=None, max_examples=figure(25, 2_500))
def test_no_event_of_the_broker_harms_the_terminal(kind: type[msgspec.Struct], data: st.DataObject) -> None:
    assert_harmless(data.draw(documents(kind)))


@pytest.mark.parametrize("kind", AnyReply.__args__)
@given(data=st.data())
@settings(deadline=None, max_examples=figure(25, 2_500))
def test_no_reply_harms_the_terminal(kind: type[msgspec.Struct], data: st.DataObject) -> None:
    assert_harmless(Replied(Ping("1"), data.draw(documents(kind))))


@given(documents(Welcome), st.booleans(), st.booleans())
@settings(deadline=None)
def test_no_welcome_does(welcome: Welcome, again: bool, new_log: bool) -> None:
    assert_harmless(LoggedIn(welcome, again, new_log))


@given(documents(Error), hostile)
@settings(deadline=None)
def test_no_refusal_and_no_reason_does(error: Error, reason: str) -> None:
    for event in (Ended(error), Lost(reason), Missing(reason, 1, 2)):
        assert_harmless(event)
    assert_harmless(SendFailed(Sent(Send("1", "#lobby", "two\nlines\u202e"), error=error)))


@given(documents(Accepted), st.sets(hostile, max_size=2))
@settings(deadline=None)
def test_no_receipt_does(reply: Accepted, users: set[str]) -> None:
    sent = Sent(Send("1", "#lobby", "hello"), reply.conversation, reply.seq, reply.recipients, users)
    assert_harmless(SendAccepted(sent, reply))
    assert_harmless(SendDelivered([sent]))
