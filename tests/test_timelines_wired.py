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
from client.core.receiving import timeline
from messages.amendments import Delete, Edit, Pin, React
from messages.events import Amendment, Message
from messages.limits import MAX_SEQ
from messages.names import LOBBY

SEEDS = figure(8, 1_000)


class AmendingStorm(Storm):
    """A storm in which users amend messages of the lobby that they know, also those of others."""

    def __init__(self, world: World, seed: int, rare: list[str]) -> None:
        super().__init__(world, seed, rare)
        self.random = Random(seed)
        self.mixture["amend"] = 25

    def say(self, member: Member) -> None:
        known = [*member.session.timeline(LOBBY).messages]
        answered = self.random.choice([None, *known])
        member.session.send(LOBBY, f"text {next(self.texts)}", answered)

    def amend(self, member: Member) -> None:
        known = sorted(member.session.timeline(LOBBY).messages)
        if not known:
            return
        seq, ask = self.random.choice(known[-5:]), member.session.ask
        match self.random.choice(("edit", "edit", "delete", "react", "react", "react", "pin")):
            case "edit":
                ask(Edit, conversation=LOBBY, seq=seq, text=f"edited {next(self.texts)}")
            case "delete":
                ask(Delete, conversation=LOBBY, seq=seq)
            case "react":
                reaction, on = self.random.choice("👍👎"), self.random.random() < 0.7
                ask(React, conversation=LOBBY, seq=seq, reaction=reaction, on=on)
            case "pin":
                ask(Pin, conversation=LOBBY, seq=seq, on=self.random.random() < 0.7)


def assert_all_see_the_same(world: World) -> None:
    core = world.chat.core
    lobby = core.state.lobby
    stored = world.store.page(lobby.id, 0, MAX_SEQ, 1_000_000)
    assert any(entry.kind for entry in stored)
    expected = {one.seq: message(core._context, one, LOBBY) for one in stored if one.is_message}
    for member in world.members:
        known = member.session.timeline(LOBBY)
        assert known.messages == expected
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
