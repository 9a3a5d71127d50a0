"""Requests of few users in few conversations, as hypothesis draws them to compare the core with a model."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from messages.amendments import Delete, Edit, Pin, React
from messages.members import Members
from messages.notices import NoticeLevel, Notify
from messages.requests import (
    Confirm,
    Join,
    Leave,
    Logout,
    Nick,
    Ping,
    ReadReceipts,
    Request,
)
from messages.typing import Typing

NAMES = st.sampled_from(["alice", "Alice", "bob", "carol"])
ROOMS = st.sampled_from(["#lobby", "#one", "#two"])
CONVERSATIONS = ROOMS | NAMES.map("@{}".format)
NUMBERS = st.integers(0, 9)
IDS = st.sampled_from(["a", "b", "c", ""])  # the empty one stands for an id not used before
GOODBYE = "@bob, @alice, @all: goodbye"
AMENDMENTS = [
    (Edit, GOODBYE, True),
    (Edit, "@bob hello again", True),
    (Delete, "", True),
    *((React, reaction, on) for reaction in ("👍", "+1") for on in (True, False)),
    (Pin, "", True),
    (Pin, "", False),
]


def amendment(what: tuple[Any, str, bool], conversation: str, seq: int, id: str) -> tuple[Any, ...]:
    """Return the operation. In rooms that users open some are moderators, so nothing is deleted there."""
    kind, value, on = what
    if kind is Delete and conversation in ("#one", "#two"):
        conversation = "#lobby"
    return "amend", kind, conversation, seq, value, on, id


OPERATIONS = st.one_of(
    st.tuples(st.just("send"), CONVERSATIONS, st.sampled_from(["hello", GOODBYE]), IDS),
    st.tuples(st.just("send"), CONVERSATIONS, st.just("hello"), st.just("")),
    st.tuples(st.just("login"), NAMES, NUMBERS),
    st.builds(amendment, st.sampled_from(AMENDMENTS), CONVERSATIONS, st.integers(0, 6), IDS),
    st.builds(lambda to, *seqs: ("confirm", to, max(seqs), min(seqs)), CONVERSATIONS, NUMBERS, NUMBERS),
    st.tuples(st.just("read-receipts"), st.booleans()),
    st.tuples(st.just("notify"), CONVERSATIONS, st.sampled_from(NoticeLevel)),
    st.tuples(st.just("typing"), CONVERSATIONS),
    st.tuples(st.just("members"), ROOMS),
    st.tuples(st.just("join"), ROOMS),
    st.tuples(st.just("leave"), ROOMS),
    st.tuples(st.just("nick"), NAMES),
    st.tuples(st.sampled_from(["logout", "ping"])),
)
Choice = tuple[int, tuple[Any, ...]]
BATCHES = st.lists(st.tuples(NUMBERS, OPERATIONS), min_size=1, max_size=8)
KINDS: dict[str, type[Request]] = {
    str(kind.__struct_config__.tag): kind
    for kind in (Confirm, Join, Leave, Logout, Members, Nick, Notify, Ping, ReadReceipts, Typing)
}
