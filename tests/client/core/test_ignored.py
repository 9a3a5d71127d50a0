"""What an ignored user says, asks for or is called is not shown; what moderators do is."""

from dataclasses import replace

import pytest
from driven import message, ready
from msgspec.structs import replace as changed

from client.core.events import ClientEvent, LoggedIn, Renamed, Replied
from client.core.ignored import Ignored
from messages.amendments import Pins
from messages.events import Game, Ignoring, Message, Reacted, Reaction, System, SystemKind
from messages.game import GameKind, Hand, Outcome
from messages.moderation import Ignored as AskIgnored
from messages.moderation import IgnoreList
from messages.replies import Found, Page, PinList, RoomState, UserEntry, UserList, Welcome
from messages.requests import History, Search, Topic, Who

KINDS = {
    SystemKind.JOINED: {},
    SystemKind.LEFT: {"reason": "logged out"},
    SystemKind.RENAMED: {"name": "buy at bobs"},
    SystemKind.TOPIC: {"room": "#tea", "topic": "buy at bob's"},
}
MODERATION = [
    kind
    for kind in SystemKind
    if kind not in KINDS and kind not in (SystemKind.INVITED, SystemKind.NAME_REQUESTED, SystemKind.NEW_KEY)
]


@pytest.fixture
def ignored() -> Ignored:
    found = Ignored()
    found.take(Ignoring(["Bob"]))
    return found


def said(sender: str, text: str = "hello") -> Message:
    return Message("#lobby", 1, "id", sender, text, 0)


OWN: list[ClientEvent] = [
    said("bob"),
    *(System(kind, "bob", "bob did it", **fields) for kind, fields in KINDS.items()),  # type: ignore[arg-type]
    System(SystemKind.INVITED, "alice", "bob invites alice into #tea", room="#tea", by="bob"),
    Game(GameKind.CHALLENGED, "bob", seconds=30),
    Game(GameKind.EXPIRED, "bob"),
]


@pytest.mark.parametrize("event", OWN)
def test_an_ignored_users_words_and_wishes_are_hidden(ignored: Ignored, event: ClientEvent) -> None:
    hidden = Renamed("bob", event.name) if isinstance(event, System) and event.name else None
    assert ignored.take(event) == hidden


@pytest.mark.parametrize("event", OWN)
def test_those_of_others_are_shown(event: ClientEvent) -> None:
    ignored = Ignored()
    ignored.take(Ignoring(["carol"]))
    assert ignored.take(event) is event


@pytest.mark.parametrize("kind", MODERATION)
@pytest.mark.parametrize(("user", "by"), [("bob", "carol"), ("carol", "bob")])
def test_what_moderators_do_is_shown_whoever_they_are(
    ignored: Ignored, kind: SystemKind, user: str, by: str
) -> None:
    event = System(kind, user, f"{by} did it to {user}", room="#tea", by=by, reason="because")
    assert ignored.take(event) is event


def test_what_concerns_ones_own_safety_is_shown(ignored: Ignored) -> None:
    for kind in (SystemKind.NEW_KEY, SystemKind.NAME_REQUESTED):
        event = System(kind, "bob", "bob has another key")
        assert ignored.take(event) is event


def test_the_answer_to_ones_own_challenge_is_shown(ignored: Ignored) -> None:
    event = Game(GameKind.PLAYED, "bob", hand=Hand.ROCK, opponent_hand=Hand.PAPER, outcome=Outcome.LOST)
    assert ignored.take(event) is event


def test_ignoring_follows_a_renamed_user_in_the_order_of_events(ignored: Ignored) -> None:
    renamed = System(SystemKind.RENAMED, "bob", "bob is now called rob", name="rob")
    assert ignored.take(renamed) == Renamed("bob", "rob")
    assert ignored.take(said("rob")) is None
    assert ignored.take(said("bob")) is not None  # somebody else has this name now


def test_the_words_of_ignored_users_are_taken_out_of_replies(ignored: Ignored) -> None:
    theirs, others = said("bob"), said("carol")
    for request, reply in (
        (History("1", "#lobby"), Page("1", "#lobby", [theirs, others], False)),
        (Search("1", "hello"), Found("1", [theirs, others])),
        (Pins("1", "#lobby"), PinList("1", "#lobby", [theirs, others])),
    ):
        shown = ignored.take(Replied(request, reply))
        assert shown == Replied(request, changed(reply, messages=[others]))
    users = [
        UserEntry("bob", 0, "gone to buy at bob's"),
        UserEntry("carol", 0, "lunch"),
        UserEntry("bob2", 0),
    ]
    replied = Replied(Who("1"), UserList("1", users))
    shown = ignored.take(replied)
    assert shown == replace(replied, reply=UserList("1", [UserEntry("bob", 0, ""), *users[1:]]))


