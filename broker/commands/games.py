"""Rock, paper, scissors against the broker or another user."""

from __future__ import annotations

from broker.core.context import Context
from broker.core.memory.model import Challenge, Direct, User
from broker.core.memory.resolving import resolve
from broker.core.registry import Registry
from messages.errors import ErrorCode, RequestRefused
from messages.events import Game
from messages.game import GameKind
from messages.replies import Challenged, Played
from messages.requests import Play

registry = Registry()

MOST_GAMES, MOST_GAMES_OF_ONE = 4_096, 8
"""Games that are remembered in all, and of one user: a request whose reply was lost can be made again."""

_ID_REUSED = "another game has this id; use a new id for a new game"


@registry.command(Play, "play rock, paper, scissors with the broker or a user")
def play(context: Context, request: Play) -> Played | Challenged:
    """Play a game. If the same request was answered before, return that reply."""
    games, key = context.state.games, (context.user.id, request.id)
    if key in games:
        asked, reply = games[key]
        if asked != request:
            raise RequestRefused(ErrorCode.ID_REUSED, _ID_REUSED)
        return reply
    reply = _play(context, request)
    mine = [one for one in games if one[0] == context.user.id]
    if len(mine) >= MOST_GAMES_OF_ONE:
        context.state.changes.drop(games, mine[0])
    elif len(games) >= MOST_GAMES:
        context.state.changes.drop(games, next(iter(games)))
    context.state.changes.put(games, key, (request, reply))
    return reply


def _play(context: Context, request: Play) -> Played | Challenged:
    """Play against the broker at once; challenge a user, or answer their challenge with a hand."""
    if request.opponent is None:
        theirs = context.randomness.hand()
        return Played(request.id, request.hand, theirs, request.hand.against(theirs))
    opponent = _opponent(context, request.opponent)
    challenges, user = context.state.challenges, context.user
    challenge = challenges.get((opponent, user))
    if challenge is not None:
        return _answer(context, request, challenge)
    if (user, opponent) in challenges:
        raise RequestRefused(ErrorCode.ALREADY_CHALLENGED)
    seconds = context.settings.challenge_seconds
    opened = Challenge(request.id, user, opponent, request.hand, context.now.elapsed + seconds)
    context.state.changes.put(challenges, (user, opponent), opened)
    context.outbox.send(opponent.peers, Game(GameKind.CHALLENGED, user.name, seconds))
    return Challenged(request.id, opponent.name, seconds)


def _opponent(context: Context, name: str) -> User:
    pair = resolve(context.state, context.user, f"@{name}")
    assert isinstance(pair, Direct)  # noqa: S101 - an @ name is never a room
    opponent = pair.other(context.user)
    if not opponent.online:
        raise RequestRefused(ErrorCode.NOT_ONLINE)
    return opponent


def _answer(context: Context, request: Play, challenge: Challenge) -> Played:
    challenger, opponent = challenge.challenger, challenge.opponent
    context.state.changes.drop(context.state.challenges, (challenger, opponent))
    theirs, ours = challenge.hand, request.hand
    event = Game(
        GameKind.PLAYED, opponent.name, hand=theirs, opponent_hand=ours, outcome=theirs.against(ours)
    )
    context.outbox.send(challenger.peers, event)
    return Played(request.id, ours, theirs, ours.against(theirs), challenger.name)
