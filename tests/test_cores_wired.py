"""The broker's core and several clients' sessions together: in the end, every client has the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import count
from random import Random
from typing import Any

import pytest
from linked import Member, World
from torture.figures import figure

from broker.core.memory.resolving import resolve
from client.core.events import Missing
from messages.events import Message
from messages.names import LOBBY
from messages.requests import Join, Leave, Nick

NAMES = ("alice", "bob", "carol", "dave")
STEPS = 300
SEEDS = figure(8, 1_000)
LINKS = ["cut", "stall", "sleep", "break_store"]


class Storm:
    """Random things that happen to a world, the same for the same seed.

    Each storm has its own mixture: what happens always or never hides what only shows without it.
    """

    def __init__(self, world: World, seed: int, rare: Iterable[str]) -> None:
        self.world = world
        self.random = Random(seed)
        self.texts = count(1)
        often = {"tick": 40, "up": 40, "down": 40, "show": 25, "clock": 12, "mend": 20}
        self.mixture = {**often, **{kind: self.random.choice((0, 0, 2, 8)) for kind in rare}}

    def blow(self) -> None:
        """Users talk first, then are silent, so that no new message helps to find lost ones."""
        for say, steps in ((20, STEPS), (0, STEPS // 4)) * 2:
            kinds, weights = [*self.mixture, "say"], [*self.mixture.values(), say]
            for kind in self.random.choices(kinds, weights, k=steps):
                getattr(self, kind)(self.random.choice(self.world.members))

    def say(self, member: Member) -> None:
        others = [other for other in self.world.members if other is not member]
        to = self.random.choice([LOBBY, LOBBY, "#dev", f"@{self.random.choice(others).session.name}"])
        for _ in range(self.random.choice((1, 1, 1, 5))):
            member.say(to, f"text {next(self.texts)}")

    def tick(self, member: Member) -> None:
        member.tick()

    def up(self, member: Member) -> None:
        """One batch of several clients' requests."""
        for each in (member, self.random.choice(self.world.members)):
            each.deliver_requests(self.random.choice((1, 3, 64)))
        self.world.chat.flush()

    def down(self, member: Member) -> None:
        member.deliver_documents(self.random.choice((1, 3, 64)))

    def show(self, member: Member) -> None:
        member.show(self.random.choice((1, 5, 100)))

    def clock(self, _member: Member) -> None:
        self.world.store.broken = False
        self.world.forward(self.random.choice((0.1, 0.3, 0.5, 1.0, 4.0)))

    def sleep(self, _member: Member) -> None:
        self.world.forward(self.random.choice((11.0, 20.0, 50.0)))

    def cut(self, member: Member) -> None:
        member.cut()

    def mend(self, member: Member) -> None:
        member.connect()

    def stall(self, member: Member) -> None:
        member.stall(not member.stalled)

    def break_store(self, _member: Member) -> None:
        self.world.store.broken = True

    def restart(self, _member: Member) -> None:
        self.world.restart()

    def lose_log(self, _member: Member) -> None:
        self.world.restart(empty=True)

    def nick(self, member: Member) -> None:
        member.session.ask(Nick, name=self.random.choice(("zoe", "yann", "xenia", member.session.name)))

    def wander(self, member: Member) -> None:
        if member is not self.world.members[0]:  # for whom the room is never empty
            room = self.random.choice(("#dev", "#DEV"))
            member.session.ask(self.random.choice((Join, Leave)), room=room)

    def farewell(self) -> None:
        """Let each user send a last message to all others."""
        for member in self.world.members:
            for other in self.world.members:
                to = LOBBY if other is member else f"@{other.session.name}"
                member.say(to, f"text {next(self.texts)}")
            if "#dev" in member.session.conversations:
                member.say("#dev", f"text {next(self.texts)}")
        self.world.calm_down()


