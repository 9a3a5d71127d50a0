"""Sessions that amend messages over bad links: in the end, all see each message as the broker does."""

from random import Random

import pytest
from linked import Member, World
from test_cores_wired import LINKS, NAMES, Storm
from torture.figures import figure

from broker.commands.amending import reacting
from broker.core.delivery import entries
from broker.core.delivery.entries import message
from broker.core.memory.pinning import pins
from client.core.events import Changed
from client.core.options import Listening
from client.core.receiving import timeline
from messages.amendments import Delete, Edit, Pin, React
from messages.events import Amendment, Message
from messages.limits import MAX_SEQ
from messages.names import LOBBY

SEEDS = figure(8, 1_000)


class Mirror:
    """What a view knows of a timeline that looks at a message again only if it is told that it changed."""

    def __init__(self, member: Member) -> None:
        self.messages: dict[int, Message] = {}
        self._session, self._take = member.session, member.view.take
        member.view.take = self.take  # type: ignore[method-assign]

    def take(self, event: object) -> None:
        self._take(event)
        if isinstance(event, Changed) and event.conversation == LOBBY:
            now = self._session.timeline(LOBBY).messages
            self.messages |= {seq: now[seq] for seq in event.seqs if seq in now}
            for seq in event.seqs - now.keys():
                self.messages.pop(seq, None)


class AmendingStorm(Storm):
    """A storm in which users amend messages of the lobby that they know, also those of others."""

    def __init__(self, world: World, seed: int, rare: list[str]) -> None:
        super().__init__(world, seed, rare)
        self.random = Random(seed)
        self.mixture["amend"] = 25

    def say(self, member: Member) -> None:
        known = [*member.session.timeline(LOBBY).messages]
        answered = self.random.choice([None, *known])
        member.session.send(LOBBY, f"text {next(self.texts)} {self.mention()}", answered)

    def mention(self) -> str:
        return self.random.choice(["", "", "@all", "@here", *(f"@{name}" for name in NAMES)])

    def fetch(self, member: Member) -> None:
        """Look somewhere else, as a person who scrolls."""
        seq = self.random.randint(1, 1 + max(member.session.timeline(LOBBY).messages, default=1))
        member.session.timeline(LOBBY).look_at(self.random.choice((None, seq)))
        member.session.fetch(LOBBY, **{self.random.choice(("before", "after")): seq})

    def amend(self, member: Member) -> None:
        known = sorted(member.session.timeline(LOBBY).messages)
        if not known:
            return
        seq, ask = self.random.choice(known[-5:]), member.session.ask
        match self.random.choice(("edit", "edit", "delete", "react", "react", "react", "pin")):
            case "edit":
                ask(Edit, conversation=LOBBY, seq=seq, text=f"edited {next(self.texts)} {self.mention()}")
            case "delete":
                ask(Delete, conversation=LOBBY, seq=seq)
            case "react":
                reaction, on = self.random.choice("👍👎"), self.random.random() < 0.7
                ask(React, conversation=LOBBY, seq=seq, reaction=reaction, on=on)
            case "pin":
                ask(Pin, conversation=LOBBY, seq=seq, on=self.random.random() < 0.7)


def as_stored(world: World, member: Member) -> dict[int, Message]:
    """Return the lobby's messages as a member may see them now, by seq."""
    core = world.chat.core
    (core._context.peer,) = core.state.users[member.session.name].peers
    stored = world.store.page(core.state.lobby.id, 0, MAX_SEQ, 1_000_000)
    return {one.seq: message(core._context, one, LOBBY) for one in stored if one.is_message}


def assert_all_see_the_same(world: World) -> None:
    core = world.chat.core
    lobby = core.state.lobby
    stored = world.store.page(lobby.id, 0, MAX_SEQ, 1_000_000)
    assert any(entry.kind for entry in stored)
    assert any(entry.form.mentions for entry in stored)
    for member in world.members:
        known = member.session.timeline(LOBBY)
        assert known.messages == as_stored(world, member)
        assert known.pinned == pins(core.state.facts, lobby).keys()
        seen = [e for e in member.view.entries[member.view.epoch] if isinstance(e, Message | Amendment)]
        shown = [entry.seq for entry in seen]
        own = {sent.seq for sent in member.view.accepted[member.view.epoch]}
        assert shown == sorted(set(shown))
        assert own.isdisjoint(shown)
        assert own | set(shown) == set(range(1, lobby.head + 1))
    assert {member.delivered for member in lobby.members.values()} == {lobby.head}


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("rare", [LINKS, [*LINKS, "restart"]])
def test_all_timelines_are_as_the_broker_has_it_in_the_end(
    seed: int, rare: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (entries, reacting, timeline):  # so that few users are more than are named
        monkeypatch.setattr(module, "MAX_REACTION_NAMES", 1 + seed % 2)
    world = World(*NAMES, resume_seconds=100_000.0)
    world.calm_down()
    storm = AmendingStorm(world, seed, rare)
    storm.blow()
    world.calm_down()
    for member in world.members * 3:
        storm.say(member)
        storm.amend(member)
    world.calm_down()
    assert_all_see_the_same(world)


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("rare", [LINKS, [*LINKS, "restart"]])
def test_who_keeps_few_messages_and_fetches_others_in_any_order_knows_nothing_that_is_not_so(
    seed: int, rare: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("client.core.receiving.timeline.MOST_MESSAGES", 25)
    monkeypatch.setattr("client.core.view.FETCH", 7)
    world = World(*NAMES, resume_seconds=100_000.0, listening=Listening(changes=True))
    mirrors = [Mirror(member) for member in world.members]
    world.calm_down()
    storm = AmendingStorm(world, seed, rare)
    storm.mixture["fetch"] = 25
    storm.blow()
    world.calm_down()
    for member, mirror in zip(world.members, mirrors, strict=True):
        one, expected = member.session.timeline(LOBBY), as_stored(world, member)
        assert 0 < len(one.messages) <= 25
        assert one.messages == {seq: expected[seq] for seq in one.messages}
        assert one.seqs == sorted(one.messages)
        assert one.begins in (None, 1)
        known = {seq for first, last in one.known for seq in range(first, last + 1)}
        assert known & expected.keys() == one.messages.keys() & known
        assert mirror.messages == one.messages
        while one.known_before(one.seqs[-1] + 1) > max(1, one.seqs[-1] - 20):
            one.look_at(None)
            before = one.known_before(one.seqs[-1] + 1)
            member.session.fetch(LOBBY, before=before)
            world.calm_down()
            assert one.known_before(one.seqs[-1] + 1) < before
