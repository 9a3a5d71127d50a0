"""Who counts as a recipient of messages to a room.

A room waits for the receipts of its members, but not for absent ones: those who were not here for
`ABSENT_DAYS`, and scripts. Absent members get all messages at their next login, like others.
"""

from __future__ import annotations

from broker.core.context import Context
from broker.core.facts.kinds import Unannounced
from broker.core.memory.model import Conversation, Direct, Member, Session, User

ABSENT_DAYS = 14
"""Days after which a user who was not here is absent."""

_DAY = 86_400_000  # in milliseconds


def recipients(conversation: Conversation, sender: User) -> int:
    """Return how many other users a new message is for."""
    if isinstance(conversation, Direct):
        return len(conversation.members) - (sender in conversation.members)
    present = len(conversation.members) - len(conversation.absent)
    return present - (sender in conversation.members and not sender.absent)


def counted_from(conversation: Conversation, user: User, member: Member) -> int | None:
    """Return the seq after which messages count a member as a recipient; None if the member is absent.

    A receipt must not tell of earlier ones: then it would count users who were no recipients.
    """
    if isinstance(conversation, Direct):
        return member.joined
    return None if user.absent else max(member.joined, conversation.returned.get(user, 0))


def note_login(context: Context, session: Session) -> None:
    """Count a user who logs in, unless all their sessions were unannounced and they have got nothing."""
    user, facts = session.user, context.state.facts
    fact = facts.get(Unannounced, str(user.id))
    if not session.unannounced:
        if fact is not None and not context.state.read_only:
            facts.drop(fact)
        _set_absent(context, user, absent=False)
    elif fact is None and not user.announced and not _has_received(user) and not context.state.read_only:
        facts.keep(Unannounced(user.id))
        _set_absent(context, user, absent=True)


def mark_absent(context: Context) -> None:
    """Mark the users who are absent by now."""
    earliest = context.now.at - ABSENT_DAYS * _DAY if context.may_expire else 0
    scripts = context.state.facts.of(Unannounced)
    for user in context.state.users.values():
        late = user.seen < earliest or str(user.id) in scripts
        if late and not user.absent and not user.announced:
            _set_absent(context, user, absent=True)


def _has_received(user: User) -> bool:
    return any(conversation.members[user].at for conversation in user.conversations.values())


def _set_absent(context: Context, user: User, *, absent: bool) -> None:
    if user.absent is absent:
        return
    changes = context.state.changes
    changes.set(user, "absent", absent)
    for conversation in user.conversations.values():
        if absent:
            changes.put(conversation.absent, user, None)
            changes.drop(conversation.returned, user)
        else:
            changes.drop(conversation.absent, user)
            changes.put(conversation.returned, user, conversation.head)