def begin(seed: int, rare: Iterable[str], **options: Any) -> Storm:
    world = World(*NAMES, **options)
    world.calm_down()
    for member in world.members:
        member.session.ask(Join, room="#dev")
    world.calm_down()
    return Storm(world, seed, rare)


def entries(member: Member, epoch: str, log: dict[str, tuple[str, int]]) -> dict[str, list[int]]:
    """Return the seqs that were shown, by conversation as the broker calls it."""
    shown: defaultdict[str, list[int]] = defaultdict(list)
    for entry in member.view.entries[epoch]:
        if isinstance(entry, Message):
            conversation, seq = log[entry.text]
            assert seq == entry.seq
            shown[conversation].append(seq)
        else:
            assert entry.conversation in member.world.may_be_missing, f"{entry} though nothing was lost"
    return shown


def assert_views_are_the_log(world: World) -> None:
    """Each view has each conversation of each epoch in order and each message once; the last one has all."""
    for epoch in world.stores:
        log = world.log(epoch)
        for member in world.members:
            shown = entries(member, epoch, log)
            own: defaultdict[str, list[int]] = defaultdict(list)
            for sent in member.view.accepted[epoch]:
                own[log[sent.request.text][0]].append(log[sent.request.text][1])
            for conversation, seqs in shown.items():
                assert seqs == sorted(set(seqs)), (epoch, member.session.name, conversation)
                assert not set(seqs) & set(own[conversation])
            if epoch == world.store.load().epoch:
                assert_complete(member, shown, own)


def assert_complete(member: Member, shown: dict[str, list[int]], own: dict[str, list[int]]) -> None:
    user = member.world.chat.core.state.users[member.session.name]
    for conversation in user.conversations.values():
        start = max(
            member.view.starts.get((member.view.epoch, conversation.seen_by(user)), 0),
            conversation.members[user].joined if conversation.id == "#dev" else 0,  # entered again later
        )
        seqs = shown.get(conversation.id, []) + own.get(conversation.id, [])
        have = sorted(seq for seq in seqs if seq > start)
        assert have == list(range(start + 1, conversation.head + 1)), (user.name, conversation.id)


def assert_all_sent_once(world: World, *, may_fail: bool = False) -> None:
    """Everything sent was told once, as accepted or as failed; `log` has looked that it is there once."""
    logs = [world.log(epoch) for epoch in world.stores]
    for member in world.members:
        told = [sent for accepted in member.view.accepted.values() for sent in accepted]
        assert len(told) == len({id(sent) for sent in told})
        assert {id(sent) for sent in told + member.view.failed} == {id(sent) for sent in member.sent}
        assert may_fail or not member.view.failed
        for sent in told:
            assert any(sent.request.text in log for log in logs)


def assert_everything_is_confirmed(world: World) -> None:
    for conversation in world.chat.core.state.conversations.values():
        assert {member.delivered for member in conversation.members.values()} <= {conversation.head}


def assert_all_know_who_got_what(world: World) -> None:
    """The sender of each message knows all whom it was for; and nobody whom it was not shown to."""
    state = world.chat.core.state
    shown = {m.session.name: {e.text for e in m.view.messages} for m in world.members}
    for member in world.members:
        user = state.users[member.session.name]
        for sent in member.view.accepted[member.view.epoch]:
            members = resolve(state, user, sent.conversation).members
            joined = {member: cursors.joined for member, cursors in members.items()}
            if joined.get(user, sent.seq) < sent.seq:  # else the sender has left, and is told no more
                others = {u.name for u, since in joined.items() if u is not user and since < sent.seq}
                assert others <= sent.delivered_to
            assert all(sent.request.text in shown[name] for name in sent.delivered_to)


