"""What is not kept for ever: messages past their time, and users who do not come back."""

from __future__ import annotations

from collections import deque

from broker.core.context import Context
from broker.core.delivery.presence import forget_user
from broker.core.facts.moderation import Banned, Muted
from broker.core.memory.model import Conversation, Direct, Room, User
from broker.core.outbox import LogEvent

_DAY = 86_400_000  # in milliseconds
_ROUND_SECONDS = 600.0
_MOST_PRUNED = 500


class Retention:
    """Goes through all conversations and users from time to time. `elapsed` is monotonic seconds."""

    def __init__(self, elapsed: float) -> None:
        self._next_pruning = self._next_forgetting = elapsed
        self._waiting: deque[str] = deque()
        self._pruned = 0  # of the conversation that is first in turn

    def prune(self, context: Context) -> bool:
        """Take out some messages past their time; return whether there is more to do at once."""
        rules, now = context.settings, context.now
        if now.elapsed >= self._next_pruning and (rules.retain_days or rules.retain_in):
            self._next_pruning = now.elapsed + _ROUND_SECONDS
            if not self._waiting:  # else the last round has not come to its end
                self._waiting.extend(context.state.conversations)
        if not self._waiting or context.state.read_only:
            return False
        days = rules.retain_in.get(self._waiting[0], rules.retain_days)
        before = now.at - days * _DAY
        pruned = context.store.prune(self._waiting[0], before, _MOST_PRUNED) if days else 0
        conversation = context.state.conversations.get(self._waiting[0])
        if conversation is not None:
            conversation.first += pruned
        self._pruned += pruned
        if pruned < _MOST_PRUNED:
            self._waiting.popleft()
            if self._pruned and conversation is not None:
                name = _shown(conversation)
                context.outbox.note(LogEvent.PRUNED, conversation=name, messages=self._pruned)
            self._pruned = 0
        return bool(self._waiting)

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
            context.outbox.note(LogEvent.FORGOTTEN, name=user.name, days=days)
            forget_user(context, user)


def _shown(conversation: Conversation) -> str:
    """Return a conversation's name for the log, which sees a direct one from neither side."""
    if isinstance(conversation, Direct):
        return " and ".join(f"@{user.name}" for user in conversation.pair)
    return conversation.name if isinstance(conversation, Room) else conversation.id


def _is_guest(user: User) -> bool:
    """Whether nothing is lost with a user: a direct conversation is kept for both."""
    return not user.sessions and not any(isinstance(c, Direct) for c in user.conversations.values())
