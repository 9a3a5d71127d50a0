"""Deletes messages whose retention time is over, and forgets users who have been away for too long."""

from __future__ import annotations

from itertools import takewhile

from broker.core.context import Context
from broker.core.delivery.presence import forget_user
from broker.core.facts.kinds import GrantedRole
from broker.core.facts.moderation import Banned, Muted
from broker.core.memory.model import Conversation, Direct, Room, User
from broker.core.outbox import LogEvent
from messages.limits import MAX_SEQ

_DAY = 86_400_000  # in milliseconds
_ROUND_SECONDS = 600.0
_MOST_PRUNED = 500


class Retention:
    """Visits all conversations and users in rounds, a little at a time."""

    def __init__(self, elapsed: float) -> None:
        """Begin at `elapsed`, in monotonic seconds."""
        self._next_pruning = self._next_forgetting = elapsed
        self._round: list[str] = []  # the ids of conversations
        self._index = 0  # in the round
        self._pruned = 0  # messages of the conversation at this index

    def prune(self, context: Context) -> bool:
        """Prune at most 500 messages of one conversation. Return whether there is more to do now.

        The deletion is journaled. If it is undone, so is the progress in the round, but not a round's start.
        """
        settings, now = context.settings, context.now
        if now.elapsed >= self._next_pruning and (settings.retain_days or settings.retain_in):
            self._next_pruning = now.elapsed + _ROUND_SECONDS
            if self._index == len(self._round):  # the last round is over
                self._round, self._index = list(context.state.conversations), 0
        if self._index == len(self._round) or context.state.read_only or not context.may_expire:
            return False
        name = self._round[self._index]
        conversation = context.state.conversations.get(name)
        days = settings.retain_in.get(name, settings.retain_days)
        pruned = _prune(context, conversation, now.at - days * _DAY) if conversation and days else 0
        total = self._pruned + pruned
        if pruned < _MOST_PRUNED:
            context.state.changes.set(self, "_index", self._index + 1)
            if total and conversation is not None:
                context.outbox.log(LogEvent.PRUNED, conversation=_shown(conversation), messages=total)
            total = 0
        context.state.changes.set(self, "_pruned", total)
        return self._index < len(self._round)

    def forget(self, context: Context) -> None:
        """Forget the users who have been away for too long, but none who is banned or muted, and no gateway.

        A gateway logs others in, and never needs to come itself.
        """
        state, days = context.state, context.settings.forget_days
        if not days or state.read_only or context.now.elapsed < self._next_forgetting:
            return
        if not context.may_expire:
            return
        self._next_forgetting = context.now.elapsed + _ROUND_SECONDS
        earliest = context.now.at - days * _DAY
        kept = {ban.value for ban in state.facts.of(Banned).values() if ban.what == "user"}
        kept |= {str(mute.user) for mute in state.facts.of(Muted).values()}
        kept |= {str(one.user) for one in state.facts.of(GrantedRole).values() if one.role == "gateway"}
        gone = [user for user in state.users.values() if user.seen < earliest and _is_dispensable(user)]
        for user in [user for user in gone if str(user.id) not in kept]:
            context.outbox.log(LogEvent.FORGOTTEN, name=user.name, days=days)
            forget_user(context, user)


def _prune(context: Context, conversation: Conversation, before: int) -> int:
    """Prune the first messages of a conversation whose `at` is before `before` (Unix ms). Return how many."""
    store = context.store
    first = store.page(conversation.id, 0, MAX_SEQ, 1)
    if not first or first[0].at >= before:
        return 0  # the usual case
    page = store.page(conversation.id, 0, MAX_SEQ, _MOST_PRUNED)
    expired = list(takewhile(lambda message: message.at < before, page))
    context.state.prune(conversation, expired[-1].seq + 1)
    return len(expired)


def _shown(conversation: Conversation) -> str:
    """Return a conversation's name for the log; a direct one has the names of both users."""
    if isinstance(conversation, Direct):
        return " and ".join(f"@{user.name}" for user in conversation.pair)
    return conversation.name if isinstance(conversation, Room) else conversation.id


def _is_dispensable(user: User) -> bool:
    """Return whether a user can be forgotten without loss to others: they have no direct conversation."""
    return not user.sessions and not any(isinstance(c, Direct) for c in user.conversations.values())
