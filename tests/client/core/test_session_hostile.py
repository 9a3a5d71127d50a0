"""Whatever documents a broker sends, in whatever order, the session does not fall over."""

from __future__ import annotations

import types
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
from driven import ENDPOINT, Driven
from hypothesis import given, settings
from hypothesis import strategies as st
from torture.figures import figure

from client.core.events import Sent
from messages.amendments import Edit, React
from messages.codec import decode_frame, decode_request, encode
from messages.events import AnyEvent
from messages.notices import Day, QuietSpan
from messages.replies import AnyReply
from messages.requests import Count, History, Join, Leave, Nick

IDS = [f"r{number}" for number in range(1, 12)]
CONVERSATIONS = ["#lobby", "#dev", "@bob", "@alice", "@zoe", "", "!", "#", "@1", "@\x1b"]
TEXTS: dict[str, list[str]] = {
    "re": [*IDS, ""],
    "id": [*IDS, ""],
    "conversation": CONVERSATIONS,
    "room": CONVERSATIONS,
    "name": ["alice", "bob~2", "zoe", "", "\x1b"],
    "user": ["alice", "bob", "zoe", ""],
    "sender": ["alice", "bob", "zoe", ""],
    "epoch": ["one", "two"],
}


def values(name: str, annotation: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for a field's values, with those often among them that mean something."""
    arguments = get_args(annotation)
    if annotation is str:
        return st.sampled_from(TEXTS.get(name, ["", "text"]))
    if get_origin(annotation) in (Union, types.UnionType):
        return st.one_of(values(name, each) for each in arguments)
    if get_origin(annotation) is list:
        return st.lists(values(name, arguments[0]), max_size=3)
    if get_origin(annotation) is tuple:
        return st.lists(values(name, arguments[0]), max_size=3).map(tuple)
    if get_origin(annotation) is Annotated:
        bounds = arguments[1]
        if bounds.ge is None:
            return values(name, arguments[0])
        return st.integers(0, 5) | st.sampled_from([bounds.ge, bounds.le])
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return documents(annotation)
    return st.from_type(annotation)


def documents(kind: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    if kind is QuietSpan:  # it checks itself, whoever sends it
        return st.just(QuietSpan([Day.MON], "22:00", "07:00"))
    hints = get_type_hints(kind, include_extras=True)
    return st.builds(kind, **{name: values(name, hint) for name, hint in hints.items()})


ANYTHING = st.one_of([documents(kind) for kind in (AnyReply | AnyEvent).__args__])
SECONDS = st.sampled_from([0.0, 0.3, 11.0, 50.0])


def ask_something(driven: Driven) -> Sent:
    """Have requests of each kind that the session looks at on their way."""
    sent = driven.session.send("@bob", "hello")
    driven.session.ask(Join, room="#dev")
    driven.session.ask(Leave, room="#dev")
    driven.session.ask(Nick, name="zoe")
    driven.session.ask(Count)
    driven.session.ask(History, conversation="#lobby")
    driven.session.ask(Edit, conversation="#lobby", seq=1, text="other")
    driven.session.ask(React, conversation="@bob", seq=1, reaction="👍")
    return sent


@given(st.lists(st.tuples(ANYTHING, SECONDS, st.booleans()), max_size=30))
@settings(max_examples=figure(100, 10_000), deadline=None)
def test_whatever_is_said_the_session_goes_on_and_says_only_what_a_broker_can_read(
    said: list[tuple[Any, float, bool]],
) -> None:
    driven = Driven()
    driven.log_in()
    sent = ask_something(driven)
    for document, seconds, show in said:
        (on_the_wire,) = decode_frame(encode(document))
        driven.hear(on_the_wire)
        for request in driven.tick(seconds):
            assert decode_request(encode(request)) == request
        if show:
            driven.shown()
        if driven.session.wants_connection:
            driven.session.disconnected("made anew")
            driven.session.connected(driven.now, ENDPOINT)
    assert bool(sent.conversation) + bool(sent.error) + (sent in driven.session.unaccepted) <= 1
    assert driven.session.next_tick(driven.now) >= 0.0