def assert_all_is_well(storm: Storm, *, may_fail: bool = False) -> None:
    storm.world.calm_down()
    assert_views_are_the_log(storm.world)
    assert_all_sent_once(storm.world, may_fail=may_fail)
    assert_everything_is_confirmed(storm.world)
    storm.farewell()
    assert_views_are_the_log(storm.world)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_over_links_that_are_cut_and_stopped_up_everybody_gets_the_log_in_order_and_knows_who_has_it(
    seed: int,
) -> None:
    storm = begin(seed, LINKS, resume_seconds=100_000.0)
    storm.blow()
    storm.world.calm_down()
    assert_all_know_who_got_what(storm.world)
    assert_all_is_well(storm)
    assert_all_know_who_got_what(storm.world)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_broker_that_restarts_with_its_log_loses_nothing_of_it_and_repeats_nothing(seed: int) -> None:
    storm = begin(seed, [*LINKS, "restart"])
    storm.blow()
    assert_all_is_well(storm)
    assert_all_know_who_got_what(storm.world)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_broker_that_begins_a_new_log_gets_what_was_not_accepted_and_its_log_is_shown_whole(
    seed: int,
) -> None:
    storm = begin(seed, [*LINKS, "restart", "lose_log"])
    storm.blow()
    assert_all_is_well(storm, may_fail=True)
    assert_all_know_who_got_what(storm.world)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_who_leaves_a_room_and_enters_it_again_gets_what_was_said_since(seed: int) -> None:
    storm = begin(seed, [*LINKS, "wander"])
    storm.world.may_be_missing.add("#dev")  # what was said when one had left, or was about to
    storm.blow()
    assert_all_is_well(storm, may_fail=True)
    assert_all_know_who_got_what(storm.world)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_conversations_go_on_under_the_new_names_of_those_who_change_theirs(seed: int) -> None:
    storm = begin(seed, ["break_store", "nick"])
    storm.blow()
    assert_all_is_well(storm, may_fail=True)


@pytest.mark.parametrize("seed", range(figure(2, 1_000)))
def test_in_a_crowd_nothing_is_lost_though_clients_are_not_told_of_everyone(seed: int) -> None:
    storm = begin(seed, [*LINKS, "restart", "lose_log", "nick"], named_receipts=1)
    storm.blow()
    assert_all_is_well(storm, may_fail=True)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_what_the_log_no_longer_holds_is_named_in_its_place_and_nothing_else_is(seed: int) -> None:
    storm = begin(seed, LINKS, capacity=20)
    storm.blow()
    storm.world.calm_down()
    state, authors = storm.world.chat.core.state, storm.world.store.authors
    for member in storm.world.members:
        user = state.users[member.session.name]
        for conversation in user.conversations.values():
            covered = named_seqs(member, conversation.seen_by(user))
            assert covered == sorted(set(covered))
            theirs = {s for s in range(1, conversation.head + 1) if authors[conversation.id, s] != user.id}
            assert theirs <= set(covered) <= set(range(1, conversation.head + 1))


def named_seqs(member: Member, conversation: str) -> list[int]:
    """Return the seqs that were shown or told as missing, in the order of that."""
    seqs: list[int] = []
    for entry in member.view.entries[member.view.epoch]:
        if entry.conversation == conversation:
            seqs += range(entry.first, entry.last + 1) if isinstance(entry, Missing) else [entry.seq]
    return seqs


def test_where_names_are_shared_another_bob_is_heard_from_his_first_message_on() -> None:
    world = World("alice", "bob", names="shared")
    alice, bob = world.members
    world.calm_down()
    for text in ("one", "two", "three"):
        bob.say("@alice", text)
    world.calm_down()
    bob.session.logout()
    world.round()
    bob.session.login("bob")
    world.calm_down()
    bob.say("@alice", "here I am again")
    alice.say("@bob", "welcome back")
    world.calm_down()
    shown = [entry.text for entry in alice.view.entries["epoch-1"] if isinstance(entry, Message)]
    assert shown == ["one", "two", "three", "here I am again"]
    assert alice.sent[0].delivered_to == {"bob"}
    assert bob.sent[-1].delivered_to == {"alice"}
