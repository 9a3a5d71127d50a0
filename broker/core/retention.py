"""Deletes messages that are past their time, and forgets users who do not come back."""

from __future__ import annotations

from itertools import takewhile

from broker.core.context import Context
from broker.core.delivery.presence import forget_user
from broker.core.facts.moderation import Banned, Muted
from broker.core.memory.model import Conversation, Direct, Room, User
from broker.core.outbox import LogEvent
from messages.limits import MAX_SEQ

_DAY = 86_400_000  # in milliseconds
_ROUND_SECONDS = 600.0
_MOST_PRUNED = 500


class Retention:
    """Goes through all conversations and users in rounds, a little at a time."""

    def __init__(self, elapsed: float) -> None:
        """Begin at `elapsed`, in monotonic seconds."""
        self._next_pruning = self._next_forgetting = elapsed
        self._round: list[str] = []  # the ids of conversations
        self._place = 0  # in the round
        self._pruned = 0  # messages of the conversation at this place

    def prune(self, context: Context) -> bool:
        """Prune one conversation, 500 messages at most; return whether there is more to do at once.

        What is pruned is journaled, and every change here is undone with the journal.
        """
        rules, now = context.settings, context.now
        if now.elapsed >= self._next_pruning and (rules.retain_days or rules.retain_in):
            self._next_pruning = now.elapsed + _ROUND_SECONDS
            if self._place == len(self._round):  # the last round is over
                self._round, self._place = list(context.state.conversations), 0
        if self._place == len(self._round) or context.state.read_only:
            return False
        name = self._round[self._place]
        conversation = context.state.conversations.get(name)
        days = rules.retain_in.get(name, rules.retain_days)
        pruned = _prune(context, conversation, now.at - days * _DAY) if conversation and days else 0
        total = self._pruned + pruned
        if pruned < _MOST_PRUNED:
            context.state.changes.set(self, "_place", self._place + 1)
            if total and conversation is not None:
                context.outbox.log(LogEvent.PRUNED, conversation=_shown(conversation), messages=total)
            total = 0
        context.state.changes.set(self, "_pruned", total)
        return self._place < len(self._round)

    def forget(self, context: Context) -> None:
        """Forget the users who have not been here for too long, but none who is banned or muted."""
        state, days = context.state, context.settings.forget_days
        if not days or state.read_only or context.now.elapsed < self._next_forgetting:
            return
        self._next_forgetting = context.now.elapsed + _ROUND_SECONDS
        earliest = context.now.at - days * _DAY
        sentenced = {ban.value for ban in state.facts.of(Banned).values() if ban.what == "user"}
        sentenced |= {str(mute.user) for mute in state.facts.of(Muted).values()}
        guests = [user for user in state.users.values() if user.seen < earliest and _is_guest(user)]
        for user in [user for user in guests if str(user.id) not in sentenced]:
            context.outbox.log(LogEvent.FORGOTTEN, name=user.name, days=days)
            forget_user(context, user)


def _prune(context: Context, conversation: Conversation, before: int) -> int:
    """Prune the first messages of a conversation while their `at` is before; return how many."""
    store = context.store
    first = store.page(conversation.id, 0, MAX_SEQ, 1)
    if not first or first[0].at >= before:
        return 0  # as in most conversations at most times
    page = store.page(conversation.id, 0, MAX_SEQ, _MOST_PRUNED)
    gone = list(takewhile(lambda message: message.at < before, page))
    context.state.prune(conversation, gone[-1].seq + 1)
    return len(gone)


def _shown(conversation: Conversation) -> str:
    """Return a conversation's name for the log, which sees a direct one from neither side."""
    if isinstance(conversation, Direct):
        return " and ".join(f"@{user.name}" for user in conversation.pair)
    return conversation.name if isinstance(conversation, Room) else conversation.id


def _is_guest(user: User) -> bool:
    """Whether nothing is lost with a user: a direct conversation is kept for both."""
    return not user.sessions and not any(isinstance(c, Direct) for c in user.conversations.values())