def test_a_rooms_topic_belongs_to_the_room_and_is_shown(ignored: Ignored) -> None:
    replied = Replied(Topic("1", "#tea"), RoomState("1", "#tea", "set by bob", 2, 0, 0))
    assert ignored.take(replied) is replied


def test_the_list_of_a_reply_holds_from_there_on(ignored: Ignored) -> None:
    assert ignored.take(Replied(AskIgnored("1"), IgnoreList("1", ["carol"])))
    assert ignored.take(said("bob"))
    assert ignored.take(said("carol")) is None


def test_after_a_login_nobody_is_ignored_until_the_list_comes(ignored: Ignored) -> None:
    welcome = Welcome("1", "alice", "token", "epoch", True, 15_000, [])
    assert ignored.take(LoggedIn(welcome, again=True, new_log=False))
    assert ignored.take(said("bob"))  # unignored from another device meanwhile


REACTED = changed(
    said("carol"),
    reactions=(
        Reaction("👍", 12, ["bob", "dave"]),
        Reaction("🎉", 1, ["BOB"]),
        Reaction("👀", 1, ["dave"]),
    ),
)
LEFT = (Reaction("👍", 11, ["dave"]), Reaction("👀", 1, ["dave"]))


def test_reactions_of_an_ignored_user_are_hidden_and_not_counted(ignored: Ignored) -> None:
    live = ignored.take(REACTED)
    assert isinstance(live, Message)
    assert live.reactions == LEFT
    for reply in (
        Page("1", "#lobby", [REACTED], False),
        PinList("1", "#lobby", [REACTED]),
        Found("1", [REACTED]),
    ):
        shown = ignored.take(Replied(History("1", "#lobby"), reply))
        assert isinstance(shown, Replied)
        (message,) = shown.reply.messages  # type: ignore[union-attr]
        assert message.reactions == LEFT


def test_a_timeline_is_the_same_whether_its_entries_came_live_or_in_a_page() -> None:
    live, paged = ready(("#lobby", 0, 0)), ready(("#lobby", 0, 0))
    said_by = [message(1, sender="carol"), message(2, sender="bob")]
    reacted = [
        Reacted("#lobby", seq, 1, f"r{seq}", who, 0, "👍", on=True) for seq, who in ((3, "bob"), (4, "dave"))
    ]
    now = changed(said_by[0], reactions=(Reaction("👍", 2, ["bob", "dave"]),))
    live.hear(*said_by, *reacted)
    paged.session.ask(History, conversation="#lobby")
    (asked,) = paged.asked(History)
    paged.hear(Page(asked.id, "#lobby", [now, said_by[1], *reacted], False, 4))
    for driven in (live, paged):
        driven.hear(Ignoring(["bob"]))
        driven.told()
        timeline = driven.session.timeline("#lobby")
        assert list(timeline.messages) == [1]
        assert timeline.messages[1].reactions == (Reaction("👍", 1, ["dave"]),)
        driven.hear(Ignoring([]))
        driven.told()
        assert list(driven.session.timeline("#lobby").messages) == [1, 2]
        assert driven.session.timeline("#lobby").messages[1].reactions[0].count == 2


def test_a_timeline_is_copied_once_for_each_change_and_not_for_each_frame_of_a_view() -> None:
    driven = ready(("#lobby", 0, 0))
    driven.hear(message(1, sender="carol"), Ignoring(["bob"]))
    driven.told()
    first = driven.session.timeline("#lobby")
    driven.session.look_at("#lobby", 1)
    assert driven.session.timeline("#lobby") is first
    assert first.looks_at == 1
    driven.hear(message(2, sender="bob"), message(3, sender="carol"))
    assert list(driven.session.timeline("#lobby").messages) == [1, 3]
    driven.hear(Ignoring(["bob", "carol"]))
    driven.told()
    assert not driven.session.timeline("#lobby").messages


def test_what_an_ignored_user_said_is_not_shown_by_a_reaction_to_it() -> None:
    driven = ready(("#lobby", 0, 0))
    about = Reacted("#lobby", 2, 1, "r", "carol", 0, "👍", on=True)
    driven.hear(message(1, sender="bob"), about)
    driven.told()
    known = driven.session.amended(about)
    assert known
    assert known.text == "text 1"
    driven.hear(Ignoring(["bob"]))
    driven.told()
    assert driven.session.amended(about) is None
