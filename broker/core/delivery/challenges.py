"""Ending challenges that were not answered."""

from __future__ import annotations

from collections.abc import Container

from broker.core.context import Context
from broker.core.memory.model import Challenge, User
from messages.events import Game
from messages.game import GameKind


def end_challenges(context: Context, gone: Container[User]) -> None:
    """End the challenges of users who went offline."""
    for challenge in list(context.state.challenges.values()):
        if challenge.challenger in gone or challenge.opponent in gone:
            end_challenge(context, challenge)


def end_challenge(context: Context, challenge: Challenge) -> None:
    """Drop a challenge that was not answered, and tell both users. The same request then opens a new one."""
    one, other = challenge.challenger, challenge.opponent
    context.state.changes.drop(context.state.games, (one.id, challenge.id))
    context.state.changes.drop(context.state.challenges, (one, other))
    context.outbox.send(one.peers, Game(GameKind.EXPIRED, other.name))
    context.outbox.send(other.peers, Game(GameKind.EXPIRED, one.name))
